"""Does a sentence only repeat what is quoted already? Told by words, figures and vectors."""

from bot.form import kind_bonus
from bot.records import Retrieved
from index.texts import StoredSentence

REPETITION = 0.6
"""The share of the shorter sentence's words, and twice that of the words of both, from which two sentences are alike."""
NEAR_COPY = 0.9
"""The cosine from which they say the same whatever their words."""


def repeats(one: StoredSentence, other: StoredSentence, retrieved: Retrieved) -> bool:
    """Tell whether two sentences say the same, or stand in the same disputed block, which is quoted whole."""
    if one.dispute is not None and (one.document_id, one.dispute) == (
        other.document_id,
        other.dispute,
    ):
        return True
    a, b = set(one.tokens), set(other.tokens)
    figures = [{t for t in side if t[0].isdigit()} for side in (a, b)]
    # "$95.28 billion in 2014" and "$69.5 billion in 2016" are two answers, however alike the sentences.
    if not (figures[0] <= figures[1] or figures[1] <= figures[0]):
        return False
    alike = bool(a and b) and len(a & b) / min(len(a), len(b)) > REPETITION and len(a & b) / len(a | b) > REPETITION / 2
    if alike and (figures[0] == figures[1] or len(a & b) / len(a | b) > REPETITION):
        return True
    store = retrieved.query.store
    return float(store.vector("sentences", one.row) @ store.vector("sentences", other.row)) > NEAR_COPY


def adds_nothing(one: StoredSentence, other: StoredSentence, retrieved: Retrieved) -> bool:
    """Tell whether a sentence repeats another and has nothing of what is asked for that the other lacks.

    That is a word of the question in any form, or what its kind asks for: a cause, a date, an amount.
    """
    asked, query = retrieved.query.asked, retrieved.query.query
    if not repeats(one, other, retrieved) or kind_bonus(asked, query, one) > kind_bonus(asked, query, other):
        return False
    there = frozenset(other.tokens)
    forms = (asked.all_forms(token) for token in asked.tokens)
    return not any(there.isdisjoint(form) and not form.isdisjoint(one.tokens) for form in forms)
