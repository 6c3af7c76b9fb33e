"""The page for a frame: in a frame of an allowed site, refused by any other, the widget over the whole page."""

import pytest
from playwright.sync_api import Page, expect

from bot.pipeline import Bot
from tests.browser.pasting import BORDER, FERRY, TREATY, NewPage, ask

pytestmark = pytest.mark.browser


def expect_refused(page: Page) -> None:
    """Wait until the browser shows its own error in the frame, in place of what was refused."""
    page.frames[1].wait_for_url("chrome-error://**", wait_until="commit")


def test_an_allowed_site_frames_it_and_gets_answers(
    new_page: NewPage, address: str, bot: Bot, allowed_host: int
) -> None:
    page = new_page()
    page.goto(f"http://localhost:{allowed_host}/?{address}/embed")
    frame = page.frame_locator("iframe").locator("amur-chat")
    turn = ask(frame, TREATY)
    answer = bot.answer(TREATY)
    expect(turn.locator(".answer")).to_contain_text(answer.statements[0].text)
    turn.locator("button.marker").first.click()
    expect(turn.locator("details[open] blockquote")).to_have_text(answer.citations[0].cited_text)
    expect(turn.get_by_role("link", name="Treaty text")).to_have_attribute("href", "https://example.org/treaty")


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1"])
def test_any_other_site_gets_an_empty_frame(
    new_page: NewPage, address: str, allowed_host: int, other_host: int, name: str
) -> None:
    page = new_page()
    port = other_host if name == "localhost" else allowed_host  # the allowed site is allowed by one name only
    with page.expect_console_message(lambda message: "frame-ancestors" in message.text):
        page.goto(f"http://{name}:{port}/?{address}/embed")
    expect(page.get_by_role("heading", name="A host")).to_be_visible()
    expect_refused(page)


@pytest.mark.parametrize("path", ["/", "/embed/setup", "/static/embed.html", "/static/preview.html"])
def test_no_other_page_is_framed_by_an_allowed_site(
    new_page: NewPage, address: str, allowed_host: int, path: str
) -> None:
    page = new_page()
    with page.expect_console_message(lambda message: "frame-ancestors" in message.text):
        page.goto(f"http://localhost:{allowed_host}/?{address}{path}")
    expect_refused(page)


def test_its_address_says_how_it_looks_and_nothing_else(new_page: NewPage, address: str) -> None:
    page = new_page(locale="en-US")
    page.goto(
        f"{address}/embed?lang=zh&theme=dark&accent=%23ffcc00&heading=%3Cb%3EX%3C/b%3E&src=https://evil.example&form=bubble&onclick=x"
    )
    chat = page.locator("amur-chat")
    expect(chat.locator("h2")).to_have_text("<b>X</b>")
    expect(chat.get_by_role("button", name="提问")).to_be_visible()
    assert chat.evaluate("c => Object.fromEntries(c.getAttributeNames().map(n => [n, c.getAttribute(n)]))") == {
        "form": "page",
        "lang": "zh",
        "theme": "dark",
        "accent": "#ffcc00",
        "heading": "<b>X</b>",
    }
    assert page.evaluate("document.documentElement.lang") == "zh"


def test_it_fills_the_page_and_works_by_keyboard(new_page: NewPage, address: str) -> None:
    page = new_page()
    page.goto(f"{address}/embed?lang=en")
    box = page.get_by_label("Your question")
    expect(box).to_be_in_viewport(ratio=1)
    assert page.evaluate("document.scrollingElement.scrollHeight") == 800
    box.focus()
    for count, question in enumerate((BORDER, "And when?"), 1):
        page.keyboard.type(question)
        page.keyboard.press("Enter")
        expect(page.locator(".turn")).to_have_count(count)
        expect(page.locator(".turn").last).to_have_attribute("aria-busy", "false")
        expect(box).to_be_focused()
        expect(box).to_have_value("")
    page.locator(".turn").last.locator("summary").first.press("Enter")
    expect(page.locator("details[open] blockquote")).to_contain_text("October 2008")


def test_a_server_that_is_gone_is_said_and_the_question_kept(new_page: NewPage, address: str) -> None:
    page = new_page()
    page.goto(f"{address}/embed?lang=en")
    expect(page.get_by_label("Your question")).to_be_visible()
    page.context.set_offline(True)
    turn = ask(page, TREATY)
    expect(turn.locator("[data-state=failed]")).to_contain_text("The assistant cannot be reached.")
    page.context.set_offline(False)
    turn.get_by_role("button", name="Try again").click()
    expect(turn.locator("details")).not_to_have_count(0)
    expect(turn.locator(".asked")).to_contain_text(TREATY)


def test_on_a_phone_nothing_is_wider_than_the_screen(new_page: NewPage, address: str) -> None:
    page = new_page(viewport={"width": 360, "height": 740}, is_mobile=True, has_touch=True)
    page.goto(f"{address}/embed?lang=en")
    turn = ask(page, FERRY)
    turn.locator("button.marker").first.tap()
    expect(turn.locator("details[open] blockquote")).to_be_in_viewport()
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 360
    expect(page.get_by_label("Your question")).to_be_in_viewport(ratio=1)
