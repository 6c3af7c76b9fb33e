"""What a system said to a case, in one form for the bot and for every baseline: text, quotes, rankings.

A `Reply` holds what the measures need and nothing of how it came about, so that all systems are measured by the same code.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.records import Answer, Citation, Retrieved
from evals.trace import Trace

KEPT_SENTENCES = 20
"""Ranked sentences that a reply keeps: enough to see what was near, few enough to store for every case."""


@dataclass(frozen=True, kw_only=True)
class Quote:
    """Words of a document at offsets in its clean text."""

    document_id: str
    source_start: int
    source_end: int
    text: str
    score: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Said:
    """One statement of a reply with the quotes it cites."""

    text: str
    quotes: tuple[Quote, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Ranked:
    """A passage as ranked: its id, where it stands, its score (higher is better, comparable within one reply)."""

    id: str
    document_id: str
    source_start: int
    source_end: int
    score: float


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What a system said. `text` has no markers; an abstention has no statements.

    A reply about the bot itself counts as one: it answers nothing from the texts.
    """

    text: str
    abstained: bool
    confidence: float
    said: tuple[Said, ...] = ()
    passages: tuple[Ranked, ...] = ()
    sentences: tuple[Quote, ...] = ()
    voices: tuple[str, ...] = ()
    problems: int = 0
    seconds: float = 0.0
    answer: Answer | None = None

    @property
    def quotes(self) -> tuple[Quote, ...]:
        """Every quote once, in the order of its first use."""
        return tuple(dict.fromkeys(quote for said in self.said for quote in said.quotes))

    @property
    def ranks(self) -> bool:
        """Whether the system ranks passages: the bot does, also where it finds none."""
        return bool(self.passages) or self.answer is not None


def reply_of(traced: Trace) -> Reply:
    """Return the bot's answer and what it ranked as a reply."""
    answer, retrieved = traced.answer, traced.retrieved
    quotes = {c.number: _quote(c) for c in answer.citations}
    return Reply(
        text=" ".join(s.text for s in answer.statements),
        abstained=not answer.statements,
        confidence=answer.confidence,
        said=tuple(Said(text=s.text, quotes=tuple(quotes[n] for n in s.numbers)) for s in answer.statements),
        passages=ranked_passages(retrieved),
        sentences=ranked_sentences(retrieved),
        voices=tuple(answer.source_mix),
        problems=len(answer.problems),
        seconds=answer.seconds["total"],
        answer=answer,
    )


def ranked_passages(retrieved: Retrieved) -> tuple[Ranked, ...]:
    """Return the passages of a search, best first."""
    return tuple(
        Ranked(
            id=p.chunk.id,
            document_id=p.chunk.document_id,
            source_start=p.chunk.source_start,
            source_end=p.chunk.source_end,
            score=p.score,
        )
        for p in retrieved.passages
    )


def ranked_sentences(retrieved: Retrieved) -> tuple[Quote, ...]:
    """Return the best sentences of a search, best first."""
    found = [(c.sentence, c.score) for c in retrieved.candidates[:KEPT_SENTENCES]]
    return tuple(
        Quote(document_id=s.document_id, source_start=s.source_start, source_end=s.source_end, text=s.text, score=score)
        for s, score in found
    )


def documents_of(passages: Sequence[Ranked]) -> list[tuple[str, float]]:
    """Return the ranking of documents that a ranking of passages implies: each at its best passage."""
    best: dict[str, float] = {}
    for passage in passages:
        best.setdefault(passage.document_id, passage.score)
    return list(best.items())


def _quote(citation: Citation) -> Quote:
    return Quote(
        document_id=citation.document_id,
        source_start=citation.source_start,
        source_end=citation.source_end,
        text=citation.cited_text,
    )
