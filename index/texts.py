"""The texts of one generation in SQLite: documents, chunks, sentences and references as they were when it was built.

Citations, the reader page and verification read this copy and no other, so an answer can never quote a text that changed
under it. Rows are numbered from 0 in corpus order; row n of chunks and sentences is vector n.
"""

import json
import sqlite3
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from corpus.documents import Document
from corpus.references import Reference
from index.chunks import Chunk
from index.kept import Kept
from index.lexical import tokenise

_SCHEMA = """
create table documents (position integer primary key, id text unique not null, meta text not null, text text not null);
create table chunks (row integer primary key, id text unique not null, document text not null, header text not null,
    tokens text not null, source_start integer not null, source_end integer not null, first integer not null, last integer not null);
create table sentences (row integer primary key, document text not null, chunk integer not null, source_start integer not null,
    source_end integer not null, paragraph integer not null, section integer not null, refs text not null, date text,
    dispute integer, who text, text text not null, tokens text not null, page integer);
create index disputes on sentences (document, dispute) where dispute is not null;
create index pages on sentences (document, source_start) where page is not null;
create table bibliography (id text primary key, entry text not null);
create table suggestions (position integer primary key, document text not null, question text not null, tokens text not null);
"""

_DOCUMENT_FIELDS = (
    "id", "title", "creator", "publisher", "issued", "language", "kind", "topic", "as_of", "rights", "url", "perspective", "revision",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class StoredDocument:
    """A document of this generation: metadata, clean text, section headings with their offsets, question suggestions."""

    id: str
    title: str
    creator: str
    publisher: str
    issued: str | None
    language: str
    kind: str
    topic: str
    as_of: str | None
    rights: str
    url: str | None
    perspective: str
    revision: str
    sections: tuple[tuple[str, int, int], ...]
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class StoredChunk:
    """A chunk as stored; `first` and `last` are sentence rows, first and one past the last."""

    row: int
    id: str
    document_id: str
    header: str
    header_tokens: frozenset[str]
    source_start: int
    source_end: int
    first: int
    last: int


@dataclass(frozen=True, kw_only=True)
class StoredSentence:
    """A sentence as stored, with its search tokens in order."""

    row: int
    document_id: str
    chunk: int
    source_start: int
    source_end: int
    paragraph: int
    section: int
    references: tuple[str, ...]
    date: str | None
    dispute: int | None
    who: str | None
    text: str
    tokens: tuple[str, ...]
    page: int | None = None


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """A question that a document answers."""

    document_id: str
    question: str
    tokens: frozenset[str]


def write_texts(
    path: Path,
    documents: Sequence[Document],
    chunks: Sequence[Chunk],
    references: Mapping[str, Reference],
) -> None:
    """Write the SQLite file of a generation."""
    connection = sqlite3.connect(path)
    with connection:
        connection.executescript(_SCHEMA)
        connection.executemany("insert into documents values (?, ?, ?, ?)", _document_rows(documents))
        _write_chunks(connection, documents, chunks)
        cited = {key for d in documents for s in d.sentences for key in s.references}
        entries = [
            (
                r.id,
                json.dumps(
                    {k: v for k, v in asdict(r).items() if k not in ("path", "line")},
                    ensure_ascii=False,
                ),
            )
            for r in references.values()
            if r.id in cited
        ]
        connection.executemany("insert into bibliography values (?, ?)", entries)
        questions = [(d.id, q, " ".join(tokenise(q))) for d in documents for q in d.questions]
        connection.executemany("insert into suggestions (document, question, tokens) values (?, ?, ?)", questions)
    connection.close()


def _document_rows(documents: Sequence[Document]) -> Iterable[tuple[int, str, str, str]]:
    for position, document in enumerate(documents):
        meta = {name: getattr(document, name) for name in _DOCUMENT_FIELDS}
        meta["sections"] = [(s.title, s.start, s.end) for s in document.sections]
        yield position, document.id, json.dumps(meta, ensure_ascii=False), document.text


def _write_chunks(connection: sqlite3.Connection, documents: Sequence[Document], chunks: Sequence[Chunk]) -> None:
    by_id = {d.id: d for d in documents}
    row = 0
    chunk_rows: list[tuple[object, ...]] = []
    sentence_rows: list[tuple[object, ...]] = []
    for number, chunk in enumerate(chunks):
        first, last = chunk.sentences
        chunk_rows.append(
            (number, chunk.id, chunk.document_id, chunk.header, " ".join(tokenise(chunk.header)), chunk.source_start,
             chunk.source_end, row, row + last - first)
        )  # fmt: skip
        document = by_id[chunk.document_id]
        for s in document.sentences[first:last]:
            text = document.quote(s.start, s.end)
            sentence_rows.append(
                (row, document.id, number, s.start, s.end, s.paragraph, s.section, json.dumps(s.references), s.date, s.dispute,
                 s.who, text, " ".join(tokenise(text)), s.page)
            )  # fmt: skip
            row += 1
    connection.executemany("insert into chunks values (?, ?, ?, ?, ?, ?, ?, ?, ?)", chunk_rows)
    connection.executemany("insert into sentences values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", sentence_rows)


class Texts:
    """Reads one generation's texts; safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        self._uri = path.absolute().as_uri() + "?mode=ro&immutable=1"
        self._local = threading.local()
        self._chunks = Kept[StoredChunk]()
        self._sentences = Kept[StoredSentence]()

    def _all(self, query: str, *values: object) -> list[tuple[object, ...]]:
        connection = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = sqlite3.connect(self._uri, uri=True, check_same_thread=False)
        return list(connection.execute(query, values))

    def counts(self) -> tuple[int, int, int]:
        """Return the numbers of documents, chunks and sentences."""
        names = ("documents", "chunks", "sentences")
        documents, chunks, sentences = (int(str(self._all(f"select count(*) from {n}")[0][0])) for n in names)
        return documents, chunks, sentences

    def first_sentences(self) -> list[tuple[str, int]]:
        """Return (document id, row of its first sentence) for each document that has one."""
        rows = self._all("select document, min(row) from sentences group by document order by min(row)")
        return [(str(document), _int(row)) for document, row in rows]

    def document(self, document_id: str) -> StoredDocument | None:
        """Return a document with its text, or None."""
        rows = self._all("select meta, text from documents where id = ?", document_id)
        return _document(*rows[0]) if rows else None

    def documents(self) -> list[StoredDocument]:
        """Return every document in order, without its text."""
        return [_document(meta, "") for (meta,) in self._all("select meta from documents order by position")]

    def chunks(self, rows: Iterable[int]) -> dict[int, StoredChunk]:
        """Return chunks by row."""
        select = "select row, id, document, header, tokens, source_start, source_end, first, last from chunks"
        return self._chunks.read(rows, lambda missing: map(_chunk, self._in(select, missing)))

    def chunks_of(self, rows: Iterable[int]) -> dict[int, int]:
        """Return the chunk row of each sentence row."""
        return {_int(row): _int(chunk) for row, chunk in self._in("select row, chunk from sentences", rows)}

    def sentences(self, rows: Iterable[int]) -> dict[int, StoredSentence]:
        """Return sentences by row."""
        select = (
            "select row, document, chunk, source_start, source_end, paragraph, section, refs, date, dispute, who, text, tokens, page"
            " from sentences"
        )
        return self._sentences.read(rows, lambda missing: map(_sentence, self._in(select, missing)))

    def sentences_of(self, document_id: str) -> list[StoredSentence]:
        """Return the sentences of a document in order."""
        rows = self._all("select row from sentences where document = ? order by source_start", document_id)
        return sorted(self.sentences(_int(row) for (row,) in rows).values(), key=lambda s: s.source_start)

    def labelled(self) -> list[tuple[int, int, str, tuple[str, ...], str | None, str]]:
        """Return of every sentence in order: row, chunk, document, keys of its references, event date, text."""
        rows = self._all("select row, chunk, document, refs, date, text from sentences order by row")
        return [(_int(r), _int(c), str(d), tuple(json.loads(str(k))), _date(s), str(t)) for r, c, d, k, s, t in rows]

    def dispute(self, document_id: str, dispute: int) -> list[StoredSentence]:
        """Return the sentences of a disputed block in order."""
        rows = self._all("select row from sentences where document = ? and dispute = ?", document_id, dispute)
        return [sentence for _, sentence in sorted(self.sentences(_int(row) for (row,) in rows).items())]

    def page(self, document_id: str, position: int) -> int | None:
        """Return the page that the text at this offset of a document stands on, or None if the document has no pages."""
        rows = self._all(
            "select page from sentences where document = ? and source_start <= ? and page is not null"
            " order by source_start desc limit 1",
            document_id,
            position,
        )
        return _int(rows[0][0]) if rows else None

    def references(self, keys: Iterable[str]) -> dict[str, Reference]:
        """Return bibliography entries by key; unknown keys are left out."""
        wanted = list(dict.fromkeys(keys))
        rows = self._all(f"select entry from bibliography where id in ({','.join('?' * len(wanted))})", *wanted)
        entries = [Reference(**json.loads(str(entry))) for (entry,) in rows]
        return {entry.id: entry for entry in entries}

    def bibliography(self) -> dict[str, Reference]:
        """Return every entry of the bibliography that a sentence cites, by key."""
        entries = [Reference(**json.loads(str(entry))) for (entry,) in self._all("select entry from bibliography")]
        return {entry.id: entry for entry in entries}

    def suggestions(self) -> list[Suggestion]:
        """Return the questions that documents say they answer, in corpus order."""
        rows = self._all("select document, question, tokens from suggestions order by position")
        return [Suggestion(document_id=str(d), question=str(q), tokens=frozenset(str(t).split())) for d, q, t in rows]

    def _in(self, select: str, rows: Iterable[int]) -> list[tuple[object, ...]]:
        wanted = sorted(set(rows))
        found: list[tuple[object, ...]] = []
        for i in range(0, len(wanted), 500):
            part = wanted[i : i + 500]
            found += self._all(f"{select} where row in ({','.join(map(str, part))})")
        return found


def _document(meta: object, text: object) -> StoredDocument:
    data = json.loads(str(meta))
    sections = tuple((str(t), int(s), int(e)) for t, s, e in data.pop("sections"))
    return StoredDocument(**data, sections=sections, text=str(text))


def _chunk(values: tuple[object, ...]) -> StoredChunk:
    row, chunk_id, document, header, tokens, start, end, first, last = values
    return StoredChunk(
        row=_int(row), id=str(chunk_id), document_id=str(document), header=str(header), header_tokens=frozenset(str(tokens).split()),
        source_start=_int(start), source_end=_int(end), first=_int(first), last=_int(last),
    )  # fmt: skip


def _sentence(values: tuple[object, ...]) -> StoredSentence:
    row, document, chunk, start, end, paragraph, section, refs, date, dispute, who, text, tokens, page = values
    return StoredSentence(
        row=_int(row), document_id=str(document), chunk=_int(chunk), source_start=_int(start), source_end=_int(end),
        paragraph=_int(paragraph), section=_int(section), references=tuple(json.loads(str(refs))),
        date=_date(date), dispute=None if dispute is None else _int(dispute),
        who=None if who is None else str(who), text=str(text), tokens=tuple(str(tokens).split()),
        page=None if page is None else _int(page),
    )  # fmt: skip


def _date(value: object) -> str | None:
    return None if value is None else str(value)


def _int(value: object) -> int:
    return int(value)  # type: ignore[call-overload, no-any-return]  # SQLite gives ints back as ints
