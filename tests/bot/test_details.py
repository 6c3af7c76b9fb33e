"""What the question names held against the best sentence and the others, computed by hand."""

import pytest

from bot.details import BESIDE, NAMES, details
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
    assert found["topic_gap"] == pytest.approx((more - weight["sign"]) / more)  # the year is no part of the topic
    assert values(small_bot, question, other, best)["topic_gap"] == 0.0
    assert values(small_bot, question, best)["coverage_gap"] == 0.0


def test_what_a_text_is_about_counts_for_the_whole_question_but_not_for_its_topic(small_bot: Bot) -> None:
    best, other = (
        candidate("Two signed it.", header="Friendship treaty"),
        candidate("The friendship treaty was signed.", row=1),
    )
    found = values(small_bot, "Was the friendship treaty signed?", best, other)
    assert found["coverage_gap"] == 0.0
    assert found["topic_gap"] > 0.5


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


def test_a_question_without_a_word_to_search_for_has_no_gap(small_bot: Bot) -> None:
    found = values(small_bot, "?", candidate("The treaty was signed."))
    assert tuple(found) == NAMES
    assert set(found.values()) == {0.0}
