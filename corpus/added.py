"""The documents that users added: which there are, and how their files are written and deleted, each in one step.

They lie in AMUR_HOME/texts/<topic>/<id>.md. A crash at any moment leaves every document whole, old or new.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml
from filelock import FileLock, Timeout

from corpus.documents import ADDED, Document, parse_document, read_front_matter, slug, split_front_matter, text_files
from corpus.errors import CorpusError
from corpus.files import TEMPORARY, write_whole
from corpus.settings import CorpusSettings
from corpus.text import normalise
from corpus.tombstones import Epitaph, bury, bury_added, epitaphs, removed

PATIENCE = 5.0
"""Seconds that a command waits for another one that is adding documents."""

Meta = Mapping[str, Any]  # Any: front matter as it stands, texts and lists of texts


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A document that a user added, as its front matter tells, and where it lies."""

    id: str
    path: Path
    meta: Meta

    @property
    def corrected(self) -> tuple[str, ...]:
        """The fields that a person set, which a new version keeps."""
        names = self.meta.get("corrected")
        return tuple(map(str, names)) if isinstance(names, list) else ()


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    """All added documents, and the ids of all documents, added or not.

    `taken` are names that no new document may get: ids, file names, and ids of removed documents. `buried` are the ids of removed
    added documents by the SHA-256 of their raw file. `withdrawn` are those SHA-256 that were removed since this was read.
    """

    entries: tuple[Entry, ...]
    ids: frozenset[str]
    taken: frozenset[str]
    buried: Mapping[str, str]
    withdrawn: frozenset[str] = frozenset()

    def find(self, name: str, value: str) -> list[Entry]:
        """Return the entries whose front matter has this value."""
        return [e for e in self.entries if e.meta.get(name) == value]

    def with_entry(self, entry: Entry) -> "Catalogue":
        """Return the catalogue with a new or changed entry."""
        others = tuple(e for e in self.entries if e.id != entry.id)
        return replace(self, entries=(*others, entry), ids=self.ids | {entry.id}, taken=self.taken | {entry.id})

    def as_of_now(self, settings: CorpusSettings) -> "Catalogue":
        """Return the catalogue without the documents that somebody removed since it was read."""
        gone = {entry.id for entry in self.entries} & removed(settings)
        return replace(
            self,
            entries=tuple(entry for entry in self.entries if entry.id not in gone),
            ids=self.ids - gone,
            withdrawn=frozenset(str(entry.meta["source_sha256"]) for entry in self.entries if entry.id in gone),
        )


def texts_folder(settings: CorpusSettings) -> Path:
    """Return the folder of added documents."""
    return settings.home / "texts"


def read_catalogue(settings: CorpusSettings) -> Catalogue:
    """Return what is in the corpus; of all files only the front matter is read."""
    entries: list[Entry] = []
    ids: set[str] = set()
    taken = set(removed(settings))
    for folder in settings.folders:
        for path in text_files(folder) if folder.is_dir() else []:
            try:
                meta = read_front_matter(path)
            except CorpusError:  # `amur corpus check` names it; here only the name counts
                meta = {}
            document_id = slug(str(meta.get("id") or path.stem))
            ids.add(document_id)
            taken |= {document_id, slug(path.stem)}
            if folder == texts_folder(settings) and meta.get("kind") == ADDED and meta.get("source_sha256"):
                entries.append(Entry(id=document_id, path=path, meta=meta))
    buried = {epitaph.source_sha256: document_id for document_id, epitaph in epitaphs(settings).items()}
    return Catalogue(entries=tuple(entries), ids=frozenset(ids), taken=frozenset(taken), buried=buried)


@contextmanager
def changing(settings: CorpusSettings) -> Iterator[None]:
    """Keep other commands from adding documents, and finish or undo what a killed one left.

    Raises:
        CorpusError: another command is adding documents, or AMUR_HOME cannot be written.
    """
    with _locked(settings, "texts.lock"):
        _tidy(settings)
        yield


@contextmanager
def writing(settings: CorpusSettings) -> Iterator[None]:
    """Keep other commands from changing a document or tombstone for the moment that it takes to change one.

    Documents can be removed while others are being added: a removal that waited for the end would leave what is wrong in answers.

    Raises:
        CorpusError: AMUR_HOME, or what is changed in it, cannot be written.
    """
    with _locked(settings, "tombstones.lock"):
        try:
            yield
        except OSError as error:
            where = error.filename or str(settings.home)
            raise CorpusError(
                f"Cannot change {str(where)!r} ({error.strerror}); make room, and check that it is there and may be written"
            ) from error


@contextmanager
def _locked(settings: CorpusSettings, name: str) -> Iterator[None]:
    lock = FileLock(settings.home / name, timeout=PATIENCE)
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout as error:
        raise CorpusError(
            f"Another `amur corpus add` is at work in {str(settings.home)!r}; wait until it has ended and try again"
        ) from error
    except OSError as error:
        raise CorpusError(
            f"Cannot write in {str(settings.home)!r} ({error.strerror}); set AMUR_HOME to a folder"
        ) from error
    try:
        yield
    finally:
        lock.release()


def _tidy(settings: CorpusSettings) -> None:
    for path in texts_folder(settings).rglob(f"*.md{TEMPORARY}"):
        path.unlink(missing_ok=True)
    buried = epitaphs(settings)
    for entry in read_catalogue(settings).entries if buried else ():
        if entry.id in buried:  # a removal that was killed halfway
            _delete(settings, entry.path)


def compose(meta: Meta, body: str) -> str:
    """Return the text of a document file; every value stands on one line, so none can end the front matter."""
    kept = {name: value for name, value in meta.items() if value}
    front = yaml.safe_dump(kept, allow_unicode=True, sort_keys=False, width=10**9)
    return f"---\n{front}---\n\n{body}"


def body_of(entry: Entry) -> str:
    """Return the body of an added document as it is stored."""
    return split_front_matter(normalise(entry.path.read_text(encoding="utf-8")), entry.path)[1].lstrip("\n")


def write_document(
    settings: CorpusSettings, meta: Meta, body: str, *, old: Entry | None, most: int
) -> tuple[Entry, Document]:
    """Write a document of at most `most` sentences in one step, in place of an older version if there is one.

    Raises:
        CorpusError: it would not read back as what it should be, holds no sentence or too many, or cannot be written.
    """
    text = compose(meta, body)
    root = texts_folder(settings)
    path = root / str(meta["topic"]) / f"{meta['id']}.md"
    document = parse_document(normalise(text), path, root=root)
    wanted = (meta["id"], meta["topic"], ADDED, meta["perspective"], meta["title"])
    if (
        document.id,
        document.topic,
        document.kind,
        document.perspective,
        document.title,
    ) != wanted or document.questions:
        raise CorpusError(f"The document {meta['id']!r} does not read back as it was written; please report this")
    if not document.sentences:
        raise CorpusError("it holds no text that could be quoted; look at it, and add a file with its text")
    if len(document.sentences) > most:
        raise CorpusError(f"it holds more than {most:,} sentences; split it and add the parts")
    if path.exists() and (old is None or path != old.path):
        raise CorpusError(f"The file {str(path)!r} is in the way; move it elsewhere and try again")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if old is not None and old.path != path:
            # First the content, then the place: at no moment are there two documents with this id.
            write_whole(old.path, text)
            os.replace(old.path, path)
            _drop_if_empty(old.path.parent, root)
        else:
            write_whole(path, text)
    except OSError as error:
        raise CorpusError(f"Cannot write {str(path)!r} ({error.strerror}); make room or set AMUR_HOME") from error
    return Entry(id=document.id, path=path, meta=dict(meta)), document


def remove_documents(settings: CorpusSettings, ids: Sequence[str]) -> list[str]:
    """Remove documents from this moment on, and delete the files of those that users added; return the ids of the latter.

    Raises:
        CorpusError: there is no such document; then nothing was removed. Or AMUR_HOME cannot be written.
    """
    with writing(settings):
        return _remove(settings, ids)


def _remove(settings: CorpusSettings, ids: Sequence[str]) -> list[str]:
    catalogue = read_catalogue(settings)
    added = {entry.id: entry for entry in catalogue.entries}
    for document_id in ids:
        if document_id not in catalogue.ids:
            raise CorpusError(
                f"There is no document {document_id!r}; nothing was removed; `amur corpus list` shows those there are"
            )
    for document_id in ids:
        entry = added.get(document_id)
        if entry is None:
            bury(settings, [document_id])
            continue
        source = str(entry.meta.get("source_url") or entry.meta.get("source_path") or "")
        bury_added(settings, document_id, Epitaph(source_sha256=str(entry.meta["source_sha256"]), source=source))
        _delete(settings, entry.path)
    return [document_id for document_id in ids if document_id in added]


def _delete(settings: CorpusSettings, path: Path) -> None:
    path.unlink(missing_ok=True)
    _drop_if_empty(path.parent, texts_folder(settings))


def _drop_if_empty(folder: Path, root: Path) -> None:
    if folder != root and folder.is_relative_to(root):
        try:
            folder.rmdir()
        except OSError:  # it holds something
            return
