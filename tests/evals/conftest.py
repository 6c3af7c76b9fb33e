"""The small corpus of tests/conftest.py, indexed once for all tests of the room that only read it."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.pipeline import Bot
from bot.settings import Settings
from evals.gold import Gold
from tests.fakes import BagOfWords
from tests.small import index_corpus


@pytest.fixture(scope="session")
def indexed_once(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Build the index of the small corpus; nobody may write to this home."""
    return index_corpus(tmp_path_factory.mktemp("small"))


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
