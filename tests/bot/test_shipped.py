"""The real bot over the shipped corpus: packaged model, real index. The questions the project promises to answer."""

import re

import pytest

from bot.pipeline import Bot
from bot.records import ABSTENTION
from corpus.text import normalise_quote
from evals.cases import SHIPPED_CASES, Case, load_cases
from evals.citations import is_verbatim

pytestmark = pytest.mark.model


@pytest.mark.parametrize(
    ("question", "holds", "document"),
    [
        ("When was the Treaty of Good-Neighbourliness signed?", r"16 July 2001", "treaty-2001"),
        ("when was the treaty of good neighborliness signed", r"16 July 2001", "treaty-2001"),
        ("How much was trade in 2024?", r"\$244\.81 billion in 2024", "china-russia-trade-2022-2024"),
        ("What keeps China and Russia from a full alliance?", r"obstacles remain", "article-military-alliance"),
        (
            "Which conflicts did both line up on, says the essay?",
            r"Syrian conflict",
            "article-military-alliance",
        ),
        ("How much was trade in 2014, 2016 and 2018?", r"69\.525 billion in 2016", "china-russia-trade-2014-2021"),
        ("What happened on the Ussuri in 1969?", r"fought on (2 March 1969 on )?Zhenbao", "zhenbao-damansky-1969"),
        (
            "Is there a formal military alliance between China and Russia?",
            r"not formal military allies",
            "alliance-question",
        ),
    ],
)
def test_it_answers_right_with_the_right_citation(shipped_bot: Bot, question: str, holds: str, document: str) -> None:
    answer = shipped_bot.answer(question)
    assert re.search(holds, answer.answer)
    assert document in {c.document_id for c in answer.citations}
    assert 1 <= len(answer.statements) <= 5
    for citation in answer.citations:
        assert is_verbatim(
            shipped_bot.store, citation.document_id, citation.source_start, citation.source_end, citation.cited_text
        )


@pytest.mark.parametrize(
    "question",
    [
        "What is the capital of Peru?",
        "How many S-500 systems has China bought?",
        "How much was trade in 1850?",
        "asdf qwer zxcv",
    ],
)
def test_it_declines_what_the_corpus_does_not_hold(shipped_bot: Bot, question: str) -> None:
    answer = shipped_bot.answer(question)
    assert answer.abstained
    assert answer.answer.startswith(ABSTENTION)
    assert len(answer.suggestions) == 3


def test_every_question_a_document_lists_is_answered_from_it(shipped_bot: Bot) -> None:
    asked = shipped_bot.store.suggestions
    assert len(asked) >= 100
    wrong, declined = [], []
    for suggestion in asked:
        answer = shipped_bot.answer(suggestion.question)
        if answer.abstained:
            declined.append(suggestion.question)
        if suggestion.document_id not in {c.document_id for c in answer.citations}:
            wrong.append(
                f"{suggestion.document_id}: {suggestion.question} -> {[c.document_id for c in answer.citations]}"
            )
    assert declined == []
    # An overview and the brief it sums up both hold some answers, and either may be quoted.
    assert len(wrong) <= len(asked) * 0.03, wrong


CASES: dict[str, list[Case]] = {}
for _case in load_cases((SHIPPED_CASES,)):
    CASES.setdefault(_case.kind, []).append(_case)


@pytest.mark.parametrize("kind", sorted(CASES))
def test_every_quote_of_every_case_is_found_in_its_document(shipped_bot: Bot, kind: str) -> None:
    quotes = 0
    for case in CASES[kind]:
        answer = shipped_bot.answer(case.question, history=case.history)
        assert answer.problems == ()
        for citation in answer.citations:
            document = shipped_bot.store.document(citation.document_id)
            assert document is not None
            assert normalise_quote(citation.cited_text) in normalise_quote(document.text)
            assert document.text[citation.source_start : citation.source_end] == citation.cited_text
            quotes += 1
        for statement in answer.statements:
            assert statement.numbers
    assert quotes >= sum(case.answerable for case in CASES[kind]) // 2


def test_the_same_question_gets_the_same_answer(shipped_bot: Bot) -> None:
    first, second = (shipped_bot.answer("How do Russians view China?") for _ in range(2))
    assert first.answer == second.answer
    assert first.citations == second.citations
