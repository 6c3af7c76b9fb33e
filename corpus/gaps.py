"""What a corpus lacks, as far as it can be counted: years, topics in a period, values of a series; and what its keepers list."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus.balance import Evidence, year_of
from corpus.documents import Corpus, read_document
from corpus.series import Resource, beside, resources, rows

PERIODS = (
    ("before 1900", 0, 1899),
    ("1900–48", 1900, 1948),
    ("1949–68", 1949, 1968),
    ("1969–90", 1969, 1990),
    ("1991–2000", 1991, 2000),
    ("2001–13", 2001, 2013),
    ("2014–21", 2014, 2021),
    ("since 2022", 2022, 9999),
)
"""Stretches of years in which topics are counted, each with its first and last year."""


@dataclass(frozen=True, kw_only=True)
class Series:
    """A table of values by period: the years with a value for the whole year, and those with one for a part only."""

    name: str
    title: str
    years: frozenset[int]
    parts: frozenset[int]

    @property
    def span(self) -> range:
        """The years from its first value to its last."""
        known = self.years | self.parts
        return range(min(known), max(known) + 1) if known else range(0)

    @property
    def missing(self) -> tuple[int, ...]:
        """The years within its span without any value."""
        return tuple(year for year in self.span if year not in self.years | self.parts)


@dataclass(frozen=True, kw_only=True)
class KnownGaps:
    """A heading of a corpus's OMITTED.md and the gaps listed under it."""

    title: str
    items: tuple[str, ...]


def last_year(corpus: Corpus, evidence: Iterable[Evidence]) -> int | None:
    """Return the year up to which the corpus holds: that of its date, else of its newest dated sentence."""
    years = [one.year for one in evidence if one.year]
    return year_of(corpus.as_of) or max(years, default=None)


def count_years(evidence: Iterable[Evidence]) -> Counter[int]:
    """Return how many sentences tell of each year."""
    return Counter(one.year for one in evidence if one.year is not None)


def empty_years(counts: Counter[int], since: int, until: int) -> tuple[int, ...]:
    """Return the years from `since` to `until` of which no sentence tells."""
    return tuple(year for year in range(since, until + 1) if not counts[year])


def count_spans(counts: Counter[int]) -> dict[str, int]:
    """Return how many sentences tell of each century before 1900 and each decade after, from the first year to the last."""
    spans: dict[str, int] = {}
    newest = max(counts, default=-1)
    for year in range(min(counts, default=0), newest + 1):
        length = 10 if year >= 1900 else 100
        start = year // length * length
        name = _run(start, min(start + length - 1, newest))
        spans[name] = spans.get(name, 0) + counts[year]
    return spans


def count_periods(evidence: Iterable[Evidence]) -> tuple[tuple[int, ...], int]:
    """Return how many sentences tell of each of `PERIODS`, and how many have no date."""
    years = [one.year for one in evidence]
    periods = tuple(sum(y is not None and first <= y <= last for y in years) for _, first, last in PERIODS)
    return periods, sum(y is None for y in years)


def as_spans(years: Sequence[int]) -> str:
    """Return years in words, runs drawn together: "1951, 1954–55, 1999–2001"."""
    runs: list[list[int]] = []
    for year in years:
        if runs and year == runs[-1][-1] + 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    return ", ".join(_run(run[0], run[-1]) for run in runs)


def _run(first: int, last: int) -> str:
    if first == last:
        return str(first)
    return f"{first}–{last % 100:02d}" if first // 100 == last // 100 else f"{first}–{last}"


def load_series(folders: Iterable[Path]) -> tuple[Series, ...]:
    """Read the series that lie in or, for a folder called `texts`, beside the corpus folders (`series/datapackage.json`).

    Raises:
        CorpusError: the package or a table of it is not as it must be; the message names it.
    """
    return tuple(_series(one) for one in resources(folders))


def load_known_gaps(folders: Iterable[Path]) -> tuple[KnownGaps, ...]:
    """Read what is listed under headings that speak of gaps in the OMITTED.md of the corpus folders.

    Raises:
        CorpusError: the file is not UTF-8 text.
    """
    return tuple(gaps for folder in folders for path in beside(folder, "OMITTED.md") for gaps in _listed(path))


def _listed(path: Path) -> list[KnownGaps]:
    document = read_document(path)
    found = []
    for ordinal, section in enumerate(document.sections):
        items: dict[int, list[str]] = {}
        for sentence in document.sentences:
            if sentence.section == ordinal:
                items.setdefault(sentence.paragraph, []).append(document.quote(sentence.start, sentence.end))
        if "gap" in section.title.casefold() and items:
            found.append(KnownGaps(title=section.title, items=tuple(" ".join(words) for words in items.values())))
    return found


def _series(one: Resource) -> Series:
    periods = [row["period"] for _, row in rows(one.path)]
    years = frozenset(int(period) for period in periods if len(period) == 4)
    parts = frozenset(int(period[:4]) for period in periods if len(period) > 4)
    return Series(name=one.name, title=one.title, years=years, parts=parts - years)
