"""Sources, figures and about in a real browser: plots tell their values, work without a script, and pass axe on every screen."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from bot.pipeline import Bot
from tests.bot.serve.running import serving
from tests.bot.test_series import write_package
from tests.browser.chatting import ask, visit
from tests.browser.test_reader import PHONE, serious
from tests.fakes import BagOfWords
from tests.small import make_bot

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")]

NewPage = Callable[..., Page]
PATHS = ("/explore/sources", "/explore/figures", "/explore/figures/ferry", "/about")
ROWS = "1998,4.2,thousand,Ministry,pact,\n1999,5,thousand,Census <b>,news,\n2000-01/2000-06,2,thousand,Ministry,pact,\n"


@pytest.fixture(scope="module")
def explored(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("explored")
    bot = make_bot(folder)
    write_package(folder / "corpus", ROWS, description="Counted in spring.")
    with serving(Bot(bot.settings, embedder=BagOfWords())) as address:
        yield address


def test_a_plot_tells_the_value_under_the_pointer_and_leads_to_its_row(new_page: NewPage, explored: str) -> None:
    page = new_page()
    page.goto(explored + "/explore/figures")
    plot = page.locator("svg.plot.wide")
    expect(page.locator("svg.plot.narrow")).to_be_hidden()
    expect(page.locator("tbody")).to_be_hidden()
    place = plot.locator(".sign").nth(1).bounding_box()
    assert place is not None
    page.mouse.move(place["x"] + place["width"] / 2 + 3, place["y"] + place["height"] / 2)
    expect(page.locator(".tip:visible")).to_have_text("1999: 5 thousand · Census <b>")
    page.mouse.down()
    page.mouse.up()
    expect(page.locator("tr#ferry-2")).to_be_in_viewport()
    expect(page).to_have_url(explored + "/explore/figures#ferry-2")
    page.mouse.move(2, 2)
    expect(page.locator(".tip:visible")).to_have_count(0)


def test_without_a_script_plots_values_and_search_are_there(new_page: NewPage, explored: str) -> None:
    page = new_page(java_script_enabled=False)
    page.goto(explored + "/explore/figures")
    expect(page.locator("svg.plot.wide .sign")).to_have_count(3)
    assert page.locator("svg.plot.wide .sign title").first.text_content() == "1998: 4.2 thousand · Ministry"
    page.locator("summary").click()
    expect(page.locator("tbody tr")).to_have_count(3)
    page.get_by_label("From year").fill("1999")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("svg.plot.wide .sign")).to_have_count(2)
    page.get_by_role("link", name="Sources", exact=True).click()
    page.get_by_label("Words").fill("soldiers")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="The border").first.click()
    expect(page.locator("h1")).to_have_text("The border")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PATHS)
def test_axe_finds_nothing_serious(new_page: NewPage, explored: str, scheme: str, path: str) -> None:
    page = new_page(color_scheme=scheme)
    page.goto(explored + path)
    assert serious(page) == []


@pytest.mark.parametrize("lang", ["en", "ru", "zh"])
def test_on_a_phone_and_at_twice_the_size_nothing_is_cut(new_page: NewPage, explored: str, lang: str) -> None:
    page = new_page(**PHONE)
    for path in PATHS:
        page.goto(f"{explored}{path}?lang={lang}")
        assert page.evaluate("document.scrollingElement.scrollWidth") <= 360, path
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert page.evaluate("document.scrollingElement.scrollWidth") <= 360, path


def test_an_answer_carries_its_series_as_a_plot(new_page: NewPage, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("plotted")
    bot = make_bot(folder)
    write_package(folder / "corpus", ROWS, subject=[["ferry"], ["passenger"]])
    with serving(Bot(bot.settings, embedder=BagOfWords())) as address:
        page = visit(new_page(), address)
        ask(page, "Ferry passengers by year")
        plot = page.locator("#amur-chat .js-plotly-plot")
        expect(plot).to_be_visible()
        expect(plot).to_contain_text("Ferry passengers at Harbin, thousand")
        expect(plot.locator(".legendtext")).to_have_text(["Ministry", "Census <b>"])
        expect(plot.locator("path.point")).to_have_count(3)
        expect(page.locator("#t1-figures li")).to_have_count(2)
        expect(page.locator("#t1-figures").get_by_role("link", name="All values")).to_have_attribute(
            "href", "/explore/figures/ferry"
        )


def test_on_a_phone_nothing_of_a_plot_is_cut_or_covered(
    new_page: NewPage, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("plotted")
    bot = make_bot(folder)
    write_package(folder / "corpus", ROWS, subject=[["ferry"], ["passenger"]])
    with serving(Bot(bot.settings, embedder=BagOfWords())) as address:
        page = visit(new_page(**PHONE), address)
        ask(page, "Ferry passengers by year")
        expect(page.locator("#amur-chat .js-plotly-plot .gtitle")).to_be_visible()
        page.wait_for_function(
            """() => {
                const plot = document.querySelector("#amur-chat .js-plotly-plot"), title = plot.querySelector(".gtitle");
                return plot._fullLayout._size.t === 44  // 26, and 18 for one line of the title
                    && title.getBoundingClientRect().right <= plot.getBoundingClientRect().right;
            }"""
        )
        expect(page.locator("#amur-chat .modebar-container")).to_be_hidden()
