"""What charts are put together from: rows with labels, legends, text, tick labels that do not overlap."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

from corpus.svg import FONT, SMALL, Frame, colour, fit, text_width, wrap

if TYPE_CHECKING:
    from matplotlib.axes import Axes

State = Literal["full", "part", "missing", "outside"]
"""What a cell of a grid is: filled, half filled, an empty ring, or nothing."""

GAP = 8.0
_BESIDE = 0.38
"""The share of the width that labels may take beside the bars; longer ones stand above them."""
_BESIDE_IN_TWO = 0.5
_ROOMY = 600
_LINE = 15.0
_STEPS = (1, 2, 5, 10, 20, 25, 50, 100)


@dataclass(frozen=True, kw_only=True)
class Series:
    """A part that every stack has: its name, one of the `COLOURS` that have an ink, such as "1", and a matplotlib hatch."""

    label: str
    colour: str
    hatch: str = ""


@dataclass(frozen=True, kw_only=True)
class Rows:
    """Where the rows of a chart stand: labels beside the bars or above them; bars lie between `left` and `right`.

    `tops` has one entry more than there are rows: where the next would begin.
    """

    labels: tuple[tuple[str, ...], ...]
    beside: bool
    left: float
    right: float
    tops: tuple[float, ...]
    thick: float

    @property
    def bottom(self) -> float:
        """Where the rows end."""
        return self.tops[-1] + 2

    def middle(self, row: int) -> float:
        """Return the height of the middle of a row's bar."""
        if self.beside:
            return (self.tops[row] + self.tops[row + 1]) / 2
        return self.tops[row] + len(self.labels[row]) * _LINE + 4 + self.thick / 2


def place_rows(frame: Frame, labels: Sequence[str], notes: Sequence[str], *, top: float, thick: float = 18) -> Rows:
    """Return places for rows with these labels, and these notes after their bars."""
    widest = max((text_width(label) for label in labels), default=0)
    note = min(max((text_width(note) for note in notes), default=0), frame.width * 0.4)
    side = widest
    if widest > frame.width * _BESIDE and frame.width >= _ROOMY:
        side = widest * 0.62  # two lines of uneven length
    beside = side <= frame.width * (_BESIDE if side == widest else _BESIDE_IN_TWO)
    lines = tuple(tuple(wrap(label, side + 1 if beside else frame.width)) for label in labels)
    tops = [top]
    for row in lines:
        tops.append(tops[-1] + (max(thick + 10, _LINE * len(row) + 6) if beside else thick + _LINE * len(row) + 12))
    return Rows(
        labels=lines,
        beside=beside,
        left=side + GAP + 2 if beside and side else 0,
        right=frame.width - (note + GAP if note else 0),
        tops=tuple(tops),
        thick=thick,
    )


def write_label(axes: "Axes", rows: Rows, row: int) -> None:
    """Write the label of a row."""
    lines = rows.labels[row]
    for number, line in enumerate(lines):
        if rows.beside:
            y = rows.middle(row) + (number - (len(lines) - 1) / 2) * _LINE
            write(axes, rows.left - GAP - 2, y, line, align="right")
        else:
            write(axes, 0, rows.tops[row] + (number + 0.5) * _LINE, line)


def write(
    axes: "Axes",
    x: float,
    y: float,
    text: str,
    ink: str = "text",
    *,
    size: float = FONT,
    align: Literal["left", "center", "right"] = "left",
) -> None:
    """Write text on axes in pixels, its middle at that height."""
    # The middle of "x" plus a third of an "x" looks centred; matplotlib's own centre depends on the letters.
    axes.text(x, y + size * 0.36, fit(text, 10_000), ha=align, va="baseline", fontsize=size, color=colour(ink))


class Filled(Protocol):
    """What is drawn in a colour and perhaps a hatch."""

    @property
    def colour(self) -> str:
        """One of the `COLOURS`."""

    @property
    def hatch(self) -> str:
        """A matplotlib hatch, or nothing."""


def fill(part: Filled) -> dict[str, Any]:  # Any: arguments of a matplotlib patch
    """Return how a part is filled: parts are set apart by a thin line of the page's colour."""
    return {
        "facecolor": colour(part.colour),
        "hatch": part.hatch or None,
        "hatchcolor": colour("hatch"),
        "edgecolor": colour("surface"),
        "linewidth": 1,
    }


def place_legend(frame: Frame, labels: Sequence[str], *, swatch: float = 19) -> list[tuple[float, float]]:
    """Return where the swatch of each label begins and at what height, in as many lines as it takes."""
    places: list[tuple[float, float]] = []
    x, y = 0.0, 9.0
    for label in labels:
        width = swatch + text_width(label, SMALL)
        if x and x + width > frame.width:
            x, y = 0.0, y + 21
        places.append((x, y))
        x += width + 16
    return places


def thin(labels: Sequence[str], pitch: float) -> list[int]:
    """Return which labels to show so that they do not overlap: round years if they are years, else every so many-th."""
    room = max((text_width(label, SMALL) for label in labels), default=0) + 8
    step = next((step for step in _STEPS if step * pitch >= room), max(len(labels), 1))
    if all(label.isascii() and label.isdigit() for label in labels):
        return [place for place, label in enumerate(labels) if int(label) % step == 0]
    return list(range(0, len(labels), step))


def draw_cell(axes: "Axes", x: float, y: float, side: float, state: State) -> None:
    """Draw one cell of a grid around its middle."""
    from matplotlib.patches import Circle, Rectangle

    ink, corner = colour("accent"), (x - side / 2, y - side / 2)
    if state == "full":
        axes.add_patch(Rectangle(corner, side, side, facecolor=ink, linewidth=0))
    elif state == "part":
        axes.add_patch(Rectangle((corner[0], y), side, side / 2, facecolor=ink, linewidth=0))
        axes.add_patch(Rectangle(corner, side, side, facecolor="none", edgecolor=ink, linewidth=1))
    elif state == "missing":
        axes.add_patch(Circle((x, y), min(side, 7) / 2.6, facecolor="none", edgecolor=colour("muted"), linewidth=1))
