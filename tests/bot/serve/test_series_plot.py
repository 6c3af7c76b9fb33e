"""The plot of an answer's series: a line for each basis through whole years, hollow points for parts of years, text as text."""

from dataclasses import replace
from typing import Any

from bot.messages import say
from bot.pipeline import Bot
from bot.series import AnsweredPoint, AnsweredSeries
from bot.serve.evidence import evidence_html
from bot.serve.series_plot import plot_series
from bot.sources import CitedReference
from tests.bot.serve.showing import check, make_answer


def point(period: str, value: float, basis: str) -> AnsweredPoint:
    return AnsweredPoint(period=period, value=value, unit="USD bn", basis=basis, reference="r", note="")


SERIES = AnsweredSeries(
    id="trade",
    title="Trade <b>of</b> %{x}",
    description="",
    unit="USD bn",
    years=(2021, 2023),
    points=(point("2021", 147, "GACC"), point("2022-01/2022-06", 80, "GACC"), point("2022", 190, "GACC"), point("2021", 140, "TASS")),
    sources=(
        CitedReference(
            id="r", title="Customs <i>", publisher="GACC", issued="2024", url="https://example.org/", perspective="chinese-official"
        ),
    ),
)  # fmt: skip


def test_whole_years_are_joined_and_parts_are_hollow() -> None:
    figure: Any = plot_series(SERIES)
    whole, parts, other = figure.data
    assert (whole.name, list(whole.x), list(whole.y)) == ("GACC", [2021, 2022, 2022], [147, None, 190])
    assert (whole.mode, whole.connectgaps) == ("lines+markers", True)
    assert (parts.mode, parts.marker.symbol, list(parts.y), parts.showlegend) == (
        "markers",
        "circle-open",
        [None, 80, None],
        False,
    )
    assert list(parts.customdata) == ["2021", "2022-01/2022-06", "2022"]
    assert (other.name, list(other.y)) == ("TASS", [140])


def test_text_of_a_series_is_no_mark_up_of_the_plot() -> None:
    assert plot_series(SERIES).layout.title.text == "Trade &lt;b>of&lt;/b> % {x}, USD bn"


def test_the_sources_of_a_series_stand_beside_it(bot: Bot) -> None:
    page = check(evidence_html([make_answer(abstained=True, series=SERIES)], bot.store))
    assert page.found("article", "id") == ["t1-figures"]
    assert page.within["li"] == ["Customs <i>. GACC, 2024 Chinese official"]
    assert "/explore/figures/trade" in page.found("a", "href")


def test_bases_are_told_apart_by_colour_and_shape_and_single_values_are_one_group() -> None:
    points = [point(str(2000 + n), n, basis) for basis in "ABCDEF" for n in (1, 2)]
    points += [point("2005", 5, basis) for basis in ("TASS", "RIA", "EFE")]
    figure: Any = plot_series(replace(SERIES, points=tuple(points)), "ru")
    lines = [trace for trace in figure.data if trace.mode == "lines+markers"]
    assert [trace.name for trace in lines] == list("ABCDEF")
    assert len({(trace.marker.color, trace.marker.symbol) for trace in lines}) == 6
    single = [trace for trace in figure.data if trace.mode == "markers"]
    assert [(trace.name, trace.showlegend) for trace in single] == [
        (say("chat.plot_single", "ru"), shown) for shown in (True, False, False)
    ]
    assert [trace.hovertemplate.split("<extra>")[1] for trace in single] == [
        f"{b}</extra>" for b in ("TASS", "RIA", "EFE")
    ]
    assert len({trace.marker.color for trace in single}) == 1
