"""Who does what to whom, as far as words and their order show it: whether a claim gives one actor's part to another.

Each mention of an actor stands in slots: what it does ("Russia leased"), what is done to it ("leased by China" the other way
round), whose something is ("Chinese president Xi"), a preposition ("from China"). A claim has changed roles if it puts an actor
in a slot where the text has another one that the claim names too, and never that one. Actors named side by side ("China and
Russia", "Russia–China trade") have the same part and are passed over. So an honest passive or another order changes nothing.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from corpus.text import normalise_quote
from index.lexical import tokenise

Slot = tuple[str, str]
"""How an actor stands there, and with which word: ("does", "leas"), ("done", "leas"), ("of", "presid"), ("from", "")."""

ACTORS = {
    word: name
    for name, words in {
        "china": "China Chinese Beijing PRC Qing",
        "russia": "Russia Russian Russians Moscow Kremlin Soviet Soviets USSR",
        "us": "US USA American Americans America Washington",
        "ukraine": "Ukraine Ukrainian Kyiv Kiev",
        "japan": "Japan Japanese Tokyo",
        "india": "India Indian Delhi",
        "taiwan": "Taiwan Taiwanese Taipei",
        "xi": "Xi",
        "putin": "Putin",
    }.items()
    for word in words.split()
}
_ADJECTIVES = frozenset("Chinese Russian Soviet American Ukrainian Japanese Indian Taiwanese".split())
# More words than one for one actor.
_WHOLE = (
    (re.compile(r"\bXi Jinping\b"), "Xi"),
    (re.compile(r"\bVladimir Putin\b"), "Putin"),
    (re.compile(r"\bSoviet Union\b"), "USSR"),
    (re.compile(r"\bUnited States\b|\bU\.S\.(?=\W)"), "US"),
    (re.compile(r"\bRussian Federation\b"), "Russia"),
    (re.compile(r"\bPeople's Republic of China\b"), "China"),
    # Names that hold a country's without meaning the country.
    (
        re.compile(r"\b(?:South China Morning Post|(?:South|East) China Sea|China Daily|Moscow (?:Times|Exchange))\b"),
        "it",
    ),
)
_TOKEN = re.compile(r"[^\W\d_]+(?:'s)?|\d[\d.,]*\d|\d|[^\w\s]")
_PREPOSITIONS = frozenset("from to in into by for of against on over towards toward at under within via".split())
# With these, both sides have the same part.
_EVEN = frozenset("with between and or both alongside together than as like".split())
_BESIDE = frozenset(("and", "or", "-", "/", ",", "the", "with"))
_BE = frozenset("was were is are be been being".split())
_PASSED_OVER = frozenset(
    "the a an its their his her has have had will would could can may might should did does do also not never no still first "
    "then later again that which who".split()
)
REACH = 4
"""How many words on a verb or noun may stand and still belong to an actor."""


@dataclass(frozen=True, kw_only=True)
class _Mention:
    actor: str
    at: int
    owning: bool


def roles_changed(claim: str, text: str) -> bool:
    """Tell whether the claim gives an actor a part that another one has in the text."""
    there = _slots(text)
    taken = {slot for _, slot in there}
    return any(pair not in there and pair[1] in taken for pair in _slots(claim))


@lru_cache(maxsize=10_000)
def _slots(text: str) -> frozenset[tuple[str, Slot]]:
    text = normalise_quote(text)
    for pattern, word in _WHOLE:
        text = pattern.sub(word, text)
    words = _TOKEN.findall(text)
    mentions = _mentions(words)
    return frozenset((m.actor, slot) for m in mentions for slot in (_owned(words, m) if m.owning else _part(words, m)))


def _mentions(words: list[str]) -> list[_Mention]:
    """Return the mentions of actors that are not named side by side with another."""
    at = [i for i, word in enumerate(words) if word.removesuffix("'s") in ACTORS]
    alone = []
    for i in at:
        beside = [j for j in at if j != i and _side_by_side(words, min(i, j), max(i, j))]
        if not beside:
            word = words[i]
            owning = word.endswith("'s") or word in _ADJECTIVES
            alone.append(_Mention(actor=ACTORS[word.removesuffix("'s")], at=i, owning=owning))
    return alone


def _side_by_side(words: list[str], first: int, second: int) -> bool:
    between = words[first + 1 : second]
    return bool(between) and all(w in _BESIDE or w in ACTORS for w in between)


def _owned(words: list[str], mention: _Mention) -> set[Slot]:
    """Return whose it is: the next noun ("Chinese president"), the names right behind it ("Chinese president Xi"), how many."""
    found: set[Slot] = set()
    at = mention.at
    if at and words[at - 1][0].isdigit():
        found.add(("many", words[at - 1]))
    for word in words[at + 1 : at + 1 + REACH]:
        if not word[0].isalnum() or (any(how == "of" for how, _ in found) and not word[0].isupper()):
            break
        stem = _stem(word)
        if stem:
            found.add(("of", stem))
    return found


def _part(words: list[str], mention: _Mention) -> set[Slot]:
    return _from_before(words, mention.at) | _from_behind(words, mention.at)


def _from_before(words: list[str], at: int) -> set[Slot]:
    i = at - 1
    while i >= 0 and (words[i] in ("the", "all", "not") or (words[i][0].isupper() and words[i] not in ACTORS)):
        i -= 1
    if i > 0 and words[i] == "," and words[i - 1][0].isupper():
        return {("at", _stem(words[i - 1]))}  # Urumqi, China
    if i < 0 or not words[i][0].isalpha() or words[i] in _EVEN:
        return set()
    word, governing = words[i].lower(), _stem(words[i - 1]) if i else ""
    if word == "by":
        return {("does", governing)} if governing else {("by", "")}
    if word in ("of", "for"):
        return {(word, governing)} if governing else set()
    if word in _PREPOSITIONS:
        return {(word, ""), *((word, w) for w in _just_before(words, i))}
    stem = _stem(word)
    return {("done", stem)} if stem and not words[at - 1][0].isupper() else set()


def _just_before(words: list[str], at: int) -> set[str]:
    """Return the names and figures that belong to a preposition: "three BeiDou stations in …"."""
    found = set()
    for word in reversed(words[max(at - REACH, 0) : at]):
        if not word[0].isalnum() or word in ACTORS or word in _EVEN:
            break
        if word[0].isupper() or word[0].isdigit():
            found.add(_stem(word))
    return found - {""}


def _from_behind(words: list[str], at: int) -> set[Slot]:
    passive = False
    for word in words[at + 1 : at + 1 + REACH]:
        if word in ("'", '"'):
            continue
        if word[0].isdigit():
            return {("has", word)}
        if not word[0].isalpha() or word in _PREPOSITIONS or word in _EVEN:
            return set()
        passive = passive or word in _BE
        stem = _stem(word)
        if word not in _BE and word not in _PASSED_OVER and stem:
            return {("done" if passive and not word.endswith("ing") else "does", stem)}
    return set()


def _stem(word: str) -> str:
    found = tokenise(word)
    return found[0] if found else ""
