"""Check that a generation is whole: what was written is there, is what it should be, and is found."""

from collections.abc import Callable

import numpy as np

from corpus.errors import StoreError
from index.manifest import BUILD
from index.store import COLLECTIONS, Store, damaged

Progress = Callable[[str, int, int], None]
"""Called with (what is being done, how much of it is done, how much there is)."""

SELF_QUERY_K = 3


class NotFound(StoreError):
    """A sentence of the index is there, and the search does not find it."""


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
    for number, (document_id, row) in enumerate(starts, 1):
        vector = store.vector("sentences", row)
        best = store.nearest("sentences", vector, SELF_QUERY_K)
        # Equal sentences may stand in several documents: the vector must find a twin as close as itself.
        if not best or best[0][1] < float(np.dot(vector, vector)) - 0.01:
            raise NotFound(
                f"The index {store.folder.name!r} does not find the document {document_id!r}; run: {BUILD} --force"
            )
        progress("Checking", number, len(starts))
