"""A question of several parts: each part's details are asked of the sentence that answers it."""

import pytest

from bot.extract import NEW_WORDS, WIDE_MARGIN, _choose
from bot.parts import excused, told
from bot.pipeline import Bot
from bot.records import Candidate, Retrieved
from bot.scoring import MISSING_DETAIL, MISSING_NAME
from tests.bot.made import ask, candidate

TWO = "What did Anna find in 2018, and what did Boris sign?"
ONE = "What did Anna find in 2018 beside Boris?"


def test_what_a_chosen_sentence_holds_is_told(small_bot: Bot) -> None:
    query = ask(small_bot, TWO)
    assert query.asked.names == ("anna", "bori")
    of_anna = candidate("Anna found gold in 2018.", missing_names=("bori",))
    of_boris = candidate("Boris signed.", missing=("2018",), missing_names=("anna",))
    assert told(query, []) == frozenset()
    assert told(query, [of_anna]) == {"anna", "2018"}
    assert told(query, [of_boris]) == {"bori"}
    assert told(query, [of_anna, of_boris]) == {"anna", "bori", "2018"}
    assert told(ask(small_bot, ONE), [of_anna]) == frozenset()  # of one part all is asked


def test_a_name_with_a_number_is_told_as_one(small_bot: Bot) -> None:
    query = ask(small_bot, "What is Article 4 of the pact, and what does Anna think of the pact?")
    assert query.asked.designations == ("articl 4",)
    assert told(query, [candidate("Article 4 binds.", missing_names=("anna",))]) == {"articl 4", "articl"}


def test_what_was_lost_for_what_is_told_is_given_back() -> None:
    lacking = candidate("Boris signed.", missing=("2018",), missing_names=("anna", "carl"))
    assert excused(lacking, frozenset()) == 0.0
    assert excused(lacking, frozenset({"anna"})) == pytest.approx(MISSING_NAME)
    assert excused(lacking, frozenset({"anna", "2018"})) == pytest.approx(MISSING_NAME + MISSING_DETAIL)
    assert excused(candidate("It was.", missing=("2018", "s-400")), frozenset({"2018"})) == 0.0  # s-400 is told by none
    assert excused(candidate("It was."), frozenset({"2018"})) == 0.0


@pytest.mark.parametrize(("question", "rows"), [(TWO, [4, 5]), (ONE, [4])])
def test_the_other_part_gets_its_sentence(small_bot: Bot, question: str, rows: list[int]) -> None:
    lost = MISSING_DETAIL + MISSING_NAME
    found = [
        candidate("Anna found gold in 2018.", row=4, score=1.0, missing_names=("bori",)),
        candidate("Boris signed papers.", row=5, score=1.0 - WIDE_MARGIN - lost + 0.01, missing=("2018",), missing_names=("anna",)),
        # Nothing of the question that the first does not say: lacking the year counts.
        candidate("Gold was found elsewhere.", row=6, score=1.0 - lost, missing=("2018",), missing_names=("anna",)),
    ]  # fmt: skip
    assert _rows(small_bot, question, found) == rows


def _rows(bot: Bot, question: str, found: list[Candidate]) -> list[int]:
    passages = tuple(c.passage for c in found)
    retrieved = Retrieved(query=ask(bot, question), passages=passages, candidates=tuple(found), seconds={})
    assert NEW_WORDS > 0
    return sorted(c.sentence.row for c in _choose(retrieved, found, 5))
