"""What every public benchmark is made of: passages to answer from, questions with gold, and what came of each question."""

import hashlib
import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from corpus.documents import slug
from corpus.errors import EvalError
from corpus.text import normalise
from evals.cases import Case

if TYPE_CHECKING:
    from evals.benchmarks.asking import Asker
    from evals.benchmarks.tables import Table

G = TypeVar("G")

UNTITLED = "Passage"
"""The title of a passage whose data set gives none: a word that no question asks about."""
MAX_TITLE_IN_ID = 40


@dataclass(frozen=True, kw_only=True)
class Source:
    """A passage of a data set: one document of the benchmark's index. `id` is its file name too."""

    id: str
    title: str
    text: str


class Pool:
    """Collects the passages of a data set; equal ones are one."""

    def __init__(self) -> None:
        self._by_content: dict[tuple[str, str], Source] = {}

    def add(self, title: str, text: str) -> str:
        """Add a passage and return its id."""
        title = " ".join(normalise(title).split()) or UNTITLED
        if (title, text) not in self._by_content:
            name = slug(title)[:MAX_TITLE_IN_ID].strip("-")
            made = Source(id=f"{len(self._by_content) + 1:05d}-{name}", title=title, text=text)
            self._by_content[title, text] = made
        return self._by_content[title, text].id

    @property
    def sources(self) -> tuple[Source, ...]:
        """The passages in order."""
        return tuple(self._by_content.values())


@dataclass(frozen=True, kw_only=True)
class Item(Generic[G]):
    """A question of a data set. `relevant` are the ids of its gold passages, `gold` is what else its benchmark knows of it."""

    case: Case
    gold: G
    relevant: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class DataSet(Generic[G]):
    """A data set as read: all its passages, and the questions that are asked."""

    sources: tuple[Source, ...]
    items: tuple[Item[G], ...]

    def sample(self, limit: int | None, seed: int) -> "DataSet[G]":
        """Return the data set with this many questions, drawn at random and kept in order; the passages stay."""
        if limit is None or limit >= len(self.items):
            return self
        drawn = sorted(random.Random(seed).sample(range(len(self.items)), limit))
        return replace(self, items=tuple(self.items[i] for i in drawn))


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of one question. `values` are its measures by name, yes being 1; a question that raised has none.

    `said` holds the texts of the answers, those that were withheld too, by the way in which the question was put.
    """

    id: str
    question: str
    kind: str
    answerable: bool
    values: Mapping[str, float]
    said: Mapping[str, str] = field(default_factory=dict)
    error: str | None = None


@dataclass(frozen=True, kw_only=True)
class Benchmark(Generic[G]):
    """A benchmark: how its files are read, what is measured on one question, and what is shown of all of them.

    read      (paths, articles): `articles` narrows a data set that has articles to the first so many
    measure   puts one question and returns (values, said)
    tables    the figures over all questions; one that raised counts as wrong wherever it counts
    """

    name: str
    read: Callable[[Sequence[Path], int | None], DataSet[G]]
    measure: Callable[[Item[G], "Asker"], tuple[Mapping[str, float], Mapping[str, str]]]
    tables: Callable[[Sequence[Outcome]], "list[Table]"]


def read_json(path: Path) -> Any:  # Any: whatever JSON holds; every reader checks what it uses
    """Return what a JSON file holds.

    Raises:
        EvalError: it cannot be read as JSON.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        raise EvalError(
            f"Cannot read the data {str(path)!r} as JSON ({error}); see docs/benchmarks-public.md"
        ) from error


def read_lines(paths: Sequence[Path]) -> list[tuple[str, dict[str, Any]]]:  # Any: JSON values
    """Return (where, object) for each line of JSONL files; a folder stands for every .jsonl file in it.

    Raises:
        EvalError: a file cannot be read, a line is no JSON object, or there is none.
    """
    files = [file for path in paths for file in (sorted(path.glob("*.jsonl")) if path.is_dir() else [path])]
    found: list[tuple[str, dict[str, Any]]] = []
    for file in files:
        try:
            lines = file.read_text(encoding="utf-8-sig").split("\n")
        except (OSError, UnicodeDecodeError) as error:
            raise EvalError(f"Cannot read the data {str(file)!r} as UTF-8 text ({error}); check the path") from error
        for number, line in enumerate(lines, 1):
            if line.strip():
                found.append((f"{file.name}:{number}", _object(line, f"{file.name}:{number}")))
    if not found:
        raise EvalError(f"There is no line of data in {', '.join(repr(str(p)) for p in paths)}; give --data FILE.jsonl")
    return found


def _object(line: str, where: str) -> dict[str, Any]:
    try:
        data = json.loads(line)
    except ValueError as error:
        raise EvalError(f"{where} is no JSON ({error}); see docs/benchmarks-public.md for the form") from error
    if not isinstance(data, dict):
        raise EvalError(f"{where} is no JSON object; see docs/benchmarks-public.md for the form")
    return data


def not_of_the_form(where: str, name: str, error: Exception) -> EvalError:
    """Return the error that says which line is not as the data set's own form wants it, and what is wrong with it."""
    what = f"lacks {error}" if isinstance(error, KeyError) else str(error)
    return EvalError(f"{where} is not of the form of {name}: {what}; see docs/benchmarks-public.md for the form")


def refuse_articles(articles: int | None, name: str) -> None:
    """Refuse `--articles` for a data set that has none.

    Raises:
        EvalError: a number was given.
    """
    if articles is not None:
        raise EvalError(f"The data of {name!r} have no articles; leave --articles out, or draw questions with --limit")


def hash_of_files(paths: Sequence[Path]) -> str:
    """Return a hash of the content of files and of the .jsonl files of folders, so that a figure can name its data."""
    digest = hashlib.sha256()
    for path in paths:
        for file in sorted(path.glob("*.jsonl")) if path.is_dir() else [path]:
            digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def text_of(value: Any) -> str:  # Any: a JSON value
    """Return a JSON value that must be text.

    Raises:
        ValueError: it is none.
    """
    if not isinstance(value, str):
        raise ValueError(f"{str(value)[:40]!r} is not text")
    return value


def texts_of(value: Any) -> tuple[str, ...]:  # Any: a JSON value
    """Return a JSON value that must be a list of texts.

    Raises:
        ValueError: it is none.
    """
    if not isinstance(value, list):
        raise ValueError(f"{str(value)[:40]!r} is not a list")
    return tuple(text_of(v) for v in value)
