"""What stands where on the chat page, in every window; what comes only when it is wanted; and that the last press counts."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from bot.messages import LANGUAGES, say
from bot.pipeline import Bot
from tests.browser.chatting import (
    BORDER,
    DISPUTED,
    PHONE,
    TREATY,
    NewPage,
    answered,
    ask,
    asked,
    box,
    check_cards,
    narrow,
    replies,
    showing,
    visit,
    wait_until_kept,
)

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")]
WINDOWS = {
    "desk": {"viewport": {"width": 1280, "height": 800}},
    "small": {"viewport": {"width": 1024, "height": 640}},
    "tablet": {"viewport": {"width": 768, "height": 1024}},
    "phone": PHONE,
}


ACROSS = "document.documentElement.scrollWidth <= innerWidth"
DOWN = "document.documentElement.scrollHeight <= innerHeight"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("window", WINDOWS)
def test_the_page_fits_its_window_with_head_answer_and_composer(
    new_page: NewPage, address: str, window: str, language: str
) -> None:
    page = visit(new_page(**WINDOWS[window]), f"{address}/?lang={language}")
    expect(page.get_by_role("heading", name=say("chat.welcome", language))).to_be_in_viewport(ratio=1)
    for _ in range(2):
        expect(box(page)).to_be_in_viewport(ratio=1)
        expect(page.get_by_role("button", name=say("chat.ask", language), exact=True)).to_be_in_viewport(ratio=1)
        expect(page.get_by_role("button", name=say("chat.narrow", language))).to_be_in_viewport(ratio=1)
        page.wait_for_function(f"() => {ACROSS} && {DOWN}")
        ask(page, DISPUTED)
    expect(replies(page).last.locator("p").first).to_be_in_viewport(ratio=1)


def test_at_twice_the_size_nothing_is_cut_off(new_page: NewPage, address: str) -> None:
    page = visit(new_page(viewport={"width": 640, "height": 400}), address)
    ask(page, DISPUTED)
    page.wait_for_function(f"() => {ACROSS} && document.getElementById('amur-chat').offsetHeight >= 300")
    for name in ("Ask again", "New conversation", "Narrow the question"):
        button = page.get_by_role("button", name=re.compile(f"^{name}"))
        button.scroll_into_view_if_needed()
        expect(button).to_be_in_viewport(ratio=1)


def test_what_is_wrong_is_asked_where_it_is_seen(new_page: NewPage, address: str) -> None:
    page = visit(new_page(viewport={"width": 1280, "height": 800}), address)
    ask(page, DISPUTED)
    page.get_by_role("button", name="Dislike", exact=True).click()
    for name in ("Send", "Cancel", "Ask"):
        expect(page.get_by_role("button", name=name, exact=True)).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize(("first", "last", "years"), [("2015", "", "2015–"), ("", "2010", "–2010"), ("", "", None)])
def test_a_span_of_years_may_be_open(new_page: NewPage, address: str, first: str, last: str, years: str | None) -> None:
    page = visit(new_page(), address)
    narrow(page, from_year=first, to_year=last)
    reply = ask(page, "What happened to the friendship treaty?")
    expect(reply.locator(".amur-chip")).to_have_text([years] if years else [])


def test_a_year_that_is_none_is_told(new_page: NewPage, address: str) -> None:
    page = visit(new_page(), address)
    narrow(page, from_year="soon")
    expect(ask(page, TREATY)).to_contain_text("The filter 'years' cannot be 'soon-'")


def test_cards_of_an_earlier_answer_come_when_its_fold_is_opened(new_page: NewPage, address: str, bot: Bot) -> None:
    page = visit(new_page(viewport={"width": 1280, "height": 800}), address)
    ask(page, DISPUTED)
    ask(page, TREATY)
    expect(page.locator("#t2-c1")).to_be_visible()
    expect(page.locator("[id^='t1-c']")).to_have_count(0)
    page.locator(".amur-earlier summary").click()
    expect(page.locator("#t1-c1")).to_be_visible()
    expect(page.locator(".amur-earlier summary")).to_be_focused()
    check_cards(page, bot.answer(DISPUTED), bot, 1)
    expect(page.locator("#t2-c1")).to_be_visible()


def test_an_earlier_answer_is_saved_as_it_stands(new_page: NewPage, address: str) -> None:
    page = visit(new_page(), address)
    ask(page, DISPUTED)
    ask(page, BORDER)
    page.locator(".amur-earlier summary").click()
    for turn, question in ((1, DISPUTED), (2, BORDER), (1, DISPUTED)):
        with page.expect_download() as saving:
            page.locator(f"a.amur-file[href='#markdown-{turn}']").click()
        assert saving.value.suggested_filename == f"amur-answer-{turn}.md"
        assert Path(saving.value.path()).read_text(encoding="utf-8").startswith(f"# {question}\n")


def test_what_is_printed_is_the_answer_with_its_sources_and_no_script_runs_in_it(
    new_page: NewPage, address: str, bot: Bot
) -> None:
    page = visit(new_page(), address)
    ask(page, DISPUTED)
    page.evaluate(
        """() => Object.defineProperty(HTMLIFrameElement.prototype, "contentWindow", {
            get() { return { focus() {}, print: () => (window.printed = this.contentDocument.body.innerText) }; } })"""
    )
    link = page.get_by_role("link", name="Print")
    with showing(link, "Print ✓"):
        link.click()
    printed = page.evaluate("window.printed")
    answer = bot.answer(DISPUTED)
    for part in (DISPUTED, answer.citations[0].cited_text, f"revision {answer.corpus_revision}", "(Chinese official)"):
        assert part in printed
    assert page.locator("#amur-sheet").get_attribute("sandbox") == "allow-same-origin allow-modals"


# Presses "Edit question" the moment that the browser asks anew: Gradio does not know yet what it would have to cancel.
EDIT_WHEN_ASKED = """() => {
    const edit = document.getElementById("amur-edit"), send = window.fetch;
    let joined = 0;
    window.fetch = (...given) => {
        const sent = send(...given);
        if (String(given[0]).includes("queue/join") && ++joined === 2) edit.click();
        return sent;
    };
    document.getElementById("amur-again").click();
}"""


@pytest.mark.parametrize("repeat", range(3))
def test_editing_right_after_asking_again_leaves_no_answer(new_page: NewPage, address: str, repeat: int) -> None:
    page = visit(new_page(), address)
    ask(page, TREATY)
    before = wait_until_kept(page)
    ask(page, BORDER)
    wait_until_kept(page, before=before)  # so that nothing else is sent when "Ask again" is pressed
    page.evaluate(EDIT_WHEN_ASKED)
    expect(box(page)).to_have_value(BORDER)
    page.wait_for_timeout(1500)  # an answer that nobody waits for would come after the box is filled
    expect(asked(page)).to_have_text([TREATY])
    expect(replies(page)).to_have_count(1)
    expect(page.get_by_role("button", name="Stop")).not_to_be_visible()
    expect(page.get_by_role("button", name="Ask again")).to_be_visible()


def test_a_screen_reader_is_told_no_source_of_a_page(new_page: NewPage, address: str) -> None:
    page = visit(new_page(), address)
    ask(page, DISPUTED)
    answered(page, 1)
    expect(page.locator("#amur-chat [aria-label*='<']")).to_have_count(0)


def test_no_line_begins_with_a_marker(new_page: NewPage, address: str) -> None:
    page = visit(new_page(**PHONE), address)
    reply = ask(page, DISPUTED)
    for width in range(320, 420, 7):
        page.set_viewport_size({"width": width, "height": 740})
        page.wait_for_function("width => innerWidth === width", arg=width)
        apart = reply.locator("a.amur-marker").evaluate_all(
            """markers => markers.filter(marker => {
                const before = marker.previousSibling, range = document.createRange();
                range.setStart(before, before.length - 1);
                range.setEnd(before, before.length);
                return Math.abs(range.getBoundingClientRect().bottom - marker.getBoundingClientRect().bottom) > 16;
            }).length"""
        )
        assert apart == 0, width
    expect(reply.locator("a.amur-marker").first).to_have_text(re.compile("1$"))
