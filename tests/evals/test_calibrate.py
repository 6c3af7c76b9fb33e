"""The fit of confidence: on held-out groups, with a threshold that pays most, and no fit where cases are too few."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from bot.calibration import find_calibration, identity, write_calibration
from bot.pipeline import Bot
from bot.settings import Settings
from corpus.errors import EvalError
from evals.abstention import Point, auroc
from evals.calibrate import (
    LEAST,
    LISTED,
    Example,
    _best_threshold,
    _held_out,
    _measures,
    fit,
    fit_for,
    gather,
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


def test_a_partly_right_answer_does_not_count_for_the_fit(bot: Bot) -> None:
    # Partly right answers with the signal of wrong ones and of right ones alike: with them, the signal would say less.
    plain = fit(bot, separable(), 0.5).calibration
    partly = [
        replace(example(f"partly-{n}", 2.0 if n % 2 else -2.0, right=True), right=False, worth=0) for n in range(40)
    ]
    found = fit(bot, [*separable(), *partly], 0.5)
    assert found.calibration.weights == plain.weights
    assert found.calibration.cases == 100  # but they are counted in what is measured
    assert found.fitted["AUROC"] < 1.0


def test_what_it_is_worth_is_measured_on_what_it_was_not_fitted_on(bot: Bot) -> None:
    # Noise alone, and right or wrong at random: a model that had seen the cases would look better than chance.
    random = np.random.default_rng(7)
    examples = [
        replace(
            example(f"case-{n}", 0.0, right=bool(random.random() < 0.5)),
            features={"rule": 0.5, **{f"noise-{i}": float(random.normal()) for i in range(15)}},
        )
        for n in range(60)
    ]
    found = fit(bot, examples, 0.5)
    seen = [Point(confidence=found.calibration.confidence(e.features), right=e.right) for e in examples]
    assert (auroc(seen) or 0) - found.fitted["AUROC"] > 0.15


def test_a_group_is_never_on_both_sides_of_a_fold() -> None:
    """Each group has a value of its own that says nothing of other groups: whoever has seen the group knows it by heart."""
    groups = [f"group-{n // 3:02d}" for n in range(90)]
    right = np.asarray([(n // 3) % 2 == 0 for n in range(90)])
    everything = np.ones(90, dtype=bool)
    by_heart = np.eye(30)[[n // 3 for n in range(90)]]
    held_out = _held_out(by_heart, right, everything, groups)
    alone = _held_out(by_heart, right, everything, [f"case-{n}" for n in range(90)])
    # Unseen groups all look alike within a fold; seen ones are told apart.
    assert max(held_out[right].mean() - held_out[~right].mean(), 0) < 0.1
    assert alone[right].mean() - alone[~right].mean() > 0.15


def test_every_example_has_one_held_out_confidence() -> None:
    examples = separable(55)
    values = np.asarray([[e.features["signal"]] for e in examples])
    right = np.asarray([e.right for e in examples])
    found = _held_out(values, right, np.arange(55) % 5 != 0, [e.case.id for e in examples])
    assert found.shape == (55,)
    assert ((found > 0) & (found < 1)).all()


# Too few


@pytest.mark.parametrize(
    "examples",
    [
        [],
        separable(LEAST - 1),
        [e for e in separable(120) if e.right],
        [e for e in separable(120) if not e.right],
        [*[e for e in separable(120) if e.right], *[e for e in separable(20) if not e.right][:9]],
        [replace(e, case=replace(e.case, group=f"{e.right}-{i % 9}")) for i, e in enumerate(separable())],
    ],
    ids=["none", "one too few", "all right", "all wrong", "nine wrong", "few groups"],
)
def test_too_few_cases_are_refused_in_one_line(bot: Bot, examples: list[Example]) -> None:
    with pytest.raises(
        EvalError, match=r"are too few to calibrate on; it takes 50 answers, right in 10 groups"
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


# The threshold


def best(*rows: tuple[float, bool, int]) -> float:
    """Return the best threshold for (confidence, answerable, worth of answering)."""
    examples = [
        Example(case=fact(f"case-{n}") if answerable else absent(f"case-{n}"), features={}, right=worth == 1, worth=worth)
        for n, (_, answerable, worth) in enumerate(rows)
    ]  # fmt: skip
    return _best_threshold(np.asarray([c for c, _, _ in rows]), examples)


RIGHT, PARTLY, WRONG, ABSENT = (True, 1), (True, 0), (True, -1), (False, -1)


@pytest.mark.parametrize(
    ("rows", "threshold"),
    [
        # Answering gains 1 if right, 0 if partly, −1 if wrong, −2 if there is no answer.
        ([(0.9, *RIGHT), (0.7, *RIGHT), (0.4, *ABSENT), (0.2, *RIGHT)], 0.55),  # 1, 2, 0, 1
        ([(0.9, *RIGHT), (0.7, *WRONG), (0.4, *RIGHT), (0.2, *RIGHT)], 0.1),  # 1, 0, 1, 2
        (
            [(0.9, *ABSENT), (0.7, *RIGHT), (0.4, *RIGHT), (0.2, *WRONG)],
            0.3,
        ),  # −2, −1, 0, −1: as good as answering nothing, and more is answered
        (
            [(0.9, *RIGHT), (0.7, *PARTLY), (0.4, *PARTLY), (0.2, *ABSENT)],
            0.3,
        ),  # 1, 1, 1, −1: of equals the one that answers most
        ([(0.2, *ABSENT), (0.7, *RIGHT), (0.4, *ABSENT), (0.9, *RIGHT)], 0.55),  # in any order
        ([(0.9, *RIGHT), (0.5, *RIGHT), (0.5, *ABSENT), (0.2, *RIGHT)], 0.1),  # 1, then 0 for both, 1
        ([(0.5, *RIGHT), (0.5, *RIGHT), (0.5, *ABSENT), (0.5, *RIGHT)], 0.25),  # one step: 1
        ([(0.5, *RIGHT), (0.5, *ABSENT), (0.5, *ABSENT), (0.5, *RIGHT)], 0.75),  # one step: −2
    ],
)
def test_the_threshold_is_where_answering_pays_most(rows: list[tuple[float, bool, int]], threshold: float) -> None:
    assert best(*rows) == pytest.approx(threshold)
    assert _worth(rows, threshold) == max(_worth(rows, t / 100) for t in range(101))


def _worth(rows: Sequence[tuple[float, bool, int]], threshold: float) -> int:
    return sum(worth if confidence >= threshold else int(not answerable) for confidence, answerable, worth in rows)


# Questions that documents list


def listed(name: str, confidence: float, *, right: bool = True) -> Example:
    """Return an example of a listed question that is answered with the document that lists it, or with another."""
    return replace(
        example(name, confidence, right=right),
        case=Case(id=name, question=f"Question {name}?", kind=LISTED, answerable=True, documents=("treaty",)),
    )


@pytest.mark.parametrize(
    ("answerable", "worth", "telling"),
    [(True, 1, True), (True, 0, False), (True, -1, True), (False, -1, True), (False, 0, True)],
)
def test_an_answer_tells_unless_it_is_worth_as_much_as_declining(answerable: bool, worth: int, telling: bool) -> None:
    case = fact("case") if answerable else absent("case")
    assert Example(case=case, features={}, right=worth == 1, worth=worth).telling is telling


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
    assert (found.right, found.worth, found.telling) == (right, worth, True)


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
