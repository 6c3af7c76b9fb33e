"""Cases held against the small corpus: each kind of problem once, exactly named, and none in a clean case."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from corpus.documents import Corpus, load_corpus
from evals.cases import SHIPPED_CASES, Case, Nugget, load_cases
from evals.check import CaseProblem, check_cases, check_suite, load_splits, overlap, template

CLEAN = Case(
    id="signed",
    question="On which day did the two countries conclude their friendship pact?",
    kind="fact",
    answerable=True,
    nuggets=(Nugget(id="date", any=("16 July 2001",)), Nugget(id="length", any=("25 articles",), vital=False)),
    documents=("treaty",),
    must_not=("17 July",),
    reference="On 16 July 2001.",
)
NEAR = Case(
    id="renewed",
    question="Was the pact renewed in 2026?",
    kind="near-miss",
    answerable=False,
    nuggets=(Nugget(id="renewal", any=("2026",)),),
    documents=("treaty",),
)


@pytest.fixture
def corpus(corpus_folder: Path) -> Corpus:
    return load_corpus([corpus_folder])


def problems(corpus: Corpus, case: Case, **changed: Any) -> list[str]:
    return [str(p) for p in check_cases([replace(case, **changed)], corpus)]


def test_clean_cases_have_no_problems(corpus: Corpus) -> None:
    assert check_cases([CLEAN, NEAR], corpus) == []
    assert check_suite([CLEAN, NEAR]) == []
    off_topic = Case(id="peru", question="What is the capital of Peru?", kind="off-topic", answerable=False)
    assert check_cases([off_topic], corpus) == []
    assert check_cases([], corpus) == check_suite([]) == []


def test_a_document_that_is_not_there(corpus: Corpus) -> None:
    assert problems(corpus, CLEAN, documents=("treaty", "pact")) == [
        "signed: names the document 'pact', which is not in the corpus"
    ]
    assert problems(corpus, CLEAN, documents=("pact",)) == [
        "signed: names the document 'pact', which is not in the corpus"
    ]


def test_an_answerable_case_without_documents(corpus: Corpus) -> None:
    assert problems(corpus, CLEAN, documents=()) == ["signed: is answerable but names no document"]


def test_a_nugget_that_stands_nowhere_in_the_documents(corpus: Corpus) -> None:
    assert problems(corpus, CLEAN, documents=("border",)) == [
        "signed: the nugget 'date' stands in no sentence of border",
        "signed: the nugget 'length' stands in no sentence of border",
    ]
    # Over two sentences is nowhere: no sentence says it.
    both = (Nugget(id="both", any=("16 July 2001.*25 articles",)),)
    assert problems(corpus, CLEAN, nuggets=both, reference="") == [
        "signed: the nugget 'both' stands in no sentence of treaty"
    ]


def test_a_nugget_whose_every_sentence_is_forbidden(corpus: Corpus) -> None:
    assert problems(corpus, CLEAN, must_not=("MOSCOW",)) == [
        "signed: every sentence that holds the nugget 'date' matches must_not as well"
    ]
    year = (Nugget(id="year", any=("2001",)),)  # stands in another sentence without Moscow too
    assert problems(corpus, CLEAN, nuggets=year, must_not=("Moscow",)) == []


def test_a_reference_answer_that_is_not_one(corpus: Corpus) -> None:
    assert problems(corpus, CLEAN, reference="It has 25 articles.") == [
        "signed: the reference answer lacks a vital nugget"
    ]


def test_a_near_miss_says_what_would_answer_it(corpus: Corpus) -> None:
    assert problems(corpus, NEAR, nuggets=()) == [
        "renewed: a near-miss needs a nugget: the pattern of what would answer it, which no sentence matches"
    ]


def test_an_unanswerable_case_that_a_text_answers(corpus: Corpus) -> None:
    assert problems(corpus, NEAR, nuggets=(Nugget(id="renewal", any=("2026", "june 2021")),), documents=()) == [
        "renewed: is called unanswerable, but treaty says: "
        "'China and Russia extended the friendship treaty for five years in June 2021.'"
    ]


def test_a_question_in_the_words_of_its_evidence(corpus: Corpus) -> None:
    asked = "When was the RIVER border between China and Mongolia drawn?"
    assert problems(corpus, NEAR, question=asked, documents=("border",)) == [
        "renewed: shares 5 words in a row with a text it names: 'the river border between china'"
    ]
    assert problems(corpus, NEAR, question=asked) == []  # the text is not one it names
    assert problems(corpus, NEAR, question="Was the river border drawn?", documents=("border",)) == []  # 3 in a row


def test_the_same_question_twice(corpus: Corpus) -> None:
    again = replace(CLEAN, id="again", question="  on which DAY did the two countries conclude their friendship pact?")
    assert check_cases([CLEAN, again], corpus) == [CaseProblem(case_id="again", text="asks the same as 'signed'")]
    followed = replace(again, history=({"role": "user", "content": "The pact?"},))
    assert check_cases([CLEAN, followed], corpus) == []


def test_a_case_on_the_other_side_of_its_document(corpus: Corpus) -> None:
    splits = {"dev": ["treaty"], "test": ["border"], "both": ["essay"]}
    other = replace(CLEAN, split="test")
    assert check_suite([other], splits) == [
        CaseProblem(case_id="", text="signed is in test, but its document 'treaty' is in dev")
    ]
    overview = [replace(CLEAN, documents=("essay",)), replace(NEAR, documents=("essay",), split="test")]
    assert check_suite(overview, splits) == []


def test_a_document_on_both_sides(corpus: Corpus) -> None:
    assert check_suite([CLEAN, replace(NEAR, split="test")]) == [
        CaseProblem(case_id="", text="the document 'treaty' stands on both sides: signed, renewed")
    ]


def test_one_template_for_too_many_questions() -> None:
    def case(number: int, question: str) -> Case:
        return Case(id=f"c{number}", question=question, kind="off-topic", answerable=False)

    varied = [case(n, f"{word} is that thing here?") for n, word in enumerate("abcdefghijklmnopqrstuvwxyz")]
    # 5 % of 30 is 1.5, but two may always be alike.
    alike = [case(100 + n, f"How much oil did China buy in {2000 + n}?") for n in range(3)]
    assert check_suite([*varied, *alike[:2]]) == []
    assert [str(p) for p in check_suite([*varied, *alike])] == [
        "3 of 29 questions begin 'how much oil did X'; at most 5% may"
    ]


@pytest.mark.parametrize(
    ("question", "shape"),
    [
        ("How much oil did China buy in 2024?", "how much oil did X"),
        ("In 2024, what did Xi say?", "in # what did X"),
        ("Russia?", "russia"),
        ("", ""),
        ("who fired the first S-400", "who fired the first X"),
    ],
)
def test_a_template_masks_names_and_figures(question: str, shape: str) -> None:
    assert template(question) == shape


def test_groups() -> None:
    alone = replace(CLEAN, group="pair")
    assert [str(p) for p in check_suite([alone])] == ["the group 'pair' has one case only (signed)"]
    other = replace(NEAR, group="pair", split="test", documents=())
    assert [str(p) for p in check_suite([alone, other])] == ["the group 'pair' stands in both splits"]
    assert check_suite([alone, replace(other, split="dev")]) == []


def test_overlap_is_with_the_text_that_holds_most(corpus: Corpus) -> None:
    documents = {d.id: d for d in corpus.documents}
    # Tokens: river, border, peru (stopwords left out): "border" holds 2 of 3, "treaty" none.
    case = replace(NEAR, question="Where is the river border of Peru?", documents=("treaty", "border", "gone"))
    assert overlap(case, documents) == pytest.approx(2 / 3)
    assert overlap(replace(case, documents=()), documents) == 0.0
    assert overlap(replace(case, question="???"), documents) == 0.0


def test_shipped_splits_cover_the_shipped_cases() -> None:
    splits = load_splits()
    assert set(splits) == {"dev", "test", "both"}
    assert [p.text for p in check_suite(load_cases([SHIPPED_CASES]), splits)] == []
