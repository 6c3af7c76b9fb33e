"""What can be compared between two wordings of one fact: its figures, and the words that carry meaning."""

import re
from functools import lru_cache

import Stemmer

from corpus.text import normalise

MONTHS = tuple("January February March April May June July August September October November December".split())
MONTH = rf"(?:{'|'.join(MONTHS)})"
"""A pattern for a month in English."""
YEAR = r"(?:1[5-9]|20)\d\d"
"""A pattern for a year that texts and questions tell of."""
_NUMBER = r"\d+(?:,\d{3})*(?:\.\d+)?"
_DATE = re.compile(rf"\b(?:(\d{{1,2}})(?:\s*[–-]\s*|\s+(?:to|and)\s+))?(\d{{1,2}})\s+({MONTH})\b")
_PERCENTAGE = re.compile(rf"(?:({_NUMBER})\s*[–-]\s*)?({_NUMBER})\s*(?:%|per ?cent\b)")
_WORD = re.compile(r"[^\W\d_]{2,}")
_POSSESSIVE = re.compile(r"['’]s\b")
_SHORT = {"US": "United States", "EU": "European Union", "UK": "United Kingdom"}
_SHORT_NAME = re.compile(rf"\b(?:{'|'.join(_SHORT)})\b")

# "one" is left out: it is a pronoun more often than a number.
_SPELLED = {
    word: str(number)
    for number, word in enumerate(
        "none one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen twenty".split()
    )
    if word != "one"
}

# Words that stand in any sentence of the corpus and so tie nothing to a fact: grammar, attribution, and the two countries.
_COMMON = frozenset(
    "a about according after all also an and another any are as at be been before being between both but by could "
    "billion despite did do does during each either first for from give gives gave had has have he her his in "
    "into is it its less million more most no not of on one only or other others over put report reported reports "
    "said same saw say says she so some still such than that the their them then there these they this those "
    "though to trillion under up was were what when where which while who whose will with would year years yet "
    "china chinese russia russian russians sino".split()
)
_stem = Stemmer.Stemmer("english").stemWord


@lru_cache(maxsize=20_000)
def figures(text: str) -> frozenset[str]:
    """Return the numbers, years, percentages, months and days of the text, each in one form: `1023`, `12%`, `May`, `8 May`.

    A range counts with both ends; small numbers in words count as digits.
    """
    text = normalise(text)
    found: set[str] = set(re.findall(rf"\b{MONTH}\b", text))
    for first, last, month in _DATE.findall(text):
        found |= {f"{int(day)} {month}" for day in (first, last) if day}
    text = _DATE.sub(" ", text)
    for pair in _PERCENTAGE.findall(text):
        found |= {f"{_plain(number)}%" for number in pair if number}
    found |= {_plain(number) for number in re.findall(_NUMBER, _PERCENTAGE.sub(" ", text))}
    found |= {_SPELLED[word] for word in _WORD.findall(text.lower()) if word in _SPELLED}
    return frozenset(found)


@lru_cache(maxsize=20_000)
def content_words(text: str) -> frozenset[str]:
    """Return the stems of the words that carry meaning: no figures, no grammar, no attribution, not the two countries."""
    text = _SHORT_NAME.sub(lambda match: _SHORT[match.group()], _POSSESSIVE.sub("", normalise(text)))
    text = re.sub(rf"\b{MONTH}\b", " ", text).lower()
    return frozenset(_stem(word) for word in _WORD.findall(text) if word not in _COMMON and word not in _SPELLED)


def _plain(number: str) -> str:
    return number.replace(",", "")
