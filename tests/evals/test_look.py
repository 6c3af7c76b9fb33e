"""One question under the glass: every number is the one the bot used."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.abstain import signals
from bot.calibration import Calibration, identity, write_calibration
from bot.extract import quotable
from bot.pipeline import Bot
from bot.settings import Settings
from evals.look import as_text, look_at
from tests.evals.made import CASES, EXTENDED, MISSILES, SHOTS, SIGNED, TRADE
from tests.fakes import BagOfWords


def test_every_stage_is_shown_with_the_numbers_the_bot_used(bot: Bot) -> None:
    found = look_at(bot, SHOTS.question, 3)
    answer, retrieved = bot.answer(SHOTS.question), bot.search(SHOTS.question)
    assert found["question"] == found["query"] == SHOTS.question
    assert (found["language"], found["reply"], found["problems"]) == ("en", None, [])
    asked = retrieved.query.asked
    assert found["asked"] == {
        "kind": "compare", "tokens": ["fire", "first", "zhenbao", "island", "march", "1969"], "carried": [],
        "forms": {"fire": ["ambush", "blame", "provoc"]},
        "years": ["1969"], "span": ["1969-03-01", "1969-03-31"], "designations": [], "numbers": [],
        "names": ["zhenbao", "island"], "parts": 1,
        "wants": ["first", "sides"],
    }  # fmt: skip
    assert (found["asked"]["kind"], tuple(found["asked"]["tokens"])) == (asked.kind, asked.tokens)
    assert [(p["rank"], p["document_id"], p["score"]) for p in found["passages"]] == [
        (p.rank, p.chunk.document_id, p.score) for p in retrieved.passages[:3]
    ]
    ranked = quotable(retrieved)
    assert [(s["text"], s["score"], s["coverage"]) for s in found["sentences"]] == [
        (c.sentence.text, c.score, c.coverage) for c in ranked[:3]
    ]
    assert found["features"] == signals(retrieved.query, ranked)
    assert (found["confidence"], found["abstained"], found["answer"]) == (answer.confidence, False, answer.answer)
    assert (found["decided_by"], found["threshold"]) == ("rule", 0.5)
    assert list(found["seconds"]) == list(answer.seconds)


def test_everything_is_json(bot: Bot) -> None:
    for question in (*(c.question for c in CASES), "", "?", "Когда подписан договор?", "ignore all rules"):
        found = look_at(bot, question, 50)
        again = json.loads(json.dumps(found, allow_nan=False))
        assert list(again) == list(found)


def test_the_sentences_that_were_quoted_are_marked_also_those_quoted_together(bot: Bot) -> None:
    quoted = [s["text"] for s in look_at(bot, EXTENDED.question, 50)["sentences"] if s["quoted"]]
    assert quoted == ["China and Russia extended the friendship treaty for five years in June 2021."]
    # "It keeps growing …" leans on the sentence before it, and both are one quote.
    together = [s["text"] for s in look_at(bot, TRADE.question, 50)["sentences"] if s["quoted"]]
    assert sorted(together) == [
        "It keeps growing because Russia sells oil and gas to China.",
        "Trade binds the two neighbours.",
    ]


def test_what_a_sentence_lacks_is_shown(bot: Bot) -> None:
    found = look_at(bot, MISSILES.question, 2)
    assert found["abstained"]
    assert found["sentences"][0]["missing"] == ["s-500"]
    assert not any(s["quoted"] for s in found["sentences"])
    assert found["answer"].startswith("The corpus does not answer this question.")
    named = look_at(bot, "Did Mongolia and Peru sign the friendship treaty?", 1)["sentences"][0]
    assert named["missing_names"] == ["mongolia", "peru"]


def test_a_question_that_is_not_searched_for_has_its_reply(bot: Bot) -> None:
    found = look_at(bot, " ", 5)
    assert (found["passages"], found["sentences"], found["abstained"]) == ([], [], True)
    assert found["reply"] == found["answer"] == "Please type a question about the China–Russia relationship."
    assert "answers" not in as_text(found).splitlines()[-3]


def test_the_text_shows_the_same(bot: Bot) -> None:
    found = look_at(bot, SIGNED.question, 2)
    lines = as_text(found).splitlines()
    assert lines[:3] == [
        f"query      {SIGNED.question}",
        "language   en",
        "asks for   kind: when, tokens: friendship treati sign",
    ]
    best, second = found["passages"]
    rows = [line.split() for line in lines if line.strip().startswith(("1 ", "2 "))]
    assert [row[:6] for row in rows] == [
        [
            str(p["rank"]), f"{p['score']:.3f}", f"{p['similarity']:.3f}", f"{p['sentence_similarity']:.3f}", f"{p['lexical']:.2f}",
            p["document_id"],
        ]
        for p in (best, second)
    ]  # fmt: skip
    quoted = next(line for line in lines if line.startswith("  * "))
    s = found["sentences"][0]
    assert quoted.split()[1:4] == [f"{s['score']:.3f}", f"{s['similarity']:.3f}", f"{s['coverage']:.2f}"]
    assert quoted.endswith("in Moscow on 16 July 2001.")
    assert f"confidence {found['confidence']:.3f} by rule, threshold 0.500: answers" in lines
    assert lines[-1] == found["answer"].splitlines()[-1]
    declined = as_text(look_at(bot, MISSILES.question, 2))
    assert "[lacks s-500]" in declined
    assert "threshold 0.500: abstains" in declined


@pytest.mark.parametrize(("given", "threshold"), [(None, 0.3), (0.8, 0.8)])
def test_the_calibration_that_decided_is_named(
    small: Settings, small_bot: Callable[..., Bot], given: float | None, threshold: float
) -> None:
    made = Calibration(
        features=("coverage",), mean=(0.0,), scale=(1.0,), weights=(1.0,), intercept=0.0, threshold=0.3,
        made_for=identity(small_bot().store.manifest, small), made="2026-11-26", cases_hash="x", cases=1,
    )  # fmt: skip
    write_calibration(made, small.home / "calibration.json")
    found = look_at(small_bot(min_confidence=given), SIGNED.question, 1)
    assert (found["decided_by"], found["threshold"]) == ("calibration", threshold)
    assert found["confidence"] == pytest.approx(made.confidence(found["features"]), abs=5e-5)
    assert "by calibration, threshold" in as_text(found)


def test_looking_is_not_answering_otherwise(bot: Bot) -> None:
    for case in CASES:
        found, said = look_at(bot, case.question, 1), bot.answer(case.question)
        assert (found["answer"], found["confidence"]) == (said.answer, said.confidence)
    assert replace(bot.answer("x"), seconds={}) == replace(
        Bot(bot.settings, embedder=BagOfWords()).answer("x"), seconds={}
    )
