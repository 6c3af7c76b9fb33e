"""The widget in three languages: which one it speaks, what it says of dates and voices, and how Chinese is typed."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.pasting import TREATY, NewPage, snippet
from tests.browser.sites import Site

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("host", "widget", "browser", "label"),
    [
        ("en", "", "de-DE", "Ask"),
        ("ru", "", "en-US", "Спросить"),
        ("zh-Hans", "", "en-US", "提问"),
        ("ru", "zh", "en-US", "提问"),
        ("de", "", "ru-RU", "Спросить"),
        ("de", "fr", "de-DE", "Ask"),
    ],
)
def test_it_speaks_the_language_asked_for_else_the_pages_else_the_browsers(
    new_page: NewPage, address: str, site: Site, host: str, widget: str, browser: str, label: str
) -> None:
    page = new_page(locale=browser)
    page.goto(site.show(snippet(address, **({"lang": widget} if widget else {})), lang=host))
    expect(page.get_by_role("button", name=label, exact=True)).to_be_visible()


@pytest.mark.parametrize(
    ("lang", "mix", "date", "voice"),
    [
        ("ru", "1 источник · официальные китайские: 1 · Тексты по состоянию на 1 мая 2024 г.", "16 июля 2001 г.", "официальные китайские"),
        ("zh", "1 个来源 · 中国官方: 1 · 文本截至 2024年5月1日", "2001年7月16日", "中国官方"),
    ],
)  # fmt: skip
def test_an_answer_in_russian_and_in_chinese(
    new_page: NewPage, address: str, site: Site, lang: str, mix: str, date: str, voice: str
) -> None:
    page = new_page()
    page.goto(site.show(snippet(address, lang=lang)))
    page.locator("textarea").fill(TREATY)
    page.keyboard.press("Enter")
    expect(page.locator(".mix")).to_have_text(mix)
    page.locator(".marker").first.click()
    expect(page.locator("details[open] .about")).to_have_text(f"{voice} {date}")
    expect(page.locator(".root")).to_have_attribute("lang", lang)
    assert (
        re.findall(r"[A-Za-z]{4,}", " ".join(page.locator(".tools button").evaluate_all("b => b.map(x => x.title)")))
        == []
    )


def test_an_enter_that_ends_the_choice_of_a_character_asks_nothing(new_page: NewPage, address: str, site: Site) -> None:
    page = new_page()
    page.goto(site.show(snippet(address, lang="zh")))
    box = page.locator("textarea")
    box.fill("条约")
    box.dispatch_event("keydown", {"key": "Enter", "isComposing": True, "bubbles": True, "cancelable": True})
    expect(box).to_have_value("条约")
    box.press("Shift+Enter")
    expect(box).to_have_value("条约\n")
    box.press("Enter")
    expect(page.locator(".asked")).to_contain_text("条约")


@pytest.mark.parametrize(
    ("lang", "told"), [("en", None), ("ru", "Язык вопросов: английский"), ("zh", "提问语言：英语")]
)
def test_it_says_beforehand_which_language_is_understood(
    new_page: NewPage, address: str, site: Site, lang: str, told: str | None
) -> None:
    page = new_page()
    page.goto(site.show(snippet(address, lang=lang)))
    expect(page.locator(".greeting .suggestion")).not_to_have_count(0)
    lines = page.locator(".greeting > .quiet").all_inner_texts()
    assert lines[1:] == ([told] if told else [])
