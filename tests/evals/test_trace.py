"""What is seen of one question on its way: the four stages, and nothing that changes the answer."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from typing import Any
from uuid import UUID

from langchain_core.callbacks import BaseCallbackHandler

from bot.messages import say
from bot.pipeline import Bot
from bot.records import Answer
from evals.replies import reply_of
from evals.trace import STAGES, trace
from tests.evals.made import CASES, SHOTS, SIGNED


class Names(BaseCallbackHandler):
    """Notes the name of every run and whether it is a step of another."""

    raise_error = True

    def __init__(self) -> None:
        self.started: list[tuple[str, bool]] = []
        self.ended = 0

    def on_chain_start(self, serialized: Any, inputs: Any, *, parent_run_id: UUID | None = None, **kwargs: Any) -> None:
        self.started.append((str(kwargs["name"]), parent_run_id is not None))

    def on_chain_end(self, outputs: Any, **kwargs: Any) -> None:
        self.ended += 1


def comparable(answer: Answer) -> dict[str, Any]:
    return {**asdict(answer), "seconds": None}


def test_one_question_goes_through_exactly_the_four_named_stages(bot: Bot) -> None:
    seen = Names()
    bot.answer(SIGNED.question, callbacks=[seen])
    assert (
        sorted(name for name, step in seen.started if step)
        == sorted(STAGES)
        == ["answer", "cite", "retrieve", "rewrite"]
    )
    assert [name for name, step in seen.started if not step] == ["RunnableSequence"]
    assert seen.ended == 5


def test_callbacks_change_nothing_of_any_answer(bot: Bot) -> None:
    for case in CASES:
        assert comparable(trace(bot, case).answer) == comparable(bot.answer(case.question)), case.id


def test_a_trace_holds_what_each_stage_made(bot: Bot) -> None:
    found = trace(bot, SHOTS)
    assert found.query.query == SHOTS.question
    assert found.query.asked.kind == "compare"  # each side's account
    assert found.retrieved.query == found.query
    assert next(p.chunk.document_id for p in found.retrieved.passages) == "border"
    assert [s.text for s in found.draft.statements] == [s.text for s in found.answer.statements]
    assert len(found.draft.statements) == 3
    assert found.draft.retrieved == found.retrieved


def test_the_conversation_before_a_case_is_asked_along(bot: Bot) -> None:
    history = ({"role": "user", "content": SIGNED.question},)
    found = trace(bot, replace(SIGNED, question="And when was it extended?", history=history))
    assert found.query.query == "When was the friendship treaty signed And when was it extended?"
    assert "June 2021" in found.answer.answer


def test_a_question_that_is_not_searched_for_has_a_trace_too(bot: Bot) -> None:
    found = trace(bot, replace(SIGNED, question="  "))
    assert found.query.reply == say("empty", "en")
    assert (found.retrieved.passages, found.draft.statements, found.answer.abstained) == ((), (), True)


def test_traces_of_one_bot_at_the_same_time_do_not_mix(bot: Bot) -> None:
    cases = CASES * 5
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda case: trace(bot, case), cases))
    assert [f.query.question for f in found] == [c.question for c in cases]
    assert [f.answer.question for f in found] == [c.question for c in cases]


def test_a_reply_about_the_bot_counts_as_declined(bot: Bot) -> None:
    reply = reply_of(trace(bot, replace(SIGNED, question="Are you a robot?")))
    assert (reply.abstained, reply.text, reply.said) == (True, "", ())
    assert reply.answer is not None
    assert (reply.answer.abstained, reply.answer.mode) == (False, "help")
