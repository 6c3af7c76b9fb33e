"""Sentences out of a chat model's text while it is still being written, each with the keys that it names.

A sentence is given out as soon as its last piece is there. With a form, that is the bracket that closes it. Without one it is the
full stop behind its keys ("… in 2001 [abcde]."), or the keys behind its full stop ("… in 2001. [abcde]"), or the end of the line.
A full stop with no keys near it ends nothing at once, since "U.S." and "г." have one too: such text is split when the keys come, and
what stood before them is a sentence without keys. What a model thinks aloud (`<think>`), headings, introductions and fences are passed
over, and a model that writes the form unasked, or plain text for the form, is read as it writes.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from bot.prompts import CANNOT_ANSWER
from corpus.text import normalise, split_sentences

LONGEST = 2000
"""Characters of a sentence; a longer one is no sentence, and is cut there."""


@dataclass(frozen=True, kw_only=True)
class Written:
    """A sentence as the model wrote it, without its markers, and the keys in them."""

    text: str
    keys: tuple[str, ...]


_END = r"[.!?…。！？]"
_CLOSING = r"[\"'”’»)」』]*"
_MARKER = re.compile(r"\s*[\[【]([^\[\]【】\n]*)[\]】]")
# Keys, then the end of the sentence.
_KEYS_THEN_STOP = re.compile(rf"[\]】]\s*{_CLOSING}{_END}{_CLOSING}")
# The end of the sentence, then its keys. One pair of brackets: whether another follows is not known yet.
_STOP_THEN_KEYS = re.compile(rf"(\S*{_END}{_CLOSING})\s*[\[【][^\[\]【】\n]*[\]】]")
# What ends in a full stop without ending a sentence, before a marker: U.S. · No. · г. · млрд. · В. В. · initials
_ABBREVIATION = re.compile(
    r"(?:\A|[\s(\"“«])(?:[A-Z]\.(?:[A-Z]\.)*|(?:No|Mr|Mrs|Ms|Dr|St|vs|cf|Art|e\.g|i\.e|approx|ca)\.|[А-ЯЁ]\.|"
    r"(?:г|гг|в|вв|млн|млрд|трлн|тыс|долл|руб|куб|ст|им|т\. ?е|т\. ?д|др|пр|н\. ?э)\.)\Z"
)
_BULLET = re.compile(r"\A\s*(?:>\s*|[-–—*•·]\s+|\d{1,2}[.)]\s+|#{1,6}\s+)")
_LEADING = re.compile(r"\A(?:\s*[\[【][^\[\]【】\n]*[\]】])+\s*[.。]?")
# "Here is the answer:", "## Summary", "| Year | Trade |", "**Key points**": what is no sentence, if it names no keys.
_NO_SENTENCE = re.compile(r"\s*(?:#.*|\|.*|```.*|\*\*[^*]*\*\*|.*[:：]\**)\s*")
_EMPHASIS = re.compile(r"(?<![\w*])[*_]([^*_\n]+)[*_](?![\w*])")
_FENCE = re.compile(r"\A\s*```\w*[^\S\n]*\n")
_KEY_WORDS = frozenset("key keys span spans source sources".split())
_THOUGHT = re.compile(r"<(think(?:ing)?|reasoning)>", re.IGNORECASE)
_THOUGHTS = ("<think>", "<thinking>", "<reasoning>")
_SPLIT_KEYS = re.compile(r"[,;、，；\s]+")
_LETTER = re.compile(r"\w")
_TWO_STOPS = re.compile(r"(?<=[^.])\.\.\Z")
"""What is left of "… 5 bn USD. [abcde]." without the marker."""


def read_written(pieces: Iterable[str], *, language: str = "en") -> Iterator[Written]:
    """Yield the sentences of what a model writes, without its thoughts: of a form if it begins like one, else of a text."""
    told, begun, start = without_thoughts(pieces), "", ""
    for piece in told:
        begun += piece
        start = _FENCE.sub("", begun).lstrip()
        if start and not start.startswith("`"):
            break
    read = read_form if start.startswith("{") else read_text
    yield from read(chain([begun], told), language=language)


def without_thoughts(pieces: Iterable[str]) -> Iterator[str]:
    """Yield the pieces without what stands between `<think>` and `</think>`; without its end all of the rest is thought."""
    buffer, end = "", ""
    for piece in pieces:
        buffer += piece
        while True:
            if end:
                at = buffer.lower().find(end)
                if at < 0:
                    buffer = buffer[-len(end) :]
                    break
                buffer, end = buffer[at + len(end) :], ""
            opened = _THOUGHT.search(buffer)
            if not opened:
                break
            yield buffer[: opened.start()]
            buffer, end = buffer[opened.end() :], f"</{opened.group(1).lower()}>"
        if not end:
            # The beginning of a tag may be its whole end so far: "<th".
            held = buffer.rfind("<")
            waits = held >= 0 and any(tag.startswith(buffer[held:].lower()) for tag in _THOUGHTS)
            now, buffer = (buffer[:held], buffer[held:]) if waits else (buffer, "")
            if now:
                yield now
    if not end and buffer:
        yield buffer


def read_text(pieces: Iterable[str], *, language: str = "en") -> Iterator[Written]:
    """Yield the sentences of a text with markers as they are finished.

    A leading marker belongs to the sentence given out before and is passed over: fewer keys make the check stricter.
    """
    buffer = ""
    for piece in pieces:
        buffer += normalise(piece)
        while True:
            end = _finished(buffer)
            if end is None:
                break
            yield from _sentences(buffer[:end], language)
            buffer = buffer[end:]
    yield from _sentences(buffer, language)


def read_form(pieces: Iterable[str], *, language: str = "en") -> Iterator[Written]:
    """Yield the sentences of a JSON object of the form `bot.prompts.SCHEMA` as they are finished.

    "answerable": false yields `CANNOT_ANSWER`. What is not of the form yields nothing.
    """
    buffer, at, answerable = "", -1, True
    for piece in pieces:
        buffer += piece
        if at < 0:
            start = re.search(r'"sentences"\s*:\s*\[', buffer)
            declined = re.search(r'"answerable"\s*:\s*false\b', buffer[: start.start()] if start else buffer)
            if declined and answerable:
                answerable = False
                yield Written(text=CANNOT_ANSWER, keys=())
            at = start.end() if start else -1
        while at >= 0:
            found, at = _next_object(buffer, at)
            if found is None:
                break
            yield from _of_form(found, language)


def _next_object(buffer: str, at: int) -> tuple[object, int]:
    """Return the object that begins at or after a place, and where it ends; None while it is not whole."""
    start = re.compile(r"[\s,]*(?=\{)").match(buffer, at)
    if start is None or "}" not in buffer[start.end() :]:
        return None, at
    try:
        return json.JSONDecoder().raw_decode(buffer, start.end())
    except ValueError:
        return None, at


def _of_form(found: object, language: str) -> Iterator[Written]:
    if not isinstance(found, dict) or not isinstance(found.get("text"), str):
        return
    keys = found.get("keys")
    named = tuple(str(key).strip(" []") for key in keys) if isinstance(keys, list) else ()
    text = " ".join(normalise(found["text"]).split())
    for sentence in _split(_MARKER.sub("", text), language):
        yield Written(text=sentence, keys=tuple(dict.fromkeys((*named, *_keys(text)))))


def _finished(buffer: str) -> int | None:
    """Return where the first finished piece of the text ends; None if none is."""
    line = buffer.find("\n")
    lead = _LEADING.match(buffer)
    begin = lead.end() if lead else 0
    ends = [line + 1] if line >= 0 else []
    stop = _KEYS_THEN_STOP.search(buffer, begin)
    if stop:
        ends.append(stop.end())
    for keys in _STOP_THEN_KEYS.finditer(buffer, begin):
        if not _ABBREVIATION.search(buffer[: keys.end(1)]):
            ends.append(keys.end())
            break
    if len(buffer) > LONGEST:
        ends.append(LONGEST)
    return min(ends, default=None)


def _sentences(piece: str, language: str) -> Iterator[Written]:
    """Yield the sentences of a finished piece: those that end before its markers begin have none."""
    piece = _LEADING.sub("", piece)
    if _NO_SENTENCE.fullmatch(piece) and not _MARKER.search(piece):
        return
    piece = _EMPHASIS.sub(r"\1", _BULLET.sub("", piece).replace("**", "").replace("`", "")).strip()
    if not _LETTER.search(_MARKER.sub("", piece)):
        return
    plain = _MARKER.sub("", piece)
    parts = _split(plain, language)
    keys = _keys(piece)
    if len(parts) < 2 or not keys:
        yield from (Written(text=part, keys=keys) for part in parts)
        return
    # Each sentence has the markers that stand between its beginning and that of the next one.
    first, last = 0, 0
    for number, part in enumerate(parts):
        last = len(piece) if number == len(parts) - 1 else _end_of(piece, first, part)
        yield Written(text=part, keys=_keys(piece[first:last]))
        first = last


def _end_of(piece: str, first: int, sentence: str) -> int:
    """Return where a sentence ends in the piece that still has its markers, those right behind it included."""
    at, left = first, len("".join(sentence.split()))
    while left and at < len(piece):
        marker = _MARKER.match(piece, at)
        if marker:
            at = marker.end()
            continue
        left -= not piece[at].isspace()
        at += 1
    while marker := _MARKER.match(piece, at):
        at = marker.end()
    return at


def _split(text: str, language: str) -> list[str]:
    text = _TWO_STOPS.sub(".", " ".join(text.split()))
    return [text[start:end] for start, end in split_sentences(text, language) if _LETTER.search(text[start:end])]


def _keys(text: str) -> tuple[str, ...]:
    found = (key for marker in _MARKER.findall(text) for key in _SPLIT_KEYS.split(marker))
    bare = (key.strip("\"'^:#").lower() for key in found)
    return tuple(dict.fromkeys(key for key in bare if key and key not in _KEY_WORDS))
