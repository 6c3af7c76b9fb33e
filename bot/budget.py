"""How many tokens of the chat model a day may still be used: one count for all processes of a home, kept across restarts.

SQLite does the locking. Tokens are reserved before a call, as many as it can cost at most, and settled after it: several answers
at once cannot overspend together, and a process that dies leaves its reservation spent rather than forgotten.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from corpus.errors import ChatModelError

FILE = "chat-tokens.sqlite"
KEPT_DAYS = 400
WAIT = 10.0
"""Seconds to wait for another process that is counting."""

Now = Callable[[], datetime]


class TokenBudget:
    """Counts tokens by UTC day."""

    def __init__(self, path: Path, per_day: int, now: Now = lambda: datetime.now(UTC)) -> None:
        """Count in a file, which is made when it is first needed; `per_day` is the most tokens of a day."""
        self._path = path
        self._per_day = per_day
        self._now = now

    def reserve(self, tokens: int) -> str | None:
        """Reserve tokens of today and return the day that they were taken from; None if there are not so many left.

        Raises:
            ChatModelError: the count cannot be read or written, so nothing may be spent.
        """
        day = self._today()
        with self._counting() as connection:
            connection.execute("INSERT OR IGNORE INTO spent (day, tokens) VALUES (?, 0)", (day,))
            taken = connection.execute(
                "UPDATE spent SET tokens = tokens + ? WHERE day = ? AND tokens + ? <= ?",
                (tokens, day, tokens, self._per_day),
            )
            return day if taken.rowcount == 1 else None

    def settle(self, day: str, reserved: int, used: int) -> None:
        """Put what was used in the place of what was reserved.

        Raises:
            ChatModelError: the count cannot be written.
        """
        with self._counting() as connection:
            connection.execute("UPDATE spent SET tokens = MAX(0, tokens + ?) WHERE day = ?", (used - reserved, day))

    def spent(self) -> int:
        """Return the tokens of today that are spent or reserved.

        Raises:
            ChatModelError: the count cannot be read.
        """
        with self._counting() as connection:
            row = connection.execute("SELECT tokens FROM spent WHERE day = ?", (self._today(),)).fetchone()
            return int(row[0]) if row else 0

    def _today(self) -> str:
        return self._now().astimezone(UTC).date().isoformat()

    @contextmanager
    def _counting(self) -> Iterator[sqlite3.Connection]:
        """Open the count and hold its lock until the block ends."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self._path, timeout=WAIT, isolation_level=None)) as connection:
                connection.execute("BEGIN IMMEDIATE")
                connection.execute("CREATE TABLE IF NOT EXISTS spent (day TEXT PRIMARY KEY, tokens INTEGER NOT NULL)")
                connection.execute(
                    "DELETE FROM spent WHERE day NOT IN (SELECT day FROM spent ORDER BY day DESC LIMIT ?)", (KEPT_DAYS,)
                )
                yield connection
                connection.execute("COMMIT")
        except (OSError, sqlite3.Error) as error:
            raise ChatModelError(
                f"The count of the chat model's tokens {str(self._path)!r} cannot be kept ({error}); make its folder writable, "
                "or remove the file to begin anew"
            ) from error
