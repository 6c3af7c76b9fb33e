"""Hostile answers, and a parser that finds whatever in a card is not ours."""

import re
from html.parser import HTMLParser
from types import SimpleNamespace
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

from bot.records import Answer, Citation, CitedReference, Statement
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
            r"(#[a-z0-9-]+\Z|https?:|(/amur)?/(documents/[^/]|explore/(figures/[a-z]|sources\?topic=)|\?[a-z]+=|\Z))",
            href,
            re.IGNORECASE,
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
