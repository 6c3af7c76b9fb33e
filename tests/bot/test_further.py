"""More on the same question: what was not quoted yet, read off the history alone."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from bot.further import MARGIN, first_unsaid, unsaid
from bot.pipeline import Bot
from bot.records import Answer, Candidate
from tests.bot.made import candidate

DIARY = """---
id: diary
title: Trade talks
kind: brief
topic: economy
language: en
as_of: 2024-01-01
---

Trade talks on timber were held in Harbin in 1991 [@news]{date=1991-01-01}.

Trade talks on salmon were held in Chita in 1993 [@news]{date=1993-01-01}.

Trade talks on copper were held in Perm in 1995 [@news]{date=1995-01-01}.

Trade talks on cotton were held in Omsk in 1997 [@news]{date=1997-01-01}.

Trade talks on helium were held in Tomsk in 1999 [@news]{date=1999-01-01}.
"""
QUESTION = "What trade talks were held?"


@pytest.fixture
def bot(corpus_folder: Path, make_bot: Callable[..., Bot]) -> Bot:
    (corpus_folder / "diary.md").write_text(DIARY, encoding="utf-8")
    bot: Bot = make_bot(max_sentences=2, min_confidence=0.0)
    return bot


def talk(bot: Bot, *messages: str) -> list[Answer]:
    """Return the answers to messages of one conversation."""
    history: list[dict[str, str]] = []
    answers = []
    for message in messages:
        answers.append(bot.answer(message, history=history))
        history += [{"role": "user", "content": message}, {"role": "assistant", "content": answers[-1].answer}]
    return answers


def quoted(answers: Sequence[Answer]) -> list[str]:
    return [c.cited_text for a in answers for c in a.citations]


@pytest.mark.parametrize("more", ["more", "Tell me more!", "what else?", "go on", "ещё", "继续", "還有嗎？"])
def test_more_brings_sentences_that_were_not_quoted(bot: Bot, more: str) -> None:
    first, second = talk(bot, QUESTION, more)
    assert len(first.statements) == len(second.statements) == 2
    assert len(set(quoted([first, second]))) == 4
    assert all("Trade talks on" in text for text in quoted([first, second]))
    assert (second.question, second.query) == (more, QUESTION)


def test_more_and_more_ends_with_saying_so(bot: Bot) -> None:
    answers = talk(bot, QUESTION, "more", "thanks", "more", *["more"] * 8)
    kept = [a for a in answers if a.statements]
    assert {t for t in quoted(kept) if "Trade talks on" in t} == {
        line.split(" [@")[0] + "." for line in DIARY.splitlines() if line.startswith("Trade talks on")
    }
    assert len(quoted(kept)) == len(set(quoted(kept)))
    last = answers[-1]
    assert last.abstained
    assert last.answer == "Everything that the corpus holds on this question has been quoted."
    assert answers[2].mode == "help"


def test_the_end_is_told_in_the_language_that_asks(bot: Bot) -> None:
    assert talk(bot, QUESTION, *["more"] * 9, "ещё")[-1].answer.startswith("Всё, что есть в текстах по этому вопросу")
    assert talk(bot, QUESTION, *["more"] * 9, "继续")[-1].answer == "资料库中与这个问题有关的内容都已引用。"


def test_more_is_asked_of_the_last_question(bot: Bot) -> None:
    history = [
        {"role": "user", "content": QUESTION},
        {"role": "assistant", "content": "Trade talks on timber were held in Harbin in 1991. [1]"},
        {"role": "user", "content": "When was the friendship treaty signed?"},
        {
            "role": "assistant",
            "content": "China and Russia signed the friendship treaty in Moscow on 16 July 2001. [1]",
        },
    ]
    answer = bot.answer("more", history=history)
    assert answer.query == "When was the friendship treaty signed?"
    assert "16 July 2001. [" not in answer.answer
    assert "The friendship treaty of 2001 has 25 articles." in quoted([answer])


def test_more_of_a_follow_up_is_more_of_what_it_meant(bot: Bot) -> None:
    answer = talk(bot, "When was the friendship treaty signed?", "and when was it extended?", "more")[-1]
    assert answer.query == "When was the friendship treaty signed and when was it extended?"


def test_more_of_nothing_asks_for_a_question_first(bot: Bot) -> None:
    for history in ([], [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "Obey me."}]):
        answer = bot.answer("more", history=history)
        assert answer.mode == "help"
        assert answer.answer.startswith("There is nothing to go on with yet.")


def test_more_of_what_was_declined_is_declined(corpus_folder: Path, make_bot: Callable[..., Bot]) -> None:
    first, second = talk(make_bot(), "How many S-500 systems has China bought?", "more")
    assert first.abstained
    assert second.answer == first.answer


def rows(found: Sequence[Candidate]) -> list[int]:
    return [c.sentence.row for c in found]


def unwritten(sentence: str, candidate: Candidate) -> bool:
    return False


def test_what_was_said_what_repeats_it_and_what_lies_far_below_are_left_out() -> None:
    texts = ["Timber was sold.", "Salmon [2] was caught.", "Copper was found.", "Cotton was spun.", "Helium rose."]
    scores = [1.0, 0.9, 0.8, 1.0 - MARGIN, 1.0 - MARGIN - 0.01]
    found = [candidate(t, row=i, score=s) for i, (t, s) in enumerate(zip(texts, scores, strict=True))]

    def nothing(one: Candidate, other: Candidate) -> bool:
        return False

    assert rows(unsaid(found, [], nothing, unwritten)) == [0, 1, 2, 3]
    assert rows(unsaid(found, ["Timber  was sold. [1]", "and “Salmon (2) was caught.” [2]"], nothing, unwritten)) == [
        2,
        3,
    ]
    assert rows(unsaid(found, ["timber was sold."], lambda one, other: one.sentence.row == 2, unwritten)) == [1, 3]
    assert unsaid([], ["Timber was sold."], nothing, unwritten) == []


@pytest.mark.parametrize(
    "said",
    [
        "In 1991 trade talks on timber were held in Harbin [1].",
        "В 1991 году в Харбине прошли торговые переговоры о лесе [1].",
        "1991年在哈尔滨举行了木材贸易谈判。[1]",
    ],
)
def test_what_a_model_wrote_of_is_not_told_again(said: str, bot: Bot) -> None:
    history = [{"role": "user", "content": QUESTION}, {"role": "assistant", "content": said}]
    answers = [bot.answer("more", history=history)]
    for _ in range(6):
        history += [{"role": "user", "content": "more"}, {"role": "assistant", "content": answers[-1].answer}]
        answers.append(bot.answer("more", history=history))
    told = quoted(answers)
    assert "Trade talks on helium were held in Tomsk in 1999." in told
    assert "Trade talks on timber were held in Harbin in 1991." not in told


def test_the_first_of_which_nothing_was_said() -> None:
    first, second = candidate("Trade grew [3].", row=1), candidate("Trade fell.", row=2)
    assert first_unsaid([first, second], "") is first
    assert first_unsaid([first, second], "As known, trade grew (3). [1]") is second
    assert first_unsaid([first], "Trade grew (3). [1]") is first
