"""The small corpus of tests/conftest.py in a folder of its own, its index, and a bot on it."""

import atexit
import hashlib
import shutil
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
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
    build(settings)
    return settings


def make_bot(folder: Path, **given: Any) -> Bot:
    """Return a bot on a corpus that `index_corpus` writes and indexes; nobody's questions are limited, in number or in time, unless a
    setting says so, for a suite of tests asks more than a reader does and may run on a busy machine."""
    unlimited = {"limit_reader": "", "limit_feedback": "", "max_wait": 600, "answer_seconds": 600}
    return Bot(index_corpus(folder, **{**unlimited, **given}), embedder=BagOfWords())


def build(settings: Settings) -> None:
    """Index a corpus with the embedder without a model. Of a corpus that this process has indexed before, a new home gets a copy:
    that takes a third of the time, and `build_index` still looks whether it is up to date."""
    new = not settings.home.exists()
    kept = _shelf() / _content(Path(settings.corpus))
    if new and kept.is_dir():
        shutil.copytree(kept, settings.home)
    build_index(settings, embedder=BagOfWords())
    if new and not kept.is_dir():
        shutil.copytree(settings.home, kept)


@cache
def _shelf() -> Path:
    """Return the folder in which this process keeps the homes to copy."""
    folder = mkdtemp(prefix="amur-tests-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


def _content(folder: Path) -> str:
    """Return a hash of the names and contents of a folder's files."""
    found = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        found.update(f"{path.relative_to(folder)}\0{path.stat().st_size}\0".encode() + path.read_bytes())
    return found.hexdigest()
