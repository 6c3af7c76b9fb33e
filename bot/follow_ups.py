"""Follow-ups by rules: a question that leans on an earlier one is led by that one. "and in 2023?" needs to know in what."""

import re
from collections.abc import Sequence

from bot.history import Exchange
from bot.question import COMMON_NAMES, read_question

_FOLLOW_UP = re.compile(
    r"^\W*(?:(?:and|but|or|so|what about|how about|why not|since when|how so|really|more|go on|tell me more"
    r"|а|и|но|почему|зачем|что насч[её]т|как насч[её]т)\b|那|还有|還有|为什么|為什麼|为何|為何)|呢\W*$",
    re.IGNORECASE,
)
_PRONOUN = re.compile(
    r"\b(?:it|its|they|them|their|he|him|his|she|her|this|that|these|those|there|then|one|both|"
    r"the (?:same|former|latter|treaty|agreement|deal)|он[ао]?|они|его|её?|их|это[тм]?|эт[аи]|там|тогда)\b"
    r"|[它他她们們]|[这這那][个個些里裡时時]",
    re.IGNORECASE,
)
_PERSON_WORD = re.compile(r"\b(?:he|she|him|his|her|hers|they|them|their)\b", re.IGNORECASE)
_NAME = re.compile(r"\b[A-Z][a-zé’'-]+(?: [A-Z][a-zé’'-]+)+")
_NO_PERSON = re.compile(r"(?:The|In|On|At|Chinese|Russian|Soviet)\b")
_OFFICES = frozenset(
    "President Premier Chairman Chairwoman Minister Ambassador Secretary Marshal Admiral Chancellor Envoy Representative Spokesman "
    "Spokeswoman Spokesperson Senator Professor Governor Emperor Tsar King Queen".split()
)
NAMED_WITHIN = 300
_YEAR = re.compile(r"\b(?:1[5-9]\d\d|20\d\d)\b")


def with_history(text: str, earlier: Sequence[Exchange]) -> str:
    """Return the question, led by the last one it follows up if it does; that one by the one before it."""
    if not earlier or not follows_up(text):
        return text
    *before, last = earlier
    previous = with_history(last.asked, before)
    if _YEAR.search(text):
        previous = _YEAR.sub("", previous)
    people = " ".join(_people(last.said)) if _PERSON_WORD.search(text) else ""
    return " ".join(f"{previous.rstrip('?!. ')} {people} {text}".split())


def _people(answers: Sequence[str]) -> list[str]:
    """Return the names in the first words of the last answer, to which "he" or "she" may point."""
    words = answers[-1][:NAMED_WITHIN] if answers else ""
    found = [_person(name) for name in _NAME.findall(words)]
    return list(dict.fromkeys(name for name in found if name))[:2]


def _person(name: str) -> str:
    """Return a person's name without the office before it; empty if it is none ("On Monday", "Chinese Eastern Railway")."""
    words = name.split()
    after = max((i + 1 for i, word in enumerate(words) if word in _OFFICES), default=0)
    rest = " ".join(words[after:])
    return "" if not after and _NO_PERSON.match(rest) else rest


def follows_up(text: str) -> bool:
    """Tell whether a question leans on an earlier one: it says too little, or points back."""
    asked = read_question(text)
    telling = [t for t in asked.tokens if t not in COMMON_NAMES]
    thin = len(telling) <= 1 and not asked.names and not asked.designations
    return thin or (len(asked.tokens) <= 4 and bool(_FOLLOW_UP.match(text) or _PRONOUN.search(text)))
