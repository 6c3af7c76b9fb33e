"""The embeddable page: in a frame of an allowed site, refused by any other, and safe with text that attacks it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from bot.pipeline import Bot
from bot.records import ABSTENTION

pytestmark = pytest.mark.browser

TREATY = "When was the friendship treaty signed?"
BORDER = "When was the river border settled?"
FERRY = "When did the Heihe ferry open with two boats?"
NewPage = Callable[..., Page]


def ask(where: Page | FrameLocator, question: str) -> None:
    """Ask and wait until the answer is there."""
    where.get_by_label("Your question").fill(question)
    where.get_by_role("button", name="Ask").click()
    expect(where.locator(".question").last).to_have_text(question)
    expect(where.get_by_role("button", name="Ask")).to_be_enabled()
    expect(where.get_by_text("…", exact=True)).to_have_count(0)


def test_an_allowed_site_frames_it_and_gets_answers(
    new_page: NewPage, address: str, bot: Bot, allowed_host: int
) -> None:
    page = new_page()
    page.goto(f"http://localhost:{allowed_host}/?{address}/embed")
    frame = page.frame_locator("iframe")
    ask(frame, TREATY)
    answer = bot.answer(TREATY)
    expect(frame.locator("#conversation")).to_contain_text(answer.statements[0].text)
    card = frame.locator("details")
    expect(card).to_have_count(1)
    expect(card.locator("summary")).to_have_text("[1] The treaty")
    expect(card.locator("blockquote")).not_to_be_visible()
    frame.locator("a.marker").click()
    expect(card.locator("blockquote")).to_be_visible()
    expect(card.locator("blockquote")).to_have_text(answer.citations[0].cited_text)
    expect(card.get_by_role("link")).to_have_attribute("href", "https://example.org/treaty")


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1"])
def test_any_other_site_gets_an_empty_frame(
    new_page: NewPage, address: str, allowed_host: int, other_host: int, name: str
) -> None:
    page = new_page()
    port = other_host if name == "localhost" else allowed_host  # the allowed site is allowed by one name only
    with page.expect_console_message(lambda message: "frame-ancestors" in message.text):
        page.goto(f"http://{name}:{port}/?{address}/embed")
    expect(page.get_by_role("heading", name="A host")).to_be_visible()
    frame = page.frame_locator("iframe")
    expect(frame.locator("body")).to_be_attached()
    assert frame.locator("#ask, #conversation").count() == 0
    assert not any(frame.url.startswith(address) for frame in page.frames)


def test_the_chat_page_is_framed_by_nobody(new_page: NewPage, address: str, allowed_host: int) -> None:
    page = new_page()
    with page.expect_console_message(lambda message: "frame-ancestors" in message.text):
        page.goto(f"http://localhost:{allowed_host}/?{address}/")
    assert not any(frame.url.startswith(address) for frame in page.frames)


def test_it_works_by_keyboard_and_follows_up(new_page: NewPage, address: str) -> None:
    page = new_page()
    page.goto(f"{address}/embed")
    box = page.get_by_label("Your question")
    box.focus()
    for count, question in enumerate((BORDER, "And when?"), 1):
        page.keyboard.type(question)
        page.keyboard.press("Enter")
        expect(page.locator("details")).to_have_count(count)
        expect(box).to_be_focused()
        expect(box).to_have_value("")
    expect(page.locator("#t2-c1 blockquote")).to_contain_text("October 2008")
    page.locator("#t2-c1 summary").press("Enter")
    expect(page.locator("#t2-c1 blockquote")).to_be_visible()


def test_it_says_when_there_is_no_answer(new_page: NewPage, address: str) -> None:
    page = new_page()
    page.goto(f"{address}/embed")
    ask(page, "What is the capital of Peru?")
    expect(page.locator("#conversation")).to_contain_text(ABSTENTION)
    expect(page.locator("details, a")).to_have_count(0)


def test_a_server_that_is_gone_is_said_and_the_question_kept(new_page: NewPage, address: str) -> None:
    page = new_page()
    page.goto(f"{address}/embed")
    page.context.set_offline(True)
    ask(page, TREATY)
    expect(page.locator(".hint").last).to_contain_text("No answer")
    expect(page.get_by_label("Your question")).to_have_value(TREATY)
    page.context.set_offline(False)
    page.get_by_role("button", name="Ask").click()
    expect(page.locator("details")).to_have_count(1)


def test_hostile_text_is_shown_as_text(new_page: NewPage, address: str, bot: Bot) -> None:
    page = new_page(bypass_csp=True)
    page.goto(f"{address}/embed")
    hostile = "<img src=x onerror=alert(1)><script>alert(2)</script>"
    ask(page, hostile)
    ask(page, FERRY)
    document = bot.store.document("hostile")
    citation = bot.answer(FERRY).citations[0]
    assert document is not None
    assert citation.document_id == "hostile"
    expect(page.locator(".question").first).to_have_text(hostile)
    card = page.locator("#t2-c1")
    expect(card.locator("summary")).to_have_text(f"[1] {document.title}")
    assert card.locator("blockquote").text_content() == document.text[citation.source_start : citation.source_end]
    expect(page.locator("#conversation :is(img, script, svg, iframe, u, b)")).to_have_count(0)
    page.locator("a.marker").first.click()
    assert card.locator("a").evaluate_all("links => links.map(a => a.textContent)") == ["Breakout. , n.d. (other)"]


def test_on_a_phone_nothing_is_wider_than_the_screen(new_page: NewPage, address: str) -> None:
    page = new_page(viewport={"width": 360, "height": 740}, is_mobile=True, has_touch=True)
    page.goto(f"{address}/embed")
    ask(page, FERRY)
    page.locator("a.marker").first.tap()
    expect(page.locator("#t1-c1 blockquote")).to_be_visible()
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 360
    expect(page.get_by_label("Your question")).to_be_in_viewport(ratio=1)
