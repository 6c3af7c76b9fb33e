"""What was asked last on a chat page, and by which of its ways: typed, a starter, a suggestion, once more."""

from collections.abc import Sequence
from typing import Any

from bot.records import Answer

Answers = Sequence[Answer]
Asked = tuple[str, int, int] | None
"""The question asked last on this page, how many answers stood before it, and at which turn: twice the same are two."""


class Turnstile:
    """How often the reader of one page has gone on, and what that page shows: all that an answer under way shares with later events.

    Gradio reads the values of its components once, when an event starts, and it cancels only what the browser already knows to run.
    An answer that starts in between finds here that nobody waits for it any more, and what stands in its place.
    """

    def __init__(self) -> None:
        self.turns = 0
        self.frame: list[Any] = []  # Any: Gradio's updates

    def turn(self) -> int:
        """Let the reader go on; return at which turn."""
        self.turns += 1
        return self.turns

    def show(self, frame: list[Any]) -> list[Any]:
        """Return the updates that show the page, which are now what it shows; Any: as `frame`."""
        self.frame = frame
        return frame


def typed(turnstile: Turnstile, text: str, answers: Answers) -> tuple[str, Asked]:
    """Return an empty box, and what was typed as the question."""
    return "", (text, len(answers), turnstile.turn())


def pressed(turnstile: Turnstile, text: str, answers: Answers) -> Asked:
    """Return a starter or a suggestion that was pressed as the question."""
    return text, len(answers), turnstile.turn()


def again(turnstile: Turnstile, asked: Asked, answers: Answers) -> tuple[Asked, Answers]:
    """Return the last question once more, and the answers before it."""
    question, before = last_asked(asked, answers)
    return (question, before, turnstile.turn()), answers[:before]


def last_asked(asked: Asked, answers: Answers) -> tuple[str, int]:
    """Return the question asked last and how many answers stood before it, also of a conversation that the browser brought back."""
    if asked is not None:
        return asked[:2]
    return (answers[-1].question, len(answers) - 1) if answers else ("", 0)
