"""The fit of confidence: on held-out groups, with a threshold that pays most, and no fit where cases are too few."""

from dataclasses import replace

import numpy as np
import pytest

from bot.calibration import find_calibration, identity, write_calibration
from bot.pipeline import Bot
from bot.settings import Settings
from corpus.errors import EvalError
from evals.calibrate import (
    LEAST,
    LEVELS,
    LISTED,
    Example,
    _measures,
    curve_of,
    fit,
    fit_for,
    gather,
    groups_of,
    listed_cases,
)
from evals.cases import Case, hash_of
from evals.gold import Gold
from tests.evals.made import CASES, MISSILES, PERU, SIGNED, absent, fact
from tests.fakes import BagOfWords


def example(name: str, value: float, *, right: bool, group: str = "", noise: float = 0.0, rule: float = 0.5) -> Example:
    """Return an answerable example answered right, or an unanswerable one."""
    case = fact(name, group=group) if right else absent(name, group=group)
    return Example(
        case=case, features={"signal": value, "noise": noise, "same": 1.0, "rule": rule}, right=right, worth=1 if right else -1
    )  # fmt: skip


def separable(count: int = 60) -> list[Example]:
    """Return examples of which every second is right, by a feature that tells, beside one that does not."""
    return [
        example(f"case-{n:02d}", (2.0 if n % 2 else -2.0) + 0.1 * (n % 5), right=bool(n % 2), noise=float(n % 7))
        for n in range(count)
    ]


# The fit


def test_a_feature_that_tells_right_from_wrong_is_found(bot: Bot) -> None:
    found = fit(bot, separable(), 0.5)
    assert found.fitted["AUROC"] == 1.0
    right = [c for c, e in zip(found.held_out, found.examples, strict=True) if e.right]
    wrong = [c for c, e in zip(found.held_out, found.examples, strict=True) if not e.right]
    assert max(wrong) < found.calibration.threshold < min(right)
    assert {n: found.fitted[n] for n in ("truthfulness", "coverage", "risk", "false abstention", "declined near-miss")} == {
        "truthfulness": 1.0, "coverage": 0.5, "risk": 0.0, "false abstention": 0.0, "declined near-miss": 1.0,
    }  # fmt: skip
    weights = dict(zip(found.calibration.features, found.calibration.weights, strict=True))
    assert weights["signal"] > 10 * abs(weights["noise"])
    assert weights["same"] == 0.0  # it never differs, and divides nothing by 0
    for e in found.examples:
        assert (found.calibration.confidence(e.features) > found.calibration.threshold) is e.right


def test_the_rule_is_measured_beside_it(bot: Bot) -> None:
    # The rule is as sure of a right answer as of a wrong one: it answers all, and half of that is wrong.
    found = fit(bot, separable(), 0.5)
    assert {n: found.by_rule[n] for n in ("truthfulness", "coverage", "risk", "AUROC", "false abstention", "ECE")} == {
        "truthfulness": 0.0, "coverage": 1.0, "risk": 0.5, "AUROC": 0.5, "false abstention": 0.0, "ECE": 0.0,
    }  # fmt: skip
    strict = fit(bot, separable(), 0.6)
    assert {n: strict.by_rule[n] for n in ("truthfulness", "coverage", "risk", "false abstention", "declined near-miss")} == {
        "truthfulness": 0.5, "coverage": 0.0, "risk": 0.0, "false abstention": 1.0, "declined near-miss": 1.0,
    }  # fmt: skip


def test_a_calibration_says_what_it_was_made_for_and_on(bot: Bot) -> None:
    examples = separable()
    found = fit(bot, examples, 0.5).calibration
    assert found.made_for == identity(bot.store.manifest, bot.settings)
    assert (found.cases, found.cases_hash) == (60, hash_of([e.case for e in examples]))
    assert found.features == ("signal", "noise", "same", "rule")
    assert found.measured["AUROC"] == 1.0
    assert fit(bot, examples, 0.5).calibration == found  # the same cases give the same fit


def test_it_is_fitted_to_what_can_be_answered_not_to_what_is_answered_right(bot: Bot) -> None:
    # For every third question that the texts answer the bot quotes a wrong sentence: no reason to decline questions like it.
    wrong = [replace(e, right=False, worth=-1) if e.right and n % 3 == 0 else e for n, e in enumerate(separable(120))]
    plain, found = fit(bot, separable(120), 0.5), fit(bot, wrong, 0.5)
    assert found.fitted["AUROC answerable"] == plain.fitted["AUROC answerable"] == plain.fitted["AUROC"] == 1.0
    assert found.fitted["AUROC"] < 0.9
    assert found.fitted["declined near-miss"] == 1.0
    # Confidence is the chance of a right answer all the same: two thirds of what can be answered is.
    sure = [c for c, e in zip(found.held_out, found.examples, strict=True) if e.case.answerable]
    assert np.mean(sure) == pytest.approx(2 / 3, abs=0.05)
    assert np.mean([c for c, e in zip(plain.held_out, plain.examples, strict=True) if e.right]) > 0.9


# Too few


@pytest.mark.parametrize(
    "examples",
    [
        [],
        separable(LEAST - 1),
        [e for e in separable(120) if e.right],
        [e for e in separable(120) if not e.right],
        [*[e for e in separable(120) if e.right], *[e for e in separable(20) if not e.right][:9]],
        [replace(e, right=e.right and n < 19, worth=-1) for n, e in enumerate(separable(120))],
        [replace(e, case=replace(e.case, group=f"{e.right}-{i % 9}")) for i, e in enumerate(separable())],
    ],
    ids=["none", "one too few", "all answerable", "all unanswerable", "nine unanswerable", "nine right", "few groups"],
)
def test_too_few_cases_are_refused_in_one_line(bot: Bot, examples: list[Example]) -> None:
    with pytest.raises(
        EvalError, match=r"are too few to calibrate on; it takes 50 cases and 10 groups of each; add cases"
    ) as error:
        fit(bot, examples, 0.5)
    assert "\n" not in str(error.value)


def test_just_enough_cases_are_enough(bot: Bot) -> None:
    wrong = [e for e in separable(20) if not e.right]
    right = [
        replace(e, case=replace(e.case, id=f"more-{i}")) for i, e in enumerate(e for e in separable(80) if e.right)
    ]
    examples = [*wrong, *right]
    assert (len(examples), len(wrong)) == (LEAST, 10)
    assert fit(bot, examples, 0.5).calibration.cases == LEAST


# The curve

NOTES = ("year: 2013 is given", "year: 2014 is given", "entity: Peru")


def test_the_curve_has_what_each_share_of_withheld_right_answers_buys() -> None:
    # A hundred right answers from 0.01 to 1.00; near-misses of two sorts and an off-topic question among them.
    right = [example(f"right-{n:03d}", 0.0, right=True) for n in range(100)]
    near = [
        replace(e, case=replace(e.case, note=note))
        for e, note in zip([example(f"near-{n}", 0.0, right=False) for n in range(3)], NOTES, strict=True)
    ]  # fmt: skip
    off = replace(
        example("off", 0.0, right=False), case=absent("off", kind="off-topic", note="entity: not a near-miss")
    )
    confidence = np.asarray([(n + 1) / 100 for n in range(100)] + [0.035, 0.5, 0.095, 0.005])
    steps = curve_of(confidence, [*right, *near, off, listed("plain", 0.0)][:-1])
    by_level = dict(zip(LEVELS, steps, strict=True))
    assert [round(s["right withheld"], 2) for s in steps] == list(LEVELS)
    assert by_level[0.01]["threshold"] == pytest.approx(0.015)  # half-way between the first and the second
    assert by_level[0.10]["threshold"] == pytest.approx(0.105)
    assert {n: v for n, v in by_level[0.10].items() if n.startswith("declined")} == {
        "declined near-miss": pytest.approx(2 / 3), "declined off-topic": 1.0,
        "declined near-miss year": 0.5, "declined near-miss entity": 1.0,
    }  # fmt: skip
    assert by_level[0.04]["declined near-miss entity"] == 0.0
    assert by_level[0.04]["risk"] == pytest.approx(2 / 98)


def test_listed_questions_have_no_part_in_the_curve() -> None:
    examples = [example("right", 0.0, right=True), example("absent", 0.0, right=False)]
    plain = curve_of(np.asarray([0.8, 0.3]), examples)
    assert curve_of(np.asarray([0.8, 0.3, 0.1]), [*examples, listed("a", 0.0)]) == plain


@pytest.mark.parametrize(("kind", "note", "sort"), [
    ("near-miss", "year: 2013 is given", "near-miss year"), ("near-miss", "no such pipeline: none", "near-miss"),
    ("near-miss", "", "near-miss"), ("off-topic", "year: 2013", "off-topic"),
])  # fmt: skip
def test_a_near_miss_is_of_the_sort_that_its_note_names(kind: str, note: str, sort: str) -> None:
    assert replace(example("e", 0.0, right=False), case=absent("e", kind=kind, note=note)).sort == sort


# What stays together


def test_cases_of_one_document_stay_together_if_there_are_enough_documents() -> None:
    many = [replace(e, case=replace(e.case, documents=(f"text-{n // 2:02d}",))) for n, e in enumerate(separable(80))]
    assert groups_of(many) == [f"text-{n // 2:02d}" for n in range(80)]
    few = [
        replace(e, case=replace(e.case, documents=("text",), group="pair" if n < 2 else ""))
        for n, e in enumerate(separable(80))
    ]
    assert groups_of(few) == ["pair", "pair", *(f"case-{n:02d}" for n in range(2, 80))]


# Questions that documents list


def listed(name: str, confidence: float, *, right: bool = True) -> Example:
    """Return an example of a listed question that is answered with the document that lists it, or with another."""
    return replace(
        example(name, confidence, right=right),
        case=Case(id=name, question=f"Question {name}?", kind=LISTED, answerable=True, documents=("treaty",)),
    )


def test_listed_questions_have_a_figure_of_their_own_and_no_other() -> None:
    examples = [example("right", 0.0, right=True), example("absent", 0.0, right=False)]
    plain = _measures(np.asarray([0.8, 0.3]), 0.5, examples)
    assert "false abstention listed" not in plain
    more = [*examples, listed("a", 0.0), listed("b", 0.0), listed("c", 0.0), listed("d", 0.0, right=False)]
    found = _measures(np.asarray([0.8, 0.3, 0.9, 0.5, 0.2, 0.1]), 0.5, more)
    assert found.pop("false abstention listed") == 0.5  # two of four are below 0.5; one on it is answered
    assert found == plain


def test_listed_questions_are_fitted_on(bot: Bot) -> None:
    more = [listed(f"listed-{n}", 2.0 + 0.1 * (n % 5)) for n in range(20)]
    found = fit(bot, [*separable(), *more], 0.5)
    assert found.calibration.cases == 80
    assert found.calibration.cases_hash == hash_of([e.case for e in (*separable(), *more)])
    assert (
        found.calibration.intercept > fit(bot, separable(), 0.5).calibration.intercept + 0.1
    )  # more of them are right
    assert found.fitted["false abstention listed"] == 0.0
    assert found.by_rule["false abstention listed"] == 0.0


@pytest.mark.parametrize(
    ("documents", "asked"),
    [
        (None, ["When was the treaty signed?"]),
        (["treaty"], ["When was the treaty signed?"]),
        (["border", "treaty", "unknown"], ["When was the treaty signed?"]),
        (["border"], []),
        ([], []),
    ],
)
def test_only_what_the_named_documents_list_is_asked(bot: Bot, documents: list[str] | None, asked: list[str]) -> None:
    cases = listed_cases(bot, documents)
    assert [c.question for c in cases] == asked
    assert all((c.id, c.kind, c.documents, c.answerable) == ("listed-000", LISTED, ("treaty",), True) for c in cases)


@pytest.mark.parametrize(("document", "right", "worth"), [("treaty", True, 1), ("essay", False, -1)])
def test_a_listed_question_is_right_if_its_document_is_quoted(
    small: Settings, document: str, right: bool, worth: int
) -> None:
    bold = Bot(small.model_copy(update={"min_confidence": 0.0}), embedder=BagOfWords())
    case = Case(
        id="listed-000", question="When was the treaty signed?", kind=LISTED, answerable=True, documents=(document,)
    )
    (found,) = gather(bold, [case], Gold(bold.store), lambda: None)
    assert (found.right, found.worth) == (right, worth)


def test_without_listed_questions_only_cases_are_fitted_on(small: Settings) -> None:
    cases = [replace(c, id=f"{c.id}-{n}") for n in range(15) for c in (SIGNED, *CASES[2:4], PERU, MISSILES)]
    found = fit_for(small, cases, lambda *_: None, listed_by=["border"], embedder=BagOfWords())
    assert [e.case for e in found.examples] == cases
    assert "false abstention listed" not in found.fitted


# With the bot


def test_an_example_is_what_a_bot_that_never_declines_would_say(small: Settings) -> None:
    bold = Bot(small.model_copy(update={"min_confidence": 0.0}), embedder=BagOfWords())
    done: list[int] = []
    unasked = replace(SIGNED, id="unasked", question="?")
    found = gather(bold, [*CASES, unasked], Gold(bold.store), lambda: done.append(1))
    assert len(done) == 7
    assert [e.case for e in found] == CASES  # what was not searched for is no example
    assert [(e.right, e.worth) for e in found] == [(True, 1)] * 4 + [(False, -1)] * 2
    assert all(0 <= e.rule <= 1 for e in found)
    by_id = {e.case.id: e.features for e in found}
    assert by_id["signed"]["coverage"] > by_id["missiles"]["coverage"]
    assert (by_id["missiles"]["details_missing"], by_id["signed"]["details_missing"]) == (1.0, 0.0)
    assert all(list(e.features) == list(found[0].features) for e in found)


def test_a_calibration_is_fitted_for_the_index_and_used_there(small: Settings) -> None:
    cases = [replace(c, id=f"{c.id}-{n}") for n in range(15) for c in (SIGNED, *CASES[2:4], PERU, MISSILES)]
    told: list[tuple[str, int, int]] = []

    def progress(what: str, done: int, total: int) -> None:
        told.append((what, done, total))

    found = fit_for(small.model_copy(update={"min_confidence": 0.9}), cases, progress, embedder=BagOfWords())
    assert told[-1] == ("Answering", 76, 76)
    assert (
        len(found.examples) == 76
    )  # also those that the settings would decline, and the question that a document lists
    (listed,) = (e for e in found.examples if e.case.kind == LISTED)
    assert (listed.case.question, listed.case.documents) == ("When was the treaty signed?", ("treaty",))
    assert (listed.right, listed.worth) == (True, 1)
    assert found.fitted["false abstention listed"] == 0.0
    assert found.fitted["truthfulness"] == 1.0
    assert find_calibration(Bot(small, embedder=BagOfWords()).store.manifest, small) is None
    write_calibration(found.calibration, small.home / "calibration.json")
    bot = Bot(small, embedder=BagOfWords())
    assert bot.calibration == found.calibration
    assert bot.threshold == found.calibration.threshold
    for case in cases[:5]:
        answer = bot.answer(case.question)
        assert answer.abstained is not case.answerable
        expected = next(found.calibration.confidence(e.features) for e in found.examples if e.case.id == case.id)
        assert answer.confidence == pytest.approx(expected, abs=5e-5)
