"""One Answer object: the command line, the API and the stream give the same text and the same citations."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner

import amur
from bot.pipeline import Bot
from bot.settings import Settings
from index.build import build_index
from index.embed import make_embedder
from tests.bot.serve.running import serving
from tests.bot.serve.test_stream import read
from tests.small import write_corpus

QUESTIONS = (
    "When was the friendship treaty signed?",
    "Who fired first on Zhenbao Island in March 1969?",
    "What would a full alliance need?",
    "What is the capital of Peru?",
    "",
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Settings]]:
    """A server with the packaged model, as the command line loads it, on the small corpus."""
    folder = tmp_path_factory.mktemp("contract")
    settings = Settings(home=folder / "home", corpus=str(write_corpus(folder / "corpus")), limit_reader="")
    embedder = make_embedder(settings)
    build_index(settings, embedder=embedder)
    with serving(Bot(settings, embedder=embedder)) as address:
        yield address, settings


def timeless(answer: dict[str, Any]) -> dict[str, Any]:
    assert set(answer["seconds"]) >= {"total"}
    return {name: value for name, value in answer.items() if name != "seconds"}


@pytest.mark.model
@pytest.mark.parametrize("question", QUESTIONS)
def test_every_surface_gives_the_same_answer(server: tuple[str, Settings], question: str, tmp_path: Path) -> None:
    address, settings = server
    environment = {"AMUR_HOME": str(settings.home), "AMUR_CORPUS": settings.corpus}
    printed = CliRunner().invoke(amur.cli, ["ask", "--json", "--", question], env=environment)
    assert printed.exit_code == 0, printed.output
    body = {"question": question}
    replied = httpx.post(f"{address}/api/v1/ask", json=body, timeout=60).json()
    streamed = read(httpx.post(f"{address}/api/v1/ask/stream", json=body, timeout=60).text)
    by_command = timeless(json.loads(printed.stdout))
    assert timeless(replied) == by_command
    assert timeless(streamed[-1][1]) == by_command
    assert "".join(data["text"] for kind, data in streamed if kind == "delta") == by_command["answer"]
    assert [data for kind, data in streamed if kind == "citation"] == by_command["citations"]
    if question == QUESTIONS[0]:
        assert "16 July 2001" in by_command["answer"]
        assert [c["document_id"] for c in by_command["citations"]] == ["treaty"] * len(by_command["citations"])


@pytest.mark.model
def test_a_search_is_the_same_by_command_and_api(server: tuple[str, Settings]) -> None:
    address, settings = server
    environment = {"AMUR_HOME": str(settings.home), "AMUR_CORPUS": settings.corpus}
    printed = CliRunner().invoke(amur.cli, ["search", "--json", "river border"], env=environment)
    found = httpx.get(f"{address}/api/v1/search", params={"q": "river border"}, timeout=60).json()
    assert found == json.loads(printed.stdout)
    assert found["passages"][0]["document_id"] == "border"
