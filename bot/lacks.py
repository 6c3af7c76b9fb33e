"""What a question names or asks for and the nearest sentences lack, and what they hold of the same kind: S-400 for S-500, 2014 for 2013.

Every statement is computed from those sentences; none says more than what they mention.
"""

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from bot.countries import countries_in
from bot.details import months_in, near
from bot.messages import say
from bot.records import Candidate, Query
from bot.slots import fill, read_slot
from corpus.figures import YEAR
from index.lexical import tokenise

NEAREST = 8
"""The nearest sentences that are looked at."""
MOST = 3
"""Details shown of each sort."""
_YEAR = re.compile(rf"\b{YEAR}\b")
_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u9fff]")
_POSSESSIVE = re.compile(r"['’]s\Z")
_LETTERS = re.compile(r"\A[^\W\d_]+")


def say_lacking(query: Query, candidates: Sequence[Candidate]) -> str | None:
    """Return which details of the question the nearest sentences do not mention, with those of the same kind that they do."""
    nearest = candidates[:NEAREST]
    lacking = lacking_details(query, nearest)[:MOST]
    if not nearest or not lacking:
        return None
    # What no text mentions at all is told elsewhere; only its like is told here.
    known = [d for d in lacking if _is_known(d, query)]
    others = _of_the_same_kind(lacking, nearest)
    details = say("or", query.language).join(as_written(detail, query.read) for detail in known)
    named = say("list_comma", query.language).join(others)
    if known:
        return say("near.lacks_holds" if others else "near.lacks", query.language, details=details, others=named)
    return say("near.holds", query.language, others=named) if others else None


def say_unfilled(query: Query, candidates: Sequence[Candidate], *, more: bool = False) -> str | None:
    """Return what the question asks for and none of the sentences near the best gives: a length, a count of that, somebody's name.

    With `more` it goes on from what was said of these sentences before.
    """
    slot = read_slot(query.read, query.asked)
    if slot is None or not candidates or any(fill(slot, c.sentence.text, query.query) for c in near(candidates)):
        return None
    what = say(f"slot.{slot.name}", query.language, things=slot.things)
    return say("near.unfilled_too" if more else "near.unfilled", query.language, what=what)


def lacking_details(query: Query, nearest: Sequence[Candidate]) -> list[str]:
    """Return the years, designations, names, countries and months in the reader's own words that none of the sentences mentions."""
    asked = query.asked
    read = tokenise(query.read)
    own = set(read)
    countries = countries_in(t for c in nearest for t in (*c.sentence.tokens, *c.passage.chunk.header_tokens))
    months = {month for c in nearest for month in months_in(c.sentence.text, c.sentence.date)}
    years = {c.sentence.date[:4] for c in nearest if c.sentence.date} | {
        y for c in nearest for y in _YEAR.findall(c.sentence.text)
    }
    details = [year for year in asked.years if year not in years]
    details += [d for d in asked.designations if all(d in c.missing for c in nearest)]
    details += [name for name in asked.names if all(name in c.missing_names for c in nearest)]
    details += [t for t in read if not countries_in([t]) <= countries]
    details += [t for month in sorted(months_in(query.read) - months) for t in tokenise(month)]
    return [d for d in dict.fromkeys(details) if own.issuperset(d.split())]


def _is_known(detail: str, query: Query) -> bool:
    forms = (query.asked.all_forms(word) for word in detail.split())
    return all(any(query.store.lexical.knows(form) for form in found) for found in forms)


def as_written(detail: str, question: str) -> str:
    """Return a detail, one token or several, as the words of the question write it."""
    words = [_POSSESSIVE.sub("", word.strip("?!.,;:()\"'“”")) for word in question.split()]
    # A text without spaces has no word to show but the token; some tokens are several words: the United States.
    found = [word for word in words if not _UNSPACED.search(word)]
    found += [f"{a} {b}" for a, b in pairwise(words) if len(tokenise(f"{a} {b}")) < len((*tokenise(a), *tokenise(b)))]
    parts = (next((word for word in found if token in tokenise(word)), token) for token in detail.split())
    return " ".join(dict.fromkeys(parts))


def _of_the_same_kind(lacking: Iterable[str], nearest: Sequence[Candidate]) -> list[str]:
    """Return years for a year, S-400 for S-500, Siberia 2 for Siberia 3, as the sentences write them: the nearest, in order."""
    found: list[str] = []
    for detail in lacking:
        if _YEAR.fullmatch(detail):
            pattern = _YEAR
        elif " " in detail:
            pattern = re.compile(rf"\b{re.escape(detail.split()[0])}\w* \d{{1,2}}\b", re.IGNORECASE)
        elif any(c.isdigit() for c in detail):
            letters = _LETTERS.match(detail)
            pattern = re.compile(rf"\b{re.escape(letters.group() if letters else detail)}-?\d[\w-]*", re.IGNORECASE)
        else:
            continue
        here = dict.fromkeys(m for c in nearest for m in pattern.findall(c.sentence.text))
        found += sorted([other for other in here if tokenise(other) != detail.split()][:MOST])
    return list(dict.fromkeys(found))
