"""Put the questions of a benchmark to the bot: over all passages, or as if only some of them were there.

The first is `Bot.answer`, watched. For the second the bot's own stages are run one after the other, with every other passage
marked as removed in the query, which retrieval honours; word weights stay those of the whole index, for the few passages of a
single question say nothing about how rare a word is.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from langchain_core.runnables import RunnableSequence

from bot.pipeline import Bot
from bot.records import Draft, Event, Query, Question, Retrieved
from bot.turns import turns
from evals.cases import Case
from evals.replies import Reply, documents_of, reply_of
from evals.retrieval import recall_at_k, reciprocal_rank, success_at_k
from evals.trace import Trace, trace
from index.lexical import tokenise
from index.store import Store

BOT, BM25, MINILM = "the bot", "BM25 only", "MiniLM only"
WIDE = 1000
"""Candidates that each search brings when only some passages count: as many as the setting allows, so that those are among them."""
DEPTH = 10


@dataclass(frozen=True, kw_only=True)
class Heard:
    """What the bot said, and what it would have said if it never declined: the same unless it abstained."""

    reply: Reply
    shown: Reply

    def values(self, way: str = "") -> dict[str, float]:
        """Return whether the bot abstained and how sure it was."""
        return {f"{way}abstained": float(self.reply.abstained), f"{way}confidence": self.reply.confidence}


class Asker:
    """Puts questions to a bot, to its twin that never declines, and to searches by words or vectors alone."""

    def __init__(self, bot: Bot) -> None:
        self.bot = bot
        self._never_declining = _twin(bot, min_confidence=0.0)
        self._every = frozenset(d.id for d in bot.store.texts.documents())

    def ask(self, case: Case) -> Heard:
        """Return the answer from all passages."""
        reply = reply_of(trace(self.bot, case))
        return Heard(reply=reply, shown=reply_of(trace(self._never_declining, case)) if reply.abstained else reply)

    def ask_given(self, case: Case, only: Collection[str]) -> Heard:
        """Return the answer if only these passages were there."""
        gone = self._every - set(only)
        careful, answering = self._wide
        reply = reply_of(_trace_without(careful, case, gone))
        return Heard(reply=reply, shown=reply_of(_trace_without(answering, case, gone)) if reply.abstained else reply)

    def by_words(self, text: str) -> list[str]:
        """Return the documents that BM25 alone ranks first, as many passages as the bot takes."""
        store = self.bot.store
        return _documents(store, [row for row, _ in store.lexical.search(tokenise(text), self.bot.settings.k)])

    def by_vectors(self, text: str) -> list[str]:
        """Return the documents whose passages alone are closest to the question, as many passages as the bot takes."""
        store = self.bot.store
        vector = self.bot.embedder.embed_query(text)
        return _documents(store, [row for row, _ in store.nearest("passages", vector, self.bot.settings.k)])

    def last_turn_only(self, text: str) -> list[str]:
        """Return the documents that the bot's own search ranks for a question without its history."""
        return list(dict.fromkeys(p.chunk.document_id for p in self.bot.search(text).passages))

    @cached_property
    def _wide(self) -> tuple[Bot, Bot]:
        return _twin(self.bot, fetch_k=WIDE), _twin(self.bot, fetch_k=WIDE, min_confidence=0.0)


def ranking_values(system: str, ranked: Sequence[str], relevant: Collection[str]) -> dict[str, float]:
    """Return the measures of one ranking of documents. R@k: a relevant one is among the first k; "recall@5": the share of them."""
    grades = dict.fromkeys(relevant, 1)
    found: Mapping[str, float | None] = {
        "R@1": success_at_k(ranked, grades, 1),
        "R@5": success_at_k(ranked, grades, 5),
        "recall@5": recall_at_k(ranked, grades, 5),
        "MRR@10": reciprocal_rank(ranked[:DEPTH], grades),
    }
    return {f"{system} {name}": value for name, value in found.items() if value is not None}


def retrieval_values(asker: Asker, case: Case, reply: Reply, relevant: Collection[str]) -> dict[str, float]:
    """Return the measures of what the bot found, and of BM25 and vectors alone on the same question."""
    found = [name for name, _ in documents_of(reply.passages)]
    return (
        ranking_values(BOT, found, relevant)
        | ranking_values(BM25, asker.by_words(case.question), relevant)
        | ranking_values(MINILM, asker.by_vectors(case.question), relevant)
    )


def _twin(bot: Bot, **changed: float) -> Bot:
    return Bot(bot.settings.model_copy(update=changed), embedder=bot.embedder)


def _trace_without(bot: Bot, case: Case, gone: frozenset[str]) -> Trace:
    """Return what the bot's stages make of a question when these documents count as removed."""
    assert isinstance(bot.chain, RunnableSequence)
    rewrite, retrieve, answer, cite = bot.chain.steps
    query: Query = rewrite.invoke(Question(text=case.question, history=turns(case.history)))
    retrieved: Retrieved = retrieve.invoke(replace(query, removed=query.removed | gone))
    draft: Draft = answer.invoke(retrieved)
    event: Event = cite.invoke(draft)
    assert event.answer is not None
    return Trace(query=query, retrieved=retrieved, draft=draft, answer=event.answer)


def _documents(store: Store, rows: Sequence[int]) -> list[str]:
    chunks = store.texts.chunks(rows)
    return list(dict.fromkeys(chunks[row].document_id for row in rows))
