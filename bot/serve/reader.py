"""The reader view: one document as a page, from the index's own copy, with the characters of a citation highlighted."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from bot.serve.highlight import Marked, Run, cut, parse_span
from corpus.references import Reference
from index.store import Store
from index.texts import StoredDocument, StoredSentence

MAX_CITED = 50
_GAP = re.compile(r"\n\n")


@dataclass(frozen=True, kw_only=True)
class Note:
    """The mark behind a sentence that leads to one of its references; `number` is that of the reference on this page."""

    number: int
    anchor: str


@dataclass(frozen=True, kw_only=True)
class Part:
    """A sentence or what stands between two: its runs, the notes behind it, and the page that begins with it, if one does."""

    runs: tuple[Run, ...]
    notes: tuple[Note, ...] = ()
    page: int | None = None


@dataclass(frozen=True, kw_only=True)
class Block:
    """A heading or a paragraph; `gap` is the space after it. `who` gives an account of what is disputed; `anchor` is a heading's."""

    parts: tuple[Part, ...]
    gap: tuple[Run, ...]
    anchor: str = ""
    title: bool = False
    who: str | None = None
    dispute: int | None = None


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A reference of the page with its number and the anchor of the first note that leads to it."""

    number: int
    reference: Reference
    anchor: str
    uses: int


@dataclass(frozen=True, kw_only=True)
class Cited:
    """One citation of the answer that a reader came from."""

    document_id: str
    title: str
    start: int
    end: int
    here: bool


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A document laid out for reading: groups of blocks (those of a disputed claim together), contents and references."""

    document: StoredDocument
    groups: tuple[tuple[Block, ...], ...]
    contents: tuple[tuple[str, str], ...]
    references: tuple[Listed, ...]
    spans: tuple[Marked, ...]


def lay_out(store: Store, document: StoredDocument, spans: Sequence[Marked]) -> Reading:
    """Return the document for reading, the spans marked; spans are in order and do not overlap."""
    sentences = store.texts.sentences_of(document.id)
    keys = list(dict.fromkeys(key for s in sentences for key in s.references))
    entries = store.texts.references(keys)
    numbers = {key: n for n, key in enumerate((k for k in keys if k in entries), 1)}
    blocks = list(_blocks(document, sentences, numbers, tuple(spans)))
    groups = tuple(tuple(group) for _, group in groupby(blocks, key=_group))
    first: dict[int, str] = {}
    uses: dict[int, int] = {}
    for note in (note for b in blocks for p in b.parts for note in p.notes):
        first.setdefault(note.number, note.anchor)
        uses[note.number] = uses.get(note.number, 0) + 1
    return Reading(
        document=document,
        groups=groups,
        contents=tuple((f"section-{n}", title) for n, (title, _, _) in enumerate(document.sections) if title),
        references=tuple(
            Listed(number=n, reference=entries[key], anchor=first[n], uses=uses[n]) for key, n in numbers.items()
        ),
        spans=tuple(spans),
    )


def read_cited(values: Iterable[str], store: Store, document_id: str, spans: Sequence[Marked]) -> tuple[Cited, ...]:
    """Return the citations of the answer that `cited` parameters name, `DOCUMENT:START-END`; others are passed over."""
    found = []
    for value in list(values)[:MAX_CITED]:
        other, _, offsets = value.rpartition(":")
        span, document = parse_span(offsets), store.document(other)
        if span is not None and document is not None:
            here = other == document_id and any(span.start == s.start and span.end == s.end for s in spans)
            found.append(Cited(document_id=other, title=document.title, start=span.start, end=span.end, here=here))
    return tuple(found)


def _group(block: Block) -> tuple[str, object]:
    return ("dispute", block.dispute) if block.dispute is not None else ("text", None)


def _blocks(
    document: StoredDocument,
    sentences: Sequence[StoredSentence],
    numbers: dict[str, int],
    spans: tuple[Marked, ...],
) -> Iterator[Block]:
    """Yield the blocks of a text in order: joined with their gaps they are the text."""
    headings = {start: n for n, (_, start, _) in enumerate(document.sections) if n}
    ends = [match.span() for match in _GAP.finditer(document.text)] + [(len(document.text), len(document.text))]
    start, at = 0, 0
    note, page = 0, None
    for end, following in ends:
        within = []
        while at < len(sentences) and sentences[at].source_start < end:
            within.append(sentences[at])
            at += 1
        parts = []
        for part in _parts(document.text, start, end, within, numbers, spans):
            notes = tuple(replace(n, anchor=f"note-{note + i}") for i, n in enumerate(part.notes, 1))
            note += len(notes)
            parts.append(replace(part, notes=notes, page=part.page if part.page != page else None))
            page = part.page or page
        section = headings.get(start) if not within else None
        yield Block(
            parts=tuple(parts),
            gap=cut(document.text, end, following, spans),
            anchor=f"section-{section}" if section is not None else "",
            title=section is not None and not document.sections[section][0],
            who=within[0].who if within else None,
            dispute=within[0].dispute if within else None,
        )
        start = following


def _parts(
    text: str,
    start: int,
    end: int,
    sentences: Sequence[StoredSentence],
    numbers: dict[str, int],
    spans: tuple[Marked, ...],
) -> Iterator[Part]:
    at = start
    for sentence in sentences:
        if at < sentence.source_start:
            yield Part(runs=cut(text, at, sentence.source_start, spans))
        at = min(sentence.source_end, end)
        notes = tuple(Note(number=numbers[key], anchor="") for key in sentence.references if key in numbers)
        yield Part(runs=cut(text, sentence.source_start, at, spans), notes=notes, page=sentence.page)
    if at < end:
        yield Part(runs=cut(text, at, end, spans))
