"""docs/api.md, held against the server: every route, every code, and every example run."""

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from bot.pipeline import Bot
from bot.serve import api, body, stream, tokens
from bot.settings import Settings
from tests.bot.serve.running import serving

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
WORDS = " ".join(PAGE.split())


def examples() -> list[list[str]]:
    """Return the page's curl commands, as words."""
    joined = PAGE.replace("\\\n", " ")
    return [shlex.split(line) for line in joined.splitlines() if line.startswith("    curl ")]


def test_every_route_has_a_heading(client: httpx.Client) -> None:
    headed = {
        f"{method} {path}" if path.startswith("/") else path
        for line in re.findall(r"^## (.*)", PAGE, re.MULTILINE)
        for method, path in re.findall(r"(GET|POST)? ?(/api/v1/[\w/{}]+)", line)
    }
    described = client.get("/api/v1/openapi.json").json()["paths"]
    assert set(described) == {route.split()[-1] for route in headed}
    for path, methods in described.items():
        for method in methods:
            assert re.search(rf"^## .*({method.upper()} )?{re.escape(path)}", PAGE, re.MULTILINE)


def test_every_code_that_the_server_can_say_is_on_the_page_and_no_other() -> None:
    said = set()
    for path in (ROOT / "bot" / "serve").glob("*.py"):
        source = path.read_text(encoding="utf-8")
        said |= set(re.findall(r'code="(\w+)"', source))
        said |= set(re.findall(r'error_response\(\s*\d+, "(\w+)"', source))
        said |= set(re.findall(r'_refused\("(\w+)"', source))
        said |= set(re.findall(r'(?:return |\s)\d{3},\s+"(\w+)"', source))
    said |= {"method_not_allowed"}
    table = PAGE[PAGE.index("| status | code |") : PAGE.index("## Who may call it")]
    assert said == set(re.findall(r"`([a-z_]+)`", table))


def test_the_numbers_on_the_page_are_those_of_the_code() -> None:
    assert f"at most {api.MAX_TURNS} " in WORDS
    assert f"After {stream.BEAT:g} seconds of silence" in WORDS
    assert f"more than {body.BODY_SECONDS:g} s" in WORDS
    assert f"more than {body.MAX_BODY // 1024} KiB" in WORDS
    assert f'"expires_in": {Settings.model_fields["token_seconds"].default}' in WORDS
    assert f"`{tokens.HEADER}`" in WORDS
    for variable in set(re.findall(r"AMUR_[A-Z_]+", PAGE)):
        assert variable.removeprefix("AMUR_").lower() in Settings.model_fields


@pytest.fixture(scope="module")
def shipped(shipped_bot: Bot, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server on the shipped corpus; what the examples say of answers goes elsewhere."""
    url = SecretStr(f"sqlite:///{tmp_path_factory.mktemp('docs') / 'said.sqlite3'}")
    bot = Bot(shipped_bot.settings.model_copy(update={"feedback_url": url}), embedder=shipped_bot.embedder)
    with serving(bot) as address:
        yield address


@pytest.mark.model
@pytest.mark.parametrize("words", examples(), ids=[re.sub(r"\W+", "-", " ".join(w))[:60] for w in examples()])
def test_every_example_runs(shipped: str, words: list[str]) -> None:
    url = next(word for word in words if word.startswith("http://127.0.0.1:7860"))
    headers = dict(re.split(r": *", words[n + 1], maxsplit=1) for n, word in enumerate(words) if word == "-H")
    data = next((words[n + 1] for n, word in enumerate(words) if word == "-d"), None)
    address = url.replace("http://127.0.0.1:7860", shipped)
    if "/feedback" in url:
        assert json.loads(data or "")["rating"] == "down"
    response = httpx.request("POST" if data else "GET", address, headers=headers, content=data, timeout=60)
    assert response.status_code in (200, 201), response.text
    if url.endswith("/ask"):
        assert "16 July 2001" in response.json()["answer"]
    if url.endswith("/stream"):
        assert response.text.startswith("event: meta\n")


def test_there_are_examples_of_every_route_that_needs_no_browser(client: httpx.Client) -> None:
    named = {re.sub(r"\?.*", "", word.partition("7860")[2]) for words in examples() for word in words if "7860" in word}
    described = set(client.get("/api/v1/openapi.json").json()["paths"])
    shown = {path.replace("/treaty-2001", "/{document_id}") for path in named}
    assert shown == described - {"/api/v1/token"}
