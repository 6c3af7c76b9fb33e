"""The small corpus of tests/conftest.py, indexed once for the tests of this room that only read it."""

import os
from collections.abc import Iterator

import pytest

from bot.pipeline import Bot
from bot.settings import Settings
from index.build import build_index
from tests.conftest import DOCUMENTS, REFERENCES
from tests.fakes import BagOfWords


@pytest.fixture(scope="session")
def small_bot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    """A bot on the small corpus; nobody may write to its home."""
    folder = tmp_path_factory.mktemp("small-bot")
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
        yield Bot(settings, embedder=BagOfWords())
