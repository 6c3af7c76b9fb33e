"""What belongs to what in a sentence: a figure to what it counts and to its year, a number to the name before it, a per cent to a change.

All figures and words of a claim may stand in its text and yet be exchanged: "60% in gold and 40% in yuan", "two Russian and seven Chinese
aircraft", "64% in 2022". What a figure counts are the words right behind it. A claim is refused only if it puts before a word a figure
that the text puts before others, and the text puts another figure before that word.
"""

import re
from collections.abc import Iterator

from corpus.figures import MONTH, MONTHS, YEAR
from corpus.text import normalise_quote
from index.lexical import tokenise

_NUMBERED = re.compile(
    rf"\b([A-Z][A-Za-z]+)[ -](\d{{1,3}})\b(?! ?(?:%|per|million|billion|{MONTH}|states|countries|votes|members))"
)
_CHANGE = (
    r"(?:%|per ?cent)\s+(?:less|more|lower|higher|fewer|up|down|fall|drop|decline|decrease|rise|increase|growth)"
    r"|(?:%|per ?cent),? (?:a|the) fall"
)
_BY = r"\bby (?:about |around |nearly |roughly |some |over |more than )?"
_SPELT = {word: str(n) for n, word in enumerate("two three four five six seven eight nine ten".split(), 2)}
_FIGURE = re.compile(
    rf"(?<![\w.,-])(?<!\bper )\$?\d[\d,]*(?:\.\d+)?%?(?![\w-])|\b(?:{'|'.join(_SPELT)})\b", re.IGNORECASE
)
# "Article 9", "Tianwan 7", "6 and 7 June": numbers that count nothing.
_NO_COUNT = re.compile(r"\b(?:[A-Z][\w-]*|[Aa]rticles?)\s\Z")
_DAY = re.compile(rf"(?:\s?[-–]\s?\d+|,? (?:and|to) \d+)? {MONTH}\b")
_STOPS = re.compile(
    r"[,;:()]|\b(?:to|from|for|by|with|at|on|who|which|that|were|was|are|is|had|has|as|against|than|after|before|between|while|when|"
    r"according|under|over|into|if|or|but|through|and(?! \d{4}))\b"
)
_DATED = re.compile(rf"\b(?:(\d{{1,2}}) )?({MONTH}),? ({YEAR})\b")
_BY_WHOM = re.compile(
    r"\b([a-z]+(?:ed|led|made|held|built|won|sent|run|owned)) (?:jointly )?by (?:the )?([A-Z][\w-]*(?: [A-Z][\w-]*)*)"
)
_JOINTS = re.compile(r"[,;]\s|\b(?:and|while|whereas|but)\b")
_NAME = re.compile(r"\b[A-Z][\w-]*")
_UNCOUNTED = frozenset(
    "of in the a an its their and about some around nearly million billion thousand trillion per cent us dollars".split()
)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


def exchanged(claim: str, text: str) -> tuple[str, str]:
    """Return what kind of pair the claim has that the text pairs otherwise, and its words; two empty texts if it has none.

    Args:
        claim: one sentence.
        text: one sentence, the one that the claim rests on.
    """
    claim, text = normalise_quote(claim), normalise_quote(text)
    for kind, rule in (
        ("combined", _recounted),
        ("unsupported-figure", _levels),
        ("unsupported-figure", _changes),
        ("unsupported-figure", _dates),
        ("combined", _owned),
        ("unsupported-roles", _agents),
        ("unsupported-name", _numbered),
    ):
        found = next(rule(claim, text), "")
        if found:
            return kind, found
    return "", ""


def _recounted(claim: str, text: str) -> Iterator[str]:
    """Find a figure that the claim puts before what the text puts another one before: "60% in gold and 40% in yuan"."""
    there = _counted(text)
    if len(there) < 2:
        return
    for number, words in _counted(claim).items():
        if number not in there:
            continue
        others = set().union(*(found for other, found in there.items() if other != number))
        taken = words & (others - there[number])
        if taken:
            yield f"{number} … {' '.join(sorted(taken))}"
    values = [v for v in there if v in _counted(claim)]
    years = set(_YEAR.findall(claim))
    if len(values) == 1 and len(years) == 1 and not years & there[values[0]]:
        dated = _YEAR.search(" ".join(there[values[0]]))
        if dated and years & set().union(*there.values()):
            yield f"{values[0]} in {years.pop()}"


def _counted(text: str) -> dict[str, set[str]]:
    """Return for each figure the words right behind it that say what it counts, years among them."""
    found: dict[str, set[str]] = {}
    matches = [
        m for m in _FIGURE.finditer(text) if not _NO_COUNT.search(text[: m.start()]) and not _DAY.match(text, m.end())
    ]
    matches = [m for m in matches if not _YEAR.fullmatch(m.group())]
    ends = [*(m.start() for m in matches), len(text)][1:]
    for match, end in zip(matches, ends, strict=False):
        behind = _STOPS.split(text[match.end() : end])[0]
        words = [w for w in re.findall(r"[\w-]+", behind) if w.lower() not in _UNCOUNTED][:5]
        number = _SPELT.get(match.group().lower(), match.group().lower())
        found.setdefault(number, set()).update(tokenise(" ".join(words)))
    return found


def _levels(claim: str, text: str) -> Iterator[str]:
    """Find a per cent that the text has as a change and the claim as a level: "fell by 63%", "fell to 63%"."""
    for match in re.finditer(
        r"\bto (?:about |around |nearly |roughly |some )?(\d+(?:\.\d+)?)\s?(?:%|per ?cent)", claim
    ):
        number = re.escape(match.group(1))
        changes = len(re.findall(rf"(?<![\d.]){number}\s?(?:{_CHANGE})|{_BY}{number}\s?(?:%|per ?cent)", text))
        if changes and changes == len(re.findall(rf"(?<![\d.]){number}\s?(?:%|per ?cent)", text)):
            yield match.group()


def _changes(claim: str, text: str) -> Iterator[str]:
    """Find a per cent that the text has only as a level and the claim as a change: "rose to 11%", "rose by 11%"."""
    for match in re.finditer(rf"{_BY}(\d+(?:\.\d+)?)\s?(?:%|per ?cent)", claim):
        number = rf"(?<![\d.]){re.escape(match.group(1))}\s?(?:%|per ?cent)"
        if len(re.findall(rf"\bto (?:\w+ )?{number}", text)) == len(re.findall(number, text)) > 0:
            yield match.group()


def _dates(claim: str, text: str) -> Iterator[str]:
    """Find a month or day with another year than the text has behind it: "in March 2016 … under the deal of 2014", "in March 2014"."""
    there = _DATED.findall(text)
    for day, month, year in _DATED.findall(claim):
        years = {y for d, m, y in there if m == month and (not day or d == day)}
        named = len(re.findall(rf"\b{day} {month}\b" if day else rf"\b{month}\b", text))
        if years and year not in years and named == len(years):
            yield f"{day} {month} {year}".strip()


def _owned(claim: str, text: str) -> Iterator[str]:
    """Find two figures that have exchanged the names beside them: "Asia's share … 70%, the EU's 16%", the other way round."""
    own, there = _beside(claim), _beside(text)
    for figure, names in own.items():
        others = set().union(*(found for other, found in there.items() if other != figure)) - there.get(figure, names)
        lost = there.get(figure, names) - names
        given = lost & set().union(*(found for other, found in own.items() if other != figure))
        if names & others and given:
            yield f"{figure} … {' '.join(sorted(names & others))}"


def _beside(text: str) -> dict[str, set[str]]:
    """Return for each figure that is alone in its part of a sentence the names in that part."""
    found: dict[str, set[str]] = {}
    for part in _JOINTS.split(text):
        figures = [m.group() for m in _FIGURE.finditer(part) if m.group()[-1] == "%"]
        if len(figures) == 1:
            found.setdefault(figures[0], set()).update(n for n in _NAME.findall(part) if n not in MONTHS)
    return found


def _agents(claim: str, text: str) -> Iterator[str]:
    """Find what the text says was done by another: "led by China", "led by South Africa"."""
    there = [(set(tokenise(verb)), set(tokenise(who))) for verb, who in _BY_WHOM.findall(text)]
    for verb, who in _BY_WHOM.findall(claim):
        doers = [names for verbs, names in there if verbs & set(tokenise(verb))]
        if doers and not any(names & set(tokenise(who)) for names in doers) and who not in MONTHS:
            yield f"{verb} by {who}"


def _numbered(claim: str, text: str) -> Iterator[str]:
    """Find a name that the claim has without its number, or with another: Power of Siberia 2, Power of Siberia."""
    there: dict[str, set[str]] = {}
    for name, number in _NUMBERED.findall(text):
        there.setdefault(name, set()).add(number)
    for name in there:
        if name in MONTHS:
            continue
        bare = rf"\b{name}\b(?![ -]\d)"
        if re.search(bare, claim) and not re.search(bare, text) and not re.search(rf"\b{name}[ -]\d", claim):
            yield name
