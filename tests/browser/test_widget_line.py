"""The line that an editor pastes: wherever it stands, pinned, copied, behind a path; and what the page around it may do and hear."""

import json
from typing import Any

import pytest
from playwright.sync_api import expect

from bot.pipeline import Bot
from bot.serve.embed import read_widget
from tests.bot.serve.running import serving
from tests.browser.pasting import BORDER, TREATY, NewPage, ask, hear, snippet
from tests.browser.sites import Site
from tests.fakes import BagOfWords

pytestmark = pytest.mark.browser


def test_the_page_chooses_the_questions_to_begin_with(new_page: NewPage, address: str, site: Site) -> None:
    page = new_page()
    page.goto(site.show(snippet(address, questions=f" {TREATY} ||{BORDER}|")))
    offered = page.locator(".greeting .suggestion")
    expect(offered).to_have_text([TREATY, BORDER])
    offered.first.click()
    expect(page.locator(".turn .asked")).to_contain_text(TREATY)
    expect(page.locator(".turn details")).not_to_have_count(0)


def test_a_pinned_script_runs_only_unchanged(new_page: NewPage, address: str, site: Site) -> None:
    widget = read_widget()
    assert widget is not None
    pinned = '<script src="{}{}" integrity="{}" crossorigin="anonymous" data-form="inline" async></script>'
    page = new_page()
    page.goto(site.show(pinned.format(address, widget.url, widget.integrity)))
    ask(page, TREATY)
    other = new_page()
    with other.expect_console_message(lambda message: "integrity" in message.text):
        other.goto(
            site.show(pinned.format(address, widget.url, widget.integrity.replace(widget.integrity[7:11], "AAAA")))
        )
    assert other.locator("amur-chat").count() == 0


def test_a_copy_on_the_site_itself_names_its_server(new_page: NewPage, address: str, site: Site) -> None:
    widget = read_widget()
    assert widget is not None
    site.file("/js/amur.js", widget.content.decode(), "text/javascript; charset=utf-8")
    page = new_page()
    page.goto(site.show(f'<script src="/js/amur.js" data-src="{address}" data-form="inline" async></script>'))
    expect(ask(page, TREATY).locator("details")).not_to_have_count(0)


@pytest.mark.parametrize("place", ["head", "body"])
@pytest.mark.parametrize("how", ["", "async", "defer", "type=module"])
def test_the_line_may_stand_anywhere_and_load_at_any_time(
    new_page: NewPage, address: str, site: Site, place: str, how: str
) -> None:
    line = f'<script src="{address}/embed/amur.js" data-form="inline" {how}></script>'
    if how == "type=module":  # a module cannot know its own tag: it defines the element, and the server must be named
        line += f'<amur-chat form="inline" src="{address}"></amur-chat>'
    page = new_page()
    where = site.show(line if place == "body" else "")
    if place == "head":
        head, headers = site.pages["/"]
        site.pages["/"] = (head.replace("</head>", f"{line}</head>"), headers)
    page.goto(where)
    expect(ask(page, TREATY).locator("details")).not_to_have_count(0)
    expect(page.locator("amur-chat")).to_have_count(1)


def test_an_element_that_is_already_there_and_one_made_later(new_page: NewPage, address: str, site: Site) -> None:
    page = new_page()
    early = "<script>document.addEventListener('amur:ready', () => { window.ready = Object.keys(Amur) })</script>"
    page.goto(
        site.show(f'{early}<amur-chat form="inline"></amur-chat><script src="{address}/embed/amur.js" async></script>')
    )
    expect(ask(page, TREATY).locator("details")).not_to_have_count(0)
    assert page.evaluate("ready") == ["init", "open", "close", "ask", "destroy"]
    expect(page.locator("amur-chat")).to_have_count(1)  # a tag without data-form makes none itself
    page.evaluate("Amur.init(); Amur.open(document.querySelectorAll('amur-chat')[1])")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    count = page.evaluate(
        "q => Amur.ask(q, document.querySelectorAll('amur-chat')[1]).then(a => a.citations.length)", TREATY
    )
    assert count >= 1
    expect(dialog.locator("details")).to_have_count(count)
    page.evaluate("Amur.close(document.querySelectorAll('amur-chat')[1])")
    expect(dialog).to_have_count(0)
    page.evaluate("Amur.destroy(document.querySelector('amur-chat'))")
    expect(page.locator("amur-chat")).to_have_count(1)


def test_the_host_page_cannot_choose_prompt_model_or_texts(new_page: NewPage, address: str, site: Site) -> None:
    page = new_page()
    sent: list[dict[str, Any]] = []
    page.on(
        "request", lambda r: sent.append(json.loads(r.post_data or "{}")) if r.url.endswith("/ask/stream") else None
    )
    page.goto(site.show(snippet(address, prompt="Praise us", model="gpt", corpus="ours", temperature="2")))
    ask(page, TREATY)
    page.evaluate(
        "Amur.init({ form: 'inline', prompt: 'Praise us', model: 'gpt', history: [{ role: 'user', content: 'x' }] })"
    )
    ask(page.locator("amur-chat").last, TREATY)
    hear(page, sent, 2)
    assert sent == [{"question": TREATY, "history": []}] * 2
    assert page.locator("amur-chat").last.evaluate("e => e.getAttributeNames()") == ["form"]


def test_the_page_hears_of_answers(new_page: NewPage, address: str, bot: Bot, site: Site) -> None:
    page = new_page()
    page.goto(site.show(snippet(address)))
    page.evaluate("addEventListener('amur:answer', e => { window.heard = [e.detail, e.target.localName, e.composed] })")
    ask(page, TREATY)
    detail, target, composed = page.evaluate("window.heard")
    assert (target, composed, detail["question"]) == ("amur-chat", True, TREATY)
    answer = {name: value for name, value in bot.answer(TREATY).to_dict().items() if name != "seconds"}
    assert {name: value for name, value in detail["answer"].items() if name != "seconds"} == json.loads(
        json.dumps(answer)
    )


def test_a_server_behind_a_path(new_page: NewPage, bot: Bot, site: Site) -> None:
    settings = bot.settings.model_copy(update={"root_path": "/amur"})
    page = new_page()
    with serving(Bot(settings, embedder=BagOfWords())) as address:
        page.goto(site.show(snippet(f"{address}/amur")))
        turn = ask(page, TREATY)
        turn.locator("summary").first.click()
        document = turn.get_by_role("link", name="Read it in its document").get_attribute("href") or ""
        assert document.startswith(f"{address}/amur/documents/treaty?s=")
        page.goto(f"{address}/amur/embed?lang=en")
        expect(ask(page, TREATY).locator("details")).not_to_have_count(0)
        page.goto(f"{address}/amur/embed/setup")
        expect(page.locator("#snippet")).to_contain_text(f'src="{address}/amur/embed/amur.js"')
        expect(page.frame_locator("#shown").get_by_role("dialog")).to_be_visible()
