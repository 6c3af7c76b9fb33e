"""Tables of figures with their intervals, as text and as JSON. A figure over nothing is None and shown as "-"."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evals.abstention import Point, area_under, auroc, coverage_at_risk, risk_coverage
from evals.benchmarks.common import Outcome
from evals.statistics import Interval, mean, rate

ANSWERED = 0.9
RISK = 0.1
CHARACTERS = "characters"
"""The one column whose figures are lengths."""


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A value and, where there is one, the 95 % interval around it."""

    value: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, kw_only=True)
class Table:
    """Rows of figures under the same columns. Each row: its name, over how many questions, the figures in order."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, int, tuple[Figure, ...]], ...]

    def to_dict(self) -> dict[str, Any]:  # Any: JSON values
        """Return the table ready for JSON."""
        rows = [
            {
                "name": name,
                "questions": count,
                **{
                    c: {"value": f.value, "low": f.low, "high": f.high}
                    for c, f in zip(self.columns, figures, strict=True)
                },
            }
            for name, count, figures in self.rows
        ]
        return {"title": self.title, "columns": list(self.columns), "rows": rows}


def as_text(tables: Sequence[Table]) -> str:
    """Return tables in columns that line up."""
    return "\n\n".join(_as_text(table) for table in tables) + "\n"


def _as_text(table: Table) -> str:
    cells = [["", "n", *table.columns]]
    cells += [
        [name, str(count), *(show(f, lengths=c == CHARACTERS) for c, f in zip(table.columns, figures, strict=True))]
        for name, count, figures in table.rows
    ]
    widths = [max(len(row[i]) for row in cells) for i in range(len(cells[0]))]
    lines = [
        "  ".join([row[0].ljust(widths[0]), *(c.rjust(w) for c, w in zip(row[1:], widths[1:], strict=True))]).rstrip()
        for row in cells
    ]
    return "\n".join([table.title, *lines])


def show(figure: Figure, *, lengths: bool = False) -> str:
    """Return a figure as it is printed: a length as a whole number, everything else with its interval."""
    if figure.value is None:
        return "-"
    if lengths:
        return f"{figure.value:.0f}"
    if figure.low is None or figure.high is None:
        return f"{figure.value:.3f}"
    return f"{figure.value:.3f} ({figure.low:.3f}–{figure.high:.3f})"


def share(outcomes: Sequence[Outcome], name: str) -> Figure:
    """Return the share of questions with this value, with Wilson's interval; one without the value counts as no."""
    found = rate(sum(bool(o.values.get(name)) for o in outcomes), len(outcomes))
    return Figure(value=found.value, low=found.low, high=found.high) if found else Figure()


def average(outcomes: Sequence[Outcome], name: str) -> Figure:
    """Return the mean of a value with its bootstrap interval; a question without it counts 0."""
    found = mean([o.values.get(name, 0.0) for o in outcomes])
    return Figure(value=found.value, low=found.low, high=found.high) if found else Figure()


def retrieval_table(
    title: str, outcomes: Sequence[Outcome], systems: Sequence[str], measures: Sequence[str] = ("R@1", "R@5", "MRR@10")
) -> Table:
    """Return a table of rankings: one row a system, values named "<system> <measure>"."""
    rows = [
        (system, len(outcomes), tuple(_ranking_figure(outcomes, system, measure) for measure in measures))
        for system in systems
    ]
    return Table(title=title, columns=tuple(measures), rows=tuple(rows))


def _ranking_figure(outcomes: Sequence[Outcome], system: str, measure: str) -> Figure:
    name = f"{system} {measure}"
    whole = all(o.values.get(name, 0.0) in (0.0, 1.0) for o in outcomes)
    return share(outcomes, name) if whole else average(outcomes, name)


def abstention_row(
    name: str, answerable: Sequence[Outcome], unanswerable: Sequence[Outcome], way: str = ""
) -> tuple[str, int, tuple[Figure, ...]]:
    """Return a row for `ABSTENTION`: how far abstaining and confidence tell unanswerable questions from answerable ones.

    Args:
        name: what the row is called.
        answerable: the questions that the passages answer.
        unanswerable: those that they do not.
        way: what the names of the values begin with.
    """
    declined, wrongly = (
        sum(bool(o.values.get(f"{way}abstained")) for o in part) for part in (unanswerable, answerable)
    )
    rates = (
        rate(declined, declined + wrongly),
        rate(declined, len(unanswerable)),
        rate(wrongly, len(answerable)),
    )
    known = [Figure(value=r.value, low=r.low, high=r.high) if r else Figure() for r in rates]
    sure, unsure = _confidences(answerable, way), _confidences(unanswerable, way)
    told = auroc([Point(confidence=c, right=True) for c in sure] + [Point(confidence=c, right=False) for c in unsure])
    at = declined_at(sure, unsure)
    caught = Figure(value=at.value, low=at.low, high=at.high) if at else Figure()
    return name, len(answerable) + len(unanswerable), (*known, Figure(value=told), caught)


ABSTENTION = ("no-answer precision", "no-answer recall", "false abstention", "AUROC", "declined at 90 % answered")


def declined_at(answerable: Sequence[float], unanswerable: Sequence[float]) -> Interval | None:
    """Return the share of unanswerable questions with less confidence than `ANSWERED` of the answerable ones have.

    It is what abstention would catch if its threshold were set to answer so many; None if there are none of a kind.
    """
    if not answerable or not unanswerable:
        return None
    threshold = sorted(answerable, reverse=True)[math.ceil(ANSWERED * len(answerable)) - 1]
    return rate(sum(c < threshold for c in unanswerable), len(unanswerable))


def risk_table(outcomes: Sequence[Outcome]) -> Table:
    """Return how well confidence tells right answers from wrong ones; an answer to an unanswerable question is wrong."""
    points = [Point(confidence=o.values.get("confidence", 0.0), right=bool(o.values.get("right"))) for o in outcomes]
    steps = risk_coverage(points)
    figures = (
        Figure(value=auroc(points)),
        Figure(value=area_under(steps)),
        Figure(value=coverage_at_risk(steps, RISK) if points else None),
    )
    return Table(
        title="Confidence: right answers against wrong or withheld ones",
        columns=("AUROC", "AURC", "coverage at 10 % risk"),
        rows=(("the bot", len(outcomes), figures),),
    )


def by_kind(outcomes: Sequence[Outcome]) -> Mapping[str, list[Outcome]]:
    """Return the questions by kind, in the order in which the kinds first appear."""
    found: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        found.setdefault(outcome.kind, []).append(outcome)
    return found


def split(outcomes: Sequence[Outcome]) -> tuple[list[Outcome], list[Outcome]]:
    """Return the answerable questions and the others."""
    return [o for o in outcomes if o.answerable], [o for o in outcomes if not o.answerable]


def _confidences(outcomes: Sequence[Outcome], way: str) -> list[float]:
    return [o.values.get(f"{way}confidence", 0.0) for o in outcomes]
