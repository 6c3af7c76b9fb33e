"""The tables and lists of the report on the corpus (see `corpus.report`)."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from corpus.balance import VOICES, Evidence, by, cited, count_perspectives, count_publishers, count_uses
from corpus.documents import Document
from corpus.gaps import PERIODS, Series, as_spans, count_periods
from corpus.pages import Cell, Shade, ShadedTable, Table, percent
from corpus.references import NAMES, Reference

TOP = 20
"""How many of the most used sources and publishers are shown."""
SHOWN = 5_000
"""How many sentences a list shows at most; the page says how many more there are."""

SIDES = (
    ("Chinese", frozenset({"chinese"})),
    ("Russian", frozenset({"russian"})),
    ("both of them", frozenset({"chinese", "russian"})),
    ("Western official", frozenset({"western"})),
    ("independent media", frozenset({"independent"})),
    ("think tank, academic", frozenset({"research"})),
)
"""Columns of the table of sides, each with the voices that a sentence must rest on to be counted in it."""


@dataclass(frozen=True, kw_only=True)
class Listed:
    """Sentences of one document that a list shows, of how many it has."""

    document: Document
    sentences: tuple[Evidence, ...]
    of: int


@dataclass(frozen=True, kw_only=True)
class Listing:
    """Sentences by document; `left_out` is how many are not shown for want of room."""

    total: int
    documents: tuple[Listed, ...]
    left_out: int = 0


def list_sentences(chosen: Sequence[Evidence], evidence: Iterable[Evidence]) -> Listing:
    """Return the chosen sentences by document, in reading order."""
    sizes = Counter(one.document.id for one in evidence)
    groups: dict[str, list[Evidence]] = {}
    for one in chosen[:SHOWN]:
        groups.setdefault(one.document.id, []).append(one)
    return Listing(
        total=len(chosen),
        documents=tuple(
            Listed(document=group[0].document, sentences=tuple(group), of=sizes[name]) for name, group in groups.items()
        ),
        left_out=max(len(chosen) - SHOWN, 0),
    )


def sides_table(evidence: Sequence[Evidence]) -> ShadedTable:
    """Return, for each topic and for all, how many sentences rest on the voices of each side, shaded by their share."""
    rows = [*by(lambda one: one.topic, evidence).items(), ("all topics", list(evidence))]
    return ShadedTable(
        head=("topic", *(label for label, _ in SIDES)),
        rows=tuple((topic, tuple(_side(voices, group) for _, voices in SIDES)) for topic, group in rows),
    )


def _side(voices: frozenset[str], group: Sequence[Evidence]) -> Shade:
    value = sum(voices <= one.voices for one in group)
    return Shade(value=value, dark=value / len(group) if group else 0.0, note=percent(value, len(group)))


def periods_table(evidence: Sequence[Evidence]) -> ShadedTable:
    """Return, for each topic, how many sentences tell of each period and how many have no date, shaded by number."""
    rows = {topic: count_periods(group) for topic, group in by(lambda one: one.topic, evidence).items()}
    highest = max((n for periods, _ in rows.values() for n in periods), default=0) or 1
    return ShadedTable(
        head=("topic", *(name for name, _, _ in PERIODS), "no date"),
        rows=tuple(
            # The square root keeps small numbers apart, of which there are most.
            (
                topic,
                (
                    *(Shade(value=n, dark=(n / highest) ** 0.5) for n in periods),
                    Shade(value=undated, dark=0.0, wanted=False),
                ),
            )
            for topic, (periods, undated) in rows.items()
        ),
    )


def perspectives_table(evidence: Sequence[Evidence]) -> Table:
    """Return how many sentences name a source of each perspective first, and how many rest on it at all."""
    families = {perspective: voice.label for voice in VOICES for perspective in voice.perspectives}
    total = sum(bool(one.perspectives) for one in evidence)
    return Table(
        head=("perspective", "shown as", "named first", "share", "cited at all", "share"),
        rows=tuple(
            (NAMES[name], families[name], first, percent(first, total), any_, percent(any_, total))
            for name, (first, any_) in count_perspectives(evidence).items()
        ),
        texts=2,
    )


def documents_table(evidence: Sequence[Evidence]) -> Table:
    """Return for each document how many sentences it has and how well they are founded, the most single-sourced first."""
    rows: list[tuple[Cell, ...]] = []
    for group in by(lambda one: one.document.id, evidence).values():
        document, sourced = group[0].document, cited(group)
        single = sum(len(one.sources) == 1 for one in sourced)
        states = sum(one.states_only for one in group)
        undated = sum(one.year is None for one in group)
        share = percent(single, len(sourced))
        rows.append((document.title, document.topic, len(group), single, share, states, undated))
    rows.sort(key=lambda row: (-int(row[3]) / int(row[2]), str(row[0])))
    return Table(
        head=("document", "topic", "sentences", "one source", "share of cited", "states only", "no date"),
        rows=tuple(rows),
        texts=2,
    )


def kinds_table(evidence: Sequence[Evidence], documents: Iterable[Document]) -> Table:
    """Return documents and sentences by kind of document."""
    return _properties("kind", evidence, documents)


def languages_table(evidence: Sequence[Evidence], documents: Iterable[Document]) -> Table:
    """Return documents and sentences by language of the document."""
    return _properties("language", evidence, documents)


def _properties(name: str, evidence: Sequence[Evidence], documents: Iterable[Document]) -> Table:
    counts = Counter(str(getattr(document, name)) for document in documents)
    sentences = Counter(str(getattr(one.document, name)) for one in evidence)
    ranked = sorted(counts, key=lambda value: (-sentences[value], value))
    return Table(
        head=(name, "documents", "sentences", "share"),
        rows=tuple(
            (value, counts[value], sentences[value], percent(sentences[value], len(evidence))) for value in ranked
        ),
    )


def source_languages_table(references: Iterable[Reference]) -> Table:
    """Return sources by the language that the bibliography notes."""
    counts = Counter(reference.language or "not noted" for reference in references)
    total = sum(counts.values())
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return Table(
        head=("language of the source", "sources", "share"),
        rows=tuple((name, n, percent(n, total)) for name, n in ranked),
    )


def publishers_table(evidence: Sequence[Evidence]) -> Table:
    """Return the publishers that are cited most."""
    uses = count_uses(evidence)
    citations = sum(n for _, n in uses)
    return Table(
        head=("publisher", "sources", "citations", "share"),
        rows=tuple((name, sources, n, percent(n, citations)) for name, sources, n in count_publishers(uses)[:TOP]),
    )


def series_table(series: Sequence[Series]) -> Table:
    """Return for each series its span and the years within it that have no value, or one for a part of the year only."""
    return Table(
        head=("series", "from", "to", "years without a value", "years with a part only"),
        rows=tuple(
            (
                one.title,
                str(one.span.start) if one.span else "–",
                str(one.span.stop - 1) if one.span else "–",
                as_spans(one.missing) or "none",
                as_spans(sorted(one.parts)) or "none",
            )
            for one in series
        ),
        texts=5,
    )
