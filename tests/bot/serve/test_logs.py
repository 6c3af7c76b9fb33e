"""The operator's log: a line a request, JSON, and nothing of what a reader asked or is."""

import json
import logging
import logging.config
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import StringIO
from typing import Any

import httpx
import pytest

from bot.pipeline import Bot
from bot.serve.logs import JsonLines, log_configuration, request_id, surface
from bot.settings import Settings
from tests.bot.serve.running import serving

ASKED = "When was the secret treaty signed"


@contextmanager
def logging_to(stream: StringIO, level: int = logging.INFO) -> Iterator[None]:
    """Write Amur's log into a stream, in the form that the server writes."""
    log = logging.getLogger("amur")
    writer = logging.StreamHandler(stream)
    writer.setFormatter(JsonLines())
    before = log.level
    log.addHandler(writer)
    log.setLevel(level)
    try:
        yield
    finally:
        log.removeHandler(writer)
        log.setLevel(before)


@pytest.fixture
def logged(bot: Bot) -> Callable[..., list[dict[str, Any]]]:
    """Serve with these settings, let something happen, and return the lines that were written.

    A request's line is written when its answer has gone out: that of the next one may come before it.
    """

    def run(
        happen: Callable[[httpx.Client], object], level: int = logging.INFO, **changed: Any
    ) -> list[dict[str, Any]]:
        stream = StringIO()
        other = Bot(bot.settings.model_copy(update=changed), embedder=bot.embedder)
        with logging_to(stream, level), serving(other) as address, httpx.Client(base_url=address, timeout=60) as client:
            happen(client)
        return [json.loads(line) for line in stream.getvalue().splitlines()]

    return run


def ask_all(client: httpx.Client) -> None:
    client.post("/api/v1/ask", json={"question": ASKED}, headers={"x-request-id": "mine-12345"})
    client.post("/api/v1/ask/stream", json={"question": ASKED})
    client.get("/api/v1/search", params={"q": ASKED})


def test_a_request_is_one_line_without_question_or_address(logged: Callable[..., list[dict[str, Any]]]) -> None:
    lines = logged(ask_all)
    assert sorted((line["method"], line["path"], line["status"]) for line in lines) == [
        ("GET", "/api/v1/search", 200),
        ("POST", "/api/v1/ask", 200),
        ("POST", "/api/v1/ask/stream", 200),
    ]
    (first,) = (line for line in lines if line["path"] == "/api/v1/ask")
    assert set(first) == {"time", "level", "event", "request", "method", "path", "status", "ms", "surface"}
    assert (first["event"], first["level"], first["surface"], first["request"]) == (
        "request",
        "info",
        "api",
        "mine-12345",
    )
    assert first["ms"] > 0
    assert "secret" not in json.dumps(lines)
    assert "127.0.0.1" not in json.dumps(lines)


def test_questions_and_addresses_are_logged_when_the_operator_says_so(
    logged: Callable[..., list[dict[str, Any]]],
) -> None:
    lines = logged(ask_all, log_questions=True, log_addresses=True)
    asked = [line for line in lines if line["event"] == "question"]
    assert [(line["question"], line["surface"]) for line in asked] == [(ASKED, "api"), (ASKED, "stream")]
    assert asked[0]["request"] == "mine-12345"
    assert {line["address"] for line in lines if line["event"] == "request"} == {"127.0.0.1"}


def test_files_of_pages_are_left_out_unless_asked_for(logged: Callable[..., list[dict[str, Any]]]) -> None:
    def visit(client: httpx.Client) -> None:
        for path in ("/", "/static/chat.js", "/embed", "/static/nothing.js"):
            client.get(path)

    assert sorted(line["path"] for line in logged(visit)) == ["/", "/embed", "/static/nothing.js"]
    shown = [line["path"] for line in logged(visit, level=logging.DEBUG) if line["event"] == "request"]
    assert sorted(shown) == ["/", "/embed", "/static/chat.js", "/static/nothing.js"]


def test_who_was_refused_is_told_to_the_operator(logged: Callable[..., list[dict[str, Any]]]) -> None:
    def call(client: httpx.Client) -> None:
        client.post("/api/v1/ask", json={"question": ASKED}, headers={"origin": "https://evil.example"})
        client.get("/api/v1/health", headers={"host": "rebound.example"})
        client.post("/api/v1/ask", json={"question": ASKED}, headers={"origin": "https://www.example.org"})

    refused = [line for line in logged(call) if line["event"] == "refused"]
    assert [(line["level"], line["code"], line.get("origin"), line["path"]) for line in refused] == [
        ("warning", "forbidden_origin", "https://evil.example", "/api/v1/ask"),
        ("warning", "unknown_host", None, "/api/v1/health"),
        ("warning", "token_missing", "https://www.example.org", "/api/v1/ask"),
    ]
    assert refused[1]["host"] == "rebound.example"


def test_a_client_cannot_write_lines_of_its_own(logged: Callable[..., list[dict[str, Any]]]) -> None:
    def call(client: httpx.Client) -> None:
        client.get('/api/v1/x%0A{"event":"forged"}%1B[31m', headers={"x-request-id": 'x"} {"event": "forged"}'})
        client.get("/api/v1/" + "y" * 5000)

    lines = logged(call)
    assert [line["event"] for line in lines] == ["request", "request"]
    forged, long = sorted(lines, key=lambda line: len(line["path"]))
    assert len(forged["request"]) == 32
    assert len(long["path"]) == 301


def test_every_response_carries_an_id_and_keeps_a_good_one(client: httpx.Client) -> None:
    made = {client.get("/api/v1/health").headers["x-request-id"] for _ in range(3)}
    assert len(made) == 3
    kept = client.get("/api/v1/nothing", headers={"x-request-id": "trace_1.2-3"})
    assert kept.headers["x-request-id"] == "trace_1.2-3"
    for bad in ("short", "x" * 65, "with space", "semi;colon"):
        assert client.get("/api/v1/health", headers={"x-request-id": bad}).headers["x-request-id"] != bad
    assert request_id.get() == ""


def test_the_configuration_is_one_that_logging_takes(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        logging.config.dictConfig(log_configuration(Settings(log_level="warning")))
        logging.getLogger("amur.serve").info("quiet")
        logging.getLogger("amur.serve").warning("heard", extra={"amur": {"why": "a test"}})
        logging.getLogger("uvicorn.error").error("from uvicorn")
    finally:
        for name in ("amur", "uvicorn"):
            logging.getLogger(name).handlers.clear()
            logging.getLogger(name).setLevel(logging.NOTSET)
            logging.getLogger(name).propagate = True
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [(line["event"], line.get("why")) for line in lines] == [("heard", "a test"), ("from uvicorn", None)]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/", "page"),
        ("/gradio_api/queue/join", "page"),
        ("/documents/treaty", "page"),
        ("/api/v1/ask", "api"),
        ("/embed", "embed"),
        ("/embed/amur.js", "embed"),
        ("/docs", "docs"),
        ("/static/chat.js", "asset"),
        ("/assets/x-1.js", "asset"),
        ("/gradio_api/queue/data", "asset"),
        ("/theme.css", "asset"),
    ],
)
def test_surfaces(path: str, expected: str) -> None:
    assert surface(path) == expected
