"""What the question names and what it leaves open, held against the best sentence and against the others near it.

Signs of a near-miss, a question whose topic the texts hold and whose detail they lack, that no similarity shows:

- another sentence holds more of the question than the one that ranks first, because no single one holds all of it;
- the question, read as a claim, gives somebody another part or another negation than the sentence does;
- the slot that the question leaves open is filled by none of the sentences near the first (see `bot.slots`);
- none of them names the country, the month or the number that the question does;
- what the question asks of a year is told of other years only.
"""

import re
from collections.abc import Collection, Mapping, Sequence

from bot.countries import countries_in
from bot.records import Candidate, Query
from bot.slots import PARTLY, fill, read_slot
from bot.support import support_by_details
from corpus.figures import MONTHS, YEAR
from index.lexical import tokenise

BESIDE = 12
"""Sentences that the best one is compared with, itself among them."""
NEAR = 8
"""Of these, those near the first: they lack no more details and names, and cover nearly as much of the question."""
NEAR_COVERAGE = 0.25

NAMES = (
    "coverage_gap", "year_apart", "parts_changed", "negated", "claimed_figures", "unfilled", "partly_filled", "unfilled_best",
    "countries_missing", "months_missing", "numbers_missing", "numbers_nowhere",
)  # fmt: skip
"""What `details` returns, in order."""

_MONTHS = re.compile(
    r"\b(?:january|february|april|june|july|august|september|october|november|december"
    r"|(?:(?<=\bin )|(?<=\bof )|(?<=\d ))(?:march|may))\b",
    re.IGNORECASE,
)
_YEARS = re.compile(rf"\b{YEAR}\b(?: ?[-–/] ?\d\d\b)?|['’]\d\d\b")
_YEAR = re.compile(rf"\b{YEAR}\b")
_NUMBER = re.compile(r"(?<![\w.,'’])(\d[\d.,]*\d|\d)(?:st|nd|rd|th)?(?!\w)")
_DIGITS = re.compile(r"\d[\d.,]*\d|\d")


def details(query: Query, candidates: Sequence[Candidate]) -> dict[str, float]:
    """Return by how much another sentence covers the question better, and what is contradicted or lacking; best first, not empty."""
    lexical = query.store.lexical
    weight = {t: lexical.idf(t) for t in query.asked.tokens}
    first = candidates[0].sentence.document_id
    # A question about the article asks what no other text says.
    beside = [c for c in candidates[:BESIDE] if "essay" not in query.asked.wants or c.sentence.document_id == first]
    whole = [{*c.sentence.tokens, *c.passage.chunk.header_tokens} for c in beside]
    otherwise = support_by_details(query.read.rstrip("? "), candidates[0].sentence.text).lacking
    return {
        "coverage_gap": _gap(query, weight, whole),
        "year_apart": _year_apart(query, weight, beside, whole),
        "parts_changed": float("roles" in otherwise),
        "negated": float("negation" in otherwise),
        "claimed_figures": float(sum(name.startswith("figure ") for name in otherwise)),
        **_left_open(query, near(candidates)),
        **_not_named(query, near(candidates)),
    }


def near(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return the best sentence and those after it that may answer the question as well; best first, not empty."""
    best = candidates[0]
    return [
        c
        for c in candidates[:NEAR]
        if len(c.missing) <= len(best.missing)
        and len(c.missing_names) <= len(best.missing_names)
        and c.coverage >= best.coverage - NEAR_COVERAGE
    ]


def _left_open(query: Query, sentences: Sequence[Candidate]) -> dict[str, float]:
    """Return whether the slot of the question is filled by no sentence, by one in part, and by the best one."""
    slot = read_slot(query.read, query.asked)
    filled = [fill(slot, c.sentence.text, query.query) for c in sentences] if slot else [1.0]
    return {
        "unfilled": float(max(filled) == 0),
        "partly_filled": float(max(filled) == PARTLY),
        "unfilled_best": float(filled[0] == 0),
    }


def _not_named(query: Query, sentences: Sequence[Candidate]) -> dict[str, float]:
    """Return what the question names and no sentence does: a month; numbers; of the best one also countries."""
    best, texts = sentences[0], [c.sentence.text for c in sentences]
    countries = countries_in(tokenise(query.read))
    named = countries_in((*best.sentence.tokens, *best.passage.chunk.header_tokens))
    months = months_in(query.read)
    there = {month for c in sentences for month in months_in(c.sentence.text, c.sentence.date)}
    numbers = set(_NUMBER.findall(_YEARS.sub(" ", query.read)))
    lacking = [len(numbers - set(_DIGITS.findall(text))) for text in texts]
    return {
        "countries_missing": float(len(countries - named)),
        "months_missing": float(bool(months) and months.isdisjoint(there)),
        "numbers_missing": float(lacking[0]),
        "numbers_nowhere": float(min(lacking)),
    }


def months_in(text: str, date: str | None = None) -> set[str]:
    """Return the months that a text names, in small letters, and that in which the event of this date fell."""
    of_date = {MONTHS[int(date[5:7]) - 1].lower()} if date and len(date) >= len("2024-05") else set()
    return {month.lower() for month in _MONTHS.findall(text)} | of_date


def _gap(query: Query, weight: Mapping[str, float], sentences: Sequence[Collection[str]]) -> float:
    """Return how much more of the weight the best of the sentences covers than the first does, as a share of it."""
    covered = _covered(query, weight, sentences)
    return max(covered) - covered[0]


def _year_apart(
    query: Query, weight: Mapping[str, float], beside: Sequence[Candidate], sentences: Sequence[Collection[str]]
) -> float:
    """Return how much more of the question's topic a sentence without its years covers than any with one of them; at least 0."""
    years = set(_YEAR.findall(query.read))
    if not years:
        return 0.0
    covered = _covered(query, {t: w for t, w in weight.items() if not _YEAR.fullmatch(t)}, sentences)
    with_year = [not years.isdisjoint({*_YEAR.findall(c.sentence.text), (c.sentence.date or "")[:4]}) for c in beside]
    most = {
        there: max((share for share, has in zip(covered, with_year, strict=True) if has == there), default=0.0)
        for there in (True, False)
    }
    return max(0.0, most[False] - most[True])


def _covered(query: Query, weight: Mapping[str, float], sentences: Sequence[Collection[str]]) -> list[float]:
    """Return the share of the weight that each of the sentences covers."""
    total = sum(weight.values()) or 1.0
    return [
        sum(w for t, w in weight.items() if not query.asked.all_forms(t).isdisjoint(words)) / total
        for words in sentences
    ]
