"""Relative dates and named events, read from the corpus: "last year" from the day it ends, "the invasion" from its own sentences."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.dates import NEVER, Span, points
from corpus.figures import MONTH, MONTHS, YEAR
from index.lexical import STOPWORDS, tokenise
from index.store import Store

CHUNKS = 150
"""Chunks that are looked through for the date of an event."""
LEAST = 2
"""Sentences that must give the same date to an event whose name is a single word; of a longer name one is enough."""
MOST_OF = 0.5
"""The share of the sentences that date the event which must agree."""
_SAME = {
    "war": "invasion",
    "full-scale war": "invasion",
    "full-scale invasion": "invasion",
    "ukraine war": "invasion of ukraine",
    "war in ukraine": "invasion of ukraine",
}
"""Short names of events by the names that texts date them under."""
_YEARS = re.compile(rf"({YEAR})[–-]({YEAR})\b")
_PREPOSITION = re.compile(
    r"\b(?:in|since|until|till|by|for|of|from|before|after|during|than|to|over)\s+\Z", re.IGNORECASE
)
_NUMBER = r"(?:\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|twenty)"
_NUMBERS = {w: n for n, w in enumerate("one two three four five six seven eight nine ten".split(), 1)} | {"twenty": 20}
# Between the event's name and its date stand only "of Ukraine", "by Russia in", "on", …
_GAP = rf"(?:\s+(?:of|in|on|by|from|the|(?!{MONTH}\b)[A-Z][\w'’-]+)){{0,5}}\s+\(?"
_RELATIVE = re.compile(
    r"\b(?:the year before last|(?<!the )(?P<which>last|this|next) (?P<unit>year|month)(?!['’]s (?:eve|day))"
    rf"|(?P<count>{_NUMBER}) years ago|(?<!the )last (?P<month>{MONTH}))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A relative date of a question and what it is read as."""

    words: str
    meant: str


def write_out(text: str, as_of: date | None) -> tuple[str, tuple[Reading, ...]]:
    """Return the text with "last year", "five years ago" and their like as the years and months they are, and each reading."""
    if as_of is None:
        return text, ()
    readings: list[Reading] = []

    def written(found: re.Match[str]) -> str:
        meant = _meant(found, as_of)
        readings.append(Reading(words=found.group(), meant=meant))
        return meant if _PREPOSITION.search(text[: found.start()]) else f"in {meant}"

    return _RELATIVE.sub(written, text), tuple(readings)


def _meant(found: re.Match[str], as_of: date) -> str:
    if found["count"]:
        count = found["count"].lower()
        return str(as_of.year - (int(count) if count.isdigit() else _NUMBERS[count]))
    if found["month"]:
        month = next(i for i, name in enumerate(MONTHS, 1) if name.lower() == found["month"].lower())
        return f"{MONTHS[month - 1]} {as_of.year - (month >= as_of.month)}"
    step = {"last": -1, "this": 0, "next": 1}.get((found["which"] or "").lower(), -2)
    if found["unit"] and found["unit"].lower() == "month":
        months = as_of.year * 12 + as_of.month - 1 + step
        return f"{MONTHS[months % 12]} {months // 12}"
    return str(as_of.year + step)


def date_of_event(name: str, store: Store) -> Span | None:
    """Return the days of an event that most sentences which name and date it agree on, None if they do not or there are too few.

    Args:
        name: in small letters, without its article: "invasion", "korean war", "annexation of crimea".
        store: the index whose sentences are read.
    """
    name = _SAME.get(name, name)
    tokens = tokenise(name)
    if not tokens or name.split()[-1] in STOPWORDS or name.split()[0] in STOPWORDS:
        return None
    scores = store.lexical.scores(tokens)
    chunks = store.texts.chunks(row for row, _ in store.lexical.best(scores, CHUNKS)).values()
    sentences = store.texts.sentences(row for c in chunks for row in range(c.first, c.last)).values()
    # A name in small letters is not the end of a longer one: "war" is not the Korean War.
    pattern = re.compile(rf"(?i:\b{re.escape(name)}\b){_GAP}(?=(.{{0,30}}))")
    spans = [
        span
        for s in sentences
        for m in pattern.finditer(s.text)
        if len(tokens) > 1 or not re.search(r"\b[A-Z][\w-]*\s\Z", s.text[: m.start()])
        if (span := _first_date(m.group(1)))
    ]
    return _agreed(spans, least=LEAST if len(tokens) == 1 else 1)


def _first_date(text: str) -> Span | None:
    """Return the date that the text begins with."""
    years = _YEARS.match(text)
    if years:
        return f"{years[1]}-01-01", f"{years[2]}-12-31"
    found = points(text.lower())
    return found[0].span if found and not found[0].start else None


def _agreed(spans: Sequence[Span], least: int) -> Span | None:
    """Return the finest span given twice within the year, or years, that most of them name; the widest if none is given twice."""
    if len(spans) < least:
        return None
    years, count = Counter((first[:4], last[:4]) for first, last in spans).most_common(1)[0]
    if count < least or count < MOST_OF * len(spans):
        return None
    kept = Counter(s for s in spans if (s[0][:4], s[1][:4]) == years)
    widest = max(kept, key=_days)
    twice = [s for s, n in kept.items() if n >= LEAST]
    return min(twice, key=_days) if twice else widest


def _days(span: Span) -> int:
    return date.fromisoformat(span[1]).toordinal() - date.fromisoformat(span[0]).toordinal()


def as_date(as_of: str | None) -> date | None:
    """Return the day an `as_of` names, the last one of a month or a year; None if it names none."""
    try:
        return date.fromisoformat(f"{as_of}{NEVER[len(as_of or '') :]}") if as_of else None
    except ValueError:
        return None
