"""Questions that leave out the rest: what they name takes the place of its like in the question before."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.ellipsis import corrected, in_place, left_out, mended, names_another
from bot.pipeline import Bot
from bot.turns import NO_TALK
from tests.bot.made import ask, said, user


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("and what about gas, then?", "gas"),
        ("ok, so in 2024 please", "in 2024"),
        ("And the railway one?", "the railway one"),
        ("а в 2023 году?", "в 2023 году"),
        ("那2023年呢？", "2023年呢"),
        ("and who signed it?", ""),
        ("tell me about gas", ""),
        ("", ""),
    ],
)
def test_what_a_question_names_stands_without_its_joints(text: str, named: str) -> None:
    assert left_out(text) == named


@pytest.mark.parametrize(
    ("named", "previous", "question"),
    [
        ("in 2023", "How much was trade for 2022 in yuan?", "How much was trade in 2023 in yuan"),
        ("2023", "How much was trade since May 2022?", "How much was trade since 2023"),
        ("5 May 2023", "Who came on 4 May 2022?", "Who came on 5 May 2023"),
        ("in 1950", "What did the 2001 treaty say?", "What did the 1950 treaty say"),
        ("in 2023", "How much was trade?", "How much was trade in 2023"),
        ("in 2023", "Trade in 2019 and 2021?", ""),  # in the place of which?
        ("in 2023", "Trade in 2014-2021?", "Trade in 2014-2021 in 2023"),
        ("в 2023 году", "Сколько газа Россия продала в 2022 году?", "Сколько газа Россия продала в 2023 году"),
        ("2023年呢", "2022年贸易额是多少？", "2023年贸易额是多少"),
        ("gas", "Who buys oil, and why oil?", "Who buys gas, and why gas"),
        ("in dollars", "What share is in yuan?", "What share is in dollars"),
        ("coal", "Do oil and gas matter?", ""),
        ("imports", "How large were exports to Russia?", "How large were imports from Russia"),
        ("the S-400", "How many Su-35 did China buy?", "How many S-400 did China buy"),
        ("the railway one", "When was the road bridge at Heihe opened?", "When was the railway bridge opened"),
        ("the smaller one", "When was the road bridge at Heihe opened?", ""),
        ("India", "How did China vote on Crimea?", "How did India vote on Crimea"),
        ("the US", "how did china vote on Crimea?", "how did the US vote on Crimea"),
        ("India", "Who fears China?", ""),
        ("Gazprom", "How did China vote on Crimea?", ""),
        ("", "How did China vote?", ""),
    ],
)
def test_what_is_named_takes_the_place_of_its_like(named: str, previous: str, question: str) -> None:
    assert in_place(named, previous) == question


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("No, sorry, I meant 2014.", "2014"),
        ("i mean who signed it", "who signed it"),
        ("oops, gas", "gas"),
        ("*Zhenbao", "Zhenbao"),
        ("make that 2014, not 2012", "2014"),
        ("What did he mean by it?", ""),
        ("No country voted against, or did one?", ""),
        ("Sorry state of relations?", ""),
    ],
)
def test_a_correction_is_told_by_its_words(text: str, meant: str) -> None:
    assert corrected(text) == meant


def test_a_word_takes_the_place_of_the_one_it_was_meant_for() -> None:
    assert mended("Damansky", "Who fought at damanski?") == "Who fought at Damansky?"
    assert mended("Khabarovsk", "Who fought at Damansky?") == ""
    assert mended("2014", "Who fought in 2015?") == ""


@pytest.mark.parametrize(
    ("text", "another"),
    [("and gas?", True), ("in roubles?", True), ("and its gas?", False), ("why gas?", False), ("", False)],
)
def test_other_goods_are_another_matter(text: str, another: bool) -> None:
    assert names_another(text) is another


def test_texts_on_other_goods_are_no_longer_what_is_talked_of(small_bot: Bot) -> None:
    told = [user("Who buys the treaty oil?"), said("The friendship treaty of 2001 has 25 articles. [1]")]
    assert ask(small_bot, "and who sold it?", told).talk.documents == {"treaty"}
    assert ask(small_bot, "and gas?", told).talk == NO_TALK


MARKET = """---
id: market
title: The market
kind: brief
topic: economy
language: en
as_of: 2024-01-01
---

In 2022 Chita sold Harbin 40 barrels of tar [@news]{date=2022-01-01}.

In 2023 Chita sold Harbin 55 barrels of tar [@news]{date=2023-01-01}.
"""


def test_the_query_that_a_reader_is_shown_is_a_question(make_bot: Callable[..., Bot], corpus_folder: Path) -> None:
    (corpus_folder / "market.md").write_text(MARKET, encoding="utf-8")
    bot = make_bot(min_confidence=0.0)
    asked = "How many barrels of tar did Chita sell Harbin in 2022?"
    first = bot.answer(asked)
    follow = bot.answer("and in 2023?", history=[user(asked), said(first.answer)])
    assert follow.query == "How many barrels of tar did Chita sell Harbin in 2023"
    assert "55 barrels" in follow.statements[0].text
