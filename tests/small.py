"""The small corpus of tests/conftest.py in a folder of its own, and a bot on it, for whatever shares one among its tests."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.pipeline import Bot
from bot.settings import Settings
from index.build import build_index
from tests.conftest import DOCUMENTS, REFERENCES
from tests.fakes import BagOfWords


def write_corpus(folder: Path, documents: Mapping[str, str] = DOCUMENTS, references: str = REFERENCES) -> Path:
    """Write a corpus into a new folder and return it."""
    folder.mkdir()
    for name, text in {**documents, "references.json": references}.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def index_corpus(
    folder: Path, *, documents: Mapping[str, str] = DOCUMENTS, references: str = REFERENCES, **changed: Any
) -> Settings:
    """Write a corpus into a folder, index it there with the embedder without a model and return the settings; further keyword
    arguments are settings."""
    given: dict[str, Any] = {"home": folder / "home", "embedding_model": BagOfWords.name, "chunk_tokens": 64}
    given["corpus"] = str(write_corpus(folder / "corpus", documents, references))
    settings = Settings(**given | changed)
    build_index(settings, embedder=BagOfWords())
    return settings


def make_bot(folder: Path, **given: Any) -> Bot:
    """Return a bot on a corpus that `index_corpus` writes and indexes; nobody's questions are limited unless a setting says so,
    for a suite of tests asks more than a reader does."""
    return Bot(index_corpus(folder, **{"limit_reader": "", "limit_feedback": "", **given}), embedder=BagOfWords())
