"""The plots of the report on the corpus (see `corpus.report`), each with the table of its figures."""

from collections import Counter
from collections.abc import Sequence

from corpus.balance import VOICES, Evidence, by, cited, count_first_voices, count_voices, year_of
from corpus.charts import Bar, Column, Row, Stack, columns, grid, horizontal_bars, stacked_bars
from corpus.documents import Document
from corpus.drawing import Series as Part
from corpus.drawing import State
from corpus.gaps import Series, count_spans, count_years
from corpus.pages import Plot, Table, count, make_plot, percent
from corpus.references import Reference
from corpus.report_tables import series_table

SOURCE_YEARS = 36
"""How many years of publication have a column of their own; older ones share one."""

PARTS = tuple(
    Part(label=voice.label, colour=f"{slot}", hatch=hatch)
    for slot, (voice, hatch) in enumerate(zip(VOICES, ("", "", "///", "\\\\\\", "", "", "--", ""), strict=True), 1)
)
"""How each voice is drawn."""
DEPTHS = (
    Part(label="one source", colour="many"),
    Part(label="two sources", colour="some"),
    Part(label="three or more", colour="few"),
)


def plot_voices(evidence: Sequence[Evidence]) -> Plot:
    """Show how many sentences name each voice first."""
    first, any_ = count_first_voices(evidence), count_voices(evidence)
    total = sum(first.values())
    bars = [
        Bar(
            label=voice.label,
            value=first[voice.name],
            note=f"{first[voice.name]:,} ({percent(first[voice.name], total)})",
            colour=part.colour,
            hatch=part.hatch,
        )
        for voice, part in zip(VOICES, PARTS, strict=True)
    ]
    return make_plot(
        "voices",
        "Whose voice comes first",
        f"Sentences by the voice of the source they name first; {count(total, 'sentence')} with a voice.",
        lambda frame: horizontal_bars(frame, bars),
        Table(
            head=("voice", "named first", "share", "cited at all", "share"),
            rows=tuple(
                (v.label, first[v.name], percent(first[v.name], total), any_[v.name], percent(any_[v.name], total))
                for v in VOICES
            ),
        ),
    )


def plot_voices_by_topic(evidence: Sequence[Evidence]) -> Plot:
    """Show the shares of the voices named first in each topic."""
    voiced = [one for one in evidence if one.perspectives]
    groups = {"all topics": voiced, **by(lambda one: one.topic, voiced)}
    rows = [(topic, tuple(count_first_voices(group).values())) for topic, group in groups.items()]
    stacks = [Stack(label=topic, values=values, note=f"{sum(values):,}") for topic, values in rows]
    return make_plot(
        "voices-by-topic",
        "Whose voice comes first, by topic",
        "Share of each voice among the sentences of a topic, by the source named first; at the right the number of sentences.",
        lambda frame: stacked_bars(frame, PARTS, stacks),
        Table(head=("topic", *(v.label for v in VOICES), "all"), rows=tuple((t, *v, sum(v)) for t, v in rows)),
    )


def plot_topics(evidence: Sequence[Evidence], documents: Sequence[Document]) -> Plot:
    """Show how many sentences, and in how many documents, each topic has."""
    held = Counter(document.topic for document in documents)
    sizes = {topic: len(group) for topic, group in by(lambda one: one.topic, evidence).items()}
    sizes |= {topic: 0 for topic in sorted(held) if topic not in sizes}
    bars = [Bar(label=topic, value=n, note=f"{n:,} in {count(held[topic], 'document')}") for topic, n in sizes.items()]
    return make_plot(
        "topics",
        "Sentences by topic",
        f"{count(len(evidence), 'sentence')} in {count(len(documents), 'document')}.",
        lambda frame: horizontal_bars(frame, bars),
        Table(
            head=("topic", "documents", "sentences", "share"),
            rows=tuple((topic, held[topic], n, percent(n, len(evidence))) for topic, n in sizes.items()),
        ),
    )


def plot_spans(evidence: Sequence[Evidence]) -> Plot:
    """Show how many sentences tell of each century before 1900 and each decade since."""
    spans = count_spans(count_years(evidence))
    total = sum(spans.values())
    bars = [Bar(label=name, value=n, note=f"{n:,}") for name, n in spans.items()]
    return make_plot(
        "decades",
        "What time the sentences tell of",
        f"Sentences by the date of the event, by decade and before 1900 by century; {count(total, 'sentence')} with a date.",
        lambda frame: horizontal_bars(frame, bars),
        Table(
            head=("years", "sentences", "share"), rows=tuple((name, n, percent(n, total)) for name, n in spans.items())
        ),
    )


def plot_years(evidence: Sequence[Evidence], since: int, until: int) -> Plot:
    """Show how many sentences tell of each year."""
    counts = count_years(evidence)
    bars = [Column(label=str(year), value=counts[year]) for year in range(since, until + 1)]
    return make_plot(
        "years",
        f"Year by year since {since}",
        "Sentences by the year of the event. A ring on the base line marks a year of which no sentence tells.",
        lambda frame: columns(frame, bars),
        Table(head=("year", "sentences"), rows=tuple((bar.label, int(bar.value)) for bar in bars)),
    )


def plot_published(references: Sequence[Reference], until: int) -> Plot:
    """Show in which years the sources were published."""
    years = Counter(year_of(reference.issued) for reference in references)
    dated = {year: n for year, n in years.items() if year is not None}
    until = max(until, *dated)
    since = max(until - SOURCE_YEARS + 1, min(dated))
    older = sum(n for year, n in dated.items() if year < since)
    bars = [Column(label=str(year), value=dated.get(year, 0)) for year in range(since, until + 1)]
    before = f"; {older:,} are older than {since}" if older else ""
    undated = f"; {years[None]:,} have no date in the bibliography" if years[None] else ""
    return make_plot(
        "published",
        "When the sources were published",
        f"Sources by year of publication{before}{undated}.",
        lambda frame: columns(frame, bars),
        Table(
            head=("year", "sources"),
            rows=(
                *((f"before {since}", older),) * bool(older),
                *((bar.label, int(bar.value)) for bar in bars),
                *(("no date", years[None]),) * bool(years[None]),
            ),
        ),
    )


def plot_depth(evidence: Sequence[Evidence]) -> Plot:
    """Show, for all and for each topic, how many sources stand behind a sentence."""
    sourced = cited(evidence)
    groups = {"all topics": sourced, **by(lambda one: one.topic, sourced)}
    rows = [(name, _depths(group)) for name, group in groups.items()]
    stacks = [Stack(label=name, values=values, note=f"{sum(values):,}") for name, values in rows]
    return make_plot(
        "depth",
        "How many sources a sentence cites",
        "Share of the sentences that cite one, two, and three or more sources; at the right the number of sentences that cite.",
        lambda frame: stacked_bars(frame, DEPTHS, stacks),
        Table(
            head=("topic", *(part.label for part in DEPTHS), "all that cite", "one source"),
            rows=tuple((name, *v, sum(v), percent(v[0], sum(v))) for name, v in rows),
        ),
    )


def _depths(group: Sequence[Evidence]) -> tuple[int, int, int]:
    counts = Counter(min(len(one.sources), 3) for one in group)
    return counts[1], counts[2], counts[3]


def plot_series(series: Sequence[Series]) -> Plot:
    """Show for which years each series has a value."""
    spans = [one.span for one in series if one.span]
    years = range(min(span.start for span in spans), max(span.stop for span in spans))
    rows = [Row(label=one.title, states=tuple(_state(one, year) for year in years)) for one in series]
    legend: list[tuple[State, str]] = [("full", "whole year"), ("part", "part of a year only"), ("missing", "no value")]
    return make_plot(
        "series",
        "Years for which the series have a value",
        f"{count(len(series), 'series', 'series')}, {years.start} to {years.stop - 1}; "
        "a series is blank before its first and after its last value.",
        lambda frame: grid(frame, [str(year) for year in years], rows, legend),
        series_table(series),
    )


def _state(series: Series, year: int) -> State:
    if year in series.years:
        return "full"
    if year in series.parts:
        return "part"
    return "missing" if year in series.span else "outside"
