"""Server-sent events: the same answer as everywhere, a line that is kept alive, and work that stops when nobody reads."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from bot.pipeline import Bot
from bot.records import Event
from tests.bot.serve.running import serving

STREAM = "/api/v1/ask/stream"


def read(text: str) -> list[tuple[str, dict[str, Any]]]:
    """Return the events of a stream as (kind, data); a comment is ("", {})."""
    assert text.endswith("\n\n")
    found = []
    for block in text.removesuffix("\n\n").split("\n\n"):
        if block.startswith(":"):
            found.append(("", {}))
            continue
        kind, data = block.split("\n")
        found.append((kind.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
    return found


def timeless(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name != "seconds"}


@pytest.mark.parametrize(
    "question", ["When was the friendship treaty signed?", "What is the capital of Peru?", "", "Когда?"]
)
def test_a_stream_ends_with_the_answer_that_the_bot_gives(client: httpx.Client, bot: Bot, question: str) -> None:
    response = client.post(STREAM, json={"question": question})
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert response.headers["cache-control"] == "no-cache, no-transform"
    assert response.headers["x-accel-buffering"] == "no"
    events = read(response.text)
    expected = json.loads(json.dumps(bot.answer(question).to_dict()))
    assert events[0][0] == "meta"
    assert [kind for kind, _ in events].count("answer") == 1
    assert events[-1][0] == "answer"
    assert timeless(events[-1][1]) == timeless(expected)
    assert "".join(data["text"] for kind, data in events if kind == "delta") == expected["answer"]
    assert [data for kind, data in events if kind == "citation"] == expected["citations"]


def test_a_citation_comes_before_the_text_that_names_it(client: httpx.Client) -> None:
    events = read(client.post(STREAM, json={"question": "When was the friendship treaty signed?"}).text)
    cited: set[int] = set()
    for kind, data in events:
        if kind == "citation":
            cited.add(data["number"])
        if kind == "delta":
            assert cited
            assert f"[{max(cited)}]" in data["text"]
    assert cited


def test_history_is_heeded_and_a_bad_request_is_refused_before_the_stream(client: httpx.Client) -> None:
    history = [
        {"role": "user", "content": "When was the river border settled?"},
        {"role": "assistant", "content": "In October 2008. [1]"},
    ]
    events = read(client.post(STREAM, json={"question": "And when?", "history": history}).text)
    assert "October 2008" in events[-1][1]["answer"]
    refused = client.post(STREAM, json={"question": 1})
    assert (refused.status_code, refused.headers["content-type"]) == (422, "application/json")


class Slow(Bot):
    """A bot that writes a word whenever it is let, and notes when it is stopped; its last event is the real answer."""

    def prepare(self) -> None:
        self.let_on = threading.Semaphore(0)
        self.closed = threading.Event()
        self.written = 0
        self.fail: Exception | None = None

    def stream(self, question: str, **given: Any) -> Iterator[Event]:
        try:
            while True:
                yield Event(kind="delta", data={"text": "word "})
                self.written += 1
                self.let_on.acquire()
                if self.fail:
                    raise self.fail
                if question == "short":
                    yield from super().stream("When was the friendship treaty signed?", **given)
                    return
        finally:
            self.closed.set()


@pytest.fixture
def slow(bot: Bot) -> Callable[..., Slow]:
    """Make a slow bot on the index of the shared one; keyword arguments are settings."""

    def make(**changed: Any) -> Slow:
        made = Slow(bot.settings.model_copy(update=changed), embedder=bot.embedder)
        made.prepare()
        return made

    return make


def test_a_reader_who_goes_stops_the_work(slow: Callable[..., Slow], caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "amur.serve")
    bot = slow()
    with serving(bot) as address:
        with httpx.stream("POST", f"{address}{STREAM}", json={"question": "long"}, timeout=60) as response:
            lines = response.iter_lines()
            assert next(lines) == "event: delta"
        while not bot.closed.wait(0.05):  # the step under way ends, and soon no other begins
            bot.let_on.release()
            assert bot.written < 1000
    (line,) = [record.amur for record in caplog.records if getattr(record, "amur", {}).get("path") == STREAM]
    assert (line["status"], line["cut_off"]) == (200, True)


def test_a_silent_line_is_kept_alive_with_comments(slow: Callable[..., Slow], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.serve.stream.BEAT", 0.05)
    bot = slow()
    with (
        serving(bot) as address,
        httpx.stream("POST", f"{address}{STREAM}", json={"question": "short"}, timeout=60) as response,
    ):
        text, let_on = "", False
        for piece in response.iter_text():
            text += piece
            if text.count(": ping") >= 2 and not let_on:
                bot.let_on.release()
                let_on = True
    kinds = [kind for kind, _ in read(text)]
    assert kinds.count("") >= 2
    said = [kind for kind in kinds if kind]
    assert (said[0], said[-1], kinds[-1]) == ("delta", "answer", "answer")


def test_an_error_in_the_middle_is_the_last_event_and_says_nothing_of_the_inside(slow: Callable[..., Slow]) -> None:
    bot = slow()
    bot.fail = RuntimeError("secret inside")
    bot.let_on.release()
    with serving(bot) as address:
        response = httpx.post(f"{address}{STREAM}", json={"question": "long"}, timeout=60)
        events = read(response.text)
        assert [kind for kind, _ in events] == ["delta", "error"]
        assert events[-1][1]["code"] == "internal"
        assert "secret" not in response.text
        bot.let_on.release()
        plain = httpx.post(f"{address}/api/v1/ask", json={"question": "long"}, timeout=60)
        assert (plain.status_code, plain.json()["error"]["code"]) == (500, "internal")
        assert "secret" not in plain.text
        assert plain.headers["content-security-policy"]


def test_an_answer_that_takes_too_long_is_given_up(slow: Callable[..., Slow]) -> None:
    bot = slow(answer_seconds=0.2)
    with serving(bot) as address:
        events = read(httpx.post(f"{address}{STREAM}", json={"question": "long"}, timeout=60).text)
        assert events[-1][0] == "error"
        assert (events[-1][1]["code"], events[-1][1]["retry_after"]) == ("timed_out", 10)
        bot.let_on.release()
        assert bot.closed.wait(60)
        response = httpx.post(f"{address}/api/v1/ask", json={"question": "long"}, timeout=60)
        assert (response.status_code, response.json()["error"]["code"]) == (503, "timed_out")
        assert response.headers["retry-after"] == "10"
        bot.let_on.release()


def test_questions_beyond_the_queue_are_sent_away_at_once(slow: Callable[..., Slow]) -> None:
    bot = slow(max_running=1, max_waiting=1, max_wait=600)
    replies: list[int] = []

    def ask() -> None:
        replies.append(httpx.post(f"{address}/api/v1/ask", json={"question": "short"}, timeout=60).status_code)

    with serving(bot) as address, httpx.Client(base_url=address, timeout=60) as client:
        threads = [threading.Thread(target=ask) for _ in range(2)]
        threads[0].start()
        while bot.written == 0:
            time.sleep(0.01)
        threads[1].start()
        while client.get("/api/v1/ready").json().get("waiting") != 1 and not _full(client):
            time.sleep(0.01)
        for path in ("/api/v1/ask", STREAM):
            refused = client.post(path, json={"question": "short"})
            assert (refused.status_code, refused.json()["error"]["code"]) == (503, "busy")
            assert int(refused.headers["retry-after"]) >= 1
        assert _full(client)
        bot.let_on.release(2)
        for thread in threads:
            thread.join(60)
        assert replies == [200, 200]
        assert client.get("/api/v1/ready").json() == {"status": "ready", "waiting": 0}


def _full(client: httpx.Client) -> bool:
    response = client.get("/api/v1/ready")
    return response.status_code == 503 and response.headers["retry-after"] == "1"


def test_a_question_that_has_waited_too_long_is_sent_away(slow: Callable[..., Slow]) -> None:
    bot = slow(max_running=1, max_wait=2)
    with (
        serving(bot) as address,
        httpx.stream("POST", f"{address}{STREAM}", json={"question": "short"}, timeout=60) as response,
    ):
        assert response.status_code == 200
        refused = httpx.post(f"{address}{STREAM}", json={"question": "short"}, timeout=60)
        assert (refused.status_code, refused.json()["error"]["code"]) == (503, "busy")
        bot.let_on.release()
