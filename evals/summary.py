"""The figures of a run: means over sets of cases, intervals, curves, failures. A mean over nothing is None, never 0 or NaN."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from statistics import fmean
from typing import TYPE_CHECKING, Any

import numpy as np

from evals.abstention import Point, area_under, auroc, calibration_error, coverage_at_risk, reliability, risk_coverage
from evals.answers import Score
from evals.cases import Case
from evals.failures import FAILURES
from evals.judged import judged_figures, judged_means
from evals.metrics import METRICS
from evals.statistics import Interval, mean

if TYPE_CHECKING:
    from evals.runs import Run

Figures = dict[str, float | None]
WITH_INTERVAL = ("truthfulness", "nuggets", "full", "right document", "evidence recall@5", "abstained")
RISK = 0.1


def summarise(scores: Sequence[Score]) -> Figures:
    """Return every measure over a set of scores, by its name in `evals.metrics`."""
    points = points_of(scores)
    steps = risk_coverage(points)
    times = [s.seconds for s in scores if s.error is None]
    found: Figures = {name: _mean(s.values.get(name) for s in scores) for name in METRICS}
    return found | {
        "AUROC": auroc(points),
        "AURC": area_under(steps),
        "ECE": calibration_error(points),
        "coverage at 10 % risk": coverage_at_risk(steps, RISK) if points else None,
        "seconds": float(np.median(times)) if times else None,
        "seconds p95": float(np.quantile(times, 0.95)) if times else None,
        "errors": float(sum(s.error is not None for s in scores)) if scores else None,
    }


def points_of(scores: Iterable[Score]) -> list[Point]:
    """Return the points of the risk–coverage curve: all cases of which it is known whether answering is right."""
    return [Point(confidence=s.confidence, right=s.right) for s in scores if s.right is not None]


def by_group(cases: Sequence[Case], scores: Sequence[Score]) -> Figures:
    """Return the share of groups whose answers all state the same nuggets, over groups with two members or more in the run.

    An error agrees with nothing, not even with another error.
    """
    said: dict[str, list[tuple[bool, frozenset[str], str]]] = defaultdict(list)
    for case, result in zip(cases, scores, strict=True):
        if case.group:
            said[case.group].append((result.abstained, frozenset(result.stated), case.id if result.error else ""))
    whole = [answers for answers in said.values() if len(answers) > 1]
    return {"pairs agree": _mean(float(len(set(answers)) == 1) for answers in whole)}


def summary(
    cases: Sequence[Case], scores: Sequence[Score], baselines: Mapping[str, Sequence[Score]] | None = None
) -> dict[str, Any]:  # Any: JSON values
    """Return the whole summary of a run, ready for JSON.

    Args:
        cases: the cases in order.
        scores: the bot's, one a case.
        baselines: those of the simple systems, by name.
    """
    points = points_of(scores)
    groups = by_group(cases, scores)
    return {
        "cases": len(scores),
        "sets": {name: {"cases": len(s), **summarise(s)} | _groups(name, cases, s) for name, s in sets_of(scores)}
        | {"all": {"cases": len(scores), **summarise(scores), **groups}},
        "intervals": {name: _interval(scores, name) for name in WITH_INTERVAL},
        "systems": {name: {"cases": len(s), **summarise(s)} for name, s in (baselines or {}).items()},
        "failures": {name: count for name, count in _failures(scores).items() if count},
        "curve": [asdict(step) for step in risk_coverage(points)],
        "reliability": [asdict(b) for b in reliability(points)],
    }


def summary_of(run: "Run") -> dict[str, Any]:  # Any: JSON values
    """Return the summary of a run with what a judge found in it, which `summary`, and so the gate, does not see."""
    figures = summary(run.cases, run.scores, run.baselines)
    judged = run.judged()
    if judged is None:
        return figures
    for name, members in [*sets_of(run.scores), ("all", run.scores)]:
        figures["sets"][name] |= judged_means(judged, [s.case_id for s in members])
    return figures | {"judged": judged_figures(judged)}


def sets_of(scores: Sequence[Score]) -> list[tuple[str, list[Score]]]:
    """Return the sets that a table shows: each kind in order of appearance, answerable, unanswerable."""
    kinds = dict.fromkeys(s.kind for s in scores)
    found = [(kind, [s for s in scores if s.kind == kind]) for kind in kinds]
    found.append(("answerable", [s for s in scores if s.answerable]))
    found.append(("unanswerable", [s for s in scores if not s.answerable]))
    return [(name, members) for name, members in found if members]


def _groups(name: str, cases: Sequence[Case], scores: Sequence[Score]) -> Figures:
    kept = {s.case_id for s in scores}
    return by_group([c for c in cases if c.id in kept], scores)


def _failures(scores: Sequence[Score]) -> dict[str, int]:
    counts = Counter(s.failure for s in scores)
    return {name: counts[name] for name in FAILURES}


def _interval(scores: Sequence[Score], name: str) -> dict[str, float] | None:
    found: Interval | None = mean([s.values[name] for s in scores if name in s.values])
    return asdict(found) if found else None


def _mean(values: Iterable[float | None]) -> float | None:
    found = [v for v in values if v is not None]
    return fmean(found) if found else None
