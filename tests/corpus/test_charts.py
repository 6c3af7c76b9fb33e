"""Charts: what is drawn is what was given, in the page's colours, whatever a label holds and whatever matplotlib is set to."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import matplotlib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.charts import (
    Bar,
    Column,
    Curve,
    Row,
    Scales,
    Stack,
    columns,
    curves,
    grid,
    horizontal_bars,
    stacked_bars,
)
from corpus.drawing import Series, place_rows, thin
from corpus.svg import COLOURS, Frame, fit, text_width, wrap

BASE = Path(__file__).resolve().parents[2] / "corpus" / "templates" / "base.html"
WIDE = Frame(id="plot", title="A title", description="What it shows.", width=720)
NARROW = Frame(id="plot-narrow", title="A title", description="What it shows.", width=350)
PARTS = (Series(label="ours", colour="1"), Series(label="theirs", colour="3", hatch="///"))
SVG = "{http://www.w3.org/2000/svg}"

DRAWN: dict[str, Callable[[Frame], str]] = {
    "bars": lambda f: horizontal_bars(f, [Bar(label="a", value=2, note="2"), Bar(label="b", value=1, note="1")]),
    "stacks": lambda f: stacked_bars(f, PARTS, [Stack(label="a", values=(3, 1), note="4")]),
    "columns": lambda f: columns(f, [Column(label=str(y), value=y % 3) for y in range(1990, 2000)]),
    "curves": lambda f: curves(
        f,
        [Curve(label="bot", points=((0, 0), (0.5, 0.1), (1, 0.2)), marked=(0.5, 0.1))],
        Scales(x_label="coverage", y_label="risk"),
        diagonal=True,
    ),
    "grid": lambda f: grid(f, ["2001", "2002"], [Row(label="a", states=("full", "missing"))], [("full", "yes")]),
}
EMPTY: dict[str, Callable[[Frame], str]] = {
    "bars": lambda f: horizontal_bars(f, []),
    "stacks": lambda f: stacked_bars(f, [], []),
    "columns": lambda f: columns(f, []),
    "curves": lambda f: curves(f, [], Scales(x_label="x", y_label="y")),
    "grid": lambda f: grid(f, [], [], []),
}
charts = pytest.mark.parametrize("draw", DRAWN.values(), ids=DRAWN.keys())


def texts(svg: str) -> list[str]:
    return [node.text or "" for node in ET.fromstring(svg).iter(f"{SVG}text")]


def boxes(svg: str, paint: str) -> list[tuple[float, float, float, float]]:
    """Return left, top, width and height of every path filled with this, in the order they were drawn."""
    found = []
    for node in ET.fromstring(svg).iter(f"{SVG}path"):
        if f"fill: {paint}" in node.attrib.get("style", ""):
            numbers = [float(n) for n in re.findall(r"-?\d+(?:\.\d+)?", node.attrib["d"])]
            xs, ys = numbers[::2], numbers[1::2]
            found.append((min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)))
    return found


def variable(name: str) -> str:
    return f"var(--chart-{name})"


def test_bars_are_as_long_as_their_values() -> None:
    svg = horizontal_bars(
        WIDE,
        [
            Bar(label="economy", value=400, note="400 (67%)"),
            Bar(label="history", value=200, note="200 (33%)"),
            Bar(label="nothing", value=0, note="0"),
        ],
    )
    first, second, third = boxes(svg, variable("accent"))
    assert first[2] == pytest.approx(2 * second[2], abs=0.02)
    assert third[2] == 0
    assert first[0] == second[0]
    assert first[1] < second[1] < third[1]
    assert texts(svg) == ["economy", "400 (67%)", "history", "200 (33%)", "nothing", "0"]


def test_stacks_are_shares_of_their_sum_with_the_share_where_it_has_room() -> None:
    svg = stacked_bars(
        WIDE,
        [Series(label="one", colour="many"), Series(label="two", colour="some"), Series(label="three", colour="few")],
        [Stack(label="a", values=(600, 390, 10), note="1,000"), Stack(label="b", values=(0, 0, 0), note="0")],
    )
    widths = [boxes(svg, variable(name))[1][2] for name in ("many", "some", "few")]  # the first is the legend's
    assert [round(width / sum(widths), 3) for width in widths] == [0.6, 0.39, 0.01]
    assert texts(svg) == ["one", "two", "three", "a", "60%", "39%", "1,000", "b", "none", "0"]


def test_series_are_told_apart_by_hatch_too() -> None:
    pattern = ET.fromstring(DRAWN["stacks"](WIDE)).find(f".//{SVG}pattern")
    assert pattern is not None
    assert f"url(#{pattern.attrib['id']})" in DRAWN["stacks"](WIDE)
    assert pattern.find(f"{SVG}rect") is not None
    assert "var(--chart-3)" in ET.tostring(pattern, encoding="unicode")


def test_columns_ring_every_year_of_nothing_and_name_the_highest() -> None:
    svg = columns(
        WIDE, [Column(label=str(year), value=value) for year, value in ((2001, 4), (2002, 0), (2003, 2), (2004, 0))]
    )
    heights = [box[3] for box in boxes(svg, variable("accent"))]
    assert heights == pytest.approx([2 * heights[2], 0, heights[2], 0], abs=0.02)
    root = ET.fromstring(svg)
    assert sum(variable("surface") in node.attrib.get("style", "") for node in root.iter(f"{SVG}use")) == 2
    assert "2001: 4" in texts(svg)
    assert {"2001", "2002", "2003", "2004"} <= set(texts(svg))


@pytest.mark.parametrize("width", [350, 720])
def test_labels_of_many_years_are_thinned_to_round_ones(width: int) -> None:
    shown = thin([str(year) for year in range(1949, 2027)], width / 78)
    assert shown
    step = shown[1] - shown[0]
    assert (1949 + shown[0]) % step == 0
    assert step * width / 78 >= text_width("2000", 11.5)


def test_other_labels_are_thinned_evenly() -> None:
    assert thin(["Jan", "Feb", "Mar", "Apr", "May"], 100) == [0, 1, 2, 3, 4]
    assert thin(["Jan", "Feb", "Mar", "Apr", "May"], 20) == [0, 2, 4]
    assert thin([], 20) == []


def test_curves_go_through_their_points_and_the_marked_one_is_written_out() -> None:
    svg = curves(
        WIDE,
        [
            Curve(label="bot", points=((0, 0), (0.5, 0.25), (1, 1)), marked=(0.5, 0.25)),
            Curve(label="baseline", points=((0, 0.5), (1, 0.5))),
        ],
        Scales(x_label="coverage", y_label="risk"),
        diagonal=True,
    )
    root = ET.fromstring(svg)
    lines = [
        [float(n) for n in re.findall(r"-?\d+(?:\.\d+)?", node.attrib["d"])]
        for node in root.iter(f"{SVG}path")
        if f"stroke: {variable('1')}" in node.attrib.get("style", "") and node.attrib["d"].count("L") == 2
    ]
    x0, y0, x1, y1, x2, y2 = next(line for line in lines if line[1] != line[5])
    assert x1 == pytest.approx((x0 + x2) / 2, abs=0.02)
    assert (y0 - y1) / (y0 - y2) == pytest.approx(0.25, abs=0.001)
    assert {"bot", "baseline", "coverage", "risk", "50%, 25%", "0%", "100%"} <= set(texts(svg))
    dashes = {
        re.search(r"stroke-dasharray: [^;]*", style).group()
        for style in re.findall(r'style="([^"]*dasharray[^"]*)"', svg)
    }  # type: ignore[union-attr]
    assert len(dashes) == 2  # the diagonal's and the second curve's


def test_curves_without_shares_keep_their_numbers() -> None:
    scales = Scales(x_label="k", y_label="seconds", x=(0, 10), y=(0, 4), shares=False)
    svg = curves(NARROW, [Curve(label="a", points=((1, 2), (9, 3.5)), marked=(9, 3.5))], scales)
    assert "9, 3.5" in texts(svg)
    assert not any("%" in text for text in texts(svg))


def test_a_grid_has_a_cell_for_each_state() -> None:
    rows = [Row(label="a", states=("full", "part", "missing", "outside")), Row(label="b", states=("outside",) * 4)]
    svg = grid(WIDE, ["2001", "2002", "2003", "2004"], rows, [])
    full, part = boxes(svg, variable("accent"))
    assert full[2] == full[3]  # a square
    assert part[3] == pytest.approx(full[3] / 2, abs=0.02)
    assert svg.count(f"stroke: {variable('muted')}") == 1  # the ring
    assert texts(svg) == ["2001", "2002", "2003", "2004", "a", "b"]


HOSTILE = "</text><script>alert(1)</script> $x^{ \\frac & \"q\" 'r' #fe0001 \x00\x1b[31m 主题"


@pytest.mark.parametrize("frame", [WIDE, NARROW], ids=["wide", "narrow"])
def test_a_label_is_text_whatever_it_holds(frame: Frame) -> None:
    svg = horizontal_bars(frame, [Bar(label=HOSTILE, value=1, note=HOSTILE[:30])])
    root = ET.fromstring(svg)
    assert root.find(f".//{SVG}script") is None
    assert "".join(texts(svg)).startswith("</text><script>alert(1)</script>")
    assert "#fe0001" in svg  # text is not taken for a colour
    assert "\x00" not in svg
    assert "\x1b" not in svg


@settings(max_examples=40, deadline=None)
@given(label=st.text(max_size=90), note=st.text(max_size=12), width=st.sampled_from([350, 720]))
def test_any_label_makes_a_well_formed_chart(label: str, note: str, width: int) -> None:
    frame = Frame(id="any", title=label, description=label, width=width)
    assert ET.fromstring(horizontal_bars(frame, [Bar(label=label, value=1, note=note)])).tag == f"{SVG}svg"
    assert ET.fromstring(columns(frame, [Column(label=label, value=1)])).tag == f"{SVG}svg"


@charts
@pytest.mark.parametrize("frame", [WIDE, NARROW], ids=["wide", "narrow"])
def test_a_chart_says_in_words_what_it_shows_and_stands_in_any_page(draw: Callable[[Frame], str], frame: Frame) -> None:
    svg = draw(frame)
    root = ET.fromstring(svg)
    assert root.attrib["role"] == "img"
    named = {node.attrib.get("id"): node.text for node in root.iter()}
    assert [named[name] for name in root.attrib["aria-labelledby"].split()] == ["A title", "What it shows."]
    assert root.attrib["viewBox"].split()[2] == str(frame.width)
    ids = re.findall(r'\bid="([^"]+)"', svg)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'url\(#([^)]+)\)|href="#([^"]+)"', svg)) <= {(i, "") for i in ids} | {("", i) for i in ids}
    for absent in ("<style", "metadata", "font-family", "#fe00", "DejaVu", "xlink", "DOCTYPE", "on="):
        assert absent not in svg
    # Nothing is drawn in a colour of its own, which one of the two themes would swallow.
    assert not re.search(r"(?:fill|stroke)(?:: |=\")#", svg)


@charts
def test_ids_of_two_charts_on_a_page_differ(draw: Callable[[Frame], str]) -> None:
    wide, narrow = (set(re.findall(r'\bid="([^"]+)"', draw(frame))) for frame in (WIDE, NARROW))
    assert not wide & narrow


@charts
def test_the_same_chart_is_the_same_bytes_whatever_matplotlib_is_set_to(draw: Callable[[Frame], str]) -> None:
    plain = draw(WIDE)
    changed = {
        "font.size": 30,
        "axes.facecolor": "red",
        "svg.hashsalt": "other",
        "axes.grid": True,
        "lines.linewidth": 9,
    }
    with matplotlib.rc_context(changed):  # type: ignore[arg-type]
        assert draw(WIDE) == plain
        assert matplotlib.rcParams["font.size"] == 30
    assert "text.parse_math" in matplotlib.rcParams
    assert matplotlib.rcParams["text.parse_math"] is True


@pytest.mark.parametrize("draw", EMPTY.values(), ids=EMPTY.keys())
def test_nothing_to_draw_is_an_empty_chart(draw: Callable[[Frame], str]) -> None:
    assert ET.fromstring(draw(NARROW)).tag == f"{SVG}svg"


def test_long_labels_stand_above_the_bars_on_a_phone_and_in_two_lines_on_a_desk() -> None:
    label = "Share of national currencies in payment for imports from China"
    short, wide, narrow = (
        place_rows(WIDE, ["economy"], ["1"], top=0),
        place_rows(WIDE, [label], [], top=0),
        place_rows(NARROW, [label], [], top=0),
    )
    assert (short.beside, short.labels) == (True, (("economy",),))
    assert wide.beside
    assert len(wide.labels[0]) == 2
    assert " ".join(wide.labels[0]) == label
    assert not narrow.beside
    assert narrow.left == 0
    assert " ".join(narrow.labels[0]) == label
    assert narrow.middle(0) > 15 * len(narrow.labels[0])


@pytest.mark.parametrize(
    ("text", "width", "fitted"),
    [
        ("short", 100, "short"),
        (" two\n\tlines ", 100, "two lines"),
        ("a\x00b\u202ec", 100, "a b c"),
        ("abcdefghij", 13 * 0.62 * 5, "abcd…"),
        ("主题主题主题", 13 * 3.7, "主题主…"),
        ("", 10, ""),
    ],
)
def test_text_is_cut_to_its_room(text: str, width: float, fitted: str) -> None:
    assert fit(text, width) == fitted


def test_a_word_that_is_too_long_to_wrap_is_cut() -> None:
    assert wrap("one two three", 13 * 0.62 * 8) == ["one two", "three"]
    assert wrap("abcdefghij", 13 * 0.62 * 5) == ["abcd…"]
    assert wrap("", 100) == []


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(c * 2 for c in colour[1:])
    parts = [int(digits[n : n + 2], 16) / 255 for n in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_every_colour_has_a_value_and_words_on_it_can_be_read(theme: int) -> None:
    root = re.findall(r":root \{(.*?)\}", BASE.read_text(encoding="utf-8"), re.DOTALL)[theme]
    values = dict(re.findall(r"--([\w-]+): ([^;]+);", root))
    assert {name for name in COLOURS if f"chart-{name}" not in values} == set()
    inks = [name for name in COLOURS if name.endswith("-ink")]
    assert len(inks) == 11
    for name in inks:
        assert contrast(values[f"chart-{name}"], values[f"chart-{name.removesuffix('-ink')}"]) >= 4.5, name
    for name in ("ink", "quiet", "link", "warn", "chart-text", "chart-muted"):
        assert contrast(values[name], values["page"]) >= 4.5, name
    for name in ("chart-accent", "chart-many"):
        assert contrast(values[name], values["page"]) >= 3, name
