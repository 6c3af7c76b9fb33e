"""What a reader is told about how the question was read and what the corpus cannot hold, each sentence computed, none guessed."""

from collections.abc import Sequence
from datetime import date

from bot.asked import Asked
from bot.dates import EVER, NEVER, Span
from bot.named_dates import Reading

ENDS = "The corpus ends on {as_of}."
READ_AS = "“{words}” is read as {meant}."
EVENT_READ_AS = "“{words}” is read as {meant}, as the corpus dates the event."
UNTIL = "the time until {last}"
FROM = "the time from {first} on"
BETWEEN = "the time from {first} to {last}"
AHEAD = "Of later events it can only hold what was planned or expected by then."


def about_dates(as_of: date | None, readings: Sequence[Reading], asked: Asked, ahead: bool) -> str | None:
    """Return how the dates of a question were read, and that the corpus ends before what is asked; None if there is nothing to tell.

    Args:
        as_of: the day the corpus ends.
        readings: relative dates that were written out.
        asked: what the question asks for, with the days that it looks at.
        ahead: whether it asks for what comes after the corpus ends.
    """
    told = [READ_AS.format(words=r.words, meant=r.meant) for r in readings]
    counted = as_of is not None and asked.span is not None and asked.span[1] == as_of.isoformat()
    if asked.span and asked.span_words:
        text = READ_AS if counted else EVENT_READ_AS
        told.append(text.format(words=asked.span_words, meant=_days(asked.span)))
    if as_of and (readings or counted or ahead):
        told.insert(0, ENDS.format(as_of=written(as_of)))
    return " ".join([*told, AHEAD] if ahead else told) or None


def written(day: date) -> str:
    """Return a day as it is read: 2 July 2026."""
    return f"{day.day} {day:%B} {day.year}"


def _days(span: Span) -> str:
    first, last = (written(date.fromisoformat(day)) for day in span)
    if span[0] == EVER:
        return UNTIL.format(last=last)
    return FROM.format(first=first) if span[1] == NEVER else BETWEEN.format(first=first, last=last)
