"""The chat page as a reader uses it: by mouse, by keyboard, on a phone, and with text that attacks it."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from bot.export import export
from bot.messages import say
from bot.pipeline import Bot
from bot.records import ABSTENTION
from bot.serve.starters import STARTERS
from tests.browser.chatting import (
    BORDER,
    DISPUTED,
    FERRY,
    PHONE,
    TREATY,
    UNKNOWN,
    NewPage,
    answered,
    ask,
    asked,
    box,
    check_cards,
    replies,
    showing,
    visit,
)

# Gradio counts its events in a way that pandas calls deprecated; as an error it would end Gradio's own task.
pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")]


def test_the_page_loads_from_this_machine_alone(new_page: NewPage, address: str, bot: Bot) -> None:
    page = new_page(bypass_csp=True)  # what the policy would stop must not be tried either
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    visit(page, address)
    expect(page).to_have_title("Amur")
    expect(page.get_by_role("heading", name="Amur", exact=True)).to_be_visible()
    expect(page.locator(".amur-heading")).to_contain_text("5 documents · as of 2024-05-01")
    expect(page.locator("#amur-evidence")).to_contain_text("sources of an answer appear here")
    there = {suggestion.question for suggestion in bot.store.suggestions}
    expect(page.locator("#amur-chat .example")).to_have_count(min(len(there), STARTERS))
    assert {text.strip() for text in page.locator("#amur-chat .example").all_text_contents()} <= there
    assert f"{address}/static/chat.js" in requests
    assert {urlsplit(url).netloc for url in requests} == {urlsplit(address).netloc}


def test_a_typed_question_is_answered_with_its_source(new_page: NewPage, address: str, bot: Bot) -> None:
    page = visit(new_page(), address)
    expect(box(page)).to_be_focused()
    page.keyboard.type(TREATY)
    page.keyboard.press("Enter")
    reply = answered(page, 1)
    answer = bot.answer(TREATY)
    expect(reply).to_contain_text(answer.statements[0].text)
    expect(reply.locator("a.amur-marker")).to_have_text(["source 1"])
    expect(reply).to_contain_text("corpus as of 2024-05-01")
    expect(asked(page)).to_have_text([TREATY])
    expect(box(page)).to_have_value("")
    check_cards(page, answer, bot, 1)
    source = page.locator("#t1-c1").get_by_role("link", name="Treaty text")
    expect(source).to_have_attribute("href", "https://example.org/treaty")
    expect(source).to_have_attribute("rel", "noopener noreferrer")


def test_every_version_of_a_dispute_has_a_marker_and_a_card(new_page: NewPage, address: str, bot: Bot) -> None:
    page = visit(new_page(), address)
    reply = ask(page, DISPUTED)
    answer = bot.answer(DISPUTED)
    assert len(answer.citations) == 3
    expect(reply.locator("a.amur-marker")).to_have_text(["source 1", "source 2", "source 3"])
    check_cards(page, answer, bot, 1)


def test_a_click_on_a_marker_brings_its_card_into_view(new_page: NewPage, address: str) -> None:
    page = visit(new_page(viewport={"width": 1280, "height": 500}), address)
    markers = ask(page, DISPUTED).locator("a.amur-marker")
    last, first = page.locator("#t1-c3"), page.locator("#t1-c1")
    expect(last).not_to_be_in_viewport()
    markers.nth(2).click()
    expect(last).to_be_in_viewport(ratio=0.9)
    expect(page.locator(".amur-current")).to_have_count(1)
    expect(last).to_contain_class("amur-current")
    markers.nth(0).click()
    expect(first).to_be_in_viewport(ratio=0.9)
    expect(first).to_contain_class("amur-current")
    expect(page.locator(".amur-current")).to_have_count(1)
    expect(page).to_have_url(address + "/")


def test_what_comes_late_leaves_the_reader_at_the_card_that_was_opened(new_page: NewPage, address: str) -> None:
    page = visit(new_page(viewport={"width": 1280, "height": 500}), address)
    reply = ask(page, DISPUTED)
    reply.locator("a.amur-marker").nth(2).click()
    last = page.locator("#t1-c3")
    expect(last).to_be_in_viewport(ratio=0.9)
    reply.evaluate("reply => reply.append(document.createElement('p'))")
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    expect(last).to_be_in_viewport(ratio=0.9)


def test_a_marker_of_an_earlier_answer_opens_the_card_of_that_answer(new_page: NewPage, address: str) -> None:
    page = visit(new_page(viewport={"width": 1280, "height": 500}), address)
    earlier = ask(page, TREATY).locator("a.amur-marker").element_handle()
    ask(page, DISPUTED)
    expect(page.locator("#t1-c1")).not_to_be_visible()
    earlier.click()
    expect(page.locator("#t1-c1")).to_be_in_viewport(ratio=0.9)
    expect(page.locator("#t1-c1")).to_contain_class("amur-current")
    expect(page.locator(".amur-current")).to_have_count(1)


def test_the_keyboard_reaches_a_marker_and_opens_its_card(new_page: NewPage, address: str) -> None:
    page = visit(new_page(), address)
    marker = ask(page, TREATY).locator("a.amur-marker")
    for _ in range(60):
        page.keyboard.press("Tab")
        if marker.evaluate("marker => marker === document.activeElement"):
            break
    expect(marker).to_be_focused()
    page.keyboard.press("Enter")
    card = page.locator("#t1-c1")
    expect(card).to_contain_class("amur-current")
    expect(card).to_be_focused()
    expect(card).to_be_in_viewport(ratio=0.9)


def test_a_question_it_cannot_answer_brings_questions_it_can(new_page: NewPage, address: str, bot: Bot) -> None:
    page = visit(new_page(), address)
    reply = ask(page, UNKNOWN)
    expect(reply.locator(".amur-abstained")).to_contain_text(ABSTENTION)
    expect(reply.locator("a")).to_have_count(0)
    expect(page.locator(".amur-card")).to_have_count(0)
    suggestions = bot.answer(UNKNOWN).suggestions
    assert "When was the treaty signed?" in suggestions
    for suggestion in suggestions:
        expect(page.get_by_role("button", name=suggestion, exact=True)).to_be_visible()
    page.get_by_role("button", name="When was the treaty signed?", exact=True).click()
    history = [{"role": "user", "content": UNKNOWN}, {"role": "assistant", "content": str(reply.text_content())}]
    answer = bot.answer("When was the treaty signed?", history=history)
    expect(answered(page, 2)).to_contain_text(answer.statements[0].text if answer.statements else answer.answer)
    expect(asked(page)).to_have_text([UNKNOWN, "When was the treaty signed?"])
    check_cards(page, answer, bot, 2)


def test_an_empty_question_asks_for_one(new_page: NewPage, address: str) -> None:
    page = visit(new_page(), address)
    expect(ask(page, "   ").locator(".amur-abstained")).to_have_text(say("empty", "en"))


def test_a_follow_up_is_understood_from_the_question_before(new_page: NewPage, address: str, bot: Bot) -> None:
    page = visit(new_page(), address)
    assert bot.answer("And when?").abstained
    ask(page, BORDER)
    expect(ask(page, "And when?")).to_contain_text("October 2008")
    expect(page.locator(".amur-turn h2")).to_have_text(["And when?"])
    expect(page.locator(".amur-earlier summary")).to_have_text([BORDER])
    expect(page.locator("#t2-c1 mark")).to_contain_text("October 2008")


@pytest.mark.parametrize("options", [{}, PHONE], ids=["desktop", "phone"])
def test_the_newest_answer_is_seen_without_scrolling(
    new_page: NewPage, address: str, options: dict[str, object]
) -> None:
    page = visit(new_page(**options), address)
    for question in (DISPUTED, UNKNOWN):
        ask(page, question)
    expect(ask(page, BORDER)).to_be_in_viewport(ratio=0.9)


def test_a_click_on_a_starter_asks_it(new_page: NewPage, address: str) -> None:
    page = visit(new_page(), address)
    page.get_by_role("button", name="When was the treaty signed?").click()
    expect(answered(page, 1)).to_contain_text("16 July 2001")
    expect(asked(page)).to_have_text(["When was the treaty signed?"])


def test_the_ask_button_asks(new_page: NewPage, address: str) -> None:
    page = visit(new_page(), address)
    box(page).fill(TREATY)
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(answered(page, 1)).to_contain_text("16 July 2001")


def test_a_new_conversation_forgets_the_old_one(new_page: NewPage, address: str) -> None:
    page = visit(new_page(), address)
    ask(page, BORDER)
    expect(page.locator(".amur-card")).to_have_count(1)
    page.get_by_role("button", name="New conversation", exact=True).click()
    expect(replies(page)).to_have_count(0)
    expect(page.locator(".amur-card")).to_have_count(0)
    expect(page.locator("#amur-evidence")).to_contain_text("sources of an answer appear here")
    expect(page.get_by_role("button", name="When was the treaty signed?")).to_be_visible()
    expect(ask(page, "And when?").locator(".amur-abstained")).to_contain_text(ABSTENTION)


def test_copy_with_sources_takes_the_answer_and_its_sources_away(new_page: NewPage, address: str, bot: Bot) -> None:
    page = visit(new_page(permissions=["clipboard-read", "clipboard-write"]), address)
    ask(page, TREATY)
    ask(page, DISPUTED)
    for turn, question in ((1, TREATY), (2, DISPUTED)):
        link = page.locator(f"a.amur-copy[href='#text-{turn}']")
        if turn == 1:
            page.locator(".amur-earlier summary").click()
        with showing(link, "Copy with sources ✓"):
            link.click()
        copied = page.evaluate("navigator.clipboard.readText()")
        expected = export(bot.answer(question).to_dict(), "text")
        assert question in expected
        assert "https://example.org/" in expected
        assert copied == expected.replace("\t", " ")


def test_copying_works_without_the_clipboard_that_only_https_has(new_page: NewPage, address: str) -> None:
    page = new_page()
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    visit(page, address)
    ask(page, TREATY)
    page.evaluate("document.addEventListener('copy', () => (window.taken = document.activeElement.value))")
    link = page.locator("a.amur-copy")
    with showing(link, "Copy with sources ✓"):
        link.click()
    assert "16 July 2001" in page.evaluate("window.taken")
    assert page.locator("body > textarea").count() == 0


@pytest.mark.parametrize(
    "question",
    [
        "<img src=x onerror=alert(1)><script>alert(2)</script>",
        "</p></div><svg onload=alert(1)><iframe srcdoc='<script>alert(2)</script>'></iframe>",
        "**bold** [x](javascript:alert(1)) ![y](x) `code` $$4^2$$ <b>&lt;i&gt;</b> :smile:",
    ],
)
def test_a_hostile_question_is_shown_as_typed(new_page: NewPage, address: str, question: str) -> None:
    page = visit(new_page(bypass_csp=True), address)
    assert page.evaluate("'gradio_config' in window"), (
        "inline scripts run in this page, so nothing but escaping holds them"
    )
    ask(page, question)
    expect(asked(page).locator(".message-content")).to_have_text([question])
    expect(page.locator("#amur-chat .message-content :is(img, script, svg, iframe, b, code, strong)")).to_have_count(0)
    ask(page, f"{TREATY[:-1]} and {question}?")
    ask(page, TREATY)
    expect(page.locator("#amur-chat .message-content a:not(.amur-marker, .amur-show)")).to_have_count(0)
    expect(page.locator("#amur-chat .message-content :is(img, script, svg, iframe, b, code, strong)")).to_have_count(0)


def test_a_hostile_document_is_shown_as_written(new_page: NewPage, address: str, bot: Bot) -> None:
    page = visit(new_page(bypass_csp=True), address)
    assert page.evaluate("'gradio_config' in window"), (
        "inline scripts run in this page, so nothing but escaping holds them"
    )
    (starter,) = [s.question for s in bot.store.suggestions if "Heihe" in s.question]
    document = bot.store.document("hostile")
    assert document is not None
    page.get_by_role("button", name=starter).click()
    answered(page, 1)
    reply = ask(page, FERRY)
    answer = bot.answer(FERRY)
    assert answer.citations[0].document_id == "hostile"
    expect(reply.locator("p").nth(1 if answer.lead else 0)).to_contain_text(answer.statements[0].text)
    card = page.locator("#t2-c1")
    expect(card.locator("h3")).to_have_text(f"1 {document.title}")
    check_cards(page, answer, bot, 2)
    assert "<script>alert(6)</script>" in str(card.locator("mark").text_content())
    expect(page.locator("#amur-evidence .md :is(img, script, svg, iframe, u, strong, code)")).to_have_count(0)
    expect(page.locator("#amur-chat .message-content :is(img, script, svg, iframe, u, strong, code)")).to_have_count(0)
    assert card.locator("li a").count() == 0  # an address with a space in it is none
    expect(card.locator("li").first).to_contain_text("<svg onload=alert(7)>. [p](javascript:alert(8)), undated")
    for marker in reply.locator("a.amur-marker").all():
        marker.click()
    expect(page.locator(".amur-current")).to_have_count(1)


def test_dollar_signs_in_a_quote_stay_what_they_are(new_page: NewPage, address: str, bot: Bot) -> None:
    page = visit(new_page(), address)
    question = "What did the Tianjin depot cost in 1997?"
    reply = ask(page, question)
    expect(reply).to_contain_text("$$4 million$$ to $$5 million$$")
    check_cards(page, bot.answer(question), bot, 1)


def test_on_a_phone_nothing_is_wider_than_the_screen(new_page: NewPage, address: str) -> None:
    page = visit(new_page(**PHONE), address)
    narrow_enough = "() => document.scrollingElement.scrollWidth <= 360"
    page.wait_for_function(narrow_enough)
    ask(page, DISPUTED)
    reply = ask(page, FERRY)
    reply.locator("a.amur-marker").first.tap()
    expect(page.locator("#t2-c1")).to_be_in_viewport(ratio=0.5)
    page.wait_for_function(narrow_enough)
    for shown in (*replies(page).all(), *page.locator(".amur-card").all(), box(page), page.locator("#amur-new")):
        place = shown.bounding_box()
        assert place is not None
        assert place["x"] >= 0
        assert place["x"] + place["width"] <= 360
        assert shown.evaluate("shown => shown.scrollWidth <= shown.clientWidth + 1")
    for text in (*reply.locator("p").all(), *page.locator(".amur-card blockquote").all()):
        assert text.evaluate("text => parseFloat(getComputedStyle(text).fontSize)") >= 12
        place = text.bounding_box()
        assert place is not None
        assert place["width"] > 200


def test_two_readers_at_once_get_their_own_answers(new_page: NewPage, address: str) -> None:
    one, other = visit(new_page(), address), visit(new_page(), address)
    box(one).fill(TREATY)
    box(other).fill(BORDER)
    box(one).press("Enter")
    box(other).press("Enter")
    expect(answered(one, 1)).to_contain_text("16 July 2001")
    expect(answered(other, 1)).to_contain_text("October 2008")
    for page, question, foreign in ((one, TREATY, "October 2008"), (other, BORDER, "16 July 2001")):
        expect(asked(page)).to_have_text([question])
        expect(page.locator(".amur-turn h2")).to_have_text([question])
        expect(page.locator("body")).not_to_contain_text(foreign)
    expect(ask(one, "And when was it extended?")).to_contain_text("June 2021")
    expect(ask(other, "And when?")).to_contain_text("October 2008")
