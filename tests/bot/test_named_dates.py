"""Relative dates and named events: read from the day a corpus ends and from its own sentences."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from bot.asked import Asked
from bot.named_dates import Reading, as_date, date_of_event, write_out
from bot.notices import about_dates
from bot.pipeline import Bot
from tests.bot.made import ask, user

AS_OF = date(2026, 7, 2)


@pytest.mark.parametrize(
    ("text", "written", "readings"),
    [
        ("How much was trade last year?", "How much was trade in 2025?", [("last year", "2025")]),
        ("Last year's trade", "in 2025's trade", [("Last year", "2025")]),
        ("exercises since last year", "exercises since 2025", [("last year", "2025")]),
        ("oil imports this year", "oil imports in 2026", [("this year", "2026")]),
        ("gas next year", "gas in 2027", [("next year", "2027")]),
        ("the year before last", "in 2024", [("the year before last", "2024")]),
        ("What happened last month?", "What happened in June 2026?", [("last month", "June 2026")]),
        ("Who met five years ago?", "Who met in 2021?", [("five years ago", "2021")]),
        ("12 years ago", "in 2014", [("12 years ago", "2014")]),
        ("who met last May", "who met in May 2026", [("last May", "May 2026")]),
        ("who met last July", "who met in July 2025", [("last July", "July 2025")]),
        ("last year and this year", "in 2025 and in 2026", [("last year", "2025"), ("this year", "2026")]),
        ("the last year of the war", "the last year of the war", []),
        ("New Year's talks", "New Year's talks", []),
        ("in the last five years", "in the last five years", []),  # a span, not a date to be written out
    ],
)
def test_relative_dates_are_written_out(text: str, written: str, readings: list[tuple[str, str]]) -> None:
    assert write_out(text, AS_OF) == (written, tuple(Reading(words=w, meant=m) for w, m in readings))


def test_a_month_before_january_is_december() -> None:
    assert write_out("last month", date(2026, 1, 9))[0] == "in December 2025"


def test_without_a_day_nothing_is_written_out() -> None:
    assert write_out("trade last year", None) == ("trade last year", ())


@pytest.mark.parametrize(
    ("as_of", "day"),
    [
        ("2026-07-02", AS_OF),
        ("2026-07", date(2026, 7, 31)),
        ("2026", date(2026, 12, 31)),
        (None, None),
        ("soon", None),
        ("2026-02-31", None),
    ],
)
def test_the_day_a_corpus_ends(as_of: str | None, day: date | None) -> None:
    assert as_date(as_of) == day


WARS = """---
id: wars
title: Wars
kind: brief
topic: history
language: en
as_of: 2024-05-01
---

Trade grew after Russia's invasion of Ukraine on 24 February 2022 [@news]{date=2023}.

China abstained after the invasion of Ukraine on 24 February 2022 [@news]{date=2022-03-02}.

Banks closed after the invasion of Ukraine in 2022 [@news]{date=2024}.

Soviet pilots flew in the Korean War of 1950–1953 [@news]{date=1950}.

Pens were sold at the Dalian fair in May 1995 [@news]{date=1995-05}.

Pens were sold at the Dalian fair in May 1997 [@news]{date=1997-05}.

Pens were sold at the Dalian fair in May 1999 [@news]{date=1999-05}.

Exercises on the Suifen river were held in 2019 [@news]{date=2019}.

Exercises on the Suifen river were held in 2023 [@news]{date=2023}.
"""


@pytest.fixture
def wars(corpus_folder: Path, make_bot: Callable[..., Bot]) -> Bot:
    (corpus_folder / "wars.md").write_text(WARS, encoding="utf-8")
    bot: Bot = make_bot(max_sentences=1, min_confidence=0.0)
    return bot


@pytest.mark.parametrize(
    ("name", "span"),
    [
        ("invasion", ("2022-02-24", "2022-02-24")),  # twice to the day, once to the year
        ("invasion of ukraine", ("2022-02-24", "2022-02-24")),
        ("war", ("2022-02-24", "2022-02-24")),  # the Korean War is another
        ("korean war", ("1950-01-01", "1953-12-31")),
        ("dalian fair", None),  # the texts do not agree on one
        ("boxer war", None),
        ("the", None),
        ("", None),
    ],
)
def test_the_texts_date_an_event(wars: Bot, name: str, span: tuple[str, str] | None) -> None:
    assert date_of_event(name, wars.store) == span


def test_a_question_is_answered_for_the_days_it_means_and_says_so(wars: Bot) -> None:
    before = wars.answer("Which exercises on the Suifen river were held before the war?")
    assert before.statements[0].text == "Exercises on the Suifen river were held in 2019."
    assert (
        before.notice == "“before the war” is read as the time until 23 February 2022, as the corpus dates the event."
    )
    after = wars.answer("Were exercises on the Suifen river held last year?")
    assert after.statements[0].text == "Exercises on the Suifen river were held in 2023."
    assert after.query == "Were exercises on the Suifen river held in 2023?"
    assert after.question == "Were exercises on the Suifen river held last year?"
    assert after.notice == "The corpus ends on 1 May 2024. “last year” is read as 2023."
    plain = wars.answer("Were exercises on the Suifen river held in 2023?")
    assert plain.notice is None


@pytest.mark.parametrize(
    ("span", "told"),
    [
        (("2022-02-24", "9999-12-31"), "from 24 February 2022 on"),
        (("1950-01-01", "1953-12-31"), "from 1 January 1950 to 31 December 1953"),
        (("0001-01-01", "2022-02-23"), "until 23 February 2022"),
    ],
)
def test_what_an_event_is_read_as(span: tuple[str, str], told: str) -> None:
    asked = Asked(kind="what", tokens=(), span=span, span_words="of the war")
    notice = about_dates(date(2024, 5, 1), (), asked, False, "en")
    assert notice == f"“of the war” is read as the time {told}, as the corpus dates the event."


def test_a_follow_up_says_when_in_place_of_what_was_asked_before(wars: Bot) -> None:
    history = [user("Were exercises on the Suifen river held in 2019?")]
    query = ask(wars, "and last year?", history)
    assert query.query == "Were exercises on the Suifen river held in 2023"
    assert query.asked.years == ("2023",)


def test_what_comes_after_the_corpus_ends_is_said_to_be_missing(wars: Bot) -> None:
    answer = wars.answer("What will happen to the friendship treaty next year?")
    assert answer.notice == (
        "The corpus ends on 1 May 2024. “next year” is read as 2025. "
        "Of later events it can only hold what was planned or expected by then."
    )
