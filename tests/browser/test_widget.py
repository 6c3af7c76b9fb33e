"""The widget on a site of another origin: asked, read, rated and copied from; text that attacks it."""

import json
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from bot.pipeline import Bot
from bot.records import ABSTENTION
from bot.serve.feedback import FeedbackStore
from tests.browser.pasting import BORDER, DISPUTE, FERRY, TREATY, NewPage, ask, said, snippet
from tests.browser.sites import Site

pytestmark = pytest.mark.browser


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
    opened.value.wait_for_load_state()
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
            window.watching = true;
          };
          watch();
        }"""
    )
    page.wait_for_function("window.watching")
    ask(page, TREATY)
    answer = bot.answer(TREATY)
    expect(status).to_have_text(f"Answer: {answer.answer}")
    assert page.evaluate("spoken") == [f"Answer: {answer.answer}"]
    assert page.locator("amur-chat [aria-live]").count() == 0


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
    store = FeedbackStore(bot.settings)
    kept = list(store.read())[-1]
    store.close()
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
