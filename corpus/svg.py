"""The paper that charts are drawn on: matplotlib to SVG that stands inside a page, in its fonts and in its light or dark colours.

Charts are drawn in stand-in colours, and each of those becomes a CSS variable (`COLOURS`), so that one drawing serves both themes;
`templates/base.html` gives the variables their values. The output is the same bytes for the same input: no date, fixed ids.
"""

import io
import re
import unicodedata
import warnings
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FONT = 13.0
"""Size of text in a chart, in pixels."""
SMALL = 11.5

SLOTS = 8
"""How many series have a colour of their own."""
COLOURS = (
    "text", "muted", "line", "surface", "accent", "hatch",
    *(f"{n}" for n in range(1, SLOTS + 1)), *(f"{n}-ink" for n in range(1, SLOTS + 1)),
    *("few", "few-ink", "some", "some-ink", "many", "many-ink"),
)  # fmt: skip
"""What a chart is coloured in; `colour("muted")` becomes `var(--chart-muted)`. Numbers are for things without an order, `few` to
`many` for those with one; what has an ink may be written on in it."""

_SVG = "http://www.w3.org/2000/svg"
_STAND_IN = re.compile(r"#fe00([0-9a-f]{2})")
_REFERENCE = re.compile(r"url\(#([^)]+)\)")
_DECIMALS = re.compile(r"(\d+\.\d\d)\d+")
_STYLE_DROPPED = re.compile(r"font-family:[^;]*;?\s*")
_RC = {
    "svg.fonttype": "none",  # text stays text: it can be read aloud, found and copied
    "text.parse_math": False,  # a label may hold dollar signs
    "font.family": "DejaVu Sans",
    "font.size": FONT,
    "hatch.linewidth": 1.2,
    "axes.unicode_minus": True,
}


@dataclass(frozen=True, kw_only=True)
class Frame:
    """What a chart is called and how wide it is drawn, in pixels; `id` is unique on the page, title and description are read aloud."""

    id: str
    title: str
    description: str
    width: int = 720


@dataclass(frozen=True, kw_only=True)
class Canvas:
    """A drawing in progress; `height` and all places are in pixels from the top left."""

    frame: Frame
    height: float
    figure: "Figure"

    def pixels(self) -> "Axes":
        """Return the whole canvas as axes without ticks, of which the units are pixels and y points down."""
        axes = self.figure.add_axes((0, 0, 1, 1))
        axes.set_xlim(0, self.frame.width)
        axes.set_ylim(self.height, 0)
        axes.set_axis_off()
        return axes

    def axes(self, *, left: float, top: float, right: float, bottom: float) -> "Axes":
        """Return axes with these margins around them, without box and tick marks."""
        width = self.frame.width
        box = (
            left / width,
            bottom / self.height,
            (width - left - right) / width,
            (self.height - top - bottom) / self.height,
        )
        axes = self.figure.add_axes(box)
        axes.patch.set_visible(False)
        for spine in axes.spines.values():
            spine.set_visible(False)
        axes.tick_params(length=0, labelsize=SMALL, labelcolor=colour("muted"), pad=5)
        return axes

    def svg(self) -> str:
        """Return what was drawn as one `<svg>` element."""
        made = io.StringIO()
        nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        with warnings.catch_warnings():
            # The page's fonts show what the font that measures here lacks.
            warnings.filterwarnings("ignore", message="Glyph .* missing from font")
            self.figure.savefig(made, format="svg", metadata=nothing)
        return _finish(made.getvalue(), self.frame)


@contextmanager
def open_canvas(frame: Frame, height: float) -> Iterator[Canvas]:
    """Give a canvas to draw on, whatever the person's own matplotlib settings are."""
    from matplotlib import style
    from matplotlib.figure import Figure

    with style.context(["default", {**_RC, "svg.hashsalt": frame.id}]):
        figure = Figure(figsize=(frame.width / 72, height / 72), dpi=72, frameon=False)
        yield Canvas(frame=frame, height=height, figure=figure)


def colour(name: str) -> str:
    """Return the stand-in for one of `COLOURS`."""
    return f"#fe00{COLOURS.index(name):02x}"


def text_width(text: str, size: float = FONT) -> float:
    """Return about how many pixels wide a text is, rather too many, as the page's font is not known."""
    ems = (1.0 if unicodedata.east_asian_width(c) in "WF" else 0.62 for c in text if not unicodedata.combining(c))
    return size * sum(ems)


def fit(text: str, width: float, size: float = FONT) -> str:
    """Return the text in one line without control characters, cut with an ellipsis if it is wider than that."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    if text_width(line, size) <= width:
        return line
    while line and text_width(line + "…", size) > width:
        line = line[:-1].rstrip()
    return line + "…"


def wrap(text: str, width: float) -> list[str]:
    """Return the text in at most two lines that wide, cut at a space if it has one; the second may end in an ellipsis."""
    words = fit(text, 10_000).split(" ")
    taken = next((n for n in range(len(words), 0, -1) if text_width(" ".join(words[:n])) <= width), 0)
    first, rest = " ".join(words[:taken]), " ".join(words[taken:])
    return [line for line in (first, fit(rest, width)) if line]


def _finish(raw: str, frame: Frame) -> str:
    """Return matplotlib's file as an element of a page: named, scaled by its box, without what only a file needs."""
    root = ET.fromstring(raw)
    used = {name for node in root.iter() for value in node.attrib.values() for name in _referred(value)}
    for parent in list(root.iter()):
        for node in list(parent):
            if node.tag in {f"{{{_SVG}}}style", f"{{{_SVG}}}metadata"}:
                parent.remove(node)
    for node in root.iter():
        node.tag = node.tag.rpartition("}")[2]
        node.attrib = {k.rpartition("}")[2]: _value(k, v) for k, v in node.attrib.items() if k != "id" or v in used}
        if node.tag == "text" and "rotate(-0 " in node.attrib.get("transform", ""):
            del node.attrib["transform"]
        if node.tag != "text":
            node.text = None
        node.tail = None
    title, description = ET.Element("title", id=f"{frame.id}-title"), ET.Element("desc", id=f"{frame.id}-desc")
    title.text, description.text = fit(frame.title, 10_000), fit(frame.description, 100_000)
    box = root.attrib["viewBox"]
    labelled = f"{frame.id}-title {frame.id}-desc"
    root.attrib = {"class": "chart", "role": "img", "aria-labelledby": labelled, "viewBox": box, "xmlns": _SVG}
    root[:0] = [title, description]
    return ET.tostring(root, encoding="unicode")


def _referred(value: str) -> list[str]:
    return [value[1:]] if value.startswith("#") else _REFERENCE.findall(value)


def _value(name: str, value: str) -> str:
    if name == "style":
        value = _STYLE_DROPPED.sub("", value)
    if name in {"style", "fill", "stroke"}:
        value = _STAND_IN.sub(lambda match: f"var(--chart-{COLOURS[int(match.group(1), 16)]})", value)
    if name in {"d", "x", "y", "width", "height", "style", "transform"}:
        value = _DECIMALS.sub(r"\1", " ".join(value.split()))
    return value
