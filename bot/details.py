"""What the question names, held against the best sentence and against the others: a detail that stands elsewhere, or otherwise.

Two signs of a near-miss, a question whose topic the texts hold and whose detail they lack, that no similarity shows: another
sentence holds more of the question than the one that ranks first, because no single one holds all of it; and the question, read as
a claim, gives somebody another part, another figure or another negation than the sentence does.
"""

from collections.abc import Collection, Mapping, Sequence

from bot.records import Candidate, Query
from bot.support import support_by_details

BESIDE = 12
"""Sentences that the best one is compared with, itself among them."""

NAMES = ("coverage_gap", "topic_gap", "parts_changed", "negated", "claimed_figures")
"""What `details` returns, in order."""


def details(query: Query, candidates: Sequence[Candidate]) -> dict[str, float]:
    """Return by how much another sentence covers the question better, and what the best one contradicts; best first, not empty."""
    lexical = query.store.lexical
    weight = {t: lexical.idf(t) for t in query.asked.tokens}
    topic = {t: w for t, w in weight.items() if t not in query.asked.years}
    first = candidates[0].sentence.document_id
    # A question about the article asks what no other text says.
    near = [c for c in candidates[:BESIDE] if "essay" not in query.asked.wants or c.sentence.document_id == first]
    own = [set(c.sentence.tokens) for c in near]
    whole = [words | c.passage.chunk.header_tokens for words, c in zip(own, near, strict=True)]
    otherwise = support_by_details(query.read.rstrip("? "), candidates[0].sentence.text).lacking
    return {
        "coverage_gap": _gap(query, weight, whole),
        "topic_gap": _gap(query, topic, own),
        "parts_changed": float("roles" in otherwise),
        "negated": float("negation" in otherwise),
        "claimed_figures": float(sum(name.startswith("figure ") for name in otherwise)),
    }


def _gap(query: Query, weight: Mapping[str, float], sentences: Sequence[Collection[str]]) -> float:
    """Return how much more of the weight the best of the sentences covers than the first does, as a share of it."""
    total = sum(weight.values())
    if not total:
        return 0.0
    covered = [
        sum(w for t, w in weight.items() if not query.asked.all_forms(t).isdisjoint(words)) / total
        for words in sentences
    ]
    return max(covered) - covered[0]
