"""The bot: four named stages in a row, and nothing else. `Bot.answer()` drains `Bot.stream()`, which is the chain's stream."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Literal

from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.runnables import Runnable, RunnableGenerator, RunnableLambda

from bot.abstain import SIGNALS, threshold
from bot.calibration import Calibration, find_calibration
from bot.chat_model import ChatModel, make_chat_model
from bot.cite import cite
from bot.extract import answer_extractively
from bot.filters import Filters, read_filters
from bot.generate import answer_generatively
from bot.records import Answer, Draft, Event, Opened, Query, Question, Retrieved
from bot.restate import restate
from bot.retrieve import Retriever, retrieve
from bot.settings import Settings
from bot.turns import Turn, turns
from bot.vocabulary import Vocabulary
from bot.waiting import Waiting
from corpus.glossary import load_glossary
from corpus.series import Table, load_tables
from corpus.tombstones import removed
from index.embed import Embedder, make_embedder
from index.manifest import current_generation, refuse_other_weights
from index.rerank import Reranker, identify, make_reranker
from index.store import Store, open_store


class Bot:
    """Answers questions from the current index; safe to share between threads."""

    def __init__(
        self,
        settings: Settings,
        *,
        embedder: Embedder | None = None,
        chat: ChatModel | None = None,
        reranker: Reranker | None = None,
    ) -> None:
        """Open the index and load the embedding model; make the chat model if the settings name one.

        Args:
            settings: see `bot.settings.load_settings`.
            embedder: used instead of the one the settings name; it must be the one the index was built with.
            chat: used instead of the one the settings name.
            reranker: used instead of the one the settings name.

        Raises:
            StoreMissing, StoreMismatch: there is no index for these settings; the message names the command that makes one.
            SettingsError: the embedding model or the reranker cannot be loaded, or a calibration cannot be read.
            ChatModelError: the chat model cannot be made.
        """
        self.settings = settings
        self._lock = threading.Lock()
        self.chat = chat or make_chat_model(settings)
        self._index = self._open()
        self.embedder = embedder or make_embedder(settings)
        refuse_other_weights(self._index.store.manifest, self.embedder)
        named = settings.reranker
        self.reranker = reranker or (make_reranker(named, settings.embedding_device) if named else None)
        self.retriever = Retriever(
            settings=settings, embedder=self.embedder, opened=self._opened, reranker=self.reranker
        )
        self.chain = self._chain()

    def stream(
        self,
        question: str,
        *,
        history: Sequence[Mapping[str, str] | Turn] = (),
        filters: Mapping[str, Any] | Filters | None = None,
        callbacks: Sequence[BaseCallbackHandler] = (),
        waiting: Waiting | None = None,
    ) -> Iterator[Event]:
        """Yield the answer as events (see `bot.records.Event`); the last one is of kind `answer` and holds it whole.

        Closing the stream stops a chat model that is still writing; `waiting` tells how long one is waited for, and stops it from outside.
        """
        waiting = waiting or Waiting()
        asked = Question(text=question, history=turns(history), filters=filters, waiting=waiting)
        # Held by a name: whatever lets go of LangChain's stream before `gone` is set makes it read all that the model still writes.
        events = self.chain.stream(asked, config={"callbacks": list(callbacks)})
        try:
            for event in events:  # noqa: UP028
                yield event
        finally:
            waiting.gone.set()

    def answer(
        self,
        question: str,
        *,
        history: Sequence[Mapping[str, str] | Turn] = (),
        filters: Mapping[str, Any] | Filters | None = None,  # Any: JSON values
        callbacks: Sequence[BaseCallbackHandler] = (),
    ) -> Answer:
        """Return the answer to one question.

        Args:
            question: what the reader typed; anything goes, also nothing.
            history: earlier messages, oldest first, as `{"role": "user"|"assistant", "content": text}`.
            filters: what may be quoted: `topic`, `years`, `perspective`, `document` (see `bot.filters.read_filters`).
            callbacks: LangChain callback handlers, told what each of the four stages gets and gives.

        Raises:
            FilterError: the corpus does not have what a filter names.
        """
        events = self.stream(question, history=history, filters=filters, callbacks=callbacks)
        found = [event.answer for event in events if event.answer]
        return found[-1]

    def check_filters(self, filters: Mapping[str, Any] | Filters | None) -> Filters:  # Any: JSON values
        """Return the filters as they will be used; a surface that streams learns so before it begins what cannot be.

        Raises:
            FilterError: the corpus does not have what a filter names.
        """
        now = self._opened()
        return read_filters(filters, now.store, now.removed)

    def search(self, text: str, filters: Mapping[str, Any] | Filters | None = None) -> Retrieved:  # Any: JSON values
        """Return the ranked passages and sentences for a question, without answering it."""
        return self.retriever.search(text, filters)

    @property
    def store(self) -> Store:
        """The index that the next question is answered from."""
        return self._opened().store

    @property
    def tables(self) -> tuple[Table, ...]:
        """The series of the corpus."""
        return self._opened().tables

    @property
    def calibration(self) -> Calibration | None:
        """The calibration made for this index and these settings; without one, the rule of `bot.abstain` decides."""
        return self._opened().calibration

    @property
    def decided_by(self) -> Literal["calibration", "rule"]:
        """What decides whether to answer: a rule if no calibration was made for this index and these settings."""
        return "calibration" if self.calibration else "rule"

    @property
    def threshold(self) -> float:
        """The confidence, 0 to 1, that an answer needs."""
        return threshold(self.calibration, self.settings)

    @property
    def fingerprint(self) -> str:
        """A hash of everything that can change an answer."""
        now = self._opened()
        revision = now.store.manifest.corpus_revision
        calibration = now.calibration.hash if now.calibration else ""
        return self.settings.fingerprint(revision, calibration, identify(self.reranker))

    def _chain(self) -> Runnable[Question, Event]:
        first = partial(restate, settings=self.settings, embedder=self.embedder, opened=self._opened, chat=self.chat)
        second = partial(retrieve, settings=self.settings, embedder=self.embedder, reranker=self.reranker)

        def answer(stream: Iterator[Retrieved]) -> Iterator[Draft]:
            for retrieved in stream:
                look = partial(self.search, filters=retrieved.query.filters)
                if self.chat is None:
                    yield from answer_extractively(retrieved, settings=self.settings, look=look)
                else:
                    yield from answer_generatively(retrieved, settings=self.settings, look=look, chat=self.chat)

        def check(stream: Iterator[Draft]) -> Iterator[Event]:
            yield from cite(stream, settings=self.settings)

        steps: Runnable[Question, Query] = RunnableLambda(first).with_config(run_name="rewrite")
        return (
            steps
            | RunnableLambda(second).with_config(run_name="retrieve")
            | RunnableGenerator(answer).with_config(run_name="answer")
            | RunnableGenerator(check).with_config(run_name="cite")
        )

    def _opened(self) -> Opened:
        """Return the current index, reopened if a build has put another in its place, and what was removed since."""
        folder = current_generation(self.settings)
        if folder is not None and folder != self._index.store.folder:
            with self._lock:
                if folder != self._index.store.folder:
                    self._index = self._open()
        return replace(self._index, removed=removed(self.settings))

    def _open(self) -> Opened:
        store = open_store(self.settings)
        glossary = tuple(load_glossary(self.settings.folders))
        return Opened(
            store=store,
            tables=load_tables(self.settings.folders),
            vocabulary=Vocabulary(store.lexical, glossary),
            glossary=glossary,
            calibration=find_calibration(store.manifest, self.settings, SIGNALS),
        )
