"""Tombstones: documents that must never be cited again, also by a server that is running on an older index.

The tombstone of a document that a user had added says which file it was made from: the document's own file is deleted, so it
can only be added again, and then only the same content gets the same id back.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from corpus.files import TEMPORARY, write_whole
from corpus.settings import CorpusSettings


@dataclass(frozen=True, kw_only=True)
class Epitaph:
    """What a removed document was made from: the SHA-256 of the raw file, and where that came from."""

    source_sha256: str
    source: str


def folder(settings: CorpusSettings) -> Path:
    """Return the folder of tombstones, one file a document."""
    return settings.home / "tombstones"


def removed(settings: CorpusSettings) -> frozenset[str]:
    """Return the ids of all removed documents."""
    try:
        names = [path.name for path in folder(settings).iterdir()]
    except (FileNotFoundError, NotADirectoryError):
        return frozenset()
    return frozenset(name for name in names if not name.startswith(".") and not name.endswith(TEMPORARY))


def bury(settings: CorpusSettings, ids: Iterable[str]) -> None:
    """Mark documents as removed, from this moment on."""
    folder(settings).mkdir(parents=True, exist_ok=True)
    for document_id in ids:
        (folder(settings) / document_id).touch()


def bury_added(settings: CorpusSettings, document_id: str, epitaph: Epitaph) -> None:
    """Mark a document that a user had added as removed, with what it was made from."""
    folder(settings).mkdir(parents=True, exist_ok=True)
    write_whole(folder(settings) / document_id, json.dumps(asdict(epitaph), ensure_ascii=False))


def epitaphs(settings: CorpusSettings) -> dict[str, Epitaph]:
    """Return what the removed documents were made from that users had added, by id."""
    found = {}
    for document_id in sorted(removed(settings)):
        try:
            found[document_id] = Epitaph(**json.loads((folder(settings) / document_id).read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):  # an empty one is that of a document that is only hidden
            continue
    return found


def dig_up(settings: CorpusSettings, ids: Iterable[str]) -> None:
    """Take the mark back; the next build takes the documents in again."""
    for document_id in ids:
        (folder(settings) / document_id).unlink(missing_ok=True)
