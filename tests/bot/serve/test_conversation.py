"""A reader's conversation: what the page shows at each step, what a browser keeps of it, and what the server refuses."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from starlette.datastructures import QueryParams

from bot import serve
from bot.messages import catalogue
from bot.pipeline import Bot
from bot.records import Answer
from bot.serve.conversation import (
    KEPT,
    Reader,
    Shown,
    converse,
    history,
    keep,
    restore,
    show,
)
from bot.serve.limits import Caller
from bot.serve.parts import from_address
from bot.serve.services import make_services
from bot.serve.starters import starters
from bot.serve.web import choose_language, name_topic
from tests.small import make_bot

TREATY = "When was the friendship treaty signed?"
BORDER = "When was the river border settled?"
CALLER = Caller(address="127.0.0.1")


def ask(bot: Bot, question: str, answers: Sequence[Answer] = (), **given: Any) -> list[Shown]:
    """Return every state of the page while a question is answered."""
    reader, filters = given.get("reader", Reader()), given.get("filters", {})

    async def collect() -> list[Shown]:
        services = make_services(bot)
        try:
            return [shown async for shown in converse(services, CALLER, question, answers, reader, filters)]
        finally:
            services.close()

    return asyncio.run(collect())


def test_an_answer_is_shown_as_it_is_written_and_then_with_its_sources(bot: Bot) -> None:
    steps = ask(bot, TREATY)
    answer = bot.answer(TREATY)
    assert steps[0].messages == [{"role": "user", "content": f"<p>{TREATY}</p>"}]
    assert [step.done for step in steps] == [False] * (len(steps) - 1) + [True]
    assert "amur-writing" in steps[1].messages[-1]["content"]
    assert 'href="#t1-c1"' in steps[1].messages[-1]["content"]
    assert steps[1].answers == ()
    last = steps[-1]
    assert [a.answer for a in last.answers] == [answer.answer]
    assert 'id="t1-c1"' in last.evidence
    assert [option["value"] for option in last.messages[-1]["options"]] == list(answer.suggestions)


def test_a_follow_up_keeps_what_stood_before_it_and_drops_its_suggestions(bot: Bot) -> None:
    first = ask(bot, TREATY)[-1].answers
    last = ask(bot, "And when was it extended?", first)[-1]
    assert [a.question for a in last.answers] == [TREATY, "And when was it extended?"]
    assert "June 2021" in last.answers[1].answer
    assert [message["role"] for message in last.messages] == ["user", "assistant"] * 2
    assert last.messages[1]["options"] == []


def test_filters_reach_the_bot(bot: Bot) -> None:
    answer = ask(bot, TREATY, filters={"document": ["border"]})[-1].answers[0]
    assert answer.filters == {"document": ["border"]}
    assert {c.document_id for c in answer.citations} <= {"border"}


def test_what_the_server_refuses_is_said_in_the_conversation(bot: Bot) -> None:
    (_, refused) = ask(bot, TREATY, filters={"topic": ["cuisine"]}, reader=Reader(language="ru"))
    assert refused.done
    assert refused.answers == ()
    assert refused.messages[-1]["content"].startswith(
        '<div class="amur-answer"><p class="amur-abstained">Ответ не получен: '
    )
    assert "cuisine" in refused.messages[-1]["content"]


def test_too_many_questions_are_refused_with_the_reason(tmp_path: Path) -> None:
    bot = make_bot(tmp_path, limit_reader="1/hour")

    async def twice() -> list[str]:
        services = make_services(bot)
        try:
            return [
                [shown async for shown in converse(services, CALLER, TREATY, (), Reader(), {})][-1].messages[-1][
                    "content"
                ]
                for _ in range(2)
            ]
        finally:
            services.close()

    answered, refused = asyncio.run(twice())
    assert "16 July 2001" in answered
    assert "No answer came: Too many requests from your address" in refused


def test_a_conversation_survives_being_kept(bot: Bot) -> None:
    answers = [bot.answer(TREATY), bot.answer(BORDER), bot.answer("Who fired first on Zhenbao Island in March 1969?")]
    assert restore(keep(answers)) == answers
    assert show(bot, restore(keep(answers)), Reader()) == show(bot, answers, Reader())


def test_only_the_last_answers_are_kept(bot: Bot) -> None:
    answer = bot.answer(TREATY)
    assert len(keep([answer] * (KEPT + 5))) == KEPT
    assert len(restore([answer.to_dict()] * (KEPT + 5))) == KEPT


@pytest.mark.parametrize("kept", [None, "x", 7, [1], [{"question": "of an older version"}], {"a": 1}])
def test_what_is_no_conversation_is_none(kept: object) -> None:
    assert restore(kept) == []


def test_the_history_alternates(bot: Bot) -> None:
    turns = history([bot.answer(TREATY), bot.answer(BORDER)])
    assert [t.role for t in turns] == ["user", "assistant", "user", "assistant"]
    assert turns[2].content == BORDER


@pytest.mark.parametrize(
    ("asked", "accepted", "language"),
    [
        ("ru", "zh-CN,en", "ru"),
        ("fr", "zh-CN,en", "zh"),
        ("", "de-DE,de;q=0.9,ru;q=0.5", "ru"),
        ("", "en;q=0.2,zh-CN;q=0.9", "zh"),
        ("", "fr", "en"),
        ("", "", "en"),
    ],
)
def test_the_interface_speaks_the_readers_language(asked: str, accepted: str, language: str) -> None:
    assert choose_language(asked, accepted) == language


def test_starters_are_of_different_topics_and_turn() -> None:
    class Texts:
        def documents(self) -> list[Any]:
            return [Named(id=f"d{n}", topic=f"t{n % 3}") for n in range(6)]

    class Named:
        def __init__(self, **given: Any) -> None:
            self.__dict__.update(given)

    suggestions = [Named(document_id=f"d{n}", question=f"q{n}{i}?") for n in range(6) for i in "ab"]
    fake: Any = Named(store=Named(texts=Texts(), suggestions=suggestions))
    assert starters(fake)[:3] == ["q0a?", "q1a?", "q2a?"]
    assert starters(fake, at=1)[:3] == ["q0b?", "q1b?", "q2b?"]
    assert len(starters(fake)) == 6


@pytest.mark.parametrize(
    ("query", "question", "filters"),
    [
        ("q=When%3F&topic=economy&topic=history", "When?", {"topic": ["economy", "history"]}),
        ("years=2000-2010", "", {"from_year": "2000", "to_year": "2010"}),
        ("years=2000-", "", {"from_year": "2000", "to_year": ""}),
        ("years=1969", "", {"from_year": "1969", "to_year": "1969"}),
        ("years=soon&perspective=un&document=treaty&lang=ru", "", {"perspective": ["un"], "document": ["treaty"]}),
        ("", "", {}),
    ],
)
def test_an_address_holds_a_question_and_filters(query: str, question: str, filters: dict[str, Any]) -> None:
    assert from_address(QueryParams(query)) == (question, filters)


def test_every_word_of_the_page_is_used() -> None:
    folder = Path(serve.__file__).parent
    source = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py"))
    made = (
        "chat.checked.",
        "chat.mode.",
        "chat.confidence.",
        "chat.feedback.reason.",
        "chat.document",
        "chat.topic",
    )
    made += ("chat.perspective", "chat.from_year", "chat.to_year", "chat.stop", "chat.again", "chat.edit", "chat.new")
    keys = [key for key in catalogue("en") if key.startswith("chat.") and not key.startswith(made)]
    assert [key for key in keys if f'"{key}"' not in source and f"'{key}'" not in source] == []


def test_topics_are_named_in_the_readers_language() -> None:
    assert name_topic("economy", "ru") == "Экономика"
    assert name_topic("river-lore", "ru") == "river lore"
