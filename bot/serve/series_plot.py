"""The series of an answer as an interactive plot: a line for each basis through its whole years, hollow points for parts of years.

A basis is told by colour and shape together; those that give one value each are grey, under one name, and say their own on touch.
"""

from collections import Counter
from textwrap import wrap
from typing import TYPE_CHECKING

from bot.messages import say
from bot.series import AnsweredSeries

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

COLOURS = ("#0f766e", "#b45309", "#6d5bd0", "#c0392b", "#2f6fb5")
SHAPES = ("circle", "square", "diamond", "triangle-up")
SINGLE = ("#7b8490", "x-thin")
HEIGHT, LEGEND = 220, 22
"""Pixels of the plot itself, and of a line of its legend."""
NAMED = 2
"""Bases of one value each that are told apart by name; more of them would be a legend larger than the plot."""
TITLE = 36
"""Characters of a line of the title: what a phone is wide."""


def plot_series(series: AnsweredSeries, language: str = "en") -> "Figure":
    """Return the plot of a series; counts on different bases are different lines, for they are not comparable."""
    import plotly.graph_objects as go

    figure = go.Figure()
    counts = Counter(point.basis for point in series.points)
    single = [basis for basis, count in counts.items() if count == 1]
    several = [basis for basis in counts if basis not in single or len(single) <= NAMED]
    for basis in counts:
        points = [point for point in series.points if point.basis == basis]
        whole = [point.value if point.period.isdigit() else None for point in points]
        alone = basis not in several
        n = 0 if alone else several.index(basis)
        colour, shape = SINGLE if alone else (COLOURS[n % len(COLOURS)], SHAPES[n % len(SHAPES)])
        said = {
            "customdata": [point.period for point in points],
            "hovertemplate": "%{customdata}: %{y:,} " + _plain(series.unit) + "<extra>" + _plain(basis) + "</extra>",
            "legendgroup": "" if alone else basis,
        }
        years = [int(point.period[:4]) for point in points]
        figure.add_scatter(
            x=years,
            y=whole,
            name=_plain(say("chat.plot_single", language) if alone else basis or series.title),
            mode="markers" if alone else "lines+markers",
            connectgaps=True,
            line={"color": colour, "width": 2},
            marker={"symbol": shape, "color": colour, "size": 7, "line": {"color": colour, "width": 2 if alone else 0}},
            showlegend=len(counts) > 1
            and not (alone and any(trace.name and trace.mode == "markers" for trace in figure.data)),
            **said,
        )
        if None in whole:  # a part of a year is no year: hollow, and joined to nothing
            parts = [None if value is not None else point.value for value, point in zip(whole, points, strict=True)]
            hollow = {"symbol": "circle-open" if alone else f"{shape}-open", "color": colour}
            figure.add_scatter(x=years, y=parts, mode="markers", marker=hollow, showlegend=False, **said)
    _lay_out(figure, f"{series.title}, {series.unit}")
    return figure


def _lay_out(figure: "Figure", title: str) -> None:
    """Give a plot its title, its axes, and room for the names of its lines below it."""
    named = sum(trace.showlegend is not False for trace in figure.data)
    lines = [_plain(line) for line in wrap(title, TITLE)]
    below, above = 44 + LEGEND * named, 26 + 18 * len(lines)
    figure.update_layout(
        title={
            "text": "<br>".join(lines),
            "font": {"size": 14},
            "x": 0.01,
            "xanchor": "left",
            "y": 1,
            "yanchor": "top",
            "pad": {"t": 12},
        },
        height=above + HEIGHT + below,
        margin={"l": 44, "r": 12, "t": above, "b": below},
        legend={"orientation": "v", "x": 0, "y": -0.12, "yanchor": "top", "font": {"size": 12}},
        template="none",
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"color": "#767f8b", "family": "system-ui, sans-serif"},
        xaxis={"showgrid": False, "tickformat": "d"},
        yaxis={"rangemode": "tozero", "gridcolor": "rgba(128,128,128,0.25)"},
        dragmode=False,  # a finger that moves over the plot scrolls the page
    )


def _plain(text: str) -> str:
    """Return text in which Plotly finds no mark-up, and no template."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("%{", "% {")
