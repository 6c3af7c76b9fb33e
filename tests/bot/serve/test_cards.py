"""Whatever a reader, a document or a reference holds, the page shows it as text: no tag, no attribute and no address of its own."""

import re
from html.parser import HTMLParser
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.export import export
from bot.pipeline import Bot
from bot.records import Answer, Citation, CitedReference, Statement
from bot.serve.cards import answer_html, card_id, notice_html, partial_html, question_html
from bot.serve.evidence import CONTEXT, FILES, evidence_html
from corpus.references import PERSPECTIVES
from index.texts import StoredDocument

OURS = set("a article blockquote br details div h2 h3 li mark p section span summary ul".split())
VOID = {"br"}
ATTRIBUTES = {"class", "href", "id", "rel", "target"}
HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "</mark></blockquote><svg onload=alert(1)>",
    '"><a href="javascript:alert(1)" onclick="alert(1)">x</a>',
    "' onmouseover='alert(1)",
    "&lt;b&gt; &amp; &#60;script&#62;",
    "[x](javascript:alert(1)) ![y](https://evil.example/y.png) <https://evil.example>",
    "# heading\n\n- **item** `code`\n\n```html\n<b>\n```",
    "\n\n<iframe src=//evil.example></iframe>\n\n",
    "$$x^2$$ \\(y\\) $z$ :smile: __i18n__",
    "{{ 7*7 }} ${alert(1)} <!-- x --> <![CDATA[y]]> <?php z ?>",
    "\t\x00\x0b\x0c\u2028\u202e\ufeff🙂",
)

unhurried = settings(deadline=None)

# A carriage return has a test of its own below; documents and questions hold none once they are normalised.
texts = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"), max_size=60),
    st.sampled_from(HOSTILE),
    st.tuples(st.sampled_from(HOSTILE), st.text("<>&'\"/=\n\t ab", max_size=12), st.sampled_from(HOSTILE)).map("".join),
)
addresses = st.one_of(
    st.none(),
    st.sampled_from(
        [
            "https://example.org/a?b=1&c=2#d",
            "HTTP://example.org",
            'https://example.org/"onclick="alert(1)',
            "https://example.org/'><script>alert(1)</script>",
            "javascript:alert(1)",
            " JaVaScRiPt:alert(1)",
            "\x01javascript:alert(1)",
            "java\tscript:alert(1)",
            "data:text/html,<script>alert(1)</script>",
            "vbscript:x",
            "file:///etc/passwd",
            "//evil.example",
            "https://[",
            "",
        ]
    ),
    texts.map(lambda text: text.replace("\n", " ")),
)


class Page(HTMLParser):
    """What a browser would make of the HTML: tags with attributes, and the text between them."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.within: dict[str, list[str]] = {}
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        assert len(dict(attributes)) == len(attributes)
        self.tags.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)
            self.within.setdefault(tag, []).append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data
        for tag in set(self.open):
            self.within[tag][-1] += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment {data!r}")

    handle_decl = handle_pi = unknown_decl = handle_comment

    def found(self, tag: str, name: str) -> list[str]:
        """Return the values of an attribute."""
        return [str(attributes[name]) for found, attributes in self.tags if found == tag and name in attributes]


def check(html: str) -> Page:
    """Check that HTML holds nothing but ours, and return it parsed."""
    page = Page(html)
    assert page.open == []
    assert {tag for tag, _ in page.tags} <= OURS
    assert {name for _, attributes in page.tags for name in attributes} <= ATTRIBUTES
    for href in page.found("a", "href"):
        assert re.match(
            r"(#[a-z0-9-]+\Z|https?:|(/amur)?/(documents/[^/]|explore/figures/[a-z]|\?[a-z]+=|\Z))", href, re.IGNORECASE
        )
    assert re.fullmatch(r"[^\r\n]*", html), "a Markdown renderer would take what follows an empty line for mark-up"
    return page


def as_shown(text: str) -> str:
    """Return text with every line break and tab as a space, which is how a page shows them."""
    return re.sub(r"[\n\t\r\v\f\x1c-\x1f\x85\u2028\u2029]", " ", text)


@st.composite
def citations(draw: st.DrawFn, number: int, length: int) -> Citation:
    start = draw(st.integers(0, length - 1))
    return Citation(
        number=number,
        document_id="document",
        title=draw(texts),
        publisher=draw(texts),
        issued=draw(st.none() | texts),
        kind="text",
        perspective=draw(st.sampled_from(PERSPECTIVES) | texts),
        section=draw(texts),
        page=None,
        url=draw(addresses),
        revision="1",
        cited_text=draw(texts),
        source_start=start,
        source_end=draw(st.integers(start + 1, length)),
        verdict="verbatim",
        references=tuple(
            CitedReference(
                id=f"r{n}",
                title=draw(texts),
                publisher=draw(texts),
                issued=draw(st.none() | texts),
                url=draw(addresses),
                perspective=draw(st.sampled_from(PERSPECTIVES)),
            )
            for n in range(draw(st.integers(0, 2)))
        ),
    )


def make_answer(**changed: Any) -> Answer:
    """Return an answer of which a test says only what it is about."""
    given: dict[str, Any] = {
        "question": "When?",
        "query": "When?",
        "language": "en",
        "answer": "Then. [1]",
        "abstained": False,
        "confidence": 0.9,
        "mode": "extractive",
        "notice": None,
        "lead": None,
        "statements": (),
        "citations": (),
        "source_mix": {},
        "disputed": (),
        "filters": {},
        "series": None,
        "as_of": "2024-05-01",
        "corpus_revision": "1",
        "suggestions": (),
        "problems": (),
        "fingerprint": "1",
        "seconds": {},
    }
    return Answer(**given | changed)


@st.composite
def answers(draw: st.DrawFn, length: int = 400) -> Answer:
    cited = tuple(draw(citations(n + 1, length)) for n in range(draw(st.integers(0, 3))))
    statements = tuple(Statement(text=draw(texts), numbers=(c.number,), verdict="verbatim") for c in cited)
    # As bot.cite writes it: what looks like a marker in a statement is none.
    said = [re.sub(r"\[(\d+)\]", r"(\1)", s.text) + f" [{s.numbers[0]}]" for s in statements]
    return make_answer(
        question=draw(texts),
        answer=draw(st.sampled_from([" ", "\n\n"])).join(said) if said else draw(texts),
        abstained=not cited,
        notice=draw(st.none() | texts),
        lead=draw(st.none() | texts),
        statements=statements,
        citations=cited,
        source_mix={"un": len(cited)} if cited else {},
        as_of=draw(st.none() | texts),
        corpus_revision=draw(texts),
        filters=draw(st.sampled_from([{}, {"topic": ["economy"], "years": [1999, 2005]}])),
    )


def store_of(text: str) -> Any:
    """Return what the cards need of a store: one document with this text."""
    document = StoredDocument(
        id="document",
        title="A document",
        creator="",
        publisher="",
        issued=None,
        language="en",
        kind="text",
        topic="",
        as_of=None,
        rights="",
        url=None,
        perspective="other",
        revision="1",
        sections=(("", 0, len(text)),),
        text=text,
    )
    return SimpleNamespace(document={document.id: document}.get)


@unhurried
@given(texts)
def test_a_question_is_shown_as_typed(question: str) -> None:
    page = check(question_html(question))
    assert [tag for tag, _ in page.tags] == ["p"]
    assert page.text == as_shown(question)


@unhurried
@given(texts)
def test_what_the_page_itself_says_is_shown_as_text(notice: str) -> None:
    assert check(notice_html(notice)).text == as_shown(notice)


@unhurried
@given(st.lists(texts, max_size=4))
def test_an_answer_being_written_is_shown_as_text(written: list[str]) -> None:
    page = check(partial_html("\n\n".join(written), 1, ()))
    assert page.text == as_shown("".join("\n\n".join(written).split("\n\n")))
    assert page.found("a", "href") == []


def test_an_answer_being_written_has_the_markers_of_the_citations_there_are() -> None:
    page = check(partial_html("One. [1] Two [2]. Three [30].\n\nFour. [2]", 7, {1, 2}))
    assert page.found("a", "href") == ["#t7-c1", "#t7-c2", "#t7-c2"]
    assert page.within["p"] == ["One.source 1 Twosource 2. Three [30].", "Four.source 2"]


@unhurried
@given(answers(), st.integers(1, 50))
def test_an_answer_is_shown_as_text_with_a_marker_to_each_card(answer: Answer, turn: int) -> None:
    page = check(answer_html(answer, turn))
    markers = [f"#{card_id(turn, c.number)}" for c in answer.citations]
    assert page.found("a", "href") == [*markers, *([f"#t{turn}"] if markers else [])]
    text = answer.answer
    for number in [c.number for c in answer.citations]:
        text = text.replace(f" [{number}]", f"source {number}")
    for shown in (answer.lead, answer.notice, *text.split("\n\n")):
        assert as_shown(shown or "") in page.text
    assert ("amur-abstained" in page.found("p", "class")) == answer.abstained
    assert [c for c in page.found("span", "class") if c == "amur-chip"] == ["amur-chip"] * 2 * bool(answer.filters)


def test_an_answer_says_in_one_line_how_it_was_made() -> None:
    answer = make_answer(
        citations=(make_citation(),), source_mix={"un": 1}, query="When was it?", confidence=0.61, filters={"years": [1999, 2005]}
    )  # fmt: skip
    page = check(answer_html(answer, 1))
    assert page.within["p"][-1] == (
        "1 source: 1 United Nations · quoted word for word · medium confidence · corpus as of 2024-05-01"
        " · searched for “When was it?” 1999–2005"
    )
    assert page.within["span"][-1] == "1999–2005"
    assert "высокая уверенность" in check(answer_html(make_answer(citations=(make_citation(),)), 1, "ru")).text


def test_a_dispute_names_who_says_each_version(bot: Bot) -> None:
    answer = bot.answer("Who fired first on Zhenbao Island in March 1969?")
    page = check(answer_html(answer, 1))
    assert page.found("p", "class")[:3] == ["amur-claim", "amur-version", "amur-version"]
    assert [w for w in page.within["span"] if "account" in w] == ["Soviet account", "Chinese account"]


@unhurried
@given(st.lists(answers(), min_size=1, max_size=3), st.lists(texts, max_size=6).map("".join))
def test_cards_show_text_and_link_to_nothing_but_the_web(conversation: list[Answer], text: str) -> None:
    text = text.ljust(400)
    page = check(evidence_html(conversation, store_of(text)))
    cited = [(turn, c) for turn, answer in enumerate(conversation, 1) for c in answer.citations]
    assert sorted(page.found("article", "id")) == sorted(card_id(turn, c.number) for turn, c in cited)
    assert sorted(page.within.get("mark", [])) == sorted(as_shown(c.cited_text) for _, c in cited)
    for _, citation in cited:
        for shown in (citation.title, citation.section, *(r.title for r in citation.references)):
            assert as_shown(shown) in page.text
    ids = [
        *page.found("article", "id"),
        *page.found("div", "id"),
        *page.found("section", "id"),
        *page.found("details", "id"),
    ]
    assert len(set(ids)) == len(ids)
    assert {f"{form}-{turn}" for turn, _ in cited for form in ("text", *FILES)} <= set(ids)


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
    page = check(evidence_html([bot.answer(question) for question in asked], bot.store))
    assert page.within["h2"] == [asked[2], "Earlier answers"]
    assert page.within["summary"] == [asked[1], asked[0]]
    assert page.found("article", "id") == ["t3-c1", "t1-c1"]


def test_a_reply_without_sources_says_so_and_shows_none_of_the_answer_before(bot: Bot) -> None:
    answers = [bot.answer("When was the treaty signed?"), bot.answer("What is the capital of Peru?")]
    page = check(evidence_html(answers, bot.store))
    assert page.within["section"] == ["What is the capital of Peru?This reply rests on no source."]


def test_before_any_answer_the_panel_says_what_will_be_there(bot: Bot) -> None:
    page = check(evidence_html([], bot.store))
    assert "The sources of an answer appear here" in page.text
    assert page.found("article", "id") == []


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


@pytest.mark.parametrize("form", ["text", *FILES])
def test_the_page_holds_every_line_of_what_can_be_taken_away(bot: Bot, form: str) -> None:
    answer = bot.answer("Who fired first on Zhenbao Island in March 1969?")
    html = evidence_html([answer], bot.store)
    held = html[html.index(f'id="{form}-1">') + len(f'id="{form}-1">') :]
    lines = held[: held.index("</div>")].split("<br>")
    assert [Page(line).text for line in lines] == export(answer.to_dict(), form).split("\n")


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


def make_citation(**changed: Any) -> Citation:
    given: dict[str, Any] = {
        "number": 1,
        "document_id": "document",
        "title": "A document",
        "publisher": "",
        "issued": None,
        "kind": "text",
        "perspective": "other",
        "section": "",
        "page": None,
        "url": None,
        "revision": "1",
        "cited_text": "x",
        "source_start": 0,
        "source_end": 1,
        "verdict": "verbatim",
    }
    return Citation(**given | changed)


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
