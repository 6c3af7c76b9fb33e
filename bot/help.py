"""Small talk and questions about Amur itself: short replies from `locales/<language>.md`, which people read and edit.

A way to ask stands for a whole message, so that no question about China and Russia is ever taken for one about Amur.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.messages import LANGUAGES, LOCALES
from bot.names import simplified
from corpus.text import normalise_quote

COURTESIES = ("goodbye", "thanks", "greeting")
"""What may stand before or after a question; of several in one message the first of these is replied to."""
MORE = "more"
LONGEST = 120
"""Characters of the longest message that is looked up."""

_ENTRY = re.compile(r"^## (\S+)\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
_CLAUSE_END = re.compile(r"[.!?,;:…\n。！？，；：、]+|\s[-–—]\s")
_SHORT_FORMS = (
    (re.compile(r"\b(what|who|where|how|that|it|there|when)'?s\b"), r"\1 is"),
    (re.compile(r"'re\b"), " are"),
    (re.compile(r"'ve\b"), " have"),
    (re.compile(r"'d\b"), " would"),
    (re.compile(r"\bcan't\b"), "can not"),
    (re.compile(r"\bwon't\b"), "will not"),
    (re.compile(r"n't\b"), " not"),
    (re.compile(r"\bcannot\b"), "can not"),
    (re.compile(r"\bi'?m\b"), "i am"),
    (re.compile(r"\bur\b"), "your"),
    (re.compile(r"\bu\b"), "you"),
    (re.compile(r"\br\b"), "are"),
)
_FILLERS = re.compile(
    r"^(?:(?:(?:so|and|well|but|um|please|pls|hey|oh|а|ну|и)\b|请问|請問|那|那么) ?)+|(?: ?(?:please|pls|plz|пожалуйста))+$"
)
# "Ok, and trade?", "one more thing: does China send weapons?": the question is what comes after.
_OPENING = re.compile(
    r"\A(?:(?:(?:ok|okay|alright)(?: then)?|hm+|um+|uh|erm|ah|oh|wow|lol|haha|yes|yeah|yep|btw|by the way)\b[\s,.!…-]+"
    r"|(?:one more|another|next|a different|different|a new|new|a quick|quick|one last|last) (?:thing|question|topic|subject)\s*[:,–—-]\s*"
    r"|(?:completely |totally )?unrelated(?: question)?\s*[:,–—-]\s*"
    r"|(?:switching|changing|change of)(?: the)? (?:subjects?|topics?)\s*[:,–—-]\s*)+(?=\w)",
    re.IGNORECASE,
)
_PUNCTUATION = re.compile(r"[^\w\s]|_")
_HAN = re.compile("[\u3400-\u9fff]")
# In a conversation "who made it?" asks who made what was talked of.
_POINTS_BACK = re.compile(r"\b(?:it|its|this|that|these|those|they|them|there|one)\b")
_MEANS_US = re.compile(r"\b(?:you|your|yours|yourself|amur|bot|chatbot|site|page|chat|answers?)\b")
_OF_THE_ANSWER = (
    "source",
    "markers",
    "unanswered",
    "rewording",
    "translation",
    "plots",
    "take-away",
    "restart",
    "narrowing",
    "nothing-asked",
)
_NEVER_ABOUT_TEXTS = frozenset((*COURTESIES, MORE, "error", *_OF_THE_ANSWER))


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One thing that is asked of Amur: its id, what a message that asks it looks like, the reply as a template."""

    id: str
    asked: re.Pattern[str]
    reply: str


@dataclass(frozen=True, kw_only=True)
class Help:
    """The entry that a message asks for, with the language that it is asked in."""

    id: str
    language: str

    def reply(self, **values: object) -> str:
        """Return the reply with the placeholders filled in: documents, as_of, mode."""
        return next(e.reply for e in entries(self.language) if e.id == self.id).format(**values)


@lru_cache(maxsize=8)
def entries(language: str) -> tuple[Entry, ...]:
    """Return the entries of a help document."""
    page = (LOCALES / f"{language}.md").read_text(encoding="utf-8")
    found = []
    for name, body in _ENTRY.findall(page):
        ways = [line[2:].strip() for line in body.splitlines() if line.startswith("- ")]
        paragraphs = [p for p in re.split(r"\n\s*\n", body) if p.strip() and not p.lstrip().startswith("- ")]
        asked = re.compile("|".join(f"(?:{way})" for way in ways))
        joiner = "" if language == "zh" else " "
        reply = "\n\n".join(joiner.join(p.split("\n")).strip() for p in paragraphs)
        found.append(Entry(id=name, asked=asked, reply=reply))
    return tuple(found)


def find_help(text: str, *, in_conversation: bool = False) -> Help | None:
    """Return the entry that a message asks for, or None if it is to be searched for.

    Args:
        text: the message.
        in_conversation: whether something was asked before, to which "it" may point.
    """
    if len(text) > LONGEST:
        return None
    whole = _look_up(text, in_conversation)
    if whole is not None:
        return whole
    middle, courtesies = _apart(text)
    if not middle:
        return min(courtesies, key=lambda c: COURTESIES.index(c.id), default=None)
    return _look_up(middle, in_conversation) if courtesies else None


def without_courtesy(text: str) -> str:
    """Return a question without the greeting or "ok" before it and the thanks after it; unchanged if it is nothing but those."""
    middle, courtesies = _apart(text)
    return _OPENING.sub("", middle if middle and courtesies else text)


def _look_up(text: str, in_conversation: bool) -> Help | None:
    plain = _plain(text)
    back = in_conversation and _POINTS_BACK.search(plain) and not _MEANS_US.search(plain)
    for words in dict.fromkeys((plain, _FILLERS.sub("", plain).strip())):
        for language in LANGUAGES:
            for entry in entries(language):
                if entry.asked.fullmatch(words) and (entry.id in _NEVER_ABOUT_TEXTS or not back):
                    return Help(id=entry.id, language=language)
    return None


def _apart(text: str) -> tuple[str, Sequence[Help]]:
    """Return the message without the courtesies at both its ends, and those."""
    starts = [0, *(m.end() for m in _CLAUSE_END.finditer(text))]
    ends = [*(m.start() for m in _CLAUSE_END.finditer(text)), len(text)]
    clauses = [(a, b) for a, b in zip(starts, ends, strict=True) if text[a:b].strip()]
    found: list[Help] = []

    def courtesy(clause: tuple[int, int]) -> bool:
        start, end = clause
        known = _look_up(text[start:end], False) if end - start <= LONGEST // 2 else None
        if known is None or known.id not in COURTESIES:
            return False
        found.append(known)
        return True

    while clauses and courtesy(clauses[0]):
        clauses.pop(0)
    while clauses and courtesy(clauses[-1]):
        clauses.pop()
    if not clauses:
        return "", found
    end = next((a for a, b in zip(ends, [*starts[1:], len(text)], strict=True) if a == clauses[-1][1]), len(text))
    stop = _CLAUSE_END.match(text, end)
    return text[clauses[0][0] : stop.end() if stop else end].strip(), found


def _plain(text: str) -> str:
    """Return a message as help documents write it: small letters, long forms, no punctuation."""
    text = simplified(normalise_quote(text).casefold()).replace("ё", "е")
    for short, long in _SHORT_FORMS:
        text = short.sub(long, text)
    text = " ".join(_PUNCTUATION.sub(" ", text).split())
    return text.replace(" ", "") if _HAN.search(text) else text
