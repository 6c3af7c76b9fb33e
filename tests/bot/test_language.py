"""The language of a question where scripts are mixed, and what is read off one in another language."""

import pytest

from bot.language import detect_language, in_texts_words, script_language
from bot.names import Names
from bot.pipeline import Bot
from bot.question import read_question
from corpus.glossary import Entry

GLOSSARY = [Entry(term="friendship treaty", zh=("友好条约",), ru=("договор о дружбе",))]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Что такое Power of Siberia 2?", "ru"),
        ("Что за Power of Siberia 2 and Arctic LNG 2?", "ru"),
        ("Power of Siberia 2什么时候开通？", "zh"),
        ("Power of Siberia 2係邊個起嘅？點解咁慢？", "zh"),
        ("S-400是什么", "zh"),
        ("What is 上海合作组织?", "en"),
        ("What does Шанхайская организация сотрудничества do?", "en"),
        ("Zhenbao (珍宝岛) 1969", "en"),
        ("Путин and Си Цзиньпин", "ru"),
        ("中露関係はどうですか", "ja"),
        ("Чи підписали договір із Китаєм?", "uk"),
        ("Коли пакт?", "ru"),  # no letter that Russian lacks
        ("Quand le traité entre la Chine et la Russie est-il signé ?", "fr"),
        ("trade in 2014", "en"),
        ("", "en"),
        ("2014?", "en"),
    ],
)
def test_the_language_is_the_one_that_asks(text: str, language: str) -> None:
    assert detect_language(text) == language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Мост открыт.", "ru"),
        ("Міст відкрито.", "uk"),
        ("桥。", "zh"),
        ("橋です。", "ja"),
        ("The bridge.", None),
        ("5", None),
    ],
)
def test_a_script_tells_a_language_or_nothing(text: str, language: str | None) -> None:
    assert script_language(text) == language


@pytest.mark.parametrize(
    ("text", "language", "kind", "tokens"),
    [
        ("Когда подписан договор о дружбе 2001 года?", "ru", "when", {"2001", "friendship", "treati"}),
        ("Сколько статей в договоре о дружбе?", "ru", "how-much", {"friendship", "treati"}),
        ("Почему Москва тянет?", "ru", "why", set()),
        ("谁在2001年签署了友好条约？", "zh", "who", {"2001", "friendship", "treati"}),
        ("友好條約是幾時簽署的？", "zh", "when", {"friendship", "treati"}),
        ("¿Cuándo se firmó el treaty?", "es", "what", {"treati"}),
    ],
)
def test_a_question_in_another_language_asks_for_what_the_texts_can_hold(
    small_bot: Bot, text: str, language: str, kind: str, tokens: set[str]
) -> None:
    asked = in_texts_words(read_question(text), text, language, Names(GLOSSARY), small_bot.store.lexical)
    assert asked.kind == kind
    assert set(asked.tokens) == asked.own == tokens
    assert asked.names == asked.designations == ()
