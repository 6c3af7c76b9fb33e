"""Verifies an exported answer against the current index: are the words it quotes still where it says?

Read is what `amur ask --json` printed, one object or one a line. Nothing in the file is trusted: its statements must be the
words of its citations, its text must be its statements, and those words must stand in the documents.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from bot.cite import verify_span
from bot.records import Span
from corpus.errors import AmurError
from corpus.text import normalise_quote
from index.store import Store

Status = Literal["ok", "changed", "gone"]
MOST = 64 * 1024 * 1024
"""Bytes of a file that are read."""
_MARKERS = re.compile(r"\A\s*(?:\[\d+\])+")
_MARKER_LIKE = re.compile(r"\[(\d+)\]")


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What became of a citation, or of the answer's own text (`number` 0): `gone` if its document is, `changed` if the words are."""

    number: int
    document_id: str
    status: Status
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class Verified:
    """An answer that was looked at: each citation, and the revisions of the corpus that it was made from and that is here."""

    question: str
    revision: str
    here: str
    checked: tuple[Checked, ...]

    @property
    def ok(self) -> bool:
        """Whether everything that it quotes stands where it says."""
        return all(one.status == "ok" for one in self.checked)


def read_answers(path: Path) -> list[Mapping[str, Any]]:  # Any: JSON values
    """Return the answers of a file.

    Raises:
        AmurError: it cannot be read, or holds something else; the message says what and where.
    """
    try:
        if path.stat().st_size > MOST:
            raise AmurError(f"The file {str(path)!r} is larger than {MOST // 2**20} MiB; verify it in parts.")
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise AmurError(
            f"Cannot read {str(path)!r} as UTF-8 text ({error}); name a file that `amur ask --json` wrote."
        ) from error
    try:
        return [_checked(json.loads(text), str(path))]
    except (ValueError, RecursionError):
        lines = [(n, line) for n, line in enumerate(text.split("\n"), 1) if line.strip()]
    if not lines:
        raise AmurError(f"The file {str(path)!r} is empty; name a file that `amur ask --json` wrote.")
    return [_line(line, f"{path}:{number}") for number, line in lines]


def verify(answer: Mapping[str, Any], store: Store, gone: frozenset[str] = frozenset()) -> Verified:  # Any: JSON values
    """Return what became of every citation of an answer in this index; `gone` are removed documents."""
    citations = {c["number"]: c for c in answer["citations"]}
    checked = [_citation(c, store, gone) for c in answer["citations"]]
    checked += list(_text(answer, citations))
    return Verified(
        question=answer["question"],
        revision=answer["corpus_revision"],
        here=store.manifest.corpus_revision,
        checked=tuple(checked),
    )


def _citation(citation: Mapping[str, Any], store: Store, gone: frozenset[str]) -> Checked:
    name, number = citation["document_id"], citation["number"]
    document = None if name in gone else store.document(name)
    if document is None:
        why = "the document was removed" if name in gone else "the document is not in this index"
        return Checked(number=number, document_id=name, status="gone", detail=why)
    span = Span(
        document_id=name,
        source_start=citation["source_start"],
        source_end=citation["source_end"],
        references=(),
        section=0,
    )
    differs = verify_span(document, span, citation["cited_text"])
    if differs is None:
        other = "" if document.revision == citation["revision"] else "the document changed elsewhere"
        return Checked(number=number, document_id=name, status="ok", detail=other)
    place = document.text.find(citation["cited_text"])
    if place >= 0 and citation["cited_text"]:
        differs += f"; the same words stand at {place}–{place + len(citation['cited_text'])}"
    return Checked(number=number, document_id=name, status="changed", detail=differs)


def _text(answer: Mapping[str, Any], citations: Mapping[int, Mapping[str, Any]]) -> Iterator[Checked]:
    """Yield what the answer says itself that its citations do not hold; a statement in other words is not judged here."""
    rest = "" if answer.get("abstained") or answer.get("mode") == "help" else answer["answer"].strip()
    for statement in answer["statements"]:
        words = normalise_quote(statement["text"])
        for number in statement["numbers"]:
            cited = citations.get(number)
            if cited is None:
                yield Checked(
                    number=number,
                    document_id="",
                    status="changed",
                    detail="a statement cites a number that there is not",
                )
            elif statement["verdict"] == "verbatim" and normalise_quote(cited["cited_text"]) != words:
                other = "a statement has other words than its citation"
                yield Checked(number=number, document_id=cited["document_id"], status="changed", detail=other)
        if not statement["numbers"]:
            yield Checked(number=0, document_id="", status="changed", detail="a statement has no citation")
        # In the text a number in square brackets that stands in a document is written in round ones.
        spoken = _MARKER_LIKE.sub(r"(\1)", statement["text"])
        rest = _MARKERS.sub("", rest.removeprefix(spoken), count=1).lstrip() if rest.startswith(spoken) else rest
    if rest:
        shown = " ".join(rest.split())[:60]
        yield Checked(
            number=0, document_id="", status="changed", detail=f"the text holds what no statement says: {shown!r}"
        )


def _line(line: str, where: str) -> Mapping[str, Any]:  # Any: JSON values
    try:
        return _checked(json.loads(line), where)
    except (ValueError, RecursionError) as error:
        raise AmurError(f"{where}: not valid JSON ({error}); name a file that `amur ask --json` wrote.") from error


_TEXTS = ("question", "answer", "corpus_revision")
_CITATION: dict[str, type] = {
    "number": int, "document_id": str, "source_start": int, "source_end": int, "cited_text": str, "revision": str,
}  # fmt: skip
_STATEMENT: dict[str, type] = {"text": str, "numbers": list, "verdict": str}


def _checked(data: Any, where: str) -> Mapping[str, Any]:  # Any: whatever JSON holds
    """Return an answer all of whose parts that are verified are there.

    Raises:
        AmurError: a part is missing or of another type.
    """
    if not isinstance(data, dict):
        raise AmurError(
            f"{where}: this is no answer but a {type(data).__name__}; name a file that `amur ask --json` wrote."
        )
    wrong = next((name for name in _TEXTS if not isinstance(data.get(name), str)), None)
    numbered = isinstance(data.get("statements"), list) and all(
        all(type(n) is int for n in s["numbers"])
        for s in data["statements"]
        if isinstance(s, dict) and isinstance(s.get("numbers"), list)
    )
    wrong = wrong or (None if numbered else "statements")
    wrong = wrong or next((n for n in ("citations", "statements") if not _records(data.get(n), _SHAPES[n])), None)
    if wrong:
        raise AmurError(
            f"{where}: this is no answer ({wrong!r} is missing or broken); name a file that `amur ask --json` wrote."
        )
    return data


_SHAPES = {"citations": _CITATION, "statements": _STATEMENT}


def _records(values: Any, shape: Mapping[str, type]) -> bool:  # Any: whatever JSON holds
    return isinstance(values, list) and all(
        isinstance(value, dict) and all(type(value.get(name)) is kind for name, kind in shape.items())
        for value in values
    )
