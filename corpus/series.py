"""Series: tables of values by period (`series/datapackage.json`, a Frictionless Data Package), each value with its source.

A table's own metadata says what it is about: `subject` is a list of groups of words, of which a question that asks for the table
names one each; `flow` says from where to where goods or money go, such as `russia-china`; `holder` whose share it is.
"""

import csv
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.errors import CorpusError

PERIOD = re.compile(r"(\d{4})(?:-\d{2}(?:-\d{2})?)?(?:/\d{4}-\d{2})?\Z")


@dataclass(frozen=True, kw_only=True)
class Point:
    """A value of a series as its source gives it; `whole` says that it is for a whole year. `basis` is whose figure it is."""

    period: str
    value: float
    text: str
    unit: str
    basis: str
    reference: str
    note: str

    @property
    def year(self) -> int:
        """The year in which the period begins."""
        return int(self.period[:4])

    @property
    def whole(self) -> bool:
        """Whether the value is for a whole year."""
        return len(self.period) == 4


@dataclass(frozen=True, kw_only=True)
class Table:
    """A series: what it is called and about, and its points in order."""

    id: str
    title: str
    description: str
    path: Path
    points: tuple[Point, ...]
    subject: tuple[tuple[str, ...], ...] = ()
    flow: str = ""
    holder: str = ""

    @property
    def unit(self) -> str:
        """The unit of its values; several are joined."""
        return " / ".join(dict.fromkeys(point.unit for point in self.points))


@dataclass(frozen=True, kw_only=True)
class Resource:
    """What a package says of one table."""

    name: str
    title: str
    path: Path
    about: dict[str, Any]  # Any: JSON values


def load_tables(folders: Iterable[Path]) -> tuple[Table, ...]:
    """Read the series that lie in the corpus folders or, for a folder called `texts`, beside them.

    Raises:
        CorpusError: a package or a table of it is not as it must be; the message names it.
    """
    return tuple(_table(one) for one in resources(folders))


def resources(folders: Iterable[Path]) -> Iterator[Resource]:
    """Yield what the packages of the corpus folders say of each table.

    Raises:
        CorpusError: a package is not as it must be; the message names it.
    """
    for folder in folders:
        for path in beside(folder, "series/datapackage.json"):
            yield from _package(path)


def rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the lines of a table, with their numbers; every one has a period.

    Raises:
        CorpusError: the file cannot be read, or a period is none.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            for number, row in enumerate(csv.DictReader(file), 2):
                if PERIOD.match(row.get("period") or "") is None:
                    raise CorpusError(
                        f"{path}:{number}: the period {row.get('period')!r} is none; write 2024, 2024-05 or 2024-01/2024-03."
                    )
                yield number, row
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CorpusError(f"Cannot read the table {str(path)!r} ({error}); mend it or its data package.") from error


def beside(folder: Path, name: str) -> list[Path]:
    """Return the file in the folder, or else beside it, where the bibliography is looked for, too."""
    places = [folder / name, *([folder.parent / name] if folder.name == "texts" else [])]
    return [path for path in places if path.is_file()][:1]


def _package(path: Path) -> Iterator[Resource]:
    try:
        described = json.loads(path.read_text(encoding="utf-8"))["resources"]
        named = [(str(one["name"]), str(one.get("title") or one["name"]), str(one["path"]), one) for one in described]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise CorpusError(
            f"The series {str(path)!r} are not a data package with a name and a path for each table ({error!r}); mend it."
        ) from error
    for name, title, file, about in named:
        if Path(file).name != file:
            raise CorpusError(f"The table {file!r} of {str(path)!r} lies outside its folder; name a file beside it.")
        yield Resource(name=name, title=title, path=path.with_name(file), about=about)


def _table(one: Resource) -> Table:
    subject = one.about.get("subject") or []
    if not isinstance(subject, list) or not all(
        isinstance(g, list) and all(isinstance(w, str) for w in g) for g in subject
    ):
        raise CorpusError(
            f"The subject of the series {one.name!r} is not a list of lists of words; mend its data package."
        )
    return Table(
        id=one.name,
        title=one.title,
        description=str(one.about.get("description") or ""),
        path=one.path,
        points=tuple(_point(one.path, number, row) for number, row in rows(one.path)),
        subject=tuple(tuple(group) for group in subject),
        flow=str(one.about.get("flow") or ""),
        holder=str(one.about.get("holder") or ""),
    )


def _point(path: Path, number: int, row: dict[str, str]) -> Point:
    text = row.get("value") or ""
    try:
        value = float(text)
    except ValueError as error:
        raise CorpusError(f"{path}:{number}: the value {text!r} is no number; write one such as 6.83.") from error
    return Point(
        period=row["period"],
        value=value,
        text=text,
        unit=row.get("unit") or "",
        basis=row.get("basis") or "",
        reference=row.get("reference") or "",
        note=row.get("note") or "",
    )
