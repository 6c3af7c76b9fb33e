"""The page on which an operator puts the widget together: what it shows is what is copied, and what is copied works."""

import pytest
from playwright.sync_api import Page, expect

from bot.serve.embed import read_widget
from tests.browser.pasting import TREATY, NewPage, ask
from tests.browser.sites import Site
from tests.browser.test_widget_access import violations

pytestmark = pytest.mark.browser


def setting(page: Page) -> str:
    """Return the line for the server's settings."""
    return page.locator("#setting").inner_text()


def test_the_copied_line_makes_what_the_preview_shows(new_page: NewPage, address: str, site: Site) -> None:
    page = new_page(permissions=["clipboard-read", "clipboard-write"])
    page.goto(f"{address}/embed/setup")
    preview = page.frame_locator("#shown").locator("amur-chat")
    expect(preview.get_by_role("dialog", name="Ask about China and Russia")).to_be_visible()
    page.get_by_label("Address of the site that may use it").fill(f"{site.origin}/some/page?x=1")
    page.get_by_label("Language").select_option("ru")
    page.get_by_label("Light or dark").select_option("dark")
    page.locator("#position").select_option("left")
    heading = page.get_by_label("Heading")
    heading.press_sequentially('"Дальний" <Восток> & Ко')
    expect(preview.get_by_role("dialog", name='"Дальний" <Восток> & Ко')).to_be_visible()
    page.get_by_label("Questions to begin with").fill(f"{TREATY}\n\n <b>And & then?</b> ")
    heading.focus()
    expect(preview.get_by_role("button", name="<b>And & then?</b>")).to_be_visible()
    expect(heading).to_be_focused()  # the preview does not take the focus from whoever types
    expect(preview.get_by_role("button", name="Спросить")).to_be_visible()
    expect(page.locator("#setting")).to_have_text(f'AMUR_ALLOWED_ORIGINS="{site.origin}"')
    page.locator("[data-copies=snippet]").click()
    expect(page.locator("#copied")).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.locator("#snippet").text_content()
    host = new_page()
    host.goto(site.show(copied))
    widget = host.locator("amur-chat")
    expect(widget).to_be_attached()
    given = preview.evaluate("w => Object.fromEntries(w.getAttributeNames().map(n => [n, w.getAttribute(n)]))")
    assert widget.evaluate("w => Object.fromEntries(w.getAttributeNames().map(n => [n, w.getAttribute(n)]))") == given
    assert given == {
        "form": "bubble",
        "lang": "ru",
        "theme": "dark",
        "heading": '"Дальний" <Восток> & Ко',
        "questions": f"{TREATY} | <b>And & then?</b>",
        "position": "left",
    }
    host.get_by_role("button", name="Открыть чат").click()
    host.get_by_label("Ваш вопрос").fill(TREATY)
    host.keyboard.press("Enter")
    expect(host.locator("details")).not_to_have_count(0)


def test_a_pinned_line_carries_the_hash_and_runs(new_page: NewPage, address: str, site: Site) -> None:
    widget = read_widget()
    assert widget is not None
    page = new_page()
    page.goto(f"{address}/embed/setup")
    page.get_by_text("Inline", exact=True).click()
    page.get_by_label("Pin this version").check()
    expect(page.locator("#snippet")).to_contain_text(f'src="{address}{widget.url}"')
    expect(page.locator("#snippet")).to_contain_text(f'integrity="{widget.integrity}" crossorigin="anonymous"')
    host = new_page()
    host.goto(site.show(page.locator("#snippet").text_content() or ""))
    expect(ask(host, TREATY).locator("details")).not_to_have_count(0)


def test_the_line_for_a_frame_needs_no_script(new_page: NewPage, address: str, site: Site) -> None:
    page = new_page()
    page.goto(f"{address}/embed/setup")
    page.get_by_text("Frame", exact=True).click()
    page.get_by_label("Language").select_option("zh")
    expect(page.locator("#snippet")).to_contain_text(f'<iframe src="{address}/embed?lang=zh"')
    expect(page.locator("#policy")).to_have_text(f"frame-src {address};")
    expect(page.get_by_label("Pin this version")).to_be_hidden()
    expect(page.locator("#position")).to_be_hidden()
    expect(page.frame_locator("#shown").get_by_role("button", name="提问")).to_be_visible()
    host = new_page()
    host.goto(site.show(page.locator("#snippet").text_content() or ""))
    expect(host.frame_locator("iframe").get_by_role("button", name="提问")).to_be_visible()


@pytest.mark.parametrize(
    ("typed", "origin"),
    [
        ("www.example.org", "https://www.example.org"),
        ("HTTP://Example.ORG:8080/page", "http://example.org:8080"),
        ("https://*.example.org", "https://*.example.org"),
        ("https://россия.example", "https://xn--h1alffa9f.example"),
        ("", "https://www.example.org"),
    ],
)
def test_a_site_becomes_an_origin(new_page: NewPage, address: str, typed: str, origin: str) -> None:
    page = new_page()
    page.goto(f"{address}/embed/setup")
    page.locator("#site").fill(typed)
    expect(page.locator("#setting")).to_have_text(f'AMUR_ALLOWED_ORIGINS="{origin}"')
    expect(page.locator("#site-problem")).to_have_text("")


@pytest.mark.parametrize(
    "typed", ["not an address", "*", "https://*", "javascript:alert(1)", "https://u:p@example.org", "ftp://x.org"]
)
def test_what_is_no_site_is_said(new_page: NewPage, address: str, typed: str) -> None:
    page = new_page()
    page.goto(f"{address}/embed/setup")
    page.locator("#site").fill(typed)
    expect(page.locator("#site-problem")).to_contain_text(f"“{typed}” is not an address")
    expect(page.locator("#site")).to_have_attribute("aria-invalid", "true")
    assert setting(page) == 'AMUR_ALLOWED_ORIGINS="https://www.example.org"'


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_it_fits_and_axe_finds_nothing_wrong(new_page: NewPage, address: str, width: int, scheme: str) -> None:
    page = new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page.goto(f"{address}/embed/setup")
    expect(page.frame_locator("#shown").get_by_role("dialog")).to_be_visible()
    page.locator("#site").fill("not an address")
    expect(page.locator("#site-problem")).not_to_have_text("")
    assert page.evaluate("document.scrollingElement.scrollWidth") == width
    assert violations(page) == []
