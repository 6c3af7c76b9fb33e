"""Names across scripts: which names a text in English, Russian or Chinese speaks of, by the glossary and a short list of states.

A Russian name is met in all its cases, and a state in its adjectives. A capitalised Cyrillic word that the glossary does not know is
transliterated and looked for among the names of the other text. Chinese shows no names by itself: one that no list holds is not seen.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from bot.names import Names
from bot.scripts import words, words_pattern
from corpus.glossary import Entry
from corpus.text import normalise_quote

CHECKED = frozenset({"person", "place", "treaty", "organisation", "project", "weapon"})
"""Kinds of glossary entry that are names; terms may be said in other words."""

_CYRILLIC_NAME = re.compile(r"(?<![\w-])[А-ЯЁ][а-яё]+(?:-[А-ЯЁ]?[а-яё]+)*|(?<![\w-])[А-ЯЁ]{2,}(?![\w-])")
_SENTENCE_START = re.compile(r"(?:\A|[.!?]\s+)[«\"(]?\Z")
# Surnames of Chinese and Korean people in the glossary's spelling; others have theirs last.
_SURNAMES = frozenset(
    "Xi Mao Deng Jiang Hu Zhou Li Wang Zhang Huang Qian Yang Qin Fu Wei Dong Wu Yan Zhao Feng Kim Sun Liu Chen Lin Han Ma".split()
)
_LATIN = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
        "a b v g d e e zh z i i k l m n o p r s t u f kh ts ch sh shch - y - e yu ya".split(),
        strict=True,
    )
)
_OTHER_LATIN = (("zh", "j"), ("kh", "h"), ("ts", "c"), ("x", "ks"), ("w", "v"), ("y", "i"), ("j", "i"))
NEAR = 75
"""How alike, of 100, a transliterated name and a name of the text must be."""


def names_lacking(claim: str, language: str, text: str, text_language: str, glossary: Sequence[Entry]) -> list[str]:
    """Return the names that the claim speaks of and the text does not, each in its language."""
    claim, text = _folded(claim), _folded(text)
    names = _names(tuple(glossary))
    there = {named.entry.term for named in names.find(text)}
    lacking = []
    for named in reversed(names.find(claim)):
        if named.entry.kind not in CHECKED:
            continue
        if named.entry.term not in there and not _latin(named.entry).search(text):
            lacking.append(named.entry.term)
        claim = f"{claim[: named.start]} … {claim[named.end :]}"
    for term, said in words().states.items():
        own = words_pattern(said[language], language, cases=True)
        if own.search(claim):
            if not words_pattern(said[text_language], text_language, cases=True).search(text):
                lacking.append(term)
            claim = own.sub(" … ", claim)
    if language == "ru":
        lacking += _unknown_cyrillic(claim, text)
    if language == "zh":
        lacking += re.findall(
            r"[\u4e00-\u9fff]{1,8}(?:·[\u4e00-\u9fff]{1,8})+", claim
        )  # a foreign name that no list holds
    return lacking


@lru_cache(maxsize=8)
def _names(glossary: tuple[Entry, ...]) -> Names:
    return Names(glossary)


@lru_cache(maxsize=2048)
def _latin(entry: Entry) -> re.Pattern[str]:
    """Return a pattern for a name in Latin letters: its spellings and, of a person, the surname alone."""
    spellings = [_folded(s) for s in (entry.term, *entry.aliases)]
    forms = [re.escape(s).replace(r"\ ", r"[\s-]+") for s in spellings]
    forms += [re.escape(re.sub(r"\s*\([^)]*\)", "", s)) for s in spellings if "(" in s]
    if entry.kind == "person":
        parts = spellings[0].split()
        # "Xi" and "Putin" alone, but not the "Li" of "Li Hui".
        forms.append(rf"{re.escape(parts[0])}(?![\s-]+[A-Z])" if _surname_first(entry) else re.escape(parts[-1]))
    return re.compile(rf"(?<![\w-])(?:{'|'.join(sorted(forms, key=len, reverse=True))})(?!\w)")


def _surname_first(entry: Entry) -> bool:
    """Tell whether a person's surname comes first, as in Chinese and Korean: such names have two or three characters, no dot."""
    return any(len(s) <= 3 and "·" not in s for s in entry.zh) and entry.term.split()[0] in _SURNAMES


def _unknown_cyrillic(claim: str, text: str) -> list[str]:
    """Return the capitalised words inside the claim that no name of the text sounds like."""
    latin = [_spelt(word) for word in re.findall(r"(?<![\w])[A-Z][A-Za-z]+", text)]
    cyrillic = [word.casefold()[:5] for word in _CYRILLIC_NAME.findall(text)]
    lacking = []
    for match in _CYRILLIC_NAME.finditer(claim):
        word = match.group()
        lower = word.casefold()
        if _SENTENCE_START.search(claim[: match.start()]) and not word.isupper():
            continue
        translated = next((english for stem, english in words().translated.items() if lower.startswith(stem)), "")
        if translated and re.search(translated, text, re.IGNORECASE):
            continue
        sound = _spelt(_transliterated(lower))
        if lower[:5] in cyrillic or any(_alike(sound, name) for name in latin):
            continue
        lacking.append(word)
    return lacking


def _alike(sound: str, name: str) -> bool:
    """Tell whether a transliterated name, in any case, sounds like a name in Latin letters."""
    from rapidfuzz import fuzz

    return max(fuzz.ratio(sound[: len(name) + more], name) for more in (0, 1)) >= NEAR


def _transliterated(word: str) -> str:
    return "".join(_LATIN.get(c, c) for c in word).replace("-", "")


def _spelt(word: str) -> str:
    """Return a Latin spelling in which the common ways to transliterate agree."""
    word = word.casefold()
    for one, other in _OTHER_LATIN:
        word = word.replace(one, other)
    return re.sub(r"(.)\1", r"\1", word)


def _folded(text: str) -> str:
    return normalise_quote(text).replace("ё", "е").replace("Ё", "Е")
