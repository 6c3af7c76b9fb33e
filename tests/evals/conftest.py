"""The small corpus of tests/conftest.py, indexed once for all tests of the room that only read it."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.pipeline import Bot
from bot.settings import Settings
from evals.gold import Gold
from index.build import build_index
from tests.conftest import DOCUMENTS, REFERENCES
from tests.fakes import BagOfWords


@pytest.fixture(scope="session")
def indexed_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Build the index of the small corpus; nobody may write to this home."""
    folder = tmp_path_factory.mktemp("small")
    (folder / "corpus").mkdir()
    for name, text in {**DOCUMENTS, "references.json": REFERENCES}.items():
        (folder / "corpus" / name).write_text(text, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        for name in [n for n in os.environ if n.upper().startswith("AMUR_")]:
            patch.delenv(name)
        patch.chdir(folder)
        settings = Settings(
            home=folder / "home", corpus=str(folder / "corpus"), embedding_model=BagOfWords.name, chunk_tokens=64
        )
        build_index(settings, embedder=BagOfWords())
        yield settings


@pytest.fixture
def small(indexed_once: Settings, tmp_path: Path) -> Settings:
    """Settings of a copy of that index and its corpus, to be written to."""
    shutil.copytree(indexed_once.home, tmp_path / "home")
    shutil.copytree(Path(indexed_once.corpus), tmp_path / "corpus")
    return indexed_once.model_copy(update={"home": tmp_path / "home", "corpus": str(tmp_path / "corpus")})


@pytest.fixture
def small_bot(small: Settings) -> Callable[..., Bot]:
    """Return a function that opens a bot on that copy; keyword arguments change settings."""

    def opened(**changed: object) -> Bot:
        return Bot(small.model_copy(update=changed), embedder=BagOfWords())

    return opened


@pytest.fixture
def bot(small_bot: Callable[..., Bot]) -> Bot:
    """A bot on that copy."""
    return small_bot()


@pytest.fixture
def gold(bot: Bot) -> Gold:
    """The evidence in that copy."""
    return Gold(bot.store)
