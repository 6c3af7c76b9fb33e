"""Sentences that say little without their neighbours, in an essay that was indexed as any other text."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bot.neighbours import GAIN, GOES_ON, announced, asks_for_several, goes_on, leans, opened, scored_together
from bot.pipeline import Bot
from bot.records import Candidate
from index.texts import StoredSentence
from tests.bot.made import ask, candidate

ESSAY = """---
id: rivals
title: Rivals
kind: article
language: en
---

## Drivers

Several factors push the neighbours together. Shared interests matter most. China fears isolation.

Economic drivers play a role. This holds for oil.

Security concerns are the third. They grow.

## Limits

Two obstacles remain, such as mistrust.

Pride is one.

Distance is another.

## End

Many reasons were given.
"""


@pytest.fixture
def bot(make_bot: Callable[..., Bot], corpus_folder: Path) -> Bot:
    (corpus_folder / "rivals.md").write_text(ESSAY, encoding="utf-8")
    return make_bot()


def sentences(bot: Bot) -> dict[str, StoredSentence]:
    return {s.text: s for s in bot.store.texts.sentences_of("rivals")}


def test_what_a_sentence_announces_opens_what_follows_in_its_section(bot: Bot) -> None:
    said = sentences(bot)
    several = announced(bot.store, said["Several factors push the neighbours together."])
    assert [s.text for s in several] == [
        "Shared interests matter most.", "Economic drivers play a role.", "Security concerns are the third.",
    ]  # fmt: skip
    assert announced(bot.store, said["Shared interests matter most."]) == []
    assert announced(bot.store, said["Two obstacles remain, such as mistrust."]) == []  # says itself what there is
    assert announced(bot.store, said["Many reasons were given."]) == []  # nothing follows


@pytest.mark.parametrize(
    ("question", "several"),
    [
        ("Why are they close?", True),
        ("What keeps them apart?", True),
        ("What are the main obstacles?", True),
        ("Which three kinds of motive are there?", True),
        ("What is an obstacle course?", False),
        ("When was the treaty signed?", False),
        ("Is trade growing?", False),
    ],
)
def test_questions_for_several_things(bot: Bot, question: str, several: bool) -> None:
    assert asks_for_several(ask(bot, question)) is several


def test_reasons_come_with_the_sentence_that_announces_them(bot: Bot) -> None:
    answer = bot.answer("Which factors push the neighbours together, says the essay?")
    assert [s.text for s in answer.statements] == [
        "Several factors push the neighbours together. Shared interests matter most.", "China fears isolation.",
        "Economic drivers play a role. This holds for oil.", "Security concerns are the third. They grow.",
    ]  # fmt: skip
    assert answer.problems == ()


def test_an_announcement_is_no_further_sentence(bot: Bot) -> None:
    answer = bot.answer("Do shared interests of the neighbours matter most, says the essay?")
    assert answer.statements[0].text == "Shared interests matter most."
    assert "Several factors" not in answer.answer


def test_who_leans_has_the_score_of_the_one_before(bot: Bot) -> None:
    said = sentences(bot)

    def scored(text: str, score: float) -> Candidate:
        return replace(candidate(text, score=score), sentence=said[text])

    found = [
        scored("Several factors push the neighbours together.", 0.5),
        scored("Economic drivers play a role.", 0.8),
        scored("This holds for oil.", 0.3),
        scored("They grow.", 0.4),  # the one before it was not found
        scored("Pride is one.", 0.9),
    ]
    order = [found[i].sentence.text for i in (4, 1, 2, 0, 3)]
    plain = scored_together(ask(bot, "Is oil sold?"), found)
    assert [(c.sentence.text, c.score) for c in plain] == list(zip(order, [0.9, 0.8, 0.8, 0.5, 0.4], strict=True))
    several = scored_together(ask(bot, "Why is oil sold?"), found)
    assert several[3].score == pytest.approx(0.5 + GAIN)
    higher = scored_together(ask(bot, "Is oil sold?"), [scored("Economic drivers play a role.", 0.2), found[2]])
    assert [c.score for c in higher] == [0.3, 0.2]


def test_running_text_goes_on_with_nearly_the_score_of_the_one_before(
    make_bot: Callable[..., Bot], corpus_folder: Path
) -> None:
    texts = ["Several factors push the neighbours together.", "Shared interests matter most.", "China fears isolation."]
    for kind, scores in (
        ("article", [0.9, 0.9 - GOES_ON, 0.9 - 2 * GOES_ON]),
        ("brief", [0.9, 0.3, 0.2]),
    ):
        (corpus_folder / "rivals.md").write_text(ESSAY.replace("kind: article", f"kind: {kind}"), encoding="utf-8")
        bot = make_bot()
        rows = sentences(bot)
        found = [
            replace(candidate(s, score=score), sentence=rows[s])
            for s, score in zip(texts, (0.9, 0.3, 0.2), strict=True)
        ]
        scored = scored_together(ask(bot, "What sells oil?"), found)
        assert [c.sentence.text for c in scored] == texts
        assert [c.score for c in scored] == pytest.approx(scores)
        assert (
            scored_together(ask(bot, "When was oil sold?"), found) == found
        )  # a date is asked for: one sentence gives it


def test_a_short_head_of_a_paragraph_is_quoted_with_what_it_opens(bot: Bot) -> None:
    rows = sentences(bot)
    asked = ask(bot, "What drives them?")
    after = opened(asked, rows["Economic drivers play a role."])
    assert after is not None
    assert after.text == "This holds for oil."
    for alone in ("Shared interests matter most.", "Pride is one.", "Many reasons were given."):
        assert opened(asked, rows[alone]) is None  # amid a paragraph; a paragraph of its own
    assert opened(ask(bot, "When did drivers play a role?"), rows["Economic drivers play a role."]) is None
    assert opened(ask(bot, "When did drivers play a role, and why is oil sold?"), rows["Economic drivers play a role."])


def test_long_heads_questions_and_briefs_open_nothing(make_bot: Callable[..., Bot], corpus_folder: Path) -> None:
    long = "Drivers of trade and of much else that two neighbours may have play a role."
    text = ESSAY.replace("Economic drivers play a role.", long).replace("They grow.", "Do they grow?")
    for kind, head in (
        ("article", long),
        ("article", "Security concerns are the third."),
        ("brief", "Security concerns are the third."),
    ):
        (corpus_folder / "rivals.md").write_text(text.replace("kind: article", f"kind: {kind}"), encoding="utf-8")
        bot = make_bot()
        assert opened(ask(bot, "What drives them?"), sentences(bot)[head]) is None


def test_what_goes_on_is_at_most_two_sentences_later_in_the_paragraph(bot: Bot) -> None:
    rows = sentences(bot)
    first, second = rows["Several factors push the neighbours together."], rows["China fears isolation."]
    assert goes_on(second, first)
    assert not goes_on(first, second)
    assert not goes_on(first, first)
    assert not goes_on(rows["Economic drivers play a role."], rows["China fears isolation."])


@pytest.mark.parametrize(("text", "points"), [("This holds.", True), ("Its price fell.", True), ("Trade fell.", False)])
def test_a_sentence_that_begins_by_pointing_back_leans(text: str, points: bool) -> None:
    assert leans(text) is points
