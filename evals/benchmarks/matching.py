"""Does a text hold an answer, and which sentences of a passage does a quote cover?"""

import re
from collections.abc import Sequence

from corpus.text import normalise, normalise_quote
from evals.replies import Quote

# A figure with its separators is one word, so that "3.5" does not hold the answer "3"; all other punctuation parts words, so
# that "Normandy's" holds "Normandy" and "US$12" holds "$12".
_WORD = re.compile(r"\d+(?:[.,]\d+)+|[^\W\d_]+|\d+")
_ARTICLES = frozenset({"a", "an", "the"})
_SPACE = re.compile(r"\s+")
COVERED = 0.5
"""The share of a sentence's characters that quotes must cover for it to count as quoted."""

Span = tuple[int, int]


def answer_words(text: str, *, articles: bool = False) -> list[str]:
    """Return the words of a text as SQuAD compares answers: lower case, no punctuation, no articles unless they are asked for."""
    words = _WORD.findall(normalise_quote(text).lower())
    return [w for w in words if articles or w not in _ARTICLES]


def holds_answer(text: str, answer: str) -> bool:
    """Tell whether the words of an answer stand in a text, in this order and without others between them."""
    for articles in (False, True):  # an answer of articles only keeps them
        wanted = answer_words(answer, articles=articles)
        if wanted:
            words = answer_words(text, articles=articles)
            return any(words[i : i + len(wanted)] == wanted for i in range(len(words) - len(wanted) + 1))
    # A sign such as "=" has no words and is compared as it stands.
    return bool(answer.strip()) and normalise_quote(answer) in normalise_quote(text)


def holds_any(text: str, answers: Sequence[str]) -> bool:
    """Tell whether a text holds one of several answers."""
    return any(holds_answer(text, answer) for answer in answers)


def locate(text: str, pieces: Sequence[str]) -> list[Span | None]:
    """Return where pieces of a text stand in it, each after the one before, whatever the white space; None if it is not there."""
    places = [i for i, c in enumerate(text) if not c.isspace()]
    dense = "".join(text[i] for i in places)
    found: list[Span | None] = []
    cursor = 0
    for piece in pieces:
        wanted = _SPACE.sub("", normalise(piece))
        at = dense.find(wanted, cursor) if wanted else -1
        if at < 0:
            found.append(None)
            continue
        cursor = at + len(wanted)
        found.append((places[at], places[cursor - 1] + 1))
    return found


def covered(spans: Sequence[Span | None], quotes: Sequence[Quote]) -> set[int]:
    """Return the numbers of the spans that quotes of the same document cover by half or more."""
    hit = set()
    for number, span in enumerate(spans):
        if span is None:
            continue
        start, end = span
        inside = {i for q in quotes for i in range(max(start, q.source_start), min(end, q.source_end))}
        if len(inside) >= COVERED * (end - start):
            hit.add(number)
    return hit
