"""Foreign Markdown to blocks: headings are headings, and of everything else only the text is kept."""

import re
from collections.abc import Iterator, Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from corpus.plain import Block, block

_TAG = re.compile(r"<!--.*?-->|<[^<>]*>", re.DOTALL)


def markdown_blocks(text: str) -> Iterator[Block]:
    """Yield the blocks of a Markdown text; a row of a table is a block, with a bar between two cells."""
    heading = False
    row: list[str] | None = None
    for token in MarkdownIt("commonmark").enable("table").parse(text):
        if token.type == "heading_open":
            heading = True
        elif token.type == "heading_close":
            heading = False
        elif token.type == "tr_open":
            row = []
        elif token.type == "tr_close" and row is not None:
            yield block(" | ".join(row))
            row = None
        elif token.type == "inline":
            words = _words(token.children or [])
            if row is None:
                yield block(words, heading=heading)
            else:
                row.append(words)
        elif token.type in ("fence", "code_block"):
            yield from (block(part) for part in token.content.split("\n\n"))
        elif token.type == "html_block":
            yield block(_TAG.sub(" ", token.content))


def _words(tokens: Sequence[Token]) -> str:
    words = ""
    for token in tokens:
        if token.type in ("softbreak", "hardbreak"):
            words += " "
        elif token.type in ("text", "code_inline", "image"):
            words += token.content
    return words
