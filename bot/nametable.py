"""Names across scripts: which names a text in English, Russian or Chinese speaks of, by the glossary and a short list of states.

A Russian name is met in all its cases, and a state in its adjectives. A capitalised Cyrillic word that the glossary does not know is
transliterated and looked for among the names of the other text. Chinese shows no names by itself: one that no list holds is not seen.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.scripts import words, words_pattern
from corpus.glossary import Entry
from corpus.text import normalise_quote

CHECKED = frozenset({"person", "place", "treaty", "organisation", "project", "weapon"})
"""Kinds of glossary entry that are names; terms may be said in other words."""

_CYRILLIC_NAME = re.compile(r"(?<![\w-])[А-ЯЁ][а-яё]+(?:-[А-ЯЁ]?[а-яё]+)*|(?<![\w-])[А-ЯЁ]{2,}(?![\w-])")
_SENTENCE_START = re.compile(r"(?:\A|[.!?:]\s+|[«\"(]\s*|—\s+)\Z")
_RU_ENDINGS = r"(?:[а-яё]{0,3})"
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


@dataclass(frozen=True, kw_only=True)
class _Name:
    """One name with what it is looked for by in each language."""

    term: str
    patterns: dict[str, re.Pattern[str]]


def names_lacking(claim: str, language: str, text: str, text_language: str, glossary: Sequence[Entry]) -> list[str]:
    """Return the names that the claim speaks of and the text does not, in either's language; the longest names are met first."""
    claim, text = _folded(claim), _folded(text)
    lacking = []
    for name in _table(tuple(glossary)):
        pattern = name.patterns.get(language)
        if pattern is None or not pattern.search(claim):
            continue
        there = name.patterns.get(text_language)
        if there is None or not there.search(text):
            lacking.append(name.term)
        claim = pattern.sub(" … ", claim)
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


def names_found(text: str, language: str, glossary: Sequence[Entry]) -> list[tuple[str, str]]:
    """Return the names and terms of the glossary that a Russian or Chinese text holds: as written there, and in English."""
    text = _folded(text)
    found = []
    for name in _table(tuple(glossary), checked=False):
        pattern = name.patterns.get(language)
        match = pattern.search(text) if pattern else None
        if match and pattern:
            found.append((match.group(), name.term))
            text = pattern.sub(" … ", text)
    return found


@lru_cache(maxsize=8)
def _table(glossary: tuple[Entry, ...], checked: bool = True) -> tuple[_Name, ...]:
    """Return the names, those with the longest spellings first, so that none is taken for a part of a longer one."""
    entries = [e for e in glossary if e.kind in CHECKED or not checked]
    entries.sort(key=lambda e: -max(len(s) for s in (*e.zh, *e.ru, e.term)))
    return tuple(_Name(term=e.term, patterns=_patterns(e)) for e in entries)


def _patterns(entry: Entry) -> dict[str, re.Pattern[str]]:
    found = {"en": _latin(entry)}
    if entry.ru:
        forms = sorted((_in_cases(s) for s in _with_surnames(entry)), key=len, reverse=True)
        found["ru"] = re.compile(rf"(?<![\w-])(?:{'|'.join(forms)})(?!\w)", re.IGNORECASE)
    if entry.zh:
        found["zh"] = re.compile("|".join(re.escape(_folded(s)) for s in sorted(entry.zh, key=len, reverse=True)))
    return found


def _with_surnames(entry: Entry) -> list[str]:
    """Return the Russian spellings; a person with a first name that is no Chinese one also goes by the last of them."""
    own = [_folded(s) for s in entry.ru]
    foreign = entry.kind == "person" and entry.term.split()[-1] in entry.term and not _chinese(entry)
    return own + ([s.split()[-1] for s in own if " " in s] if foreign else [])


def _chinese(entry: Entry) -> bool:
    """Tell whether a person's name begins with the surname, as Chinese and Korean names do."""
    return any("·" not in s and len(s) <= 3 for s in entry.zh) and not any(len(s.split()[-1]) > 8 for s in entry.ru)


def _in_cases(spelling: str) -> str:
    """Return a pattern for a Russian name in all its cases: each word of it may end otherwise."""
    words = []
    for word in re.split(r"([\s—-]+)", spelling):
        if not word.strip(" —-"):
            words.append(r"[\s—–-]+")
        elif len(word) < 4 or word.isupper() or any(c.isdigit() for c in word):
            words.append(re.escape(word) + (r"[а-яё]{0,2}" if len(word) > 1 and not word.isupper() else ""))
        else:
            words.append(re.escape(word.rstrip("аеиоуыэюяйь") or word) + _RU_ENDINGS)
    return "".join(words)


def _latin(entry: Entry) -> re.Pattern[str]:
    spellings = [_folded(s) for s in (entry.term, *entry.aliases)]
    forms = [re.escape(s).replace(r"\ ", r"[\s-]+") for s in spellings]
    forms += [re.escape(re.sub(r"\s*\([^)]*\)", "", s)) for s in spellings if "(" in s]
    if entry.kind == "person":
        parts = spellings[0].split()
        # "Xi" and "Putin" alone, but not the "Li" of "Li Hui".
        forms.append(
            rf"{re.escape(parts[0] if _chinese(entry) else parts[-1])}(?:'s)?(?!\w|[\s-]+[A-Z])"
            if _chinese(entry)
            else rf"{re.escape(parts[-1])}"
        )
    return re.compile(rf"(?<![\w-])(?:{'|'.join(sorted(forms, key=len, reverse=True))})(?!\w)")


def _unknown_cyrillic(claim: str, text: str) -> list[str]:
    """Return the capitalised words inside the claim that no name of the text sounds like."""
    from rapidfuzz import fuzz

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
        if lower[:5] in cyrillic or any(fuzz.ratio(sound[: len(name) + 1], name) >= NEAR for name in latin):
            continue
        lacking.append(word)
    return lacking


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
