"""What readers see of the chat page at first: nothing torn apart, nothing over the words, fields that look like fields."""

from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from bot.messages import LANGUAGES, say
from tests.browser.chatting import DISPUTED, PHONE, TREATY, NewPage, answered, ask, draw, narrow, visit
from tests.browser.conftest import PATIENCE

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")]
FIELDS = {"light": "rgb(134, 142, 152)", "dark": "rgb(125, 135, 148)"}
"""The colour of the edge of a field: 3.3 : 1 on white, 4.7 : 1 on #171b22; WCAG asks for 3 : 1."""


def see_welcome(page: Page, language: str) -> None:
    """Wait until the page is worded and shows starters."""
    expect(page.get_by_role("heading", name=say("chat.welcome", language))).to_be_visible()
    expect(page.locator("#amur-chat .example").first).to_be_visible()


@pytest.mark.parametrize("window", [{}, PHONE], ids=["desk", "phone"])
def test_starters_stand_right_below_the_welcome(new_page: NewPage, address: str, window: dict[str, object]) -> None:
    page = visit(new_page(**window), address)
    see_welcome(page, "en")
    page.wait_for_function(
        """() => {
            const text = document.querySelector("#amur-chat .placeholder"), starters = document.querySelector("#amur-chat .examples");
            const gap = starters.getBoundingClientRect().top - text.getBoundingClientRect().bottom;
            return gap >= 0 && gap <= 40;
        }"""
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_says_beforehand_that_questions_must_be_in_english(new_page: NewPage, address: str, language: str) -> None:
    page = visit(new_page(), f"{address}/?lang={language}")
    see_welcome(page, language)
    told = [] if language == "en" else [say("chat.ask_in_english", language)]
    welcome = say("gap", language).join([say("chat.welcome_text", language), *told])
    expect(page.locator("#amur-chat .placeholder p")).to_have_text(welcome)


@pytest.mark.parametrize("scheme", sorted(FIELDS))
def test_fields_are_seen(new_page: NewPage, address: str, scheme: str) -> None:
    page = visit(new_page(color_scheme=scheme), address)
    ask(page, TREATY)
    page.get_by_role("button", name="Dislike", exact=True).click()
    for field in ("#amur-reason input >> nth=0", "#amur-rating textarea"):
        expect(page.locator(field)).to_be_visible()
        expect(page.locator(field)).to_have_css("border-top-color", FIELDS[scheme])
        expect(page.locator(field)).to_have_css("border-top-width", "1px")
    page.get_by_role("button", name="Cancel", exact=True).click()
    page.get_by_role("button", name="Narrow the question").click()
    for field in ("#amur-filters textarea", "#amur-filters .wrap:has(> .wrap-inner)"):
        expect(page.locator(field).first).to_be_visible()
        expect(page.locator(field).first).to_have_css("border-top-color", FIELDS[scheme])
        expect(page.locator(field).first).to_have_css("border-top-width", "1px")


def test_no_button_lies_over_the_words(new_page: NewPage, address: str) -> None:
    page = visit(new_page(**PHONE), address)
    for question in (DISPUTED, TREATY, DISPUTED):
        ask(page, question)
    page.locator("#amur-chat [role='log']").evaluate("log => log.scrollTo(0, 0)")
    expect(page.locator("#amur-chat .scroll-down-button-container")).to_have_count(1)
    expect(page.locator("#amur-chat .scroll-down-button-container")).to_be_hidden()


def test_filters_fold_when_a_question_is_asked_and_their_button_is_marked(new_page: NewPage, address: str) -> None:
    page = visit(new_page(**PHONE), address)
    narrow(page, from_year="2015")
    expect(page.get_by_label("From year")).to_be_visible()
    for _ in range(2):
        expect(ask(page, "What happened to the friendship treaty?").locator(".amur-chip")).to_have_text(["2015–"])
        expect(page.get_by_label("From year")).to_be_hidden()
    page.get_by_role("button", name="✓ Narrow the question").click()
    expect(page.get_by_label("From year")).to_have_value("2015")
    page.get_by_label("From year").fill("")
    expect(page.get_by_role("button", name="✓ Narrow the question")).to_have_count(0)


def test_an_address_with_filters_shows_its_answer_and_the_mark(new_page: NewPage, address: str) -> None:
    page = new_page(**PHONE)
    page.goto(f"{address}/?q={quote(TREATY)}&topic=history")
    answered(page, 1)
    expect(page.get_by_role("button", name="✓ Narrow the question")).to_be_visible()
    expect(page.get_by_label("From year")).to_be_hidden()
    expect(page.get_by_text(TREATY).first).to_be_in_viewport(ratio=1)


def test_on_a_phone_the_conversation_is_as_wide_as_the_window_allows(new_page: NewPage, address: str) -> None:
    page = visit(new_page(**PHONE), address)
    page.wait_for_function(
        "innerWidth === 360 && Math.round(document.querySelector('#amur-chat').getBoundingClientRect().width) === 341"
    )  # 0.6 rem each side


def reach(page: Page, selector: str) -> None:
    """Turn the wheel at the foot of the window until an element is whole in it, as a reader does while the page still grows."""
    element = page.locator(selector).last
    expect(element).to_be_visible()
    draw(page)
    page.mouse.move(4, page.evaluate("innerHeight") - 4)
    for _ in range(PATIENCE // 200):
        page.mouse.wheel(0, 2000)
        page.wait_for_timeout(200)
        if element.evaluate("element => element.getBoundingClientRect().bottom <= innerHeight"):
            break
    expect(element).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("window", [(360, 740), (640, 400)])
def test_filters_and_the_form_are_reached_by_scrolling(
    new_page: NewPage, address: str, window: tuple[int, int]
) -> None:
    page = visit(new_page(viewport={"width": window[0], "height": window[1]}), address)
    ask(page, TREATY)
    page.get_by_role("button", name="Dislike", exact=True).click()
    reach(page, "#amur-rating-buttons")
    page.get_by_role("button", name="Cancel", exact=True).click()
    page.get_by_role("button", name="Narrow the question").click()
    expect(page.get_by_label("To year")).to_be_visible()
    reach(page, "#amur-filters textarea")
