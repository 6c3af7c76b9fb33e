"""Numbers and dates of a text in English, Russian or Chinese, in one form each: 244.8 billion, 244,8 млрд and 2448亿 are one number.

Numbers are read as figures (with the thousands and decimals of the language), as words where those can be told from other words, and
scaled; a percentage is none of the plain numbers. A day is kept with its month, a month alone as a month, a year as a number.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from corpus.figures import MONTH, MONTHS, YEAR
from corpus.text import normalise_quote

Day = tuple[int, int]
"""Month and day."""


@dataclass(frozen=True, kw_only=True)
class Amounts:
    """The numbers and dates of a text. Numbers are written with twelve digits, percentages with a sign behind them."""

    numbers: frozenset[str]
    months: frozenset[int]
    days: frozenset[Day]
    dated: frozenset[tuple[int, str]] = frozenset()
    """Months that stand with their year."""

    def lacking_in(self, other: "Amounts") -> list[str]:
        """Return what this holds and the other does not, as words."""
        days = [f"{day}.{month:02}." for month, day in sorted(self.days - other.days)]
        months = [f"month {month}" for month in sorted(self.months - other.months)]
        known = {month for month, _ in other.dated}
        dated = [f"month {month} of {year}" for month, year in sorted(self.dated - other.dated) if month in known]
        return sorted(self.numbers - other.numbers) + days + months + dated


_RU_MONTHS = r"январ\w* феврал\w* март\w* апрел\w* ма[йяею]\b июн\w* июл\w* август\w* сентябр\w* октябр\w* ноябр\w* декабр\w*".split()
_EN_MONTH = rf"{MONTH}\b"
_RU_MONTH = rf"(?:{'|'.join(_RU_MONTHS)})"
_TO = r"\s*(?:-|to|and|or|и|по|至|到|、|和)\s*"
_DATES = {
    "en": (
        re.compile(rf"\b(?:(\d{{1,2}})(?:st|nd|rd|th)?{_TO})?(\d{{1,2}})(?:st|nd|rd|th)? (?:of )?({_EN_MONTH})"),
        re.compile(rf"\b({_EN_MONTH}) (\d{{1,2}})(?:st|nd|rd|th)?(?:{_TO}(\d{{1,2}}))?(?![\d.,]*\d)"),
    ),
    "ru": (re.compile(rf"\b(?:(\d{{1,2}}){_TO})?(\d{{1,2}})(?:-?го)? ({_RU_MONTH})", re.IGNORECASE),),
    "zh": (re.compile(rf"(\d{{1,2}})月(\d{{1,2}})(?:[日号]|(?={_TO}\d))(?:{_TO}(\d{{1,2}})[日号])?"),),
}
_MONTH_ALONE = {
    "en": re.compile(rf"\b{_EN_MONTH}"),
    "ru": re.compile(rf"\b{_RU_MONTH}", re.IGNORECASE),
    "zh": re.compile(r"(?<!\d)(\d{1,2})月"),
}
_MONTH_OF_YEAR = {
    "en": re.compile(rf"\b(?P<month>{_EN_MONTH})(?: \d{{1,2}},?)? (?P<year>\d{{4}})\b"),
    "ru": re.compile(rf"\b(?P<month>{_RU_MONTH}) (?P<year>\d{{4}})\b", re.IGNORECASE),
    "zh": re.compile(r"(?P<year>\d{4})年(?P<month>\d{1,2})月"),
}
_SCALES = {
    "en": (("thousand", 3), ("million|mn", 6), ("billion|bn|bcm", 9), ("trillion", 12)),
    "ru": ((r"тыс(?:яч\w*|\b)\.?", 3), (r"млн\b|миллион\w*", 6), (r"млрд\b|миллиард\w*", 9), (r"трлн\b|триллион\w*", 12)),
    "zh": (("万亿", 12), ("千亿", 11), ("百亿", 10), ("十亿", 9), ("亿", 8), ("千万", 7), ("百万", 6), ("十万", 5), ("万", 4)),
}  # fmt: skip
_FIGURE = {
    "en": r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?",
    "ru": r"\d{1,3}(?: \d{3})+(?:,\d+)?|\d+(?:[.,]\d+)?",
    "zh": r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?",
}
_PERCENT = {"en": r"%|per ?cent\b", "ru": r"%|процент\w*", "zh": r"%|个百分点"}
_SCALED = {
    code: re.compile(
        rf"(?<!\d)(?<!\d[.,])({_FIGURE[code]})(?:(?:{_TO})({_FIGURE[code]}))?(?:-?(?:х|е|й|го|му|м|я|ю))?"
        rf"\s*(?:({'|'.join(f'(?:{words})' for words, _ in _SCALES[code])})|({_PERCENT[code]}))?",
        re.IGNORECASE,
    )
    for code in _FIGURE
}
_SHORT_YEARS = re.compile(rf"\b({YEAR})([-/])(\d\d)\b(?![-/]\d)")

_EN_WORDS = (
    "- - two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen "
    "nineteen twenty"
)
_EN_ORDINALS = (
    "- - second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
    "sixteenth seventeenth eighteenth nineteenth twentieth"
)
_EN_NUMBERS = {
    word: number for words in (_EN_WORDS, _EN_ORDINALS) for number, word in enumerate(words.split()) if word != "-"
} | {"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
# From three on: "две страны" and "оба" speak of the two countries.
_RU_NUMBERS = tuple(
    (re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE), number)
    for pattern, number in (
        (r"три|тр[её]х|тр[её]м|тремя|трет(?:ий|ья|ье|ьего|ьей|ьем|ьему|ью|ьи|ьих)", 3),
        (r"четыре|четыр[её]х|четыр[её]м|четырьмя|четв[её]рт(?:ый|ая|ое|ого|ой|ом|ому|ую|ые|ых)", 4),
        (r"пят(?:ь|и|ью|ый|ая|ое|ого|ой|ом|ому|ую|ые|ых)", 5),
        (r"шест(?:ь|и|ью|ой|ая|ое|ого|ом|ому|ую|ые|ых)", 6),
        (r"семь|семи|семью|седьм(?:ой|ая|ое|ого|ом|ому|ую|ые|ых)", 7),
        (r"восемь|восьми|восемью|восьм(?:ой|ая|ое|ого|ом|ому|ую|ые|ых)", 8),
        (r"девят(?:ь|и|ью|ый|ая|ое|ого|ой|ом|ому|ую|ые|ых)", 9),
        (r"десят(?:ь|и|ью|ый|ая|ое|ого|ой|ом|ому|ую|ые|ых)", 10),
        *((rf"{stem}надцат(?:ь|и|ью|ый|ая|ое|ого|ой|ом|ому|ую|ые|ых)", number) for number, stem in enumerate(
            "один две три четыр пят шест сем восем девят".split(), 11)),
        (r"двадцат(?:ь|и|ью|ый|ая|ое|ого|ой|ом|ому|ую|ые|ых)", 20),
        (r"тридцат(?:ь|и|ью|ый|ая|ое|ого|ой|ом|ому|ую|ые|ых)", 30),
    )
)  # fmt: skip
_ROMAN = re.compile(r"\b(X{0,2}(?:IX|IV|V?I{0,3}))(?=[ -]?(?:век|столет|-го|-й))")
_ZH_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_ZH_UNITS = {"十": 10, "百": 100, "千": 1000}
_ZH_BEHIND = (
    r"(?=年|个|月|日|天|次|架|艘|座|条|家|名|人|项|份|吨|倍|周|届|轮|点|票|万|亿|美元|方|处|枚|批|段|分之|世纪|大)"
)
_ZH_NUMERAL = re.compile(
    rf"(?:百分之|第)[一二三四五六七八九十百千两零〇]+|[一二三四五六七八九十百千两零〇]+{_ZH_BEHIND}"
)
_ZH_CENTURY = re.compile(r"(\d{1,2})世纪(\d0)年代")
_ZH_WITH_BOTH = re.compile(r"(\d+(?:\.\d+)?)亿(\d+(?:\.\d+)?)万")
# "两国", "一个", "第一" count nothing that another language says with a number.
_ZH_LEAST = 3


@lru_cache(maxsize=10_000)
def amounts(text: str, language: str) -> Amounts:
    """Return the numbers and dates of a text.

    Args:
        text: in any form.
        language: "en", "ru" or "zh"; how thousands and decimals are written follows from it.
    """
    text = normalise_quote(text)
    text = _SHORT_YEARS.sub(lambda m: f"{m[1]}{m[2]}{m[1][:2]}{m[3]}", text)
    text = _ZH_CENTURY.sub(lambda m: f"{int(m[1]) - 1}{m[2]}年代", text)
    text = _ZH_WITH_BOTH.sub(lambda m: f"{float(m[1]) + float(m[2]) / 1e4:.12g}亿", text)
    dated = {(_month(m["month"], language), m["year"]) for m in _MONTH_OF_YEAR[language].finditer(text)}
    days: set[Day] = set()
    months: set[int] = set()
    for pattern in _DATES[language]:
        for match in pattern.finditer(text):
            days |= set(_days(match, language))
        text = pattern.sub(" ", text)
    for match in _MONTH_ALONE[language].finditer(text):
        months.add(_month(match.group(match.re.groups), language))
    text = _MONTH_ALONE[language].sub(" ", text)
    numbers = {*_figures(text, language), *_in_words(text, language)}
    return Amounts(
        numbers=frozenset(numbers),
        months=frozenset(months | {month for month, _ in days}),
        days=frozenset(days),
        dated=frozenset(dated),
    )


def _days(match: re.Match[str], language: str) -> Iterator[Day]:
    groups = [g for g in match.groups() if g]
    names = [g for g in groups if not g.isdigit()]
    numbers = [int(g) for g in groups if g.isdigit()]
    month = _month(names[0], language) if names else numbers.pop(0)
    yield from ((month, day) for day in numbers)  # also an impossible one: no text has it


def _month(word: str, language: str) -> int:
    if language == "zh":
        return int(word)
    if language == "en":
        return MONTHS.index(word) + 1
    return next(i for i, pattern in enumerate(_RU_MONTHS, 1) if re.match(pattern, word, re.IGNORECASE))


def _figures(text: str, language: str) -> Iterator[str]:
    for match in _SCALED[language].finditer(text):
        first, last, scale, percent = match.groups()
        power = _power(scale, language) if scale else 0
        for figure in filter(None, (first, last)):
            value = float(_plain(figure, language)) * 10**power
            yield f"{value:.12g}" + ("%" if percent else "")


def _plain(figure: str, language: str) -> str:
    if language == "ru":
        return figure.replace(" ", "").replace(",", ".")
    return figure.replace(",", "")


def _power(scale: str, language: str) -> int:
    return next(power for words, power in _SCALES[language] if re.fullmatch(words, scale, re.IGNORECASE))


def _in_words(text: str, language: str) -> Iterator[str]:
    if language == "en":
        found = (_EN_NUMBERS.get(word) for word in re.findall(r"[a-z]+", text.lower()))
        yield from (str(number) for number in found if number)
    elif language == "ru":
        yield from (str(number) for pattern, number in _RU_NUMBERS if pattern.search(text))
        yield from (str(_roman(m[1])) for m in _ROMAN.finditer(text) if m[1])
    else:
        for match in _ZH_NUMERAL.finditer(text):
            percent = match.group().startswith("百分之")
            value = _zh_value(match.group().removeprefix("百分之").removeprefix("第"))
            if value >= _ZH_LEAST:
                yield f"{value}%" if percent else str(value)


def _zh_value(numeral: str) -> int:
    if len(numeral) == 4 and not set(numeral) & set(_ZH_UNITS):
        return int("".join(str(_ZH_DIGITS[c]) for c in numeral))  # 二〇二四
    total, digit = 0, 0
    for c in numeral:
        if c in _ZH_UNITS:
            total += (digit or 1) * _ZH_UNITS[c]
            digit = 0
        else:
            digit = _ZH_DIGITS[c]
    return total + digit


def _roman(numeral: str) -> int:
    values = {"X": 10, "V": 5, "I": 1}
    found = [values[c] for c in numeral]
    return sum(-v if v < max(found[i:]) else v for i, v in enumerate(found))
