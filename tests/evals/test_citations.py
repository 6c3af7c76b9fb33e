"""Citations by hand: ALCE's recall and precision with a toy check of support, gold recall and precision on the small corpus."""

from dataclasses import replace

import pytest

from evals.cases import Case, Nugget
from evals.citations import (
    by_rules,
    citation_precision,
    citation_recall,
    gold_precision,
    gold_recall,
    is_verbatim,
    verbatim_rate,
)
from evals.gold import Gold
from evals.replies import Quote, Reply, Said


def quote(text: str, document: str = "d", start: int = 0, end: int = 1) -> Quote:
    return Quote(document_id=document, source_start=start, source_end=end, text=text)


def said(text: str, *quotes: str) -> Said:
    return Said(text=text, quotes=tuple(quote(q) for q in quotes))


def letters(claim: str, text: str) -> bool:
    """Support a claim if the text holds all its letters."""
    return set(claim) <= set(text)


@pytest.mark.parametrize(
    ("statements", "recall", "precision"),
    [
        ((), None, None),
        ((said("ab", "ab"),), 1.0, 1.0),
        ((said("ab", "ac"),), 0.0, 0.0),
        ((said("ab"),), 0.0, None),  # no citation: not recalled, and nothing to be precise about
        ((said("ab", "a", "b"),), 1.0, 1.0),  # each is needed: without it the other does not support
        ((said("ab", "ab", "x"),), 1.0, 1 / 2),  # x is idle: it does not support, and the other does without it
        ((said("ab", "ab", "ab"),), 1.0, 1.0),  # each supports alone
        ((said("ab", "a", "b", "x"),), 1.0, 2 / 3),
        ((said("abc", "a", "b"),), 0.0, 0.0),  # not supported: no citation is precise
        # 3 statements, 2 recalled; 4 citations: "ab" ✓, "x" ✗, "c" (of "cd") ✗, "e" ✓.
        ((said("ab", "ab", "x"), said("cd", "c"), said("e", "e")), 2 / 3, 2 / 4),
        ((said("ab", "ab"), said("cd")), 1 / 2, 1.0),
    ],
)
def test_recall_and_precision_are_those_of_alce(
    statements: tuple[Said, ...], recall: float | None, precision: float | None
) -> None:
    assert citation_recall(statements, letters) == pytest.approx(recall)
    assert citation_precision(statements, letters) == pytest.approx(precision)


def test_without_a_check_the_rules_decide() -> None:
    text = "China and Russia signed the treaty on 16 July 2001."
    assert by_rules("The treaty was signed by China and Russia on 16 July 2001.", text) is True
    assert by_rules("The treaty was signed by China and Russia on 17 July 2001.", text) is False
    statements = [said(text, text), said(text.replace("16", "17"), text)]
    assert (citation_recall(statements), citation_precision(statements)) == (0.5, 0.5)


def test_a_quote_is_verbatim_at_its_offsets_only(gold: Gold) -> None:
    words = "The friendship treaty of 2001 has 25 articles."
    assert is_verbatim(gold.store, "treaty", 73, 119, words)
    assert is_verbatim(gold.store, "treaty", 73, 119, words.replace(" ", "\u00a0\n"))
    assert is_verbatim(gold.store, "treaty", 77, 87, "friendship")
    for start, end, text in (
        (74, 119, words),
        (73, 118, words),
        (73, 119, words.lower()),
        (73, 119, words + " Also."),
        (73, 119, words.replace("25", "26")),
        (0, 72, words),
    ):
        assert not is_verbatim(gold.store, "treaty", start, end, text)
    assert not is_verbatim(gold.store, "border", 73, 119, words)
    assert not is_verbatim(gold.store, "never", 73, 119, words)


@pytest.mark.parametrize("nothing", ["", "  ", "\u200b", "\n"])
def test_nothing_is_not_quoted(gold: Gold, nothing: str) -> None:
    assert not is_verbatim(gold.store, "treaty", 5, 5, nothing)
    assert not is_verbatim(gold.store, "treaty", 5, 6, nothing)


def test_offsets_outside_the_document_are_no_place(gold: Gold) -> None:
    """Python counts negative offsets from the end; a quote may not."""
    document = gold.store.document("treaty")
    assert document is not None
    last = document.text[-10:-1]
    assert not is_verbatim(gold.store, "treaty", -10, -1, last)
    end = len(document.text)
    assert is_verbatim(gold.store, "treaty", end - 10, end, document.text[-10:])
    assert not is_verbatim(gold.store, "treaty", end - 10, end + 5, document.text[-10:])
    assert not is_verbatim(gold.store, "treaty", 20, 10, "treaty")


def test_the_verbatim_rate(gold: Gold) -> None:
    good, bad = quote("friendship", "treaty", 77, 87), quote("friendship", "treaty", 78, 88)
    assert verbatim_rate(gold.store, []) is None
    assert verbatim_rate(gold.store, [good]) == 1.0
    assert verbatim_rate(gold.store, [good, bad, bad]) == 1 / 3


CASE = Case(
    id="treaty",
    question="Tell me about the treaty",
    kind="multi",
    answerable=True,
    nuggets=(
        Nugget(id="date", any=("16 July 2001",)),
        Nugget(id="extended", any=("June 2021",)),
        Nugget(id="length", any=("25 articles",), vital=False),
    ),
    documents=("treaty",),
)
SIGNED = quote("China and Russia signed the friendship treaty in Moscow on 16 July 2001.", "treaty", 0, 72)
LENGTH = quote("The friendship treaty of 2001 has 25 articles.", "treaty", 73, 119)
EXTENDED = quote("China and Russia extended the friendship treaty for five years in June 2021.", "treaty", 132, 208)
BORDER = quote("The river border between China and Russia was settled in October 2008.", "border", 0, 70)


def reply(*quotes: Quote) -> Reply:
    return Reply(text="…", abstained=False, confidence=1.0, said=(Said(text="…", quotes=quotes),))


@pytest.mark.parametrize(
    ("quotes", "recall", "precision"),
    [
        ((SIGNED, EXTENDED), 2 / 2, 1.0),
        ((SIGNED, BORDER), 1 / 2, 1 / 2),
        ((SIGNED, LENGTH, BORDER), 1 / 2, 2 / 3),  # a nugget that is not vital is precise all the same
        ((BORDER,), 0.0, 0.0),
        ((), 0.0, None),
        ((replace(SIGNED, source_start=1),), 0.0, 1.0),  # cut: the words are there, the sentence of the evidence is not
        ((SIGNED, SIGNED, BORDER), 1 / 2, 1 / 2),  # one quote cited twice is one quote
    ],
)
def test_gold_recall_and_precision(
    gold: Gold, quotes: tuple[Quote, ...], recall: float, precision: float | None
) -> None:
    assert gold_recall(CASE, reply(*quotes), gold) == pytest.approx(recall)
    assert gold_precision(CASE, reply(*quotes)) == pytest.approx(precision)


def test_an_unanswerable_case_has_no_gold(gold: Gold) -> None:
    case = replace(CASE, id="no", answerable=False)
    assert gold_recall(case, reply(SIGNED), gold) is None
    assert gold_precision(case, reply(SIGNED)) is None


def test_a_nugget_that_stands_nowhere_is_not_borne(gold: Gold) -> None:
    case = replace(CASE, id="nowhere", nuggets=(*CASE.nuggets, Nugget(id="peru", any=("Peru",))))
    assert gold_recall(case, reply(SIGNED, EXTENDED), gold) == pytest.approx(2 / 3)
