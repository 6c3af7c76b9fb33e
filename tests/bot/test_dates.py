"""Dates in questions, from words to days, with every day worked out by hand."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dates import EVER, NEVER, Period, Span, is_ahead, lies_in, read_period, required_years

AS_OF = date(2026, 7, 2)
EVENTS = {
    "invasion": ("2022-02-24", "2022-02-24"),
    "korean war": ("1950-01-01", "1953-12-31"),
    "war": ("1941-01-01", "1941-12-31"),
}


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("on 16 july 2001", ("2001-07-16", "2001-07-16")),
        ("july 16th, 2001", ("2001-07-16", "2001-07-16")),
        ("the 3rd of september 2025", ("2025-09-03", "2025-09-03")),
        ("in february 2024", ("2024-02-01", "2024-02-29")),
        ("in sept. 2025", ("2025-09-01", "2025-09-30")),
        ("in december 2023", ("2023-12-01", "2023-12-31")),
        ("in early 2022", ("2022-01-01", "2022-04-30")),
        ("in mid-2022", ("2022-05-01", "2022-08-31")),
        ("at the end of 2022", ("2022-09-01", "2022-12-31")),
        ("in spring 2023", ("2023-03-01", "2023-05-31")),
        ("in the fall of 2023", ("2023-09-01", "2023-11-30")),
        ("in winter 2013", ("2012-12-01", "2014-02-28")),
        ("in the second half of 2024", ("2024-07-01", "2024-12-31")),
        ("in the last quarter of 2024", ("2024-10-01", "2024-12-31")),
        ("q1 2025", ("2025-01-01", "2025-03-31")),
        ("in the 1950s", ("1950-01-01", "1959-12-31")),
        ("in the early 1950s", ("1950-01-01", "1953-12-31")),
        ("in the mid-fifties", ("1954-01-01", "1956-12-31")),
        ("from march to may 2022", ("2022-03-01", "2022-05-31")),
        ("between march and may 2022", ("2022-03-01", "2022-05-31")),
        ("march–may 2022", ("2022-03-01", "2022-05-31")),
        ("from march 2022 to may 2023", ("2022-03-01", "2023-05-31")),
        ("from 3 july 2021 until 5 july 2021", ("2021-07-03", "2021-07-05")),
        ("before may 2022", (EVER, "2022-04-30")),
        ("by may 2022", (EVER, "2022-05-31")),
        ("after 16 july 2001", ("2001-07-17", NEVER)),
        ("since early 2022", ("2022-01-01", NEVER)),
        ("in the last five years", ("2021-07-02", "2026-07-02")),
        ("over the past 18 months", ("2025-01-02", "2026-07-02")),
        ("over the past decade", ("2016-07-02", "2026-07-02")),
        ("in the past year", ("2025-07-02", "2026-07-02")),
        ("in recent years", ("2021-07-02", "2026-07-02")),
        ("on 31 february 2020", None),  # there is no such day
        ("in 2016", None),  # a plain year is a word that the answer must hold
        ("what may china want", None),
        ("3000 soldiers before noon", None),
    ],
)
def test_words_become_days(text: str, span: Span | None) -> None:
    period = read_period(text, AS_OF)
    assert (period and period.span) == span


def test_counting_back_needs_a_day_to_count_from() -> None:
    assert read_period("in the last five years") is None
    assert read_period("in the last 6 months", date(2024, 8, 31)) == Period(
        span=("2024-02-29", "2024-08-31"), words="last 6 months"
    )  # no 31 February


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("exercises before the invasion", Period(span=(EVER, "2022-02-23"), words="before the invasion")),
        (
            "trade since russia's invasion of ukraine?",
            Period(span=("2022-02-24", NEVER), words="since russia's invasion"),
        ),
        ("what changed after the invasion", Period(span=("2022-02-25", NEVER), words="after the invasion")),
        ("aid during the korean war", Period(span=("1950-01-01", "1953-12-31"), words="during the korean war")),
        ("aid until the war began", Period(span=(EVER, "1941-12-31"), words="until the war")),
        ("aid after the flood", None),
        ("since when?", None),
    ],
)
def test_named_events_become_days_by_the_longest_name_known(text: str, period: Period | None) -> None:
    assert read_period(text, AS_OF, EVENTS.get) == period


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("trade in 2023 and 2024", ("2023", "2024")),
        ("on 16 july 2001", ("2001",)),
        ("from march to may 2022", ("2022",)),  # within one year, which an answer must then hold
        ("from march 2022 to may 2023", ()),
        ("since 2014", ()),
        ("before may 2022", ()),
        ("between 1950 and 1960", ()),
        ("in the 1950s", ()),
        ("trade in 2020, 2020 and 2021", ("2020", "2021")),
    ],
)
def test_the_years_an_answer_must_hold(text: str, years: tuple[str, ...]) -> None:
    assert required_years(text) == years


@pytest.mark.parametrize(
    ("day", "inside"),
    [
        ("2022-03-01", True),
        ("2022-05-31", True),
        ("2022-06-01", False),
        ("2022-04", True),
        ("2022-02", False),
        ("2022", None),  # a part of the year lies outside
        ("2021", False),
    ],
)
def test_an_event_lies_in_the_days_or_not_or_it_cannot_be_told(day: str, inside: bool | None) -> None:
    assert lies_in(day, ("2022-03-01", "2022-05-31")) is inside


def test_a_year_lies_in_an_open_span() -> None:
    assert [lies_in("2022", span) for span in (("2001-01-01", NEVER), (EVER, "2022-12-31"), (EVER, NEVER))] == [
        True
    ] * 3


@pytest.mark.parametrize(
    ("text", "ahead"),
    [
        ("what will happen in 2027?", True),
        ("trade in july 2026", False),  # it has begun
        ("trade in august 2026", True),
        ("will they sign a contract?", True),
        ("what is planned for next year?", True),
        ("how much gas will flow by 2015?", False),
        ("who met in 2024?", False),
        ("goodwill", False),
    ],
)
def test_what_comes_after_the_corpus_ends(text: str, ahead: bool) -> None:
    assert is_ahead(text, AS_OF) is ahead
    assert is_ahead(text, None) is False


WORDS = st.sampled_from(
    "in the early mid late end of since before after until from to between and last past five 3 years decade 1990s 2022 31 february "
    "march may q4 first half spring winter – - , during war 0 99 twenties".split()
)


@given(st.lists(WORDS, max_size=14).map(" ".join) | st.text(max_size=80), st.dates(date(1000, 1, 1), date(9000, 1, 1)))
def test_any_text_is_read_as_days_in_order_or_as_none(text: str, as_of: date) -> None:
    period = read_period(text, as_of, EVENTS.get)
    assert period is None or date.fromisoformat(period.span[0]) <= date.fromisoformat(period.span[1])
    assert len(set(required_years(text))) == len(required_years(text))
