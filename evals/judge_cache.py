"""Verdicts kept by everything that can change them, so that a second run over the same answers asks and costs nothing."""

import hashlib
import json
import sqlite3
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from corpus.errors import EvalError
from evals.judge_prompts import WORTH, Label

WAIT = 30.0
"""Seconds to wait while another process writes."""
_TABLE = (
    "create table if not exists verdicts (key blob primary key, verdict text not null, reason text not null, "
    "asked text not null) without rowid"
)


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What a judge said, and the tokens that it read and wrote for it, 0 if the model does not tell."""

    verdict: Label
    reason: str
    input_tokens: int = 0
    output_tokens: int = 0


def key_of(identity: Sequence[str], repeat: int) -> bytes:
    """Return the key of a verdict.

    Args:
        identity: the model, the form of the verdict, the instructions and the content: all that can change it.
        repeat: how many times the same was asked before.
    """
    return hashlib.sha256(json.dumps([*identity, repeat], ensure_ascii=False).encode()).digest()


class VerdictCache:
    """A file of verdicts, for several threads and several processes at a time. What is read from it costs no tokens."""

    def __init__(self, path: Path) -> None:
        """Open the file, or begin it.

        Raises:
            EvalError: it is no such file any more. It is not begun anew in silence, because verdicts cost money.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(path, timeout=WAIT, check_same_thread=False)
        try:
            self._connection.execute("pragma journal_mode = wal")
            self._connection.execute(_TABLE)
            self._connection.execute("select key, verdict, reason, asked from verdicts limit 1").fetchone()
        except sqlite3.DatabaseError as error:
            self._connection.close()
            raise EvalError(
                f"The judge's cache {str(path)!r} cannot be used ({error}); delete it, and every verdict is asked for again"
            ) from error

    def get(self, key: bytes) -> Verdict | None:
        """Return the verdict of this key, if it is known."""
        with self._lock:
            row = self._connection.execute("select verdict, reason from verdicts where key = ?", (key,)).fetchone()
        return Verdict(verdict=row[0], reason=row[1]) if row and row[0] in WORTH else None

    def put(self, key: bytes, verdict: Verdict) -> None:
        """Keep a verdict."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        with self._lock, self._connection:
            row = (key, verdict.verdict, verdict.reason, now)
            self._connection.execute("insert or replace into verdicts values (?, ?, ?, ?)", row)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def __enter__(self) -> "VerdictCache":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
