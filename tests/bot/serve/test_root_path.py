"""The server under a path of a proxy, whether the proxy takes the path away or not."""

import re
from collections.abc import Iterator
from urllib.parse import urljoin

import httpx
import pytest
from pydantic import ValidationError

from bot.pipeline import Bot
from bot.settings import Settings
from tests.bot.serve.running import serving

QUESTION = {"question": "When was the treaty signed?"}


@pytest.fixture(scope="module")
def below(bot: Bot) -> Iterator[httpx.Client]:
    other = Bot(bot.settings.model_copy(update={"root_path": "/amur"}), embedder=bot.embedder)
    with serving(other) as address, httpx.Client(base_url=address, timeout=60) as client:
        yield client


@pytest.mark.parametrize("prefix", ["", "/amur"])
def test_every_surface_is_there_with_and_without_the_path(below: httpx.Client, prefix: str) -> None:
    assert "16 July 2001" in below.post(f"{prefix}/api/v1/ask", json=QUESTION).json()["answer"]
    for path in (
        "/api/v1/health",
        "/embed",
        "/embed/amur.js",
        "/docs",
        "/static/chat.js",
        "/documents/treaty",
        "/config",
        "/",
    ):
        assert below.get(prefix + path).status_code == 200, path
    assert below.get(f"{prefix}/api/v1/nothing").json()["error"]["code"] == "not_found"


@pytest.mark.parametrize("prefix", ["", "/amur"])
def test_the_gate_is_the_same_with_and_without_the_path(below: httpx.Client, prefix: str) -> None:
    foreign = {"origin": "https://evil.example"}
    for path in ("/api/v1/ask", "/gradio_api/queue/join", "/gradio_api/upload"):
        assert below.post(prefix + path, json=QUESTION, headers=foreign).status_code == 403
    assert (
        below.post(f"{prefix}/gradio_api/upload", files={"files": ("a", b"b")}).json()["error"]["code"] == "no_uploads"
    )
    assert below.post(f"{prefix}/gradio_api/call/respond", json={}).status_code == 404
    allowed = {"origin": "https://www.example.org"}
    assert below.post(f"{prefix}/api/v1/ask", json=QUESTION, headers=allowed).json()["error"]["code"] == "token_missing"
    assert "https://www.example.org" in below.get(f"{prefix}/embed").headers["content-security-policy"]
    assert "https://www.example.org" not in below.get(f"{prefix}/docs").headers["content-security-policy"]


@pytest.mark.parametrize(
    "page", ["/amur/", "/amur/embed", "/amur/docs", "/amur/documents/treaty", "/amur/explore/figures", "/amur/about"]
)
def test_what_a_page_loads_lies_under_the_path(below: httpx.Client, page: str) -> None:
    html = below.get(page).text
    named = re.findall(r'(?:src|href)="([^"#]+\.(?:js|css))"', html)
    assert named
    for address in named:
        found = urljoin(f"http://x{page}", address)
        assert found.startswith("http://x/amur/")
        assert below.get(found.removeprefix("http://x")).status_code == 200


def test_the_chat_page_talks_to_its_own_path(below: httpx.Client) -> None:
    assert below.get("/amur/config").json()["root"].endswith("/amur")


def test_the_description_names_the_path(below: httpx.Client) -> None:
    assert below.get("/amur/api/v1/openapi.json").json()["servers"] == [{"url": "/amur"}]


@pytest.mark.parametrize("value", ["amur", "/amur/", "/", "//", "/a b", "https://x/amur", "/a/../b?"])
def test_a_path_that_is_none_is_refused(value: str) -> None:
    with pytest.raises(ValidationError, match="root_path"):
        Settings(root_path=value)
