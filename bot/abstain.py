"""Decide whether the corpus answers at all: by the calibration made for this index if there is one, else by a rule.

The rule has stated thresholds, and its confidence is the distance from them. A calibration (see `bot.calibration`) is fitted on
cases to the features below.
"""

import math
from collections.abc import Callable, Sequence

from bot.asked import ONE_SENTENCE
from bot.calibration import Calibration
from bot.features import NAMES, detail_tokens, features, most_similar
from bot.lacks import as_written, say_lacking, say_unfilled
from bot.messages import say
from bot.records import Candidate, Passage, Query
from bot.settings import Settings
from index.lexical import tokenise
from index.texts import StoredDocument, Suggestion

# A sentence speaks for an answer by its similarity and by how much of the question's weight its words cover. The rule
# asks for their sum; MIDDLE is where confidence is one half, SLOPE how fast it rises. Chosen on evals/cases (see
# evals/LOG.md).
COVERAGE_SHARE = 0.55
MIDDLE = 0.515
SLOPE = 12.0
MISSING_DETAIL_CONFIDENCE = 0.1
"""A year or designation that the question names and no chosen sentence holds: whatever else matches, it is not answered."""
UNKNOWN_SHARE = 0.6
"""If words that the whole corpus never uses carry this share of the question's weight, only a very close sentence answers it;
names and numbers count double."""
CLOSE = 0.58
UNKNOWN_WORDS_CONFIDENCE = 0.3
MISSING_NAME_CONFIDENCE = 0.2
"""A name in the question that none of the best sentences mentions, nor the title and section they stand under."""
NAME_DEPTH = 5
"""The names may stand in any of the best sentences, this many at most; where one sentence is the answer, in that one."""
NOTHING_NEAR = 0.35
"""If no sentence is more similar to the question than that, the nearest texts have nothing to do with it and are not named."""
NEAREST = 3
"""Documents whose own questions are offered first."""
RULE_THRESHOLD = 0.5
SIGNALS = (*NAMES, "rule")
"""Names of what a calibration is fitted to."""


def confidence(query: Query, candidates: Sequence[Candidate]) -> float:
    """Return how sure it is that the best sentence answers the question, from 0 to 1. `candidates` are best first."""
    if not candidates:
        return 0.0
    if query.calibration is not None:
        return query.calibration.confidence(signals(query, candidates))
    return rule(query, candidates)


def threshold(calibration: Calibration | None, settings: Settings) -> float:
    """Return the confidence that an answer needs: what the settings say, else what the calibration does, else the rule's."""
    if settings.min_confidence is not None:
        return settings.min_confidence
    return calibration.threshold if calibration is not None else RULE_THRESHOLD


def signals(query: Query, candidates: Sequence[Candidate]) -> dict[str, float]:
    """Return what a calibration is fitted to: the features of the answer, and what the rule says of it."""
    return {**features(query, candidates), "rule": rule(query, candidates)}


def rule(query: Query, candidates: Sequence[Candidate]) -> float:
    """Return the rule's confidence: how far the best sentence goes, capped for what the question names and nothing mentions."""
    if not candidates:
        return 0.0
    best = candidates[0]
    evidence = best.similarity + COVERAGE_SHARE * best.coverage - 0.06 * min(len(best.missing_names), 3)
    value = 1 / (1 + math.exp(-SLOPE * (evidence - MIDDLE)))
    if best.missing:
        value = min(value, MISSING_DETAIL_CONFIDENCE)
    if best.similarity < CLOSE and _strange(query):
        value = min(value, UNKNOWN_WORDS_CONFIDENCE)
    if _nowhere(query, candidates):
        value = min(value, MISSING_NAME_CONFIDENCE)
    return value


def unknown_words(query: Query) -> list[str]:
    """Return the question's words that the corpus never uses, in no other form either."""
    lexical = query.store.lexical
    return [t for t in query.asked.tokens if not any(lexical.knows(form) for form in query.asked.all_forms(t))]


def _strange(query: Query) -> bool:
    """Tell whether words that the corpus never uses carry much of the question, names and numbers more than everyday words."""
    weight = {t: query.store.lexical.idf(t) for t in query.asked.tokens}
    unknown = unknown_words(query)
    details = detail_tokens(query.read)
    heavy = sum(weight[t] for t in unknown) + sum(weight[t] for t in unknown if t in details)
    return heavy >= UNKNOWN_SHARE * (sum(weight.values()) or 1.0)


def _nowhere(query: Query, candidates: Sequence[Candidate]) -> list[str]:
    """Return the names in the reader's own words (not those carried over from earlier) that no candidate mentions."""
    own = set(tokenise(query.read))
    names = [n for n in query.asked.names if n in own]
    depth = 1 if len(names) == 1 and query.asked.kind in ONE_SENTENCE else NAME_DEPTH
    return [n for n in names if all(n in c.missing_names for c in candidates[:depth])]


def abstention_text(
    query: Query, candidates: Sequence[Candidate], passages: Sequence[Passage], documents: Sequence[StoredDocument]
) -> str:
    """Return what is said instead of an answer: that the corpus holds none, what it misses, and the nearest topics."""
    if query.reply:
        return query.reply
    language = query.language
    absent = unknown_words(query)
    parts = [say("abstention", language)]
    if absent:
        words = say("or", language).join(as_written(token, query.question) for token in absent[:3])
        parts.append(say("never_mentions", language, words=words))
    lacking = say_lacking(query, candidates)
    unfilled = say_unfilled(query, candidates, more=lacking is not None)
    parts += [said for said in (lacking, unfilled) if said]
    titles = list(dict.fromkeys(d.title for d in documents))[:3]
    # How similar "near" is, differs from model to model: a calibration is of one.
    if query.calibration is not None and candidates and most_similar(candidates) < NOTHING_NEAR:
        parts.append(say("nothing_near", language))
    elif titles and passages:
        parts.append(say("nearest", language, titles="; ".join(titles)))
    return say("gap", language).join(parts)


def suggest(
    query: Query,
    nearest: Sequence[StoredDocument],
    suggestions: Sequence[Suggestion],
    answered: Callable[[str], bool],
    count: int = 3,
) -> tuple[str, ...]:
    """Return questions that the corpus does answer, those nearest to the question first.

    Documents may list questions they answer in their front matter; for one that lists none, its title makes a question, which is
    offered only if `answered` says that the bot answers it. Where nothing tells what is near, the questions are of different
    documents, from first to last.
    """
    if not nearest and not query.asked.tokens:
        suggestions = _spread(suggestions, count)
    ranks = {d.id: rank for rank, d in enumerate(nearest)}
    asked = set(query.asked.tokens)
    weight = {t: query.store.lexical.idf(t) for t in asked}
    ranked = sorted(
        (s for s in suggestions if s.question.casefold() != query.question.casefold()),
        key=lambda s: (
            ranks.get(s.document_id, NEAREST) >= NEAREST,
            -sum(weight[t] for t in s.tokens & asked),
            ranks.get(s.document_id, len(ranks)),
        ),
    )
    chosen: list[str] = []
    used: list[frozenset[str]] = []
    for suggestion in ranked:
        if len(chosen) == count:
            break
        if all(len(suggestion.tokens & other) < 0.7 * max(len(suggestion.tokens), 1) for other in used):
            chosen.append(suggestion.question)
            used.append(suggestion.tokens)
    for document in nearest[:count]:
        question = f"What does the corpus say about “{document.title}”?"
        if len(chosen) < count and not any(s.document_id == document.id for s in suggestions) and answered(question):
            chosen.append(question)
    return tuple(chosen[:count])


def _spread(suggestions: Sequence[Suggestion], count: int) -> list[Suggestion]:
    """Return the suggestions with the first ones of documents from all over the corpus in front."""
    first: dict[str, Suggestion] = {}
    for suggestion in suggestions:
        first.setdefault(suggestion.document_id, suggestion)
    questions = list(first.values())
    front = questions[:: max(len(questions) // max(count, 1), 1)]
    return [*front, *(s for s in suggestions if s not in front)]
