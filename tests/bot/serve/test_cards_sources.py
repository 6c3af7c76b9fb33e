"""What a card shows of a source, in which order, and where it leads."""

from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.export import FORMATS, export
from bot.pipeline import Bot
from bot.records import Answer, Citation, CitedReference
from bot.serve.cards import question_html
from bot.serve.evidence import CONTEXT, evidence_html, fetch_html, read_wanted
from tests.bot.serve.showing import (
    HOSTILE,
    Page,
    as_shown,
    check,
    citations,
    make_answer,
    make_citation,
    store_of,
    unhurried,
)


@unhurried
@given(st.lists(st.sampled_from([*HOSTILE, "word ", "\n\n"]), min_size=1, max_size=80).map("".join), st.data())
def test_the_words_around_a_quote_are_those_of_its_paragraph_and_few(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    citation = data.draw(citations(1, len(text)))
    citation = Citation(
        **{**citation.__dict__, "source_start": start, "source_end": end, "cited_text": text[start:end]}
    )
    page = check(evidence_html([make_answer(citations=(citation,))], store_of(text)))
    (shown,), (mark,) = page.within["blockquote"], page.within["mark"]
    assert mark == as_shown(text[start:end])
    assert len(shown) <= len(mark) + 2 * (CONTEXT + 2)
    assert shown.removeprefix("… ").removesuffix(" …") in as_shown(text)


def test_a_quote_stands_between_its_two_neighbours() -> None:
    text = "Before it.\n\nOne went. Two came. Three saw. Four won. Five lost.\n\nAfter it."
    start = text.index("Three")
    citation = make_citation(source_start=start, source_end=start + 10, cited_text="Three saw.")
    page = check(evidence_html([make_answer(citations=(citation,))], store_of(text)))
    assert page.within["blockquote"] == ["Two came. Three saw. Four won."]
    assert page.within["mark"] == ["Three saw."]


def test_long_context_is_cut_at_a_space_and_says_so() -> None:
    words = [f"word{n}" for n in range(300)]
    text = "Another paragraph.\n\n" + " ".join(words) + "\n\nA third one."
    start = text.index("word150")
    citation = make_citation(source_start=start, source_end=start + 7, cited_text="word150")
    (shown,) = check(evidence_html([make_answer(citations=(citation,))], store_of(text))).within["blockquote"]
    assert shown.startswith("… word")
    assert shown.endswith(" …")
    assert set(shown.strip("… ").split()) <= set(words)
    assert len(shown) > CONTEXT


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JAVASCRIPT:alert(1)",
        " javascript:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html;base64,PHNjcmlwdD4=",
        "vbscript:x",
        "file:///etc/passwd",
        "//evil.example/x",
        "/relative",
        "https://[not an address",
        "",
        None,
    ],
)
def test_a_reference_that_is_not_on_the_web_is_plain_text(address: str | None) -> None:
    page = check(evidence_html([cited_answer(url=address)], store_of("x")))
    assert page.found("li", "class") == []
    assert page.within["li"] == ["The source. Publisher, undated United Nations"]
    assert [
        href for href in page.found("a", "href") if not href.startswith(("#", "/documents/document?", "/?q="))
    ] == []


@pytest.mark.parametrize("address", ["https://example.org/a?b=1&c=2", "http://example.org", "HTTPS://EXAMPLE.ORG/x"])
def test_a_reference_on_the_web_is_a_link_that_opens_apart(address: str) -> None:
    page = check(evidence_html([cited_answer(url=address)], store_of("x")))
    (link,) = [attributes for tag, attributes in page.tags if tag == "a" and attributes.get("href") == address]
    assert link == {"href": address, "target": "_blank", "rel": "noopener noreferrer"}
    assert "The source" in page.within["a"]


def test_the_newest_answer_comes_first_and_earlier_ones_are_folded(bot: Bot) -> None:
    asked = ["When was the treaty signed?", "What is the capital of Peru?", "When was the river border settled?"]
    answers = [bot.answer(question) for question in asked]
    page = check(evidence_html(answers, bot.store))
    assert page.within["h2"] == [asked[2], "Earlier answers"]
    assert page.within["summary"] == [asked[1], asked[0]]
    assert page.found("article", "id") == ["t3-c1"]
    assert check(evidence_html(answers, bot.store, opened={1})).found("article", "id") == ["t3-c1", "t1-c1"]


def test_the_panel_of_a_long_conversation_is_as_large_as_its_newest_answer(bot: Bot) -> None:
    answer = bot.answer("When was the treaty signed?")
    one, many = (len(evidence_html([answer] * count, bot.store)) for count in (1, 15))
    assert many - one < 15 * 200  # a question and its fold; a card alone is over a thousand


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("json-2-17", ("json", 2)),
        ("html-1-1", ("html", 1)),
        ("cards-1-9", ("cards", 1)),
        ("json-3-1", None),  # there are two answers
        ("json-0-1", None),
        ("exe-1-1", None),
        ("json-1", None),
        ("json-1-1 ", None),
        ('json-1-1"><script>', None),
        ("json-\u0661-1", None),  # digits are ASCII
        ("", None),
    ],
)
def test_a_page_asks_for_what_there_is(wanted: str, found: tuple[str, int] | None) -> None:
    assert read_wanted(wanted, [make_answer(), make_answer()]) == found


def test_a_reply_without_sources_says_so_and_shows_none_of_the_answer_before(bot: Bot) -> None:
    answers = [bot.answer("When was the treaty signed?"), bot.answer("What is the capital of Peru?")]
    page = check(evidence_html(answers, bot.store))
    assert page.within["section"] == ["What is the capital of Peru?This reply rests on no source."]


def test_before_any_answer_the_panel_says_what_will_be_there(bot: Bot) -> None:
    page = check(evidence_html([], bot.store))
    assert "The sources of an answer appear here" in page.text
    assert page.found("article", "id") == []
    assert page.within["h2"] == ["3 documents · as of 2024-05-01"]
    assert page.within["li"] == ["History 2", "Documents 1"]
    assert "/explore/sources?topic=history" in page.found("a", "href")


def test_a_card_quotes_the_document_and_names_its_sources(bot: Bot) -> None:
    answer = bot.answer("Who fired first on Zhenbao Island in March 1969?")
    page = check(evidence_html([answer], bot.store))
    for citation, mark, shown in zip(answer.citations, page.within["mark"], page.within["blockquote"], strict=True):
        document = bot.store.document(citation.document_id)
        assert document is not None
        assert mark == document.text[citation.source_start : citation.source_end]
        assert shown in document.text
        assert f"characters {citation.source_start}–{citation.source_end}" in page.text
    assert "Treaty text. Ministry, 2001-07-16 Chinese official" in page.within["li"]
    assert {"https://example.org/treaty", "https://example.org/report"} <= set(page.found("a", "href"))


def test_a_card_says_as_of_when_its_document_holds_not_when_it_was_put_together(bot: Bot) -> None:
    (citation,) = bot.answer("When was the treaty signed?").citations
    for issued, language, dated in (("2026-11-24", "en", "as of 2024-05-01"), (None, "zh", "内容截至 2024-05-01")):
        answer = make_answer(citations=(replace(citation, issued=issued),))
        assert dated in check(evidence_html([answer], bot.store, language)).within["span"]
    gone = replace(citation, document_id="gone", issued="2019-03-01")
    assert "2019-03-01" in check(evidence_html([make_answer(citations=(gone,))], bot.store)).within["span"]


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_what_can_be_taken_away_comes_line_by_line(bot: Bot, form: str) -> None:
    answer = bot.answer("Who fired first on Zhenbao Island in March 1969?")
    held = fetch_html(f"{form}-1-5", form, answer)
    opening = f'<div class="amur-data" id="{form}-1-5">'
    assert held.startswith(opening)
    lines = held.removeprefix(opening).removesuffix("</div>").split("<br>")
    assert [Page(line).text for line in lines] == export(answer.to_dict(), form).split("\n")


def test_what_is_copied_lies_beside_the_answer(bot: Bot) -> None:
    answer = bot.answer("When was the treaty signed?")
    html = evidence_html([answer], bot.store)
    held = html[html.index('id="text-1">') + len('id="text-1">') :]
    lines = held[: held.index("</div>")].split("<br>")
    assert [Page(line).text for line in lines] == export(answer.to_dict(), "text").split("\n")


def test_a_card_leads_to_its_characters_in_the_document(bot: Bot) -> None:
    answer = bot.answer("When was the treaty signed?")
    page = check(evidence_html([answer], bot.store, "zh", "/amur"))
    (citation,) = answer.citations
    assert f"/amur/documents/treaty?s={citation.source_start}-{citation.source_end}#c1" in page.found("a", "href")
    assert f"/amur/?q={quote(answer.question)}" in page.found("a", "href")
    assert "在原文中查看" in page.text


def test_a_document_that_is_gone_leaves_the_quote_without_context(bot: Bot) -> None:
    citation = make_citation(document_id="gone", cited_text="Its words.")
    page = check(evidence_html([make_answer(citations=(citation,))], bot.store))
    assert page.within["blockquote"] == page.within["mark"] == ["Its words."]


def test_a_carriage_return_in_a_question_starts_no_line() -> None:
    check(question_html("one\r\r[two](https://evil.example)"))


def test_a_line_break_in_an_address_starts_no_line() -> None:
    check(evidence_html([cited_answer(url="https://example.org/\n\n<b>[x](https://evil.example)")], store_of("x")))


def test_a_reference_with_a_perspective_of_its_own_is_shown_with_it() -> None:
    page = check(evidence_html([cited_answer(perspective="blogger")], store_of("x")))
    assert "blogger" in page.within["li"][0]


def cited_answer(**changed: Any) -> Answer:
    """Return an answer with one reference, of which a test says what it is about."""
    given = {
        "id": "r",
        "title": "The source",
        "publisher": "Publisher",
        "issued": None,
        "url": None,
        "perspective": "un",
    }
    return make_answer(citations=(make_citation(references=(CitedReference(**given | changed),)),))
