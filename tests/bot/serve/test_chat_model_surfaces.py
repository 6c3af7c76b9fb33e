"""A chat model behind the API, the stream and the command line: what misbehaves reaches no reader on any of them."""

import json
import os
from collections.abc import Iterator, Mapping
from itertools import chain, cycle
from pathlib import Path
from threading import Event as Signal
from typing import Any

import httpx
import pytest
from click.testing import CliRunner, Result

from bot.chat_model import make_chat_model
from bot.cli import ask
from bot.messages import say
from bot.pipeline import Bot
from bot.settings import Settings
from tests.bot.serve.running import serving
from tests.bot.writing import ASKED, KEY, SIGNED, key_of, writes, writing_bot
from tests.chat_server import ChatServer, Says, Script

FALSE = SIGNED.replace("2001", "1999")
NOT = "China and Russia never signed the friendship treaty in Moscow on 16 July 2001."
CANCELLED = "The friendship treaty was cancelled in 2020."


def run_ask(arguments: list[str], settings: Settings) -> Result:
    """Run `amur ask`; click keeps how a command spells its help, so that it is spelt here as everywhere."""
    return CliRunner().invoke(ask, arguments, obj=settings, help_option_names=["-h", "--help"])


def half(body: Mapping[str, Any]) -> Says:
    return Says(pieces=[f"{SIGNED} [{key_of(body, '16 July 2001')}] The friendship trea"], cut=True)


MODES: dict[str, tuple[Script, str]] = {
    "good": (writes((SIGNED, "16 July 2001")), ""),
    "wrong keys": (writes((SIGNED, "<zzzz9>")), "too-little"),
    "invents numbers": (writes((FALSE, "16 July 2001")), "too-little"),
    "drops or adds a not": (writes((NOT, "16 July 2001")), "too-little"),
    "obeys a document": (writes((CANCELLED, "<aaaaa>"), (CANCELLED, "25 articles")), "too-little"),
    "slow": (lambda body: Says(pieces=[2.0, "late"]), "model-timeout"),
    "cut off": (half, "model-cut-off"),
    "401": (lambda body: Says(status=401), "model-authentication"),
    "429": (lambda body: Says(status=429), "model-rate-limit"),
    "500": (lambda body: Says(status=500), "model-unavailable"),
}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Bot, ChatServer, httpx.Client]]:
    folder = tmp_path_factory.mktemp("surfaces")
    with (
        writing_bot(folder, lambda body: Says(), chat_retries=0) as (bot, server),
        serving(bot) as address,
        httpx.Client(base_url=address, timeout=60) as client,
    ):
        yield bot, server, client


def check(answer: Mapping[str, Any], reason: str) -> None:
    assert any(s["text"] == SIGNED for s in answer["statements"])
    for text in (FALSE, NOT, CANCELLED, "late", "The friendship trea "):
        assert text not in answer["answer"]
        assert all(s["text"] != text for s in answer["statements"])
    assert KEY not in json.dumps(answer)
    if reason:
        assert answer["problems"][-1]["kind"] == reason
        assert say(f"model.{reason}", "en") in answer["notice"]
    else:
        assert (answer["mode"], answer["notice"]) == ("generative", None)


@pytest.mark.parametrize("mode", MODES)
def test_no_unsupported_sentence_reaches_a_reader(
    mode: str, served: tuple[Bot, ChatServer, httpx.Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    bot, server, client = served
    server.script, reason = MODES[mode]
    if reason == "model-timeout":  # the others may take as long as a busy machine needs
        impatient = make_chat_model(bot.settings.model_copy(update={"chat_timeout": 0.7}))
        monkeypatch.setattr(bot, "chat", impatient)
    whole = client.post("/api/v1/ask", json={"question": ASKED}).json()
    check(whole, reason)
    stream = client.post("/api/v1/ask/stream", json={"question": ASKED}).text
    blocks = [b.split("\n") for b in stream.strip().split("\n\n") if b.startswith("event")]
    events = [(kind.removeprefix("event: "), json.loads(data.removeprefix("data: "))) for kind, data in blocks]
    check(events[-1][1], reason)
    assert "".join(data["text"] for kind, data in events if kind == "delta") == events[-1][1]["answer"]
    for name in [n for n in os.environ if n.startswith("AMUR_")]:
        monkeypatch.delenv(name)
    monkeypatch.setattr("bot.cli._bot", lambda settings: bot)
    told = run_ask(["--json", ASKED], bot.settings)
    check(json.loads(told.stdout), reason)
    shown = run_ask([ASKED], bot.settings).stdout
    assert "16 July 2001" in shown
    assert "1999" not in shown
    assert ("Note: " in shown) == bool(reason)


def test_a_reader_who_goes_stops_the_model(served: tuple[Bot, ChatServer, httpx.Client]) -> None:
    _, server, client = served
    server.hung_up.clear()

    def script(body: Mapping[str, Any]) -> Says:
        endless = cycle([0.02, "More words of no use. "])
        return Says(pieces=chain([f"{SIGNED} [{key_of(body, '16 July 2001')}]\n"], endless))

    server.script = script
    with client.stream("POST", "/api/v1/ask/stream", json={"question": ASKED}) as response:
        for line in response.iter_lines():
            if line == "event: delta":
                break
    assert server.hung_up.wait(60)


def test_a_model_that_hangs_leads_to_quotes_before_the_answer_is_given_up(tmp_path: Path) -> None:
    over = Signal()

    def alive() -> Iterator[bytes | float]:
        while not over.is_set():
            yield from (b": keep-alive\n\n", 0.05)

    history = [
        {"role": "user", "content": "Tell me of the treaty of 2001"},
        {"role": "assistant", "content": "It has 25."},
    ]
    with (
        writing_bot(tmp_path, lambda body: Says(pieces=alive()), chat_timeout=3) as (bot, server),
        serving(bot) as address,
        httpx.Client(base_url=address, timeout=120) as client,
    ):
        replied = client.post("/api/v1/ask", json={"question": ASKED, "history": history})
        over.set()
    assert (replied.status_code, len(server.requests)) == (200, 1)
    assert SIGNED in [s["text"] for s in replied.json()["statements"]]
    assert [p["kind"] for p in replied.json()["problems"]] == ["model-timeout", "model-timeout"]


def test_a_reader_who_leaves_a_silent_model_makes_room_for_the_next(tmp_path: Path) -> None:
    asked, go = Signal(), Signal()

    def script(body: Mapping[str, Any]) -> Says:
        if asked.is_set():
            return writes((SIGNED, "16 July 2001"))(body)
        asked.set()
        return Says(pieces=[go, "late"])

    with (
        writing_bot(tmp_path, script, chat_at_once=1, chat_timeout=600) as (bot, server),
        serving(bot) as address,
        httpx.Client(base_url=address, timeout=120) as client,
    ):
        with client.stream("POST", "/api/v1/ask/stream", json={"question": ASKED}) as response:
            assert next(response.iter_lines()) == "event: meta"
            assert asked.wait(60)
        while len(server.requests) == 1:  # until the server has seen that the reader left
            assert "late" not in [piece for piece, _ in server.sent]
            answer = client.post("/api/v1/ask", json={"question": ASKED}).json()
        assert (answer["mode"], answer["notice"]) == ("generative", None)
        go.set()


def test_while_the_model_writes_for_as_many_as_it_may_others_get_quotes(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    asked, go = Signal(), Signal()

    def script(body: Mapping[str, Any]) -> Says:
        asked.set()
        return Says(pieces=[go, f"{SIGNED} [{key_of(body, '16 July 2001')}]"])

    caplog.set_level("INFO", logger="amur.serve")
    with (
        writing_bot(tmp_path, script, chat_at_once=1, max_running=1, chat_timeout=600, answer_seconds=900) as (
            bot,
            server,
        ),
        serving(bot) as address,
        httpx.Client(base_url=address, timeout=120) as client,
        client.stream("POST", "/api/v1/ask/stream", json={"question": ASKED}) as first,
    ):
        assert asked.wait(60)
        other = client.post("/api/v1/ask", json={"question": ASKED}, headers={"X-Request-ID": "the-second"}).json()
        assert client.get("/api/v1/search", params={"q": ASKED}).status_code == 200
        assert ([p["kind"] for p in other["problems"]], len(server.requests)) == (["model-busy"], 1)
        assert (other["mode"], SIGNED in [s["text"] for s in other["statements"]]) == ("extractive", True)
        assert say("model.model-busy", "en") in other["notice"]
        go.set()
        assert (
            json.loads([line for line in first.iter_lines() if line.startswith("data: ")][-1][6:])["mode"]
            == "generative"
        )
    logged = [r.amur for r in caplog.records if r.message == "chat model failed"]  # type: ignore[attr-defined]
    assert logged == [{"request": "the-second", "kind": "model-busy"}]


def test_the_command_names_a_missing_model_in_one_line(tmp_path: Path) -> None:

    told = run_ask([ASKED], Settings(home=tmp_path, chat_model="nobody:m"))
    assert told.exit_code == 1
    assert "The chat model 'nobody:m' cannot be used" in str(told.exception)
