"""Decide whether the corpus answers at all. A first rule with stated thresholds; `confidence` is its distance from them."""

import math
from collections.abc import Sequence

from bot.records import ABSTENTION, Candidate, Passage, Query
from index.texts import StoredDocument, Suggestion

# A sentence speaks for an answer by its similarity and by how much of the question's weight its words cover. The rule
# asks for their sum; MIDDLE is where confidence is one half, SLOPE how fast it rises. Chosen on evals/cases (see
# evals/LOG.md); a fitted model takes their place when there are cases enough.
COVERAGE_SHARE = 0.55
MIDDLE = 0.58
SLOPE = 12.0
MISSING_DETAIL_CONFIDENCE = 0.1
"""A year or designation that the question names and no chosen sentence holds: whatever else matches, it is not answered."""
UNKNOWN_NAME_CONFIDENCE = 0.2
"""A name in the question that the whole corpus never mentions."""


def confidence(query: Query, candidates: Sequence[Candidate]) -> float:
    """Return how far the best sentence goes to answer the question, from 0 to 1. `candidates` are best first."""
    if not candidates:
        return 0.0
    best = candidates[0]
    evidence = best.similarity + COVERAGE_SHARE * best.coverage - 0.06 * min(len(best.missing_names), 3)
    value = 1 / (1 + math.exp(-SLOPE * (evidence - MIDDLE)))
    if best.missing:
        value = min(value, MISSING_DETAIL_CONFIDENCE)
    if any(not query.store.lexical.knows(name) for name in query.asked.names):
        value = min(value, UNKNOWN_NAME_CONFIDENCE)
    return value


def abstention_text(query: Query, passages: Sequence[Passage], documents: Sequence[StoredDocument]) -> str:
    """Return what is said instead of an answer: that the corpus holds none, what it misses, and the nearest topics."""
    if query.reply:
        return query.reply
    absent = [*query.asked.designations, *query.asked.names]
    absent = [t for t in absent if not query.store.lexical.knows(t)]
    parts = [ABSTENTION]
    if absent:
        shown = [_as_written(token, query.question) for token in absent[:3]]
        parts.append(f"It never mentions {' or '.join(shown)}.")
    titles = list(dict.fromkeys(d.title for d in documents))[:3]
    if titles and passages:
        parts.append(f"The nearest it holds: {'; '.join(titles)}.")
    return " ".join(parts)


def suggest(
    query: Query,
    nearest: Sequence[StoredDocument],
    suggestions: Sequence[Suggestion],
    count: int = 3,
) -> tuple[str, ...]:
    """Return questions that the corpus does answer, those nearest to the question first.

    Documents may list questions they answer in their front matter; for one that lists none, its title makes a question.
    """
    ranks = {d.id: rank for rank, d in enumerate(nearest)}
    asked = set(query.asked.tokens)
    weight = {t: query.store.lexical.idf(t) for t in asked}
    ranked = sorted(
        (s for s in suggestions if s.question.casefold() != query.question.casefold()),
        key=lambda s: (
            -sum(weight[t] for t in s.tokens & asked),
            ranks.get(s.document_id, len(ranks)),
        ),
    )
    chosen: list[str] = []
    used: list[frozenset[str]] = []
    for suggestion in ranked:
        if all(len(suggestion.tokens & other) < 0.7 * max(len(suggestion.tokens), 1) for other in used):
            chosen.append(suggestion.question)
            used.append(suggestion.tokens)
    chosen += [f"What does the corpus say about “{d.title}”?" for d in nearest]
    return tuple(dict.fromkeys(chosen))[:count]


def _as_written(token: str, question: str) -> str:
    from index.lexical import tokenise

    return next((word.strip("?!.,;:()\"'“”") for word in question.split() if token in tokenise(word)), token)
