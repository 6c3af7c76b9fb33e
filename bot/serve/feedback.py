"""What readers say of an answer, kept with what is needed to reproduce it, and with nothing about the reader.

A row is written only when a reader presses. It holds the question and the conversation before it, the answer as the reader saw
it, the rating with its reason and comment, and what the answer was made from. No address, no cookie, no name.
"""

import json
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

from bot.serve.logs import LOG
from bot.server_settings import ServerSettings
from corpus.errors import RequestError, SettingsError

if TYPE_CHECKING:
    from sqlalchemy import Engine, Table

Rating = Literal["up", "down"]
Reason = Literal["wrong", "unsupported-citation", "missing", "biased", "other"]
FILE = "feedback.sqlite3"


@dataclass(frozen=True, kw_only=True)
class Feedback:
    """One reader's word on one answer. `answer` is the Answer as JSON has it; `history` the turns before the question."""

    question: str
    answer: dict[str, Any]  # Any: JSON values
    rating: Rating
    reason: Reason | None = None
    comment: str = ""
    history: Sequence[dict[str, str]] = ()
    fingerprint: str = ""
    corpus_revision: str = ""
    time: str = ""
    id: int = 0


class FeedbackStore:
    """The table of feedback; the database is opened when first needed. Safe to share between threads."""

    def __init__(self, settings: ServerSettings) -> None:
        given = settings.feedback_url
        self._home = settings.home
        self._url = given.get_secret_value() if given else f"sqlite:///{settings.home / FILE}"
        self._most = settings.max_feedback
        self._lock = threading.Lock()
        self._opened: tuple[Engine, Table] | None = None

    def add(self, feedback: Feedback) -> int:
        """Keep one piece of feedback and return its number; time, fingerprint and revision are filled in.

        Raises:
            RequestError: as many as may be are kept already; readers from many addresses could fill the disk otherwise.
            SettingsError: the database cannot be used.
        """
        from sqlalchemy import func, insert, select
        from sqlalchemy.exc import SQLAlchemyError

        answer = feedback.answer
        row = {
            "time": datetime.now(UTC).isoformat(timespec="seconds"),
            "question": _storable(feedback.question),
            "history": json.dumps(list(feedback.history)),
            "answer": json.dumps(answer),
            "rating": feedback.rating,
            "reason": feedback.reason,
            "comment": _storable(feedback.comment),
            "fingerprint": _storable(str(answer.get("fingerprint", "")))[:64],
            "corpus_revision": _storable(str(answer.get("corpus_revision", "")))[:64],
        }
        try:
            engine, table = self._open()
            with engine.begin() as connection:
                if connection.execute(select(func.count()).select_from(table)).scalar_one() >= self._most:
                    raise self._full()
                key = connection.execute(insert(table).values(**row)).inserted_primary_key
        except SQLAlchemyError as error:
            raise self._unusable(error) from error
        assert key is not None
        return int(key[0])

    def read(self) -> Iterator[Feedback]:
        """Yield everything that was said, oldest first.

        Raises:
            SettingsError: the database cannot be used.
        """
        from sqlalchemy import select
        from sqlalchemy.exc import SQLAlchemyError

        try:
            engine, table = self._open()
            with engine.connect() as connection:
                rows = list(connection.execute(select(table).order_by(table.c.id)).mappings())
        except SQLAlchemyError as error:
            raise self._unusable(error) from error
        for row in rows:
            yield Feedback(**{**row, "answer": json.loads(row["answer"]), "history": json.loads(row["history"])})

    def delete(self, through: int) -> int:
        """Delete what was said up to a number, that one too; return how many pieces that were.

        Raises:
            SettingsError: the database cannot be used.
        """
        from sqlalchemy import delete
        from sqlalchemy.exc import SQLAlchemyError

        try:
            engine, table = self._open()
            with engine.begin() as connection:
                return connection.execute(delete(table).where(table.c.id <= through)).rowcount
        except SQLAlchemyError as error:
            raise self._unusable(error) from error

    def close(self) -> None:
        """Close the database."""
        with self._lock:
            if self._opened:
                self._opened[0].dispose()
                self._opened = None

    def _open(self) -> "tuple[Engine, Table]":
        from sqlalchemy import Column, Integer, MetaData, String, Table, Text, create_engine

        with self._lock:
            if self._opened is None:
                self._home.mkdir(parents=True, exist_ok=True)
                engine = create_engine(self._url)
                metadata = MetaData()
                texts = [Column(name, Text, nullable=False) for name in ("question", "history", "answer", "comment")]
                words = [Column(name, String(64), nullable=name == "reason") for name in
                         ("time", "rating", "reason", "fingerprint", "corpus_revision")]  # fmt: skip
                table = Table("feedback", metadata, Column("id", Integer, primary_key=True), *words, *texts)
                metadata.create_all(engine)
                self._opened = engine, table
            return self._opened

    def _full(self) -> RequestError:
        told = f"{self._most} pieces of feedback are kept (AMUR_MAX_FEEDBACK); make room with 'amur feedback delete', or raise it"
        LOG.error("feedback refused", extra={"amur": {"error": told}})
        said = "This server can keep no more feedback until its operator makes room; nothing was kept."
        return RequestError(said, status=503, code="feedback_full")

    def _unusable(self, error: Exception) -> SettingsError:
        from sqlalchemy.engine import make_url
        from sqlalchemy.exc import ArgumentError

        try:
            shown = make_url(self._url).render_as_string(hide_password=True)
        except ArgumentError:
            shown = "the address given"
        reason = " ".join(str(getattr(error, "orig", None) or error).split())[:160]
        return SettingsError(f"The feedback database {shown!r} cannot be used ({reason}); see AMUR_FEEDBACK_URL.")


def _storable(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8").replace("\x00", "")
