"""How well confidence tells right answers from wrong ones: AUROC, the risk–coverage curve and its area, calibration error.

A point is one case: how confident the bot was, and whether answering it was (or would have been) right. Answering what the corpus
does not hold is never right. So an abstention is judged by the answer it withheld.
"""

from collections.abc import Sequence
from dataclasses import dataclass

BINS = 10


@dataclass(frozen=True, kw_only=True)
class Point:
    """One case: the confidence of its answer, 0 to 1, and whether that answer is right."""

    confidence: float
    right: bool


@dataclass(frozen=True, kw_only=True)
class Step:
    """A point of the risk–coverage curve: answering all above `threshold` answers `coverage` of the cases, `risk` of them wrong."""

    threshold: float
    coverage: float
    risk: float


@dataclass(frozen=True, kw_only=True)
class Bin:
    """The cases of one tenth of confidence: how many, their mean confidence and the share that was right."""

    count: int
    confidence: float
    right: float


def auroc(points: Sequence[Point]) -> float | None:
    """Return the chance that a right answer has more confidence than a wrong one, ties half; None if all are right or all wrong."""
    from sklearn.metrics import roc_auc_score

    if len({p.right for p in points}) < 2:
        return None
    return float(roc_auc_score([p.right for p in points], [p.confidence for p in points]))


def risk_coverage(points: Sequence[Point]) -> list[Step]:
    """Return the curve (El-Yaniv and Wiener 2010) from the most confident case to all; equal confidences are one step."""
    ranked = sorted(points, key=lambda p: -p.confidence)
    steps: list[Step] = []
    wrong = 0
    for count, point in enumerate(ranked, 1):
        wrong += not point.right
        if count == len(ranked) or ranked[count].confidence < point.confidence:
            steps.append(Step(threshold=point.confidence, coverage=count / len(ranked), risk=wrong / count))
    return steps


def area_under(steps: Sequence[Step]) -> float | None:
    """Return the area under the risk–coverage curve (AURC), 0 best: risk averaged over coverage, each step's from the last one's."""
    if not steps:
        return None
    before = 0.0
    area = 0.0
    for step in steps:
        area += step.risk * (step.coverage - before)
        before = step.coverage
    return area


def coverage_at_risk(steps: Sequence[Step], risk: float) -> float:
    """Return the most that can be answered with no more than this share wrong; 0 if nothing can."""
    return max((s.coverage for s in steps if s.risk <= risk), default=0.0)


def reliability(points: Sequence[Point]) -> list[Bin]:
    """Return the bins of a reliability diagram, ten of equal width, empty ones left out."""
    found = []
    for number in range(BINS):
        inside = [p for p in points if min(int(p.confidence * BINS), BINS - 1) == number]
        if inside:
            right = sum(p.right for p in inside) / len(inside)
            mean = sum(p.confidence for p in inside) / len(inside)
            found.append(Bin(count=len(inside), confidence=mean, right=right))
    return found


def calibration_error(points: Sequence[Point]) -> float | None:
    """Return the expected calibration error (Naeini et al. 2015): mean gap of confidence and share right, weighted by bin size."""
    if not points:
        return None
    return sum(b.count * abs(b.confidence - b.right) for b in reliability(points)) / len(points)
