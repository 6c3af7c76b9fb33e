"""The documents and the bibliography of an index, to browse and to search by words, topic, years and perspective."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from corpus.references import Reference
from index.lexical import tokenise
from index.store import Store
from index.texts import StoredDocument


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A document with how many sentences it has, the voices they rest on, and the years that they tell of."""

    document: StoredDocument
    sentences: int
    voices: frozenset[str]
    years: frozenset[int]


@dataclass(frozen=True, kw_only=True)
class Source:
    """A reference with the documents that cite it."""

    reference: Reference
    documents: tuple[StoredDocument, ...]


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a reader looks for; what is empty leaves everything in."""

    words: str = ""
    topic: str = ""
    perspective: str = ""
    years: tuple[int, int] | None = None

    def within(self, years: Iterable[int]) -> bool:
        """Tell whether any of the years is wanted."""
        return self.years is None or any(self.years[0] <= year <= self.years[1] for year in years)


@dataclass(frozen=True, kw_only=True)
class _Shelf:
    entries: tuple[Entry, ...]
    sources: tuple[Source, ...]


_SHELVES: "WeakKeyDictionary[Store, _Shelf]" = WeakKeyDictionary()
"""What was read of an index that is open; an index never changes."""


def find_documents(store: Store, wanted: Wanted, gone: frozenset[str] = frozenset()) -> list[Entry]:
    """Return the documents wanted: with words those that hold them, the best first, else all in order."""
    found = [
        entry
        for entry in _shelf(store).entries
        if entry.document.id not in gone
        and (not wanted.topic or entry.document.topic == wanted.topic)
        and (not wanted.perspective or wanted.perspective in entry.voices)
        and wanted.within(entry.years)
    ]
    if not wanted.words.strip():
        return found
    ranks = _ranks(store, wanted.words)
    return sorted((e for e in found if e.document.id in ranks), key=lambda e: ranks[e.document.id])


def find_sources(store: Store, wanted: Wanted, gone: frozenset[str] = frozenset()) -> list[Source]:
    """Return the references wanted, by title: all the words stand in title, publisher or key, in whatever order."""
    words = wanted.words.casefold().split()
    found = []
    for source in _shelf(store).sources:
        r = source.reference
        documents = tuple(d for d in source.documents if d.id not in gone)
        text = f"{r.title} {r.publisher} {r.id}".casefold()
        if (
            documents
            and all(word in text for word in words)
            and (not wanted.topic or any(d.topic == wanted.topic for d in documents))
            and wanted.perspective in ("", r.perspective)
            and wanted.within([int(r.issued[:4])] if r.issued else [])
        ):
            found.append(Source(reference=r, documents=documents))
    return found


def topics(store: Store) -> list[str]:
    """Return the topics of the documents in the order of the corpus."""
    return list(dict.fromkeys(entry.document.topic for entry in _shelf(store).entries))


def perspectives(store: Store) -> frozenset[str]:
    """Return the perspectives that there are."""
    return frozenset().union(*(entry.voices for entry in _shelf(store).entries))


def _ranks(store: Store, words: str) -> dict[str, int]:
    """Return the rank of each document that holds one of the words, by its best chunk (BM25)."""
    best = store.lexical.best(
        store.lexical.scores(tuple(dict.fromkeys(tokenise(words)))), len(store.texts.documents()) * 50
    )
    chunks = store.texts.chunks(row for row, _ in best)
    return {name: rank for rank, name in enumerate(dict.fromkeys(chunks[row].document_id for row, _ in best))}


def _shelf(store: Store) -> _Shelf:
    if store not in _SHELVES:
        _SHELVES[store] = _read(store)
    return _SHELVES[store]


def _read(store: Store) -> _Shelf:
    documents = {d.id: d for d in store.texts.documents()}
    bibliography = store.texts.bibliography()
    counts = dict.fromkeys(documents, 0)
    voices: Mapping[str, set[str]] = {name: set() for name in documents}
    years: Mapping[str, set[int]] = {name: set() for name in documents}
    cited: dict[str, dict[str, None]] = {}
    for _, _, name, keys, date, _ in store.texts.labelled():
        counts[name] += 1
        voices[name].update(bibliography[key].perspective for key in keys if key in bibliography)
        if date and date[:4].isdigit():
            years[name].add(int(date[:4]))
        for key in keys:
            cited.setdefault(key, {})[name] = None
    entries = tuple(
        Entry(
            document=d,
            sentences=counts[d.id],
            voices=frozenset(voices[d.id] or {d.perspective}),
            years=frozenset(years[d.id] or ({int(d.issued[:4])} if d.issued and d.issued[:4].isdigit() else set())),
        )
        for d in documents.values()
    )
    sources = tuple(
        Source(reference=bibliography[key], documents=tuple(documents[name] for name in names))
        for key, names in cited.items()
        if key in bibliography
    )
    return _Shelf(entries=entries, sources=tuple(sorted(sources, key=lambda s: s.reference.title.casefold())))
