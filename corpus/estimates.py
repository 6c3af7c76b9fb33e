"""A chart of estimates with their intervals: a dot and a line for each, over one scale, with the figures at the right."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from corpus.drawing import GAP, Rows, place_rows, write, write_label
from corpus.svg import SMALL, Frame, colour, open_canvas, text_width

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_HEAD = 26.0


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """A value with the interval around it, what stands at the right, and one of the `COLOURS`; `hollow` draws a ring, not a dot."""

    label: str
    value: float
    low: float
    high: float
    note: str
    colour: str = "accent"
    hollow: bool = False


@dataclass(frozen=True, kw_only=True)
class Scale:
    """The scale of estimates: how far it reaches, what its ticks say, and where a heavier line stands, if anywhere."""

    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]
    heavy: float | None = None


def estimates(frame: Frame, rows: Sequence[Estimate], scale: Scale) -> str:
    """Draw each estimate as a dot on the line of its interval; what lies beyond the scale is cut off at its end."""
    laid = place_rows(frame, [r.label for r in rows], [r.note for r in rows], top=_HEAD, thick=16)
    ends = text_width(scale.ticks[0][1], SMALL) / 2 + 4 if not laid.beside and scale.ticks else 6
    left, right = laid.left + ends, laid.right - 6
    with open_canvas(frame, laid.bottom) as canvas:
        axes = canvas.pixels()

        def place(value: float) -> float:
            share = (min(max(value, scale.low), scale.high) - scale.low) / (scale.high - scale.low)
            return left + (right - left) * share

        widest = max((text_width(text, SMALL) for _, text in scale.ticks), default=0)
        pitch = (right - left) / max(len(scale.ticks) - 1, 1)
        for value, text in scale.ticks[:: 1 if widest + 8 <= pitch else 2]:
            write(axes, place(value), 9, text, "muted", size=SMALL, align="center")
        for value, _ in scale.ticks:
            ink = colour("muted" if value == scale.heavy else "line")
            for top, bottom in _stretches(laid, len(rows)):
                axes.plot([place(value)] * 2, [top, bottom], color=ink, linewidth=1, solid_capstyle="butt")
        for number, row in enumerate(rows):
            write_label(axes, laid, number)
            _draw(axes, laid, number, row, (place(row.low), place(row.value), place(row.high)))
        return canvas.svg()


def _stretches(laid: Rows, count: int) -> list[tuple[float, float]]:
    """Return from where to where lines of the scale run: from top to bottom, or beside each bar if labels stand in between."""
    if laid.beside:
        return [(_HEAD - 6, laid.bottom - 2)]
    return [(laid.middle(row) - laid.thick / 2, laid.middle(row) + laid.thick / 2) for row in range(count)]


def _draw(axes: "Axes", laid: Rows, number: int, row: Estimate, at: tuple[float, float, float]) -> None:
    low, value, high = at
    middle, ink = laid.middle(number), colour(row.colour)
    axes.plot([low, high], [middle] * 2, color=ink, linewidth=2.2, solid_capstyle="butt", alpha=1)
    for end in (low, high):
        axes.plot([end] * 2, [middle - 4, middle + 4], color=ink, linewidth=1.4)
    axes.plot(
        [value], [middle], "o", markersize=9, markeredgecolor=ink, markeredgewidth=1.8,
        markerfacecolor=colour("surface") if row.hollow else ink,
    )  # fmt: skip
    write(axes, laid.right + GAP, middle, row.note, "text")
