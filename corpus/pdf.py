"""PDF to blocks with their pages: PDFium gives characters and where they stand, `corpus.layout` puts them together.

A page is counted as a viewer counts it: the first is 1, whatever number is printed on it.
"""

import re
from collections.abc import Iterator, Sequence
from statistics import median

import pypdfium2
import pypdfium2.raw as pdfium

from corpus.errors import CorpusError
from corpus.layout import Line, Page, blocks_of
from corpus.readers import Extract, Limits

SAMPLES = 5
"""Letters of a line that are looked at for its size; one may be a symbol or of another font."""
RAISED = 0.8
"""A digit this much smaller than its line is a power or refers to a note."""

_TABLE = {
    0xFB00: "ff",
    0xFB01: "fi",
    0xFB02: "fl",
    0xFB03: "ffi",
    0xFB04: "ffl",
    0xFB05: "st",
    0xFB06: "st",
} | dict.fromkeys((0, 0xFFFE, 0xFFFF), "")
"""Ligatures are letters, and PDFium's marks for nothing are nothing."""
_POWERS = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_HAS_POWER = re.compile(rf"(?:[\d{_POWERS}]|\b[kcdmµ]?m)\Z")
_TOOL_TITLE = re.compile(
    r"(?:microsoft word|powerpoint|untitled|document\d*\b|slide \d)|.*\.(?:docx?|pdf|indd|qxd|tex|dvi|pptx?|rtf)\s*\Z",
    re.IGNORECASE,
)


def read_pdf(content: bytes, limits: Limits) -> Extract:
    """Return the text of a PDF with its pages.

    Raises:
        CorpusError: it is damaged, protected, has too many pages, or holds no text.
    """
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        protected = "password" in str(error).lower()
        why = "is protected by a password; take that off" if protected else "is damaged; save it anew"
        raise CorpusError(f"it {why} and add that") from error
    if len(document) > limits.pages:
        raise CorpusError(f"it has {len(document)} pages, at most {limits.pages} are read; split it and add the parts")
    pages: list[Page] = []
    for page in document:
        lines = tuple(line for line in _lines(page) if line.text)
        pages.append(Page(number=len(pages) + 1, height=page.get_height(), lines=lines))
        page.close()
    blocks = tuple(blocks_of(pages))
    if not blocks:
        raise CorpusError("it holds no text, as a scan does; run text recognition (OCR) on it and add that")
    meta = document.get_metadata_dict()
    title = meta.get("Title", "")
    return Extract(
        blocks=blocks,
        title="" if _TOOL_TITLE.match(title) else title,
        creator=meta.get("Author", ""),
        issued=_date(meta.get("CreationDate", "")),
        dated_by_file=True,
    )


def _date(value: str) -> str:
    match = re.match(r"D:(\d{4})(\d{2})(\d{2})", value)
    return "-".join(match.groups()) if match else ""


def _lines(page: pypdfium2.PdfPage) -> Iterator[Line]:
    textpage = page.get_textpage()
    raw, code_of = textpage.raw, pdfium.FPDFText_GetUnicode
    codes = [code_of(raw, i) for i in range(textpage.count_chars())]
    start = 0
    for end in [*(i for i, code in enumerate(codes) if code in (10, 13)), len(codes)]:
        letters = [i for i in range(start, end) if codes[i] > 32]
        if letters:
            yield _line(textpage, codes, letters)
        start = end + 1
    textpage.close()


def _line(textpage: pypdfium2.PdfTextPage, codes: Sequence[int], letters: Sequence[int]) -> Line:
    """Return the line from the first to the last of these letters, which are positions in the codes of a page."""
    first, last = letters[0], letters[-1]
    size = _size(textpage, first)
    text = chr(codes[first])
    for i in range(first + 1, last + 1):
        character = chr(codes[i])
        if "0" <= character <= "9" and _size(textpage, i) < RAISED * size:
            # A power is kept as one. What refers to a note must not be quoted: it would read as part of a number or sentence.
            character = _POWERS[codes[i] - 48] if _HAS_POWER.search(text) else ""
        text += character
    # A bullet at the beginning and the number of a note at the end stand higher or lower than the line.
    begin = [textpage.get_charbox(i, loose=True) for i in letters[:3]]
    finish = [textpage.get_charbox(i, loose=True) for i in letters[-4:]]
    return Line(
        text=text.translate(_TABLE).strip(),
        left=begin[0][0],
        right=finish[-1][2],
        bottom=min(bottom for _, bottom, _, _ in finish),
        top=max(top for _, _, _, top in begin),
        size=median(_size(textpage, i) for i in letters[:: max(len(letters) // SAMPLES, 1)]),
    )


def _size(textpage: pypdfium2.PdfTextPage, index: int) -> float:
    """Return the size of a character as it is shown: that of its font, scaled as its text is."""
    matrix = pdfium.FS_MATRIX()
    pdfium.FPDFText_GetMatrix(textpage.raw, index, matrix)
    return float(pdfium.FPDFText_GetFontSize(textpage.raw, index)) * (abs(matrix.d) or abs(matrix.b) or 1.0)
