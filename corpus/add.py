"""Add documents to the corpus: files, folders and web addresses become Markdown files of kind `added` in AMUR_HOME/texts.

The raw bytes decide what happens: the same content changes nothing, other content under the same address or file name takes the
place of the old, and content that was removed comes back. What a file says about itself is a suggestion; what a person says
stays. Nothing is written before a document was read as a whole, and then in one step.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Literal

from corpus.added import (
    Catalogue,
    Entry,
    Meta,
    body_of,
    changing,
    compose,
    read_catalogue,
    texts_folder,
    write_document,
    writing,
)
from corpus.documents import Document
from corpus.errors import CorpusError
from corpus.fetch import fetch
from corpus.metadata import Given, checked, corrected, described, new_id
from corpus.plain import write_plain
from corpus.readers import Extract, Limits, kind_of
from corpus.sandbox import Sandbox
from corpus.settings import CorpusSettings
from corpus.sources import Get, Raw, Source, read_source
from corpus.tombstones import dig_up, removed

Status = Literal["added", "replaced", "corrected", "unchanged", "failed"]
VOLATILE = ("retrieved", "source_sha256")
"""What differs between two visits to a page although its text is the same."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of one source; `detail` says why it failed or what else is to know. `sentences` and `pages` are counts."""

    source: str
    status: Status
    entry: Entry | None = None
    detail: str = ""
    sentences: int = 0
    pages: int = 0


def add_documents(
    settings: CorpusSettings,
    sources: Sequence[Source],
    given: Given,
    *,
    get: Get = fetch,
    limits: Limits | None = None,
) -> Iterator[Outcome]:
    """Add each source in turn and yield what became of it; one that fails does not stop the rest.

    Args:
        settings: where the corpus is.
        sources: what to add (see `corpus.sources.find_sources`).
        given: what holds for all of them, whatever they say themselves.
        get: fetches a web address.
        limits: what a file may cost.

    Raises:
        CorpusError: a given value cannot be used, or another command is adding documents.
    """
    given = checked(given)
    with changing(settings), Sandbox(limits) as sandbox:
        run = _Run(settings=settings, given=given, get=get, sandbox=sandbox, catalogue=read_catalogue(settings))
        for source in sources:
            try:
                outcome = run.add(source)
            except CorpusError as error:
                outcome = Outcome(source=source.name, status="failed", detail=str(error))
            run = run.after(outcome)
            yield outcome


@dataclass(frozen=True, kw_only=True)
class _Run:
    """One call of `add_documents`: what holds for all its sources, and the catalogue as it stands by now."""

    settings: CorpusSettings
    given: Given
    get: Get
    sandbox: Sandbox
    catalogue: Catalogue
    touched: frozenset[str] = frozenset()

    def after(self, outcome: Outcome) -> "_Run":
        """Return the run with what an outcome changed."""
        if outcome.entry is None:
            return self
        catalogue = self.catalogue.with_entry(outcome.entry)
        return replace(self, catalogue=catalogue, touched=self.touched | {outcome.entry.id})

    def add(self, source: Source) -> Outcome:
        """Add one source.

        Raises:
            CorpusError: why it cannot be added; the message names it.
        """
        raw = read_source(source, get=self.get, most=self.sandbox.limits.size, texts=texts_folder(self.settings))
        try:
            same = self.catalogue.find("source_sha256", raw.sha256)
            if same:
                with self._now(raw) as run:
                    return run._correct(source, same[0])
            kind = kind_of(raw.content, raw.name, raw.content_type)
            extract = self.sandbox.read(raw.content, kind, charset=raw.charset)
            with self._now(raw) as run:
                return run._write(source, raw, extract)
        except CorpusError as error:
            raise CorpusError(f"Cannot add {source.name!r}: {error}") from error

    @contextmanager
    def _now(self, raw: Raw) -> Iterator["_Run"]:
        """Hold what is in the corpus as it is, and yield the run without what somebody removed since it began."""
        with writing(self.settings):
            catalogue = self.catalogue.as_of_now(self.settings)
            if raw.sha256 in catalogue.withdrawn:
                raise CorpusError("it was removed meanwhile; add it again if it is wanted after all")
            yield replace(self, catalogue=catalogue)

    def _correct(self, source: Source, entry: Entry) -> Outcome:
        """Give a document whose content is there already what a person says of it now."""
        meta = corrected(entry.meta, self.given)
        if compose(meta, "") == compose({**entry.meta, "corrected": meta["corrected"]}, ""):
            return Outcome(source=source.name, status="unchanged", entry=entry)
        changed, document = self._put(meta, body_of(entry), entry)
        return Outcome(source=source.name, status="corrected", entry=changed, sentences=len(document.sentences))

    def _write(self, source: Source, raw: Raw, extract: Extract) -> Outcome:
        old = self._earlier(raw)
        again = self.catalogue.buried.get(raw.sha256, "")
        document_id = old.id if old else "" if again in self.catalogue.ids else again
        meta = described(raw, extract, self.given, document_id=document_id, old=old)
        if not document_id:
            meta["id"] = new_id(meta["title"], self.catalogue.taken)
        body = write_plain(extract.blocks)
        if old and self._is_same(old, meta, body):
            return Outcome(source=source.name, status="unchanged", entry=old)
        entry, document = self._put(meta, body, old)
        if entry.id in removed(self.settings):
            dig_up(self.settings, [entry.id])
        was = f"it takes the place of the version of {old.meta.get('retrieved', 'before')}" if old else ""
        return Outcome(
            source=source.name,
            status="replaced" if old else "added",
            entry=entry,
            detail=was or ("it had been removed" if document_id else ""),
            sentences=len(document.sentences),
            pages=len({s.page for s in document.sentences if s.page}),
        )

    def _put(self, meta: Meta, body: str, old: Entry | None) -> tuple[Entry, Document]:
        return write_document(self.settings, meta, body, old=old, most=self.sandbox.limits.sentences)

    def _is_same(self, old: Entry, meta: dict[str, object], body: str) -> bool:
        """Tell whether only the bytes around the text are new, as on a web page with the time of day on it."""
        kept = {name: old.meta.get(name, "") for name in VOLATILE}
        return compose({**meta, **kept}, body) == compose(old.meta, body_of(old))

    def _earlier(self, raw: Raw) -> Entry | None:
        """Return the document that this is a new version of: the same address, the same file, or a file of the same name.

        A name counts only if it is that of one document, and not of one that this run has met: two files of one name that are
        added together are two documents.
        """
        for name in ("source_url", "source_path"):
            found = self.catalogue.find(name, raw.place[name]) if raw.place.get(name) else []
            if found:
                return found[0]
        named = self.catalogue.find("source_name", raw.place["source_name"]) if raw.place.get("source_name") else []
        return named[0] if len(named) == 1 and named[0].id not in self.touched else None
