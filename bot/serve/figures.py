"""The figures page: every series as a plot with its sources under it, and as a file to download."""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, HTMLResponse, Response

from bot.filters import EARLIEST, LATEST, describe_years
from bot.pipeline import Bot
from bot.serve.plot import NARROW, WIDE, Drawing, draw
from bot.serve.web import read_visit, show
from corpus.references import Reference
from corpus.series import Point, Table

FEWEST = 2
"""Points that make a plot."""
METHODS = ["GET", "HEAD"]


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A series as it is shown: its rows with their sources, and a plot in two widths for each unit."""

    table: Table
    rows: tuple[tuple[Point, Reference | None], ...]
    plots: tuple[tuple[Drawing, Drawing], ...]


def make_figures(bot: Bot) -> APIRouter:
    """Return the routes of the figures."""
    router = APIRouter(include_in_schema=False)

    @router.api_route("/explore/figures", methods=METHODS, response_class=HTMLResponse)
    def figures(request: Request) -> HTMLResponse:
        return _page(bot, request)

    @router.api_route("/explore/figures/{name}", methods=METHODS, response_class=Response)
    def figure(name: str, request: Request) -> Response:
        found = next((t for t in bot.tables if t.id == name.removesuffix(".csv")), None)
        if found is None:
            return show(read_visit(request), request, "gone.html", 404, word="nofigure", document_id=name)
        if name.endswith(".csv"):
            return FileResponse(found.path, media_type="text/csv; charset=utf-8", filename=f"{found.id}.csv")
        return _page(bot, request, found)

    return router


def make_figure(table: Table, sources: dict[str, Reference], years: tuple[int, int] = (EARLIEST, LATEST)) -> Figure:
    """Return a series within years, ends included."""
    points = [point for point in table.points if years[0] <= point.year <= years[1]]
    units = dict.fromkeys(point.unit for point in points)
    plots = []
    for unit in units:
        of_unit = [(row, point) for row, point in enumerate(points, 1) if point.unit == unit]
        if len(of_unit) >= FEWEST:
            plots.append((draw(of_unit, WIDE), draw(of_unit, NARROW)))
    return Figure(
        table=table, rows=tuple((point, sources.get(point.reference)) for point in points), plots=tuple(plots)
    )


def _page(bot: Bot, request: Request, alone: Table | None = None) -> HTMLResponse:
    since, until = (_year(request.query_params.get(name, "")) for name in ("from", "to"))
    years = (since or EARLIEST, until or LATEST)
    sources = bot.store.texts.bibliography()
    figures = [make_figure(table, sources, years) for table in ((alone,) if alone else bot.tables)]
    return show(
        read_visit(request),
        request,
        "figures.html",
        figures=[figure for figure in figures if figure.rows],
        alone=alone,
        since=since,
        until=until,
        span=describe_years(years) if since or until else "",
        as_of=bot.store.manifest.as_of,
    )


def _year(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 4 and int(text) else None
