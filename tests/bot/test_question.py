"""Reading a question: language, kind, and the details an answer must hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.question import detect_language, read_question


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("When was the treaty signed?", "en"),
        ("trade 2024", "en"),
        ("", "en"),
        ("Когда был подписан договор?", "ru"),
        ("Коли підписали угоду між Росією і Китаєм?", "uk"),
        ("条约是什么时候签署的？", "zh"),
        ("条約はいつ署名されましたか", "ja"),
        ("조약은 언제 서명되었습니까", "ko"),
        ("متى تم توقيع المعاهدة", "ar"),
        ("¿Cuándo se firmó el tratado entre China y Rusia?", "es"),
        ("Quand est-ce que le traité entre la Chine et la Russie a été signé ?", "fr"),
        ("Wann wurde der Vertrag zwischen China und Russland unterzeichnet?", "de"),
        ("What does 战略 mean in the joint statement?", "en"),
    ],
)
def test_the_language_is_told_by_script_and_function_words(text: str, language: str) -> None:
    assert detect_language(text) == language


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("When was it signed?", "when"),
        ("what year did the split begin", "when"),
        ("How much was trade in 2024?", "how-much"),
        ("What share of oil goes to China?", "how-much"),
        ("Who signed it?", "who"),
        ("Where was it signed?", "where"),
        ("Why did they quarrel?", "why"),
        ("What keeps China and Russia from a full alliance?", "why"),
        ("List the joint vetoes", "list"),
        ("What happened on the Ussuri in 1969?", "list"),
        ("Compare exports and imports", "compare"),
        ("Is the border settled?", "yes-no"),
        ("Tell me about Tianwan", "what"),
    ],
)
def test_the_kind_of_answer_asked_for(text: str, kind: str) -> None:
    assert read_question(text).kind == kind


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("How much was trade in 2024?", ("2024",)),
        ("trade since 2000", ()),
        ("What happened before the 1969 clash?", ()),
        ("between 2014 and 2020", ()),
        ("Was it 1950 or 1951?", ("1950", "1951")),
        ("the 2001 treaty", ("2001",)),
        ("3000 soldiers", ()),
    ],
)
def test_years_bind_unless_they_only_bound_a_range(text: str, years: tuple[str, ...]) -> None:
    assert read_question(text).years == years


def test_designations_names_and_numbers_are_told_apart() -> None:
    asked = read_question("How many S-400s and Su-35s did Vietnam buy from Russia for 3.5 billion?")
    assert asked.designations == ("s-400", "su-35")
    assert asked.names == ("vietnam",)
    assert "3.5" in asked.numbers
    assert "mani" not in asked.tokens


def test_a_question_in_title_case_names_nobody() -> None:
    assert read_question("What Happened On The Ussuri River In March 1969").names == ()


def test_a_question_of_nothing_but_asking_words_keeps_them() -> None:
    assert read_question("how much exactly").tokens


@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    asked = read_question(text)
    assert set(asked.designations) <= set(asked.tokens)
    assert len(set(asked.tokens)) == len(asked.tokens)
    assert 2 <= len(detect_language(text)) <= 3
