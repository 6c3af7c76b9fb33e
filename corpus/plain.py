"""The body of a document with `format: plain`: foreign text in which nothing is mark-up but what Amur wrote there itself.

One block a line, an empty line between two. `## Title` is a heading, `<!-- page 12 -->` says that what follows stands on page
12. Text of the document that looks like either gets a backslash, which is taken away when it is read. Everything else, such as
`[@key]`, `::: disputed`, `**bold**` or `---`, is text. `write_plain` and `feed_plain` are each other's inverse.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from corpus.parse import Parser
from corpus.text import normalise

FORMAT = "plain"
"""The value of the front matter field `format` of such a document."""

_MARK = re.compile(r"<!-- page (\d{1,5}) -->")
_LIKE_A_MARK = re.compile(r"<!--(\\*) page (\d{1,5}) -->")
_ESCAPED_MARK = re.compile(r"<!--\\(\\*) page (\d{1,5}) -->")
_LIKE_A_TITLE = re.compile(r"\\*#{1,6}(?:\s|\Z)")
_TITLE = re.compile(r"#{1,6}\s+(.*)")
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, kw_only=True)
class Block:
    """A heading or a paragraph of a document: its text in pieces, each with its page, or None where there are no pages."""

    pieces: tuple[tuple[int | None, str], ...]
    heading: bool = False

    @property
    def text(self) -> str:
        """The text without its pages, with single spaces."""
        return " ".join("".join(text for _, text in self.pieces).split())


def block(text: str, *, heading: bool = False, page: int | None = None) -> Block:
    """Return a block that stands on one page, or has none."""
    return Block(pieces=((page, text),), heading=heading)


def write_plain(blocks: Iterable[Block]) -> str:
    """Return blocks as the body of a document; blocks without text are left out."""
    lines: list[str] = []
    page: int | None = None
    for item in blocks:
        if not item.text:
            continue
        if item.heading:
            first = item.pieces[0][0]
            lines += [f"<!-- page {first} -->"] if first not in (None, page) else []
            lines.append(f"## {_escaped_marks(item.text)}")
            page = page if first is None else first
        else:
            line, page = _paragraph(item, page)
            lines.append(line)
    return "\n\n".join(lines) + "\n"


def _paragraph(item: Block, page: int | None) -> tuple[str, int | None]:
    """Return a paragraph as a line, and the page it ends on."""
    marked = ""
    for number, text in _runs(item, page):
        text = _SPACE.sub(" ", normalise(text))
        text = text.lstrip() if not marked or marked.endswith(" ") else text
        if not text:
            continue
        mark = f"<!-- page {number} -->" if number != page else ""
        page = number
        escape = "\\" if not marked and _LIKE_A_TITLE.match(text) else ""
        marked += mark + escape + _escaped_marks(text)
    return marked.rstrip(), page


def _runs(item: Block, page: int | None) -> Iterator[tuple[int | None, str]]:
    """Yield (page, text): neighbouring pieces of one page as one; a piece without a page stands where the one before does."""
    run = ""
    for number, text in item.pieces:
        if number is not None and number != page:
            if run:
                yield page, run
            page, run = number, ""
        run += text
    yield page, run


def _escaped_marks(text: str) -> str:
    return _LIKE_A_MARK.sub(r"<!--\\\1 page \2 -->", normalise(text))


def feed_plain(parser: Parser, body: str, first_line: int) -> None:
    """Give the headings and paragraphs of a plain body to a parser."""
    for line, text in _lines(body, first_line):
        title = _TITLE.fullmatch(text)
        if title:
            parser.add_heading(_unescaped(_SPACE.sub(" ", title.group(1)).strip()))
            continue
        clean, pages = _without_marks(text)
        if clean:
            parser.add_paragraph(clean, line, pages=pages)
        elif pages:
            parser.page = pages[-1][1]


def _lines(body: str, first_line: int) -> Iterator[tuple[int, str]]:
    """Yield (line number, block); a heading stands alone also where a person left out the empty line after it."""
    pending: list[str] = []
    start = first_line
    for number, line in enumerate([*body.split("\n"), ""], first_line):
        alone = _TITLE.fullmatch(line.strip())
        if pending and (alone or not line.strip()):
            yield start, "\n".join(pending)
            pending = []
        if alone:
            yield number, line.strip()
        elif line.strip():
            start = start if pending else number
            pending.append(line.strip())


def _without_marks(text: str) -> tuple[str, list[tuple[int, int]]]:
    """Return the text without page marks, and (position in it, page) for each."""
    parts = _MARK.split(text)
    clean = ""
    pages: list[tuple[int, int]] = []
    for i in range(0, len(parts), 2):
        piece = _SPACE.sub(" ", parts[i])
        if not clean or clean.endswith(" "):
            piece = piece.lstrip()
        if not clean and _LIKE_A_TITLE.match(piece) and piece.startswith("\\"):
            piece = piece[1:]
        if i:
            pages.append((len(clean), int(parts[i - 1])))
        clean += _unescaped(piece)
    return clean.rstrip(), pages


def _unescaped(text: str) -> str:
    return _ESCAPED_MARK.sub(r"<!--\1 page \2 -->", text)
