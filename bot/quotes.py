"""Sentences as statements that quote them: with a lead-in where one leans on it, disputed blocks whole, no words twice."""

from collections.abc import Iterable

from bot.neighbours import leans, opened
from bot.records import Candidate, DraftStatement, Query, Span
from index.store import Store
from index.texts import StoredSentence

MAX_LEAD_IN_WORDS = 70
"""Words that a sentence and the one before it may have together."""


def quotes(query: Query, candidates: Iterable[Candidate]) -> list[DraftStatement]:
    """Return the statements that quote the candidates, in their order; those that share a sentence become one."""
    groups: list[frozenset[int]] = []
    for rows in (together for c in candidates for together in _rows(query, c.sentence)):
        sharing = [group for group in groups if group & rows]
        at = groups.index(sharing[0]) if sharing else len(groups)
        groups = [group for group in groups if group not in sharing]
        groups.insert(at, rows.union(*sharing))
    return [_statement(query.store, group) for group in groups]


def _rows(query: Query, sentence: StoredSentence) -> list[frozenset[int]]:
    """Return the rows that each statement of a sentence quotes: its disputed block one by one, or it with what it leans on or opens."""
    store = query.store
    if sentence.dispute is not None:
        return [frozenset((s.row,)) for s in store.texts.dispute(sentence.document_id, sentence.dispute)]
    before = store.texts.sentences([sentence.row - 1]).get(sentence.row - 1) if leans(sentence.text) else None
    if before and (before.document_id, before.paragraph) == (sentence.document_id, sentence.paragraph):
        words = len(before.text.split()) + len(sentence.text.split())
        if words <= MAX_LEAD_IN_WORDS and not before.text.endswith("?"):
            return [frozenset((before.row, sentence.row))]
    after = opened(query, sentence)
    return [frozenset((sentence.row, after.row) if after else (sentence.row,))]


def _statement(store: Store, rows: Iterable[int]) -> DraftStatement:
    """Return the statement that quotes sentences which follow each other."""
    sentences = [s for _, s in sorted(store.texts.sentences(rows).items())]
    first, last = sentences[0], sentences[-1]
    document = store.document(first.document_id)
    span = Span(
        document_id=first.document_id,
        source_start=first.source_start,
        source_end=last.source_end,
        references=tuple(dict.fromkeys(key for s in sentences for key in s.references)),
        section=last.section,
        date=last.date,
    )
    text = document.text[span.source_start : span.source_end] if document else last.text
    return DraftStatement(text=text, spans=(span,), dispute=last.dispute, who=last.who)
