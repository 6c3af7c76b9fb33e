"""Words that askers use for the corpus's words: capitals for governments, short forms, everyday terms. Keys and values are stems.

A question's word counts as covered when the sentence has one of its other forms. Kept short on purpose: each entry is a word that
means the other one in questions about China and Russia, not a thesaurus.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from bot.names import Names
from corpus.glossary import Entry
from index.lexical import LexicalIndex, tokenise

SLIP_LETTERS = 5
"""Shorter words are too alike for a slip to be told from another word."""
LONG_WORD = 8

_FORMS = {
    "moscow": "russia",
    "kremlin": "russia moscow",
    "beijing": "china",
    "washington": "usa",
    "brussels": "eu european",
    "pyongyang": "korea",
    "kyiv": "ukraine",
    "kiev": "ukraine",
    "turnover": "trade",
    "commerce": "trade",
    "pact": "treaty agreement",
    "accord": "agreement treaty",
    "deal": "agreement contract",
    "subs": "submarine",
    "jet": "fighter aircraft",
    "plane": "aircraft airliner",
    "drill": "exercise",
    "wargame": "exercise",
    "nukes": "nuclear",
    "crude": "oil",
    "petroleum": "oil",
    "currency": "yuan rouble",
    "renminbi": "yuan",
    "rmb": "yuan",
    "thaw": "normalisation",
    "rift": "split",
    "quarrel": "split",
    "clash": "fight fought conflict",
    "allies": "alliance",
    "settled": "settlement",
    "poll": "survey",
    "percentage": "per cent",
    "bought": "buy purchase",
    "buy": "bought purchase import",
    "sold": "sale sell",
    "sell": "sold sale deliver delivery supply export",
    "siberian": "siberia",
    "peking": "beijing china",
    "berlin": "germany german",
    "paris": "france french",
    "tokyo": "japan japanese",
    "seoul": "korea",
    "delhi": "india",
    "hague": "icc criminal court",
    "zelenskyy": "zelensky",
    "zelenskiy": "zelensky",
    "wood": "timber",
    "lumber": "timber",
    "soldiers": "troops",
    "warship": "ship",
    "navy": "naval",
    "ships": "vessel warship",
    "mfa": "foreign ministry",
    "valid": "lapse",
    "expire": "lapse",
    "refinery": "refiner",
    "duties": "tariff",
    "factory": "firm plant",
    "company": "firm",
    "lender": "bank",
    "kit": "equipment",
    "ring": "telephone call",
    "phone": "telephone",
    "fort": "fortress",
    "stronghold": "fort",
    "environmental": "ecology pollution",
    "pupils": "students",
    "army": "military",
    "chief": "minister head",
    "boss": "head minister",
    "encounter": "meeting met",
    "meet": "met talks summit",
    "met": "meet talks",
    "struck": "fired blame ambush",
    "shot": "fired blame ambush",
    "fired": "blame ambush provocation",
    "fault": "blame",
    "started": "began blame",
    "latest": "last",
    "newest": "last",
    "recent": "last",
    "sanction": "restriction",
    "ban": "prohibit",
    "slice": "share",
    "chunk": "share",
    "shrink": "fell decline",
    "drop": "fell decline",
    "jump": "rose grew",
    "soar": "rose grew",
    "pipe": "pipeline",
    "car": "vehicle",
    "holidaymaker": "tourist",
    "visitor": "tourist",
    "spy": "espionage",
    "hacker": "cyber",
    "hacking": "cyber",
    "fm": "foreign minister",
    "pm": "premier minister",
    "govt": "government",
    "bn": "billion",
    "mou": "memorandum",
    "uav": "drone",
    "microchip": "chip semiconductor microelectronics",
    "died": "killed dead",
    "dead": "killed",
    "deaths": "killed dead",
    "inked": "signed",
    "lent": "loan credit",
    "loan": "credit",
    "feud": "split dispute",
    "highway": "road motorway",
    "airplane": "aircraft",
    "petrol": "fuel",
    "truck": "lorry vehicle",
    "auto": "car vehicle",
    "automobile": "car vehicle",
    "chopper": "helicopter",
    "migrants": "migration",
    "immigrants": "migration",
    "isle": "island",
    "battle": "fight clash fought",
    "skirmish": "clash fight",
    "shootout": "clash fight",
    "weapons": "arms",
    "arms": "weapons",
    "biggest": "largest",
    "top": "largest",
    "atomic": "nuclear",
    "moon": "lunar",
    "pullout": "withdrawal",
    "quit": "withdraw left",
    "venue": "held",
    "academic": "scholar analyst",
    "expert": "analyst scholar",
    "growth": "rose grew rise",
    "rise": "rose grew",
    "fall": "fell",
}


def _stems() -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for word, others in _FORMS.items():
        for stem in tokenise(word):
            found[stem] = found.get(stem, frozenset()) | (frozenset(tokenise(others)) - {stem})
    return found


_OTHER_FORMS = _stems()


class Vocabulary:
    """Finds what else a question's word may be called in the texts of one index: by the list above, the glossary, the spelling."""

    def __init__(self, lexical: LexicalIndex, glossary: Sequence[Entry] = ()) -> None:
        self._lexical = lexical
        self.names = Names(glossary)
        self._glossary = _from_glossary(glossary, lexical)

    def forms(self, token: str, *, written: str = "") -> frozenset[str]:
        """Return the stems that may stand for a question's word, itself left out.

        Args:
            token: the word's stem.
            written: the word as the reader wrote it; one in small letters that no text holds may be a slip of the pen.
        """
        found = _OTHER_FORMS.get(token, frozenset()) | self._glossary.get(token, frozenset())
        if found or self._lexical.knows(token) or not written.islower():
            return found
        near = self._nearest(token)
        return frozenset((near,)) if near else found

    @cached_property
    def _by_letter(self) -> dict[str, list[str]]:
        words: dict[str, list[str]] = defaultdict(list)
        for word in self._lexical.tokens:
            if len(word) >= SLIP_LETTERS and word.isalpha():
                words[word[0]].append(word)
        return words

    def _nearest(self, token: str) -> str:
        """Return the commonest known word that one slip makes into this one, two in a long one; empty if there is none."""
        from rapidfuzz.distance import OSA

        if len(token) < SLIP_LETTERS or not token.isalpha():
            return ""
        most = 1 if len(token) < LONG_WORD else 2
        close = [
            (OSA.distance(token, word, score_cutoff=most), self._lexical.idf(word), word)
            for word in self._by_letter[token[0]]
            if abs(len(word) - len(token)) <= most
        ]
        return min((row for row in close if row[0] <= most), default=(0, 0.0, ""))[2]


def expanded(tokens: Iterable[str], forms: Mapping[str, frozenset[str]]) -> list[str]:
    """Return the tokens followed by their other forms, each once."""
    tokens = list(tokens)
    return list(dict.fromkeys([*tokens, *(form for t in tokens for form in sorted(forms.get(t, ())))]))


def _from_glossary(glossary: Sequence[Entry], lexical: LexicalIndex) -> dict[str, frozenset[str]]:
    """Return for each word of another spelling that the texts do not use the words of the spelling that they do."""
    found: dict[str, frozenset[str]] = {}
    for entry in glossary:
        term = frozenset(t for t in tokenise(entry.term) if lexical.knows(t))
        for alias in entry.aliases:
            words = tokenise(alias)
            for word in words:
                if word not in term and (len(words) == 1 or not lexical.knows(word)):
                    found[word] = found.get(word, frozenset()) | term
    return found
