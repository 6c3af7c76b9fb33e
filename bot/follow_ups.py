"""Follow-ups by rules: a question that leans on an earlier one is led by that one. "and in 2023?" needs to know in what."""

import re
from collections.abc import Sequence

from bot.history import Exchange
from bot.question import COMMON_NAMES, read_question
from corpus.figures import MONTH, YEAR

_FOLLOW_UP = re.compile(
    r"^\W*(?:(?:and|but|or|what about|how about|why not|since when|how so|really|more|go on|tell me more"
    r"|а|и|но|почему|зачем|что насч[её]т|как насч[её]т)\b|那|还有|還有|为什么|為什麼|为何|為何)|呢\W*$",
    re.IGNORECASE,
)
_PRONOUN = re.compile(
    r"\b(?:it|its|they|them|their|he|him|his|she|her|this|that(?! of\b)|these(?! days)|those(?! of\b)|then|one|both"
    # "Who was there?" points back, "Is there an alliance?" does not.
    r"|(?<!\bis )(?<!\bare )(?<!\bwas )(?<!\bwere )(?<!\bhas )(?<!\bhave )there|there(?=\W*\Z)"
    r"|the (?:same|former|latter)|он[ао]?|они|его|её?|их|это[тм]?|эт[аи]|там|тогда)\b"
    r"|[它他她们們]|[这這那][个個些里裡时時]",
    re.IGNORECASE,
)
# "the treaty" points back, "the Treaty of Good-Neighbourliness" does not.
_THE_SAME = re.compile(
    r"\bthe (?:treaty|agreement|deal|contract|pipeline|bridge|statement|exercise)\b(?! (?:of|between|on|with|in)\b)"
)
_PERSON_WORD = re.compile(r"\b(?:he|she|him|his|her|hers|they|them|their)\b", re.IGNORECASE)
_NAME = re.compile(r"\b[A-Z][a-zé’'-]+(?: [A-Z][a-zé’'-]+)+")
_NO_PERSON = re.compile(
    r"(?:The|In|On|At|Chinese|Russian|Soviet)\b|.*(?:['’]s|\b(?:University|Ministry|Institute|Academy|Center|Council|Committee|Party|Group"
    r"|Agency|Bank|Organisation|Union|Treaty|Agreement|Sea|Island|River|Railway|Siberia))\b"
)
# What may still stand between an office and the name: "Secretary of State Antony Blinken".
_OF_OFFICE = re.compile(r"(?:State|Defence|Defense|Foreign|Commerce|Affairs|General|Justice) (?=[A-Z])")
_OFFICES = frozenset(
    "President Premier Chairman Chairwoman Minister Ambassador Secretary Marshal Admiral Chancellor Envoy Representative Spokesman "
    "Spokeswoman Spokesperson Senator Professor Governor Emperor Tsar King Queen".split()
)
# "Did the Americans react?", "what planes took part": to what, in what?
_OPEN_END = re.compile(
    r"\b(?:react|respond|reply|agree|accept|comply|comment|object|protest|confirm|deny|join|attend|take part|happen)(?:s|ed)?\W*\Z"
    r"|\b(?:replied|agreed|denied|complied|took part|taking part|involved|included|in|out|on|for|with|about|against|by)\W*\Z",
    re.IGNORECASE,
)
# A whole question, unlike "and gas?", of which the next one is "and in 2023?".
_ASKS_ITSELF = re.compile(
    r"\W*(?:(?:and|but|so|or) )*(?:(?:what|how)(?! about)|which|who|whom|whose|when|where|why|is|are|was|were|do|does|did|has|have|had"
    r"|will|would|can|could|should)\b",
    re.IGNORECASE,
)
NAMED_WITHIN = 300
_YEAR = re.compile(rf"\b{YEAR}\b")
_DATED = re.compile(
    rf"(?:\b(?:in|on|for|of|since|by|during|until|from)\s+)?(?:(?:\d{{1,2}} )?{MONTH} )?{_YEAR.pattern}"
)
_YEAR_AWAY = re.compile(
    r"\b(?P<after>(?:the )?(?:year after|following year|next year)|(?:a|one) year later)\b"
    r"|\b(?:(?:the )?(?:year before(?! last)|previous year|preceding year)|(?:a|one) year earlier)\b(?! (?:in|of|that) )",
    re.IGNORECASE,
)
_OF_A_SORT = tuple(
    re.compile(rf"\b(?:{words})\b", re.IGNORECASE)
    for words in (
        r"(?:crude |pipeline |natural |liquefied natural )?(?:oil|gas|lng|coal|timber|wood|grain|soybeans|electricity|uranium"
        r"|arms|weapons|cars)",
        "exports?|imports?|turnover",
    )
)
"""Words of one sort: in "what about gas?" gas takes the place of oil."""
SHORT = 4
"""Words of a question, those of asking left out, that are too few for one that begins with "and" or says "it" to stand alone."""


def with_history(text: str, earlier: Sequence[Exchange]) -> str:
    """Return the question, led by the last one it follows up if it does; that one by the one before it."""
    if not earlier or not follows_up(text):
        return text
    *before, last = earlier
    previous = with_history(last.asked, _without_asides(before))
    text = _with_its_year(text, previous)
    if _YEAR.search(text) or "latest" in read_question(text).wants:
        previous = _DATED.sub("", previous)
    previous = _without_others_of_a_sort(previous, text)
    people = " ".join(_people(last.said)) if _PERSON_WORD.search(text) else ""
    return " ".join(f"{previous.rstrip('?!. ')} {people} {text}".split())


def _without_asides(earlier: Sequence[Exchange]) -> Sequence[Exchange]:
    """Return the exchanges without the last ones that asked something else of the same: "when will it be finished?"."""
    while len(earlier) > 1 and _ASKS_ITSELF.match(earlier[-1].asked) and follows_up(earlier[-1].asked):
        earlier = earlier[:-1]
    return earlier


def _with_its_year(text: str, previous: str) -> str:
    """Return the text with "the year after" and its like as the year it is, where the question before names exactly one."""
    years = set(_YEAR.findall(previous))
    if len(years) != 1:
        return text
    year = int(years.pop())
    return _YEAR_AWAY.sub(lambda m: f"in {year + (1 if m['after'] else -1)}", text)


def _without_others_of_a_sort(previous: str, text: str) -> str:
    """Return the question before without the words that those of the text take the place of."""
    for sort in _OF_A_SORT:
        own = {found.lower() for found in sort.findall(text)}
        others = {found.lower() for found in sort.findall(previous)}
        if own and len(others) == 1 and own.isdisjoint(others):
            previous = sort.sub("", previous)
    return previous


def _people(answers: Sequence[str]) -> list[str]:
    """Return the names in the first words of the last answer, to which "he" or "she" may point."""
    words = answers[-1][:NAMED_WITHIN] if answers else ""
    found = [_person(name) for name in _NAME.findall(words)]
    return list(dict.fromkeys(name for name in found if name))[:2]


def _person(name: str) -> str:
    """Return a person's name without the office before it; empty if it is none ("On Monday", "Chinese Eastern Railway")."""
    words = name.split()
    after = max((i + 1 for i, word in enumerate(words) if word in _OFFICES), default=0)
    rest = re.sub("['’]s$", "", _OF_OFFICE.sub("", " ".join(words[after:]), count=1))
    return "" if _NO_PERSON.match(rest) else rest


def follows_up(text: str) -> bool:
    """Tell whether a question leans on an earlier one: it says too little, or points back."""
    asked = read_question(text)
    telling = [t for t in asked.tokens if t not in COMMON_NAMES]
    nameless = not asked.names and not asked.designations
    if nameless and len(telling) <= 1:
        return True
    if _OPEN_END.search(text) and len(asked.tokens) <= (3 if nameless else 2):
        return True
    points_back = _FOLLOW_UP.match(text) or _PRONOUN.search(text) or (nameless and _THE_SAME.search(text.lower()))
    return len(asked.tokens) <= SHORT and bool(points_back)
