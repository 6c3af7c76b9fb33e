"""ROUGE-L and token F1: worked out by hand, and held against rouge_score on random English texts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rouge_score.rouge_scorer import RougeScorer

from evals.overlap import rouge_l, token_f1, words

SCORER = RougeScorer(["rougeL"], use_stemmer=False)


def test_rouge_l_is_the_f1_of_the_longest_common_subsequence() -> None:
    # police killed the gunman / police kill the gunman: common "police the gunman", 3 of 4 and 3 of 4 (Lin 2004).
    assert rouge_l("police kill the gunman", "police killed the gunman") == 3 / 4
    # "the gunman kill police": common "the gunman", 2 of 4 and 2 of 4.
    assert rouge_l("the gunman kill police", "police killed the gunman") == 2 / 4
    # Signed in Moscow (3 words) of "It was signed in Moscow on 16 July 2001" (9): p = 1, r = 1/3, F1 = 2/3 / (4/3) = 1/2.
    assert rouge_l("Signed in Moscow.", "It was signed in Moscow on 16 July 2001.") == pytest.approx(1 / 2)


def test_token_f1_takes_words_in_any_order_and_no_articles() -> None:
    # {treaty, was, signed} and {signed, treaty}: common 2; p = 2/3, r = 1; F1 = 4/3 / 5/3 = 4/5.
    assert token_f1("The treaty was signed.", "signed a treaty") == pytest.approx(4 / 5)
    # A word counts as often as it stands in both: "oil oil oil" and "oil gas": common 1; p = 1/3, r = 1/2; F1 = 2/5.
    assert token_f1("oil oil oil", "oil gas") == pytest.approx(2 / 5)
    assert token_f1("gas oil", "oil gas") == 1.0
    assert rouge_l("gas oil", "oil gas") == 1 / 2


@pytest.mark.parametrize("measure", [rouge_l, token_f1])
def test_nothing_is_like_nothing(measure: object) -> None:
    assert callable(measure)
    for answer, reference in (("", "treaty"), ("treaty", ""), ("", ""), ("...", "!"), ("oil", "gas")):
        assert measure(answer, reference) == 0.0
    assert measure("China sold oil", "china SOLD oil!") == 1.0


def test_a_text_of_articles_only_has_no_tokens() -> None:
    assert token_f1("the", "the") == 0.0


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("China's trade: $1,000.50 (2024)!", ["china", "s", "trade", "1", "000", "50", "2024"]),
        ("中俄签署条约。", ["中", "俄", "签", "署", "条", "约"]),
        ("GDP增长5%，WTO规则", ["gdp", "增", "长", "5", "wto", "规", "则"]),
        ("GDPの成長", ["gdp", "の", "成", "長"]),
        ("한국 GDP성장", ["한", "국", "gdp", "성", "장"]),
        ("Договор о дружбе", ["договор", "о", "дружбе"]),
        ("snake_case", ["snake", "case"]),
        ("e\u0301tat ÉTAT", ["état", "état"]),
        ("", []),
    ],
)
def test_words(text: str, found: list[str]) -> None:
    assert words(text) == found


def test_chinese_is_compared_by_character() -> None:
    # 中俄签署条约 (6) and 中俄条约 (4): common subsequence 中俄条约, 4. p = 4/6, r = 1, F1 = 4/3 / (5/3) = 4/5.
    assert rouge_l("中俄签署条约", "中俄条约") == pytest.approx(4 / 5)
    # 条约中俄 and 中俄条约: longest common subsequence 2 of 4, but the same characters.
    assert rouge_l("条约中俄", "中俄条约") == 2 / 4
    assert token_f1("条约中俄", "中俄条约") == 1.0


SENTENCES = st.lists(
    st.sampled_from(["China", "russia", "signed", "the", "treaty", "in", "2001", "1,000", "Xi's", "S-400", "snake_case", "--", "a.b"])
).map(" ".join)  # fmt: skip


@given(answer=SENTENCES, reference=SENTENCES)
def test_rouge_l_is_that_of_rouge_score(answer: str, reference: str) -> None:
    assert rouge_l(answer, reference) == pytest.approx(SCORER.score(reference, answer)["rougeL"].fmeasure)


@given(
    answer=st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=60),
    reference=st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=60),
)
def test_rouge_l_is_that_of_rouge_score_on_any_ascii(answer: str, reference: str) -> None:
    assert rouge_l(answer, reference) == pytest.approx(SCORER.score(reference, answer)["rougeL"].fmeasure)
