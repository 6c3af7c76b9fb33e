"""From lines with their places on pages to headings and paragraphs, as a PDF does not hold them.

Running titles and page numbers are left out; a paragraph that goes on over a page or a column is one; words broken at the end
of a line are made whole. When in doubt two lines belong together: a sentence that is cut cannot be quoted.
"""

import re
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from corpus.plain import Block
from corpus.readers import gap
from corpus.text import ends_like_a_sentence

MARGIN = 0.1
"""Running titles and page numbers stand in this share of a page at its top and at its foot."""
RUNNING = 3
"""A line in the margin of so many pages (of both, if there are two) is a running title: the same words, or a number that goes
up with the pages."""
HEADING = 1.15
"""Lines this many times larger than the body of the text are headings, and lines smaller than `NOTE` times are notes."""
NOTE = 0.92
MAX_HEADING = 200
SOFT_HYPHEN = "\x02"
"""What PDFium puts where a word is broken at the end of a line."""

_PAGE_NUMBER = re.compile(
    r"\W*(?:page|p\.|стр\.?|с\.|第)?\s*(?:\d{1,4}|[ivxl]{1,7})(?:\s*(?:/|of|из)\s*\d{1,4})?\s*页?\W*", re.IGNORECASE
)
_EDGE_NUMBER = re.compile(r"(\d{1,4})\b|.*?\b(\d{1,4})\Z")
_BULLET = re.compile(r"[•‣▪●◦–—]\s|\(?\d{1,2}[.)]\s")
_BROKEN = re.compile(rf"(\w+){SOFT_HYPHEN}\s?(\w+)")
_COMPOUND = re.compile(r"\w+-\w+")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line of a page; places in points from the lower left corner."""

    text: str
    left: float
    right: float
    bottom: float
    top: float
    size: float


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page, with its number as a viewer counts and its lines in reading order."""

    number: int
    height: float
    lines: tuple[Line, ...]


@dataclass(frozen=True, kw_only=True)
class _Style:
    """What is usual: the size of the body, the space between two of its lines, and how far they reach to left and right."""

    size: float
    space: float
    left: float
    right: float


@dataclass(kw_only=True)
class _Paragraph:
    """A paragraph being put together; local to one run of `blocks_of`."""

    pieces: list[tuple[int, str]]
    last: Line
    heading: bool
    note: bool

    @property
    def text(self) -> str:
        return "".join(text for _, text in self.pieces)

    @property
    def ended(self) -> bool:
        tail = self.pieces[-1][1][-20:]
        return tail.endswith(":") or ends_like_a_sentence(tail)

    def add(self, page: int, text: str) -> None:
        """Append text that stands on a page; a word that is broken over two pages belongs to the first."""
        at, before = self.pieces[-1]
        if before.endswith(("-", SOFT_HYPHEN)) and text[:1].isalpha():
            word = _WORD.match(text)
            end = word.end() if word else 0
            self.pieces[-1] = (at, before[:-1] + SOFT_HYPHEN + text[:end])
            text = text[end:]
        else:
            text = gap(before, text) + text
        if page == at:
            self.pieces[-1] = (at, self.pieces[-1][1] + text)
        else:
            self.pieces.append((page, text))


def blocks_of(pages: Sequence[Page]) -> Iterator[Block]:
    """Yield the headings and paragraphs of a document, each piece of them with its page."""
    pages = _without_running(pages)
    paragraphs = _stitched([_paragraphs(page, style) for page, style in _styled(pages)])
    compounds = {word.casefold() for p in paragraphs for word in _COMPOUND.findall(p.text)}

    def whole(match: re.Match[str]) -> str:
        first, second = match.groups()
        hyphen = not second[0].islower() or f"{first}-{second}".casefold() in compounds
        return f"{first}-{second}" if hyphen else first + second

    for p in paragraphs:
        pieces = ((page, _BROKEN.sub(whole, text).replace(SOFT_HYPHEN, "-")) for page, text in p.pieces)
        yield Block(pieces=tuple(pieces), heading=p.heading)


def _without_running(pages: Sequence[Page]) -> list[Page]:
    """Return the pages without running titles and page numbers; what reads as a sentence always stays."""
    seen = Counter(key for page in pages for key in {k for line in page.lines for k in _margin_keys(line, page)})
    enough = min(RUNNING, max(len(pages), 2))

    def running(line: Line, page: Page) -> bool:
        keys = _margin_keys(line, page)
        if not keys or ends_like_a_sentence(line.text):
            return False
        return bool(_PAGE_NUMBER.fullmatch(line.text)) or any(seen[key] >= enough for key in keys)

    return [
        Page(number=p.number, height=p.height, lines=tuple(line for line in p.lines if not running(line, p)))
        for p in pages
    ]


def _margin_keys(line: Line, page: Page) -> list[Hashable]:
    """Return what a running title has in common with those of other pages; nothing for a line that is not in the margin."""
    head, foot = line.bottom > page.height * (1 - MARGIN), line.top < page.height * MARGIN
    if not (head or foot):
        return []
    keys: list[Hashable] = [(head, re.sub(r"\d+", "#", line.text))]
    number = _EDGE_NUMBER.match(line.text)
    if number and len(line.text) <= MAX_HEADING:
        keys.append((head, int(number.group(1) or number.group(2)) - page.number))
    return keys


def _styled(pages: Sequence[Page]) -> Iterator[tuple[Page, _Style]]:
    """Yield each page with what is usual on it."""
    sizes = Counter[float]()
    for page in pages:
        for line in page.lines:
            sizes[round(line.size, 1)] += len(line.text)
    size = sizes.most_common(1)[0][0] if sizes else 0.0
    spaces = [
        before.bottom - line.top
        for page in pages
        for before, line in zip(page.lines, page.lines[1:], strict=False)
        if round(before.size, 1) == round(line.size, 1) == size and abs(before.bottom - line.top) < 2 * size
    ]
    for page in pages:
        body = [line for line in page.lines if round(line.size, 1) == size] or page.lines
        yield (
            page,
            _Style(
                size=size,
                space=median(spaces) if spaces else 0.0,
                left=min((line.left for line in body), default=0.0),
                right=max((line.right for line in body), default=0.0),
            ),
        )


def _paragraphs(page: Page, style: _Style) -> list[_Paragraph]:
    found: list[_Paragraph] = []
    for line in page.lines:
        large = line.size >= HEADING * style.size
        heading = large and len(line.text) <= MAX_HEADING and not line.text.endswith(".")
        if found and found[-1].heading == heading and not _begins(line, found[-1], style):
            found[-1].add(page.number, line.text)
            found[-1].last = line
        else:
            note = line.size < NOTE * style.size
            found.append(_Paragraph(pieces=[(page.number, line.text)], last=line, heading=heading, note=note))
    return found


def _begins(line: Line, before: _Paragraph, style: _Style) -> bool:
    """Tell whether a line begins a new paragraph."""
    last = before.last
    if abs(line.size - last.size) > (1 - NOTE) * style.size or _BULLET.match(line.text):
        return True
    if line.bottom > last.top:  # up: the next column
        return before.ended
    if last.bottom - line.top > style.space + 0.5 * style.size:
        return True
    short = last.right < style.right - 0.1 * (style.right - style.left)
    indented = line.left > last.left + 0.8 * style.size
    return before.ended and not before.heading and (short or indented)


def _stitched(pages: Sequence[list[_Paragraph]]) -> list[_Paragraph]:
    """Return all paragraphs in order, those that go on over a page as one; notes at the foot do not stand in between."""
    found: list[_Paragraph] = []
    unended: _Paragraph | None = None
    for paragraphs in pages:
        for p in paragraphs:
            if unended and not (p.heading or p.note or _BULLET.match(p.text)):
                for page, text in p.pieces:
                    unended.add(page, text)
            else:
                found.append(p)
            unended = unended if p.note else None
        body = next((p for p in reversed(found) if not p.note), None)
        if paragraphs and body and not (body.heading or body.ended) and len(body.pieces[0][1]) > 20:
            unended = body
    return found
