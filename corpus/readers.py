"""From the bytes of a file to blocks of text and suggested metadata. Hostile files come here: call it through `corpus.sandbox`.

Nothing a file says about itself is trusted: of its metadata only title, creator, date, language and publisher are passed on,
as suggestions, and its text is text whatever it looks like.
"""

import codecs
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from corpus.errors import CorpusError
from corpus.parse import looks_like_heading
from corpus.plain import Block, block
from corpus.text import normalise

SUFFIXES = {
    ".md": "markdown",
    ".markdown": "markdown",
    ".txt": "text",
    ".text": "text",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".pdf": "pdf",
    ".docx": "docx",
}
"""The kinds of file that can be read, by the end of their name."""

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
UNTOLD = ("", "application/octet-stream", "binary/octet-stream")
CONTENT_TYPES = {
    "text/html": "html",
    "application/xhtml+xml": "html",
    "text/plain": "text",
    "text/markdown": "markdown",
    "text/x-markdown": "markdown",
    "application/pdf": "pdf",
    "application/x-pdf": "pdf",
    DOCX: "docx",
}
"""The kinds by what a web server calls them."""

UNWRAPPED = 120
"""A text with a line longer than this was not wrapped by hand: each of its lines is a paragraph."""

_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_WIDE = re.compile("[\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff01-\uff60\u2018-\u201d\u2026]")
_OLD_WORD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How much a file may cost. `unpacked` and `output` are bytes, `memory` bytes of address space (on Linux), `seconds` real time.

    The sentences of a book of 2,000 pages are about 60,000.
    """

    size: int = 20 * 2**20
    pages: int = 2_000
    unpacked: int = 200 * 2**20
    output: int = 16 * 2**20
    sentences: int = 100_000
    memory: int = 2 * 2**30
    seconds: float = 60.0


@dataclass(frozen=True, kw_only=True)
class Extract:
    """What a reader found: blocks of text, and suggestions for metadata, empty where there is none.

    `dated_by_file` says that `issued` is when the file was made, which need not be when its text was.
    """

    blocks: tuple[Block, ...]
    title: str = ""
    creator: str = ""
    issued: str = ""
    language: str = ""
    publisher: str = ""
    dated_by_file: bool = False


def kind_of(content: bytes, name: str, content_type: str = "") -> str:
    """Return the kind of a file: by its first bytes, by what the server calls it, by the end of its name.

    Raises:
        CorpusError: it is of no kind that can be read.
    """
    suffix = "." + name.rsplit(".", 1)[-1].lower() if "." in name else ""
    if content.startswith(_OLD_WORD):
        raise CorpusError("it is an old Office file; save it as .docx or .pdf and add that")
    if b"%PDF-" in content[:1024]:
        return "pdf"
    if content.startswith(b"PK\x03\x04") and (suffix == ".docx" or content_type == DOCX or b"word/" in content):
        return "docx"
    by_name = SUFFIXES.get(suffix, "")
    by_type = CONTENT_TYPES.get(content_type, "")
    kind = by_name if by_type == "text" and by_name == "markdown" else by_type or by_name
    if not kind:
        raise CorpusError(f"it is none of {', '.join(sorted(SUFFIXES))}; convert it and add that")
    return kind


def read(content: bytes, kind: str, *, charset: str = "", limits: Limits | None = None) -> Extract:
    """Return the blocks and suggested metadata of a file of a known kind.

    Raises:
        CorpusError: why it cannot be read, without the name of the file.
    """
    if kind == "pdf":
        from corpus.pdf import read_pdf

        return read_pdf(content, limits or Limits())
    if kind == "docx":
        from corpus.word import read_docx

        return read_docx(content, limits or Limits())
    if kind == "html":
        from corpus.html import read_html

        declared = _META_CHARSET.search(content[:4096])
        return read_html(decode(content, charset or (declared.group(1).decode("ascii") if declared else "")))
    meta, body = _front_matter(decode(content, charset))
    if kind == "markdown":
        from corpus.markdown import markdown_blocks

        blocks = tuple(markdown_blocks(body))
    else:
        blocks = tuple(_text_blocks(body))
    return Extract(
        blocks=blocks,
        title=_first(meta, "title"),
        creator=_first(meta, "creator", "author", "authors"),
        issued=_first(meta, "issued", "date", "published"),
        language=_first(meta, "language", "lang"),
        publisher=_first(meta, "publisher"),
    )


def decode(content: bytes, charset: str = "") -> str:
    """Return bytes as text: by their byte order mark, as UTF-8, in the declared character set, or else in the likeliest one.

    Raises:
        CorpusError: it is no text, or its character set cannot be told.
    """
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if content.startswith(mark):
            return content.decode(name, errors="replace")
    if b"\0" in content:
        raise CorpusError("it is no text but binary data; add it as .pdf, .docx or UTF-8 text")
    # What web pages call gb2312 is as a rule its superset.
    for name in ("utf-8", {"gb2312": "gb18030", "gbk": "gb18030"}.get(charset.lower(), charset)):
        try:
            return content.decode(name or "utf-8")
        except (UnicodeDecodeError, LookupError):
            continue
    from charset_normalizer import from_bytes

    best = from_bytes(content[:500_000]).best()
    try:
        return content.decode(best.encoding if best else "utf-8")
    except UnicodeDecodeError as error:
        raise CorpusError("its character set cannot be told; save it as UTF-8 and add that") from error


def join_lines(lines: Iterable[str]) -> str:
    """Return lines as one: a space between two, none inside Chinese or Japanese."""
    joined = ""
    for line in lines:
        line = line.strip()
        joined += gap(joined, line) + line
    return joined


def gap(before: str, after: str) -> str:
    """Return what stands between two lines that are joined: a space, or nothing inside Chinese or Japanese."""
    if not before or not after:
        return ""
    return "" if _WIDE.match(before[-1]) and _WIDE.match(after[0]) else " "


def _front_matter(text: str) -> tuple[Mapping[str, Any], str]:  # Any: whatever YAML holds
    """Return the front matter of a foreign text, if it is usable, and the text without it."""
    from corpus.documents import MAX_FRONT_MATTER, split_front_matter

    text = normalise(text)
    try:
        meta, body, _ = split_front_matter(text[:MAX_FRONT_MATTER], "text")
    except CorpusError:
        return {}, text
    return meta, body + text[MAX_FRONT_MATTER:]


def _first(meta: Mapping[str, Any], *names: str) -> str:  # Any: whatever YAML holds
    values = (meta.get(name) for name in names)
    return next((value for value in values if isinstance(value, str) and value.strip()), "")


def _text_blocks(text: str) -> Iterator[Block]:
    lines = text.split("\n")
    wrapped = max((len(line) for line in lines), default=0) <= UNWRAPPED
    paragraph: list[str] = []
    for line in [*lines, ""]:
        if line.strip():
            paragraph.append(line.strip())
        if paragraph and (not line.strip() or not wrapped):
            heading = len(paragraph) == 1 and looks_like_heading(paragraph[0])
            yield block(join_lines(paragraph), heading=heading)
            paragraph = []
