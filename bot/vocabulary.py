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
    "pyongyang seoul": "korea",
    "kyiv kiev": "ukraine",
    "turnover commerce": "trade",
    "pact accord": "treaty agreement",
    "deal": "agreement contract",
    "subs": "submarine",
    "jet": "fighter aircraft",
    "plane": "aircraft airliner",
    "drill wargame manoeuvre": "exercise",
    "nukes atomic": "nuclear",
    "crude petroleum": "oil",
    "currency": "yuan rouble",
    "renminbi rmb": "yuan",
    "thaw": "normalisation",
    "rift quarrel": "split",
    "clash": "fight fought conflict",
    "allies": "alliance",
    "settled": "settlement",
    "poll": "survey",
    "percentage": "per cent",
    "bought": "buy purchase import",
    "buy": "bought purchase import",
    "sold": "sale sell",
    "sell": "sold sale deliver delivery supply export",
    "siberian": "siberia",
    "peking": "beijing china",
    "berlin": "germany german",
    "paris": "france french",
    "tokyo": "japan japanese",
    "delhi": "india",
    "hague": "icc criminal court",
    "zelenskyy zelenskiy": "zelensky",
    "wood lumber": "timber",
    "soldiers": "troops",
    "warship": "ship",
    "navy": "naval",
    "ships": "vessel warship",
    "mfa": "foreign ministry",
    "valid expire": "lapse",
    "refinery": "refiner",
    "duties tax levy": "tariff",
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
    "chief boss": "minister head",
    "encounter": "meeting met",
    "meet": "met talks summit",
    "met": "meet talks",
    "struck shot": "fired blame ambush",
    "fired": "blame ambush provocation",
    "fault": "blame",
    "started": "began blame",
    "latest newest recent": "last",
    "sanction": "restriction",
    "ban": "prohibit",
    "slice chunk fraction portion proportion": "share per cent",
    "shrink drop fall decrease dip slump plunge": "fell decline",
    "jump soar increase": "rose grew rise growth",
    "pipe": "pipeline",
    "car": "vehicle",
    "holidaymaker visitor": "tourist",
    "spy": "espionage",
    "hacker hacking": "cyber",
    "fm": "foreign minister",
    "pm": "premier minister",
    "govt": "government",
    "bn": "billion",
    "mou memo": "memorandum",
    "uav": "drone",
    "microchip": "chip semiconductor microelectronics",
    "died deaths": "killed dead",
    "dead": "killed lethal",
    "inked": "signed",
    "lent borrow": "loan credit",
    "loan": "credit",
    "feud row spat": "split dispute",
    "highway": "road motorway",
    "airplane": "aircraft",
    "petrol": "fuel",
    "truck": "lorry vehicle",
    "auto automobile": "car vehicle",
    "chopper": "helicopter",
    "migrants immigrants": "migration",
    "isle": "island",
    "battle": "fight clash fought",
    "skirmish shootout": "clash fight",
    "weapons": "arms",
    "arms": "weapons",
    "biggest top": "largest",
    "moon": "lunar",
    "pullout": "withdrawal",
    "quit": "withdraw left",
    "venue": "held",
    "academic expert": "scholar analyst",
    "growth": "rose grew rise",
    "rise": "rose grew growth",
    "percent": "cent",
    "renew prolong": "extend extension renew prolong",
    "extend": "prolong renew",
    "unification unify reunify": "reunification",
    "pulled": "withdrew recall",
    "specialist": "expert",
    "border": "frontier boundary",
    "boundary frontier": "border boundary frontier",
    "negotiations talks": "negotiations talks",
    "punish blacklist penalise": "sanction",
    "aid help assistance": "aid help assistance",
    "promise vow": "pledged undertook",
    "commence": "began",
    "finish": "complete",
    "built": "build construction",
    "build construct": "construction built",
    "wounded injured": "wounded casualties",
    "casualties toll": "killed dead losses",
    "scared afraid": "fear warned",
    "worry": "concern fear",
    "distrust suspicion": "mistrust wariness",
    "popular liked": "favourable favourably",
    "cheap cheaper discount": "price lower",
    "ammo": "ammunition",
    "rocket": "missile",
    "serviceman": "soldiers troops personnel",
    "boat": "ship vessel",
    "fleet": "navy naval",
    "fly": "flew flown flight",
    "satnav gps": "navigation",
    "chip": "semiconductor microelectronics",
    "semiconductor": "chip microelectronics",
    "uni college": "university",
    "trip journey": "visit travel",
    "tourism": "tourist trips",
    "trees forest": "timber logging",
    "diplomat": "ambassador envoy",
    "spokesperson": "spokesman spokeswoman",
    "ballot": "vote",
    "oppose": "against",
    "block": "veto",
    "invade": "invasion",
    "truce armistice": "ceasefire",
    "clause provision": "article",
    "approve": "ratified",
    "territory": "land",
    "cede": "assigned transferred",
    "railroad railway rail": "railway rail",
    "road": "motorway",
    "harbour": "port",
    "freight cargo": "freight cargo",
    "shipment": "deliveries cargo",
    "ton": "tonnes",
    "kilometer": "kilometres km",
    "km": "kilometres",
    "kilometre": "km",
    "yearly": "annual",
    "peak": "record",
    "ties relations relationship": "ties relations relationship",
    "rely reliance reliant": "depend",
    "imbalance": "asymmetry",
    "subordinate vassal": "junior",
    "purchase": "buy bought imports",
    "supply": "deliver delivery sold exports",
    "deliver": "supply delivery sold exports",
    "delivery": "supply deliver sold exports",
    "provide sent": "supply",
    "cost": "price worth",
    "price": "cost",
    "worth value": "worth value",
    "chat conversation": "talks call",
    "covid coronavirus": "pandemic",
    "machinery": "machine equipment",
    "tech": "technology",
    "ai": "artificial intelligence",
    "researcher": "scholar analyst study",
    "professor": "scholar",
    "denounce": "condemn criticised",
    "threaten": "threat",
    "danger": "threat risk",
    "shoot": "fired clash fought",
    "stake": "share hold held",
    "lead": "led head",
    "led": "headed lead",
    "arrest": "suspected detained",
    "detained": "arrested suspected",
    "forbid": "ban bars prohibit",
    "agree": "agreement",
    "suggest": "propose",
    "refuse": "rejected declined",
    "verify": "confirm",
    "rumour": "claim allegation unconfirmed",
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
