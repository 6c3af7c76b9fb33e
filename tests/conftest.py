"""What every test gets: no network beyond this machine, nothing of the person running it, a home of its own."""

import os
import re
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from bot.settings import Settings
from tests.fakes import BagOfWords

# No test is timed: what is slow for once, on a busy machine, is not wrong. And what is made up is the same in every run, so that
# none fails by chance; `pytest --hypothesis-profile random` makes up other things.
hypothesis.settings.register_profile("random", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.register_profile("amur", hypothesis.settings.get_profile("random"), derandomize=True)
hypothesis.settings.load_profile("amur")

ROOT = Path(__file__).resolve().parent.parent
_LOOPBACK = ("127.", "::1", "localhost", "0.0.0.0")
_PERSONAL = re.compile(r"(AMUR|OPENAI|ANTHROPIC|OLLAMA|LANGCHAIN|LANGSMITH)_|.*_PROXY$", re.IGNORECASE)
"""Names of variables by which the person running the tests would take part in them."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest, those that drive a browser and then those that load the packaged model: workers that
    run files side by side end together, and whatever a browser leaves behind meets all other tests."""
    long = [{item.path for item in items if item.get_closest_marker(name)} for name in ("browser", "model")]
    items.sort(key=lambda item: next((n for n, paths in enumerate(long) if item.path in paths), len(long)))


@pytest.fixture(scope="session", autouse=True)
def _apart(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the run apart from the person running it and from other machines: also what a session or a file of tests shares, which is
    made before what a single test gets."""
    with pytest.MonkeyPatch.context() as patch:
        for name in filter(_PERSONAL.match, list(os.environ)):
            patch.delenv(name)
        folder = tmp_path_factory.mktemp("apart")
        patch.setenv("AMUR_HOME", str(folder / "home"))
        patch.chdir(folder)
        _close_the_network(patch)
        yield


def _close_the_network(patch: pytest.MonkeyPatch) -> None:
    """Fail any test that connects to, or looks up, another machine."""
    connect, lookup = socket.socket.connect, socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not str(address[0]).startswith(_LOOPBACK):
            pytest.fail(f"a test tried to connect to {address!r}")
        connect(self, address)

    def guarded_lookup(host: Any, *args: Any, **kwargs: Any) -> Any:
        if host and not str(host if isinstance(host, str) else host.decode()).startswith(_LOOPBACK):
            pytest.fail(f"a test tried to look up {host!r}")
        return lookup(host, *args, **kwargs)

    patch.setattr(socket.socket, "connect", guarded_connect)
    patch.setattr(socket, "getaddrinfo", guarded_lookup)


@pytest.fixture(autouse=True)
def _home_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Give each test a fresh home and a fresh folder to work in."""
    monkeypatch.setenv("AMUR_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)


DOCUMENTS = {
    "treaty.md": (
        "---\nid: treaty\ntitle: The treaty\nkind: brief\ntopic: history\nlanguage: en\nas_of: 2024-05-01\n"
        "questions:\n- When was the treaty signed?\n---\n\n"
        "China and Russia signed the friendship treaty in Moscow on 16 July 2001 [@pact]{date=2001-07-16}. "
        "The friendship treaty of 2001 has 25 articles [@pact]{date=2001-07-16}.\n\n"
        "## Extension\n\nChina and Russia extended the friendship treaty for five years in June 2021 [@news]{date=2021-06-28}.\n"
    ),
    "border.md": (
        "---\nid: border\ntitle: The border\nkind: brief\ntopic: history\nlanguage: en\nas_of: 2023-01-01\n---\n\n"
        "The river border between China and Russia was settled in October 2008 [@news]{date=2008-10-14}.\n\n"
        "::: disputed\nChinese and Soviet accounts differ on who fired first on Zhenbao (Damansky) Island in March 1969 "
        "[@pact; @news]{date=1969-03-02}.\n\n"
        "- **Soviet account:** The Soviet government said that Chinese soldiers fired first in March 1969 [@pact]{date=1969-03-02}.\n"
        "- **Chinese account:** The Chinese government said that Soviet soldiers fired first in March 1969 [@news]{date=1969-03-02}.\n"
        ":::\n"
    ),
    "essay.txt": (
        "Friends Or Rivals\n\nTrade binds the two neighbours. It keeps growing because Russia sells oil and gas to China.\n\n"
        "Where Interests Differ\n\nMistrust has old roots. A full alliance would need mutual defence duties that neither wants.\n"
    ),
}
REFERENCES = """[
 {"id": "pact", "type": "webpage", "title": "Treaty text", "publisher": "Ministry", "issued": {"date-parts": [[2001, 7, 16]]},
  "URL": "https://example.org/treaty", "custom": {"perspective": "chinese-official"}},
 {"id": "news", "type": "article-newspaper", "title": "A report", "publisher": "Newspaper", "issued": {"date-parts": [[2021]]},
  "URL": "https://example.org/report", "custom": {"perspective": "independent-media"}}
]
"""


@pytest.fixture
def corpus_folder(tmp_path: Path) -> Path:
    """A small corpus: two briefs with references, one of them with a disputed block, and a plain text essay."""
    from tests.small import write_corpus

    return write_corpus(tmp_path / "corpus")


@pytest.fixture
def settings(corpus_folder: Path, tmp_path: Path) -> Settings:
    """Settings for the small corpus and the embedder without a model."""
    return Settings(home=tmp_path / "home", corpus=str(corpus_folder), embedding_model=BagOfWords.name, chunk_tokens=64)


@pytest.fixture
def make_bot(settings: Settings) -> Callable[..., Any]:
    """Build the index of the small corpus and return a bot on it; keyword arguments change settings."""

    def make(**changed: Any) -> Any:
        from bot.pipeline import Bot
        from tests.small import build

        changed_settings = settings.model_copy(update=changed)
        build(changed_settings)
        return Bot(changed_settings, embedder=BagOfWords())

    return make


@pytest.fixture(scope="session")
def shipped_settings() -> Settings:
    """Settings for the shipped corpus; the index and its embeddings are kept between runs in an ignored folder."""
    return Settings(home=ROOT / ".amur" / "test")


@pytest.fixture(scope="session")
def shipped_bot(shipped_settings: Settings) -> Any:
    """The real bot: shipped corpus, packaged model, real Chroma."""
    from bot.pipeline import Bot
    from index.build import build_index
    from index.embed import make_embedder

    embedder = make_embedder(shipped_settings)
    build_index(shipped_settings, embedder=embedder)
    return Bot(shipped_settings, embedder=embedder)
