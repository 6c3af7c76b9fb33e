"""The report of a run as a person reads it in a terminal: tables, what went wrong, and every case that did."""

from collections.abc import Mapping, Sequence
from typing import Any

from evals.failures import FAILURES
from evals.metrics import METRICS
from evals.run import Result

COLUMNS = (
    "truthfulness", "nuggets", "full", "right document", "evidence recall@5", "abstained", "verbatim", "citation recall", "words",
)  # fmt: skip
SYSTEM = "Amur"


def as_text(results: Sequence[Result], figures: Mapping[str, Any], *, title: str) -> str:
    """Return the report.

    Args:
        results: one a case.
        figures: `evals.summary.summary` of them.
        title: the first line.
    """
    lines = [title, "", *_table("kind", _sets(figures)), ""]
    if figures["systems"]:
        systems = {SYSTEM: figures["sets"]["all"], **figures["systems"]}
        lines += [*_table("system, all cases", systems), ""]
    lines += _intervals(figures)
    lines += _abstention(figures)
    lines += _judged(figures.get("judged"))
    if figures["failures"]:
        lines += ["What went wrong:"]
        lines += [f"  {count:>4}  {name}: {FAILURES[name]}" for name, count in figures["failures"].items()] + [""]
    lines += [_failure(r) for r in results if r.score.failure]
    return "\n".join(lines).rstrip()


def _sets(figures: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return dict(figures["sets"])


def _table(heading: str, rows: Mapping[str, Mapping[str, Any]]) -> list[str]:
    width = max(len(heading), *(len(name) for name in rows)) + 2
    head = f"{heading:<{width}}{'cases':>6}" + "".join(f"{name:>{_width(name)}}" for name in COLUMNS)
    lines = [head]
    for name, values in rows.items():
        cells = "".join(f"{METRICS[c].show(values[c]):>{_width(c)}}" for c in COLUMNS)
        lines.append(f"{name:<{width}}{values['cases']:>6}{cells}")
    return lines


def _width(column: str) -> int:
    return max(len(column), 6) + 2


def _intervals(figures: Mapping[str, Any]) -> list[str]:
    parts = [
        f"{name} {METRICS[name].show(i['value'])} [{METRICS[name].show(i['low'])}, {METRICS[name].show(i['high'])}]"
        for name, i in figures["intervals"].items()
        if i
    ]
    return ["95 % intervals, all cases: " + "; ".join(parts)] if parts else []


def _abstention(figures: Mapping[str, Any]) -> list[str]:
    values = figures["sets"]["all"]
    names = ("AUROC", "AURC", "ECE", "coverage at 10 % risk", "seconds", "seconds p95", "errors")
    return ["; ".join(f"{name} {METRICS[name].show(values[name])}" for name in names), ""]


def _judged(judged: Mapping[str, Any] | None) -> list[str]:
    """Return what a judge found; every row of one that people did not confirm says so."""
    if judged is None:
        return []
    lines = [f"Judged by {judged['model']} ({judged['prompts']}), {judged['repeats']} repeats; a judge never gates:"]
    for name, f in judged["figures"].items():
        show = METRICS[name].show
        spread = "" if f["spread"] is None else f", spread of repeats {f['spread']:.3f}"
        failed = f", {f['failed']} without a value for errors" if f["failed"] else ""
        row = f"{show(f['value'])} [{show(f['low'])}, {show(f['high'])}]{spread}, {f['cases']} cases{failed}"
        lines.append(f"  {name:<26}{row}{'' if f['calibrated'] else '  (uncalibrated judge)'}")
    for name, found in judged["agreement"].items():
        kappa = "undefined" if found["kappa"] is None else f"{found['kappa']:.2f}"
        lines.append(f"  agreement with people on {name}: weighted kappa {kappa} over {found['rated']} answers")
    tokens = judged["tokens"]
    lines.append(
        f"  {judged['asked']} verdicts asked for, {judged['cached']} more from the cache; "
        f"{tokens['input']} tokens read and {tokens['output']} written; {judged['errors']} errors"
    )
    lines += [f"  first error: {judged['first_error']}"] if judged["first_error"] else []
    return [*lines, ""]


def _failure(result: Result) -> str:
    s = result.score
    missed = f", missed {', '.join(s.missed)}" if s.missed else ""
    why = f"error: {s.error}" if s.error else s.failure + missed
    said = " ".join(result.reply.text.split())[:160] if result.reply else ""
    return f"{s.case_id} ({s.confidence:.2f}) {result.case.question!r}: {why}\n    {said}"
