"""What readers see of the chat page at first: nothing torn apart, nothing over the words, fields that look like fields."""

import pytest
from playwright.sync_api import Page, expect

from bot.messages import LANGUAGES, say
from tests.browser.chatting import DISPUTED, PHONE, TREATY, NewPage, ask, visit

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
