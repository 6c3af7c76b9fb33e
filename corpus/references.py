"""The bibliography: CSL-JSON, so that Zotero and Pandoc read it; `custom.perspective` says whose voice a source is."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from corpus.errors import CorpusError

PERSPECTIVES = (
    "chinese-official",
    "chinese-state-media",
    "russian-official",
    "russian-state-media",
    "us-official",
    "eu-official",
    "nato",
    "un",
    "other-official",
    "independent-media",
    "think-tank",
    "academic",
    "reference",
    "other",
)
"""Whose voice a source is. The order is the order of the source-mix line."""

NAMES = {
    "chinese-official": "Chinese official",
    "chinese-state-media": "Chinese state media",
    "russian-official": "Russian official",
    "russian-state-media": "Russian state media",
    "us-official": "US official",
    "eu-official": "EU official",
    "nato": "NATO",
    "un": "United Nations",
    "other-official": "other official",
    "independent-media": "independent media",
    "think-tank": "think tank",
    "academic": "academic",
    "reference": "reference work",
    "other": "other",
}
"""What a reader sees of each perspective."""


@dataclass(frozen=True, kw_only=True)
class Reference:
    """One entry of the bibliography, with whose voice it is."""

    id: str
    title: str
    publisher: str = ""
    issued: str | None = None
    url: str | None = None
    perspective: str = "other"
    # Not in the repr, from which the corpus's revision is made: no answer shows it.
    language: str = field(default="", compare=False, repr=False)
    path: Path = field(default=Path("references.json"), compare=False, repr=False)
    line: int = field(default=1, compare=False, repr=False)


def load_references(folder: Path) -> dict[str, Reference]:
    """Read the CSL-JSON bibliography of a corpus folder, if it has one.

    Raises:
        CorpusError: the file is not a CSL-JSON list with an `id` and a `title` in each entry.
    """
    for path in (folder / "references.json", folder.parent / "references.json"):
        if path.is_file() and (path.parent == folder or folder.name == "texts"):
            return {r.id: r for r in _parse_references(path)}
    return {}


def _parse_references(path: Path) -> list[Reference]:
    try:
        raw = path.read_text(encoding="utf-8")
        entries = json.loads(raw)
        return [
            Reference(
                id=entry["id"],
                title=_words(entry["title"]),
                publisher=_words(entry.get("publisher")),
                issued=_csl_date(entry.get("issued")),
                url=entry.get("URL"),
                perspective=entry.get("custom", {}).get("perspective", "other"),
                language=_words(entry.get("language")),
                path=path,
                line=raw.count("\n", 0, max(raw.find(f'"id": {json.dumps(entry["id"])}'), 0)) + 1,
            )
            for entry in entries
        ]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise CorpusError(
            f"The bibliography {str(path)!r} is not a CSL-JSON list with an id and a title in each entry ({error!r}); mend it."
        ) from error


def _words(value: object) -> str:
    """Return a text field as text: null is empty, a number is its digits."""
    return "" if value is None else str(value)


def _csl_date(issued: dict[str, Any] | None) -> str | None:
    if not issued or not issued.get("date-parts"):
        return None
    parts = [int(part) for part in issued["date-parts"][0]]
    return "-".join(f"{part:04d}" if i == 0 else f"{part:02d}" for i, part in enumerate(parts))
