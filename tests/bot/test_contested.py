"""Contested questions: which they are, room for a second voice, whose voice is missing."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.contested import WITHIN, is_contested, say_missing_sides, voices_of, with_another_voice
from bot.extract import _choose
from bot.pipeline import Bot
from bot.quotes import quotes
from bot.records import Candidate, Dispute, Retrieved, Version
from tests.bot.made import ask, candidate


@pytest.mark.parametrize(
    "question",
    [
        "Who is to blame for the clash on Zhenbao?",
        "Is it an alliance?",
        "Does China support Russia's war?",
        "Does China arm Russia?",
        "Whose island is Zhenbao?",
        "What is an unequal treaty?",
        "How do firms evade sanctions?",
        "Is Russia a vassal of China?",
        "Who depends on whom?",
        "Can they be trusted, are they friends?",
        "When did each side open fire first?",
        "The treaty: China's version",
    ],
)
def test_what_is_contested(small_bot: Bot, question: str) -> None:
    assert is_contested(ask(small_bot, question))


@pytest.mark.parametrize(
    "question",
    [
        "When was the alliance treaty signed?",  # a fact
        "Where was the alliance treaty signed?",
        "Who signed the alliance treaty?",
        "How much does Russia depend on gas?",
        "What does the essay say of trust?",
        "What did China and Russia sign?",
        "Which exercises were held?",
        "",
    ],
)
def test_what_is_not(small_bot: Bot, question: str) -> None:
    assert not is_contested(ask(small_bot, question))


OFFICIAL, PRESS, BOTH, NOBODY = ("pact",), ("news",), ("pact", "news"), ()


def voiced(row: int, references: tuple[str, ...], score: float, **changed: object) -> Candidate:
    made = candidate(f"Sentence {row}.", row=row, document="treaty", score=score)
    return replace(made, sentence=replace(made.sentence, references=references), **changed)  # type: ignore[arg-type]


def test_a_sentence_speaks_with_the_voices_of_its_references_else_of_its_document(small_bot: Bot) -> None:
    rows = [
        voiced(n, references, 1.0).sentence for n, references in enumerate((OFFICIAL, PRESS, BOTH, NOBODY, ("lost",)))
    ]
    assert voices_of(small_bot.store, rows) == {
        0: {"chinese"},
        1: {"independent"},
        2: {"chinese", "independent"},
        3: {"other"},
        4: {"other"},
    }


CHOSEN = [voiced(0, OFFICIAL, 1.0), voiced(1, OFFICIAL, 0.9)]
NEAR, FAR = voiced(2, PRESS, 1.0 - WITHIN), voiced(3, PRESS, 0.99 - WITHIN)
DISPUTED = replace(CHOSEN[1], sentence=replace(CHOSEN[1].sentence, row=9, dispute=0))


@pytest.mark.parametrize(
    ("chosen", "others", "room", "rows"),
    [
        (CHOSEN, [NEAR], 3, [0, 1, 2]),
        (CHOSEN, [NEAR], 0, [0, 2]),  # the last gives way
        (CHOSEN[:1], [NEAR], 0, [0]),  # the only one does not
        ([CHOSEN[0], DISPUTED], [NEAR], 0, [0, 9]),  # nor does one of a disputed block
        (CHOSEN, [FAR], 3, [0, 1]),
        (CHOSEN, [voiced(4, OFFICIAL, 0.99), NEAR], 3, [0, 1, 2]),  # no other voice, however near
        (CHOSEN, [voiced(5, NOBODY, 0.99)], 3, [0, 1]),  # nobody's is no other voice
        (CHOSEN, [voiced(6, PRESS, 0.99, missing=("2014",))], 3, [0, 1]),
        ([*CHOSEN, voiced(7, PRESS, 0.8)], [NEAR], 3, [0, 1, 7]),  # two voices already
        ([voiced(8, BOTH, 1.0)], [NEAR], 3, [8]),
        ([], [NEAR], 3, []),
    ],
)
def test_a_second_voice_gets_room(
    small_bot: Bot, chosen: list[Candidate], others: list[Candidate], room: int, rows: list[int]
) -> None:
    candidates = sorted([*chosen, *others], key=lambda c: -c.score)
    query = ask(small_bot, "Is it an alliance?")
    assert [c.sentence.row for c in with_another_voice(query, chosen, candidates, room)] == rows
    fact = ask(small_bot, "When was the alliance made?")
    assert with_another_voice(fact, chosen, candidates, room) == chosen


SIDES = """---
id: sides
title: Sides
kind: brief
topic: history
language: en
---

China's foreign ministry said that China does not support the coal embargo [@pact]{date=2023}.
"""


@pytest.fixture
def sides(corpus_folder: Path, make_bot: Callable[..., Bot]) -> Bot:
    (corpus_folder / "sides.md").write_text(SIDES, encoding="utf-8")
    bot: Bot = make_bot(max_sentences=1, min_confidence=0.0)
    return bot


@pytest.mark.parametrize(
    ("question", "notice"),
    [
        (
            "Do China and Russia support the coal embargo?",
            "Voices neither quoted here nor found for this question: Russian officials or state media.",
        ),
        ("Does China support the coal embargo?", None),
        (
            "Do NATO and Russia support the coal embargo?",
            "Voices neither quoted here nor found for this question: Russian officials or state media, US, EU or NATO officials.",
        ),
        ("When was the coal embargo discussed by China and Russia?", None),
    ],
)
def test_the_side_that_is_missing_is_named(sides: Bot, question: str, notice: str | None) -> None:
    answer = sides.answer(question)
    assert answer.citations[0].references[0].perspective == "chinese-official"
    assert answer.notice == notice


def test_a_side_that_was_found_and_not_quoted_is_told_apart(sides: Bot) -> None:
    answer = sides.answer("Do mistrust and interests differ, Chinese or Russian?")
    assert {c.document_id for c in answer.citations} == {"essay"}
    assert answer.notice is None  # the essay does not say whose voice it is: nothing can be counted
    query = ask(sides, "Does China support the coal embargo?")
    quoted = sides.answer("When was the river border between China and Russia settled?").citations
    found = sides.search(query.query).candidates
    assert say_missing_sides(query, quoted, found) == (
        "Voices not quoted here, though the search found some: Chinese officials or state media."
    )
    assert say_missing_sides(query, (), found) is None
    assert (
        say_missing_sides(replace(query, language="zh"), quoted, found)
        == "检索到但此处未引用的一方：中国官方或官方媒体。"
    )


BLOCK = [
    "Chinese and Soviet accounts differ on who fired first on Zhenbao (Damansky) Island in March 1969.",
    "The Soviet government said that Chinese soldiers fired first in March 1969.",
    "The Chinese government said that Soviet soldiers fired first in March 1969.",
]


@given(
    question=st.sampled_from(
        [
            "Who fired first on Zhenbao?",
            "Zhenbao",
            "Is Russia to blame?",
            "What did the Soviet government say?",
            "latest on Zhenbao",
            "When?",
        ]
    ),
    scores=st.lists(st.floats(0, 2), min_size=40, max_size=40),
    limit=st.integers(1, 20),
)
def test_a_disputed_claim_comes_whole_or_not_at_all(
    small_bot: Bot, question: str, scores: list[float], limit: int
) -> None:
    found = small_bot.search("Who fired first on Zhenbao in March 1969? The treaty, trade and mistrust.")
    rows = [replace(c, score=score) for c, score in zip(found.candidates, scores, strict=False)]
    rows.sort(key=lambda c: -c.score)
    query = ask(small_bot, question)
    chosen = _choose(Retrieved(query=query, passages=found.passages, candidates=tuple(rows), seconds={}), rows, limit)
    said = [s.text for s in quotes(query, chosen)]
    assert [t for t in said if t in BLOCK] in ([], BLOCK)
    blocks = [(c.sentence.document_id, c.sentence.dispute) for c in chosen if c.sentence.dispute is not None]
    assert len(set(blocks)) == len(blocks)


@pytest.mark.parametrize(
    ("accounts", "missing"),
    [
        ((), ["Chinese officials or state media", "Russian officials or state media"]),
        (("Soviet account", "Chinese account"), []),
        (("Moscow", "the Chinese side"), []),
        (("Russian accounts",), ["Chinese officials or state media"]),
        (
            ("US World Daily", "a Russian blogger"),
            ["Chinese officials or state media", "Russian officials or state media"],
        ),
    ],
)
def test_a_side_whose_account_is_told_is_not_missing(
    sides: Bot, accounts: Sequence[str], missing: Sequence[str]
) -> None:
    query = ask(sides, "Who is to blame, China or Russia?")
    citation = sides.answer("When was the river border between China and Russia settled?").citations[0]
    told = replace(citation.references[0], perspective="reference")
    quoted = [replace(citation, references=(told,))]
    versions = tuple(Version(text="So it was.", who=who, numbers=(1,)) for who in accounts)
    notice = say_missing_sides(query, quoted, (), [Dispute(claim="They differ.", versions=versions)])
    named = f"Voices neither quoted here nor found for this question: {', '.join(missing)}."
    assert notice == (named if missing else None)
