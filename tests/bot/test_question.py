"""Reading a question: language, kind, and the details an answer must hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language import detect_language
from bot.question import following, read_question
from index.lexical import tokenise


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
        ("chinese students in Russia, total number", "how-much"),
        ("China, Russia's number one supplier", "what"),
        ("value of russian LNG bought in 2022", "how-much"),
        ("Who signed it?", "who"),
        ("Which Chinese scholar wants an alliance?", "who"),
        ("Which city did Putin stop in?", "where"),
        ("At which Russian naval base did the ships call?", "where"),
        ("Which countries joined?", "list"),
        ("which two Chinese banks were blacklisted", "list"),
        ("Which warship hosted the headquarters?", "what"),
        ("Which crisis came first?", "what"),
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
        ("How much was trade in 2014 and 2016?", ("2014", "2016")),
        ("Was it 1950 or 1951?", ("1950", "1951")),
        ("the 2001 treaty", ("2001",)),
        ("3000 soldiers", ()),
    ],
)
def test_years_bind_unless_they_only_bound_a_range(text: str, years: tuple[str, ...]) -> None:
    assert read_question(text).years == years


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Which countries were shielded when both voted no?", "list"),
        ("How much was trade when Xi came?", "how-much"),
        ("What was said where they met?", "what"),
        ("What was signed and when?", "when"),
        ("What happened, and where?", "where"),
        ("Where and when did they meet?", "when"),
        ("Xi and Putin met when?", "when"),
        ("Summarise the plan", "list"),
        ("Describe the treaty", "list"),
        ("main points of the plan", "list"),
    ],
)
def test_a_conjunction_is_no_question_word(text: str, kind: str) -> None:
    assert read_question(text).kind == kind


@pytest.mark.parametrize(
    ("text", "tokens", "names"),
    [
        ("Apart from Syria, which countries were shielded?", ("countri", "shield"), ()),
        ("Which states besides Iran and Syria joined?", ("state", "join"), ()),
        ("Who joined other than Iran?", ("join",), ()),
        ("besides gas what does it sell", ("sell",), ()),
        ("Which state beside Iran joined?", ("state", "besid", "iran", "join"), ("iran",)),
        ("besides Iran", ("besid", "iran"), ()),
        ("Which reactors besides those at Tianwan work?", ("reactor", "besid", "tianwan", "work"), ("tianwan",)),
    ],
)
def test_what_a_question_leaves_out_is_not_searched_for(
    text: str, tokens: tuple[str, ...], names: tuple[str, ...]
) -> None:
    asked = read_question(text)
    assert (asked.tokens, asked.names) == (tokens, names)


def test_quarters_and_halves_are_written_out() -> None:
    assert read_question("Q1 2025 purchases").tokens == ("first", "quarter", "2025", "purchas")
    assert read_question("trade in H2 2023").tokens == ("trade", "second", "half", "2023")
    assert read_question("the Q9 rifle").tokens == ("q9", "rifl")


def test_designations_names_and_numbers_are_told_apart() -> None:
    asked = read_question("How many S-400s and Su-35s did Vietnam buy from Russia for 3.5 billion?")
    assert asked.designations == ("s-400", "su-35")
    assert asked.names == ("vietnam",)
    assert "3.5" in asked.numbers
    assert "mani" not in asked.tokens


def test_the_middle_of_a_year_is_no_designation() -> None:
    asked = read_question("Students in China as of mid-2016, and in pre-2014 times?")
    assert asked.designations == ()
    assert asked.years == ("2016",)


def test_a_question_in_title_case_names_nobody() -> None:
    assert read_question("What Happened On The Ussuri River In March 1969").names == ()


def test_a_question_of_nothing_but_asking_words_keeps_them() -> None:
    assert read_question("how much exactly").tokens


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("How much was trade in '16?", ("2016",)),
        ("the ’69 clash", ("1969",)),
        ("Was it '49 or '50?", ("2049", "1950")),  # up to 49 it is this century
        ("trade since '14", ()),
        ("the '16' rule", ()),  # quoted
        ("the '90s", ()),
        ("rock'16", ()),
        ("'1", ()),
    ],
)
def test_short_years_are_written_out(text: str, years: tuple[str, ...]) -> None:
    assert read_question(text).years == years


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("What happened in the 1990s?", ("1990-01-01", "1999-12-31")),
        ("What happened in the 1990’s?", ("1990-01-01", "1999-12-31")),
        ("relations in the nineties", ("1990-01-01", "1999-12-31")),
        ("the roaring twenties", ("1920-01-01", "1929-12-31")),
        ("How did trade change between 1950 and 1960?", ("1950-01-01", "1960-12-31")),
        ("trade from 2010 to 2014", ("2010-01-01", "2014-12-31")),
        ("aid 1995–1999", ("1995-01-01", "1999-12-31")),
        ("aid 1995-1999", ("1995-01-01", "1999-12-31")),
        ("between 1960 and 1950", ("1950-01-01", "1960-12-31")),
        ("Which exercises were held since 2014?", ("2014-01-01", "9999-12-31")),
        ("exercises since the end of 1991", ("1991-09-01", "9999-12-31")),
        ("What changed after 2014?", ("2015-01-01", "9999-12-31")),
        ("What was agreed before 2014?", ("0001-01-01", "2013-12-31")),
        ("agreed prior to 2001", ("0001-01-01", "2000-12-31")),
        ("pre-1991 ties", ("0001-01-01", "1990-12-31")),
        ("How much gas will flow by 2015?", ("0001-01-01", "2015-12-31")),
        ("until 2014", ("0001-01-01", "2014-12-31")),
        ("exercises since '14", ("2014-01-01", "9999-12-31")),
        ("the first veto since the early seventies", ("1970-01-01", "9999-12-31")),
        ("quarrels after the 1960s", ("1970-01-01", "9999-12-31")),
        ("ties before the 1960s", ("0001-01-01", "1959-12-31")),
        ("settled by the late 1990s", ("0001-01-01", "1999-12-31")),
        ("How much was trade in 2016?", None),
        ("When was the treaty signed?", None),
        ("3000 soldiers before noon", None),
    ],
)
def test_the_years_that_a_question_looks_at(text: str, span: tuple[str, str] | None) -> None:
    assert read_question(text).span == span


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("When was the treaty signed?", 1),
        ("What do Russia and China trade?", 1),
        ("How many ships, planes and soldiers took part?", 1),
        ("", 1),
        ("When and where was the treaty signed?", 2),
        ("Who signed it, when, and why?", 3),
        ("What does China say, and what does Russia say?", 2),
        ("When was it signed? Who signed it?", 2),
        ("When was it signed? Where? And by whom?", 3),
        ("Who met and in which city?", 2),
        ("How much was trade in 2014, 2016, 2018?", 3),
        ("How much was trade in 2014 and 2016?", 2),
        ("How did trade change between 2014 and 2016?", 1),
        ("What did Moscow and its partner say?", 2),
        ("Compare two things: oil and gas", 2),
        ("What do both say?", 2),
        ("What does each side say?", 2),
    ],
)
def test_how_many_things_are_asked(text: str, parts: int) -> None:
    assert read_question(text).parts == parts


@pytest.mark.parametrize(
    ("text", "apart"),
    [
        ("Who signed the Aigun treaty?", set()),
        ("Who signed the Aigun treaty, and what did Ivan get?", {"sign", "aigun", "treati", "ivan"}),
        (
            "What did Li see in 2018, and what did Kim say a year later?",
            {"li", "see", "2018", "kim", "say", "year", "later"},
        ),
        ("What did Li see, and what did Kim see in 2018?", {"li", "kim"}),  # a year counts for what goes before
        ("In 2024, what did Li see?", set()),  # what asks nothing binds the rest
        ("Was it Li? Was it Kim?", {"li", "kim"}),
    ],
)
def test_what_only_one_part_of_a_question_names(text: str, apart: set[str]) -> None:
    assert read_question(text).apart == apart


def test_according_to_is_no_accord() -> None:
    assert read_question("Was it kept, according to Li?").tokens == ("kept", "li")
    assert read_question("Was the accord kept?").tokens == ("accord", "kept")


@pytest.mark.parametrize(
    ("text", "wants"),
    [
        ("When was the treaty signed?", set()),
        ("What is the latest figure for trade?", {"latest"}),
        ("When did they last meet?", {"latest"}),
        ("How much was trade last year?", set()),  # that is a year, not the latest
        ("How did trade grow in the last five years?", set()),
        ("How many hours did the talks last?", set()),  # a verb
        ("How long did the last talks last?", set()),
        ("Who is the current ambassador?", {"latest"}),
        ("How many exercises have there been so far?", {"latest"}),
        ("When did the exercises begin?", {"first"}),
        ("What was the earliest treaty?", {"first"}),
        ("Who fired first?", {"first", "sides"}),
        ("Who is to blame: what does each side say?", {"sides"}),
        ("How do the two accounts differ?", {"sides"}),
        ("Whose fault was the split?", {"sides"}),
        ("Students in Russia: who counts how many?", {"sides"}),
        ("conflicting figures for the dead of 1969", {"sides"}),
        ("What do the various counts of exercises say?", {"sides"}),
        ("Is India a rival power?", set()),
        ("What does the essay say of trust?", {"essay"}),
        ("What is an essay?", set()),
        ("Does the author see an alliance?", {"essay"}),
    ],
)
def test_what_a_question_expressly_wants(text: str, wants: set[str]) -> None:
    assert read_question(text).wants == wants


def test_a_follow_up_asks_with_its_own_words_about_what_was_asked_before() -> None:
    text = "the latest?"
    whole = "When and where were exercises held since 2014? the latest?"
    found = following(read_question(whole), read_question(text))
    assert (found.kind, found.wants, found.parts, found.span) == ("when", {"latest"}, 1, ("2014-01-01", "9999-12-31"))
    assert found.tokens == read_question(whole).tokens
    assert found.own == read_question(text).own
    other = following(read_question("trade since 2014 why before 2000?"), read_question("why before 2000?"))
    assert (other.kind, other.span) == ("why", ("0001-01-01", "1999-12-31"))


WORDS = st.sampled_from(
    "when where what and or both since before after between by until from to in the late nineties 1990s 1969 2016 '16 "
    "2014–2016 ? , : ; essay latest first sides S-400 Power of Siberia 2 China Putin 条约 3.5".split()
)


@given(st.text(max_size=300) | st.lists(WORDS, max_size=25).map(" ".join))
def test_any_text_is_read(text: str) -> None:
    asked = read_question(text)
    assert asked.parts >= 1
    assert asked.span is None or "0001-01-01" <= asked.span[0] <= asked.span[1] <= "9999-12-31"
    assert asked.own == set(asked.tokens)
    assert {t for d in asked.designations for t in d.split()} <= {*tokenise(text), *asked.tokens}
    assert len(set(asked.tokens)) == len(asked.tokens)
    assert 2 <= len(detect_language(text)) <= 3
