"""Loaded words are set aside, names and things with the same words are not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.loaded import without_loaded_words
from bot.pipeline import Bot
from tests.bot.made import ask


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Why did China bravely back Russia's reckless war?", "Why did China back Russia's war?"),
        ("the brotherly peoples and the so-called partnership", "the peoples and the partnership"),
        ("How did NATO at long last call them out?", "How did NATO call them out?"),
        ("High time! When did they meet?", "When did they meet?"),
        ("what did they sign lol", "what did they sign"),
        ("Why could the war criminal Putin travel?", "Why could Putin travel?"),
        ("What does the dictator Xi say?", "What does Xi say?"),
        ("What did the Russian barbarians do?", "What did the Russian side do?"),
        ("Mao's bandits came", "Mao's side came"),
        ("What does the Kyiv regime say?", "What does the Kyiv say?"),
        ("Is Russia China's vassal?", "Is Russia China's junior partner?"),
        ("Is Russia a mere puppet of China?", "Is Russia a junior partner of China?"),
        ("trade since the special military operation", "trade since the war in Ukraine"),
        ("What did the Yankee empire say?", "What did the US say?"),
        ("the illegal occupation and the criminal regime", "the occupation and the regime"),
    ],
)
def test_loaded_words_are_set_aside(text: str, plain: str) -> None:
    assert without_loaded_words(text) == plain


@pytest.mark.parametrize(
    "text",
    [
        "Is China a member of the International Criminal Court?",
        "What is done about illegal logging?",
        "What does the sanctions regime forbid?",
        "Which puppet state bought the railway?",
        "Who wrote Brave New World?",
        "What did the Regime Change paper say?",
        "Who is the bully?",
        "What is peaceful nuclear use?",
        "Which side fired first?",
        "evil lol",  # nothing else to search for: kept as it is
        "",
        "条约是什么时候签的?",
    ],
)
def test_the_same_words_in_names_and_things_stay(text: str) -> None:
    assert without_loaded_words(text) == text


@given(st.text(max_size=120))
def test_any_text_comes_out_as_text_that_is_plain(text: str) -> None:
    plain = without_loaded_words(text)
    assert bool(plain.strip()) == bool(text.strip())
    assert len(plain) <= 2 * len(text) + 20


def test_the_query_is_without_them_and_the_question_with_them(small_bot: Bot) -> None:
    query = ask(small_bot, "When was the shameful friendship treaty signed?")
    assert query.question == "When was the shameful friendship treaty signed?"
    assert query.query == query.read == "When was the friendship treaty signed?"
    neutral = ask(small_bot, "When was the friendship treaty signed?")
    assert query.asked == neutral.asked
    loaded, plain = (small_bot.answer(q.question) for q in (query, neutral))
    assert (loaded.statements, loaded.confidence) == (plain.statements, plain.confidence)
