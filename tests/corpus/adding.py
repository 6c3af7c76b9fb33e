"""How the tests of adding add documents and look at what became of them."""

from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bot.settings import Settings
from corpus.add import Outcome, add_documents
from corpus.added import texts_folder
from corpus.documents import Document, load_corpus
from corpus.fetch import fetch
from corpus.metadata import Given
from corpus.readers import Limits
from corpus.sources import find_sources
from corpus.tombstones import removed

FERRY = "The Harbin ferry carried 4,200 passengers across the Amur in 1998."


@pytest.fixture
def here(tmp_path: Path) -> Path:
    folder = tmp_path / "mine"
    folder.mkdir()
    return folder


def write(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return path


def add(settings: Settings, *names: Path | str, limits: Limits | None = None, **given: str) -> list[Outcome]:
    sources = find_sources([str(name) for name in names])
    get = partial(fetch, loopback=True)
    return list(add_documents(settings, sources, Given(**given), get=get, limits=limits))


def add_one(settings: Settings, name: Path | str, **given: str) -> Outcome:
    (outcome,) = add(settings, name, **given)
    assert outcome.status != "failed", outcome.detail
    return outcome


def why_not(settings: Settings, name: Path | str, **given: Any) -> str:  # Any: limits or texts
    (outcome,) = add(settings, name, **given)
    assert (outcome.status, outcome.entry) == ("failed", None)
    assert "\n" not in outcome.detail
    return outcome.detail


def added(settings: Settings) -> dict[str, Document]:
    documents = load_corpus(settings.folders, removed=removed(settings)).documents
    return {d.id: d for d in documents if d.kind == "added"}


def tree(settings: Settings) -> dict[str, bytes]:
    """Return every file that answers can come from, with the tombstones."""
    folders = (texts_folder(settings), settings.home / "tombstones")
    return {
        str(p.relative_to(settings.home)): p.read_bytes() for f in folders for p in sorted(f.rglob("*")) if p.is_file()
    }


def id_of(outcome: Outcome) -> str:
    assert outcome.entry is not None
    return outcome.entry.id


def documents(settings: Settings) -> dict[str, tuple[str, str]]:
    return {name: (d.text, d.topic) for name, d in added(settings).items()}
