"""Tombstones: documents that must never be cited again, also by a server that is running on an older index."""

from collections.abc import Iterable
from pathlib import Path

from corpus.settings import CorpusSettings


def folder(settings: CorpusSettings) -> Path:
    """Return the folder of tombstones, one empty file a document."""
    return settings.home / "tombstones"


def removed(settings: CorpusSettings) -> frozenset[str]:
    """Return the ids of all removed documents."""
    try:
        return frozenset(path.name for path in folder(settings).iterdir() if not path.name.startswith("."))
    except (FileNotFoundError, NotADirectoryError):
        return frozenset()


def bury(settings: CorpusSettings, ids: Iterable[str]) -> None:
    """Mark documents as removed, from this moment on."""
    folder(settings).mkdir(parents=True, exist_ok=True)
    for document_id in ids:
        (folder(settings) / document_id).touch()


def dig_up(settings: CorpusSettings, ids: Iterable[str]) -> None:
    """Take the mark back; the next build takes the documents in again."""
    for document_id in ids:
        (folder(settings) / document_id).unlink(missing_ok=True)
