"""The mathematics of a calibration: held-out fits, from a score to a chance, the threshold, the risk–coverage curve by kind.

The model is a logistic regression that tells what the texts answer from what they do not. Whether the bot then quotes the right
sentence is another question, which its features hardly tell: fitted to right and wrong answers, a wrong sentence for a question that
the texts do answer looked to it like a question that they do not, and it told near-misses worse. So the score is fitted to
what can be answered, and a second regression on the held-out scores alone makes the chance of a right answer of it.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

FOLDS = 10
SHUFFLES = 5
SEED = 20261126
STRENGTH = 0.1
"""Inverse strength of the L2 penalty: many features, few cases."""

Floats = npt.NDArray[np.float64]
Truths = npt.NDArray[np.bool_]


def held_out(values: Floats, target: Truths, groups: Sequence[str]) -> Floats:
    """Return for each row the mean score (log-odds) of models that were fitted without it and its group."""
    from sklearn.model_selection import StratifiedGroupKFold

    found = np.zeros((SHUFFLES, len(target)))
    for shuffle in range(SHUFFLES):
        folds = StratifiedGroupKFold(n_splits=FOLDS, shuffle=True, random_state=SEED + shuffle)
        for kept, held in folds.split(values, target, groups):
            model = Standardised(values[kept], target[kept])
            found[shuffle, held] = model.score(values[held])
    return np.asarray(found.mean(axis=0), dtype=np.float64)


class Standardised:
    """A logistic regression on values brought to mean 0 and deviation 1; a value that never differs weighs nothing."""

    def __init__(self, values: Floats, target: Truths) -> None:
        self.mean: Floats = values.mean(axis=0)
        deviation = np.sqrt(((values - self.mean) ** 2).mean(axis=0))
        self.scale: Floats = np.where(deviation > 1e-9, deviation, 1.0)
        model = _regression(STRENGTH)
        model.fit((values - self.mean) / self.scale, target)
        self.weights: Floats = model.coef_[0]
        self.intercept = float(model.intercept_[0])

    def score(self, values: Floats) -> Floats:
        """Return the log-odds of each row."""
        return np.asarray((values - self.mean) / self.scale @ self.weights + self.intercept, dtype=np.float64)


def chance(score: Floats, right: Truths) -> tuple[float, float]:
    """Return (slope, shift) that turn held-out scores into the log-odds of a right answer (Platt 1999); the slope is never negative."""
    model = _regression(1.0)
    model.fit(score[:, None], right)
    slope = float(model.coef_[0][0])
    if slope > 0:
        return slope, float(model.intercept_[0])
    share = float(right.mean())
    return 0.0, float(np.log(share / (1 - share)))  # the scores say nothing: each answer is as likely right as any


def logistic(score: Floats) -> Floats:
    """Return log-odds as chances."""
    return np.asarray(1 / (1 + np.exp(-np.clip(score, -60, 60))), dtype=np.float64)


def threshold_that_withholds(confidence: Floats, right: Truths, share: float, gain: Floats | None = None) -> float:
    """Return a threshold that withholds at most this share of what counts, half-way between two neighbours.

    Args:
        confidence: of each case.
        right: which cases count: those whose answer is right, or those that can be answered.
        share: of these that may be withheld.
        gain: what answering each case is worth beside declining it. Of the thresholds that withhold no more than the share, that
            with the highest sum over what is answered is returned, of equals the lowest; without it, the highest threshold.
    """
    order = np.argsort(-confidence, kind="stable")
    ranked = np.concatenate([[1.0], confidence[order], [0.0]])  # answering the first n needs less than ranked[n]
    withheld = right.sum() - np.concatenate([[0], np.cumsum(right[order])])
    cuts = [n for n in range(len(withheld)) if ranked[n] > ranked[n + 1] and withheld[n] <= share * right.sum() + 1e-9]
    total = (
        np.concatenate([[0.0], np.cumsum(gain[order])]) if gain is not None else -np.arange(len(withheld), dtype=float)
    )
    chosen = max(cuts, key=lambda n: (total[n], n)) if cuts else len(order)
    return float((ranked[chosen] + ranked[min(chosen + 1, len(order) + 1)]) / 2)


def _regression(strength: float) -> Any:  # Any: sklearn has no types; loaded when needed: it is slow
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=strength, max_iter=2000)
