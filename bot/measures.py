"""Measures that questions ask for, how they ask, and what a sentence that gives one holds: a diameter, a price for one, a reason."""

import re
from dataclasses import dataclass

NUMBER_WORDS = frozenset(
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen "
    "twenty thirty forty fifty sixty seventy eighty ninety hundred hundreds thousand thousands dozen dozens million no".split()
)
_NUMBER = rf"(?:\d[\d.,]*|{'|'.join(sorted(NUMBER_WORDS))}|half an|an?)"
_LENGTH = r"\d[\d,.]*[ -](?:km|kilomet\w+|m|met(?:re|er)s?|miles|nautical)\b"
_THING = r"bridge|pipeline|pipe|line|route|railway|border|frontier|road|motorway|river|tunnel|fence|track"

_PERCENT = r"\bper ?cent(?:age)?\b"
_CHANGES = r"(?:drop|fall|fell|grow|grew|ris|rose|increas|decreas|chang|jump|declin|shr[iau]nk)\w*"


@dataclass(frozen=True, kw_only=True)
class Measure:
    """A thing that is measured: how questions ask for it, and what a sentence that gives it holds."""

    name: str
    asked: re.Pattern[str]
    given: re.Pattern[str]


def _measure(name: str, asked: str, given: str) -> Measure:
    return Measure(name=name, asked=re.compile(asked, re.IGNORECASE), given=re.compile(given, re.IGNORECASE))


MEASURES = (
    _measure("diameter", r"\bdiameter\b", r"\bdiameter\b"),
    _measure("width", r"\b(?:wide|width)\b", r"\b(?:wide|width)\b"),
    _measure("depth", r"\bhow deep\b|\bdepth\b", r"\bdeep\b|\bdepth\b"),
    _measure("height", r"\bhow tall\b|\bheight\b", r"\b(?:tall|height|high)\b"),
    _measure("speed", r"\bspeed\b", r"\bspeed\b|\bkm/h\b|\bknots\b"),
    _measure("weight", r"\bhow heavy\b|\bweighs?\b|\bweight\b", r"\bweigh|\bheavy\b|\d[ -]tonnes?\b|\b(?:million|thousand) tonnes\b"),
    _measure(
        "area",
        r"\bhow many square\b|\barea of\b|\bhow (?:big|large) (?:is|was|were|are) the (?:area|territory|land)\b",
        r"\bsquare\b|\bhectares?\b",
    ),
    _measure("volume", r"\bhow many (?:bcm|billion cubic)\b", r"\d (?:bcm|billion cubic)\b"),
    _measure("age", r"\bhow old\b", r"\byears old\b|\baged\b|\bborn\b"),
    _measure("power", r"\b(?:mega|giga|kilo)watts?\b", r"\b(?:mega|giga|kilo)watts?\b|\d ?[MGk]W\b"),
    _measure("interest", r"\binterest rate\b|\bwhat interest\b", r"\binterest\b(?! in\b)"),
    _measure(
        "population",
        r"\bpopulation\b|\bhow many people (?:live|lived)\b",
        r"\bpopulation\b|\binhabitants\b|\bresidents\b|\bpeople liv",
    ),
    _measure("capacity", r"\bcapacity\b|\bthroughput\b", r"\bcapacity\b|\bthroughput\b|\bcan carry\b|\ba (?:year|day)\b"),
    _measure("hours", r"\bhow many (?:hours|minutes)\b", rf"\b{_NUMBER}[ -](?:and a half )?(?:hours?|minutes?)\b"),
    _measure(
        "days",
        r"\bhow many (?:days|weeks)\b",
        rf"\b{_NUMBER}[ -](?:and a half )?(?:days?|weeks?|hours?)\b|\d+(?: to |[–-])\d+ [A-Z]",
    ),
    _measure("years", r"\bhow many (?:years|months|decades)\b", rf"\b{_NUMBER}[ -](?:years?|months?|decades?)\b"),
    _measure(
        "length",
        r"\blen?g[th]+ of\b(?! stay)|\bhow many (?:km|kilomet\w+|met(?:re|er)s|miles)\b"
        rf"|\bhow long (?:is|are|was|were|will)\b.*\b(?:{_THING})\b",
        _LENGTH,
    ),
    _measure(
        "duration",
        r"\bhow long\b|\bduration\b|\blength of stay\b",
        rf"\b{_NUMBER}[ -](?:minutes?|hours?|days?|weeks?|months?|years?|decades?)\b|\bsince\b|\buntil\b|\bfrom \d|{_LENGTH}",
    ),
    _measure("share", rf"\b{_CHANGES}\b.*{_PERCENT}|{_PERCENT}.*\b{_CHANGES}\b", r"%|\bper ?cent\b|\bhalf\b|\bthirds?\b|\bquarters?\b"),
    _measure(
        "share",
        rf"\bshare of\b|{_PERCENT}|\bproportion\b|\bfraction\b|\b(?:portion|slice) of\b",
        r"(?:%|\bper ?cent\b)(?! (?:less|more|higher|lower|fewer|above|below)\b)|\bshare\b|\bhalf\b|\bthirds?\b|\bquarters?\b",
    ),
)  # fmt: skip
"""In the order in which they are tried: "how long" asks how many kilometres of a bridge, else how many years or kilometres."""

MONEY = re.compile(
    r"[$€£¥]\s?\d|\d\s?(?:thousand |million |billion |trillion )?(?:US )?(?:dollars?|yuan|r[ou]+bles?|euros?|yen|USD|CNY)\b"
)
ASKS_PRICE = re.compile(
    r"\bprice\b|\bcosts?\b|\bfees?\b|\bsold for\b"
    r"|\b(?:how much|what) (?:did|does|do|will|would|has|have) .*\b(?:cost|pay|paid|spend|spent|charge)\b",
    re.IGNORECASE,
)
PRICES = (
    _measure(
        "unit",
        r"\bper\b|\bsingle\b|\beach\b|\bapiece\b|\b1,000 cubic",
        r"\bper\b|\beach\b|\bapiece\b|\ba (?:barrel|tonne|piece|unit|kilogram)\b|\b1,000 cubic",
    ),
    _measure(
        "cost",
        r"\bcosts?\b|\bspen[dt]\b",
        r"^(?!.*\bper (?:1,000|barrel|tonne)).*\b(?:cost\w*|spen[dt]\w*|pric\w+|invest\w*|financ\w*|paid|pay|worth)\b",
    ),
)  # fmt: skip
"""Beside an amount of money: what it is the price of."""

ASKS_REASON = re.compile(r"\bwhy\b|\breasons?\b|\bmotives?\b", re.IGNORECASE)
REASON = re.compile(
    r"\b(?:because|since|due to|owing|so that|in order|reasons?|driven|caused?|fears?|fear\w*|grounds?|blam\w+|attribut\w+|trac\w+|tied"
    r"|explain\w*|argu\w+|motiv\w+|result|response|despite|interests?|needs?|needed|factors?|concerns?|wary|doubt\w*|warrant|unless"
    r"|as it seeks|seeking|to (?:reduce|avoid|protect|prevent|save|keep|gain|secure|stop|show))\b",
    re.IGNORECASE,
)
