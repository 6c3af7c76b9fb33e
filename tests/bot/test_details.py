"""What the question names held against the best sentence and the others, computed by hand."""

import pytest

from bot.details import BESIDE, NAMES, NEAR, NEAR_COVERAGE, details, near
from bot.pipeline import Bot
from bot.records import Candidate
from tests.bot.made import ask, candidate


def values(bot: Bot, question: str, *candidates: Candidate) -> dict[str, float]:
    return details(ask(bot, question), candidates)


def test_another_sentence_that_covers_the_question_better_is_told(small_bot: Bot) -> None:
    idf = small_bot.store.lexical.idf
    question = "Was the friendship treaty signed in 2001?"
    weight = {t: idf(t) for t in ("friendship", "treati", "sign", "2001")}
    best, other = candidate("Two signed it in 2001."), candidate("The friendship treaty was signed.", row=1)
    found = values(small_bot, question, best, other)
    more = weight["friendship"] + weight["treati"] + weight["sign"]
    total = sum(weight.values())
    assert found["coverage_gap"] == pytest.approx((more - weight["sign"] - weight["2001"]) / total)
    assert values(small_bot, question, best)["coverage_gap"] == 0.0


def test_what_is_told_of_another_year_only_is_told(small_bot: Bot) -> None:
    idf = small_bot.store.lexical.idf
    question = "Was the friendship treaty signed in 2001?"
    topic = idf("friendship") + idf("treati") + idf("sign")  # the year is no part of it
    there, other = candidate("Two signed it in 2001."), candidate("The friendship treaty was signed in 1999.", row=1)
    apart = pytest.approx((topic - idf("sign")) / topic)
    assert values(small_bot, question, there, other)["year_apart"] == apart
    assert values(small_bot, question, other, there)["year_apart"] == apart
    assert values(small_bot, question, other)["year_apart"] == 1.0
    assert values(small_bot, question, there)["year_apart"] == 0.0
    whole = candidate("The friendship treaty was signed.", "2001-07-16", row=2)  # the year of its event is its year
    assert values(small_bot, question, there, other, whole)["year_apart"] == 0.0
    assert values(small_bot, "Was the friendship treaty signed?", there, other)["year_apart"] == 0.0


def test_what_a_text_is_about_counts_for_the_whole_question(small_bot: Bot) -> None:
    best, other = (
        candidate("Two signed it.", header="Friendship treaty"),
        candidate("The friendship treaty was signed.", row=1),
    )
    found = values(small_bot, "Was the friendship treaty signed?", best, other)
    assert found["coverage_gap"] == 0.0


def test_only_sentences_near_the_top_are_looked_at(small_bot: Bot) -> None:
    rows = [candidate("Two signed it.", row=i) for i in range(BESIDE)]
    last = candidate("The friendship treaty was signed.", row=BESIDE)
    assert values(small_bot, "Was the friendship treaty signed?", *rows, last)["coverage_gap"] == 0.0
    assert values(small_bot, "Was the friendship treaty signed?", *rows[1:], last)["coverage_gap"] > 0.5


def test_a_question_about_the_article_is_not_held_against_other_texts(small_bot: Bot) -> None:
    best, other = candidate("Two signed it."), candidate("The friendship treaty was signed.", row=1, document="other")
    assert values(small_bot, "Was the friendship treaty signed?", best, other)["coverage_gap"] > 0.5
    assert values(small_bot, "Was the friendship treaty signed, says the essay?", best, other)["coverage_gap"] == 0.0


@pytest.mark.parametrize(
    ("name", "question", "text", "value"),
    [
        ("parts_changed", "Which islands did Russia lease to China?", "China leased two islands to Russia.", 1),
        ("parts_changed", "Which islands did China lease to Russia?", "China leased two islands to Russia.", 0),
        ("negated", "Who did not sign the treaty?", "China signed the treaty.", 1),
        ("negated", "Who did not sign the treaty?", "China did not sign the treaty.", 0),
        ("negated", "Who signed the treaty?", "China signed the treaty.", 0),
        ("claimed_figures", "Who bought 24 jets of 35?", "China bought 24 jets.", 1),
        ("claimed_figures", "Who bought 24 jets in 2015?", "Peru bought jets.", 2),
        ("claimed_figures", "Who bought 24 jets?", "China bought 24 jets.", 0),
    ],
)
def test_a_question_is_held_against_the_best_sentence_as_a_claim(
    small_bot: Bot, name: str, question: str, text: str, value: float
) -> None:
    assert values(small_bot, question, candidate(text))[name] == value


@pytest.mark.parametrize(
    ("question", "texts", "filled"),
    [
        ("How many articles has the treaty?", ["The treaty has 25 articles."], (0, 0, 0)),
        ("How many articles has the treaty?", ["The treaty is old."], (1, 0, 1)),
        ("How many articles has the treaty?", ["The treaty is old.", "It has 25 articles."], (0, 0, 1)),
        ("Who commanded the fleet?", ["Admiral Pavel Ivanov praised it."], (0, 1, 0)),
        ("Is the treaty old?", ["The treaty was signed."], (0, 0, 0)),  # no slot
    ],
)
def test_whether_the_slot_of_the_question_is_filled(
    small_bot: Bot, question: str, texts: list[str], filled: tuple[float, float, float]
) -> None:
    found = values(small_bot, question, *(candidate(text, row=i) for i, text in enumerate(texts)))
    assert (found["unfilled"], found["partly_filled"], found["unfilled_best"]) == filled


@pytest.mark.parametrize(
    ("name", "question", "texts", "value"),
    [
        ("countries_missing", "india's vote", ["Indian envoys voted."], 0),
        ("countries_missing", "india and iran's vote", ["China voted."], 2),
        ("countries_missing", "India's vote", ["China voted.", "India voted."], 1),  # in the best sentence
        ("countries_missing", "China's vote", ["They voted."], 0),
        ("months_missing", "trade in april 2020", ["Trade grew in May 2020."], 1),
        ("months_missing", "trade in april 2020", ["Trade grew in 2020.", "It fell in April."], 0),
        ("months_missing", "Why may they trade in 2020?", ["Trade grew."], 0),
        ("months_missing", "trade in may 2020", ["Trade grew."], 1),
        (
            "numbers_missing",
            "Did they back resolution 2118 in 2013?",
            ["They backed it."],
            1,
        ),  # the year has a feature of its own
        ("numbers_missing", "the 14th package of 2024-25 with 3.5 million", ["The 14th package."], 1),
        ("numbers_missing", "the three packages of '24", ["The package."], 0),
        ("numbers_nowhere", "the 14th package", ["The package.", "The 14th came."], 0),
        ("numbers_nowhere", "the 14th package", ["The package.", "The 13th came."], 1),
    ],
)
def test_what_the_question_names_and_the_sentences_do_not(
    small_bot: Bot, name: str, question: str, texts: list[str], value: float
) -> None:
    assert values(small_bot, question, *(candidate(text, row=i) for i, text in enumerate(texts)))[name] == value


def test_the_month_of_an_event_counts_as_named(small_bot: Bot) -> None:
    question = "Trade in April 2020?"
    assert values(small_bot, question, candidate("Trade grew.", "2020-04-30"))["months_missing"] == 0
    assert values(small_bot, question, candidate("Trade grew.", "2020-05"))["months_missing"] == 1
    assert values(small_bot, question, candidate("Trade grew.", "2020"))["months_missing"] == 1


def test_sentences_near_the_best_lack_no_more_and_cover_nearly_as_much() -> None:
    best = candidate("Best.", coverage=0.6, missing_names=("xi",))
    others = [
        candidate("As good.", coverage=0.6 - NEAR_COVERAGE, missing_names=("putin",), row=1),
        candidate("Off the topic.", coverage=0.59 - NEAR_COVERAGE, row=2),
        candidate("Another year.", coverage=0.6, missing=("2014",), row=3),
        candidate("Other people.", coverage=0.6, missing_names=("xi", "putin"), row=4),
    ]
    assert near([best, *others]) == [best, others[0]]
    assert len(near([best] * (NEAR + 1))) == NEAR


def test_a_question_without_a_word_to_search_for_has_no_gap(small_bot: Bot) -> None:
    found = values(small_bot, "?", candidate("The treaty was signed."))
    assert tuple(found) == NAMES
    assert set(found.values()) == {0.0}
