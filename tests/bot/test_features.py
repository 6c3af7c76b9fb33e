"""The features of confidence: each present and absent, computed by hand on candidates made by hand."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.features import NAMES, detail_tokens, features
from bot.pipeline import Bot
from bot.records import Candidate
from tests.bot.made import ask, candidate, user


def values(bot: Bot, question: str, *candidates: Candidate) -> dict[str, float]:
    return features(ask(bot, question), candidates)


@pytest.mark.parametrize(
    ("name", "question", "text", "date", "value"),
    [
        ("year_asked", "How much was trade in 2016?", "Trade grew.", None, 1),
        ("year_asked", "How much was trade since 2016?", "Trade grew.", None, 1),
        ("year_asked", "How much was trade?", "Trade grew in 2016.", "2016", 0),
        ("year_there", "How much was trade in 2016?", "Trade grew in 2016.", None, 1),
        ("year_there", "How much was trade in 2016?", "Trade grew.", "2016-12-31", 1),
        ("year_there", "How much was trade in 2016?", "Trade grew in 2017.", "2017", 0),
        ("year_of_event", "How much was trade in 2016?", "Trade grew.", "2016-12-31", 1),
        ("year_of_event", "How much was trade in 2016?", "Trade grew in 2016.", "2017", 0),
        ("year_of_event", "How much was trade in 2016?", "Trade grew in 2016.", None, 0),
        ("other_years", "How much was trade in 2016?", "Trade grew from 2014 to 2016 and 2018.", None, 2),
        ("other_years", "How much was trade?", "Trade grew from 2014 to 2016.", None, 0),
        ("fresh_figures", "How much was trade in 2016?", "It was $69.5 billion in May 2016, up 2.2%.", None, 2),
        ("fresh_figures", "How much was trade in 2016?", "It grew in May 2016.", None, 0),
        ("fresh_figures", "Was it $69.5 billion?", "It was $69.5 billion.", None, 0),
        ("fresh_figures", "How much?", "It was 4, 5, 6, 7 and 8.", None, 3),  # three at most
        ("parts", "Is the treaty in force?", "The treaty was signed.", None, 1),
        ("parts", "Who, when, where, why, and how?", "The treaty was signed.", None, 3),  # three at most
        ("tokens", "Was the friendship treaty signed?", "It was.", None, 3),
        ("tokens", " ".join("abcdefghijklmnop"[i] * 3 for i in range(16)), "It was.", None, 12),  # twelve at most
        ("wants_sides", "What does each side say?", "The accounts differ.", None, 1),
        ("wants_sides", "What do they say?", "The accounts differ.", None, 0),
        ("novel", "Was the friendship treaty signed?", "A friendship treaty was signed.", None, 0),
        ("novel", "Was the friendship treaty signed?", "A border treaty was signed.", None, 1 / 3),
        ("novel", "Was the friendship treaty signed?", "It was!", None, 0),  # it has no tokens
        ("size", "Was the treaty signed?", "A border treaty was signed with a border.", None, 4),
    ],
)  # fmt: skip
def test_what_the_best_sentence_gives_of_what_is_asked(
    small_bot: Bot, name: str, question: str, text: str, date: str | None, value: float
) -> None:
    assert values(small_bot, question, candidate(text, date))[name] == pytest.approx(value)


@pytest.mark.parametrize(
    ("name", "changed", "value"),
    [
        ("similarity", {"similarity": 0.7}, 0.7),
        ("most_similar", {"similarity": 0.7}, 0.7),
        ("far", {"similarity": 0.7}, 0),
        ("far", {"similarity": 0.3}, 0.12),
        ("similarity_gap", {"similarity": 0.7}, 0.7),
        ("score", {"score": 1.5}, 1.5),
        ("gap", {"score": 1.5}, 0),
        ("gap_5", {"score": 1.5}, 0),
        ("passage_similarity", {"passage_similarity": 0.3}, 0.3),
        ("lexical", {"lexical": 8.5}, 8.5),
        ("passage_rank", {"rank": 4}, 0.25),
        ("same_document", {}, 1),
        ("coverage", {"coverage": 0.4}, 0.4),
        ("names_missing", {"missing_names": ("xi", "putin")}, 2),
        ("names_missing", {}, 0),
        ("details_missing", {"missing": ("s-400",)}, 1),
        ("details_missing", {}, 0),
        ("sides_there", {"dispute": 0}, 1),
        ("sides_there", {}, 0),
    ],
)
def test_what_the_search_says_of_the_best_sentence(
    small_bot: Bot, name: str, changed: dict[str, Any], value: float
) -> None:
    found = values(small_bot, "What does each side say?", candidate("The accounts differ.", **changed))
    assert found[name] == pytest.approx(value)


@pytest.mark.parametrize(("similarity", "value"), [(0.1, None), (0.5, 0.3), (0.6, 0), (0.8, 0)])
def test_unknown_words_count_as_far_as_no_sentence_is_close(
    small_bot: Bot, similarity: float, value: float | None
) -> None:
    """Two of the three words stand in no text; 0.5 is 0.1 short of close, which counts three times."""
    idf = small_bot.store.lexical.idf
    weight = {t: idf(t) for t in ("zebra", "quagga", "treati")}
    share = (weight["zebra"] + weight["quagga"]) / sum(weight.values())
    found = values(small_bot, "zebra quagga treaty", candidate("The treaty.", similarity=similarity))
    assert found["strange"] == pytest.approx(share if value is None else value)


def test_sides_are_there_only_if_asked_for(small_bot: Bot) -> None:
    assert values(small_bot, "What was said?", candidate("The accounts differ.", dispute=0))["sides_there"] == 0


def test_how_far_the_best_sentence_stands_out(small_bot: Bot) -> None:
    rows = [(1.0, 0.6), (0.9, 0.8), (0.7, 0.4), (0.6, 0.3), (0.4, 0.2), (0.3, 0.1), (0.2, 0.95)]
    documents = "abacaaa"
    found = values(
        small_bot,
        "What was signed?",
        *(
            candidate("It was.", score=score, similarity=similarity, document=document, row=i)
            for i, ((score, similarity), document) in enumerate(zip(rows, documents, strict=True))
        ),
    )
    assert found["most_similar"] == 0.95
    assert found["similarity_gap"] == pytest.approx(0.6 - (0.8 + 0.4 + 0.3 + 0.2 + 0.1) / 5)
    assert (found["gap"], found["gap_5"]) == (pytest.approx(0.1), pytest.approx(0.6))
    assert found["same_document"] == 3  # of the first five


def test_which_of_the_questions_words_are_there(small_bot: Bot) -> None:
    idf = small_bot.store.lexical.idf
    weight = {t: idf(t) for t in ("friendship", "treati", "sign")}
    total = sum(weight.values())
    question = "Was the friendship treaty signed?"
    second = candidate("The two signed.", row=1)
    found = values(small_bot, question, candidate("The treaty has articles.", header="Friendship › Text"), second)
    assert found["own_coverage"] == pytest.approx(weight["treati"] / total)
    assert found["near_coverage"] == pytest.approx(1.0)
    assert (found["lacking"], found["lacking_common"], found["lacking_details"]) == (1, 1, 0)
    assert found["lacking_weight"] == pytest.approx(weight["sign"])
    assert found["lacking_share"] == pytest.approx(weight["sign"] / total)
    assert (found["unknown_share"], found["unknown_details"]) == (0, 0)
    alone = values(small_bot, question, candidate("The treaty has articles."))
    assert alone["near_coverage"] == pytest.approx(weight["treati"] / total)
    assert alone["lacking"] == 2
    assert alone["lacking_weight"] == pytest.approx(max(weight["sign"], weight["friendship"]))
    whole = values(small_bot, question, candidate("The friendship treaty was signed."))
    assert (whole["own_coverage"], whole["near_coverage"]) == (pytest.approx(1.0), pytest.approx(1.0))
    assert (whole["lacking"], whole["lacking_weight"], whole["lacking_share"]) == (0, 0, 0)
    deep = [candidate("It was.", row=i) for i in range(1, 3)]
    fourth = values(small_bot, question, candidate("The treaty has articles."), *deep, candidate("Signed.", row=4))
    assert fourth["near_coverage"] == pytest.approx(weight["treati"] / total)  # three are looked at


def test_words_that_no_text_holds_and_details_are_told_apart(small_bot: Bot) -> None:
    lexical = small_bot.store.lexical
    assert not lexical.knows("zeppelin")
    assert not lexical.knows("fli")
    assert lexical.knows("zhenbao")
    found = values(small_bot, "Did Zeppelins fly to Zhenbao for the treaty?", candidate("The treaty was signed."))
    total = sum(lexical.idf(t) for t in ("zeppelin", "fli", "zhenbao", "treati"))
    assert found["unknown_share"] == pytest.approx(2 * lexical.unseen_idf / total)
    assert found["unknown_details"] == 1  # Zeppelins; to fly is no detail
    assert (found["lacking"], found["lacking_details"], found["lacking_common"]) == (3, 1, 0)
    assert found["lacking_weight"] == pytest.approx(lexical.idf("zhenbao"))


def test_another_form_of_a_word_is_as_good(small_bot: Bot) -> None:
    found = values(small_bot, "was the pact signed?", candidate("The treaty was signed."))
    assert (found["own_coverage"], found["lacking"]) == (pytest.approx(1.0), 0)


@pytest.mark.parametrize(
    ("question", "tokens"),
    [
        ("Who met Putin?", {"putin"}),
        ("Putin met whom?", set()),  # every question begins with a capital
        ("How many S-400s in 2014?", {"s-400", "2014"}),
        ("2014 trade", {"2014"}),
        ("trade with “Vietnam”", {"vietnam"}),
        ("", set()),
    ],
)
def test_words_with_a_capital_or_a_digit_name_a_detail(question: str, tokens: set[str]) -> None:
    assert detail_tokens(question) == tokens


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("When was it signed?", "is_when"),
        ("How much was trade?", "is_how_much"),
        ("Who signed it?", "is_who"),
        ("Where was it signed?", "is_where"),
        ("Why was it signed?", "is_why"),
        ("List the treaties", "is_list"),
        ("Compare the treaties", "is_compare"),
        ("Was it signed?", "is_yes_no"),
        ("Tell me of the treaty", "is_what"),
    ],
)
def test_a_question_is_of_one_kind(small_bot: Bot, question: str, kind: str) -> None:
    found = values(small_bot, question, candidate("It was."))
    assert [name for name in NAMES if name.startswith("is_") and found[name]] == [kind]


def test_a_follow_up_is_told(small_bot: Bot) -> None:
    query = ask(small_bot, "and why?", [user("When was the friendship treaty signed?")])
    assert features(query, [candidate("It was.")])["follows"] == 1
    assert values(small_bot, "Why was the friendship treaty signed?", candidate("It was."))["follows"] == 0


def test_without_a_candidate_all_are_nothing(small_bot: Bot) -> None:
    assert values(small_bot, "When was the treaty signed in 2001?") == dict.fromkeys(NAMES, 0.0)


@given(
    st.text(max_size=80) | st.sampled_from(["When was it?", "How many in 2016, and who?"]),
    st.lists(st.tuples(st.text(max_size=60), st.floats(-1, 1), st.sampled_from([None, "2016", "1969-03-02"])), max_size=7),
)  # fmt: skip
def test_the_features_are_those_named_and_finite(
    small_bot: Bot, question: str, rows: list[tuple[str, float, str | None]]
) -> None:
    found = values(
        small_bot,
        question,
        *(candidate(text, date, similarity=value, score=value, row=i) for i, (text, value, date) in enumerate(rows)),
    )
    assert tuple(found) == NAMES
    assert all(type(value) is float and math.isfinite(value) for value in found.values())
