"""Dates in questions: from words such as "in early 2022" or "last year" to the days they mean.

Relative words are read from the day the corpus is as of, never from a clock: the same question has the same answer next year.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import accumulate, pairwise

from corpus.figures import MONTHS, YEAR

Span = tuple[str, str]
"""First and last day, both included, as ISO dates; `EVER` and `NEVER` where there is no end."""
EVER, NEVER = "0001-01-01", "9999-12-31"

_MONTHS = tuple(month.lower() for month in MONTHS)
_MONTH = rf"(?:{'|'.join(_MONTHS)}|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b\.?"
_DECADES = ("", "", "twenties", "thirties", "forties", "fifties", "sixties", "seventies", "eighties", "nineties")
_SEASONS = {"spring": (3, 5), "summer": (6, 8), "autumn": (9, 11), "fall": (9, 11)}
_ORDINALS = ("first", "second", "third", "fourth")
_PART = r"(?:(?P<part>early|mid|middle|late|beginning|start|end)(?:\s+(?:of|in)(?:\s+the)?\s+|[\s-]+)(?:the\s+)?)?"  # of a year or a decade
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_POINT = re.compile(
    rf"\b(?:(?P<day>{_DAY})\s+(?:of\s+)?(?P<day_month>{_MONTH}),?\s+(?P<day_year>{YEAR})\b"
    rf"|(?P<us_month>{_MONTH})\s+(?P<us_day>{_DAY}),?\s+(?P<us_year>{YEAR})\b"
    rf"|(?P<month>{_MONTH})\s+(?:of\s+)?(?P<month_year>{YEAR})\b"
    rf"|(?P<season>spring|summer|autumn|fall|winter)\s+(?:of\s+)?(?P<season_year>{YEAR})\b"
    rf"|(?P<nth>first|second|third|fourth|last)\s+(?P<unit>half|quarter)\s+of\s+(?P<unit_year>{YEAR})\b"
    rf"|q(?P<quarter>[1-4])[\s-]+(?P<quarter_year>{YEAR})\b"
    rf"|{_PART}(?:(?P<decade>(?:1[5-9]|20)\d0)['’]?s|(?P<named>{'|'.join(_DECADES[2:])})|(?P<year>{YEAR}))\b)"
)
_TO = r"\s*(?:to|until|till|through|[-–])\s*(?:the\s+)?"
_JOINED = re.compile(rf"{_TO}\Z")
_AND = re.compile(r"\s+and\s+(?:the\s+)?\Z")
_BETWEEN = re.compile(r"\bbetween\s+(?:the\s+)?\Z")
_FROM_MONTH = re.compile(rf"(?:\b(?:from|between)\s+)?\b(?P<month>{_MONTH})(?:{_TO}|\s+and\s+)\Z")
_AFTER = re.compile(r"\b(since|after|from)\s+(?:the\s+)?\Z")
_BEFORE = re.compile(r"\b(before|until|till|by|up to|prior to|ahead of|pre)[\s-]+(?:the\s+)?\Z")
_EXCLUDING = ("before", "prior to", "ahead of", "pre")
# A year after one of these bounds the answer; the answering sentence need not hold that very year.
_BOUND = re.compile(
    rf"\b(?:since|before|after|until|till|from|between|by|to|through|up to|prior to|ahead of|beyond|pre|post)[\s-]+"
    rf"(?:the\s+)?(?:{_MONTH}\s+|{_DAY}\s+{_MONTH}\s+)?\Z"
)
_COUNTS = {w: n for n, w in enumerate("a two three four five six seven eight nine ten eleven twelve".split(), 1)} | {
    "couple of": 2, "few": 3, "several": 5, "fifteen": 15, "twenty": 20, "thirty": 30,
}  # fmt: skip
_UNITS = {"month": 1, "year": 12, "decade": 120}
_COUNT = rf"(?P<count>\d{{1,3}}|{'|'.join(sorted(_COUNTS, key=len, reverse=True))})"
_LAST_YEARS = re.compile(
    rf"\b(?:last|past|previous)\s+{_COUNT}\s+(?P<unit>month|year|decade)s\b"
    r"|\b(?:(?:last|past)\s+(?P<decade>decade)|past\s+(?P<single>year|month))\b|\brecent years\b"
)
RECENT_YEARS = 5
_EVENT = re.compile(
    r"\b(?P<word>since|before|after|until|till|during|prior to|ahead of)\s+(?:the\s+|its\s+|their\s+|russia['’]s\s+|china['’]s\s+)?"
    r"(?P<event>(?!(?:19|20)\d\d\b|when\b|how\b|what\b|then\b|that\b|this\b)[^\W\d][\w'’-]*(?:\s+[\w'’-]+){0,3})"
)
_AHEAD = re.compile(
    r"\b(?:next (?:year|month|week|decade|summit|meeting)|tomorrow|upcoming|in (?:the )?(?:near |coming )?future|coming (?:years|months)"
    r"|will|going to)\b"
)


Event = Callable[[str], Span | None]
"""Gives the days of a named event, in small letters and without its article; None if it is not known."""


@dataclass(frozen=True, kw_only=True)
class Period:
    """The days that a question looks at. `words` are those it is read from where they hold no date themselves ("before the war")."""

    span: Span
    words: str = ""


@dataclass(frozen=True, kw_only=True)
class Point:
    """A date in a text: where it stands, its first and last day, and whether it is a plain year."""

    start: int
    end: int
    span: Span
    plain: bool


def points(lower: str) -> list[Point]:
    """Return the dates of a text in small letters, in order."""
    return [
        Point(start=m.start(), end=m.end(), span=span, plain=bool(m["year"] and not m["part"]))
        for m in _POINT.finditer(lower)
        if (span := _span_of(m))
    ]


def required_years(lower: str) -> tuple[str, ...]:
    """Return the years that an answer must hold: those that bound nothing. "in 2023 and 2024" names two."""
    found, inside = points(lower), _range(lower)
    years = [
        year
        for p in found
        for year in re.findall(rf"\b{YEAR}\b(?!['’]?s\b)", lower[p.start : p.end])
        if (
            inside[2][0][:4] == inside[2][1][:4]
            if inside and inside[0] <= p.start and p.end <= inside[1]
            else not _BOUND.search(lower[: p.start])
        )
    ]
    return tuple(dict.fromkeys(years))


def read_period(lower: str, as_of: date | None = None, event: Event | None = None) -> Period | None:
    """Return the days that a question looks at, None if it looks at none or at plain years only.

    Args:
        lower: the question in small letters.
        as_of: the day from which "the last five years" is counted back; without it such words mean nothing.
        event: gives the days of a named event, such as "invasion".
    """
    ranged = _range(lower)
    if ranged:
        return Period(span=ranged[2])
    for point in points(lower):
        before, after = _BEFORE.search(lower[: point.start]), _AFTER.search(lower[: point.start])
        if before:
            return Period(span=_until(before[1], point.span))
        if after:
            return Period(span=_since(after[1], point.span))
    recent = _LAST_YEARS.search(lower)
    if recent and as_of:
        return Period(span=(_counted_back(recent, as_of), as_of.isoformat()), words=recent.group())
    finer = [p for p in points(lower) if not p.plain]
    if finer:
        return Period(span=finer[0].span)
    return next(_events(lower, event), None) if event else None


def lies_in(day: str, span: Span) -> bool | None:
    """Tell whether an event's ISO date, of a day, a month or a year, lies in the span; None if that cannot be told."""
    first, last = f"{day}-01-01"[:10], f"{day}{'-12-31'[max(len(day) - 4, 0) :]}"
    if last < span[0] or first > span[1]:
        return False
    return True if span[0] <= first and last <= span[1] else None


def is_ahead(lower: str, as_of: date | None) -> bool:
    """Tell whether a question is about what comes after the day the corpus is as of."""
    if as_of is None:
        return False
    found = points(lower)
    if found:
        return any(p.span[0] > as_of.isoformat() for p in found)
    return bool(_AHEAD.search(lower))


def _span_of(m: re.Match[str]) -> Span | None:
    for day, month, year in (("day", "day_month", "day_year"), ("us_day", "us_month", "us_year")):
        if m[day]:
            return _one_day(int(m[year]), _month(m[month]), int(m[day].rstrip("stndrh")))
    if m["month"]:
        return _months(int(m["month_year"]), _month(m["month"]), _month(m["month"]))
    if m["season"]:
        return _season(m["season"], int(m["season_year"]))
    if m["unit"]:
        size = 6 if m["unit"] == "half" else 3
        nth = 12 // size if m["nth"] == "last" else _ORDINALS.index(m["nth"]) + 1
        return _months(int(m["unit_year"]), size * (nth - 1) + 1, size * nth) if size * nth <= 12 else None
    if m["quarter"]:
        return _months(int(m["quarter_year"]), 3 * int(m["quarter"]) - 2, 3 * int(m["quarter"]))
    if m["year"]:
        return _months(int(m["year"]), *_thirds(m["part"], 12, 1))
    first = int(m["decade"]) if m["decade"] else 1900 + 10 * _DECADES.index(m["named"])
    low, high = _thirds(m["part"], 10, 0)
    return f"{first + low:04}-01-01", f"{first + high:04}-12-31"


def _season(name: str, year: int) -> Span:
    """Return the days of a season; a winter is the one that ends in the year and the one that begins in it."""
    return (f"{year - 1}-12-01", f"{year + 1}-02-28") if name == "winter" else _months(year, *_SEASONS[name])


def _thirds(part: str | None, size: int, start: int) -> tuple[int, int]:
    """Return the first and last month of a part of a year, or year of a part of a decade: 4 of 12, or 4, 3 and 3 of 10."""
    third = {None: 3, "early": 0, "beginning": 0, "start": 0, "mid": 1, "middle": 1}.get(part, 2)
    cuts = (0, 4, 7, 10) if size == 10 else (0, 4, 8, 12)
    return (start, start + size - 1) if third == 3 else (start + cuts[third], start + cuts[third + 1] - 1)


def _one_day(year: int, month: int, day: int) -> Span | None:
    try:
        return (date(year, month, day).isoformat(),) * 2
    except ValueError:
        return None


def _months(year: int, first: int, last: int) -> Span:
    return f"{year:04}-{first:02}-01", f"{year:04}-{last:02}-{_days(year, last):02}"


def _days(year: int, month: int) -> int:
    return 31 if month == 12 else (date(year, month + 1, 1) - date(year, month, 1)).days


def _month(word: str) -> int:
    return next(i for i, name in enumerate(_MONTHS, 1) if name.startswith(word[:3]))


def _range(lower: str) -> tuple[int, int, Span] | None:
    """Return the first range of dates, "from March to May 2022", with where it stands."""
    found = points(lower)
    for one, other in pairwise(found):
        between = lower[one.end : other.start]
        if _JOINED.fullmatch(between) or (_AND.fullmatch(between) and _BETWEEN.search(lower[: one.start])):
            first, last = sorted((one.span, other.span))
            return one.start, other.end, (first[0], last[1])
    for point in found:
        month = _FROM_MONTH.search(lower[: point.start])
        if month and not point.plain and (point.span[0][:7] == point.span[1][:7]):
            year = int(point.span[0][:4])
            first, last = sorted((_months(year, *(_month(month["month"]),) * 2), point.span))
            return month.start(), point.end, (first[0], last[1])
    return None


def _until(word: str, span: Span) -> Span:
    return EVER, _shifted(span[0], -1) if word in _EXCLUDING else span[1]


def _since(word: str, span: Span) -> Span:
    return _shifted(span[1], 1) if word == "after" else span[0], NEVER


def _shifted(day: str, by: int) -> str:
    return date.fromordinal(max(date.fromisoformat(day).toordinal() + by, 1)).isoformat()


def _counted_back(found: re.Match[str], as_of: date) -> str:
    """Return the day so many months, years or decades before the corpus ends."""
    count, one = found["count"], found["decade"] or found["single"]
    number = (int(count) if count.isdigit() else _COUNTS[count]) if count else 1 if one else RECENT_YEARS
    months = as_of.year * 12 + as_of.month - 1 - number * _UNITS[found["unit"] or one or "year"]
    year, month = max(months // 12, 1), months % 12 + 1
    return f"{year:04}-{month:02}-{min(as_of.day, _days(year, month)):02}"


def _events(lower: str, event: Event) -> Iterator[Period]:
    """Yield the periods before, since or during events that the question names, by the longest name that is known."""
    for found in _EVENT.finditer(lower):
        names = list(accumulate(found["event"].split(), lambda one, other: f"{one} {other}"))
        known = ((name, span) for name in reversed(names) if (span := event(name)))
        name, span = next(known, ("", None))
        word, words = found["word"], lower[found.start() : found.start("event") + len(name)]
        if span and word == "during":
            yield Period(span=span, words=words)
        elif span:
            yield Period(span=_since(word, span) if word in ("since", "after") else _until(word, span), words=words)
