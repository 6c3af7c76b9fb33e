"""A written answer as it comes, what it may cost, and where the key goes."""

from collections.abc import Mapping
from itertools import chain, cycle
from pathlib import Path
from threading import Event as Signal
from typing import Any

import pytest

from bot.pipeline import Bot
from corpus.tombstones import bury
from tests.bot.generating import EXTENDED, WRITTEN, ask, kinds, texts
from tests.bot.writing import ASKED, KEY, key_of, spans_of, writes, writing_bot
from tests.chat_server import Says


def test_a_sentence_is_given_out_before_the_next_is_written(tmp_path: Path) -> None:
    go_on = Signal()

    def script(body: Mapping[str, Any]) -> Says:
        first, second = key_of(body, "16 July 2001"), key_of(body, "June 2021")
        return Says(pieces=[f"{WRITTEN[:-1]} [{first}].", go_on, f" {EXTENDED} [{second}]"])

    with writing_bot(tmp_path, script) as (bot, _):
        events = bot.stream(ASKED)
        seen = [next(events) for _ in range(3)]
        assert [e.kind for e in seen] == ["meta", "citation", "delta"]
        assert seen[2].data["text"] == f"{WRITTEN} [1]"
        go_on.set()
        rest = list(events)
    assert [e.kind for e in rest] == ["citation", "delta", "answer"]
    answer = rest[-1].answer
    assert answer is not None
    assert "".join(e.data["text"] for e in [*seen, *rest] if e.kind == "delta") == answer.answer


def test_closing_the_stream_stops_the_model_and_what_it_wrote_is_counted(tmp_path: Path) -> None:
    endless = cycle([0.01, "More words of no use. "])

    def script(body: Mapping[str, Any]) -> Says:
        return Says(pieces=chain([f"{WRITTEN[:-1]} [{key_of(body, '16 July 2001')}]. "], endless))

    with writing_bot(tmp_path, script) as (bot, server):
        events = bot.stream(ASKED)
        assert [next(events).kind for _ in range(3)] == ["meta", "citation", "delta"]
        events.close()  # type: ignore[attr-defined]
        assert server.hung_up.wait(60)
        assert bot.chat is not None
        assert 0 < bot.chat.budget.spent() < bot.chat.max_tokens


def test_the_budget_of_a_day_holds_over_restarts_and_then_answers_are_quotes(tmp_path: Path) -> None:
    with writing_bot(tmp_path, writes((WRITTEN, "16 July 2001")), chat_tokens_per_day=4000) as (bot, server):
        assert bot.answer(ASKED).mode == "generative"
        again = Bot(bot.settings.model_copy(update={"chat_tokens_per_day": 2100}), embedder=bot.embedder)
        answer = again.answer(ASKED)
        assert len(server.requests) == 1
    assert (answer.mode, kinds(answer)) == ("extractive", ["budget-day"])
    assert again.chat is not None
    assert again.chat.budget.spent() == 220


def test_spans_that_do_not_fit_are_left_out_and_without_any_answers_are_quotes(tmp_path: Path) -> None:
    answer, requests = ask(
        tmp_path, writes((WRITTEN, "16 July 2001")), chat_tokens_per_answer=1400, chat_max_tokens=500
    )
    assert texts(answer) == [WRITTEN]
    few = len(spans_of(requests[0]))
    (tmp_path / "two").mkdir()
    _, requests = ask(tmp_path / "two", writes((WRITTEN, "16 July 2001")))
    assert 0 < few < len(spans_of(requests[0]))
    (tmp_path / "three").mkdir()
    answer, requests = ask(tmp_path / "three", writes(), chat_tokens_per_answer=1000, chat_max_tokens=900)
    assert (kinds(answer), requests, answer.mode) == (["budget-answer"], [], "extractive")


def test_a_count_that_cannot_be_read_stops_the_model(tmp_path: Path) -> None:
    with writing_bot(tmp_path, writes((WRITTEN, "16 July 2001"))) as (bot, server):
        (bot.settings.home / "chat-tokens.sqlite").write_bytes(b"no data base, long enough to be taken for one" * 40)
        answer = bot.answer(ASKED)
    assert (kinds(answer), server.requests) == (["budget-unknown"], [])


def test_what_is_removed_while_the_model_writes_is_not_shown(tmp_path: Path) -> None:
    with writing_bot(tmp_path, lambda body: Says()) as (bot, server):

        def script(body: Mapping[str, Any]) -> Says:
            bury(bot.settings, ["treaty"])
            return writes((WRITTEN, "16 July 2001"))(body)

        server.script = script
        answer = bot.answer(ASKED)
    assert answer.statements == ()
    assert kinds(answer) == ["not-verbatim"]
    assert answer.abstained


def test_key_and_prompt_are_where_they_belong(tmp_path: Path) -> None:
    with writing_bot(tmp_path, writes((WRITTEN, "16 July 2001"))) as (bot, server):
        bot.answer(ASKED)
        assert server.keys == [f"Bearer {KEY}"]
        plain = bot.settings.model_copy(update={"chat_model": ""})
        other = bot.settings.model_copy(update={"chat_model": "openai:other"})
        key = bot.settings.model_copy(update={"chat_api_key": None, "chat_timeout": 5.0})
        prints = [s.fingerprint("r") for s in (bot.settings, plain, other, key)]
    assert prints[0] == prints[3]
    assert len(set(prints)) == 3
    assert plain.fingerprint("r") == plain.model_copy(update={"chat_max_tokens": 5000}).fingerprint("r")
    for shown in (repr(bot.settings), str(bot.settings), bot.settings.model_dump_json()):
        assert KEY not in shown
    files = [p for p in bot.settings.home.rglob("*") if p.is_file()]
    assert files
    assert not any(KEY.encode() in p.read_bytes() for p in files)


def test_the_key_of_the_providers_own_variable_goes_to_no_other_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-for-openai-alone")
    with writing_bot(tmp_path, writes((WRITTEN, "16 July 2001")), chat_api_key=None) as (bot, server):
        assert bot.answer(ASKED).mode == "generative"
    assert server.keys == ["Bearer none"]
