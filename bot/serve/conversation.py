"""One reader's conversation, without the page it is shown on: what is asked, streamed, kept in the browser, asked again, rated."""

import logging
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Any

from pydantic import TypeAdapter, ValidationError

from bot.messages import say
from bot.pipeline import Bot
from bot.records import Answer
from bot.serve.cards import answer_html, notice_html, partial_html, question_html
from bot.serve.evidence import evidence_html
from bot.serve.limits import Caller
from bot.serve.services import Services
from bot.turns import Turn
from corpus.errors import AmurError

KEPT = 20
"""Answers of a conversation that the reader's browser keeps, newest last; more would not fit its storage."""

PACE = 0.1
"""Seconds between two states of an answer that is being written: Gradio draws the whole conversation anew for each, plots too."""

Message = dict[
    str, Any
]  # Any: Gradio's message format, and under `series` what is to be drawn below the text, in `language`
Filters = Mapping[str, Any]  # Any: JSON values, see `Bot.answer`
_answers: TypeAdapter[list[Answer]] = TypeAdapter(list[Answer])


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Whose page it is: the language of its interface and the path that the server stands under."""

    language: str = "en"
    root: str = ""
    chosen: bool = False
    """Whether the reader chose the language, so that links keep it."""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What the page shows at one moment: the messages, the evidence beside them, and the answers so far."""

    messages: list[Message]
    evidence: str
    answers: tuple[Answer, ...]
    done: bool = True
    """False while the answer is written; what stands beside it is then as it was before."""


def show(bot: Bot, answers: Sequence[Answer], reader: Reader) -> Shown:
    """Return a conversation as it stands."""
    messages: list[Message] = []
    for turn, answer in enumerate(answers, 1):
        messages += [_question(answer.question), _answer(answer, turn, reader, newest=turn == len(answers))]
    evidence = evidence_html(answers, bot.store, reader.language, reader.root)
    return Shown(messages=messages, evidence=evidence, answers=tuple(answers))


async def converse(
    services: Services, caller: Caller, question: str, answers: Sequence[Answer], reader: Reader, filters: Filters
) -> AsyncGenerator[Shown, None]:
    """Ask a question after the answers so far; yield the page as the answer is written, at the end with the answer.

    What the server refuses (too many questions, too busy, no index) is said in the conversation.
    """
    before = show(services.bot, answers, reader)
    turn = len(answers) + 1
    asked = [*_without_options(before.messages), _question(question)]
    yield replace(before, messages=asked, done=False)
    written = said = ""
    told = 0.0
    numbers: set[int] = set()
    try:
        job = await services.ask(question, history(answers), filters, caller=caller, surface="page")
        async with aclosing(job.items(PACE)) as events:
            async for event in events:
                if event is not None and event.kind == "citation":
                    numbers.add(int(event.data["number"]))
                if event is not None and event.kind == "delta":
                    written += str(event.data["text"])
                if event is not None and event.answer is not None:
                    yield show(services.bot, [*answers, event.answer], reader)
                elif written != said and time.monotonic() - told >= PACE:
                    said, told = written, time.monotonic()
                    saying = {"role": "assistant", "content": partial_html(written, turn, numbers, reader.language)}
                    yield replace(before, messages=[*asked, saying], done=False)
    except AmurError as error:
        text = say("chat.failed", reader.language, reason=str(error))
        yield replace(before, messages=[*asked, {"role": "assistant", "content": notice_html(text)}])


def history(answers: Sequence[Answer]) -> list[Turn]:
    """Return the conversation so far as the bot takes it."""
    return [
        turn
        for answer in answers
        for turn in (Turn(role="user", content=answer.question), Turn(role="assistant", content=answer.answer))
    ]


def keep(answers: Sequence[Answer]) -> list[dict[str, Any]]:
    """Return what the reader's browser keeps of a conversation; Any: JSON values."""
    return [answer.to_dict() for answer in answers[-KEPT:]]


def restore(kept: object) -> list[Answer]:
    """Return the answers that a browser kept; none if it kept something else, such as those of an older version."""
    try:
        return _answers.validate_python(kept)[-KEPT:]
    except ValidationError:
        logging.getLogger(__name__).debug("a conversation kept by a browser could not be read")
        return []


def _question(text: str) -> Message:
    return {"role": "user", "content": question_html(text)}


def _answer(answer: Answer, turn: int, reader: Reader, *, newest: bool) -> Message:
    options = [{"value": question, "label": question} for question in answer.suggestions] if newest else []
    said = {"role": "assistant", "content": answer_html(answer, turn, reader.language), "options": options}
    return {**said, "series": answer.series, "language": reader.language} if answer.series else said


def _without_options(messages: Sequence[Message]) -> list[Message]:
    """Return the messages without the next questions that the last of them offers: one has been asked."""
    return [{**message, "options": []} if message.get("options") else message for message in messages]
