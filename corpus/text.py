"""Text, normalised once: what every other room means by a character, a sentence and an equal quote."""

import re
import unicodedata
from collections.abc import Iterator

import sentencex

# Format characters that carry no text: zero-width spaces and joiners, soft hyphen, byte order mark, and the
# bidirectional controls, which can make a quote look different from what it says.
_INVISIBLE = re.compile(
    "[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_NEWLINE = re.compile(r"\r\n?|[\u2028\u2029\x85]")
_DASH = re.compile("[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]")
_SINGLE_QUOTE = re.compile("[\u2018\u2019\u201a\u201b\u2032]")
_DOUBLE_QUOTE = re.compile("[\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb]")
_CJK = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]")
_SENTENCE_END = re.compile(r"[.!?…。！？]['\"’”»)\]]*\s*$")
# sentencex 1.0 takes these for abbreviations ("… said RT. China …", "… on 13–15 May. Then …") and joins two sentences.
_MISSED_END = re.compile(r"\b(?:[A-Z]{2,}|May)\.\s+(?=[A-Z])")

MAX_SENTENCE_CHARACTERS = 600
"""A longer run without a full stop (a table, a list, broken extraction) is cut at the last clause or space before this."""

MAX_CJK_CHARACTERS = 200

MAX_PARAGRAPH = 10_000
"""Characters that sentencex is given at once: of a Chinese paragraph it takes time with the square of its length."""
_PARAGRAPH_CUT = re.compile(r"[。！？]+[」』”’]*|[.!?…]['\"’”»)\]]*\s")


def normalise(text: str) -> str:
    """Return the text as Amur stores it: NFC, unix newlines, no control or invisible format characters."""
    text = _NEWLINE.sub("\n", text)
    text = _INVISIBLE.sub("", _CONTROL.sub("", text))
    return unicodedata.normalize("NFC", text)


def normalise_quote(text: str) -> str:
    """Return the form in which two quotes are compared: NFKC, folded dashes and quotation marks, single spaces.

    This is the one normalisation behind the verdict `verbatim`. Case, digits and words are left as they are.
    """
    text = unicodedata.normalize("NFKC", normalise(text))
    text = _DASH.sub("-", text)
    text = _DOUBLE_QUOTE.sub('"', _SINGLE_QUOTE.sub("'", text))
    return " ".join(text.split())


def is_cjk(text: str) -> bool:
    """Tell whether the text is mostly Chinese, Japanese or Korean script."""
    found = len(_CJK.findall(text))
    return found > 0 and 2 * found > sum(c.isalpha() for c in text)


def split_sentences(text: str, language: str = "en") -> list[tuple[int, int]]:
    """Return the (start, end) offsets of the sentences of one paragraph, in order, without surrounding space."""
    code = "zh" if is_cjk(text) else language.split("-")[0].lower()
    spans: list[tuple[int, int]] = []
    for first, last in _parts(text):
        for boundary in sentencex.get_sentence_boundaries(code, text[first:last]):
            for start, end in _split_again(text, first + boundary["start_index"], first + boundary["end_index"]):
                spans.extend(_cut(text, start, end))
    return spans


def _parts(text: str) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of parts of at most `MAX_PARAGRAPH` characters, cut where a sentence ends, else at a space."""
    start = 0
    while len(text) - start > MAX_PARAGRAPH:
        latest = start + MAX_PARAGRAPH
        ends = [match.end() for match in _PARAGRAPH_CUT.finditer(text, start + MAX_PARAGRAPH // 2, latest)]
        end = ends[-1] if ends else text.rfind(" ", start, latest) + 1 or latest
        yield start, end
        start = end
    if start < len(text):
        yield start, len(text)


def _split_again(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for match in _MISSED_END.finditer(text, start, end):
        yield _strip(text, start, match.end())
        start = match.end()
    yield _strip(text, start, end)


def ends_like_a_sentence(text: str) -> bool:
    """Tell whether the text ends with a full stop, question mark or exclamation mark (closing quotes may follow)."""
    return bool(_SENTENCE_END.search(text))


def _strip(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _cut(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    limit = MAX_CJK_CHARACTERS if is_cjk(text[start:end]) else MAX_SENTENCE_CHARACTERS
    while end - start > limit:
        window = text[start : start + limit]
        cut = max(window.rfind(mark) + len(mark) for mark in ("; ", "；", "，", ", ", " "))
        piece = _strip(text, start, start + (cut if cut > limit // 3 else limit))
        if piece[0] < piece[1]:
            yield piece
        start = start + (cut if cut > limit // 3 else limit)
    start, end = _strip(text, start, end)
    if start < end:
        yield start, end
