"""Sentences read out of a model's text: the same whether it comes whole or letter by letter, and no sooner than they are finished."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.prompts import CANNOT_ANSWER
from bot.written import LONGEST, Written, read_form, read_text, read_written, without_thoughts

ENGLISH = (
    "China and Russia signed it in the U.S. [aaaa1] in 2001 [bbbb2]. Trade rose. [ccc33, ddd44] No key here. Gas fell [fff66].\n"
    "- Bulleted one [ggg77]\n**Bold** one [hhh88]!\nLast without"
)
RUSSIAN = "В 2024 г. [aaaa1] оборот составил 244,8 млрд долл. [bbbb2]. В. В. Путин приехал в 2023 г. в Китай. [ccc33] Конец [1][2]."
CHINESE = "中国和俄罗斯于2001年7月16日签署条约[aaaa1]。贸易额为2448亿美元。[bbbb2]没有键。增长【ccc33】。"


def pairs(found: list[Written]) -> list[tuple[str, tuple[str, ...]]]:
    return [(w.text, w.keys) for w in found]


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        (ENGLISH, "en", [
            ("China and Russia signed it in the U.S. in 2001.", ("aaaa1", "bbbb2")), ("Trade rose.", ("ccc33", "ddd44")),
            ("No key here.", ()), ("Gas fell.", ("fff66",)), ("Bulleted one", ("ggg77",)), ("Bold one!", ("hhh88",)), ("Last without", ()),
        ]),
        (RUSSIAN, "ru", [
            ("В 2024 г. оборот составил 244,8 млрд долл.", ("aaaa1", "bbbb2")), ("В. В. Путин приехал в 2023 г. в Китай.", ("ccc33",)),
            ("Конец.", ("1", "2")),
        ]),
        (CHINESE, "zh", [
            ("中国和俄罗斯于2001年7月16日签署条约。", ("aaaa1",)), ("贸易额为2448亿美元。", ("bbbb2",)), ("没有键。", ()),
            ("增长。", ("ccc33",)),
        ]),
        ("", "en", []),
        (" \n\n [aaaa1] \n", "en", []),
        ("[aaaa1] It is so [bbbb2].", "en", [("It is so.", ("bbbb2",))]),
        ("One. Two [aaaa1].", "en", [("One.", ()), ("Two.", ("aaaa1",))]),
        ("It rose by 5% in No. 5 [aaaa1].", "en", [("It rose by 5% in No. 5.", ("aaaa1",))]),
    ],
)  # fmt: skip
def test_sentences_with_their_keys(text: str, language: str, expected: list[tuple[str, tuple[str, ...]]]) -> None:
    assert pairs(list(read_text([text], language=language))) == expected
    assert pairs(list(read_text(list(text), language=language))) == expected


def test_a_sentence_is_given_out_with_its_last_letter() -> None:
    for text in ("It is so [aaaa1].", "It is so. [aaaa1]", "It is so [aaaa1]\n", "是的[aaaa1]。", "Да [aaaa1]."):
        pieces = iter(text)
        assert next(read_text(pieces)).keys == ("aaaa1",)
        assert list(pieces) == []  # all of it was read, and nothing waited for


def test_a_text_without_an_end_is_cut() -> None:
    found = list(read_text(["word " * 1000]))
    assert all(len(w.text) <= LONGEST for w in found)
    assert sum(w.text.count("word") for w in found) == 1000


def form(*sentences: object, answerable: bool = True) -> str:
    return json.dumps({"answerable": answerable, "sentences": list(sentences)}, ensure_ascii=False)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (form({"text": "A is so. B is {too} [x].", "keys": ["k1", "[k2]"]}, {"text": "中国。", "keys": ["k3"]}), [
            ("A is so.", ("k1", "k2", "x")), ("B is {too}.", ("k1", "k2", "x")), ("中国。", ("k3",)),
        ]),
        (form(answerable=False), [(CANNOT_ANSWER, ())]),
        (form(), []),
        (form({"text": 5, "keys": []}, {"keys": ["k"]}, {"text": "So.", "keys": "k"}), [("So.", ())]),
        ("no JSON at all", []),
        ('{"sentences": [{"text": "Cut', []),
        ('{"sentences": [', []),
    ],
)  # fmt: skip
def test_sentences_of_the_form(told: str, expected: list[tuple[str, tuple[str, ...]]]) -> None:
    assert pairs(list(read_form([told]))) == expected
    assert pairs(list(read_form(list(told)))) == expected


def test_a_sentence_of_the_form_is_given_out_with_its_bracket() -> None:
    told = form({"text": "A is so.", "keys": ["k1"]}, {"text": "B.", "keys": ["k2"]})
    first = told.index("}") + 1
    pieces = iter([told[:first], "", told[first:]])
    assert next(read_form(pieces)).text == "A is so."
    assert list(pieces) == ["", told[first:]]


@given(text=st.text(alphabet="aB1 .。[]【】,\n!?г", max_size=60), cut=st.integers(0, 60))
def test_how_a_text_comes_in_pieces_changes_nothing(text: str, cut: int) -> None:
    assert list(read_text([text[:cut], text[cut:]])) == list(read_text([text]))


SIGNED = "China signed it in 2001."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<think>It was 2004 [abc1d]. So.</think>\n\nChina signed it in 2001 [abc1d].", [(SIGNED, ("abc1d",))]),
        ("<THINKING>Hm <b> [abc1d].</thinking>China signed it in 2001 [abc1d].", [(SIGNED, ("abc1d",))]),
        ("<think>It was 2004 [abc1d]. It never ends", []),
        ("Less < more: China signed it in 2001 [abc1d].", [("Less < more: " + SIGNED, ("abc1d",))]),
        ("## Summary\n\n**Key points**\n\nHere it is:\n- *China* signed it in 2001 `[abc1d]`.\n", [(SIGNED, ("abc1d",))]),
        ("> China signed it in 2001 [abc1d].", [(SIGNED, ("abc1d",))]),
        ("| Year | Deed |\n|---|---|\nChina signed it in 2001 [abc1d].", [(SIGNED, ("abc1d",))]),
        ('China signed it in 2001 [key: "ABC1D", span ^xyz2k].', [(SIGNED, ("abc1d", "xyz2k"))]),
        ('```json\n{"sentences": [{"text": "China signed it in 2001.", "keys": ["abc1d"]}]}\n```', [(SIGNED, ("abc1d",))]),
        ('{"answerable": true, "sentences": [{"text": "China signed it in 2001.", "keys": ["abc1d"]}]}', [(SIGNED, ("abc1d",))]),
        ("```\nChina signed it in 2001 [abc1d].\n```", [(SIGNED, ("abc1d",))]),
        ('{"name": "search", "arguments": {"query": "treaty"}}', []),
        ("", []),
    ],
)  # fmt: skip
@pytest.mark.parametrize("size", [1, 3, 1000])
def test_whatever_shape_a_model_writes_in(size: int, text: str, expected: list[tuple[str, tuple[str, ...]]]) -> None:
    pieces = [text[i : i + size] for i in range(0, len(text), size)]
    assert [(w.text, w.keys) for w in read_written(pieces)] == expected


def test_thoughts_hold_nothing_back_that_is_no_tag() -> None:
    given: list[str] = []
    told = without_thoughts(given.append(p) or p for p in ["a < b ", "<th", "e end", "<think>x", "</think>y"])  # type: ignore[func-returns-value]
    assert next(told) == "a < b "
    assert given == ["a < b "]
    assert "".join(told) == "<the endy"
