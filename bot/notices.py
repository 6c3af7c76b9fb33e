"""What a reader is told about how the dates of a question were read and where the corpus ends, each sentence computed, none guessed."""

from collections.abc import Sequence
from datetime import date

from bot.asked import Asked
from bot.dates import EVER, NEVER, Span
from bot.messages import say
from bot.named_dates import Reading


def about_dates(
    as_of: date | None, readings: Sequence[Reading], asked: Asked, ahead: bool, language: str
) -> str | None:
    """Return how the dates of a question were read, and that the corpus ends before what is asked; None if there is nothing to tell.

    Args:
        as_of: the day the corpus ends.
        readings: relative dates that were written out.
        asked: what the question asks for, with the days that it looks at.
        ahead: whether it asks for what comes after the corpus ends.
        language: the reader's.
    """
    told = [say("date.read_as", language, words=r.words, meant=r.meant) for r in readings]
    counted = as_of is not None and asked.span is not None and asked.span[1] == as_of.isoformat()
    if asked.span and asked.span_words:
        key = "date.read_as" if counted else "date.event_read_as"
        told.append(say(key, language, words=asked.span_words, meant=_days(asked.span, language)))
    if as_of and (readings or counted or ahead):
        told.insert(0, say("date.ends", language, day=say_day(as_of, language)))
    return say("gap", language).join([*told, say("date.ahead", language)] if ahead else told) or None


def say_day(day: date, language: str) -> str:
    """Return a day as it is read: 2 July 2026."""
    month = say("date.months", language).split(",")[day.month - 1]
    return say("date.day", language, day=day.day, month=month, year=day.year)


def _days(span: Span, language: str) -> str:
    first, last = (say_day(date.fromisoformat(day), language) for day in span)
    if span[0] == EVER:
        return say("date.until", language, last=last)
    return say(f"date.{'from' if span[1] == NEVER else 'between'}", language, first=first, last=last)
