"""Charts for pages: bars, stacked bars, columns, curves and a grid, each a function from records to an SVG string.

Every chart says what it shows in words too (`Frame`), labels its parts directly and tells series apart by hatch or line as well
as by colour. Colours are CSS variables (see `corpus.svg`). Nothing in a label is mark-up, whatever it holds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from corpus.drawing import (
    GAP,
    Rows,
    Series,
    State,
    draw_cell,
    fill,
    place_legend,
    place_rows,
    thin,
    write,
    write_label,
)
from corpus.svg import SLOTS, SMALL, Frame, colour, fit, open_canvas, text_width

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_DASHES = ("solid", (0, (5, 2)), (0, (1.5, 1.5)), (0, (6, 2, 1.5, 2)))
_MARKERS = ("o", "s", "^", "D")
COLUMNS_HEIGHT, CURVES_HEIGHT = 220, 320
"""Pixels; of curves without the legend above them."""


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A bar with its label, what stands at its end, and one of the `COLOURS` and a hatch if it is not like all others."""

    label: str
    value: float
    note: str
    colour: str = "accent"
    hatch: str = ""


@dataclass(frozen=True, kw_only=True)
class Stack:
    """A bar cut into one part for each series, drawn as shares of its sum; `note` stands at its end."""

    label: str
    values: tuple[float, ...]
    note: str


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of a chart over time."""

    label: str
    value: float


@dataclass(frozen=True, kw_only=True)
class Curve:
    """A line through points (x, y) in order of x; one of its points may be marked. Without dots, many points stay readable.

    `colour` is one of the `COLOURS`; without it each curve gets the next one.
    """

    label: str
    points: tuple[tuple[float, float], ...]
    marked: tuple[float, float] | None = None
    dots: bool = True
    colour: str = ""


@dataclass(frozen=True, kw_only=True)
class Scales:
    """What the two axes of curves are called and how far they reach; shares are labelled in per cent."""

    x_label: str
    y_label: str
    x: tuple[float, float] = (0.0, 1.0)
    y: tuple[float, float] = (0.0, 1.0)
    shares: bool = True


@dataclass(frozen=True, kw_only=True)
class Row:
    """A row of a grid, a state for each column."""

    label: str
    states: tuple[State, ...]


def horizontal_bars(frame: Frame, bars: Sequence[Bar]) -> str:
    """Draw bars from the left, longest value to full width, each with its note at the end."""
    from matplotlib.patches import Rectangle

    rows = place_rows(frame, [b.label for b in bars], [b.note for b in bars], top=0)
    longest = max((b.value for b in bars), default=0) or 1
    with open_canvas(frame, rows.bottom) as canvas:
        axes = canvas.pixels()
        for row, bar in enumerate(bars):
            length = (rows.right - rows.left) * bar.value / longest
            write_label(axes, rows, row)
            place = (rows.left, rows.middle(row) - rows.thick / 2)
            axes.add_patch(Rectangle(place, length, rows.thick, **fill(bar)))
            write(axes, rows.left + length + GAP, rows.middle(row), bar.note, "muted" if bar.value else "text")
        if rows.beside:
            axes.plot([rows.left, rows.left], [0, rows.bottom - 2], color=colour("line"), linewidth=1)
        return canvas.svg()


def stacked_bars(frame: Frame, series: Sequence[Series], stacks: Sequence[Stack]) -> str:
    """Draw each stack as shares of its sum, with a legend above; a share that has room for it is written into its part."""
    from matplotlib.patches import Rectangle

    legend = place_legend(frame, [s.label for s in series])
    top = (legend[-1][1] + 24) if legend else 0
    rows = place_rows(frame, [s.label for s in stacks], [s.note for s in stacks], top=top)
    with open_canvas(frame, rows.bottom) as canvas:
        axes = canvas.pixels()
        for one, (x, y) in zip(series, legend, strict=True):
            axes.add_patch(Rectangle((x, y - 6.5), 13, 13, **fill(one)))
            write(axes, x + 19, y, one.label, "text", size=SMALL)
        for row, stack in enumerate(stacks):
            write_label(axes, rows, row)
            _parts(axes, rows, row, series, stack)
            write(axes, rows.right + GAP, rows.middle(row), stack.note, "muted")
        return canvas.svg()


def _parts(axes: "Axes", rows: Rows, row: int, series: Sequence[Series], stack: Stack) -> None:
    from matplotlib.patches import Rectangle

    total, x = sum(stack.values), rows.left
    for one, value in zip(series, stack.values, strict=True):
        if not value:
            continue
        width = (rows.right - rows.left) * value / total
        axes.add_patch(Rectangle((x, rows.middle(row) - rows.thick / 2), width, rows.thick, **fill(one)))
        share = f"{value / total:.0%}"
        if text_width(share, SMALL) + 6 <= width:
            write(axes, x + width / 2, rows.middle(row), share, f"{one.colour}-ink", size=SMALL, align="center")
        x += width
    if not total:
        write(axes, rows.left, rows.middle(row), "none", "muted", size=SMALL)


def columns(frame: Frame, bars: Sequence[Column]) -> str:
    """Draw columns over time with a scale at the left; a ring on the base line marks a column of nothing."""
    from matplotlib.ticker import MaxNLocator

    values = [bar.value for bar in bars]
    highest = max(values, default=0) or 1
    left = text_width(f"{highest:,.0f}", SMALL) + 12
    with open_canvas(frame, COLUMNS_HEIGHT) as canvas:
        axes = canvas.axes(left=left, top=22, right=6, bottom=28)
        axes.tick_params(axis="x", pad=10)
        axes.bar(range(len(bars)), values, width=0.82, color=colour("accent"), linewidth=0)
        empty = [place for place, value in enumerate(values) if not value]
        size = min(5.0, max(3.0, (frame.width - left) / max(len(bars), 1) * 0.55))
        axes.plot(
            empty, [0] * len(empty), "o", markersize=size, clip_on=False, zorder=3,
            markerfacecolor=colour("surface"), markeredgecolor=colour("text"), markeredgewidth=1,
        )  # fmt: skip
        axes.set_xlim(-0.7, len(bars) - 0.3)
        axes.set_ylim(0, highest)
        axes.yaxis.set_major_locator(MaxNLocator(4, integer=True))
        axes.yaxis.set_major_formatter("{x:,.0f}")
        axes.grid(axis="y", color=colour("line"), linewidth=1)
        axes.set_axisbelow(True)
        shown = thin([bar.label for bar in bars], (frame.width - left - 6) / max(len(bars), 1))
        axes.set_xticks(shown, [fit(bars[place].label, frame.width / 2, SMALL) for place in shown])
        if any(values):
            peak = max(range(len(values)), key=values.__getitem__)
            align = "right" if peak > len(values) * 0.8 else "left" if peak < len(values) * 0.2 else "center"
            note = f"{bars[peak].label}: {values[peak]:,.0f}"
            at = peak + {"right": 0.41, "left": -0.41, "center": 0}[align]
            axes.annotate(
                fit(note, frame.width / 2), (at, values[peak]), (0, 5), textcoords="offset points", ha=align, va="bottom",
                fontsize=SMALL, color=colour("text"), annotation_clip=False,
            )  # fmt: skip
        return canvas.svg()


def curves(frame: Frame, lines: Sequence[Curve], scales: Scales, *, diagonal: bool = False) -> str:
    """Draw curves with a legend above, told apart by colour, dash and marker; a marked point is ringed and its values written out."""
    from matplotlib.ticker import MaxNLocator, PercentFormatter

    legend = place_legend(frame, [line.label for line in lines], swatch=30)
    top = (legend[-1][1] + 40) if legend else 20
    with open_canvas(frame, CURVES_HEIGHT + top) as canvas:
        axes = canvas.axes(left=52, top=top, right=16, bottom=46)
        axes.set_xlim(*scales.x)
        axes.set_ylim(*scales.y)
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_locator(MaxNLocator(5))
            if scales.shares:
                axis.set_major_formatter(PercentFormatter(1.0, decimals=0))
        axes.grid(color=colour("line"), linewidth=1)
        axes.set_axisbelow(True)
        axes.tick_params(axis="x", pad=9)  # the two labels of the corner stand apart
        axes.set_xlabel(fit(scales.x_label, frame.width), color=colour("text"), fontsize=SMALL, labelpad=6)
        axes.annotate(
            fit(scales.y_label, frame.width), (0, 1), (0, 8), xycoords="axes fraction", textcoords="offset points",
            va="bottom", fontsize=SMALL, color=colour("text"), annotation_clip=False,
        )  # fmt: skip
        if diagonal:
            low, high = max(scales.x[0], scales.y[0]), min(scales.x[1], scales.y[1])
            axes.plot([low, high], [low, high], color=colour("muted"), linewidth=1, linestyle=(0, (2, 3)))
        key = canvas.pixels()
        for place, (line, (x, y)) in enumerate(zip(lines, legend, strict=True)):
            look = _look(place, line)
            key.plot([x, x + 12, x + 24], [y] * 3, markevery=[1], **look)
            write(key, x + 32, y, fit(line.label, frame.width - x - 32, SMALL), "text", size=SMALL)
            axes.plot(*zip(*line.points, strict=True), clip_on=False, **look) if line.points else None
            _mark(axes, line, scales)
        return canvas.svg()


def _look(place: int, line: Curve) -> dict[str, Any]:  # Any: arguments of a matplotlib line
    return {
        "color": colour(line.colour or f"{place % SLOTS + 1}"),
        "linestyle": _DASHES[place % 4],
        "marker": _MARKERS[(place + place // 4) % 4] if line.dots else "",
        "markersize": 4.5,
        "linewidth": 2,
    }


def _mark(axes: "Axes", line: Curve, scales: Scales) -> None:
    if line.marked is None:
        return
    x, y = line.marked
    said = f"{x:.0%}, {y:.0%}" if scales.shares else f"{x:g}, {y:g}"
    axes.plot([x], [y], "o", markersize=11, fillstyle="none", color=colour("text"), markeredgewidth=1.5, clip_on=False)
    right = x > (scales.x[0] + scales.x[1]) / 2
    axes.annotate(
        said, (x, y), (-9 if right else 9, 9), textcoords="offset points", ha="right" if right else "left", va="bottom",
        fontsize=SMALL, color=colour("text"), annotation_clip=False,
    )  # fmt: skip


def grid(frame: Frame, labels: Sequence[str], rows: Sequence[Row], legend: Sequence[tuple[State, str]]) -> str:
    """Draw a grid of small squares, a row for each label: filled, half filled, an empty ring for what is missing, or nothing."""
    places = place_legend(frame, [words for _, words in legend])
    top = (places[-1][1] + 22) if places else 0
    laid = place_rows(frame, [row.label for row in rows], [], top=top + 20, thick=13)
    step = (laid.right - 14 - laid.left) / max(len(labels), 1)  # room for half of the last label
    side = min(step * 0.78, laid.thick)
    with open_canvas(frame, laid.bottom) as canvas:
        axes = canvas.pixels()
        for (state, words), (x, y) in zip(legend, places, strict=True):
            draw_cell(axes, x + 6.5, y, 12, state)
            write(axes, x + 19, y, words, "text", size=SMALL)
        for place in thin(labels, step):
            write(axes, laid.left + step * (place + 0.5), top + 8, labels[place], "muted", size=SMALL, align="center")
        for number, row in enumerate(rows):
            write_label(axes, laid, number)
            for place, state in enumerate(row.states):
                draw_cell(axes, laid.left + step * (place + 0.5), laid.middle(number), side, state)
        return canvas.svg()
