"""The series of an answer as an interactive plot: a line for each basis through its whole years, hollow points for parts of years."""

from typing import TYPE_CHECKING

from bot.series import AnsweredSeries

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

COLOURS = ("#0f766e", "#b45309", "#4b3f9e", "#a3161b", "#1d4f91")
HEIGHT = 420


def plot_series(series: AnsweredSeries) -> "Figure":
    """Return the plot of a series; counts on different bases are different lines, for they are not comparable."""
    import plotly.graph_objects as go

    figure = go.Figure()
    for number, basis in enumerate(dict.fromkeys(point.basis for point in series.points)):
        points = [point for point in series.points if point.basis == basis]
        whole = [point.value if point.period.isdigit() else None for point in points]
        look = {"color": COLOURS[number % len(COLOURS)], "width": 2}
        said = {
            "customdata": [point.period for point in points],
            "hovertemplate": "%{customdata}: %{y:,} " + _plain(series.unit) + "<extra>" + _plain(basis) + "</extra>",
        }
        years = [int(point.period[:4]) for point in points]
        figure.add_scatter(
            x=years,
            y=whole,
            name=_plain(basis or series.title),
            mode="lines+markers",
            connectgaps=True,
            line=look,
            legendgroup=basis,
            **said,
        )
        if None in whole:  # a part of a year is no year: hollow, and joined to nothing
            parts = [None if value is not None else point.value for value, point in zip(whole, points, strict=True)]
            hollow = {"symbol": "circle-open", "color": look["color"]}
            figure.add_scatter(
                x=years, y=parts, mode="markers", marker=hollow, legendgroup=basis, showlegend=False, **said
            )
    figure.update_layout(
        title={"text": _plain(f"{series.title}, {series.unit}"), "font": {"size": 14}},
        height=HEIGHT,
        margin={"l": 48, "r": 12, "t": 44, "b": 36},
        legend={"orientation": "h", "y": -0.12, "font": {"size": 11}},
        showlegend=len({point.basis for point in series.points}) > 1,
        template="none",
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"color": "#6b7280"},
        xaxis={"showgrid": False, "tickformat": "d"},
        yaxis={"rangemode": "tozero", "gridcolor": "rgba(128,128,128,0.25)"},
    )
    return figure


def _plain(text: str) -> str:
    """Return text in which Plotly finds no mark-up, and no template."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("%{", "% {")
