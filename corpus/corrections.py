"""The log of corrections (`corrections.yaml`): what a document said, what it says now, since when, and why. People write it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import yaml

from corpus.errors import CorpusError
from corpus.series import beside

FIELDS = ("date", "document", "said", "says", "why")


@dataclass(frozen=True, kw_only=True)
class Correction:
    """A correction of a document; `said` may be empty where something was added."""

    date: str
    document: str
    said: str
    says: str
    why: str


def load_corrections(folders: Iterable[Path]) -> tuple[Correction, ...]:
    """Read the logs that lie in the corpus folders or, for a folder called `texts`, beside them; the newest first.

    Raises:
        CorpusError: a log is not a list of corrections with the five fields; the message names it.
    """
    found = [c for folder in folders for path in beside(folder, "corrections.yaml") for c in _read(path)]
    return tuple(sorted(found, key=lambda c: c.date, reverse=True))


def _read(path: Path) -> list[Correction]:
    try:
        # Everything is read as text: a bare 2026-11-24 must not become a date object.
        entries = yaml.load(path.read_text(encoding="utf-8-sig"), Loader=yaml.BaseLoader) or []
        corrections = [Correction(**{name: " ".join(entry.pop(name).split()) for name in FIELDS}) for entry in entries]
        left = next((name for entry in entries for name in entry), None)
        if left is not None:
            raise ValueError(f"a field {left!r} that there is not")
        for correction in corrections:
            date.fromisoformat(correction.date)
    except (OSError, ValueError, TypeError, AttributeError, KeyError, yaml.YAMLError, RecursionError) as error:
        reason = " ".join(str(error).split())[:120]
        raise CorpusError(
            f"The corrections {str(path)!r} are not a list of entries with {', '.join(FIELDS)} ({reason}); mend it."
        ) from error
    return corrections
