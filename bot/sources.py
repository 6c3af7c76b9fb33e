"""A source as an answer shows it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from corpus.references import Reference


@dataclass(frozen=True, kw_only=True)
class CitedReference:
    """A source that the cited sentence names."""

    id: str
    title: str
    publisher: str
    issued: str | None
    url: str | None
    perspective: str


def cited_references(keys: Iterable[str], entries: Mapping[str, Reference]) -> tuple[CitedReference, ...]:
    """Return the sources with these keys in order, each once; a key that the bibliography lacks is left out."""
    return tuple(
        CitedReference(
            id=r.id, title=r.title, publisher=r.publisher, issued=r.issued, url=r.url, perspective=r.perspective
        )
        for r in (entries[key] for key in dict.fromkeys(keys) if key in entries)
    )
