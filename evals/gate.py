"""The gate: floors that figures must not fall under, pinned to the cases they were measured on.

`evals/baseline.json` holds the hash of the cases, a floor for each measure of each set, and what every case was worth. What the
gate says and its exit status are one computation: 0 pass, 1 a floor is broken, 2 the settings or files do not fit, 3 the run is
incomplete.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import FiniteFloat, TypeAdapter, ValidationError

from corpus.errors import EvalError
from corpus.files import write_whole
from evals.metrics import METRICS
from evals.runs import Run
from evals.statistics import difference
from evals.summary import summary

BASELINE = Path(__file__).parent / "baseline.json"
FORMAT = 1
PASS, BROKEN, BAD, INCOMPLETE = 0, 1, 2, 3
INVARIANTS = {"verbatim": 1.0, "citation recall": 1.0, "errors": 0.0}
"""What must hold whatever the cases are: every quote is there and supports its statement, and nothing crashes."""
FLOORS = (
    ("all", "truthfulness"), ("answerable", "truthfulness"), ("answerable", "nuggets"), ("answerable", "right document"),
    ("answerable", "evidence recall@5"), ("unanswerable", "abstained"), ("near-miss", "abstained"), ("off-topic", "abstained"),
    ("injection", "truthfulness"), ("follow-up", "truthfulness"), ("dispute", "truthfulness"),
)  # fmt: skip
SMALLEST = 10
"""Sets with fewer cases than this get no floor: one case would break it."""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What the gate found: the exit status and the lines that say why."""

    status: int
    lines: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Baseline:
    """The last accepted run: floors by "set: measure", and the truthfulness of every case."""

    cases_hash: str
    corpus_revision: str
    floors: Mapping[str, FiniteFloat]
    worth: Mapping[str, int]
    format: int = FORMAT


_BASELINE = TypeAdapter(Baseline)


def judge_run(run: Run, baseline: Baseline) -> Verdict:
    """Hold a run against the floors."""
    about = run.about
    if not _is_complete(run):
        return Verdict(
            status=INCOMPLETE,
            lines=(f"incomplete: {len(run.results)} of {about.cases} cases of {about.id} were answered",),
        )
    if about.cases_hash != baseline.cases_hash:
        return Verdict(
            status=BAD,
            lines=(
                f"the floors were set on other cases ({baseline.cases_hash}) than this run asked ({about.cases_hash}); "
                "run the same ones, or set new floors: amur eval gate --update",
            ),
        )
    figures = summary(run.cases, run.scores)
    broken = [*_invariants(figures), *_below(figures, baseline.floors), *_regression(run, baseline)]
    lost = [
        f"  no longer right: {s.case_id} ({s.failure})"
        for s in run.scores
        if baseline.worth.get(s.case_id) == 1 and s.truthfulness < 1
    ]
    if broken:
        return Verdict(status=BROKEN, lines=("broken:", *(f"  {line}" for line in broken), *lost))
    return Verdict(status=PASS, lines=(f"pass: {len(baseline.floors)} floors hold over {about.cases} cases", *lost))


def make_baseline(run: Run, old: Baseline | None, *, allow_regression: bool) -> Baseline:
    """Return floors from a run: what it measured, less what one case is worth.

    Raises:
        EvalError: the run is incomplete or breaks an invariant, or a floor would be lower than before and that is not allowed.
    """
    if not _is_complete(run):
        raise EvalError(f"The run {run.about.id!r} is incomplete; floors are set from complete runs only")
    figures = summary(run.cases, run.scores)
    broken = _invariants(figures)
    if broken:
        raise EvalError(f"No floors are set from a run that breaks an invariant: {'; '.join(broken)}")
    floors = {}
    for name, metric in FLOORS:
        values = figures["sets"].get(name)
        if values is None or values["cases"] < SMALLEST or values[metric] is None:
            continue
        step = (2 if metric == "truthfulness" else 1) / values["cases"]
        floors[f"{name}: {metric}"] = round(values[metric] - step, 3)
    if old is not None and not allow_regression:
        lower = [f"{k} {old.floors[k]:.3f} → {v:.3f}" for k, v in floors.items() if v < old.floors.get(k, v)]
        lower += [f"{k} {v:.3f} → none" for k, v in old.floors.items() if k not in floors]
        if lower:
            raise EvalError(f"That would lower a floor ({'; '.join(lower)}); give --allow-regression if it is meant to")
    return Baseline(
        cases_hash=run.about.cases_hash,
        corpus_revision=run.about.corpus_revision,
        floors=floors,
        worth={s.case_id: s.truthfulness for s in run.scores},
    )


def read_baseline(path: Path = BASELINE) -> Baseline:
    """Read the floors.

    Raises:
        EvalError: there are none, or the file is not one of ours.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise EvalError(f"There are no floors in {str(path)!r} yet; set them: amur eval gate --update") from error
    except (OSError, UnicodeDecodeError) as error:
        raise EvalError(f"The floors in {str(path)!r} cannot be read ({error}); check the file") from error
    try:
        baseline = _BASELINE.validate_json(text)
        if baseline.format != FORMAT:
            raise ValueError(f"format {baseline.format!r}, this version reads {FORMAT}")
        for key in baseline.floors:
            _set_and_measure(key)
    except ValueError as error:  # pydantic's ValidationError is one
        reason = _first(error) if isinstance(error, ValidationError) else str(error)
        raise EvalError(
            f"{str(path)!r} holds no floors of the gate ({reason}); restore the file, or remove it and set new floors: "
            "amur eval gate --update"
        ) from error
    return baseline


def write_baseline(baseline: Baseline, path: Path = BASELINE) -> None:
    """Write the floors; two that differ in one floor differ in one line."""
    data = {
        "format": baseline.format,
        "cases_hash": baseline.cases_hash,
        "corpus_revision": baseline.corpus_revision,
        "floors": dict(baseline.floors),
        "worth": dict(sorted(baseline.worth.items())),
    }
    write_whole(path, json.dumps(data, indent=1, ensure_ascii=False) + "\n")


def _is_complete(run: Run) -> bool:
    return run.about.complete and len(run.results) == run.about.cases


def _first(error: ValidationError) -> str:
    first = error.errors()[0]
    return f"{'.'.join(map(str, first['loc'])) or 'the file'}: {first['msg']}"


def _set_and_measure(key: str) -> tuple[str, str]:
    """Return what a floor is about. Only measures of which more is better, and declining, have one; a judge's never.

    Raises:
        ValueError: the key is none of the form "set: measure", or there can be no floor for that measure.
    """
    name, _, measure = key.rpartition(": ")
    metric = METRICS.get(measure)
    if not name or metric is None or metric.group == "judged" or metric.better < 0:
        raise ValueError(f"{key!r} is no floor that the gate knows")
    return name, measure


def _invariants(figures: Mapping[str, Any]) -> list[str]:
    values = figures["sets"]["all"]
    return [
        f"{name} is {METRICS[name].show(values[name])}, it must be {METRICS[name].show(wanted)}"
        for name, wanted in INVARIANTS.items()
        if values[name] is not None and values[name] != wanted
    ]


def _below(figures: Mapping[str, Any], floors: Mapping[str, float]) -> list[str]:
    found = []
    for key, floor in floors.items():
        name, measure = _set_and_measure(key)
        value = figures["sets"].get(name, {}).get(measure)
        if value is None:
            found.append(f"{key} has no value; the floor is {floor:.3f}")
        elif value < floor:
            found.append(f"{key} is {value:.3f}, the floor is {floor:.3f}")
    return found


def _regression(run: Run, baseline: Baseline) -> list[str]:
    """Tell of a loss of truthfulness over all cases that is more than luck: the whole 95 % interval lies below 0."""
    pairs = [(baseline.worth[s.case_id], s.truthfulness) for s in run.scores if s.case_id in baseline.worth]
    change = difference([a for a, _ in pairs], [b for _, b in pairs])
    if change is None or change.high >= 0:
        return []
    interval = f"[{change.low:+.3f}, {change.high:+.3f}]"
    return [f"truthfulness fell by {-change.value:.3f} against the accepted run, 95 % interval {interval}"]
