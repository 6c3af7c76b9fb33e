"""A series as a drawing: where its points, lines, ticks and marks stand, in pixels. The template turns it into SVG.

The value axis begins at nought. Only values for whole years by one and the same count are joined, by a line where the years follow
each other and, for the count with most values, by a dotted one over a gap; a value
for a part of a year is hollow. Bases differ in shape as well as in colour.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from corpus.series import Point

WIDE, NARROW = 720, 340
"""Widths, in pixels, in which every plot is drawn: for a desk and for a phone."""
HEIGHT = 280
LEFT, RIGHT, TOP, BOTTOM = 46, 14, 12, 28
COLOURS, SHAPES = 6, 4
_STEPS = (1, 2, 2.5, 5, 10)


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A point: place, look (colour and shape by number), whether it is for a whole year, and the row of the table it stands for."""

    x: float
    y: float
    colour: int
    shape: int
    point: Point
    row: int


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line between two points of one basis; `gap` says that years between them have no value."""

    x1: float
    y1: float
    x2: float
    y2: float
    colour: int
    gap: bool


@dataclass(frozen=True, kw_only=True)
class Tick:
    """A place on an axis with its label."""

    at: float
    label: str


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """A plot of the points of one unit."""

    width: int
    height: int
    unit: str
    marks: tuple[Mark, ...]
    lines: tuple[Line, ...]
    years: tuple[Tick, ...]
    values: tuple[Tick, ...]
    bases: tuple[tuple[str, int, int], ...]


def draw(points: Sequence[tuple[int, Point]], width: int) -> Drawing:
    """Return the drawing of points of one unit, each with its row in the table; there is at least one."""
    bases = [basis for basis, _ in Counter(point.basis for _, point in points).most_common()]
    first = min(when(point.period) for _, point in points)
    last = max(when(point.period) for _, point in points)
    begin, end = math.floor(first), max(math.floor(last) + 1, math.floor(first) + 2)
    values = value_ticks(max(point.value for _, point in points))
    inner, tall = width - LEFT - RIGHT, HEIGHT - TOP - BOTTOM

    def x(moment: float) -> float:
        return round(LEFT + inner * (moment - begin) / (end - begin), 1)

    def y(value: float) -> float:
        return round(TOP + tall * (1 - value / values[-1]), 1)

    marks = tuple(
        Mark(
            x=x(when(point.period)),
            y=y(point.value),
            colour=bases.index(point.basis) % COLOURS + 1,
            shape=bases.index(point.basis) % SHAPES,
            point=point,
            row=row,
        )
        for row, point in points
    )
    step = next(s for s in (1, 2, 5, 10, 20, 50, 100, 1000) if (end - begin) / s <= inner / 46)
    return Drawing(
        width=width,
        height=HEIGHT,
        unit=points[0][1].unit,
        marks=marks,
        lines=tuple(_lines(marks)),
        years=tuple(Tick(at=x(year + 0.5), label=str(year)) for year in range(begin, end) if year % step == 0),
        values=tuple(Tick(at=y(value), label=f"{value:,g}") for value in values),
        bases=tuple((basis, n % COLOURS + 1, n % SHAPES) for n, basis in enumerate(bases)),
    )


def _lines(marks: Sequence[Mark]) -> list[Line]:
    found = []
    for basis in dict.fromkeys(mark.point.basis for mark in marks):
        whole = sorted((m for m in marks if m.point.basis == basis and m.point.whole), key=lambda m: m.point.year)
        for a, b in pairwise(whole):
            gap = b.point.year - a.point.year > 1
            if gap and a.colour != 1:
                continue  # of the count with most values only: years apart, two values of another are no development
            found.append(Line(x1=a.x, y1=a.y, x2=b.x, y2=b.y, colour=a.colour, gap=gap))
    return found


def when(period: str) -> float:
    """Return the middle of a period as a year with a fraction: 2010.5 for 2010, 2010.125 for its first quarter."""
    start, _, until = period.partition("/")
    begin, length = _moment(start)
    if until:
        last, more = _moment(until)
        return (begin + last + more) / 2
    return begin + length / 2


def _moment(text: str) -> tuple[float, float]:
    """Return where a year, month or day begins, and how long it is, in years."""
    parts = [int(part) for part in text.split("-")]
    if len(parts) == 1:
        return float(parts[0]), 1.0
    month = parts[0] + (parts[1] - 1) / 12
    return (month, 1 / 12) if len(parts) == 2 else (month + (parts[2] - 1) / 366, 0.0)


def value_ticks(most: float) -> list[float]:
    """Return round values from nought to at least the greatest."""
    rough = (most or 1) / 4
    scale = 10.0 ** math.floor(math.log10(rough))
    step = next(s * scale for s in _STEPS if s * scale >= rough * 0.999)
    return [round(n * step, 10) for n in range(math.ceil((most or 1) / step - 1e-9) + 1)]
