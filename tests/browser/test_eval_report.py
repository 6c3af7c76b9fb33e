"""The pages on runs in a real browser: at a desk and on a phone, light and dark, with and without a script, nothing loaded."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from evals.compare import compare
from evals.html import write_comparison, write_report
from evals.html_tables import anchor
from evals.outcomes import outcome_of
from evals.runs import Run
from tests.browser.conftest import PATIENCE
from tests.browser.test_corpus_report import CUT, OVERLAPPING
from tests.evals.conducting import CASES, conduct_small

pytestmark = pytest.mark.browser

WIDTHS = pytest.mark.parametrize("width", [1280, 390], ids=["desk", "phone"])
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run over the small corpus and its hostile document."""
    return conduct_small(tmp_path_factory.mktemp("run"))


@pytest.fixture(scope="module")
def report(run: Run) -> Path:
    """Its report."""
    return write_report(run)


@pytest.fixture(scope="module")
def comparison(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """It, compared with a run that answers with one sentence at most."""
    folder = tmp_path_factory.mktemp("other")
    other = conduct_small(folder, with_baselines=False, min_confidence=0.999)
    return write_comparison(compare(run, other), folder / "compare.html")


@pytest.fixture
def opened(chromium: Browser) -> Iterator[Open]:
    """Open a file in a fresh context; it may load nothing but itself, say nothing on the console and open no dialog."""
    seen: list[str] = []
    contexts = []

    def open_file(path: Path, fragment: str = "", width: int = 1280, **options: Any) -> Page:
        context = chromium.new_context(viewport={"width": width, "height": 900}, reduced_motion="reduce", **options)
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: seen.append(request.url) if request.url != path.as_uri() else None)
        page.on("console", lambda message: seen.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: seen.append(f"error: {error}"))
        page.on("dialog", lambda dialog: (seen.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.goto(path.as_uri() + fragment)
        return page

    yield open_file
    for context in contexts:
        context.close()
    assert [one for one in seen if one.split("#")[0] not in {"data:,"} and not one.startswith("file:")] == []


def shown(page: Page) -> list[str]:
    """Return the questions of the cases that are shown."""
    return page.locator(".case:visible > details > summary > span:nth-child(2)").all_inner_texts()


@WIDTHS
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["report", "comparison"])
def test_everything_opened_fits_the_page(
    opened: Open, request: pytest.FixtureRequest, name: str, width: int, scheme: str
) -> None:
    page = opened(request.getfixturevalue(name), width=width, color_scheme=scheme)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    charts = page.locator("svg.chart:visible")
    assert charts.count() >= 2
    assert charts.evaluate_all(CUT) == []
    assert charts.evaluate_all(OVERLAPPING) == []
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert background == {"light": "rgb(255, 255, 255)", "dark": "rgb(20, 24, 30)"}[scheme]


def test_filters_choose_cases_count_them_and_stand_in_the_address(opened: Open, report: Path, run: Run) -> None:
    page = opened(report)
    total = len(CASES)
    expect(page.locator("form.filter output")).to_have_text(f"{total} of {total}")
    page.locator("select[name=kind]").select_option("fact")
    expect(page.locator("form.filter output")).to_have_text(f"2 of {total}")
    expect(page).to_have_url(report.as_uri() + "#kind=fact")
    page.locator("input[name=q]").fill("RIVER settled")
    expect(page.locator("form.filter output")).to_have_text(f"1 of {total}")
    assert shown(page) == ["When was the river border between China and Russia settled?"]
    expect(page).to_have_url(report.as_uri() + "#kind=fact&q=RIVER+settled")
    page.locator("input[name=q]").fill("no such words anywhere")
    expect(page.get_by_text("No case fits all of that.")).to_be_visible()
    page.get_by_role("button", name="Show all").click()
    expect(page.locator("form.filter output")).to_have_text(f"{total} of {total}")
    expect(page.get_by_text("No case fits all of that.")).to_be_hidden()
    expect(page).to_have_url(report.as_uri() + "#cases")


def test_an_address_brings_its_filter_along(opened: Open, report: Path, run: Run) -> None:
    right = [r.case for r in run.results if outcome_of(r.score) == "right" and r.case.kind == "fact"]
    page = opened(report, "#kind=fact&outcome=right")
    expect(page.locator("form.filter output")).to_have_text(f"{len(right)} of {len(CASES)}")
    assert page.locator("select[name=outcome]").input_value() == "right"
    assert sorted(shown(page)) == sorted(c.question for c in right)


def test_an_address_with_values_that_there_are_not_shows_everything(opened: Open, report: Path) -> None:
    page = opened(report, "#kind=nothing&__proto__=x&q=")
    expect(page.locator("form.filter output")).to_have_text(f"{len(CASES)} of {len(CASES)}")


def test_a_kind_and_a_failure_lead_to_their_cases(opened: Open, report: Path, run: Run) -> None:
    page = opened(report)
    failure = next(r.score.failure for r in run.results if r.score.failure)
    page.locator("ul.causes").get_by_role("link", name=failure, exact=True).click()
    count = sum(r.score.failure == failure for r in run.results)
    expect(page.locator("form.filter output")).to_have_text(f"{count} of {len(CASES)}")
    expect(page.locator("#cases")).to_be_in_viewport()
    expect(page.locator("#cases")).to_be_focused()
    page.locator("#kinds ~ .scroll").first.get_by_role("link", name="kind </details>").click()
    expect(page.locator("form.filter output")).to_have_text(f"1 of {len(CASES)}")
    page.go_back()
    expect(page.locator("form.filter output")).to_have_text(f"{count} of {len(CASES)}")


def test_the_address_of_a_case_opens_it(opened: Open, report: Path) -> None:
    case = next(c for c in CASES if c.id.startswith("evil"))
    page = opened(report, "#" + anchor(case=case.id))
    opened_case = page.locator(".case:has(> details[open])")
    expect(opened_case).to_have_count(1)
    expect(opened_case.get_by_text("The Heihe ferry <b onclick=alert(3)>opened</b>").first).to_be_visible()
    expect(opened_case).to_be_in_viewport()
    assert len(shown(page)) == len(CASES)


def test_the_keyboard_is_enough(opened: Open, report: Path) -> None:
    page = opened(report)
    page.locator("input[name=q]").focus()
    page.keyboard.type("Moscow signed")
    page.keyboard.press("Enter")  # sends nothing anywhere
    # The list is narrowed before the address is written; at a slow hand's pace it is narrowed by every letter.
    expect(page).to_have_url(report.as_uri() + "#q=Moscow+signed")
    expect(page.locator("form.filter output")).not_to_have_text(f"{len(CASES)} of {len(CASES)}")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Show all")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    first = page.locator(".case:visible > details").first
    expect(first).to_have_attribute("open", "")
    expect(page).to_have_url(report.as_uri() + "#q=Moscow+signed")


def test_without_a_script_every_case_can_be_reached_and_opened(opened: Open, report: Path, run: Run) -> None:
    page = opened(report, java_script_enabled=False)
    expect(page.locator("form.filter")).to_be_hidden()
    assert len(shown(page)) == len(CASES)
    failure = next(r.score.failure for r in run.results if r.score.failure)
    page.locator("ul.causes").get_by_role("link", name=failure, exact=True).click()
    expect(page.locator(f"[id='{anchor(failure=failure)}'] + details > summary")).to_be_in_viewport()
    page.locator(".case > details > summary").first.click()
    expect(page.locator(".case > details").first.get_by_text("Figures of this case")).to_be_visible()


@WIDTHS
def test_both_answers_stand_side_by_side_or_one_above_the_other(opened: Open, comparison: Path, width: int) -> None:
    page = opened(comparison, "#change=worse", width=width)
    page.locator(".case:visible > details > summary").first.click()
    a, b = (page.locator(".case:visible .two > div").nth(n).bounding_box() for n in (0, 1))
    assert a is not None
    assert b is not None
    if width == 1280:
        assert a["y"] == b["y"]
        assert b["x"] >= a["x"] + a["width"]
    else:
        assert a["x"] == b["x"]
        assert b["y"] >= a["y"] + a["height"]


def test_in_print_there_is_no_form_and_every_case_has_its_line(opened: Open, report: Path) -> None:
    page = opened(report)
    page.emulate_media(media="print")
    expect(page.locator("form.filter")).to_be_hidden()
    assert len(shown(page)) == len(CASES)
