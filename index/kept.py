"""Rows kept in memory once they were read: a generation never changes, so what was read once holds."""

from collections.abc import Callable, Iterable
from typing import Generic, Protocol, TypeVar

KEPT = 8_192
"""Rows that are kept; of chunks or of sentences about 10 MB at most."""


class Numbered(Protocol):
    """Whatever stands in a row."""

    @property
    def row(self) -> int:
        """Its number."""


Item = TypeVar("Item", bound=Numbered)


class Kept(Generic[Item]):
    """The rows of one table that were read; safe to use from several threads."""

    def __init__(self) -> None:
        self._items: dict[int, Item] = {}

    def __len__(self) -> int:
        return len(self._items)

    def read(self, rows: Iterable[int], fetch: Callable[[Iterable[int]], Iterable[Item]]) -> dict[int, Item]:
        """Return what stands in these rows, by row in order; `fetch` reads those that are not kept."""
        wanted = set(rows)
        found = {row: item for row in wanted if (item := self._items.get(row)) is not None}
        missing = wanted - found.keys()
        if missing:
            new = {item.row: item for item in fetch(missing)}
            found |= new
            if len(self._items) + len(new) > KEPT:  # another thread may be reading: it holds on to what it found
                self._items.clear()
            if len(new) <= KEPT:
                self._items.update(new)
        return dict(sorted(found.items()))
