"""Does a sentence only repeat what is quoted already? Told by words, figures and vectors."""

from bot.form import kind_bonus
from bot.records import Retrieved
from index.texts import StoredSentence

REPETITION = 0.7
"""The share of the shorter sentence's words, by weight, and twice that of the words of both, from which two sentences are alike."""
NEAR_COPY = 0.86
"""The cosine from which they say the same whatever their words."""


def repeats(one: StoredSentence, other: StoredSentence, retrieved: Retrieved) -> bool:
    """Tell whether two sentences say the same, or stand in the same disputed block, which is quoted whole."""
    if _same_block(one, other):
        return True
    store, asked = retrieved.query.store, retrieved.query.asked
    figures = [{t for t in side.tokens if t[0].isdigit()} for side in (one, other)]
    # "$95.28 billion in 2014" and "$69.5 billion in 2016" are two answers, however alike the sentences.
    if not (figures[0] <= figures[1] or figures[1] <= figures[0]):
        return False
    # Every answer holds words of the question: what it says is the rest.
    named = frozenset[str]().union(*(asked.all_forms(t) for t in asked.tokens))
    a, b = (set(side.tokens) - named for side in (one, other))
    shared, either = (sum(map(store.lexical.idf, tokens)) for tokens in (a & b, a | b))
    shorter = min(sum(map(store.lexical.idf, tokens)) for tokens in (a, b))
    alike = shared > REPETITION * shorter and shared > REPETITION / 2 * either
    if alike and (figures[0] == figures[1] or shared > REPETITION * either):
        return True
    return float(store.vector("sentences", one.row) @ store.vector("sentences", other.row)) > NEAR_COPY


def adds_nothing(one: StoredSentence, other: StoredSentence, retrieved: Retrieved) -> bool:
    """Tell whether a sentence repeats another and has nothing of what is asked for that the other lacks.

    That is a word of the question in any form, or what its kind asks for: a cause, a date, an amount.
    """
    if _same_block(one, other):
        return True
    asked, query = retrieved.query.asked, retrieved.query.query
    if not repeats(one, other, retrieved) or kind_bonus(asked, query, one) > kind_bonus(asked, query, other):
        return False
    there = frozenset(other.tokens)
    forms = (asked.all_forms(token) for token in asked.tokens)
    return not any(there.isdisjoint(form) and not form.isdisjoint(one.tokens) for form in forms)


def _same_block(one: StoredSentence, other: StoredSentence) -> bool:
    return one.dispute is not None and (one.document_id, one.dispute) == (other.document_id, other.dispute)
