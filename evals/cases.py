"""Cases: questions with what a right answer must hold. One JSON object a line in `evals/cases/*.jsonl`."""

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from corpus.errors import EvalError

SHIPPED_CASES = Path(__file__).parent / "cases"
SCHEMA = Path(__file__).parent / "case.schema.json"
SPLITS = ("dev", "test")
CONTESTED = ("dispute", "perspective")
"""Kinds of case in which an answer should rest on more than one perspective."""

_ALL_OF = re.compile(r"(?:\(\?=\.\*(?:[^()\\|]|\\.|\((?:[^()\\]|\\.)*\))*\))+")
"""A pattern of nothing but `(?=.*…)`, which says that all of these stand in one line, in any order."""


@dataclass(frozen=True, kw_only=True)
class Nugget:
    """An atomic fact of a right answer: found if any of its patterns matches, whatever the case of the letters."""

    id: str
    any: tuple[str, ...]
    vital: bool = True

    def found_in(self, text: str) -> bool:
        """Tell whether the text states the nugget."""
        return any(_compiled(pattern).search(text) for pattern in self.any)


@lru_cache(maxsize=10_000)
def _compiled(pattern: str) -> re.Pattern[str]:
    """Return a pattern to search with. One that matches anywhere in a line if it does at the start is tried there only: at every
    character of every sentence it took ten times as long to hold all cases against the corpus."""
    if _ALL_OF.fullmatch(pattern):
        return re.compile(f"^{pattern}", re.IGNORECASE | re.MULTILINE)
    return re.compile(pattern, re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Case:
    """One gold item.

    answerable   whether the corpus answers the question
    nuggets      what a right answer holds; of an unanswerable case: what would answer it, and stands nowhere in the corpus
    documents    where the evidence is; of an unanswerable case: the nearest texts, which do not hold it
    must_not     patterns of wrong answers
    reference    a model answer in a sentence or two, for ROUGE-L and token F1; optional
    group        cases that should get the same answer: neutral and loaded wordings, one question in several languages
    """

    id: str
    question: str
    kind: str
    answerable: bool
    nuggets: tuple[Nugget, ...] = ()
    documents: tuple[str, ...] = ()
    must_not: tuple[str, ...] = ()
    history: tuple[dict[str, str], ...] = ()
    language: str = "en"
    note: str = ""
    split: str = "dev"
    reference: str = ""
    group: str = ""


def load_cases(paths: Iterable[Path]) -> list[Case]:
    """Read cases from JSONL files; a folder stands for every .jsonl file in it.

    Raises:
        EvalError: one message that lists every bad line with its file and number.
    """
    cases: list[Case] = []
    problems: list[str] = []
    seen: dict[str, str] = {}
    for path in _files(paths):
        try:
            lines = path.read_text(encoding="utf-8-sig").split("\n")
        except (OSError, UnicodeDecodeError) as error:
            raise EvalError(f"Cannot read the case file {str(path)!r} as UTF-8 text ({error}); check it") from error
        for number, line in enumerate(lines, 1):
            where = f"{path.name}:{number}"
            if not line.strip():
                continue
            try:
                case = _case(json.loads(line))
            except (ValueError, TypeError, KeyError, AttributeError, re.error) as error:
                problems.append(f"{where}: {error}")
                continue
            if case.id in seen:
                problems.append(f"{where}: the id {case.id!r} stands at {seen[case.id]} too")
            seen[case.id] = where
            cases.append(case)
    if problems:
        raise EvalError("Bad cases, mend them: " + "; ".join(problems))
    if not cases:
        raise EvalError("There is no case in the files named; give --cases FILE with one JSON object a line")
    return cases


def hash_of(cases: Sequence[Case]) -> str:
    """Return a hash of everything in the cases that can change a figure, whatever their order and files."""
    data = sorted(json.dumps({**asdict(c), "note": ""}, sort_keys=True, ensure_ascii=False) for c in cases)
    return hashlib.sha256("\n".join(data).encode()).hexdigest()[:16]


def _files(paths: Iterable[Path]) -> list[Path]:
    return [file for path in paths for file in (sorted(path.glob("*.jsonl")) if path.is_dir() else [path])]


def _case(data: Any) -> Case:  # Any: whatever JSON holds; everything is checked below
    if not isinstance(data, dict):
        raise ValueError("not a JSON object")
    if re.search("[\ud800-\udfff]", json.dumps(data, ensure_ascii=False)):
        raise ValueError("holds half a character (\\ud800 to \\udfff)")  # JSON allows it, no file or hash can hold it
    unknown = set(data) - set(Case.__dataclass_fields__)
    if unknown:
        raise ValueError(f"unknown field {sorted(unknown)[0]!r}")
    for name in ("id", "question", "kind", "answerable"):
        if name not in data:
            raise ValueError(f"lacks {name!r}")
    if not isinstance(data["answerable"], bool):
        raise ValueError("'answerable' must be true or false")
    for name in ("id", "question", "kind", "language", "note", "split", "reference", "group"):
        if not isinstance(data.get(name, ""), str):
            raise ValueError(f"{name!r} must be text")
    for name in ("nuggets", "documents", "must_not", "history"):
        if not isinstance(data.get(name, []), list):
            raise ValueError(f"{name!r} must be a list")
    if not all(isinstance(turn, dict) for turn in data.get("history", [])):
        raise ValueError('\'history\' must hold {"role", "content"}')
    nuggets = tuple(_nugget(n) for n in data.get("nuggets", ()))
    if data["answerable"] and not any(n.vital for n in nuggets):
        raise ValueError("an answerable case needs a vital nugget")
    if data.get("split", "dev") not in SPLITS:
        raise ValueError(f"'split' must be one of {', '.join(SPLITS)}")
    for pattern in data.get("must_not", ()):
        re.compile(pattern)
    lists = {name: tuple(data[name]) for name in ("documents", "must_not", "history") if name in data}
    return Case(**{**data, **lists, "nuggets": nuggets})


def _nugget(data: dict[str, Any]) -> Nugget:  # Any: JSON values
    if set(data) - {"id", "any", "vital"} or not isinstance(data.get("vital", True), bool):
        raise ValueError(f"the nugget {data.get('id')!r} has an unknown field, or a 'vital' that is not true or false")
    patterns = tuple(data["any"]) if isinstance(data["any"], list) else ()
    if not patterns or not all(isinstance(p, str) for p in patterns):
        raise ValueError(f"the nugget {data.get('id')!r} has no patterns in 'any'")
    for pattern in patterns:
        re.compile(pattern)
    return Nugget(id=str(data["id"]), any=patterns, vital=bool(data.get("vital", True)))
