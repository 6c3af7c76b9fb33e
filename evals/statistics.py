"""How sure a figure is: intervals for rates and means, tests for the difference of two runs over the same cases.

Everything follows from a fixed seed. Wilson's interval for rates; percentile bootstrap for means; exact McNemar for right or wrong
before and after; a paired permutation test for means; Holm's correction over several tests at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

SEED = 20261126
RESAMPLES = 10_000
LEVEL = 0.95


@dataclass(frozen=True, kw_only=True)
class Interval:
    """A figure with the 95 % interval around it."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class Difference:
    """The mean change from one run to another over the same cases, its 95 % interval, and the chance of one as large by luck."""

    value: float
    low: float
    high: float
    p: float


def rate(successes: int, count: int) -> Interval | None:
    """Return a rate with Wilson's score interval; None if there are no cases."""
    from scipy.stats import binomtest

    if not count:
        return None
    interval = binomtest(successes, count).proportion_ci(confidence_level=LEVEL, method="wilson")
    return Interval(value=successes / count, low=float(interval.low), high=float(interval.high))


def mean(values: Sequence[float]) -> Interval | None:
    """Return a mean with its percentile bootstrap interval; None if there are no values."""
    if not values:
        return None
    found = np.asarray(values, dtype=np.float64)
    low, high = _bootstrap(found)
    return Interval(value=float(found.mean()), low=low, high=high)


def difference(before: Sequence[float], after: Sequence[float]) -> Difference | None:
    """Return the paired difference of two runs; None if there are no cases. `before[i]` and `after[i]` are of one case.

    Raises:
        ValueError: the two are not of one length.
    """
    if len(before) != len(after):
        raise ValueError(f"{len(before)} values before and {len(after)} after; give one each for every case")
    if not before:
        return None
    change = np.asarray(after, dtype=np.float64) - np.asarray(before, dtype=np.float64)
    low, high = _bootstrap(change)
    return Difference(value=float(change.mean()), low=low, high=high, p=_sign_flips(change))


def mcnemar(lost: int, won: int) -> float:
    """Return the exact two-sided p of McNemar's test: cases that went from right to wrong, and from wrong to right."""
    from scipy.stats import binomtest

    return float(binomtest(lost, lost + won).pvalue) if lost + won else 1.0


def holm(values: Sequence[float]) -> list[float]:
    """Return p values corrected for their number (Holm 1979), in the order given."""
    order = sorted(range(len(values)), key=lambda i: values[i])
    corrected = [0.0] * len(values)
    highest = 0.0
    for rank, i in enumerate(order):
        highest = max(highest, min(1.0, (len(values) - rank) * values[i]))
        corrected[i] = highest
    return corrected


def _bootstrap(values: "np.typing.NDArray[np.float64]") -> tuple[float, float]:
    from scipy.stats import bootstrap

    if np.ptp(values) == 0:  # scipy warns of a distribution without width
        return float(values[0]), float(values[0])
    found = bootstrap(
        (values,), np.mean, n_resamples=RESAMPLES, confidence_level=LEVEL, method="percentile", rng=SEED, batch=1000
    )
    return float(found.confidence_interval.low), float(found.confidence_interval.high)


def _sign_flips(change: "np.typing.NDArray[np.float64]") -> float:
    """Return the two-sided p of the paired permutation test: how often random signs give a mean change as large."""
    from scipy.stats import permutation_test

    if not change.any() or len(change) == 1:  # of one case, both signs give a change as large; scipy refuses it
        return 1.0
    found = permutation_test(
        (change,), np.mean, permutation_type="samples", n_resamples=RESAMPLES, rng=SEED, batch=1000, vectorized=True
    )
    return float(found.pvalue)
