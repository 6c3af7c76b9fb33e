"""The widget for everybody: by keyboard alone, for screen readers, on a phone, in every colour, without motion."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from tests.browser.pasting import DISPUTE, TREATY, NewPage, ask, snippet
from tests.browser.sites import Site

pytestmark = pytest.mark.browser

PHONE = {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True}


def focused(page: Page) -> str:
    """Return what has the focus inside the widget: its name, else its class."""
    return str(
        page.evaluate(
            """() => {
              const at = document.activeElement?.shadowRoot?.activeElement;
              return at ? at.getAttribute('aria-label') || at.textContent.trim() || at.className : '';
            }"""
        )
    )


def violations(page: Page) -> list[str]:
    """Return what axe finds wrong with the page, shadow roots included."""
    found = Axe().run(page).response["violations"]
    return [f"{v['id']} ({v['impact']}): {n['target']} {n['failureSummary']}" for v in found for n in v["nodes"]]


def test_the_keyboard_is_enough(new_page: NewPage, address: str, site: Site) -> None:
    page = new_page()
    page.goto(site.show(f'<a href="#before">Before</a>{snippet(address, form="bubble")}<a href="#after">After</a>'))
    launcher = page.get_by_role("button", name="Open the chat")
    expect(launcher).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(launcher).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Ask about China and Russia")).to_be_visible()
    expect(launcher).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_label("Your question")).to_be_focused()
    page.keyboard.type(TREATY)
    page.keyboard.press("Enter")
    turn = page.locator(".turn")
    expect(turn).to_have_attribute("aria-busy", "false")
    expect(page.get_by_label("Your question")).to_be_focused()
    for _ in range(40):
        page.keyboard.press("Shift+Tab")
        if focused(page) == "Source 1":
            break
    page.keyboard.press("Enter")
    expect(turn.locator("details[open] summary")).to_be_focused()
    page.keyboard.press("Enter")
    expect(turn.locator("details[open]")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(launcher).to_be_focused()
    expect(launcher).to_have_attribute("aria-expanded", "false")


@pytest.mark.parametrize("key", ["Tab", "Shift+Tab"])
def test_the_focus_stays_in_the_dialog_and_visits_all_of_it(
    new_page: NewPage, address: str, site: Site, key: str
) -> None:
    page = new_page()
    page.goto(site.show(f'<a href="#before">Before</a>{snippet(address, form="bubble")}<a href="#after">After</a>'))
    page.get_by_role("button", name="Open the chat").click()
    ask(page.get_by_role("dialog"), TREATY).locator("summary").first.click()
    page.get_by_label("Your question").focus()
    visited = []
    for _ in range(60):
        page.keyboard.press(key)
        visited.append(focused(page))
        if visited[-1] == "Your question":
            break
    assert "" not in visited
    assert visited[-1] == "Your question"
    assert {"New conversation", "Close", "Conversation", "Source 1", "Treaty text", "Helpful", "Ask"} <= set(visited)
    assert "Open the chat" not in visited


def test_escape_elsewhere_and_a_second_opening(new_page: NewPage, address: str, site: Site) -> None:
    page = new_page()
    page.goto(site.show(f'<input aria-label="Of the page">{snippet(address, form="bubble")}'))
    launcher = page.get_by_role("button", name="Open the chat")
    launcher.click()
    page.get_by_label("Of the page").click()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_visible()  # the page's own Escape is not taken from it
    launcher.click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    launcher.click()
    expect(page.get_by_label("Your question")).to_be_focused()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("form", ["bubble", "inline", "page"])
def test_axe_finds_nothing_wrong(new_page: NewPage, address: str, site: Site, form: str, scheme: str) -> None:
    page = new_page(color_scheme=scheme)
    page.goto(site.show(snippet(address, form=form)))
    if form == "bubble":
        page.get_by_role("button", name="Open the chat").click()
    expect(page.get_by_label("Your question")).to_be_visible()
    assert violations(page) == []
    ask(page, "What is the capital of Peru?")
    ask(page, DISPUTE)
    turn = ask(page, TREATY)
    turn.locator("summary").first.click()
    turn.get_by_role("button", name="Not helpful").click()
    expect(turn.get_by_role("button", name="Send")).to_be_visible()
    assert violations(page) == []
    page.context.set_offline(True)
    ask(page, TREATY)
    assert violations(page) == []
    page.context.set_offline(False)


def contrast(button: Locator) -> float:
    """Return the contrast of a button's text with its background, by WCAG 2."""

    def luminance(colour: str) -> float:
        if colour.startswith("color(srgb"):
            parts = [float(part) for part in re.findall(r"-?[\d.]+(?:e-?\d+)?", colour)[:3]]
        elif colour.startswith("color(xyz"):
            return float(re.findall(r"-?[\d.]+(?:e-?\d+)?", colour.partition(" ")[2])[1])
        else:
            parts = [float(part) / 255 for part in re.findall(r"[\d.]+", colour)[:3]]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    style = button.evaluate("b => [getComputedStyle(b).color, getComputedStyle(b).backgroundColor]")
    light, dark = sorted((luminance(colour) for colour in style), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(
    "accent", ["#ffffff", "#000000", "#ffcc00", "#777777", "rebeccapurple", "hsl(120 80% 45%)", "#0f766e"]
)
def test_text_on_any_accent_can_be_read(new_page: NewPage, address: str, site: Site, accent: str) -> None:
    page = new_page()
    page.goto(site.show(snippet(address, form="bubble", accent=accent)))
    launcher = page.get_by_role("button", name="Open the chat")
    expect(launcher).to_be_visible()
    assert contrast(launcher) >= 4.5


def test_an_accent_that_is_no_colour_is_passed_over(new_page: NewPage, address: str, site: Site) -> None:
    page = new_page()
    page.goto(site.show(snippet(address, accent="red; } * { display: none")))
    assert page.locator(".send").evaluate("b => getComputedStyle(b).backgroundColor") == "rgb(15, 118, 110)"


def test_on_a_phone_it_is_a_sheet_over_the_page(new_page: NewPage, address: str, site: Site) -> None:
    page = new_page(**PHONE)
    page.goto(site.show(f'<p style="height: 3000px">Long</p>{snippet(address, form="bubble")}'))
    launcher = page.get_by_role("button", name="Open the chat")
    launcher.tap()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_have_attribute("aria-modal", "true")  # with this it is fitted to the screen
    box = dialog.bounding_box()
    assert box is not None
    assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, 360, 740)
    expect(launcher).to_be_hidden()
    expect(dialog).to_be_focused()  # not the box, whose keyboard would cover what there is to read
    turn = ask(page, TREATY)
    turn.locator(".marker").first.tap()
    expect(turn.locator("blockquote").first).to_be_in_viewport()
    assert page.evaluate("document.scrollingElement.scrollWidth") == 360
    assert page.locator(".log").evaluate("l => l.scrollWidth - l.clientWidth") == 0
    expect(page.get_by_label("Your question")).to_be_in_viewport(ratio=1)
    assert (
        page.locator("textarea").first.evaluate("t => parseFloat(getComputedStyle(t).fontSize)") >= 16
    )  # no zoom on focus
    page.get_by_role("button", name="Close").tap()
    expect(dialog).to_have_count(0)
    expect(launcher).to_be_focused()


@pytest.mark.parametrize("form", ["inline", "page"])
def test_on_a_phone_nothing_is_wider_than_the_screen(new_page: NewPage, address: str, site: Site, form: str) -> None:
    page = new_page(**PHONE)
    page.goto(site.show(snippet(address, form=form, lang="ru", heading="Достопримечательность" * 3)))
    page.locator("textarea").first.fill(DISPUTE)
    page.locator(".send").tap()
    expect(page.locator(".turn")).to_have_attribute("aria-busy", "false")
    for summary in page.locator("summary").all():
        summary.tap()
    assert page.evaluate("document.scrollingElement.scrollWidth") == 360
    assert page.locator(".log").evaluate("l => l.scrollWidth - l.clientWidth") == 0


def test_targets_can_be_hit(new_page: NewPage, address: str, site: Site) -> None:
    page = new_page(**PHONE)
    page.goto(site.show(snippet(address)))
    ask(page, TREATY)
    sizes = page.locator("amur-chat :is(button, summary)").evaluate_all(
        "all => all.map(b => [b.getAttribute('aria-label') || b.textContent, b.offsetWidth, b.offsetHeight])"
    )
    assert len(sizes) > 5
    assert [size for size in sizes if size[1] and min(size[1:]) < 22] == []


def test_nothing_moves_for_those_who_want_it_so(new_page: NewPage, address: str, site: Site) -> None:
    running = "w => w.shadowRoot.getAnimations().length"
    for motion, moves in (("reduce", False), ("no-preference", True)):
        page = new_page(reduced_motion=motion)
        page.goto(site.show(snippet(address, form="bubble")))
        page.get_by_role("button", name="Open the chat").click()
        names = page.locator(".panel").evaluate("p => getComputedStyle(p).animationName")
        assert (names != "none") is moves
        if not moves:
            assert page.locator("amur-chat").evaluate(running) == 0


def test_with_forced_colours_edges_stay_and_voices_keep_their_names(
    new_page: NewPage, address: str, site: Site
) -> None:
    page = new_page(forced_colors="active")
    page.goto(site.show(snippet(address, form="bubble")))
    launcher = page.get_by_role("button", name="Open the chat")
    assert launcher.evaluate("b => [getComputedStyle(b).borderTopStyle, getComputedStyle(b).borderTopWidth]") == [
        "solid",
        "1px",
    ]
    launcher.click()
    turn = ask(page, TREATY)
    expect(turn.locator(".mix .voice")).to_have_text("Chinese official: 1")
    assert turn.locator(".marker").first.evaluate("m => getComputedStyle(m).borderTopWidth") == "1px"
