"""Confidence fitted to an index: computed as stated, used for that index and those settings only, and part of the fingerprint."""

import json
import math
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from bot import calibration as calibrations
from bot.abstain import RULE_THRESHOLD, rule, signals
from bot.calibration import (
    Calibration,
    calibration_file,
    find_calibration,
    identity,
    read_calibration,
    write_calibration,
)
from bot.extract import quotable
from bot.features import NAMES
from bot.pipeline import Bot
from bot.records import Retrieved
from bot.settings import ANSWERS_VERSION, Settings, load_settings
from corpus.errors import SettingsError
from index.build import build_index
from tests.fakes import BagOfWords

QUESTION = "When was the friendship treaty signed?"
ABSENT = "How many S-500 systems has China bought?"


def made(bot: Bot, **changed: Any) -> Calibration:
    """Return a calibration for a bot's index: as sure as the best sentence covers the question."""
    calibration = Calibration(
        features=("coverage",),
        mean=(0.5,),
        scale=(0.25,),
        weights=(2.0,),
        intercept=0.5,
        threshold=0.6,
        made_for=identity(bot.store.manifest, bot.settings),
        made="2026-11-26",
        cases_hash="abc",
        cases=60,
        measured={"AUROC": 0.9},
    )
    return replace(calibration, **changed)


@pytest.fixture
def keep(settings: Settings) -> Callable[[Calibration], Calibration]:
    """Return a function that keeps a calibration as the person's own."""

    def kept(calibration: Calibration) -> Calibration:
        write_calibration(calibration, calibration_file(settings))
        return calibration

    return kept


def reopened(bot: Bot, **changed: Any) -> Bot:
    return Bot(bot.settings.model_copy(update=changed), embedder=BagOfWords())


# The model


def test_confidence_is_a_logistic_function_of_standardised_features(make_bot: Callable[..., Bot]) -> None:
    model = made(
        make_bot(), features=("a", "b"), mean=(1.0, 10.0), scale=(0.5, 5.0), weights=(2.0, -1.0), intercept=0.25
    )
    assert model.confidence({"a": 1.0, "b": 10.0}) == pytest.approx(1 / (1 + math.exp(-0.25)))
    assert model.confidence({"a": 1.5, "b": 20.0, "unknown": 9.0}) == pytest.approx(1 / (1 + math.exp(-(0.25 + 2 - 2))))
    assert model.confidence({"a": 0.5, "b": 10.0}) == pytest.approx(1 / (1 + math.exp(-(0.25 - 2))))
    assert model.confidence({"a": 1e9, "b": 0.0}) == pytest.approx(1.0)
    assert 0 < model.confidence({"a": -1e9, "b": 0.0}) < 1e-20
    with pytest.raises(KeyError):
        model.confidence({"a": 1.0})


def test_the_hash_changes_with_what_can_change_an_answer_and_with_nothing_else(make_bot: Callable[..., Bot]) -> None:
    model = made(make_bot())
    for changed in (
        {"mean": (0.4,)}, {"scale": (0.5,)}, {"weights": (1.0,)}, {"intercept": 0.0}, {"threshold": 0.5}, {"features": ("score",)},
    ):  # fmt: skip
        assert replace(model, **changed).hash != model.hash, changed
    assert replace(model, made="2027-01-01", cases=9, cases_hash="x", measured={}, made_for={}).hash == model.hash


# What it decides


def test_it_decides_in_the_place_of_the_rule(make_bot: Callable[..., Bot], keep: Any) -> None:
    before = make_bot()
    assert (before.calibration, before.threshold, before.decided_by) == (None, RULE_THRESHOLD, "rule")
    model = keep(made(before))
    bot = reopened(before)
    assert (bot.calibration, bot.threshold, bot.decided_by) == (model, 0.6, "calibration")
    for question in (QUESTION, ABSENT):
        found = bot.search(question)
        values = signals(found.query, quotable(found))
        answer = bot.answer(question)
        assert answer.confidence == pytest.approx(model.confidence(values), abs=5e-5)
        assert answer.confidence != pytest.approx(before.answer(question).confidence, abs=5e-5)
        assert answer.abstained is (answer.confidence < 0.6)
    assert (
        values["rule"]
        == rule(found.query, quotable(found))
        == pytest.approx(before.answer(ABSENT).confidence, abs=5e-5)
    )


@pytest.mark.parametrize(
    ("needed", "abstains"), [(None, False), (0.0, False), (0.99, True)], ids=["of the calibration", "less", "more"]
)
def test_a_confidence_that_the_settings_ask_for_wins_over_its_threshold(
    make_bot: Callable[..., Bot], keep: Any, needed: float | None, abstains: bool
) -> None:
    before = make_bot()
    model = keep(made(before))
    bot = reopened(before, min_confidence=needed)
    assert bot.threshold == (model.threshold if needed is None else needed)
    assert bot.answer(QUESTION).abstained is abstains
    assert bot.answer(QUESTION).confidence == reopened(before).answer(QUESTION).confidence


def test_without_one_the_settings_win_over_the_rule(make_bot: Callable[..., Bot]) -> None:
    assert make_bot(min_confidence=0.125).threshold == 0.125
    assert make_bot(min_confidence=1.0).answer(QUESTION).abstained


def test_an_empty_setting_leaves_it_to_the_calibration(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "amur.toml").write_text("min_confidence = 0.75\n", encoding="utf-8")
    assert load_settings().min_confidence == 0.75
    monkeypatch.setenv("AMUR_MIN_CONFIDENCE", "")
    assert load_settings().min_confidence is None
    monkeypatch.setenv("AMUR_MIN_CONFIDENCE", "0.25")
    assert load_settings().min_confidence == 0.25
    monkeypatch.setenv("AMUR_MIN_CONFIDENCE", "1.5")
    with pytest.raises(SettingsError, match="AMUR_MIN_CONFIDENCE"):
        load_settings()


def test_texts_that_have_nothing_to_do_with_the_question_are_not_named(make_bot: Callable[..., Bot], keep: Any) -> None:
    bot = make_bot()
    far = "Which vitamins do apples contain?"
    assert "The nearest it holds: " in bot.answer(far).answer  # how similar is near, nobody knows of this model
    keep(made(bot, threshold=1.0))
    bot = reopened(bot)
    assert bot.answer(far).answer.endswith(" Nothing in it comes near this question.")
    assert "The nearest it holds: " in bot.answer(QUESTION).answer


def test_signals_are_there_without_a_candidate_too(make_bot: Callable[..., Bot]) -> None:
    found = make_bot().search(QUESTION)
    some, none = signals(found.query, quotable(found)), signals(found.query, [])
    assert list(some) == list(none) == [*NAMES, "rule"]
    assert set(none.values()) == {0.0}
    assert some["tokens"] == 3.0
    one = signals(found.query, quotable(found)[:1])
    assert one["gap"] == one["gap_5"] == 0.0
    assert one["score"] == some["score"] > 0


# What it is bound to


def test_it_is_bound_to_the_index_and_the_settings_of_the_search(make_bot: Callable[..., Bot]) -> None:
    bot = make_bot()
    manifest = bot.store.manifest
    assert identity(manifest, bot.settings) == {
        "corpus_revision": manifest.corpus_revision, "embedding_revision": "1", "chunk_tokens": 64, "k": 12, "fetch_k": 50,
        "answers_version": ANSWERS_VERSION,
    }  # fmt: skip


@pytest.mark.parametrize("changed", [{"k": 3}, {"fetch_k": 20}])
def test_other_settings_of_the_search_leave_it_to_the_rule(
    make_bot: Callable[..., Bot], keep: Any, changed: dict[str, int]
) -> None:
    before = make_bot()
    keep(made(before))
    bot = reopened(before, **changed)
    assert (bot.calibration, bot.threshold) == (None, RULE_THRESHOLD)


def test_settings_that_change_no_confidence_keep_it(make_bot: Callable[..., Bot], keep: Any) -> None:
    before = make_bot()
    model = keep(made(before))
    assert reopened(before, max_sentences=1, max_question_characters=100, port=9).calibration == model


def test_another_version_of_the_code_leaves_it_to_the_rule(
    make_bot: Callable[..., Bot], keep: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = make_bot()
    keep(made(before))
    monkeypatch.setattr(calibrations, "ANSWERS_VERSION", ANSWERS_VERSION + 1)
    assert reopened(before).calibration is None


def test_other_texts_leave_it_to_the_rule_and_the_old_texts_bring_it_back(
    make_bot: Callable[..., Bot], keep: Any, corpus_folder: Path
) -> None:
    bot = make_bot()
    model = keep(made(bot))
    bot = reopened(bot)
    with_model = bot.answer(QUESTION)
    added = corpus_folder / "harbin.txt"
    added.write_text("Harbin has an ice festival in January.", encoding="utf-8")
    build_index(bot.settings, embedder=BagOfWords())
    assert bot.calibration is None  # the running bot takes the new index and what was made for it
    with_rule = bot.answer(QUESTION)
    assert with_rule.confidence != with_model.confidence
    assert with_rule.fingerprint != with_model.fingerprint
    added.unlink()
    build_index(bot.settings, embedder=BagOfWords())
    assert bot.calibration == model
    assert bot.answer(QUESTION).confidence == with_model.confidence


def test_a_new_index_that_is_picked_up_gets_the_calibration_made_for_it(
    make_bot: Callable[..., Bot], keep: Any, corpus_folder: Path
) -> None:
    running = make_bot()
    assert running.calibration is None
    (corpus_folder / "harbin.txt").write_text("Harbin has an ice festival in January.", encoding="utf-8")
    build_index(running.settings, embedder=BagOfWords())
    model = keep(made(Bot(running.settings, embedder=BagOfWords()), threshold=0.3))
    assert (running.calibration, running.threshold) == (model, 0.3)
    found = running.search(QUESTION)
    expected = model.confidence(signals(found.query, quotable(found)))
    assert running.answer(QUESTION).confidence == pytest.approx(expected, abs=5e-5)


def test_a_question_is_answered_with_the_calibration_it_began_with(make_bot: Callable[..., Bot], keep: Any) -> None:
    before = make_bot()
    model = keep(made(before))
    found: Retrieved = reopened(before).search(QUESTION)
    assert found.query.calibration == model


# Which one


def test_the_persons_own_wins_over_the_shipped_one(
    make_bot: Callable[..., Bot], keep: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    before = make_bot()
    shipped = made(before, threshold=0.2)
    write_calibration(shipped, tmp_path / "shipped.json")
    monkeypatch.setattr(calibrations, "SHIPPED", tmp_path / "shipped.json")
    assert reopened(before).calibration == shipped
    own = keep(made(before, threshold=0.7))
    assert reopened(before).calibration == own
    keep(replace(own, made_for={**own.made_for, "corpus_revision": "other"}))
    assert reopened(before).calibration == shipped  # one's own is for other texts
    write_calibration(replace(shipped, made_for={}), tmp_path / "shipped.json")
    assert reopened(before).calibration is None


def test_the_fingerprint_changes_with_the_calibration(make_bot: Callable[..., Bot], keep: Any) -> None:
    before = make_bot()
    model = keep(made(before))
    one = reopened(before)
    assert one.fingerprint != before.fingerprint
    assert one.answer(QUESTION).fingerprint == one.fingerprint
    keep(replace(model, threshold=0.61))
    assert reopened(before).fingerprint not in (one.fingerprint, before.fingerprint)
    keep(replace(model, made="2027-01-01"))
    assert reopened(before).fingerprint == one.fingerprint


# Files


def test_a_calibration_is_read_back_equal(make_bot: Callable[..., Bot], tmp_path: Path) -> None:
    model = made(make_bot(), mean=(1 / 3,), measured={"AUROC": 0.1 + 0.2})
    write_calibration(model, tmp_path / "new" / "calibration.json")
    assert read_calibration(tmp_path / "new" / "calibration.json") == model
    assert [p.name for p in (tmp_path / "new").iterdir()] == ["calibration.json"]


GARBAGE: dict[str, Any] = {
    "another format": {"format": 2},
    "no features": {"features": None},
    "a feature too many": {"features": ["coverage", "score"]},
    "a weight that is a word": {"weights": ["heavy"]},
    "a weight that is no number": {"weights": [float("nan")]},
    "a scale of nothing": {"scale": [0.0]},
    "a threshold that is none": {"threshold": None},
    "an endless intercept": {"intercept": float("inf")},
    "made for a word": {"made_for": "this"},
}


@pytest.mark.parametrize("changed", GARBAGE.values(), ids=GARBAGE)
def test_a_file_that_is_no_calibration_is_one_line_that_names_the_command(
    make_bot: Callable[..., Bot], settings: Settings, changed: dict[str, Any]
) -> None:
    before = make_bot()
    calibration_file(settings).write_text(json.dumps({**asdict(made(before)), **changed}), encoding="utf-8")
    with pytest.raises(
        SettingsError, match=r"calibration\.json' cannot be used \(.+\); remove it or .*: amur eval calibrate"
    ) as error:
        reopened(before)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"3", b"null", b"{}", b"\xff", b'{"format": 1}'])
def test_garbage_is_one_line_that_names_the_command(
    make_bot: Callable[..., Bot], settings: Settings, data: bytes
) -> None:
    before = make_bot()
    calibration_file(settings).write_bytes(data)
    with pytest.raises(SettingsError, match=r"cannot be used .*: amur eval calibrate") as error:
        find_calibration(before.store.manifest, settings)
    assert "\n" not in str(error.value)


def test_the_shipped_calibration_can_be_read_if_there_is_one() -> None:
    shipped = calibrations.SHIPPED
    assert not shipped.exists() or read_calibration(shipped).made_for["answers_version"] == ANSWERS_VERSION
