"""Intervals and tests, against the textbook formulas worked out here."""

from itertools import product
from math import comb, sqrt
from statistics import NormalDist

import pytest

from evals.statistics import Difference, Interval, difference, holm, mcnemar, mean, rate

Z = NormalDist().inv_cdf(0.975)


@pytest.mark.parametrize(("successes", "count"), [(8, 10), (0, 7), (7, 7), (1, 1), (163, 200)])
def test_a_rate_has_wilsons_interval(successes: int, count: int) -> None:
    # Wilson (1927): (p + z²/2n ± z √(p(1−p)/n + z²/4n²)) / (1 + z²/n)
    p = successes / count
    middle, spread, below = (
        p + Z**2 / (2 * count),
        Z * sqrt(p * (1 - p) / count + Z**2 / (4 * count**2)),
        1 + Z**2 / count,
    )
    found = rate(successes, count)
    assert found is not None
    assert found.value == p
    assert (found.low, found.high) == pytest.approx(((middle - spread) / below, (middle + spread) / below), abs=1e-9)


def test_eight_of_ten_by_the_tables() -> None:
    found = rate(8, 10)
    assert found is not None
    assert (round(found.low, 4), round(found.high, 4)) == (0.4902, 0.9433)


def test_there_is_no_rate_mean_or_difference_of_nothing() -> None:
    assert rate(0, 0) is None
    assert mean([]) is None
    assert difference([], []) is None


def test_a_mean_of_equal_values_has_no_width() -> None:
    assert mean([0.5]) == Interval(value=0.5, low=0.5, high=0.5)
    assert mean([1.0] * 30) == Interval(value=1.0, low=1.0, high=1.0)


def test_a_mean_has_a_bootstrap_interval_about_as_wide_as_theory_says() -> None:
    # 200 values, half 0 and half 1: standard error √(0.25/200) = 0.03536, so 0.5 ± 1.96 · 0.03536 = 0.431 to 0.569.
    values = [0.0, 1.0] * 100
    found = mean(values)
    assert found is not None
    assert found.value == 0.5
    assert (found.low, found.high) == pytest.approx((0.431, 0.569), abs=0.006)
    assert mean(values) == found  # the seed is fixed


def test_a_difference_is_paired() -> None:
    # All 40 cases get better by 0.1: no width, though the values themselves differ widely.
    before = [i / 40 for i in range(40)]
    found = difference(before, [b + 0.125 for b in before])
    assert found is not None
    assert found.value == pytest.approx(0.125)
    assert (found.low, found.high) == pytest.approx((0.125, 0.125), abs=1e-9)
    assert found.p < 0.001


def test_no_change_is_no_evidence() -> None:
    assert difference([1.0, 0.0, -1.0], [1.0, 0.0, -1.0]) == Difference(value=0.0, low=0.0, high=0.0, p=1.0)
    assert difference([0.0], [1.0]) == Difference(value=1.0, low=1.0, high=1.0, p=1.0)  # of 2 signs both are as large


def test_two_runs_of_different_length_are_refused() -> None:
    with pytest.raises(ValueError, match="1 values before and 3 after"):
        difference([1.0], [1.0, 0.0, 1.0])


@pytest.mark.parametrize(
    "change", [[1, 1, 1, 1, 1], [2, 1, 1, -1, 1], [1, 0, 0, 1, -1], [0.5, -0.25, 0.25, 0.75, 1, 1]]
)
def test_p_is_the_share_of_sign_flips_as_large(change: list[float]) -> None:
    # All 2^n ways to flip signs; [1, 1, 1, 1, 1]: only all + and all − are as large: 2/32.
    sums = [sum(s * c for s, c in zip(signs, change, strict=True)) for signs in product((1, -1), repeat=len(change))]
    expected = sum(abs(s) >= abs(sum(change)) - 1e-12 for s in sums) / len(sums)
    found = difference([0.0] * len(change), change)
    assert found is not None
    assert found.p == pytest.approx(expected)
    if change == [1, 1, 1, 1, 1]:
        assert expected == 2 / 32


@pytest.mark.parametrize(("lost", "won"), [(2, 8), (8, 2), (1, 0), (0, 6), (5, 5), (37, 22)])
def test_mcnemar_is_the_two_sided_binomial(lost: int, won: int) -> None:
    # 2 and 8 of 10: 2 · (1 + 10 + 45) / 1024 = 0.109375. 0 and 6: 2/64.
    n = lost + won
    expected = min(1.0, 2 * sum(comb(n, k) for k in range(min(lost, won) + 1)) / 2**n)
    assert mcnemar(lost, won) == pytest.approx(expected)
    if (lost, won) == (2, 8):
        assert expected == 0.109375


def test_mcnemar_without_changes_is_no_evidence() -> None:
    assert mcnemar(0, 0) == 1.0


def test_holm_by_hand() -> None:
    # In order: 0.01 · 4 = 0.04; 0.02 · 3 = 0.06; 0.03 · 2 = 0.06; 0.5 · 1 = 0.5.
    assert holm([0.03, 0.01, 0.5, 0.02]) == pytest.approx([0.06, 0.04, 0.5, 0.06])
    # A later one is never below an earlier one: 0.02 · 2 = 0.04, then max(0.04, 0.03 · 1).
    assert holm([0.02, 0.03]) == pytest.approx([0.04, 0.04])
    assert holm([0.6, 0.9]) == [1.0, 1.0]
    assert holm([0.3]) == [0.3]
    assert holm([]) == []
