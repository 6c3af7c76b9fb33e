"""The mathematics of a calibration, computed by hand where that can be done."""

import numpy as np
import pytest

from evals.abstention import Point, auroc
from evals.fitting import Standardised, chance, held_out, logistic, threshold_that_withholds


def test_a_score_is_the_log_odds_of_a_regression_on_standardised_values() -> None:
    values = np.asarray([[1.0, 5.0], [2.0, 5.0], [3.0, 5.0], [4.0, 5.0]] * 10)
    model = Standardised(values, np.asarray([False, False, True, True] * 10))
    assert model.mean.tolist() == [2.5, 5.0]
    assert model.scale.tolist() == [pytest.approx(1.25**0.5), 1.0]  # the second never differs
    assert model.weights[0] > 0
    assert model.weights[1] == 0
    assert model.score(np.asarray([[2.5, 9.0]])) == pytest.approx([model.intercept])
    assert model.score(values)[3] == pytest.approx(model.weights[0] * 1.5 / 1.25**0.5 + model.intercept)


def test_a_group_is_never_on_both_sides_of_a_fold() -> None:
    """Each group has a value of its own that says nothing of other groups: whoever has seen the group knows it by heart."""
    groups = [f"group-{n // 3:02d}" for n in range(90)]
    target = np.asarray([(n // 3) % 2 == 0 for n in range(90)])
    by_heart = np.eye(30)[[n // 3 for n in range(90)]]
    apart = held_out(by_heart, target, groups)
    alone = held_out(by_heart, target, [f"case-{n}" for n in range(90)])
    assert max(apart[target].mean() - apart[~target].mean(), 0) < 0.4
    assert alone[target].mean() - alone[~target].mean() > 0.8


def test_what_a_model_has_seen_looks_better_than_what_it_has_not() -> None:
    # Noise alone: whoever measures on what was fitted would find something in it.
    random = np.random.default_rng(7)
    values, target = random.normal(size=(60, 15)), random.random(60) < 0.5
    seen, unseen = Standardised(values, target).score(values), held_out(values, target, [str(n) for n in range(60)])
    one, other = (
        auroc([Point(confidence=float(c), right=bool(t)) for c, t in zip(scores, target, strict=True)]) or 0
        for scores in (seen, unseen)
    )
    assert one - other > 0.15


def test_every_row_has_one_held_out_score() -> None:
    values = np.asarray([[float(n % 2)] for n in range(55)])
    target = np.asarray([bool(n % 2) for n in range(55)])
    found = held_out(values, target, [str(n) for n in range(55)])
    assert found.shape == (55,)
    assert (found[target] > 0).all()
    assert (found[~target] < 0).all()


def test_scores_become_the_chance_of_a_right_answer() -> None:
    # Of those with score 2 three in four are right, of those with -2 one in four.
    score = np.asarray([2.0] * 400 + [-2.0] * 400)
    right = np.asarray(([True] * 3 + [False]) * 100 + ([False] * 3 + [True]) * 100)
    slope, shift = chance(score, right)
    assert logistic(slope * np.asarray([2.0, -2.0]) + shift) == pytest.approx([0.75, 0.25], abs=0.005)


def test_scores_that_say_nothing_or_the_contrary_give_every_answer_the_same_chance() -> None:
    score = np.asarray([1.0, 1.0, 1.0, -1.0])
    assert chance(score, np.asarray([False, False, True, True])) == (0.0, pytest.approx(0.0))
    slope, shift = chance(score, np.asarray([True, False, False, True]))
    assert (slope, logistic(np.asarray([shift]))[0]) == (0.0, pytest.approx(0.5))


@pytest.mark.parametrize(
    ("confidence", "right", "share", "threshold"),
    [
        ([0.9, 0.8, 0.6, 0.4], [1, 1, 1, 1], 0.0, 0.2),  # none may be withheld
        ([0.9, 0.8, 0.6, 0.4], [1, 1, 1, 1], 0.24, 0.2),  # less than one
        ([0.9, 0.8, 0.6, 0.4], [1, 1, 1, 1], 0.25, 0.5),  # one: half-way between it and the next
        ([0.9, 0.8, 0.6, 0.4], [1, 1, 1, 1], 0.5, 0.7),
        ([0.4, 0.9, 0.6, 0.8], [1, 1, 1, 1], 0.5, 0.7),  # in any order
        ([0.9, 0.7, 0.6, 0.5], [1, 0, 0, 1], 0.5, 0.8),  # wrong ones between them are withheld for nothing
        ([0.9, 0.5, 0.5, 0.2], [1, 1, 1, 0], 0.34, 0.35),  # two alike: both or none
        ([0.9, 0.5, 0.5], [1, 1, 1], 0.67, 0.7),
        ([0.9, 0.5], [1, 1], 1.0, 0.95),  # all may be
        ([0.9, 0.5], [0, 0], 0.5, 0.95),  # nothing is right: nothing is lost
    ],
)
def test_the_threshold_withholds_at_most_a_share_of_the_right_answers(
    confidence: list[float], right: list[int], share: float, threshold: float
) -> None:
    sure, said = np.asarray(confidence), np.asarray(right, dtype=bool)
    found = threshold_that_withholds(sure, said, share)
    assert found == pytest.approx(threshold)
    assert (sure[said] < found).sum() <= share * said.sum() + 1e-9


RIGHT, PARTLY, WRONG, ABSENT = 1.0, 0.0, -1.0, -2.0
"""What answering gains beside declining: an unanswerable question that is declined is worth 1, answered -1."""


@pytest.mark.parametrize(
    ("rows", "share", "threshold"),
    [
        ([(0.9, RIGHT), (0.7, RIGHT), (0.4, ABSENT), (0.2, RIGHT)], 1.0, 0.55),  # 1, 2, 0, 1
        ([(0.9, RIGHT), (0.7, RIGHT), (0.4, ABSENT), (0.2, RIGHT)], 0.3, 0.1),  # no right answer may be withheld
        ([(0.9, RIGHT), (0.7, RIGHT), (0.4, ABSENT), (0.2, RIGHT)], 0.34, 0.55),
        ([(0.9, RIGHT), (0.7, WRONG), (0.4, RIGHT), (0.2, RIGHT)], 1.0, 0.1),  # 1, 0, 1, 2
        ([(0.9, ABSENT), (0.7, RIGHT), (0.4, RIGHT), (0.2, WRONG)], 1.0, 0.3),  # 0, -2, -1, 0, -1: the lower of equals
        ([(0.9, RIGHT), (0.7, PARTLY), (0.4, PARTLY), (0.2, ABSENT)], 0.0, 0.3),  # of equals the one that answers most
        (
            [(0.9, RIGHT), (0.8, RIGHT), (0.2, ABSENT), (0.1, ABSENT)],
            0.5,
            0.5,
        ),  # withholding a right answer buys nothing
        ([(0.2, ABSENT), (0.7, RIGHT), (0.4, ABSENT), (0.9, RIGHT)], 1.0, 0.55),  # in any order
        ([(0.5, RIGHT), (0.5, RIGHT), (0.5, ABSENT), (0.5, RIGHT)], 1.0, 0.25),  # one step: 1
        ([(0.5, RIGHT), (0.5, ABSENT), (0.5, ABSENT), (0.5, RIGHT)], 1.0, 0.75),  # one step: -2
    ],
)
def test_of_the_thresholds_allowed_it_is_where_answering_pays_most(
    rows: list[tuple[float, float]], share: float, threshold: float
) -> None:
    confidence, gain = np.asarray([c for c, _ in rows]), np.asarray([g for _, g in rows])
    assert threshold_that_withholds(confidence, gain == RIGHT, share, gain) == pytest.approx(threshold)
