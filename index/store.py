"""The store: one generation of the index, opened for reading. The only module that knows chromadb.

A generation is a folder: `chroma/` (collections `passages` and `sentences`, ids are row numbers), `lexical/` (BM25),
`texts.sqlite` (index.texts), `passages.npy` and `sentences.npy` (the same vectors as float16, so that any candidate can be
scored exactly without another query), `manifest.json`.
"""

import weakref
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
import numpy.typing as npt

from corpus.documents import ARTICLE
from corpus.errors import StoreError, StoreMissing
from index.embed import Vectors
from index.lexical import LexicalIndex
from index.manifest import (
    BUILD,
    Manifest,
    current_generation,
    index_folder,
    read_manifest,
    refuse_mismatch,
)
from index.settings import IndexSettings
from index.texts import StoredDocument, Suggestion, Texts

if TYPE_CHECKING:
    from chromadb.api.client import Client

SEARCHERS = 4
"""Searches of one store that run at the same time; more wait."""
BLOCK = 16_384
"""Vectors that are compared at once when only some rows are searched."""
COLLECTIONS = ("passages", "sentences")


class Store:
    """A searchable index. Similarities are cosines in [-1, 1], higher is closer; rows are those of `index.texts`."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self.folder = folder
        self.manifest = manifest
        self.texts = Texts(folder / "texts.sqlite")
        self.lexical = LexicalIndex(folder / "lexical")
        self._vectors = {name: np.load(folder / f"{name}.npy", mmap_mode="r") for name in COLLECTIONS}
        # A generation never changes, so what was read once holds; the bound keeps a large corpus out of memory.
        self._document = lru_cache(maxsize=256)(self.texts.document)
        client = open_client(folder / "chroma")
        self.texts.counts()  # opens the file: what is damaged is said now, not at the first question
        self._collections = {name: client.get_collection(name, embedding_function=None) for name in COLLECTIONS}
        self.searches = ThreadPoolExecutor(max_workers=SEARCHERS, thread_name_prefix="amur-search")
        # Chroma keeps every opened path in memory for ever unless its client is closed.
        weakref.finalize(self, _let_go, client, self.searches)

    @cached_property
    def suggestions(self) -> list[Suggestion]:
        """Questions that the documents say they answer."""
        return self.texts.suggestions()

    @cached_property
    def articles(self) -> frozenset[int]:
        """Rows of the chunks of the article, if the index holds exactly one: what "the article" means in a question."""
        found = [d.id for d in self.texts.documents() if d.kind == ARTICLE]
        if len(found) != 1:
            return frozenset()
        chunks = self.texts.chunks(range(self.manifest.chunks)).values()
        return frozenset(c.row for c in chunks if c.document_id == found[0])

    def document(self, document_id: str) -> StoredDocument | None:
        """Return a document with its text, or None; the last ones read are kept."""
        return self._document(document_id)

    def nearest(
        self, collection: str, vector: Vectors, k: int, among: Sequence[int] | None = None
    ) -> list[tuple[int, float]]:
        """Return up to k (row, similarity) of `passages` or `sentences`, closest first; only of the rows `among`, if given."""
        if among is not None:
            return self._nearest_among(collection, vector, k, among)
        k = min(k, len(self._vectors[collection]))
        if k == 0:
            return []
        found = self._collections[collection].query(
            query_embeddings=vector[np.newaxis, :], n_results=k, include=["distances"]
        )
        distances = (found["distances"] or [[]])[0]
        return [(int(row), 1.0 - float(d)) for row, d in zip(found["ids"][0], distances, strict=True)]

    def _nearest_among(self, collection: str, vector: Vectors, k: int, among: Sequence[int]) -> list[tuple[int, float]]:
        """Search some rows exactly, a block at a time: Chroma's approximate search may find fewer than k when told which to take."""
        found: list[tuple[int, float]] = []
        for i in range(0, len(among), BLOCK):
            rows = among[i : i + BLOCK]
            found += zip(rows, map(float, self.similarities(collection, rows, vector)), strict=True)
            found = sorted(found, key=lambda pair: (-pair[1], pair[0]))[:k]
        return found

    def vector(self, collection: str, row: int) -> Vectors:
        """Return the vector of one row, shape (dimension,), as kept: float16 rounded, so its length is 1 within 0.001."""
        return np.asarray(self._vectors[collection][row], dtype=np.float32)

    def vector_counts(self) -> dict[str, int]:
        """Return how many vectors Chroma holds in each collection."""
        return {name: int(collection.count()) for name, collection in self._collections.items()}

    def kept_counts(self) -> dict[str, int]:
        """Return how many vectors of the model's dimension are kept beside Chroma."""
        return {
            n: len(v) if v.ndim == 2 and v.shape[1] == self.manifest.dimension else 0 for n, v in self._vectors.items()
        }

    def agreement(self, collection: str, rows: Sequence[int]) -> list[float]:
        """Return for each row the cosine of Chroma's vector and the one kept beside it: 1 within 0.001 unless one is damaged."""
        found = self._collections[collection].get(ids=[str(row) for row in dict.fromkeys(rows)], include=["embeddings"])
        theirs = dict(zip(map(int, found["ids"]), np.asarray(found["embeddings"]), strict=True))
        return [float(theirs[row] @ self.vector(collection, row)) for row in rows]

    def similarities(self, collection: str, rows: Sequence[int], vector: Vectors) -> npt.NDArray[np.float32]:
        """Return the similarity of the given rows to a vector, shape (rows,)."""
        picked = self._vectors[collection][np.asarray(rows, dtype=np.int64)]
        return np.asarray(picked.astype(np.float32) @ vector, dtype=np.float32)


def open_store(settings: IndexSettings) -> Store:
    """Open the current generation.

    Raises:
        StoreMissing: nothing was built yet, or the generation is incomplete.
        StoreMismatch: it was built with other settings or by another version; the message names the command that mends it.
    """
    folder = current_generation(settings)
    if folder is None or not folder.is_dir():
        raise StoreMissing(f"There is no index in {str(index_folder(settings))!r} yet; run: {BUILD}")
    manifest = read_manifest(folder)
    refuse_mismatch(manifest, settings)
    try:
        return Store(folder, manifest)
    except Exception as error:  # a missing or cut file: SQLite, Chroma and numpy each raise their own
        raise damaged(folder, error) from error


def damaged(folder: Path, error: Exception) -> StoreError:
    """Return the error that says which index is damaged, how, and what mends it."""
    reason = " ".join(str(error).split())[:160]
    return StoreError(f"The index {folder.name!r} is damaged ({type(error).__name__}: {reason}); run: {BUILD} --force")


def write_collections(folder: Path, vectors: dict[str, Vectors]) -> Iterator[int]:
    """Write the Chroma collections and the float16 copies of a new generation; yields how many rows were just added."""
    from chromadb.api.collection_configuration import CreateCollectionConfiguration, CreateHNSWConfiguration

    client = open_client(folder / "chroma")
    # With Chroma's defaults two builds of the same sentences agreed on 87 % of result lists, with these on 98.8 % (passages: all), with
    # ef_construction 400 on 99.8 %; but that made writing to Chroma twice as long, and no answer to 570 cases was another.
    try:
        batch = client.get_max_batch_size()
        for name in COLLECTIONS:
            rows = vectors[name]
            np.save(folder / f"{name}.npy", rows.astype(np.float16))
            # The graph is saved whole, once. What Chroma has not saved (by default up to 1,000 rows) it puts in anew, and by chance
            # otherwise, each time the folder is opened: what was checked would not be what is read.
            whole = max(2, len(rows))
            configuration = CreateCollectionConfiguration(
                hnsw=CreateHNSWConfiguration(
                    space="cosine",
                    ef_construction=200,
                    ef_search=400,
                    max_neighbors=32,
                    batch_size=min(100, whole),
                    sync_threshold=whole,
                )
            )
            collection = client.create_collection(name, configuration=configuration, embedding_function=None)
            for i in range(0, len(rows), batch):
                part = rows[i : i + batch]
                collection.add(ids=[str(i + j) for j in range(len(part))], embeddings=part)
                yield len(part)
    finally:
        client.close()


def _let_go(client: "Client", searches: ThreadPoolExecutor) -> None:
    searches.shutdown(wait=False)
    client.close()


def open_client(folder: Path) -> "Client":
    """Return a Chroma client of a folder; whoever opens it closes it, or Chroma keeps it for the rest of the process."""
    import chromadb
    from chromadb.config import Settings

    client = chromadb.PersistentClient(folder, Settings(anonymized_telemetry=False))
    return cast("Client", client)  # declared as its abstract base, which lacks close()
