"""Pages as one HTML file: templates with everything escaped, plots in two widths, and tables.

A page loads nothing and runs nothing (see `templates/base.html`), so that it can be mailed, printed and read without a network.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from corpus.figures import MONTHS
from corpus.svg import Frame

if TYPE_CHECKING:
    from jinja2 import Environment

WIDE, NARROW = 720, 350
"""Widths, in pixels, in which every plot is drawn: for a desk and for a phone."""

Cell = str | int


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table; the first `texts` columns hold words, the others figures."""

    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    texts: int = 1


@dataclass(frozen=True, kw_only=True)
class Shade:
    """A figure in a shaded table: how dark, 0 to 1, a smaller text under it, and whether nought is marked as a gap."""

    value: int
    dark: float
    note: str = ""
    wanted: bool = True


@dataclass(frozen=True, kw_only=True)
class ShadedTable:
    """A table of figures that is read by its shading, a row for each label."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Shade, ...]], ...]


@dataclass(frozen=True, kw_only=True)
class Plot:
    """A plot in two widths, what it shows in a sentence, and its figures."""

    id: str
    title: str
    text: str
    wide: str
    narrow: str
    table: Table


def make_plot(name: str, title: str, text: str, draw: Callable[[Frame], str], table: Table) -> Plot:
    """Return a plot drawn in both widths; `draw` makes an SVG string for a frame."""
    wide, narrow = (
        draw(Frame(id=f"{name}-{size}", title=title, description=text, width=width))
        for size, width in (("wide", WIDE), ("narrow", NARROW))
    )
    return Plot(id=name, title=title, text=text, wide=wide, narrow=narrow, table=table)


def render_page(template: str, room: str = "corpus", /, **values: Any) -> str:  # Any: whatever the template shows
    """Return the page that a template makes of the values: one of that room's `templates`, which may build on those here."""
    page = _environment(room).get_template(template).render(values)
    # JSON can hold half a character ("\ud800"), which no file can.
    return page.encode("utf-8", "replace").decode("utf-8")


def percent(part: int, whole: int) -> str:
    """Return a share in per cent, with a decimal below 10%; "–" of nothing."""
    if not whole:
        return "–"
    share = part / whole
    return f"{share:.0%}" if share == 0 or share >= 0.0995 else f"{share:.1%}"


def count(number: int, noun: str, plural: str = "") -> str:
    """Return a number with its noun: "1 sentence", "2,187 sentences"."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def say_date(iso: str | None) -> str:
    """Return an ISO date in words, "2 July 2026" or "July 2026"; what is none is returned as it stands."""
    parts = (iso or "").split("-")
    if len(parts) > 3 or not all(part.isascii() and part.isdigit() for part in parts):
        return iso or ""
    if len(parts) > 1 and not 1 <= int(parts[1]) <= 12:
        return iso or ""
    days = [str(int(part)) for part in parts[2:]]
    return " ".join([*days, *(MONTHS[int(part) - 1] for part in parts[1:2]), parts[0]])


def web_address(url: str | None) -> str:
    """Return the address if a page may link to it: http or https with a host; else nothing."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return ""
    return url or "" if parts.scheme in {"http", "https"} and parts.hostname else ""


@lru_cache(maxsize=8)
def _environment(room: str) -> "Environment":
    from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

    made = Environment(
        loader=ChoiceLoader([PackageLoader(name, "templates") for name in dict.fromkeys((room, "corpus"))]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"number": lambda value: f"{value:,}", "address": web_address, "date": say_date}
    made.globals |= {"percent": percent, "count": count}
    return made
