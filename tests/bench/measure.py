"""Timing and memory, and the table they are printed in."""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the table. `bound` is what the ratio or value must not pass, as text; None where nothing is promised."""

    what: str
    value: str
    bound: str = ""
    met: bool | None = None
    note: str = ""


def seconds(work: Callable[[], object]) -> float:
    """Return how long one call takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def p50(work: Callable[[str], object], inputs: Sequence[str], *, warm: int = 5) -> float:
    """Return the median seconds of one call over the inputs, after some calls that are not counted."""
    for item in inputs[:warm]:
        work(item)
    return statistics.median(seconds(lambda item=item: work(item)) for item in inputs)  # type: ignore[misc]


def interleaved_p50(
    one: Callable[[str], object], other: Callable[[str], object], inputs: Sequence[str]
) -> tuple[float, float]:
    """Return the medians of two calls made in turn on the same inputs, so that a slow moment hits both."""
    for item in inputs[:5]:
        one(item)
        other(item)
    first, second = [], []
    for item in inputs:
        first.append(seconds(lambda item=item: one(item)))  # type: ignore[misc]
        second.append(seconds(lambda item=item: other(item)))  # type: ignore[misc]
    return statistics.median(first), statistics.median(second)


def ratio(value: float, bound: float, what: str, note: str) -> Row:
    """Return the row of a ratio that must not pass a bound."""
    return Row(what=what, value=f"{value:.2f}", bound=f"≤ {bound:.2f}", met=value <= bound, note=note)


def table(rows: Sequence[Row]) -> str:
    """Return the rows as a Markdown table."""
    lines = ["| what | measured | bound | met | note |", "|---|---|---|---|---|"]
    for row in rows:
        met = "" if row.met is None else "yes" if row.met else "**no**"
        lines.append(f"| {row.what} | {row.value} | {row.bound} | {met} | {row.note} |")
    return "\n".join(lines)
