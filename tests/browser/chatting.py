"""What the tests of the chat page share: questions on the small corpus, and how a reader asks them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from playwright.sync_api import Locator, Page, expect

from bot.pipeline import Bot
from bot.records import Answer

TREATY = "When was the friendship treaty signed?"
BORDER = "When was the river border settled?"
DISPUTED = "Who fired first on Zhenbao Island in March 1969?"
FERRY = "When did the Heihe ferry open with two boats?"
UNKNOWN = "What is the capital of Peru?"
PHONE = {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True}
NewPage = Callable[..., Page]


WORDED = "() => performance.getEntriesByType('resource').some(entry => entry.name.includes('/queue/data'))"
"""Whether the stream on which Gradio hears what the page is to say is at its end."""
FRAMES = "async () => { for (let n = 0; n < 5; n += 1) await new Promise(requestAnimationFrame) }"
WATCH = """(element, text) => {
    window.shownOnce = false;
    const watcher = new MutationObserver(() => {
        if (!element.textContent.includes(text)) return;
        window.shownOnce = true;
        watcher.disconnect();
    });
    watcher.observe(element, { childList: true, characterData: true, subtree: true });
}"""


def visit(page: Page, address: str) -> Page:
    """Open the chat page and wait until it takes questions, and has been worded: until then starters move under a click."""
    page.goto(address)
    page.wait_for_function(WORDED)
    draw(page)
    expect(box(page)).to_be_editable()
    return page


def draw(page: Page) -> None:
    """Wait for some frames: what Gradio was told it draws in the next, and what was folded away it empties once more in the one after."""
    page.evaluate(FRAMES)


@contextmanager
def showing(where: Locator, text: str) -> Iterator[None]:
    """Wait until an element shows a text that what is done in this block brings, be it for a moment only."""
    where.evaluate(WATCH, text)
    yield
    where.page.wait_for_function("() => window.shownOnce")


def box(page: Page) -> Locator:
    return page.locator("#amur-question").get_by_role("textbox")


def replies(page: Page) -> Locator:
    """Return the finished answers of the conversation."""
    return page.locator("#amur-chat .amur-answer").filter(has=page.locator(".amur-mix, .amur-abstained"))


def asked(page: Page) -> Locator:
    return page.locator("#amur-chat").get_by_test_id("user")


def ask(page: Page, question: str) -> Locator:
    """Ask by typing and pressing Enter; return the finished answer."""
    before = replies(page).count()
    box(page).fill(question)
    box(page).press("Enter")
    return answered(page, before + 1)


def narrow(page: Page, **years: str) -> None:
    """Open the filters and type years into their fields, `from_year` and `to_year`."""
    page.get_by_role("button", name="Narrow the question").click()
    for label in ("From year", "To year"):
        expect(page.get_by_label(label)).to_be_visible()
    draw(page)
    for name, year in years.items():
        field = page.get_by_label(name.replace("_", " ").capitalize())
        field.fill(year)
        field.press("Tab")
        expect(field).to_have_value(year)


def answered(page: Page, count: int) -> Locator:
    """Wait for so many finished answers; return the last."""
    expect(replies(page)).to_have_count(count)
    return replies(page).last


def wait_until_kept(page: Page, *, before: int = 0) -> int:
    """Wait until the browser keeps an answer more than `before`, what an earlier call returned; return how much it keeps now.

    What is kept is enciphered and an answer is well over a thousand characters of it; an empty list, kept from the start, is not.
    """
    page.wait_for_function("before => Object.values(localStorage).join().length > before + 1000", arg=before)
    return int(page.evaluate("Object.values(localStorage).join().length"))


def wait_until_forgotten(page: Page, kept: int) -> None:
    """Wait until the browser keeps an answer less than `kept`, what `wait_until_kept` returned."""
    page.wait_for_function("kept => Object.values(localStorage).join().length < kept - 1000", arg=kept)


def check_cards(page: Page, answer: Answer, bot: Bot, turn: int) -> None:
    """Check that the cards of an answer are all there and mark the very words of the documents."""
    expect(page.locator(f"[id^='t{turn}-c']")).to_have_count(len(answer.citations))
    for citation in answer.citations:
        document = bot.store.document(citation.document_id)
        assert document is not None
        mark = page.locator(f"#t{turn}-c{citation.number} mark")
        assert mark.text_content() == document.text[citation.source_start : citation.source_end]
        expect(mark).to_be_visible()
