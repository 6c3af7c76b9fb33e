"""Characters, equal quotes and sentences: what every other room takes for granted about text."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.text import (
    MAX_CJK_CHARACTERS,
    MAX_PARAGRAPH,
    MAX_SENTENCE_CHARACTERS,
    ends_like_a_sentence,
    is_cjk,
    normalise,
    normalise_quote,
    split_sentences,
)

LANGUAGES = ("en", "ru", "zh", "en-GB")
WORDS = "Mr. China met said RT. 13–15 May. Then U.S. e.g. “Yes!” (No. 2001) … ? A. г. Он договор 条约 签署 。 ！ ； 🙂 é , ; No. No"
SPACES = (" ", "  ", "\n", "\n\n", "\t", "\u00a0", "\u3000", "\u2028")
PIECES = (*WORDS.split(), *SPACES, "👩\u200d🚀", "long" * 200, "条约" * 150)
paragraphs = st.one_of(
    st.text(max_size=200),
    st.lists(st.sampled_from(PIECES), max_size=30).flatmap(lambda p: st.sampled_from([" ".join(p), "".join(p)])),
)
INVISIBLE = {
    "zero-width": "\u180e\u200b\u200c\u200d\u2060\u2061\u2062\u2063\u2064\ufeff\u00ad",
    "bidi": "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069",
    "control": "".join(map(chr, [*range(9), 0x0B, 0x0C, *range(0x0E, 0x20), *range(0x7F, 0x85), *range(0x86, 0xA0)])),
    "half a character": "\ud800\udbff\udc00\udfff",
}


def sentences(text: str, language: str = "en") -> list[str]:
    return [text[start:end] for start, end in split_sentences(text, language)]


@settings(deadline=None, max_examples=300)
@given(paragraphs, st.sampled_from(LANGUAGES))
def test_sentences_are_ordered_disjoint_stripped_and_lose_nothing(text: str, language: str) -> None:
    spans = split_sentences(text, language)
    reached = 0
    for start, end in spans:
        assert reached <= start < end <= len(text)
        assert text[start:end] == text[start:end].strip()
        assert end - start <= MAX_SENTENCE_CHARACTERS
        reached = end
    kept = "".join(text[start:end] for start, end in spans)
    assert "".join(kept.split()) == "".join(text.split())


@settings(deadline=None, max_examples=500)
@given(st.text())
def test_normalising_twice_is_normalising_once(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)
    assert normalise_quote(normalise_quote(text)) == normalise_quote(text)


@settings(deadline=None, max_examples=500)
@given(st.text(st.one_of(st.characters(), st.sampled_from("".join(INVISIBLE.values()) + "\r\x85\u2028\u2029"))))
def test_normalised_text_has_no_control_bidi_or_zero_width_character(text: str) -> None:
    clean = normalise(text)
    assert not {c for c in clean if unicodedata.category(c) in {"Cc", "Cs"}} - {"\n", "\t"}
    assert not set(clean) & set("".join(INVISIBLE.values()) + "\r\x85\u2028\u2029")
    assert unicodedata.is_normalized("NFC", clean)


@pytest.mark.parametrize("kind", INVISIBLE)
def test_each_invisible_character_goes_and_its_neighbours_stay(kind: str) -> None:
    for character in INVISIBLE[kind]:
        assert normalise(f"tre{character}aty") == "treaty", f"U+{ord(character):04X}"


@pytest.mark.parametrize(
    ("text", "composed"), [("cafe\u0301", "caf\u00e9"), ("\u0438\u0306", "\u0439"), ("\u212b", "\u00c5")]
)
def test_letters_and_their_accents_are_one_character(text: str, composed: str) -> None:
    assert normalise(text) == composed


@pytest.mark.parametrize("newline", ["\r\n", "\r", "\n", "\u2028", "\u2029", "\x85"])
def test_every_kind_of_newline_becomes_one(newline: str) -> None:
    assert normalise(f"one{newline}two\tthree") == "one\ntwo\tthree"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2013–2015 — now", "2013-2015 - now"),
        ("“no limits” and ‘friends’", "\"no limits\" and 'friends'"),
        ("«Сила Сибири»", '"Сила Сибири"'),
        ("Sino\u2011Soviet", "Sino-Soviet"),
        ("ｆｕｌｌ　ｗｉｄｔｈ　２００１", "full width 2001"),
        ("two\n  words\u00a0here ", "two words here"),
        ("cafe\u0301", "café"),
        ("ﬁve", "five"),
    ],
)
def test_quotes_that_differ_in_type_only_are_equal(one: str, other: str) -> None:
    assert normalise_quote(one) == normalise_quote(other) == other


@pytest.mark.parametrize(
    ("one", "other"),
    [("not signed", "signed"), ("2001", "2010"), ("Treaty", "treaty"), ("5,000", "5000"), ("a. b", "a b")],
)
def test_quotes_that_differ_in_words_case_or_digits_are_not_equal(one: str, other: str) -> None:
    assert normalise_quote(one) != normalise_quote(other)


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", ["Mr. Putin met Xi on 4 Feb. 2022.", "Did they sign?", "They did!"]),
        ("en", ["He said: “It holds.”", "The U.S. objected to the S-400 sale."]),
        ("en", ["The price is 3.5 billion dollars.", "China agreed."]),
        ("ru", ["Договор подписан 16 июля 2001 г. в Москве.", "Он действует двадцать лет.", "Продлён ли он?"]),
        ("en", ["Trade grew, said RT.", "China bought more oil."]),
        ("en", ["The drill was held on 13–15 May.", "Russia sent ships."]),
        ("en", ["It ended on 13–15 May.", "Then the ships left."]),
        ("en", ["It was reported by TASS.", "Russia agreed."]),
    ],
)
def test_a_paragraph_is_split_where_a_reader_would(language: str, expected: list[str]) -> None:
    assert sentences(" ".join(expected), language) == expected


def test_chinese_needs_no_spaces_and_no_language_tag() -> None:
    expected = ["中俄于2001年7月16日签署条约。", "条约有效期二十年！", "是否延长？"]
    assert sentences("".join(expected), "zh") == expected
    assert sentences("".join(expected), "en") == expected


def test_capitals_and_may_inside_a_sentence_do_not_end_it() -> None:
    text = "Exports to the PRC may rise in May and NATO objects."
    assert sentences(text) == [text]


def test_a_run_without_full_stops_is_cut_between_words() -> None:
    run = "; ".join(["the parties agreed to cooperate on energy"] * 60)
    pieces = sentences(run)
    assert len(pieces) > 1
    assert all(len(piece) <= MAX_SENTENCE_CHARACTERS for piece in pieces)
    assert min(len(piece) for piece in pieces[:-1]) > MAX_SENTENCE_CHARACTERS // 3
    assert " ".join(pieces) == run


def test_a_chinese_run_without_full_stops_is_cut_at_clauses() -> None:
    run = "，".join(["双方同意在能源领域合作"] * 40)
    pieces = sentences(run, "zh")
    assert len(pieces) > 1
    assert all(len(piece) <= MAX_CJK_CHARACTERS and piece.endswith("，") for piece in pieces[:-1])
    assert "".join(pieces) == run


def test_a_run_without_any_space_is_cut_at_the_limit() -> None:
    limit = MAX_SENTENCE_CHARACTERS
    assert [len(piece) for piece in sentences("x" * (2 * limit + 1))] == [limit, limit, 1]
    assert [len(piece) for piece in sentences("条" * (MAX_CJK_CHARACTERS + 7), "zh")] == [MAX_CJK_CHARACTERS, 7]


def test_a_sentence_of_exactly_the_limit_is_left_whole() -> None:
    text = ("word " * 200)[: MAX_SENTENCE_CHARACTERS - 1].rstrip() + "."
    assert sentences(text) == [text]


@pytest.mark.parametrize(
    ("sentence", "gap"),
    [("The ferry sank near Harbin.", " "), ("Договор подписан.", " "), ("中国和俄罗斯签署了条约。", "")],
)
def test_a_paragraph_of_any_length_is_split_between_its_sentences(sentence: str, gap: str) -> None:
    count = 3 * MAX_PARAGRAPH // len(sentence)
    assert sentences(gap.join([sentence] * count)) == [sentence] * count


def test_a_long_paragraph_without_an_end_is_cut_at_a_space_or_at_the_limit() -> None:
    for text in ("word " * 4_000, "x" * 25_000, "条" * 25_000):
        found = sentences(text)
        assert "".join(found).replace(" ", "") == text.replace(" ", "")
        assert all(set(piece.split()) == {"word"} for piece in found) or " " not in text


@pytest.mark.parametrize("text", ["", " ", "\n\t\u3000"])
def test_nothing_has_no_sentences(text: str) -> None:
    assert split_sentences(text) == []


@pytest.mark.parametrize(
    ("text", "ends"),
    [("Signed.", True), ("签署。", True), ("He said “no.”", True), ("Was it?)", True), ("Signed", False), ("", False)],
)
def test_what_ends_like_a_sentence(text: str, ends: bool) -> None:
    assert ends_like_a_sentence(text) is ends


@pytest.mark.parametrize(
    ("text", "cjk"),
    [("条约", True), ("条约 of the two states", False), ("2001", False), ("", False), ("조약", True)],
)
def test_what_counts_as_chinese_japanese_or_korean(text: str, cjk: bool) -> None:
    assert is_cjk(text) is cjk
