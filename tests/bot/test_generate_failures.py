"""A chat model that fails, is slow, breaks off or never ends: what was checked stays, and quotes take the place of the rest."""

from collections.abc import Iterator, Mapping
from itertools import chain, cycle
from pathlib import Path
from threading import Event as Signal
from typing import Any

import pytest

from bot.waiting import Waiting, waiting_for
from tests.bot.generating import EXTENDED, WRITTEN, ask, check, kinds, texts, told
from tests.bot.writing import ASKED, SIGNED, key_of, writes, writing_bot
from tests.chat_server import Says


@pytest.mark.parametrize(
    ("status", "reason", "asked"),
    [(401, "model-authentication", 1), (403, "model-authentication", 1), (429, "model-rate-limit", 2), (500, "model-unavailable", 2),
     (503, "model-unavailable", 2), (400, "model-error", 1), (404, "model-error", 1)],
)  # fmt: skip
def test_an_error_of_the_server_leads_to_quotes_with_the_reason(
    status: int, reason: str, asked: int, tmp_path: Path
) -> None:
    answer, requests = ask(tmp_path, lambda body: Says(status=status))
    assert len(requests) == asked
    assert SIGNED in texts(answer)
    assert (answer.mode, kinds(answer)) == ("extractive", [reason])
    assert answer.notice == f"{told(reason)} {told('quotes')}"
    assert (answer.usage.calls, answer.usage.tokens) == (asked, 0)


def test_a_second_attempt_that_works_is_an_answer_like_any_other(tmp_path: Path) -> None:
    replies = iter([Says(status=503)])
    answer, requests = ask(tmp_path, lambda body: next(replies, None) or writes((WRITTEN, "16 July 2001"))(body))
    assert (len(requests), texts(answer), answer.notice) == (2, [WRITTEN], None)


def test_no_attempts_more_than_the_settings_say(tmp_path: Path) -> None:
    _, requests = ask(tmp_path, lambda body: Says(status=503), chat_retries=0)
    assert len(requests) == 1


def test_a_server_that_is_not_there_leads_to_quotes(tmp_path: Path) -> None:
    with writing_bot(tmp_path, writes()) as (bot, server):
        server.close()
        answer = bot.answer(ASKED)
        server.thread.join()
    assert (answer.mode, kinds(answer)) == ("extractive", ["model-unavailable"])


@pytest.mark.parametrize("begin", [[], ["The friendship "]])
def test_a_silent_model_is_not_waited_for(begin: list[str], tmp_path: Path) -> None:
    go = Signal()
    with writing_bot(tmp_path, lambda body: Says(pieces=[*begin, go, "late"]), chat_timeout=3.0) as (bot, server):
        answer = bot.answer(ASKED)
        assert "late" not in [piece for piece, _ in server.sent]  # the answer came while the model was silent
        go.set()
    check(bot, answer)
    assert len(server.requests) == 1
    assert SIGNED in texts(answer)
    assert (answer.mode, kinds(answer)) == ("extractive", ["model-timeout"])
    assert answer.usage.input_tokens > 100


def test_a_connection_that_is_kept_alive_is_no_model_that_writes(tmp_path: Path) -> None:
    over = Signal()

    def alive() -> Iterator[bytes | float]:
        while not over.is_set():
            yield from (b": keep-alive\n\n", 0.05)

    with writing_bot(tmp_path, lambda body: Says(pieces=alive()), chat_timeout=3.0) as (bot, server):
        answer = bot.answer(ASKED)
        over.set()
    assert len(server.requests) == 1
    assert SIGNED in texts(answer)
    assert (answer.mode, kinds(answer)) == ("extractive", ["model-timeout"])


def test_a_silent_model_is_left_when_nobody_waits_any_more(tmp_path: Path) -> None:
    waiting, go = Waiting(), Signal()

    def script(body: Mapping[str, Any]) -> Says:
        waiting.gone.set()
        return Says(pieces=[go, "late"])

    with writing_bot(tmp_path, script) as (bot, server):
        answer = list(bot.stream(ASKED, waiting=waiting))[-1].answer
        assert server.sent == []  # it is silent still
        go.set()
    assert answer is not None
    assert (answer.statements, kinds(answer)) == ((), [])


def test_quotes_come_in_time_for_whoever_waits(tmp_path: Path) -> None:
    go = Signal()
    with writing_bot(tmp_path, lambda body: Says(pieces=[go, "late"])) as (bot, server):
        answer = list(bot.stream(ASKED, waiting=waiting_for(0.0, Signal())))[-1].answer
        assert server.sent == []
        go.set()
    assert answer is not None
    assert SIGNED in texts(answer)
    assert kinds(answer) == ["model-timeout"]


@pytest.mark.parametrize(("seconds", "asked"), [("0", 2), ("11", 1), ("Wed, 21 Oct 2026 07:28:00 GMT", 2)])
def test_a_provider_that_wants_to_be_left_alone_for_long_is_not_asked_again(
    seconds: str, asked: int, tmp_path: Path
) -> None:
    answer, requests = ask(tmp_path, lambda body: Says(status=429, headers={"Retry-After": seconds}))
    assert (len(requests), kinds(answer)) == (asked, ["model-rate-limit"])


def test_a_model_that_trickles_is_not_waited_for(tmp_path: Path) -> None:
    endless = chain(["The "], cycle([0.1, "friendship "]))
    answer, requests = ask(tmp_path, lambda body: Says(pieces=endless), chat_timeout=3.0)
    assert len(requests) == 1
    assert SIGNED in texts(answer)
    assert (answer.mode, kinds(answer)) == ("extractive", ["model-timeout"])
    assert answer.usage.input_tokens > 100  # what a model has read is paid, also if it is too slow


@pytest.mark.parametrize(
    ("more", "reason"),
    [({"cut": True}, "model-cut-off"), ({"finish": None}, "model-cut-off"), ({"finish": "length"}, "model-cut-off"),
     ({"finish": "content_filter"}, "model-refused")],
)  # fmt: skip
def test_what_was_checked_before_a_model_breaks_off_is_kept(more: dict[str, Any], reason: str, tmp_path: Path) -> None:
    def script(body: Mapping[str, Any]) -> Says:
        # The last sentence would pass if it were whole.
        half = f"{EXTENDED[:-1]} [{key_of(body, 'June 2021')}"
        return Says(pieces=[f"{WRITTEN[:-1]} [{key_of(body, '16 July 2001')}]. ", half], **more)

    answer, requests = ask(tmp_path, script)
    assert texts(answer) == [WRITTEN]
    assert (answer.mode, kinds(answer), len(requests)) == ("generative", [reason], 1)
    assert answer.notice == f"{told(reason)} {told('checked-part')}"


def test_a_model_that_breaks_off_before_a_sentence_leads_to_quotes(tmp_path: Path) -> None:
    answer, _ = ask(tmp_path, lambda body: Says(pieces=["The friendship treaty was sig"], cut=True))
    assert SIGNED in texts(answer)
    assert (answer.mode, kinds(answer)) == ("extractive", ["model-cut-off"])


def test_a_model_that_never_ends_is_stopped(tmp_path: Path) -> None:
    endless = [f"{WRITTEN[:-1]} number {i}. " for i in range(5000)]
    answer, _ = ask(tmp_path, lambda body: Says(pieces=endless), chat_max_tokens=200)
    assert (answer.mode, kinds(answer)[-1]) == ("extractive", "model-cut-off")
