"""Sentences and candidates made by hand, for tests that compute by hand what follows from them."""

from collections.abc import Sequence
from typing import Any

from bot.pipeline import Bot
from bot.records import Candidate, Passage, Query, Question
from bot.rewrite import rewrite
from bot.turns import Turn
from index.lexical import tokenise
from index.texts import StoredChunk, StoredSentence


def sentence(
    text: str, date: str | None = None, *, row: int = 0, document: str = "d", dispute: int | None = None
) -> StoredSentence:
    """Return a sentence as the index would hold it."""
    return StoredSentence(
        row=row, document_id=document, chunk=0, source_start=0, source_end=len(text), paragraph=0, section=0, references=(),
        date=date, dispute=dispute, who=None, text=text, tokens=tuple(tokenise(text)),
    )  # fmt: skip


def candidate(
    text: str, date: str | None = None, *, header: str = "", row: int = 0, document: str = "d", dispute: int | None = None,
    rank: int = 1, passage_similarity: float = 0.5, lexical: float = 3.0, **changed: Any,
) -> Candidate:  # fmt: skip
    """Return a candidate with a passage of its own; other keyword arguments are its fields."""
    chunk = StoredChunk(
        row=rank, id=f"{document}#{rank}", document_id=document, header=header, header_tokens=frozenset(tokenise(header)),
        source_start=0, source_end=len(text), first=row, last=row + 1,
    )  # fmt: skip
    passage = Passage(
        chunk=chunk, text=text, similarity=passage_similarity, sentence_similarity=0.5, lexical=lexical, score=1.0, rank=rank
    )  # fmt: skip
    fields: dict[str, Any] = {"similarity": 0.5, "coverage": 0.5, "missing": (), "missing_names": (), "score": 0.5}
    made = sentence(text, date, row=row, document=document, dispute=dispute)
    return Candidate(sentence=made, passage=passage, **{**fields, **changed})


def ask(bot: Bot, text: str, history: Sequence[Turn] = ()) -> Query:
    """Return the query of a question."""
    question = Question(text=text, history=tuple(history))
    return rewrite(question, settings=bot.settings, embedder=bot.embedder, opened=bot._opened)


def user(text: str) -> Turn:
    return Turn(role="user", content=text)


def said(text: str) -> Turn:
    return Turn(role="assistant", content=text)
