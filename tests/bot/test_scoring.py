"""What a sentence is worth as the answer, computed by hand over the small corpus."""

import pytest

from bot.pipeline import Bot
from bot.records import Query
from bot.scoring import (
    CARRIED_NAME,
    COVERAGE_WEIGHT,
    FOCUS_WEIGHT,
    HEADER_SHARE,
    HEADER_WEIGHT,
    MISSING_DETAIL,
    MISSING_NAME,
    score_sentences,
)
from tests.bot.made import ask, candidate, said, user


def score(bot: Bot, query: Query, text: str, header: str = "") -> tuple[float, float]:
    """Return score and coverage of a sentence that stands alone in its passage, without its similarity."""
    made = candidate(text, header=header, row=0)
    vector = bot.embedder.embed_query(query.query)
    (found,) = score_sentences(query, [made.passage], {0: made.sentence}, vector)
    assert found.similarity == pytest.approx(float(bot.store.similarities("sentences", [0], vector)[0]))
    return found.score - found.similarity, found.coverage


def test_words_count_by_rarity_and_less_in_the_header(small_bot: Bot) -> None:
    query = ask(small_bot, "friendship treaty border")
    idf = small_bot.store.lexical.idf
    f, t, b = idf("friendship"), idf("treati"), idf("border")
    value, coverage = score(small_bot, query, "A friendship treaty.", "The border")
    covered = (f + t + HEADER_SHARE * b) / (f + t + b)
    assert coverage == pytest.approx(covered)
    assert value == pytest.approx(COVERAGE_WEIGHT * covered + FOCUS_WEIGHT + HEADER_WEIGHT * b / (f + t + b))


@pytest.mark.parametrize(
    ("question", "text", "covered"),
    [
        ("usd", "Worth $3.", 1.0),
        ("dollars", "Worth $3.", 1.0),
        ("percentage", "Up 3%.", 1.0),
        ("euros", "Worth €3.", 1.0),
        ("yuan", "Worth ¥3.", 1.0),
        ("euros", "Worth $3.", 0.0),
        ("usd", "Up 3%.", 0.0),
    ],
)
def test_a_sign_stands_for_its_word(small_bot: Bot, question: str, text: str, covered: float) -> None:
    assert score(small_bot, ask(small_bot, question), text)[1] == pytest.approx(covered)


def test_a_sign_is_no_word_of_the_sentence_itself(small_bot: Bot) -> None:
    idf = small_bot.store.lexical.idf
    value, coverage = score(small_bot, ask(small_bot, "treaty"), "The $ treaty.")
    assert (value, coverage) == (pytest.approx(COVERAGE_WEIGHT + FOCUS_WEIGHT), 1.0)
    assert idf("dollar") == small_bot.store.lexical.unseen_idf


def test_a_missing_year_costs_more_than_a_missing_name(small_bot: Bot) -> None:
    idf = small_bot.store.lexical.idf
    year, _ = score(small_bot, ask(small_bot, "What treaty was there in 1999?"), "A treaty.")
    share = idf("treati") / (idf("treati") + idf("1999"))
    assert year == pytest.approx(COVERAGE_WEIGHT * share + FOCUS_WEIGHT - MISSING_DETAIL)
    name, _ = score(small_bot, ask(small_bot, "What treaty was there with Peru?"), "A treaty.")
    share = idf("treati") / (idf("treati") + idf("peru"))
    assert name == pytest.approx(COVERAGE_WEIGHT * share + FOCUS_WEIGHT - MISSING_NAME)


def test_a_name_of_an_earlier_question_costs_less(small_bot: Bot) -> None:
    idf = small_bot.store.lexical.idf
    query = ask(small_bot, "who signed it?", [user("What of the treaty with Peru?"), said("It holds.")])
    value, coverage = score(small_bot, query, "They signed.")
    share = idf("sign") / (idf("sign") + 0.6 * (idf("treati") + idf("peru")))
    assert coverage == pytest.approx(share)
    assert value == pytest.approx(COVERAGE_WEIGHT * share + FOCUS_WEIGHT - CARRIED_NAME * MISSING_NAME)
