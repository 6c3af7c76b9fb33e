"""Web pages to blocks: trafilatura finds the article and its metadata, and its tree is read block by block."""

import re
from collections.abc import Iterator

from lxml import html as lxml_html
from trafilatura import bare_extraction, load_html

from corpus.errors import CorpusError
from corpus.plain import Block, block
from corpus.readers import Extract, join_lines

HEADINGS = frozenset({"head", "h1", "h2", "h3", "h4", "h5", "h6"})
ROWS = frozenset({"row", "tr"})
INLINE = frozenset(
    {
        "a",
        "b",
        "code",
        "del",
        "em",
        "graphic",
        "hi",
        "i",
        "img",
        "lb",
        "br",
        "ref",
        "s",
        "span",
        "strong",
        "sub",
        "sup",
        "u",
    }
)
BREAKS = frozenset({"lb", "br"})

_EMPTY_LINE = re.compile(r"\n\s*\n")


def read_html(text: str) -> Extract:
    """Return the article of a web page.

    Raises:
        CorpusError: no article can be found in it.
    """
    tree = load_html(text)
    if tree is None:
        tree = lxml_html.document_fromstring(f"<html><body><div>{text}</div></body></html>")
    language = tree.get("lang") or tree.get("xml:lang") or ""
    # The extensive search for a date takes any year in the text for one: better none than a wrong one in a citation.
    found = bare_extraction(
        tree,
        with_metadata=True,
        include_comments=False,
        include_tables=True,
        date_extraction_params={"extensive_search": False, "original_date": True},
    )
    if found is None or isinstance(found, dict) or found.body is None:
        raise CorpusError("no article with any text can be found in it; save its text as .txt and add that")
    return Extract(
        blocks=tuple(blocks(found.body)),
        title=found.title or "",
        creator=found.author or "",
        issued=found.date or "",
        language=language,
        publisher=found.sitename or "",
    )


def blocks(element: lxml_html.HtmlElement) -> Iterator[Block]:
    """Yield the headings, paragraphs, list items and rows of tables under an element, in order."""
    if element.tag in HEADINGS:
        yield block(_words(element), heading=True)
        return
    if element.tag in ROWS:
        yield block(" | ".join(" ".join(_words(cell).split()) for cell in element))
        return
    words = element.text or ""
    for child in element:
        if child.tag in INLINE:
            words += _words(child)
        elif isinstance(child.tag, str):
            yield from _paragraphs(words)
            words = ""
            yield from blocks(child)
        words += child.tail or ""
    yield from _paragraphs(words)


def _paragraphs(words: str) -> Iterator[Block]:
    for part in _EMPTY_LINE.split(words):
        if part.strip():
            yield block(join_lines(part.split("\n")))


def _words(element: lxml_html.HtmlElement) -> str:
    """Return the text of an element, a line for each line break in it."""
    if element.tag in BREAKS:
        return "\n"
    if not isinstance(element.tag, str):
        return ""
    return (element.text or "") + "".join(_words(child) + (child.tail or "") for child in element)
