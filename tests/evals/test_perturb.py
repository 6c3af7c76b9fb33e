"""Perturbations: each sort by hand, from a seed, and never one that leaves the meaning as it was."""

import re
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.documents import Corpus, load_corpus
from corpus.settings import SHIPPED_TEXTS
from evals.mutants import measure_check
from evals.perturb import SORTS, Perturbation, names_in, perturb, perturb_all

SENTENCES = [
    "China and Russia signed the friendship treaty in Moscow on 16 July 2001.",
    "Russia sold 108.5 million tonnes of oil to China in 2024, 1.5% more than in 2023.",
    "Gazprom did not sign a contract with CNPC in Beijing in May 2026.",
    "Chinese President Xi Jinping told Russian President Vladimir Putin in Kazan that trade had grown by 12,000 tonnes.",
    "Analysts at RAND in Washington opened an office in Moscow in 2019.",
    "Officials in Kazan and Harbin confirmed the agreement of 3–5 May 2020.",
]
NAMES = names_in(
    [
        "He was in Kazan in May.",
        "She lived in Harbin in 2001.",
        "They met in Kazan, in Harbin and in Yakutsk.",
        "It is in Yakutsk in winter.",
    ]
)


def one(sentence: str, sort: str, seed: int = 1) -> Perturbation:
    found = perturb(sentence, sort, Random(seed), NAMES)
    assert found is not None
    assert (found.sort, found.original) == (sort, sentence)
    return found


def changes(sentence: str, sort: str) -> set[tuple[str, str]]:
    """Return what 60 seeds change in a sentence, (before, after)."""
    found = [perturb(sentence, sort, Random(seed), NAMES) for seed in range(60)]
    return {(p.before, p.after) for p in found if p}


@pytest.mark.parametrize("seed", range(30))
def test_a_figure_keeps_its_form_and_is_another(seed: int) -> None:
    found = one("Trade was worth 1,234.5 million.", "figure", seed)
    assert found.before == "1,234.5"
    assert re.fullmatch(r"[1-9],\d{3}\.\d", found.after)
    assert found.after != "1,234.5"
    assert found.text == f"Trade was worth {found.after} million."


def test_a_figure_becomes_none_that_the_sentence_holds() -> None:
    text = "Parts 1, 2, 3, 4, 5, 6, 7 and 8 are known."
    assert {after for _, after in changes(text, "figure")} == {"9"}


@pytest.mark.parametrize(
    "sentence",
    [
        "On 16 July 2001 they signed.",  # days and years are dates
        "It lasted from 3–5 May 2020.",
        "It was held on 6 and 7 June 2023.",
        "The S-400, the Il-78 and the J-11B are aircraft and missiles.",  # designations
        "Document A/52/153 of the 1990s, a 25-article text.",
        "No figure here.",
        "",
    ],
)
def test_what_is_no_figure(sentence: str) -> None:
    assert perturb(sentence, "figure", Random(1)) is None


def test_a_year_moves_by_a_few() -> None:
    found = changes("It was signed in 2001.", "date")
    assert found == {("2001", str(year)) for year in (1998, 1999, 2000, 2002, 2003, 2004, 2005)}
    assert ("2019", "2020") not in changes(
        "It rose in 2019 and 2020.", "date"
    )  # "2020 and 2020" is no date of anything


def test_a_month_changes_to_one_that_has_the_day() -> None:
    found = changes("It opened on 31 May.", "date")
    assert found <= {("31 May", f"31 {m}") for m in ("January", "March", "July", "August", "October", "December")}
    assert len(found) > 2
    assert one("It opened on 31 May.", "date").text == f"It opened on {one('It opened on 31 May.', 'date').after}."
    assert perturb("It opened in spring.", "date", Random(1)) is None


def test_a_name_becomes_one_that_stands_in_such_places() -> None:
    assert changes("They met in Kazan in May.", "name") == {("Kazan", "Harbin"), ("Kazan", "Yakutsk")}
    assert perturb("They met by Kazan.", "name", Random(1), NAMES) is None  # no other name stands behind "by"
    assert perturb("They met in Kazan.", "name", Random(1)) is None  # there are no other names
    assert perturb("Kazan is a city.", "name", Random(1), NAMES) is None  # the first word may be no name


def test_a_name_never_becomes_another_name_of_the_same() -> None:
    texts = [
        "Here in Beijing it rained.", "Here in China it rained.", "Here in Moscow it rained.", "Here in Russia it rained.",
        "Here in President Vladimir Putin it rained.", "Here in Putin it rained.", "Here in UN it rained.",
        "Here in United Nations it rained.", "Here in Damansky it rained.", "Here in Zhenbao it rained.", "At Damansky (Zhenbao).",
    ]  # fmt: skip
    names = names_in(texts, least=1)
    kin = {
        "China": {"Beijing", "China"},
        "Beijing": {"Beijing", "China"},
        "Putin": {"Putin", "President Vladimir Putin", "Russia", "Moscow"},
        "UN": {"UN", "United Nations"},
        "Damansky": {"Damansky", "Zhenbao"},
    }
    for name, others in kin.items():
        made = {
            p.after for seed in range(80) if (p := perturb(f"Here in {name} it rained.", "name", Random(seed), names))
        }
        assert made
        assert made.isdisjoint(others)


def test_names_are_counted_without_first_words_possessives_and_months() -> None:
    texts = ["Trade in China's Harbin rose in May.", "Trade in China fell.", "It snowed in Harbin and in China in May."]
    assert list(names_in(texts)) == ["China", "Harbin"]
    assert names_in(texts)["China"].stands == {
        ("in", False),
        ("in", True),
    }  # "in China fell" seems to go on with a noun
    assert list(names_in(["We saw the Treaty of Nerchinsk of May."], least=1)) == ["Treaty of Nerchinsk"]
    assert names_in([]) == {}


@pytest.mark.parametrize(
    ("sentence", "changed"),
    [
        ("China did not sign it.", "China did sign it."),
        ("China cannot sign it.", "China can sign it."),
        ("China was the buyer.", "China was not the buyer."),
        ("China has been the buyer.", "China has not been the buyer."),
        ("China has signed it.", "China has not signed it."),
        ("China signed it.", "China never signed it."),
        ("It would have banned oil.", "It would not have banned oil."),
        ("There was no answer.", None),
        ("China was not only a buyer.", None),
        ("China has 25 banks there.", None),  # "has not 25 banks" is no English
        ("Trade between them.", None),
    ],
)
def test_a_negation_is_added_or_dropped(sentence: str, changed: str | None) -> None:
    found = perturb(sentence, "negation", Random(1))
    assert (found.text if found else None) == changed


@pytest.mark.parametrize(
    ("sentence", "changed"),
    [
        ("The treaty is old.", "The statement is old."),
        ("The statement is old.", "The treaty is old."),
        ("The law is old.", "The proposal is old."),
        ("The proposal is old.", "The law is old."),
        ("They extended it.", "They cancelled it."),
        ("It cost more than gas.", "It cost less than gas."),
        ("China's imports were large.", "China's exports were large."),
        ("It breaks international law.", None),
        ("The Treaty is old.", None),  # a name
        ("The treatyless are old.", None),
    ],
)
def test_an_act_becomes_its_counterpart(sentence: str, changed: str | None) -> None:
    found = perturb(sentence, "document-type", Random(1))
    assert (found.text if found else None) == changed


@pytest.mark.parametrize(
    ("sentence", "changed"),
    [
        ("Russia sold gas to China.", "China sold gas to Russia."),
        ("China's exports to Russia rose.", "Russia's exports to China rose."),
        ("Moscow invited Beijing.", "Beijing invited Moscow."),
        (
            "Russian President Vladimir Putin invited Chinese President Xi Jinping to Moscow.",
            "Chinese President Xi Jinping invited Russian President Vladimir Putin to Beijing.",
        ),
        ("Xi told Putin that China would help.", "Putin told Xi that Russia would help."),
        ("Russia sold gas.", None),
        # What says the same with the two exchanged is left alone.
        ("China and Russia signed it.", None),
        ("China, Russia and Iran met.", None),
        ("It was held by Russia, Kazakhstan, North Korea and China.", None),
        ("Russia–China trade grew.", None),
        ("Chinese or Russian ships came.", None),
        ("China traded with Russia.", None),
        ("Trade between the China of Xi and Russia grew.", None),
        ("Neither China's Xi nor Russia's Putin came.", None),
        ("Presidents Xi Jinping and Vladimir Putin met.", None),
        # Other names that hold theirs.
        ("Russia's ships crossed the South China Sea.", None),
        ("The Moscow Times wrote on Beijing.", None),
    ],
)
def test_roles_change_places(sentence: str, changed: str | None) -> None:
    found = perturb(sentence, "roles", Random(1))
    assert (found.text if found else None) == changed


def test_roles_name_what_was_exchanged() -> None:
    found = one("Russia sold gas to China.", "roles")
    assert (found.before, found.after) == ("China … Russia", "Russia … China")


@given(
    sentence=st.one_of(
        st.sampled_from(SENTENCES),
        st.lists(st.sampled_from(" ".join(SENTENCES).split())).map(" ".join),
        st.text(max_size=80),
    ),
    sort=st.sampled_from(SORTS),
    seed=st.integers(0, 1000),
)
def test_a_perturbation_differs_and_says_where(sentence: str, sort: str, seed: int) -> None:
    found = perturb(sentence, sort, Random(seed), NAMES)
    if found is None:
        return
    assert found.text != sentence
    assert found.original == sentence
    assert found.before != found.after
    if sort != "roles":
        assert found.before in sentence
        assert found.after in found.text
        # One place only: what is around it is the same.
        spots = [m.start() for m in re.finditer(re.escape(found.before), sentence)]
        assert any(sentence[:i] + found.after + sentence[i + len(found.before) :] == found.text for i in spots)
    assert perturb(sentence, sort, Random(seed), NAMES) == found


def test_all_sorts_by_seed_each_sentence_once() -> None:
    found = perturb_all(SENTENCES * 2, seed=1, each=3, names=NAMES)
    assert perturb_all(SENTENCES, seed=1, each=3, names=NAMES) == found
    assert perturb_all(SENTENCES, seed=2, each=3, names=NAMES) != found
    by_sort = {sort: [p for p in found if p.sort == sort] for sort in SORTS}
    assert list(dict.fromkeys(p.sort for p in found)) == [sort for sort in SORTS if by_sort[sort]]
    for made in by_sort.values():
        assert len(made) <= 3
        assert len({p.original for p in made}) == len(made)
    assert len(by_sort["date"]) == 3
    assert perturb_all([], seed=1, each=3) == []
    assert perturb_all(SENTENCES, seed=1, each=0) == []
    assert {p.sort for p in perturb_all(SENTENCES, seed=1, each=3, sorts=("date", "figure"))} == {"date", "figure"}


@pytest.fixture(scope="module")
def shipped() -> Corpus:
    return load_corpus([SHIPPED_TEXTS])


# Reached in November 2026, 300 of each: 100, 100, 97, 100, 100, 98 %. Floors leave room for new texts.
FLOORS = {"figure": 0.99, "date": 0.99, "name": 0.94, "negation": 0.98, "document-type": 0.98, "roles": 0.94}


def test_the_check_of_support_catches_what_it_should(shipped: Corpus) -> None:
    found = {c.sort: c for c in measure_check(shipped, seed=1, each=150)}
    assert list(found) == list(SORTS)
    for sort, catch in found.items():
        assert catch.made == 150
        assert catch.caught == 150 - len(catch.passed)
        assert catch.interval.value == catch.caught / 150
        assert catch.interval.value >= FLOORS[sort], [(p.before, p.after, p.text) for p in catch.passed]
    passed = sum(len(c.passed) for c in found.values())
    assert passed / (150 * len(SORTS)) <= 0.02


def test_a_corpus_without_english_has_nothing_to_measure(tmp_path: Path) -> None:
    (tmp_path / "zh.txt").write_text("标题\n\n中国和俄罗斯于2001年签署条约。\n", encoding="utf-8")
    assert measure_check(load_corpus([tmp_path]), seed=1, each=5) == []
