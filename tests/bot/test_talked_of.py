"""What the last answer said leads the next question to the same text."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.history import Exchange
from bot.pipeline import Bot
from bot.retrieve import retrieve
from bot.scoring import TALKED_OF
from bot.talked_of import read_talk
from bot.turns import NO_TALK
from tests.bot.made import ask, said, user

TREATY = "The friendship treaty of 2001 has 25 articles."
BORDER = "The river border between China and Russia was settled in October 2008."


@pytest.mark.parametrize(
    ("answers", "documents"),
    [
        ((f"{TREATY} [1]",), {"treaty"}),
        ((f"{TREATY} [1] {BORDER} [2]",), {"treaty", "border"}),
        ((f"{TREATY} [1]", f"{BORDER} [1]"), {"border"}),  # more was asked for: the last counts
        (("Hello there, zzz.",), set()),
        (("[1]",), set()),
        ((), set()),
    ],
)
def test_documents_are_found_by_what_was_quoted_of_them(
    small_bot: Bot, answers: tuple[str, ...], documents: set[str]
) -> None:
    talk = read_talk(
        [Exchange(asked="Is it?", said=("Nothing. [1]",)), Exchange(asked="So?", said=answers)], small_bot.store
    )
    assert talk.documents == documents
    assert talk.said == (answers[-1] if answers else "")


def test_without_a_conversation_nothing_is_talked_of(small_bot: Bot) -> None:
    assert ask(small_bot, "When was it settled?").talk == NO_TALK
    assert ask(small_bot, "Was it?", [user("hi"), said("Hello.")]).talk == NO_TALK


def test_a_sentence_of_what_is_talked_of_is_worth_more(small_bot: Bot) -> None:
    def score(*history: str) -> float:
        turns = [user("Is it so?"), *(said(h) for h in history)]
        query = ask(small_bot, "Is mistrust growing between Siberian neighbours?", turns)
        found = retrieve(query, settings=small_bot.settings, embedder=small_bot.embedder).candidates
        treaty = next(c for c in found if c.sentence.text == TREATY)
        return treaty.score - next(c.score for c in found if c.sentence.text == BORDER)

    assert score(f"{TREATY} [1]") - score() >= TALKED_OF - 1e-6
    assert score() - score(f"{BORDER} [1]") >= TALKED_OF - 1e-6


DAM = """---
id: dam
title: The dam
kind: brief
topic: economy
language: en
as_of: 2024-01-01
---

The dam at Chita was finished in 1993 [@news]{date=1993-01-01}.

Turbines for the dam at Chita cost forty million roubles [@news]{date=1993-01-01}.
"""


def test_a_follow_up_is_not_answered_with_the_same_again(make_bot: Callable[..., Bot], corpus_folder: Path) -> None:
    (corpus_folder / "dam.md").write_text(DAM, encoding="utf-8")
    bot = make_bot(min_confidence=0.0)
    asked = "When was the dam at Chita finished?"
    first = bot.answer(asked)
    assert "1993" in first.statements[0].text
    history = [user(asked), said(f"{first.statements[0].text} [1]")]
    follow = bot.answer("and the turbines?", history=history)
    assert any("forty million" in s.text for s in follow.statements)
