"""From the mark-up of one document to clean text, sections and sentences. Nothing here reads files or knows metadata.

Mark-up: `## Heading`, Pandoc citations `[@key; @key]` with an optional event date `{date=1969-03-02}`, a fenced block
`::: disputed` … `:::` that holds the claim in dispute and then each version as `- **Who:** sentence`. Plain text has none.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from corpus.text import ends_like_a_sentence, split_sentences

_CITATION = re.compile(r"\s*\[(@[^\[\]]+)\](?:\{date=([^{}]*)\})?")
_KEY = re.compile(r"@([^\s;,\]]+)")
_HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*#*\s*$")
_WHO = re.compile(r"^\s*[-*]\s+\*\*(.+?):?\*\*:?\s+")
_LINK = re.compile(r"!?\[([^\[\]]*)\]\((?:[^()\s]|\([^()\s]*\))*(?:\s+\"[^\"]*\")?\)")
_BULLET = re.compile(r"^\s*(?:[-*+]|\d{1,3}[.)])\s+")
_INTERRUPTS = re.compile(r"^\s*(?:[-*+]|1[.)])\s+")
_EMPHASIS = re.compile(r"(\*\*|__|\*|`)(?=\S)(.+?)(?<=\S)\1")


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """One sentence of a document; `paragraph`, `section` and `dispute` are ordinals within the document.

    `page` is the page that it begins on, if the document has pages.
    """

    start: int
    end: int
    paragraph: int
    section: int
    line: int
    references: tuple[str, ...] = ()
    date: str | None = None
    dispute: int | None = None
    who: str | None = None
    page: int | None = None


@dataclass(frozen=True, kw_only=True)
class Section:
    """A heading and the text under it; the first section of a document may have no title."""

    title: str
    start: int
    end: int


@dataclass
class Parser:
    """Builds the clean text of one document, paragraph by paragraph."""

    language: str
    markdown: bool = False
    text: list[str] = field(default_factory=list)
    length: int = 0
    sentences: list[Sentence] = field(default_factory=list)
    headings: list[tuple[str, int]] = field(default_factory=list)
    first_heading: str = ""
    paragraph: int = -1
    dispute: int | None = None
    disputes: int = 0
    page: int | None = None

    def feed(self, body: str, first_line: int) -> None:
        for line, block in _blocks(body, first_line, keep_lines=self.markdown):
            self._block(block, line)

    def _block(self, block: str, line: int) -> None:
        if self.markdown and block.lstrip().startswith(":::"):
            opening = "disputed" in block
            self.dispute = self.disputes if opening else None
            self.disputes += opening
            return
        match = _HEADING.match(block) if self.markdown else None
        if match or looks_like_heading(block):
            self.add_heading(_plain(_take_citations(match.group(2) if match else block)[0]))
        else:
            self._paragraph(block, line)

    def add_heading(self, title: str) -> None:
        """Begin a section."""
        start = self._append(title)
        self.first_heading = self.first_heading or title
        self.headings.append((title, start))

    def _paragraph(self, block: str, line: int) -> None:
        who = None
        if self.markdown:
            match = _WHO.match(block) if self.dispute is not None else None
            who = match.group(1).strip() if match else None
            block = block[match.end() :] if match else _BULLET.sub("", block)
        clean, marks = _take_citations(" ".join(block.split()))
        if self.markdown:
            clean, marks = _take_markup(clean, marks)
        if clean:
            self.add_paragraph(clean, line, marks=marks, who=who)

    def add_paragraph(
        self,
        clean: str,
        line: int,
        *,
        marks: Sequence["_Mark"] = (),
        who: str | None = None,
        pages: Sequence[tuple[int, int]] = (),
    ) -> None:
        """Append a paragraph of clean text, cut into sentences; `pages` are (position in it, page that begins there)."""
        offset = self._append(clean)
        self.paragraph += 1
        for start, end in split_sentences(clean, self.language):
            cited = [m for m in marks if start <= m.position < end]
            self.sentences.append(
                Sentence(
                    start=offset + start,
                    end=offset + end,
                    paragraph=self.paragraph,
                    section=len(self.headings),
                    line=line,
                    references=tuple(dict.fromkeys(key for m in cited for key in m.keys)),
                    date=next((m.date for m in cited if m.date), None),
                    dispute=self.dispute,
                    who=who,
                    page=next((page for position, page in reversed(pages) if position <= start), self.page),
                )
            )
        self.page = pages[-1][1] if pages else self.page

    def _append(self, piece: str) -> int:
        if self.text:
            self.text.append("\n\n")
            self.length += 2
        start = self.length
        self.text.append(piece)
        self.length += len(piece)
        return start

    def close_sections(self, title: str) -> tuple[Section, ...]:
        """Return the sections: an untitled one first, then one for each heading (the document's own title is not one)."""
        starts = [("", 0), *self.headings]
        ends = [start for _, start in starts[1:]] + [self.length]
        return tuple(
            Section(title="" if name == title else name, start=start, end=end)
            for (name, start), end in zip(starts, ends, strict=True)
        )


@dataclass(frozen=True, kw_only=True)
class _Mark:
    position: int
    keys: tuple[str, ...]
    date: str | None


def _blocks(body: str, first_line: int, *, keep_lines: bool) -> Iterable[tuple[int, str]]:
    """Yield (line number, block): paragraphs; in Markdown also single headings, fences and list items."""
    block: list[str] = []
    start = first_line
    for number, line in enumerate(body.split("\n"), first_line):
        alone = keep_lines and (line.startswith(":::") or _HEADING.match(line))
        # As in CommonMark only a bullet or "1." may interrupt a paragraph; a line that begins "9. May" may not.
        item = keep_lines and (_INTERRUPTS if block else _BULLET).match(line)
        if block and (not line.strip() or alone or item):
            yield start, "\n".join(block)
            block = []
        if alone:
            yield number, line
        elif line.strip():
            start = start if block else number
            block.append(line)
    if block:
        yield start, "\n".join(block)


def looks_like_heading(block: str) -> bool:
    """Tell whether a lone line of an unmarked text reads as a heading: short, in Title Case, no full stop at the end."""
    words = block.split()
    if "\n" in block.strip() or not 1 <= len(words) <= 12 or block.rstrip().endswith((".", "!", "。", ":", ",", ";")):
        return False
    if ends_like_a_sentence(block) and not block.rstrip().endswith("?"):
        return False
    long = [w for w in words if len(w) > 3 and w[0].isalpha()]
    return words[0][0].isupper() and bool(long) and all(w[0].isupper() for w in long)


def _take_citations(text: str) -> tuple[str, list[_Mark]]:
    """Return the text without Pandoc citations, and each citation with its position in that text."""
    clean: list[str] = []
    marks: list[_Mark] = []
    done = length = 0
    for match in _CITATION.finditer(text):
        piece = text[done : match.start()]
        clean.append(piece)
        length += len(piece)
        keys = tuple(_KEY.findall(match.group(1)))
        marks.append(_Mark(position=max(length - 1, 0), keys=keys, date=match.group(2)))
        done = match.end()
    clean.append(text[done:])
    return "".join(clean), marks


def _take_markup(text: str, marks: Sequence[_Mark]) -> tuple[str, list[_Mark]]:
    """Return the text without links, images and emphasis, the marks moved along."""
    for pattern, group in ((_LINK, 1), (_EMPHASIS, 2)):
        while match := pattern.search(text):
            inner = match.group(group)
            lead = match.start(group) - match.start()
            text = text[: match.start()] + inner + text[match.end() :]
            marks = [_moved(m, match, len(inner), lead) for m in marks]
    stripped = text.strip()
    shift = len(text) - len(text.lstrip())
    last = max(len(stripped) - 1, 0)
    return stripped, [_Mark(position=min(max(m.position - shift, 0), last), keys=m.keys, date=m.date) for m in marks]


def _moved(mark: _Mark, match: re.Match[str], inner: int, lead: int) -> _Mark:
    position = mark.position
    if position >= match.end():
        position -= match.end() - match.start() - inner
    elif position >= match.start():
        position = match.start() + min(max(position - match.start() - lead, 0), max(inner - 1, 0))
    return _Mark(position=position, keys=mark.keys, date=mark.date)


def _plain(text: str) -> str:
    return _take_markup(" ".join(text.split()), [])[0]
