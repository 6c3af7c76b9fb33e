"""Filters on a question: which sentences may answer it, by topic, years, perspective and document.

All that are given must hold. A sentence's years are those of its event date, else those that it names, else that of its document's
publication; its perspectives are those of its references, else that of its document. A disputed claim that is found is still
quoted whole, with every account of it, and a sentence that leans on the one before it with that one.
"""

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from bot.messages import say
from corpus.errors import FilterError
from corpus.references import PERSPECTIVES
from index.store import Store
from index.texts import StoredDocument

NAMES = ("topic", "years", "perspective", "document")
EARLIEST, LATEST = 1, 9999
MOST = 50
"""Values of one filter at most."""
_YEAR = re.compile(r"\b[12]\d{3}\b")
_YEARS = re.compile(r"(\d{1,4})?\s*(?:(-|–|/)\s*(\d{1,4})?)?", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What an answer may be quoted from; what is empty lets everything through. `years` are first and last, ends included."""

    topic: tuple[str, ...] = ()
    years: tuple[int, int] | None = None
    perspective: tuple[str, ...] = ()
    document: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Tell whether anything is filtered."""
        return bool(self.topic or self.years or self.perspective or self.document)

    def to_dict(self) -> dict[str, Any]:  # Any: JSON values
        """Return the filters that are set, as lists; `read_filters` reads them again."""
        return {name: list(getattr(self, name)) for name in NAMES if getattr(self, name)}


NONE = Filters()


@dataclass(frozen=True, kw_only=True)
class Within:
    """What filters let through of an index: rows of sentences and of chunks, and the documents they stand in."""

    rows: frozenset[int]
    chunks: tuple[int, ...]
    documents: frozenset[str]

    @property
    def sentences(self) -> list[int]:
        """The rows of the sentences in order."""
        return sorted(self.rows)


@dataclass(frozen=True, kw_only=True)
class _Label:
    row: int
    chunk: int
    document: str
    years: tuple[int, ...]
    perspectives: frozenset[str]


def read_filters(
    given: Mapping[str, Any] | Filters | None, store: Store, gone: frozenset[str] = frozenset()
) -> Filters:
    """Return filters read from what a surface got: a text or a list for each name, `2000-2010` or [2000, 2010] for years.

    Any: JSON values, of whatever type a reader sent.

    Raises:
        FilterError: a name or value that this corpus does not have; the message names those there are.
    """
    if not given:
        return NONE
    values = given.to_dict() if isinstance(given, Filters) else given
    for name in values:
        if name not in NAMES:
            raise FilterError(f"There is no filter {name!r}; the filters are {_listed(NAMES)}.")
    documents = [d for d in store.texts.documents() if d.id not in gone]
    topic, perspective, document = (_texts(name, values.get(name)) for name in ("topic", "perspective", "document"))
    _refuse_unknown("topic", topic, dict.fromkeys(d.topic for d in documents))
    _refuse_unknown("perspective", perspective, PERSPECTIVES)
    _refuse_unknown_documents(document, documents)
    return Filters(topic=topic, years=read_years(values.get("years")), perspective=perspective, document=document)


def read_stored(values: Mapping[str, Any]) -> Filters:  # Any: JSON values
    """Return the filters of an answer, `Filters.to_dict()` read again; whether a corpus has them is not asked."""
    texts = {name: _texts(name, values.get(name)) for name in ("topic", "perspective", "document")}
    return Filters(years=read_years(values.get("years")), **texts)


def find_within(filters: Filters, store: Store) -> Within | None:
    """Return what the filters let through of an index, or None if that is everything."""
    if not filters:
        return None
    topics = {d.id: d.topic for d in store.texts.documents()}
    kept = [
        label
        for label in _labels(store)
        if (not filters.topic or topics[label.document] in filters.topic)
        and (not filters.document or label.document in filters.document)
        and (not filters.perspective or not label.perspectives.isdisjoint(filters.perspective))
        and (filters.years is None or any(filters.years[0] <= y <= filters.years[1] for y in label.years))
    ]
    return Within(
        rows=frozenset(label.row for label in kept),
        chunks=tuple(sorted({label.chunk for label in kept})),
        documents=frozenset(label.document for label in kept),
    )


_KEPT: "WeakKeyDictionary[Store, tuple[_Label, ...]]" = WeakKeyDictionary()
"""The labels of an index that is open; an index never changes."""


def _labels(store: Store) -> tuple[_Label, ...]:
    if store not in _KEPT:
        _KEPT[store] = tuple(_label_all(store))
    return _KEPT[store]


def _label_all(store: Store) -> Iterable[_Label]:
    documents = {d.id: d for d in store.texts.documents()}
    found = store.texts.labelled()
    voices = {key: reference.perspective for key, reference in store.texts.bibliography().items()}
    for row, chunk, document_id, keys, date, text in found:
        document = documents[document_id]
        named = frozenset(voices[key] for key in keys if key in voices)
        yield _Label(
            row=row,
            chunk=chunk,
            document=document_id,
            years=_years_of(date) or _years_of(text) or _years_of(document.issued),
            perspectives=named or frozenset({document.perspective}),
        )


def _years_of(text: str | None) -> tuple[int, ...]:
    return tuple(int(year) for year in _YEAR.findall(text or ""))


def _texts(name: str, value: Any) -> tuple[str, ...]:  # Any: JSON values
    values = [value] if isinstance(value, str) else value
    if values is None:
        return ()
    if not isinstance(values, Sequence) or not all(isinstance(v, str) for v in values):
        raise FilterError(f"The filter {name!r} cannot be {_shown(value)}; give a text or a list of texts.")
    if len(values) > MOST:
        raise FilterError(f"The filter {name!r} has {len(values)} values; give at most {MOST}.")
    return tuple(dict.fromkeys(v.strip() for v in values if v.strip()))


def read_years(value: Any) -> tuple[int, int] | None:  # Any: JSON values
    """Return first and last year of `2010`, `2000-2010`, `2000-`, `-2010`, 2010 or [2000, 2010]; None of nothing."""
    if value is None or value == "" or value == []:
        return None
    if isinstance(value, Sequence) and not isinstance(value, str) and 1 <= len(value) <= 2:
        value = "-".join(str(part) for part in value)
    match = (
        _YEARS.fullmatch(str(value).strip()) if isinstance(value, str | int) and not isinstance(value, bool) else None
    )
    if match is None or not (match[1] or match[3]):
        raise FilterError(f"The filter 'years' cannot be {_shown(value)}; write a year or a span such as 2000-2010.")
    first = int(match[1] or EARLIEST)
    last = int(match[3] or LATEST) if match[2] else first
    if first > last:
        raise FilterError(
            f"The filter 'years' cannot be {_shown(value)}: it ends before it begins; write {last}-{first}."
        )
    return first, last


def _refuse_unknown(name: str, values: Iterable[str], known: Iterable[str]) -> None:
    there = list(known)
    for value in values:
        if value not in there:
            raise FilterError(f"There is no {name} {_shown(value)}; choose among {_listed(there)}.")


def _refuse_unknown_documents(values: Iterable[str], documents: Sequence[StoredDocument]) -> None:
    ids = [d.id for d in documents]
    for value in values:
        if value not in ids:
            close = difflib.get_close_matches(value[:100], ids, n=3, cutoff=0.5)
            hint = f"did you mean {_listed(close)}?" if close else f"the first are {_listed(ids[:5])}."
            raise FilterError(f"There is no document {_shown(value)} in this corpus; {hint}")


def _listed(values: Iterable[str]) -> str:
    return ", ".join(repr(value) for value in values)


def _shown(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= 80 else shown[:77] + "..."


def say_filters(filters: Filters, language: str = "en") -> str:
    """Return what an abstention adds under filters, in the reader's language."""
    return say("filters.only", language, filters=describe_filters(filters, language))


def describe_filters(filters: Filters, language: str = "en") -> str:
    """Return the filters in one line: "topic: economy; years: 2000–2010"."""
    parts = []
    for name, values in filters.to_dict().items():
        parts.append(
            f"{say(f'filters.{name}', language)}: {describe_years(filters.years) if name == 'years' else ', '.join(values)}"
        )
    return "; ".join(parts)


def describe_years(years: tuple[int, int] | None) -> str:
    """Return a span of years as a reader writes it; an end that is open stays open."""
    if years is None:
        return ""
    first, last = years
    if first == last:
        return str(first)
    return f"{first if first > EARLIEST else ''}–{last if last < LATEST else ''}"
