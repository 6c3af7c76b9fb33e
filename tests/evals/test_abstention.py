"""How well confidence tells right from wrong, by hand."""

import pytest

from evals.abstention import (
    Bin,
    Point,
    Step,
    area_under,
    auroc,
    calibration_error,
    coverage_at_risk,
    reliability,
    risk_coverage,
)


def points(*pairs: tuple[float, bool]) -> list[Point]:
    return [Point(confidence=c, right=r) for c, r in pairs]


MIXED = points((0.9, True), (0.8, False), (0.7, True), (0.4, False), (0.2, False))


def test_auroc_is_the_share_of_pairs_in_the_right_order() -> None:
    # Right 0.9 and 0.7, wrong 0.8, 0.4, 0.2: 6 pairs, all in order but (0.7, 0.8): 5/6.
    assert auroc(MIXED) == pytest.approx(5 / 6)
    assert auroc(points((0.9, True), (0.1, False))) == 1.0
    assert auroc(points((0.1, True), (0.9, False))) == 0.0


def test_a_tie_counts_half() -> None:
    # Pairs (0.5, 0.5) ½ and (0.5, 0.3) 1: 1.5 of 2.
    assert auroc(points((0.5, True), (0.5, False), (0.3, False))) == 0.75
    assert auroc(points((0.5, True), (0.5, False))) == 0.5


@pytest.mark.parametrize("right", [True, False])
def test_auroc_needs_both_right_and_wrong(right: bool) -> None:
    assert auroc(points((0.9, right), (0.1, right))) is None
    assert auroc([]) is None


def test_the_curve_goes_from_the_most_confident_to_all() -> None:
    assert risk_coverage(MIXED) == [
        Step(threshold=0.9, coverage=1 / 5, risk=0.0),
        Step(threshold=0.8, coverage=2 / 5, risk=1 / 2),
        Step(threshold=0.7, coverage=3 / 5, risk=1 / 3),
        Step(threshold=0.4, coverage=4 / 5, risk=2 / 4),
        Step(threshold=0.2, coverage=1.0, risk=3 / 5),
    ]


def test_equal_confidences_are_one_step_in_any_order() -> None:
    tied = points((0.5, False), (0.9, True), (0.5, True))
    expected = [Step(threshold=0.9, coverage=1 / 3, risk=0.0), Step(threshold=0.5, coverage=1.0, risk=1 / 3)]
    assert risk_coverage(tied) == risk_coverage(tied[::-1]) == expected
    assert risk_coverage([]) == []


def test_the_area_is_risk_averaged_over_coverage() -> None:
    # (0 + 1/2 + 1/3 + 1/2 + 3/5) / 5
    assert area_under(risk_coverage(MIXED)) == pytest.approx((1 / 2 + 1 / 3 + 1 / 2 + 3 / 5) / 5)
    # Tied: 0 for the first third, 1/3 over the other two.
    assert area_under(risk_coverage(points((0.9, True), (0.5, False), (0.5, True)))) == pytest.approx(2 / 9)
    assert area_under(risk_coverage(points((0.4, True)))) == 0.0
    assert area_under(risk_coverage(points((0.4, False), (0.6, False)))) == 1.0
    assert area_under([]) is None


def test_coverage_at_a_risk_is_the_most_that_may_be_answered() -> None:
    steps = risk_coverage(MIXED)
    assert coverage_at_risk(steps, 0.1) == 1 / 5
    assert coverage_at_risk(steps, 1 / 3) == 3 / 5  # 2/5 alone is over the risk, 3/5 is not
    assert coverage_at_risk(steps, 0.6) == 1.0
    assert coverage_at_risk(risk_coverage(points((0.9, False), (0.8, True))), 0.1) == 0.0
    assert coverage_at_risk([], 0.1) == 0.0
    # 1 of 10 wrong is a risk of exactly 10 %.
    assert coverage_at_risk(risk_coverage(points(*[(0.9, True)] * 9, (0.1, False))), 0.1) == 1.0


def test_bins_are_tenths_and_one_belongs_to_the_last() -> None:
    found = reliability(points((0.0, False), (0.05, True), (0.1, False), (0.95, True), (1.0, True)))
    assert found == [
        Bin(count=2, confidence=0.025, right=0.5),
        Bin(count=1, confidence=0.1, right=0.0),
        Bin(count=2, confidence=0.975, right=1.0),
    ]
    assert reliability([]) == []


def test_the_calibration_error_weighs_bins_by_size() -> None:
    # Bin 0: 2 cases, |0.025 − 0.5| = 0.475. Bin 1: 1 case, 0.1. Bin 9: 2 cases, 0.025. (0.95 + 0.1 + 0.05) / 5 = 0.22.
    found = calibration_error(points((0.0, False), (0.05, True), (0.1, False), (0.95, True), (1.0, True)))
    assert found == pytest.approx(0.22)
    assert calibration_error(points((1.0, True), (0.0, False))) == 0.0
    assert calibration_error(points((1.0, False))) == 1.0
    assert calibration_error([]) is None
