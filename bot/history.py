"""The conversation so far, as far as it matters to the next question: what was searched for, and what was said to it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.help import MORE, find_help, without_courtesy
from bot.orders import read_message
from bot.turns import Turn
from corpus.text import normalise


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """A question of the reader's and everything that was said to it, also when more was asked for."""

    asked: str
    said: tuple[str, ...] = ()


def exchanges(history: Sequence[Turn]) -> list[Exchange]:
    """Return the questions that were searched for, oldest first. Small talk, orders and the replies to them are left out."""
    found: list[Exchange] = []
    counts = False
    for turn in history:
        if turn.role == "assistant":
            if counts:
                found[-1] = replace(found[-1], said=(*found[-1].said, turn.content))
            continue
        text = one_line(turn.content)
        help_ = find_help(text, in_conversation=bool(found))
        question = read_message(without_courtesy(text)).question if help_ is None else ""
        counts = bool(question) or (help_ is not None and help_.id == MORE and bool(found))
        if question:
            found.append(Exchange(asked=question))
    return found


def one_line(text: str) -> str:
    """Return what a reader typed as one line without characters that cannot be seen."""
    return " ".join(normalise(text).split())
