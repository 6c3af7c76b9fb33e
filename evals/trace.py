"""What each stage of the bot made of one question, seen through LangChain's callbacks: the call itself is `Bot.answer`."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from langchain_core.callbacks import BaseCallbackHandler

from bot.pipeline import Bot
from bot.records import Answer, Draft, Query, Retrieved
from evals.cases import Case

STAGES = ("rewrite", "retrieve", "answer", "cite")


@dataclass(frozen=True, kw_only=True)
class Trace:
    """One question on its way: the query, what was found, what was drafted, the answer."""

    query: Query
    retrieved: Retrieved
    draft: Draft
    answer: Answer


def trace(bot: Bot, case: Case) -> Trace:
    """Put the question of a case to the bot and return what every stage made of it."""
    seen = _Watcher()
    answer = bot.answer(case.question, history=case.history, callbacks=[seen])
    query, retrieved, draft = (seen.gave[name] for name in STAGES[:3])
    assert isinstance(query, Query)
    assert isinstance(retrieved, Retrieved)
    assert isinstance(draft, Draft)
    return Trace(query=query, retrieved=retrieved, draft=draft, answer=answer)


class _Watcher(BaseCallbackHandler):
    """Notes what each named stage gave. Raises, unlike most handlers, so that a bug here is no silent gap in a run."""

    raise_error = True

    def __init__(self) -> None:
        self.gave: dict[str, Any] = {}  # Any: a stage's own record
        self._names: dict[UUID, str] = {}

    def on_chain_start(self, serialized: Any, inputs: Any, *, run_id: UUID, **kwargs: Any) -> None:
        """Note the name of a stage that starts."""
        self._names[run_id] = str(kwargs.get("name"))

    def on_chain_end(self, outputs: Any, *, run_id: UUID, **kwargs: Any) -> None:
        """Note what it gave."""
        self.gave[self._names[run_id]] = outputs
