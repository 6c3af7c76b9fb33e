"""Embeddings kept by content hash, so that a rebuild embeds only what changed."""

import hashlib
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from corpus.errors import StoreError
from index.embed import Embedder, Vectors
from index.manifest import BUILD

SLICE = 512
"""Texts embedded between two writes to disk; long enough that sorting by length inside the model pays."""


class CachedEmbedder:
    """Embeds documents through a cache file. One writer at a time: use it under the build lock."""

    def __init__(self, embedder: Embedder, path: Path) -> None:
        self.model = embedder
        self._prefix = f"{embedder.name}\0{embedder.revision}\0{embedder.max_tokens}\0{embedder.dimension}\0"
        path.parent.mkdir(parents=True, exist_ok=True)
        self._connection = _open(path)
        self.embedded = 0
        self.reused = 0

    def embed(self, texts: Sequence[str], done: Callable[[int], None] = lambda count: None) -> Vectors:
        """Return one vector for each text, shape (texts, dimension), embedding each different text once at most.

        Args:
            texts: any number of texts.
            done: called with the number of texts dealt with since the last call.
        """
        keys = [hashlib.sha256((self._prefix + text).encode()).digest() for text in texts]
        known = self._read(set(keys))
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        self.embedded += len(missing)
        self.reused += len(set(keys)) - len(missing)
        done(len(texts) - len(missing))
        pending = list(missing.items())
        for i in range(0, len(pending), SLICE):
            part = pending[i : i + SLICE]
            vectors = self.model.embed_documents([text for _, text in part])
            fresh = {key: vector for (key, _), vector in zip(part, vectors, strict=True)}
            self._write(fresh)
            known |= fresh
            done(len(part))
        rows = [known[key] for key in keys]
        return np.stack(rows) if rows else np.zeros((0, self.model.dimension), dtype=np.float32)

    def close(self) -> None:
        """Close the cache file."""
        self._connection.close()

    def _read(self, keys: set[bytes]) -> dict[bytes, Vectors]:
        found: dict[bytes, Vectors] = {}
        wanted = list(keys)
        for i in range(0, len(wanted), 500):
            part = wanted[i : i + 500]
            query = f"select key, vector from vectors where key in ({','.join('?' * len(part))})"
            for key, vector in self._connection.execute(query, part):
                if len(vector) == 4 * self.model.dimension:
                    found[key] = np.frombuffer(vector, dtype=np.float32)
        return found

    def _write(self, vectors: dict[bytes, Vectors]) -> None:
        with self._connection:
            rows = [(key, vector.astype(np.float32).tobytes()) for key, vector in vectors.items()]
            self._connection.executemany("insert or replace into vectors values (?, ?)", rows)


def _open(path: Path) -> sqlite3.Connection:
    """Open the cache file; one that is no database any more is a cache lost, not an error, and is begun anew."""
    for last in (False, True):
        connection = sqlite3.connect(path)
        try:
            connection.execute("pragma journal_mode = wal")
            connection.execute(
                "create table if not exists vectors (key blob primary key, vector blob not null) without rowid"
            )
            connection.execute("select count(*) from vectors").fetchone()
            return connection
        except sqlite3.DatabaseError as error:
            connection.close()
            if last:
                raise StoreError(
                    f"The embedding cache {str(path)!r} cannot be used ({error}); delete it and run: {BUILD}"
                ) from error
            for file in (path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")):
                file.unlink(missing_ok=True)
    raise AssertionError("unreachable")
