"""What a claim may write in another form than its text: rounded figures, shares in words, ISO dates, a rise for a larger figure.

The claim is written out in the text's own form where the two mean the same; what cannot be is left as it stands, and fails in
`bot.support`. "About 74 million" is 74.04 million; "74 million" without "about" is not, and "about 75 million" never is.
"""

import re

from corpus.figures import MONTHS, YEAR
from corpus.text import normalise_quote

_NOT = re.compile(r"\bnot ([a-z]{4,})\b")
_ISO = re.compile(rf"\b({YEAR})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])\b")
_SCALE = r"(?=(\s?%| per ?cent| (?:thousand|million|billion|trillion))?)"
_NUMBER = re.compile(rf"(?<![\w.,-])(\d+(?:,\d{{3}})*(?:\.\d+)?)(?![\d]|[.,]\d|-){_SCALE}")
_ABOUT = re.compile(
    r"\b(about|around|roughly|approximately|some|nearly|almost|close to|just under|under|over|more than|just over|slightly more than|"
    rf"slightly less than|less than)\s+((?:US ?)?\$ ?)?(\d+(?:,\d{{3}})*(?:\.\d+)?)(?![\d]|[.,]\d){_SCALE}",
    re.IGNORECASE,
)
_BELOW = frozenset(("nearly", "almost", "close to", "just under", "under", "slightly less than", "less than"))
_ABOVE = frozenset(("over", "more than", "just over", "slightly more than"))
_TWO = re.compile(
    r"\b([Tt]he|[Tt]heir|[Bb]oth) two (?=countries|neighbours|states|powers|sides|nations|governments|leaders|presidents|navies|armies)"
)
_BOTH = re.compile(r"\bChin(?:a|ese)\b.*\b(?:Russian?|Soviet)\b|\b(?:Russian?|Soviet)\b.*\bChin(?:a|ese)\b", re.DOTALL)
_SINCE_JANUARY = re.compile(rf"\bJanuary(?:\s?[-–]\s?| to )({'|'.join(MONTHS)})\b")
_PERIODS = {2: "first quarter", 5: "first half"}
_NUMBERS = "two three four five six seven eight nine ten eleven".split()
WITHIN = 0.025
"""How far a rounded figure may be from the exact one, as a share of it."""
_SHARES = {
    "half": (50.0, 3), "third": (100 / 3, 2.5), "quarter": (25.0, 2), "fifth": (20.0, 1.5), "tenth": (10.0, 1),
    "two third": (200 / 3, 4), "three quarter": (75.0, 3), "two fifth": (40.0, 2), "three fifth": (60.0, 2), "four fifth": (80.0, 3),
}  # fmt: skip
"""Shares in words: the per cent they are, and how many points beside it still are "about" that share."""
_SHARE = re.compile(
    r"\b(a|one|two|three|four)[ -](half|halves|third|quarter|fifth|tenth)s?\b"
    r"(?=\s+(?:of|in|from|compared|between|on)\b|[,.;]|\s*\Z)|\b(half)(?= of\b)"
)
_MORE = re.compile(
    r"(?:%|per ?cent|times) (?:more|higher|larger|up)\b|\b(?:doubl|tripl|treb|quadrupl)\w+\b|\bup by\b", re.IGNORECASE
)
_LESS = re.compile(r"(?:%|per ?cent) (?:less|lower|fewer|smaller|down)\b|\bhalv\w+\b|\bdown by\b", re.IGNORECASE)
_CHANGES = ((_MORE, "rose rise"), (_LESS, "fell fall"))
_ROUGHLY = r"(?:about |around |roughly |some |nearly )?\$?"
_FROM_TO = re.compile(
    r"\b(rose|grew|increased|climbed|rising|growing|increasing|up|fell|dropped|declined|decreased|shrank|falling|down)\s+from\s+"
    rf"{_ROUGHLY}(\d[\d,]*(?:\.\d+)?)\D[^.;]*?\bto\s+{_ROUGHLY}(\d[\d,]*(?:\.\d+)?)"
)
_UP = frozenset("rose grew increased climbed rising growing increasing up".split())


def in_form_of(claim: str, text: str) -> str:
    """Return the claim with its figures and dates in the text's form where they mean the same."""
    claim = _ISO.sub(lambda m: f"{int(m.group(3))} {MONTHS[int(m.group(2)) - 1]} {m.group(1)}", normalise_quote(claim))
    claim = _NOT.sub(lambda m: f"un{m.group(1)}" if f"un{m.group(1)}" in text.lower() else m.group(), claim)
    claim = re.sub(r"\b(sq\.? ?km|km2|km²)(?!\w)", "square kilometres", claim)
    claim = _TWO.sub(r"\1 ", claim) if _BOTH.search(text) else claim
    exact = [(n, _value(n), _unit(unit)) for n, unit in _NUMBER.findall(normalise_quote(text))]
    claim = _ABOUT.sub(lambda m: _exact(m, exact), claim)
    claim = _SHARE.sub(lambda m: _percent(m, exact), claim)
    return _FROM_TO.sub(_without_direction, claim)


def with_changes(text: str) -> str:
    """Return the text with what its comparisons and periods mean: what is 9% less fell, January–September are nine months."""
    text = normalise_quote(text)
    told = " ".join([*(words for pattern, words in _CHANGES if pattern.search(text)), *_periods(text)])
    return f"{text.rstrip('.')} ({told})." if told else text


def _periods(text: str) -> list[str]:
    last = [MONTHS.index(month) for month in _SINCE_JANUARY.findall(text)]
    spelt = [f"first {_NUMBERS[n - 1]} months" for n in last if 0 < n < 11]
    spelt += [f"first {_NUMBERS[n - 1]} months" for n, name in _PERIODS.items() if name in text]
    return [*spelt, *(_PERIODS[n] for n in last if n in _PERIODS)]


def _exact(match: re.Match[str], exact: list[tuple[str, float, str]]) -> str:
    """Return "about 74 million" as "about 74.04 million" if that is the one figure of the text that rounds to it."""
    how, currency, shown, unit = match.groups()
    value, decimals = _value(shown), len(shown.partition(".")[2])
    fitting = {
        n: v
        for n, v, u in exact
        if u == _unit(unit or "")
        and abs(v - value) <= WITHIN * v
        and (round(v, decimals) == value or _few_digits(value, v))
    }
    if len(fitting) != 1 or shown in fitting:
        return match.group()
    ((found, true),) = fitting.items()
    if (how.lower() in _BELOW and value < true) or (how.lower() in _ABOVE and value > true):
        return match.group()
    return f"{'about' if how.lower() in _ABOVE | _BELOW else how} {currency or ''}{found}"


def _few_digits(value: float, true: float) -> bool:
    """Tell whether a figure is the true one rounded to its first two or three digits: 33,000 for 32,870."""
    return any(float(f"{true:.{digits}e}") == value for digits in (1, 2)) and value >= 10


def _percent(match: re.Match[str], exact: list[tuple[str, float, str]]) -> str:
    many, part, half = match.groups()
    name = half or (f"{many} {part}" if many in ("two", "three", "four") else part.replace("halves", "half"))
    share, beside = _SHARES.get(name, (0.0, 0.0))
    fitting = [n for n, v, u in exact if u == "%" and share and abs(v - share) <= beside]
    return f"{fitting[0]}%" if len(set(fitting)) == 1 else match.group()


def _without_direction(match: re.Match[str]) -> str:
    """Return "rose from 34 to 64" as "from 34 to 64", which says the same, and "rose from 64 to 34" as it stands."""
    first, last = _value(match.group(2)), _value(match.group(3))
    rises = match.group(1) in _UP
    return (
        match.group().removeprefix(match.group(1)).lstrip()
        if (last > first) is rises and first != last
        else match.group()
    )


def _value(number: str) -> float:
    return float(number.replace(",", ""))


def _unit(unit: str) -> str:
    unit = unit.strip()
    return "%" if unit in ("%", "per cent", "percent") else unit
