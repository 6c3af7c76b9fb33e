"""Other words for a question's words: the list, the glossary, slips of the pen."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.vocabulary import _FORMS, Vocabulary, expanded
from corpus.glossary import Entry
from index.lexical import LexicalIndex, tokenise

TEXTS = (
    "The length of the line is 3,000 km.",
    "Environmental talks and a joint strategy.",
    "Bolshoi Ussuriysky Island was divided.",
    "A joint patrol left Vladivostok.",
    "Another patrol and a petrol station.",
    "Power of Siberia takes another route.",
)
ISLAND = Entry(
    term="Bolshoi Ussuriysky (Heixiazi) Island", aliases=("Heixiazi", "Hei Xiazi", "Bolshoy Ussuriysky"), kind="place"
)
PIPELINE = Entry(term="Power of Siberia 2", aliases=("Altai route",), kind="project")


@pytest.fixture(scope="module")
def lexical(tmp_path_factory: pytest.TempPathFactory) -> LexicalIndex:
    folder = tmp_path_factory.mktemp("lexical")
    LexicalIndex.build([tokenise(text) for text in TEXTS], folder)
    return LexicalIndex(folder)


@pytest.fixture(scope="module")
def vocabulary(lexical: LexicalIndex) -> Vocabulary:
    return Vocabulary(lexical, [ISLAND, PIPELINE])


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("lenght", "length"),  # two letters changed places: one slip
        ("lengt", "length"),
        ("enviromental", "environment"),
        ("stratagy", "strategi"),
        ("vladivstock", "vladivostok"),  # a long word may have two
        ("pitrol", "patrol"),  # "petrol" is as close, but stands in one text
        ("Lenght", ""),  # may be a name
        ("LENGHT", ""),
        ("Bolshoyy", ""),
        ("lnegtt", ""),  # two slips in a short word
        ("rout", ""),  # known in that very form
        ("lime", ""),  # too short
        ("kength", ""),  # the first letter holds
        ("length", ""),
        ("xylophone", ""),
        ("x-4000", ""),
    ],
)
def test_a_word_in_small_letters_that_no_text_holds_may_be_a_slip(
    vocabulary: Vocabulary, written: str, found: str
) -> None:
    (token,) = tokenise(written)
    assert vocabulary.forms(token, written=written) == ({found} if found else set())


def test_a_word_of_which_it_is_not_known_how_it_was_written_is_no_slip(vocabulary: Vocabulary) -> None:
    assert vocabulary.forms("lenght") == frozenset()


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("Kremlin", {"russia", "moscow"}),
        ("turnover", {"trade"}),
        ("renminbi", {"yuan"}),
        ("settled", {"settlement"}),
        ("allies", {"allianc"}),
        ("deaths", {"dead", "kill"}),
        ("planes", {"aircraft", "airlin"}),
        ("trucks", {"lorri", "vehicl"}),  # not "track", which a slip would make of it
        ("tons", {"tonn"}),
        ("shooting", {"fire", "clash", "fought"}),  # not "short"
        ("fraction", {"share", "per", "cent"}),  # not "friction"
        ("bought", {"buy", "purchas", "import"}),
        ("MFA", {"foreign", "ministri"}),
        ("patrol", set()),
    ],
)
def test_words_of_everyday_stand_for_the_texts_words(vocabulary: Vocabulary, word: str, found: set[str]) -> None:
    (token,) = tokenise(word)
    assert vocabulary.forms(token, written=word) == found


@pytest.mark.parametrize(
    ("token", "found"),
    [
        ("heixiazi", {"bolshoi", "ussuriyski", "island"}),
        ("hei", {"bolshoi", "ussuriyski", "island"}),
        ("xiazi", {"bolshoi", "ussuriyski", "island"}),
        ("bolshoy", {"bolshoi", "ussuriyski", "island"}),
        ("ussuriyski", set()),  # the texts have it
        ("altai", {"power", "siberia"}),  # no text holds "2"
        ("rout", set()),  # a word of the texts that only is a part of another spelling
    ],
)
def test_another_spelling_stands_for_the_one_that_the_texts_use(
    vocabulary: Vocabulary, token: str, found: set[str]
) -> None:
    assert vocabulary.forms(token) == found


def test_a_spelling_that_the_texts_use_needs_no_other(tmp_path: Path) -> None:
    LexicalIndex.build([tokenise("Heixiazi Island was divided.")], tmp_path)
    assert Vocabulary(LexicalIndex(tmp_path), [ISLAND]).forms("heixiazi") == frozenset()


def test_without_a_glossary_only_the_list_counts(lexical: LexicalIndex) -> None:
    assert Vocabulary(lexical).forms("heixiazi", written="Heixiazi") == frozenset()


def test_tokens_are_followed_by_their_forms_each_once() -> None:
    forms = {"pact": frozenset({"treati", "agreement"}), "accord": frozenset({"treati"})}
    assert expanded(["pact", "treati", "accord"], forms) == ["pact", "treati", "accord", "agreement"]
    assert expanded(["pact", "accord"], forms) == ["pact", "accord", "agreement", "treati"]
    assert expanded([], forms) == []


@given(
    st.text(max_size=20)
    | st.sampled_from(sorted({token for word in (*_FORMS, *TEXTS) for token in tokenise(word)}))
    | st.text("lenghtsragy", min_size=5, max_size=9)
)
def test_a_word_is_never_one_of_its_own_forms(vocabulary: Vocabulary, token: str) -> None:
    assert token not in vocabulary.forms(token, written=token)


def test_no_word_of_the_list_is_one_of_its_own_forms(vocabulary: Vocabulary) -> None:
    assert [t for word in _FORMS for t in tokenise(word) if t in vocabulary.forms(t)] == []
