"""The newest event among the sentences near the top, with gains computed by hand."""

import pytest

from bot.latest import NEWEST, UNTOLD, newest_first
from tests.bot.made import candidate


def test_of_those_near_the_top_the_newest_gains_most() -> None:
    rows = [
        candidate("Old, of 1 July 2020.", "2020-07-01", row=0, score=1.0),
        candidate("New, of 1 July 2021.", "2021-07-01", row=1, score=0.9),
        candidate("Undated.", row=2, score=0.85),
        candidate("On something else in 2024.", "2024", row=3, score=0.5),
    ]
    assert [(c.sentence.row, pytest.approx(c.score)) for c in newest_first(rows)] == [
        (1, 0.9 + NEWEST),
        (0, 1.0 + NEWEST / 2),  # older by 365 days
        (2, 0.85),
        (3, 0.5),
    ]


def test_a_sentence_that_does_not_say_when_gains_less() -> None:
    rows = [
        candidate("They had met often, a paper wrote.", "2026-05-20", row=0, score=0.8),
        candidate("They met on 20 May 2026.", "2026-05-20", row=1, score=0.75),
        candidate(
            "They met that month.", "2026-05", row=2, score=0.7
        ),  # known to the month only: newest day is the first
    ]
    assert [(c.sentence.row, pytest.approx(c.score)) for c in newest_first(rows)] == [
        (1, 0.75 + NEWEST),
        (0, 0.8 + NEWEST * UNTOLD),
        (2, 0.7 + NEWEST * 0.5 ** (19 / 365)),
    ]


def test_none_and_one() -> None:
    assert newest_first([]) == []
    assert [c.score for c in newest_first([candidate("Undated.", score=0.4)])] == [0.4]
