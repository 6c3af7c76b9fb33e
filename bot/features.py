"""What is known of an answer before it is given: numbers that a fitted model turns into confidence (see `bot.calibration`).

Similarity alone cannot see a near-miss, a question on the right topic whose detail the texts lack. So most of these hold what the
question names against the best sentence: years, names and each of its words; `bot.details` holds what it names and what it leaves
open against the other sentences, too.
"""

import re
from collections.abc import Sequence

from bot.details import NAMES as DETAILS
from bot.details import details
from bot.records import Candidate, Query
from corpus.figures import MONTH, YEAR, figures
from index.lexical import tokenise

FAR = 0.42
"""Nearly every question that the texts answer has a sentence this similar; how much less the nearest is tells more than its similarity."""
CLOSE = 0.6
"""With a sentence this similar, words that the texts never use say nothing against an answer."""
DEPTH = 3
"""Sentences that together may hold what is asked for."""

_MONTH = re.compile(rf"\b{MONTH}\b")
_YEAR = re.compile(rf"\b{YEAR}\b")


def features(query: Query, candidates: Sequence[Candidate]) -> dict[str, float]:
    """Return what is known of an answer, by name; `candidates` are best first. All are 0 if there is none."""
    if not candidates:
        return dict.fromkeys(NAMES, 0.0)
    found = (
        _scores(candidates)
        | _words(query, candidates)
        | _details(query, candidates[0])
        | _kinds(query, candidates[0])
        | details(query, candidates)
    )
    return {name: float(found[name]) for name in NAMES}


def _scores(candidates: Sequence[Candidate]) -> dict[str, float]:
    """Return how close the best sentence is, and how far it stands out."""
    best = candidates[0]
    rest = [c.similarity for c in candidates[1:6]] or [0.0]
    closest = most_similar(candidates)
    scores = [c.score for c in candidates[:10]]
    return {
        "similarity": best.similarity,
        "most_similar": closest,
        "far": max(0.0, FAR - closest),
        "similarity_gap": best.similarity - sum(rest) / len(rest),
        "score": best.score,
        "gap": scores[0] - scores[min(1, len(scores) - 1)],
        "gap_5": scores[0] - scores[min(4, len(scores) - 1)],
        "passage_similarity": best.passage.similarity,
        "lexical": best.passage.lexical,
        "passage_rank": 1 / best.passage.rank,
        "same_document": sum(c.sentence.document_id == best.sentence.document_id for c in candidates[:5]),
    }


def most_similar(candidates: Sequence[Candidate]) -> float:
    """Return the similarity of the closest of the best sentences; there is one at least."""
    return max(c.similarity for c in candidates[:10])


def _words(query: Query, candidates: Sequence[Candidate]) -> dict[str, float]:
    """Return how much of the question's weight the best sentence holds, and what kind of words it lacks."""
    lexical = query.store.lexical
    weight = {t: lexical.idf(t) for t in query.asked.tokens}
    total = sum(weight.values()) or 1.0
    own = set(candidates[0].sentence.tokens)
    whole = own | candidates[0].passage.chunk.header_tokens
    near = set().union(*({*c.sentence.tokens, *c.passage.chunk.header_tokens} for c in candidates[:DEPTH]))
    forms = {t: query.asked.all_forms(t) for t in weight}
    lacking = [t for t in weight if forms[t].isdisjoint(whole)]
    unknown = [t for t in lacking if not any(lexical.knows(form) for form in forms[t])]
    details = detail_tokens(query.read)
    known = [t for t in lacking if t not in unknown]
    return {
        "coverage": candidates[0].coverage,
        "own_coverage": sum(weight[t] for t in weight if not forms[t].isdisjoint(own)) / total,
        "near_coverage": sum(weight[t] for t in weight if not forms[t].isdisjoint(near)) / total,
        "lacking": len(lacking),
        "lacking_weight": max((weight[t] for t in known), default=0.0),
        "lacking_share": sum(weight[t] for t in known) / total,
        "lacking_details": sum(t in details for t in known),
        "lacking_common": sum(t not in details for t in known),
        "unknown_share": sum(weight[t] for t in unknown) / total,
        "strange": min(sum(weight[t] for t in unknown) / total, 3 * max(0.0, CLOSE - most_similar(candidates))),
        "unknown_details": sum(t in details for t in unknown),
        "novel": len(own - set(weight)) / max(len(own), 1),
        "size": len(candidates[0].sentence.tokens),
    }


def detail_tokens(question: str) -> set[str]:
    """Return the tokens of the words that name a detail: those with a capital, the first one left out, or a digit."""
    words = [w.strip("?!.,;:()'\"“”") for w in question.split()]
    named = [w for i, w in enumerate(words) if w and (any(c.isdigit() for c in w) or (i and w[0].isupper()))]
    return {token for word in named for token in tokenise(word)}


def _details(query: Query, best: Candidate) -> dict[str, float]:
    """Return which details the question names and the best sentence lacks, and whether it gives the kind of thing asked for."""
    question, text = query.read, best.sentence.text
    years = set(_YEAR.findall(query.query))
    event = {best.sentence.date[:4]} if best.sentence.date else set()
    stated = set(_YEAR.findall(text)) | event
    figures_there = figures(text)
    fresh = figures_there - figures(question) - set(_YEAR.findall(text)) - set(_MONTH.findall(text))
    return {
        "year_asked": bool(years),
        "year_there": bool(years & stated),
        "year_of_event": bool(years & event),
        "other_years": len(set(_YEAR.findall(text)) - years) if years else 0,
        "fresh_figures": min(len(fresh), 3),
        "names_missing": len(best.missing_names),
        "details_missing": len(best.missing),
    }


def _kinds(query: Query, best: Candidate) -> dict[str, float]:
    asked = query.asked
    kinds: dict[str, float] = {f"is_{kind.replace('-', '_')}": asked.kind == kind for kind in _KINDS}
    return kinds | {
        "parts": min(asked.parts, 3),
        "tokens": min(len(asked.tokens), 12),
        "follows": bool(query.query != query.read),
        "wants_sides": "sides" in asked.wants,
        "sides_there": "sides" in asked.wants and best.sentence.dispute is not None,
    }


_KINDS = ("when", "how-much", "who", "where", "why", "list", "compare", "yes-no", "what")
NAMES = (
    "similarity", "most_similar", "far", "similarity_gap", "score", "gap", "gap_5", "passage_similarity", "lexical", "passage_rank",
    "same_document", "coverage", "own_coverage", "near_coverage", "lacking", "lacking_weight", "lacking_share", "lacking_details",
    "lacking_common", "unknown_share", "strange", "unknown_details", "novel", "size", "year_asked", "year_there", "year_of_event",
    "other_years", "fresh_figures", "names_missing", "details_missing", *(f"is_{kind.replace('-', '_')}" for kind in _KINDS),
    "parts", "tokens", "follows", "wants_sides", "sides_there", *DETAILS,
)  # fmt: skip
"""The features, in the order in which a calibration holds them."""
