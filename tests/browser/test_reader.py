"""The reader view in a real browser: exactly the cited characters are marked, in sight, without a script too, on every screen."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from bot.pipeline import Bot
from bot.serve.links import citation_link, document_link
from corpus.add import add_documents
from corpus.metadata import Given
from corpus.sources import find_sources
from index.build import build_index
from index.texts import StoredDocument
from tests.bot.serve.running import serving
from tests.fakes import BagOfWords
from tests.making import column, pdf
from tests.small import make_bot

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")]

NewPage = Callable[..., Page]
PHONE = {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True}
# The text of a document on a page, without what the page adds to it.
TEXT = """text => {
  const copy = text.cloneNode(true);
  for (const extra of copy.querySelectorAll(".extra")) extra.remove();
  return copy.textContent;
}"""
FERRY = "The Harbin ferry carried 4,200 passengers across the Amur in 1998."


def stored(bot: Bot, name: str) -> StoredDocument:
    document = bot.store.document(name)
    assert document is not None
    return document


def marked(page: Page) -> str:
    return "".join(page.locator("#text mark").all_text_contents())


def check(page: Page, document: StoredDocument, start: int, end: int) -> None:
    """Check that a page marks exactly these characters, shows them, and holds the whole document."""
    assert marked(page) == document.text[start:end]
    assert page.locator("#text").evaluate(TEXT) == document.text
    expect(page.locator("#c1")).to_be_in_viewport()


def serious(page: Page) -> list[tuple[str, list[str]]]:
    """Return what axe finds on a page that is serious or worse."""
    found = Axe().run(page).response["violations"]
    return [(v["id"], [node["html"] for node in v["nodes"]]) for v in found if v["impact"] in ("serious", "critical")]


@pytest.fixture(scope="module")
def pdf_bot(tmp_path_factory: pytest.TempPathFactory) -> Bot:
    """A bot whose corpus got a PDF of two pages."""
    folder = tmp_path_factory.mktemp("pdf")
    bot = make_bot(folder)
    path = folder / "ferry.pdf"
    path.write_bytes(
        pdf(
            column("The ferry at Harbin", "", "The Harbin line opened in 1990 with one boat.", "It closed in 2004."),
            column(FERRY, "Nobody counted the bicycles & carts.", ""),
        )
    )
    outcomes = list(add_documents(bot.settings, find_sources([str(path)]), Given(perspective="reference")))
    assert [(o.status, o.pages) for o in outcomes] == [("added", 2)]
    build_index(bot.settings, embedder=BagOfWords())
    return bot


def test_every_citation_of_an_answer_leads_to_its_very_words(new_page: NewPage, address: str, bot: Bot) -> None:
    page = new_page()
    citations = bot.answer("Who fired first on Zhenbao Island in March 1969?").citations
    assert len(citations) == 3
    for citation in citations:
        page.goto(address + citation_link(citation, citations))
        check(page, stored(bot, citation.document_id), citation.source_start, citation.source_end)
    page.goto(address + citation_link(citations[0], citations))
    for number, citation in enumerate(citations, 1):
        expect(page.locator("nav.cited")).to_contain_text(f"Citation {number} of 3")
        page.wait_for_load_state()  # the text comes after the line above it
        assert marked(page) == citation.cited_text
        if number < 3:
            page.get_by_role("link", name="Next ›").click()
    expect(page.get_by_role("link", name="Next ›")).to_have_count(0)


def test_a_mark_across_paragraphs_is_exact_and_adds_no_space(new_page: NewPage, address: str, bot: Bot) -> None:
    page, document = new_page(), stored(bot, "border")
    page.goto(address + "/documents/border")
    height = page.locator("#text").evaluate("text => text.getBoundingClientRect().height")
    page.goto(address + document_link("border", [(10, len(document.text) - 10)]))
    check(page, document, 10, len(document.text) - 10)
    marks = page.locator("#text").evaluate("text => text.getBoundingClientRect().height")
    assert abs(marks - height) < 40  # padding of marks may break a line anew, but no line stands between paragraphs


def test_hostile_text_is_marked_as_written(new_page: NewPage, address: str, bot: Bot) -> None:
    page, document = new_page(bypass_csp=True), stored(bot, "hostile")
    page.goto(address + document_link("hostile", [(0, len(document.text))]))
    check(page, document, 0, len(document.text))
    expect(page.locator("#main :is(img, script, svg, iframe, u, strong, code:not(.permalink code))")).to_have_count(0)


def test_a_permalink_scrolls_without_its_fragment_and_without_a_script(
    new_page: NewPage, chromium: Any, address: str, bot: Bot
) -> None:
    end = len(stored(bot, "border").text)
    for options in ({}, {"java_script_enabled": False}):
        page = new_page(viewport={"width": 360, "height": 260}, **options)
        for path in (f"/documents/border?s={end - 20}-{end}", document_link("border", [(end - 20, end)])):
            page.goto(address + path)
            expect(page.locator("#c1")).to_be_in_viewport()


def test_a_pdf_shows_its_pages_and_marks_its_words(new_page: NewPage, pdf_bot: Bot) -> None:
    answer = pdf_bot.answer("How many passengers did the Harbin ferry carry across the Amur in 1998?")
    (citation, *_) = [c for c in answer.citations if FERRY in c.cited_text]
    assert citation.page == 2
    document = stored(pdf_bot, citation.document_id)
    with serving(pdf_bot) as address:
        page = new_page()
        page.goto(address + citation_link(citation))
        check(page, document, citation.source_start, citation.source_end)
        assert page.locator(".pageno").all_text_contents() == ["p. 1", "p. 2"]
        after = page.locator("#page-2").evaluate("mark => mark.nextSibling.textContent")
        assert after.startswith("The Harbin ferry carried")
        expect(page.locator("dl.facts")).to_contain_text("reference work")


@pytest.fixture(scope="module")
def shipped(shipped_bot: Bot) -> Iterator[str]:
    with serving(shipped_bot) as address:
        yield address


@pytest.mark.model
@pytest.mark.parametrize("name", ["article-military-alliance", "treaty-2001", "zhenbao-damansky-1969"])
def test_the_shipped_texts_are_shown_whole_and_marked_exactly(
    new_page: NewPage, shipped: str, shipped_bot: Bot, name: str
) -> None:
    page, document = new_page(), stored(shipped_bot, name)
    sentences = shipped_bot.store.texts.sentences_of(name)
    middle, last = sentences[len(sentences) // 2], sentences[-1]
    ranges = [
        (middle.source_start, middle.source_end),
        (sentences[1].source_start + 3, sentences[2].source_end - 3),
        (middle.source_start, last.source_end),
    ]
    for start, end in ranges:
        page.goto(shipped + document_link(name, [(start, end)]))
        check(page, document, start, end)
    page.goto(shipped + document_link(name, [(s.source_start, s.source_end) for s in (sentences[0], last)]))
    assert page.locator("mark[id]").count() == 2
    assert marked(page) == sentences[0].text + last.text


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("lang", ["en", "ru", "zh"])
def test_axe_finds_nothing_serious(new_page: NewPage, address: str, scheme: str, lang: str) -> None:
    page = new_page(color_scheme=scheme)
    page.goto(address + document_link("border", [(100, 180)], cited=[("border", 100, 180), ("essay", 0, 9)], lang=lang))
    assert serious(page) == []
    page.goto(f"{address}/documents/nothing?lang={lang}")
    assert serious(page) == []


def test_on_a_phone_and_at_twice_the_size_nothing_is_cut(new_page: NewPage, address: str) -> None:
    page = new_page(**PHONE)
    for name in ("border", "hostile"):
        page.goto(f"{address}/documents/{name}?s=0-60")
        assert page.evaluate("document.scrollingElement.scrollWidth") <= 360
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert page.evaluate("document.scrollingElement.scrollWidth") <= 360


@pytest.mark.parametrize("lang", ["en", "ru", "zh"])
def test_on_a_phone_the_bar_of_citations_is_one_line(new_page: NewPage, address: str, lang: str) -> None:
    page = new_page(**PHONE)
    cited = [("border", 0, 40), ("border", 100, 180), ("essay", 0, 9)]
    page.goto(address + document_link("border", [(100, 180)], cited=cited, lang=lang))
    for rel in ("previous", "next"):
        expect(page.locator(f"nav.cited a[rel={rel}]")).to_be_visible()
    expect(page.locator("nav.cited")).to_contain_text("2 / 3")
    middles = page.locator("nav.cited a, nav.cited > .short").evaluate_all(
        "all => all.map(a => a.getBoundingClientRect()).map(box => box.top + box.height / 2)"
    )
    assert len(middles) == 4
    assert max(middles) - min(middles) < 8


def test_a_printed_page_holds_the_text_and_no_navigation(new_page: NewPage, address: str, tmp_path: Path) -> None:
    page = new_page()
    page.goto(address + "/documents/border?s=0-60")
    page.emulate_media(media="print")
    for hidden in ("header.site", "footer.site", "nav.cited", "aside.ask"):
        expect(page.locator(hidden)).to_be_hidden()
    for shown in ("#text", "mark >> nth=0", "section.references", "dl.facts"):
        expect(page.locator(shown)).to_be_visible()
