"""The report on the corpus in a real browser: at a desk and on a phone, light and dark, nothing cut, nothing loaded."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from corpus.documents import load_corpus
from corpus.gaps import load_known_gaps, load_series
from corpus.report import report_page
from corpus.settings import SHIPPED_TEXTS
from tests.browser.conftest import PATIENCE

pytestmark = pytest.mark.browser

SIZES = pytest.mark.parametrize(
    ("width", "shown", "hidden"), [(1280, "wide", "narrow"), (390, "narrow", "wide")], ids=["desk", "phone"]
)
# Both of an element's ends lie within its drawing; a pixel is allowed for rounding.
CUT = """svgs => svgs.flatMap(svg => {
  const frame = svg.getBoundingClientRect();
  return [...svg.querySelectorAll("text")].filter(text => {
    const box = text.getBoundingClientRect();
    return box.width && (box.left < frame.left - 1 || box.right > frame.right + 1 || box.bottom > frame.bottom + 1);
  }).map(text => `${svg.querySelector("title").textContent}: ${text.textContent}`);
})"""
OVERLAPPING = """svgs => svgs.flatMap(svg => {
  const texts = [...svg.querySelectorAll("text")].map(text => [text.textContent, text.getBoundingClientRect()]);
  return texts.flatMap(([one, a], n) => texts.slice(n + 1).filter(([, b]) =>
    a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 4 && b.top < a.bottom - 4
  ).map(([other]) => `${svg.querySelector("title").textContent}: ${one} / ${other}`));
})"""


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report on the shipped corpus, in a file."""
    folders = [SHIPPED_TEXTS]
    path = tmp_path_factory.mktemp("report") / "corpus-report.html"
    path.write_text(report_page(load_corpus(folders), load_series(folders), load_known_gaps(folders)), encoding="utf-8")
    return path


@pytest.fixture
def opened(chromium: Browser) -> Iterator[Any]:
    """Open a file in a fresh context; it may load nothing but itself, say nothing on the console and open no dialog."""
    seen: list[str] = []
    files: list[str] = []
    contexts = []

    def open_file(path: Path, **options: Any) -> Page:
        context = chromium.new_context(reduced_motion="reduce", **options)
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: seen.append(request.url))
        page.on("console", lambda message: seen.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: seen.append(f"error: {error}"))
        page.on("dialog", lambda dialog: (seen.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.goto(path.as_uri())
        files.append(path.as_uri())
        return page

    yield open_file
    for context in contexts:
        context.close()
    assert [what for what in seen if not what.startswith("data:")] == files


@SIZES
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_is_wider_than_the_screen_or_cut(
    opened: Any, shipped: Path, width: int, shown: str, hidden: str, theme: str
) -> None:
    page: Page = opened(shipped, viewport={"width": width, "height": 844}, color_scheme=theme)
    page.evaluate("document.querySelectorAll('figure details').forEach(details => details.open = true)")
    assert page.evaluate("document.scrollingElement.scrollWidth") == width
    plots = page.locator(f".{shown} svg.chart")
    assert plots.count() == 8
    assert all(plot.is_visible() for plot in plots.all())
    assert not any(plot.is_visible() for plot in page.locator(f".{hidden} svg.chart").all())
    assert plots.evaluate_all(CUT) == []
    assert plots.evaluate_all(OVERLAPPING) == []


@SIZES
def test_every_list_opens_and_stays_within_the_screen(
    opened: Any, shipped: Path, width: int, shown: str, hidden: str
) -> None:
    page: Page = opened(shipped, viewport={"width": width, "height": 844})
    single = page.locator("details", has_text="with one source only, by document").first
    assert not single.locator("ol").first.is_visible()
    single.locator("summary").first.click()
    single.locator("details summary").first.click()
    assert single.locator("ol li").first.is_visible()
    assert single.locator("ol li a").first.get_attribute("href")
    page.evaluate("document.querySelectorAll('details').forEach(details => details.open = true)")
    assert page.evaluate("document.scrollingElement.scrollWidth") == width


def test_the_colours_follow_the_theme(opened: Any, shipped: Path) -> None:
    def colours(theme: str) -> tuple[str, str, str]:
        page: Page = opened(shipped, viewport={"width": 1280, "height": 844}, color_scheme=theme)
        page_colour, ink = page.evaluate(
            "[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]"
        )
        words = page.locator("#plot-topics .wide text").first.evaluate("text => getComputedStyle(text).fill")
        assert words == ink
        return page_colour, ink, page.locator("#plot-topics .wide path").first.evaluate("p => getComputedStyle(p).fill")

    light, dark = colours("light"), colours("dark")
    assert light[0] == "rgb(255, 255, 255)"
    assert all(one != other for one, other in zip(light, dark, strict=True))


def test_it_reads_without_a_script_and_by_name(opened: Any, shipped: Path) -> None:
    page: Page = opened(shipped, viewport={"width": 1280, "height": 844}, java_script_enabled=False)
    assert page.get_by_role("heading", level=1).count() == 1
    assert page.get_by_role("img", name="Whose voice comes first, by topic").first.is_visible()
    for link in page.get_by_role("navigation").get_by_role("link").all():
        target = link.get_attribute("href")
        assert target
        assert page.locator(target).count() == 1


def test_hostile_text_does_nothing(opened: Any, tmp_path: Path) -> None:
    attack = "</svg><script>alert(1)</script><img src=x onerror=alert(2)><style>*{display:none}</style>"
    folder = tmp_path / "texts"
    folder.mkdir()
    entry = {"id": "k", "title": attack, "publisher": attack, "URL": "javascript:alert(3)"}
    (folder / "references.json").write_text(json.dumps([entry]), encoding="utf-8")
    front = json.dumps({"title": attack, "topic": attack, "kind": attack, "language": attack})
    (folder / "one.md").write_text(f"---\n{front}\n---\n\nIt {attack} is [@k]{{date=1969}}.\n", encoding="utf-8")
    path = tmp_path / "report.html"
    path.write_text(report_page(load_corpus([folder])), encoding="utf-8")
    page: Page = opened(path, viewport={"width": 390, "height": 844}, bypass_csp=True)
    assert page.locator("script, img, style >> nth=1").count() == 0
    assert page.get_by_role("heading", level=1).is_visible()
    assert page.evaluate("document.scrollingElement.scrollWidth") == 390
