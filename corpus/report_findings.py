"""What a reader of the report on the corpus should know first: a few sentences, each with a figure counted from the corpus."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.balance import VOICES, Evidence, Voice, cited, count_first_voices, count_uses, state_mix
from corpus.gaps import as_spans, count_years, empty_years
from corpus.pages import percent
from corpus.report_tables import TOP

SINCE = (1949, 1991)
"""Years since which no year should lack a dated sentence: the People's Republic of China, the Russian Federation."""
RECENT = 5
"""How many years, up to the last, count as recent."""
_SIDES = ("chinese", "russian", "western", "independent")


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A figure and the rest of its sentence."""

    figure: str
    text: str


def find_most_telling(evidence: Sequence[Evidence], until: int | None) -> list[Finding]:
    """Return what a reader should know first, each counted from the corpus."""
    found = [_first_voice(evidence)]
    sourced, uses = cited(evidence), count_uses(evidence)
    if sourced:
        single, one_publisher = sum(len(one.sources) == 1 for one in sourced), sum(one.one_publisher for one in sourced)
        found.append(
            Finding(
                figure=percent(single, len(sourced)),
                text=f"of the sentences that cite rest on one source only ({single:,} of {len(sourced):,}); "
                f"{one_publisher:,} more cite several sources of one publisher.",
            )
        )
    found.append(_states(evidence))
    years = count_years(evidence)
    if years and until is not None:
        found += _time(years, until)
    if len(uses) > TOP:
        citations, top = sum(n for _, n in uses), sum(n for _, n in uses[:TOP])
        text = f"of all citations go to the {TOP} most used of {len(uses):,} sources."
        found.append(Finding(figure=percent(top, citations), text=text))
    if not uses:
        found.append(Finding(figure="0", text="sentences cite a source; every document speaks for itself."))
    return found


def _first_voice(evidence: Sequence[Evidence]) -> Finding:
    counts = count_first_voices(evidence)
    total = sum(counts.values())
    voices = {voice.name: voice for voice in VOICES}
    top = max(counts, key=counts.__getitem__)
    lead = ", more than on any other voice" * (list(counts.values()).count(counts[top]) == 1)
    others = [
        f"{_running(voices[name])} {percent(counts[name], total)}" for name in voices if name in _SIDES and name != top
    ]
    return Finding(
        figure=percent(counts[top], total),
        text=f"of the sentences rest first on {_running(voices[top])}{lead}; {', '.join(others)}.",
    )


def _running(voice: Voice) -> str:
    """Return the label of a voice as it stands within a sentence."""
    if voice.name == "other":
        return "other voices"
    return voice.label if voice.label.split()[0] in {"Chinese", "Russian", "Western", "UN"} else voice.label.lower()


def _states(evidence: Sequence[Evidence]) -> Finding:
    total = sum(bool(one.perspectives) for one in evidence)
    chinese, russian, both = state_mix(evidence)
    states = chinese + russian + both
    parts = f" ({chinese:,} on Chinese, {russian:,} on Russian, {both:,} on both)" if states else ""
    text = f"of the sentences rest only on Chinese or Russian official or state sources{parts}."
    return Finding(figure=percent(states, total), text=text)


def _time(years: Counter[int], until: int) -> list[Finding]:
    total, since = sum(years.values()), until - RECENT + 1
    recent = sum(n for year, n in years.items() if year >= since)
    found = [Finding(figure=percent(recent, total), text=f"of the dated sentences tell of {since} or later.")]
    if until >= SINCE[0]:
        empty = empty_years(years, SINCE[0], until)
        span = until - SINCE[0] + 1
        said = f": {as_spans(empty)}" if empty else ""
        found.append(
            Finding(
                figure=f"{len(empty)} of {span}", text=f"years since {SINCE[0]} are without a dated sentence{said}."
            )
        )
    return found
