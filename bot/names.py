"""Names in Chinese and Russian, found in any text and told by the spelling that the texts use: what the glossary is for.

Russian names are found in every case, Chinese ones in traditional characters, too.
"""

import json
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from corpus.glossary import Entry
from index.lexical import tokenise

_CHARACTERS = Path(__file__).parent / "han.json"
_WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
_DESIGNATION = re.compile(r"([^\W\d_]{1,4}-\d+)[^\W\d_]+$")
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_DASH = r"[-\u2010-\u2015\uff0d]?"
SHORTEST = 2
"""Characters of the shortest Chinese name that is looked for."""
# Names that are everyday words, too: the Ili region is "Или", which is "or"; Dalian was "Дальний", which is "far".
_EVERYDAY = frozenset("или дальний большой".split())


@dataclass(frozen=True, kw_only=True)
class Named:
    """A name found in a text: where it stands, and the entry it is of."""

    start: int
    end: int
    entry: Entry


@lru_cache(maxsize=1)
def _to_simplified() -> dict[int, int]:
    pairs = json.loads(_CHARACTERS.read_text(encoding="utf-8"))
    return {ord(t): ord(s) for t, s in zip(pairs["traditional"], pairs["simplified"], strict=True)}


def simplified(text: str) -> str:
    """Return the text with the commonest traditional Chinese characters simplified; as long as it was."""
    return text if text.isascii() else text.translate(_to_simplified())


class Names:
    """The Chinese and Russian names of a glossary, ready to be looked for."""

    def __init__(self, glossary: Sequence[Entry] = ()) -> None:
        self._chinese = {
            _plain_dashes(simplified(spelling)): entry
            for entry in glossary
            for spelling in entry.zh
            if len(spelling) >= SHORTEST
        }
        longest_first = sorted(self._chinese, key=lambda spelling: (-len(spelling), spelling))
        self._pattern = re.compile("|".join(_DASH.join(map(re.escape, s.split("-"))) for s in longest_first) or "(?!)")
        self._russian: dict[str, list[tuple[tuple[str, ...], Entry]]] = defaultdict(list)
        for entry in glossary:
            for spelling in entry.ru:
                stems = tuple(stem for stem, _, _ in _stems(spelling))
                if stems:
                    self._russian[stems[0]].append((stems, entry))
        for found in self._russian.values():
            found.sort(key=lambda pair: -len(pair[0]))

    def find(self, text: str) -> list[Named]:
        """Return the names in a text in order; of two that overlap the longer one."""
        if text.isascii():
            return []
        found = [*self._find_chinese(text), *self._find_russian(text)]
        return sorted(found, key=lambda named: named.start)

    def in_english(self, text: str) -> str:
        """Return the text with each of the names replaced by the spelling that the texts use."""
        for named in reversed(self.find(text)):
            before, after = text[: named.start], text[named.end :]
            left = " " if before[-1:].isalnum() else ""
            text = f"{before}{left}{named.entry.term}{' ' if after[:1].isalnum() else ''}{after}"
        return text

    def _find_chinese(self, text: str) -> list[Named]:
        matches = self._pattern.finditer(simplified(text))
        return [
            Named(start=m.start(), end=m.end(), entry=entry)
            for m in matches
            if (entry := self._chinese.get(_plain_dashes(m.group()))) or (entry := self._without_dash(m.group()))
        ]

    def _without_dash(self, found: str) -> Entry | None:
        """Return the entry of a name that stands in the text without the dash that its spelling has."""
        return next((entry for s, entry in self._chinese.items() if s.replace("-", "") == found.replace("-", "")), None)

    def _find_russian(self, text: str) -> list[Named]:
        if not _CYRILLIC.search(text):
            return []
        stems = _stems(text)
        found: list[Named] = []
        at = 0
        while at < len(stems):
            entry, length = self._russian_at(text, stems, at)
            if entry is not None:
                found.append(Named(start=stems[at][1], end=stems[at + length - 1][2], entry=entry))
            at += length
        return found

    def _russian_at(self, text: str, stems: Sequence[tuple[str, int, int]], at: int) -> tuple[Entry | None, int]:
        """Return the entry whose name begins at a word and how many words it has; None and 1 if there is none."""
        first, start, end = stems[at]
        if text[start:end] in _EVERYDAY:
            return None, 1
        plain = _DESIGNATION.match(first)  # "су-27ск" is a kind of "су-27"
        for wanted, entry in (*self._russian.get(first, ()), *(self._russian.get(plain[1], ()) if plain else ())):
            if plain and wanted == (plain[1],):
                return entry, 1
            if tuple(stem for stem, _, _ in stems[at : at + len(wanted)]) == wanted:
                return entry, len(wanted)
        return None, 1


def _plain_dashes(text: str) -> str:
    return re.sub("[\u2010-\u2015\uff0d]", "-", text)


def _stems(text: str) -> list[tuple[str, int, int]]:
    """Return the search tokens of a text with where their words stand."""
    return [
        (stem, m.start(), m.end())
        for m in _WORD.finditer(text)
        for stem in tokenise(m.group().replace("ё", "е").replace("Ё", "Е"))
    ]
