"""The chart of estimates: a dot and the line of its interval stand where the scale says, and what lies beyond it is cut off."""

import re
import xml.etree.ElementTree as ET

from corpus.charts import Curve, Scales, curves
from corpus.estimates import Estimate, Scale, estimates
from corpus.svg import Frame

SVG = "{http://www.w3.org/2000/svg}"
WIDE = Frame(id="plot", title="A title", description="What it shows.", width=720)
NARROW = Frame(id="narrow", title="A title", description="What it shows.", width=350)
SCALE = Scale(low=-1, high=1, ticks=((-1, "−1"), (-0.5, "−0.5"), (0, "0"), (0.5, "+0.5"), (1, "+1")), heavy=0)


def estimate(label: str, value: float, low: float, high: float, hollow: bool = False) -> Estimate:
    return Estimate(label=label, value=value, low=low, high=high, note=f"{value:+.2f}", hollow=hollow)


def lines(svg: str) -> list[tuple[float, float, float, float, str]]:
    """Return every straight line as its ends and its style."""
    found = []
    for path in ET.fromstring(svg).iter(f"{SVG}path"):
        match = re.fullmatch(r"M ([\d.]+) ([\d.]+) L ([\d.]+) ([\d.]+)", path.get("d", ""))
        if match:
            x, y, to_x, to_y = (float(n) for n in match.groups())
            found.append((x, y, to_x, to_y, path.get("style", "")))
    return found


def dots(svg: str) -> list[float]:
    return [float(use.get("x", "nan")) for use in ET.fromstring(svg).iter(f"{SVG}use")]


def test_an_estimate_stands_on_the_line_of_its_interval_where_the_scale_says() -> None:
    svg = estimates(WIDE, [estimate("a", 0.0, -0.5, 1.0)], SCALE)
    upright = sorted({x for x, _, to_x, _, style in lines(svg) if x == to_x and "chart-line" in style})
    heavy = [x for x, _, to_x, _, style in lines(svg) if x == to_x and "chart-muted" in style]
    (level,) = [(x, to_x) for x, y, to_x, to_y, _ in lines(svg) if y == to_y]
    assert len(upright) == 4
    assert len(heavy) == 1
    assert abs(level[0] - upright[1]) < 0.02  # −0.5
    assert abs(level[1] - upright[3]) < 0.02  # +1
    assert [round(x - heavy[0], 1) for x in dots(svg)] == [0.0]


def test_what_lies_beyond_the_scale_is_cut_off_at_its_end() -> None:
    inside = estimates(WIDE, [estimate("a", 1.0, -1.0, 1.0)], SCALE)
    beyond = estimates(WIDE, [Estimate(label="a", value=7, low=-9, high=9, note="+1.00")], SCALE)
    assert inside == beyond


def test_a_ring_is_told_from_a_dot_without_colour() -> None:
    dot, ring = (estimates(WIDE, [estimate("a", 0, -1, 1, hollow)], SCALE) for hollow in (False, True))
    assert "fill: var(--chart-surface)" not in dot
    assert "fill: var(--chart-surface)" in ring


def test_on_a_narrow_page_labels_of_the_scale_do_not_run_into_each_other() -> None:
    shares = Scale(low=0, high=1, ticks=tuple((n / 4, f"{n * 25}%") for n in range(5)))
    rows = [Estimate(label="all unanswerable", value=0.5, low=0.4, high=0.6, note="50% of 145")]
    said = [node.text for node in ET.fromstring(estimates(NARROW, rows, shares)).iter(f"{SVG}text")]
    assert said[:3] == ["0%", "50%", "100%"]
    said = [node.text for node in ET.fromstring(estimates(WIDE, rows, shares)).iter(f"{SVG}text")]
    assert said[:5] == ["0%", "25%", "50%", "75%", "100%"]


def test_lines_of_the_scale_leave_out_labels_that_stand_above_their_bars() -> None:
    svg = estimates(NARROW, [estimate("a label too long for one side of a phone", 0, -1, 1)], SCALE)
    assert {round(to_y - y) for x, y, to_x, to_y, style in lines(svg) if x == to_x and "chart-line" in style} <= {
        16,
        -16,
    }


def test_nothing_to_show_is_an_empty_chart() -> None:
    assert 'role="img"' in estimates(WIDE, [], SCALE)


def test_a_curve_without_dots_has_none_and_one_with_a_colour_has_that() -> None:
    scales = Scales(x_label="x", y_label="y")
    points = ((0.0, 0.0), (0.5, 0.5), (1.0, 1.0))
    plain = curves(WIDE, [Curve(label="a", points=points, dots=False, colour="accent")], scales)
    assert "<use" not in plain
    assert "stroke: var(--chart-accent)" in plain
    assert "<use" in curves(WIDE, [Curve(label="a", points=points)], scales)
