"""Chinese and Russian names in a question, found in every form and told as the texts write them."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.names import Names, simplified
from bot.pipeline import Bot
from bot.records import ABSTENTION
from corpus.glossary import Entry, load_glossary
from corpus.settings import SHIPPED_TEXTS
from tests.bot.made import ask, user


@pytest.fixture(scope="module")
def names() -> Names:
    """The names of the shipped glossary."""
    return Names(load_glossary([SHIPPED_TEXTS]))


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("Когда запустили Силу Сибири?", ["Power of Siberia"]),
        ("о «Силе Сибири — 2» и «Силе Сибири»", ["Power of Siberia 2", "Power of Siberia"]),
        ("Сила Сибири 2", ["Power of Siberia 2"]),
        ("Шанхайской организации сотрудничества", ["Shanghai Cooperation Organisation"]),
        ("ШОС и БРИКС", ["Shanghai Cooperation Organisation", "BRICS"]),
        ("Что Путин сказал Си Цзиньпину?", ["Vladimir Putin", "Xi Jinping"]),
        ("договор о добрососедстве, дружбе и сотрудничестве", ["Treaty of Good-Neighbourliness and Friendly Cooperation"]),
        ("сколько С-400 и Су-35", ["S-400", "Su-35"]),
        ("Шанхайская пятерка", ["Shanghai Five"]),  # the glossary writes ё
        ("это или то", []),
        ("Илийский край, Или", ["Ili region", "Ili region"]),
        ("Сибирь", []),
        ("上海合作组织是什么时候成立的？", ["Shanghai Cooperation Organisation"]),
        ("上海合作組織幾時成立㗎？", ["Shanghai Cooperation Organisation"]),
        ("西伯利亚力量2号和西伯利亞力量", ["Power of Siberia 2", "Power of Siberia"]),
        ("苏35和苏－27SK", ["Su-35", "Su-27"]),
        ("《中俄睦邻友好合作条约》", ["Treaty of Good-Neighbourliness and Friendly Cooperation"]),
        ("Путин 习近平 meet", ["Vladimir Putin", "Xi Jinping"]),
        ("When was the treaty signed?", []),
        ("", []),
    ],
)  # fmt: skip
def test_names_are_found_in_every_form(names: Names, text: str, terms: list[str]) -> None:
    assert [found.entry.term for found in names.find(text)] == terms


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("What is 上海合作组织?", "What is Shanghai Cooperation Organisation?"),
        ("Is上海合作组织an alliance?", "Is Shanghai Cooperation Organisation an alliance?"),
        ("When did Сила Сибири open?", "When did Power of Siberia open?"),
        ("Did Путин meet 習近平?", "Did Vladimir Putin meet Xi Jinping?"),
        ("When was it?", "When was it?"),
    ],
)
def test_names_are_put_in_english_where_they_stand(names: Names, text: str, english: str) -> None:
    assert names.in_english(text) == english


def test_where_a_name_stands_are_its_own_characters(names: Names) -> None:
    text = "Как «Силой Сибири» и 珍寶島?"
    assert [text[n.start : n.end] for n in names.find(text)] == ["Силой Сибири", "珍寶島"]


def test_every_original_of_the_shipped_glossary_is_found_by_itself(names: Names) -> None:
    entries = load_glossary([SHIPPED_TEXTS])
    assert len(entries) > 200
    spelt: dict[str, set[str]] = {}
    for entry in entries:
        for spelling in (*entry.zh, *entry.ru):
            spelt.setdefault(simplified(spelling).replace("-", "").lower(), set()).add(entry.term)
    lost = [
        spelling
        for entry in entries
        for spelling in (*entry.zh, *entry.ru)
        if not {n.entry.term for n in names.find(spelling)} & spelt[simplified(spelling).replace("-", "").lower()]
    ]
    assert lost == ["Или", "Дальний"] or lost == []


def test_a_glossary_without_originals_finds_nothing() -> None:
    assert Names([Entry(term="Heihe")]).find("黑河, Хэйхэ") == []
    assert Names().in_english("黑河") == "黑河"


def test_characters_are_simplified_one_by_one() -> None:
    assert simplified("習近平與國際組織 Путин A") == "习近平与国际组织 Путин A"
    assert len(simplified("麵包")) == 2


RU = "Названия и термины из вопроса, как их пишут тексты: "
ZH = "问题中的名称和术语在资料中的写法："


@pytest.fixture
def bilingual(make_bot: Callable[..., Bot], corpus_folder: Path) -> Bot:
    entries = [
        {
            "term": "Zhenbao (Damansky) Island",
            "zh": ["珍宝岛"],
            "ru": ["остров Даманский", "Даманский"],
            "kind": "place",
        },
        {"term": "friendship treaty", "zh": ["友好条约"], "ru": ["договор о дружбе"], "kind": "treaty"},
    ]
    (corpus_folder / "glossary.json").write_text(json.dumps(entries), encoding="utf-8")
    questions = "questions:\n- Who fired first on Zhenbao?\n- When was the border settled?\n---"
    border = corpus_folder / "border.md"
    border.write_text(border.read_text(encoding="utf-8").replace("---\n\n", f"{questions}\n\n", 1), encoding="utf-8")
    bot: Bot = make_bot()
    return bot


@pytest.mark.parametrize(
    ("question", "names", "first"),
    [
        ("Что было на Даманском?", RU + "Zhenbao (Damansky) Island.", "Who fired first on Zhenbao?"),
        ("珍寶島發生了什麼？", ZH + "Zhenbao (Damansky) Island。", "Who fired first on Zhenbao?"),
        ("О чём договор о дружбе?", RU + "friendship treaty.", "When was the treaty signed?"),
        ("Что такое Zhenbao?", "", "Who fired first on Zhenbao?"),
        ("Что нового?", "", "When was the border settled?"),
    ],
)  # fmt: skip
def test_names_lead_to_english_questions_about_them(bilingual: Bot, question: str, names: str, first: str) -> None:
    answer = bilingual.answer(question)
    assert answer.abstained
    assert answer.answer.endswith(names or ("по-английски." if answer.language == "ru" else "。"))
    assert bool(names) is ("Названия" in answer.answer or "写法" in answer.answer)
    if question != "Что нового?":
        assert answer.suggestions[0] == first
    assert set(answer.suggestions) == {
        "Who fired first on Zhenbao?", "When was the border settled?", "When was the treaty signed?"
    }  # fmt: skip


def test_a_name_in_another_script_inside_an_english_question_is_searched_for_in_english(bilingual: Bot) -> None:
    answer = bilingual.answer("Who fired first on 珍宝岛 in March 1969?")
    assert (answer.language, answer.abstained) == ("en", False)
    assert answer.question == "Who fired first on 珍宝岛 in March 1969?"
    assert answer.query == "Who fired first on Zhenbao (Damansky) Island in March 1969?"
    assert not answer.answer.startswith(ABSTENTION)


def test_a_follow_up_carries_the_name_in_english(bilingual: Bot) -> None:
    assert ask(bilingual, "and why?", [user("Who fired first on Даманский?")]).query == (
        "Who fired first on Zhenbao (Damansky) Island and why?"
    )
