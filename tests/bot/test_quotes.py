"""What is quoted for a sentence: what it leans on, its disputed block, and no words twice."""

from dataclasses import replace

import pytest

from bot.pipeline import Bot
from bot.quotes import MAX_LEAD_IN_WORDS, quotes
from tests.bot.made import ask, candidate
from tests.small import make_bot

LONG = " ".join(["word"] * (MAX_LEAD_IN_WORDS - 4))
ESSAY = f"""---
id: visits
title: Visits
kind: article
language: en
---

Xi came to Moscow. It was his first visit. They talked for hours. Putin was glad.

Was it cold? It was cold.

Putin returned the visit.

He stayed three days.

{LONG} once. It was too long.

{LONG}. It was just short.
"""


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Bot:
    return make_bot(tmp_path_factory.mktemp("quotes"), documents={"visits.md": ESSAY})


def quoted(bot: Bot, *texts: str, question: str = "What did Xi do?") -> list[str]:
    there = {s.text: s for s in bot.store.texts.sentences_of("visits")}
    chosen = [replace(candidate(text), sentence=there[text]) for text in texts]
    return [statement.text for statement in quotes(ask(bot, question), chosen)]


@pytest.mark.parametrize(
    ("chosen", "shown"),
    [
        ("Xi came to Moscow.", "Xi came to Moscow. It was his first visit."),  # a short head of a paragraph
        ("It was his first visit.", "Xi came to Moscow. It was his first visit."),
        ("It was cold.", "It was cold."),  # a question is no lead-in
        ("He stayed three days.", "He stayed three days."),  # what it leans on is another paragraph's
        ("It was too long.", "It was too long."),  # 66 + 1 + 4 words
        ("It was just short.", f"{LONG}. It was just short."),  # 66 + 4
    ],
)
def test_a_sentence_comes_with_the_one_that_it_leans_on_or_opens(bot: Bot, chosen: str, shown: str) -> None:
    assert quoted(bot, chosen) == [shown]


def test_where_a_date_is_asked_for_the_head_of_a_paragraph_comes_alone(bot: Bot) -> None:
    assert quoted(bot, "Xi came to Moscow.", question="When did Xi come?") == ["Xi came to Moscow."]
    assert quoted(bot, "It was his first visit.", question="When did Xi come?") == [
        "Xi came to Moscow. It was his first visit."
    ]


def test_sentences_that_share_a_lead_in_are_one_statement_where_the_first_of_them_stood(bot: Bot) -> None:
    first, second, third = "It was his first visit.", "They talked for hours.", "Putin returned the visit."
    assert quoted(bot, second, third, first) == [f"Xi came to Moscow. {first} {second}", third]


def test_a_sentence_that_joins_two_statements_leaves_no_words_twice(bot: Bot) -> None:
    assert quoted(bot, "Xi came to Moscow.", "They talked for hours.", "It was his first visit.") == [
        "Xi came to Moscow. It was his first visit. They talked for hours."
    ]
    assert quoted(bot, "Putin was glad.", "They talked for hours.") == [
        "Putin was glad.",
        "It was his first visit. They talked for hours.",
    ]


def test_the_statement_stands_at_its_offsets_with_its_references(small_bot: Bot) -> None:
    leaning = next(s for s in small_bot.store.texts.sentences_of("treaty") if s.references)
    (statement,) = quotes(ask(small_bot, "What was signed?"), [replace(candidate(leaning.text), sentence=leaning)])
    (span,) = statement.spans
    document = small_bot.store.document("treaty")
    assert document is not None
    assert document.text[span.source_start : span.source_end] == statement.text == leaning.text
    assert (span.references, span.section, span.date) == (leaning.references, leaning.section, leaning.date)


def test_a_disputed_sentence_brings_its_block_one_statement_each(small_bot: Bot) -> None:
    texts = small_bot.store.texts
    disputed = next(s for d in texts.documents() for s in texts.sentences_of(d.id) if s.dispute is not None and s.who)
    block = texts.dispute(disputed.document_id, disputed.dispute or 0)
    statements = quotes(ask(small_bot, "What was signed?"), [replace(candidate(disputed.text), sentence=disputed)])
    assert [(s.text, s.who) for s in statements] == [(s.text, s.who) for s in block]
    assert len(statements) == 3
