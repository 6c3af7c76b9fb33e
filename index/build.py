"""Build an index: a fresh generation beside the old one, checked, then made current in one atomic step.

Chroma's local store has one safe writer and loses data when two write or one dies (chroma issues 6975 and 7090), so a
generation is never changed once it is complete. A build that is killed leaves the old index answering.
"""

import os
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from filelock import FileLock, Timeout

from corpus.documents import Corpus, load_corpus
from corpus.errors import StoreError, StoreMismatch, StoreMissing
from corpus.tombstones import removed
from index.cache import CachedEmbedder
from index.chunks import Chunk, split
from index.embed import Embedder, Vectors, known_revision, make_embedder
from index.lexical import TOKENS_VERSION, LexicalIndex, tokenise
from index.manifest import (
    BUILD,
    FORMAT,
    Manifest,
    current_generation,
    index_folder,
    point_to,
    read_manifest,
    refuse_mismatch,
    write_manifest,
)
from index.settings import IndexSettings
from index.store import COLLECTIONS, Store, damaged, write_collections
from index.texts import write_texts

Progress = Callable[[str, int, int], None]
"""Called with (what is being done, how much of it is done, how much there is)."""

SELF_QUERY_K = 3
MISSED_SHARE = 0.02
"""Documents that the approximate search may miss in the check of a new index; one may always be missed."""


@dataclass(frozen=True, kw_only=True)
class BuildReport:
    """What a build did. `built` is false when the index was up to date; `embedded` and `reused` count different texts."""

    manifest: Manifest
    built: bool
    embedded: int = 0
    reused: int = 0
    seconds: float = 0.0


def build_index(
    settings: IndexSettings,
    *,
    embedder: Embedder | None = None,
    progress: Progress = lambda what, done, total: None,
    force: bool = False,
    cache: Path | None = None,
) -> BuildReport:
    """Bring the index up to date with the corpus and the settings; do nothing if it already is.

    Args:
        settings: where the corpus and the index are, and what to build with.
        embedder: used instead of the one the settings name.
        progress: told how far the build is.
        force: build a new generation also if nothing changed.
        cache: the file of embeddings by content hash, if it is not that of the settings' home.

    Raises:
        CorpusError: the corpus cannot be read.
        SettingsError: the embedding model cannot be loaded.
        StoreError: another build holds the lock for longer than `build_wait`, or the new generation fails its check.
    """
    started = time.perf_counter()
    folder = index_folder(settings)
    folder.mkdir(parents=True, exist_ok=True)
    with _lock(settings, progress):
        corpus = load_corpus(settings.folders, removed=removed(settings))
        current = up_to_date(settings, corpus, embedder.revision if embedder else known_revision(settings))
        if current and not force:
            return BuildReport(manifest=current, built=False, seconds=time.perf_counter() - started)
        _remove_incomplete(settings)
        progress("Loading the embedding model", 0, 1)
        model = embedder or make_embedder(settings)
        progress("Loading the embedding model", 1, 1)
        cached = CachedEmbedder(model, cache or settings.home / "cache" / "embeddings.sqlite")
        try:
            manifest = _write_generation(settings, corpus, cached, progress)
        finally:
            cached.close()
        before = current_generation(settings)
        point_to(settings, manifest.generation)
        _remove_old(settings, keep={manifest.generation, before.name if before else ""})
        return BuildReport(
            manifest=manifest,
            built=True,
            embedded=cached.embedded,
            reused=cached.reused,
            seconds=time.perf_counter() - started,
        )


def up_to_date(settings: IndexSettings, corpus: Corpus, revision: str | None = None) -> Manifest | None:
    """Return the current manifest if it was built from this corpus with these settings and, if one is given, with this revision
    of the embedding model; else None."""
    folder = current_generation(settings)
    if folder is None:
        return None
    try:
        manifest = read_manifest(folder)
        refuse_mismatch(manifest, settings)
    except (StoreMissing, StoreMismatch):
        return None
    same = manifest.corpus_revision == corpus.revision and revision in (None, manifest.embedding_revision)
    return manifest if same else None


@contextmanager
def _lock(settings: IndexSettings, progress: Progress) -> Iterator[None]:
    path = index_folder(settings) / "build.lock"
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        progress("Waiting for another build of this index", 0, 1)
        try:
            lock.acquire(timeout=settings.build_wait)
        except Timeout as error:
            raise StoreError(
                f"Another build has held {str(path)!r} for {settings.build_wait:g} seconds; wait for it, or end it, and run: {BUILD}"
            ) from error
    try:
        yield
    finally:
        lock.release()


def _write_generation(
    settings: IndexSettings, corpus: Corpus, embedder: CachedEmbedder, progress: Progress
) -> Manifest:
    model = embedder.model
    generation = time.strftime("%Y%m%dT%H%M%S", time.gmtime()) + f"-{os.getpid()}-{time.monotonic_ns() % 1_000_000:06d}"
    folder = index_folder(settings) / generation
    folder.mkdir()
    window = min(settings.chunk_tokens, model.max_tokens)
    chunks = [c for d in corpus.documents for c in split(d, model.count_tokens, window)]
    by_id = {d.id: d for d in corpus.documents}
    sentences = [
        by_id[c.document_id].quote(s.start, s.end)
        for c in chunks
        for s in by_id[c.document_id].sentences[slice(*c.sentences)]
    ]
    vectors = _embed(chunks, sentences, embedder, progress)
    write_texts(folder / "texts.sqlite", corpus.documents, chunks, corpus.references)
    LexicalIndex.build([tokenise(c.embedded) for c in chunks], folder / "lexical")
    total = sum(len(v) for v in vectors.values())
    written = 0
    progress("Writing", 0, total)
    for count in write_collections(folder, vectors):
        written += count
        progress("Writing", written, total)
    manifest = Manifest(
        format=FORMAT,
        tokens_version=TOKENS_VERSION,
        generation=generation,
        created=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        embedding_model=settings.embedding_model,
        embedding_revision=model.revision,
        dimension=model.dimension,
        max_tokens=window,
        chunk_tokens=settings.chunk_tokens,
        corpus_revision=corpus.revision,
        as_of=corpus.as_of,
        languages=tuple(sorted({d.language.split("-")[0].lower() for d in corpus.documents})),
        documents=len(corpus.documents),
        chunks=len(chunks),
        sentences=len(sentences),
    )
    check_store(Store(folder, manifest), progress=progress)
    write_manifest(manifest, folder)
    return manifest


def _embed(
    chunks: Sequence[Chunk], sentences: Sequence[str], embedder: CachedEmbedder, progress: Progress
) -> dict[str, Vectors]:
    total = len(chunks) + len(sentences)
    finished = 0

    def done(count: int) -> None:
        nonlocal finished
        finished += count
        progress("Embedding", finished, total)

    progress("Embedding", 0, total)
    return {
        "passages": embedder.embed([c.embedded for c in chunks], done),
        "sentences": embedder.embed(sentences, done),
    }


def check_store(store: Store, *, progress: Progress = lambda what, done, total: None) -> None:
    """Check that a generation is whole: counts agree, and one sentence of each document finds itself.

    Raises:
        StoreError: what is wrong, and the command that mends it.
    """
    try:
        _check(store, progress)
    except StoreError:
        raise
    except Exception as error:  # SQLite, Chroma and numpy each raise their own on a damaged file
        raise damaged(store.folder, error) from error


def _check(store: Store, progress: Progress) -> None:
    manifest = store.manifest
    documents, chunks, sentences = store.texts.counts()
    found = {
        "documents": documents,
        "chunks": chunks,
        "sentences": sentences,
        "lexical texts": store.lexical.size,
    }
    wanted = {
        "documents": manifest.documents,
        "chunks": manifest.chunks,
        "sentences": manifest.sentences,
        "lexical texts": manifest.chunks,
    }
    for name, rows in (("passages", manifest.chunks), ("sentences", manifest.sentences)):
        found |= {
            f"vectors of {name}": store.vector_counts()[name],
            f"kept vectors of {name}": store.kept_counts()[name],
        }
        wanted |= {f"vectors of {name}": rows, f"kept vectors of {name}": rows}
    wrong = [f"{found[name]} {name} instead of {wanted[name]}" for name in wanted if found[name] != wanted[name]]
    if wrong:
        raise StoreError(f"The index {store.folder.name!r} holds {', '.join(wrong)}; run: {BUILD} --force")
    starts = store.texts.first_sentences()
    progress("Checking", 0, len(starts))
    for name in COLLECTIONS:
        places = [row if name == "sentences" else store.texts.sentences([row])[row].chunk for _, row in starts]
        for (document_id, _), close in zip(starts, store.agreement(name, places), strict=True):
            if close < 0.99:
                raise StoreError(
                    f"The index {store.folder.name!r} has other vectors of {document_id!r} beside Chroma's; run: {BUILD} --force"
                )
    missed = []
    for number, (document_id, row) in enumerate(starts, 1):
        vector = store.vector("sentences", row)
        best = store.nearest("sentences", vector, SELF_QUERY_K)
        # Equal sentences may stand in several documents: the vector must find a twin as close as itself.
        if not best or best[0][1] < float(np.dot(vector, vector)) - 0.01:
            missed.append(document_id)
        progress("Checking", number, len(starts))
    # Chroma's search is approximate: in a crowd of sentences that differ in a number only it may miss one that is there (of 528 such
    # lines about one build in five). That the vectors are there is known from above; that the search works is told by the rest.
    if len(missed) > max(1, MISSED_SHARE * len(starts)):
        raise StoreError(
            f"The index {store.folder.name!r} does not find the document {missed[0]!r} and {len(missed) - 1} more; "
            f"run: {BUILD} --force"
        )


def _generations(settings: IndexSettings) -> list[Path]:
    return sorted(p for p in index_folder(settings).iterdir() if p.is_dir() and not p.name.startswith("."))


def _remove_incomplete(settings: IndexSettings) -> None:
    """Remove what killed builds left; the build lock is held, so nobody is writing it."""
    for folder in _generations(settings):
        if not (folder / "manifest.json").is_file():
            shutil.rmtree(folder, ignore_errors=True)


def _remove_old(settings: IndexSettings, *, keep: set[str]) -> None:
    """Remove all generations but the new one and the one before it, which a running server may still be reading."""
    for folder in _generations(settings):
        if folder.name not in keep:
            shutil.rmtree(folder, ignore_errors=True)
