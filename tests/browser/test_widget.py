"""The widget on a site of another origin: pasted, asked, read; sites that may not use it; hosts with strict rules or hostile styles."""

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from bot.pipeline import Bot
from bot.records import ABSTENTION
from bot.serve.embed import read_widget
from bot.serve.feedback import FeedbackStore
from tests.bot.serve.running import serving
from tests.browser.sites import Site
from tests.fakes import BagOfWords

pytestmark = pytest.mark.browser

NewPage = Callable[..., Page]
TREATY = "When was the friendship treaty signed?"
BORDER = "When was the river border settled?"
DISPUTE = "Who fired first on Zhenbao Island in March 1969?"
FERRY = "When did the Heihe ferry open with two boats?"


def snippet(address: str, **data: str) -> str:
    """Return the line that an editor pastes."""
    attributes = " ".join(f'data-{name}="{value}"' for name, value in {"form": "inline", **data}.items())
    return f'<script src="{address}/embed/amur.js" {attributes} async></script>'


def ask(where: Page | Locator, question: str) -> Locator:
    """Ask and return the turn once it is over."""
    where.get_by_label("Your question").fill(question)
    where.get_by_role("button", name="Ask", exact=True).click()
    turn = where.locator(".turn").last
    expect(turn.locator(".asked")).to_contain_text(question)
    expect(turn).to_have_attribute("aria-busy", "false")
    return turn


def said(turn: Locator) -> list[tuple[str, list[int]]]:
    """Return the statements that are shown, with the numbers of their markers."""
    read: list[Any] = turn.locator(".answer :is(p[part=text], dd)").evaluate_all(
        """all => all.map(p => {
          const bare = p.cloneNode(true);
          const markers = [...bare.querySelectorAll('.marker')];
          for (const marker of markers) marker.remove();
          return [bare.textContent.trim(), markers.map(m => Number(m.textContent))];
        })"""
    )
    return [(text, numbers) for text, numbers in read]


@pytest.mark.parametrize("question", [TREATY, DISPUTE, FERRY])
def test_a_pasted_line_gives_the_same_answer_with_the_same_citations(
    new_page: NewPage, address: str, bot: Bot, site: Site, question: str
) -> None:
    page = new_page()
    asked: set[str] = set()
    page.on("request", lambda request: asked.add(urlsplit(request.url).netloc))
    page.goto(site.show(snippet(address)))
    turn = ask(page, question)
    answer = bot.answer(question)
    assert asked == {f"localhost:{site.port}", urlsplit(address).netloc}  # of the two hosts, and of no third
    assert sorted(said(turn)) == sorted((s.text, list(s.numbers)) for s in answer.statements)
    cards = turn.locator("details")
    expect(cards).to_have_count(len(answer.citations))
    for card, citation in zip(cards.all(), answer.citations, strict=True):
        expect(card.locator(".number")).to_have_text(str(citation.number))
        expect(card.locator(".title")).to_have_text(citation.title)
        expect(card.locator("blockquote")).to_be_hidden()
        card.locator("summary").first.click()
        assert card.locator("blockquote").text_content() == citation.cited_text
        assert card.locator("li a, li > span:not(.voice)").all_inner_texts() == [r.title for r in citation.references]


def test_a_citation_says_what_when_who_and_leads_to_the_words_in_the_document(
    new_page: NewPage, address: str, bot: Bot, site: Site
) -> None:
    page = new_page()
    page.goto(site.show(snippet(address, form="bubble")))
    page.evaluate("addEventListener('amur:citation', e => { window.opened = e.detail })")
    page.get_by_role("button", name="Open the chat").click()
    turn = ask(page.get_by_role("dialog"), TREATY)
    citation = bot.answer(TREATY).citations[0]
    turn.get_by_role("button", name="Source 1").first.click()
    card = turn.locator("details[open]")
    expect(card.locator("summary")).to_be_focused()
    assert card.locator("summary").inner_text().split("\n") == ["1", "The treaty", "Chinese official July 16, 2001"]
    expect(card.locator("blockquote")).to_have_text(citation.cited_text)
    reference = card.get_by_role("link", name="Treaty text")
    expect(reference).to_have_attribute("href", "https://example.org/treaty")
    assert set((reference.get_attribute("rel") or "").split()) >= {"noopener", "noreferrer"}
    expect(card.locator("li")).to_contain_text("Ministry, July 16, 2001")
    expect(turn.locator(".mix")).to_have_text("1 source · Chinese official: 1 · Texts as of May 1, 2024")
    with page.expect_popup() as opened:
        card.get_by_role("link", name="Read it in its document").click()
    expect(opened.value.locator("mark").first).to_be_visible()
    assert "".join(opened.value.locator("mark").all_text_contents()) == citation.cited_text
    detail = page.evaluate("window.opened")
    assert detail["citation"] == json.loads(json.dumps(bot.answer(TREATY).to_dict()["citations"][0]))
    expect(opened.value).to_have_url(detail["url"])


def test_a_dispute_shows_every_version_and_who_gives_it(new_page: NewPage, address: str, bot: Bot, site: Site) -> None:
    page = new_page()
    page.goto(site.show(snippet(address)))
    block = ask(page, DISPUTE).locator(".dispute")
    expect(block).to_have_count(1)
    [dispute] = bot.answer(DISPUTE).disputed
    expect(block.locator("p[part=text]")).to_contain_text(dispute.claim)
    assert (
        block.locator("dt").all_inner_texts()
        == [v.who for v in dispute.versions]
        == ["Soviet account", "Chinese account"]
    )
    for shown, version in zip(block.locator("dd").all(), dispute.versions, strict=True):
        expect(shown).to_contain_text(version.text)


def test_it_follows_up_and_tells_what_it_searched_for(new_page: NewPage, address: str, bot: Bot, site: Site) -> None:
    page = new_page()
    page.goto(site.show(snippet(address)))
    ask(page, BORDER)
    first = bot.answer(BORDER)
    history = [{"role": "user", "content": BORDER}, {"role": "assistant", "content": first.answer}]
    second = bot.answer("And when?", history=history)
    turn = ask(page, "And when?")
    expect(turn.locator(".answer")).to_contain_text(f"Searched for: {second.query}")
    assert [text for text, _ in said(turn)] == [s.text for s in second.statements]


def test_an_abstention_offers_questions_that_are_answered(
    new_page: NewPage, address: str, bot: Bot, site: Site
) -> None:
    page = new_page()
    page.goto(site.show(snippet(address)))
    turn = ask(page, "What is the capital of Peru?")
    expect(turn.locator(".answer")).to_contain_text(ABSTENTION)
    expect(turn.locator("details, .marker")).to_have_count(0)
    offered = bot.answer("What is the capital of Peru?").suggestions[0]
    turn.get_by_role("button", name=offered).click()
    expect(page.locator(".turn")).to_have_count(2)
    expect(page.locator(".turn").last.locator("details")).not_to_have_count(0)


def test_text_that_attacks_is_shown_as_text(new_page: NewPage, address: str, bot: Bot, site: Site) -> None:
    page = new_page(bypass_csp=True)
    page.goto(site.show(snippet(address, heading="&lt;img src=x onerror=alert(1)&gt;")))
    hostile = "<img src=x onerror=alert(1)><script>alert(2)</script>"
    ask(page, hostile)
    turn = ask(page, FERRY)
    expect(page.locator("h2[part=heading]")).to_have_text("<img src=x onerror=alert(1)>")
    expect(page.locator(".turn").first.locator(".asked")).to_contain_text(hostile)
    citation = bot.answer(FERRY).citations[0]
    assert citation.document_id == "hostile"
    turn.locator("summary").first.click()
    card = turn.locator("details").first
    assert card.locator("blockquote").text_content() == citation.cited_text
    assert page.locator("amur-chat :is(img, script, iframe, u, b)").count() == 0
    # Its sources name no date, and that of the document, in which they are quoted later, is not theirs.
    expect(card.locator(".about")).to_have_text("other undated")
    links = card.locator("a").evaluate_all("links => links.map(a => a.href)")
    assert all(urlsplit(link).scheme in {"http", "https"} for link in links)
    assert card.locator("li a").all_inner_texts() == ["Breakout"]  # the other reference's address is javascript:


def test_the_finished_answer_is_read_out_once(new_page: NewPage, address: str, bot: Bot, site: Site) -> None:
    page = new_page()
    page.goto(site.show(snippet(address)))
    status = page.locator("section > [role=status]")
    page.evaluate(
        """() => {
          window.spoken = [];
          const watch = () => {
            const status = document.querySelector('amur-chat')?.shadowRoot.querySelector('section > [role=status]');
            if (!status) return setTimeout(watch, 20);
            new MutationObserver(() => spoken.push(status.textContent)).observe(status, { childList: true });
          };
          watch();
        }"""
    )
    expect(status).to_be_attached()
    ask(page, TREATY)
    answer = bot.answer(TREATY)
    expect(status).to_have_text(f"Answer: {answer.answer}")
    assert page.evaluate("spoken") == [f"Answer: {answer.answer}"]
    assert page.locator("amur-chat [aria-live]").count() == 0


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
    assert sent == [{"question": TREATY, "history": []}] * 2
    assert page.locator("amur-chat").last.evaluate("e => e.getAttributeNames()") == ["form"]


def test_feedback_reaches_the_operator_with_its_reason(new_page: NewPage, address: str, bot: Bot, site: Site) -> None:
    page = new_page()
    page.goto(site.show(snippet(address)))
    ask(page, BORDER)
    turn = ask(page, "And when?")
    expect(turn.get_by_label("A source does not say that")).to_be_hidden()
    turn.get_by_role("button", name="Not helpful").click()
    expect(turn.get_by_text("are sent to the operator")).to_be_visible()
    turn.get_by_label("A source does not say that").check()
    turn.get_by_label("More about it").fill("Page 3 says <b>2004</b>.")
    turn.get_by_role("button", name="Send").click()
    expect(turn.locator(".tools [role=status]")).to_have_text("Thank you, it was sent.")
    expect(turn.get_by_role("button", name="Helpful", exact=True)).to_be_disabled()
    kept = list(FeedbackStore(bot.settings).read())[-1]
    assert (kept.question, kept.rating, kept.reason) == ("And when?", "down", "unsupported-citation")
    assert kept.comment == "Page 3 says <b>2004</b>."
    assert kept.answer["statements"] == [dict(s) for s in kept.answer["statements"]] != []
    assert [turn["content"] for turn in kept.history] == [BORDER, bot.answer(BORDER).answer]


def test_an_answer_is_copied_with_its_sources(new_page: NewPage, address: str, bot: Bot, site: Site) -> None:
    page = new_page(permissions=["clipboard-read", "clipboard-write"])
    page.goto(site.show(snippet(address)))
    turn = ask(page, TREATY)
    turn.get_by_role("button", name="Copy with sources").click()
    expect(turn.locator(".tools [role=status]")).to_have_text("Copied")
    answer = bot.answer(TREATY)
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(f"{TREATY}\n\n{answer.answer}\n\nSources\n[1] The treaty")
    assert f"“{answer.citations[0].cited_text}”" in copied
    assert "    Treaty text, Ministry, July 16, 2001, Chinese official, https://example.org/treaty" in copied
    assert answer.corpus_revision in copied


def test_where_a_frame_may_not_copy_it_says_so(new_page: NewPage, address: str, site: Site) -> None:
    page = new_page(permissions=["clipboard-read", "clipboard-write"])
    frame = f'<iframe src="{address}/embed?lang=en" width="100%" height="600"'
    for allowed, answer in (
        ("", "The browser does not allow this page to copy."),
        (' allow="clipboard-write"', "Copied"),
    ):
        page.goto(site.show(f"{frame}{allowed}></iframe>"))
        turn = ask(page.frame_locator("iframe").locator("amur-chat"), TREATY)
        turn.get_by_role("button", name="Copy with sources").click()
        expect(turn.get_by_role("status")).to_have_text(answer)


def test_the_page_chooses_the_questions_to_begin_with(new_page: NewPage, address: str, site: Site) -> None:
    page = new_page()
    page.goto(site.show(snippet(address, questions=f" {TREATY} ||{BORDER}|")))
    offered = page.locator(".greeting .suggestion")
    expect(offered).to_have_text([TREATY, BORDER])
    offered.first.click()
    expect(page.locator(".turn .asked")).to_contain_text(TREATY)
    expect(page.locator(".turn details")).not_to_have_count(0)


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


def test_the_launcher_goes_by_what_is_written_on_it(new_page: NewPage, address: str, site: Site) -> None:
    page = new_page()
    page.goto(site.show(snippet(address, form="bubble", heading="Ask our archive")))
    launcher = page.get_by_role("button", name="Ask our archive. Open the chat", exact=True)
    expect(launcher.get_by_text("Ask our archive")).to_be_visible()
    wide = launcher.bounding_box()
    launcher.click()
    expect(page.get_by_role("dialog", name="Ask our archive")).to_be_visible()
    round_one = launcher.bounding_box()  # the heading stands above already
    assert wide is not None
    assert round_one is not None
    assert round_one["width"] < 60 < 120 < wide["width"]
    launcher.click()
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_no_marker_begins_a_line_alone(new_page: NewPage, address: str, site: Site) -> None:
    page = new_page()
    page.goto(site.show(snippet(address)))
    turn = ask(page, TREATY)
    for width in range(260, 420, 8):
        page.locator("amur-chat").evaluate("(w, width) => { w.style.width = `${width}px` }", width)
        alone = turn.locator(".held").evaluate_all(
            "all => all.filter(held => held.getClientRects().length > 1).map(held => held.parentElement.textContent)"
        )
        assert alone == []
    assert turn.locator(".held .marker").count() >= 1


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
