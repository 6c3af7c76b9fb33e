"""What an answering sentence of each kind of question looks like: a date, an amount, a cause, a name, the right direction."""

import re
from functools import lru_cache

from bot.asked import Asked
from bot.dates import lies_in
from bot.measures import MONEY
from corpus.documents import ARTICLE
from corpus.figures import MONTH, YEAR
from index.lexical import tokenise
from index.texts import StoredSentence

BONUS = 0.08
"""What the right form is worth, beside similarities of 0.3 to 0.8."""

ESSAY = 1.0
"""What a sentence of the article gains where the question names the article: no other text says what the article says."""

_DATE = re.compile(rf"\b{YEAR}\b|\b{MONTH}\b")
_FULL_DATE = re.compile(rf"\b\d{{1,2}} {MONTH} \d{{4}}\b")
_ASKS_AHEAD = re.compile(r"\b(?:when (?:will|do|does|should|is|are)|by when|how soon)\b", re.IGNORECASE)
_AHEAD = re.compile(r"\b(?:planned|due|expected|scheduled|should|will|would|aims?|target|is to|are to|until)\b")
_AMOUNT = re.compile(
    r"\d[\d.,]*\s?(?:%|per ?cent|billion|million|thousand|trillion|km|kilomet|square|tonnes|tons|bcm|cubic|barrels|b/d|hours|years|votes)"
)
_CAUSE = re.compile(
    r"\b(?:because|due to|explanations?|theor(?:y|ies)|caution|read as|motives?|reasons?|in order to|so that|owing|caused?|driven|factors?"
    r"|obstacles?|concerns?|fears?|prevent|limits?|wary|led to|explain\w*|argue[sd]?|despite|interests?|mistrust|rather than)\b",
    re.IGNORECASE,
)
# What two presidents called their friendship says nothing of what limits it.
_LIMITS = re.compile(r"(?<!\bno )(?<!\bno-)(?<!without )\blimit", re.IGNORECASE)
_NO_LIMITS = re.compile(r"\bno[ -]limits?\b", re.IGNORECASE)
_PART_OF_YEAR = re.compile(
    rf"\b(?:first|second|last|third|fourth) (?:half|quarter|(?:\w+|\d+) months)\b|\b(?:in|by|to|of|since) {MONTH}\b"
    rf"|\b{MONTH}[–-]{MONTH}\b",
    re.IGNORECASE,
)
_ROLE = re.compile(
    r"\b(?:ministers?|presidents?|ambassador|secretary|leader|spokes\w+|adviser|premier|chairman|general|professor|scholars?|analyst|envoy)\b",
    re.IGNORECASE,
)
# "Who owned the coast?", "who was the largest supplier?": a country or a firm, not a person.
_ASKS_SIDE = re.compile(
    r"\bwhose\b|\bwho (?:\w+ )?(?:own|held|hold|control|rule|possess|gain|won|suppl|s[eo]ll|sold|bought|buy|buil|fund|pa[iy])"
    r"|\b(?:supplier|buyer|seller|owner|partner|maker|customer)\b",
    re.IGNORECASE,
)
_PERSON = re.compile(r"\b[A-Z][\w'’-]+ [A-Z][\w'’-]+")
_ASKS_MONEY = re.compile(
    r"\b(?:how much|trade|turnover|exports?|imports?|worth|value|price|cost|dollars?|invest\w*|revenue)\b",
    re.IGNORECASE,
)
_ASKS_VOLUME = re.compile(
    r"\bhow much (?:(?:russian|chinese|crude|natural|pipeline|piped|liquefied) )*"
    r"(?:gas|oil|lng|crude|coal|timber|wood|grain|wheat|electricity|power|uranium)\b(?! (?:money|revenue))",
    re.IGNORECASE,
)
# Not "$277 per 1,000 cubic metres", which is a price.
_VOLUME = re.compile(
    r"(?<!per )(?<![\d.,])\d[\d.,]*\s?(?:billion |million |thousand )?"
    r"(?:tonnes|tons|bcm|cubic|barrels|b/d|kilograms|kilowatt|megawatt|gigawatt|[kMGT]Wh)"
)
_OVERVIEW = re.compile(
    r"\A\W*(?:(?:can|could) you |please )?(?:tell me (?:something )?about|explain|describe|summari[sz]e"
    r"|(?:give me |an |a |the )*(?:overview|summary))\b",
    re.IGNORECASE,
)
_FIRST = re.compile(r"\b(?:first|began|begun|opened|founded|started)\b", re.IGNORECASE)
# Sentences on what a list holds or lacks; they answer only questions about the list.
_ABOUT_ITSELF = re.compile(
    r"\bAmur(?:['’]s)? (?:list|sources?|texts?|corpus|briefs?)\b|^(?:Selected events|Summits, visits|Only part of)\b"
    r"|\b(?:people are wondering|let['’]s dive|the question of whether)\b"
    r"|\b(?:this|the) list (?:holds|has)\b"
)
# Differing counts of the dead are no account of who began it.
_TALLY = re.compile(r"\b(?:counts|estimates|figures|casualties|losses|killed|wounded|dead)\b", re.IGNORECASE)
_ASKS_TALLY = re.compile(
    r"\b(?:how (?:many|much)|counts?|estimates?|figures?|numbers?|tall(?:y|ies)|casualties|losses|lost|killed|wounded|dead|died"
    r"|deaths?|toll|size|shares?)\b",
    re.IGNORECASE,
)
_ACTORS = {"china": r"china|chinese|beijing", "russia": r"russia|russian|moscow"}


def form_bonus(asked: Asked, question: str, sentence: StoredSentence, kind: str = "") -> float:
    """Return what the form of a sentence says for or against its answering the question; `kind` is that of its document."""
    return (
        kind_bonus(asked, question, sentence)
        + _wanted_bonus(asked, question, sentence, kind)
        + _span_bonus(asked, sentence)
        - (6 * BONUS if _NO_LIMITS.search(sentence.text) and _LIMITS.search(question) else 0.0)
        + _overview_bonus(question, sentence)
        - (2 * BONUS if _ABOUT_ITSELF.search(sentence.text) else 0.0)
        + _year_bonus(asked, sentence)
        + _pair_bonus(asked, question, sentence)
        - _wrong_direction(question, sentence.text)
        - _part_of_year(asked, question, sentence.text)
    )


def _wanted_bonus(asked: Asked, question: str, sentence: StoredSentence, kind: str) -> float:
    """Return what it is worth to be what the question expressly wants: each side's account, the article, the first of its kind."""
    bonus = 0.0
    if "sides" in asked.wants and sentence.dispute is not None:
        tally = bool(_TALLY.search(sentence.text)) and not _ASKS_TALLY.search(question)
        bonus += (1.0 if tally else 2.5) * BONUS
    if "essay" in asked.wants and kind == ARTICLE:
        bonus += ESSAY
    if "first" in asked.wants and _FIRST.search(sentence.text):
        bonus += 0.5 * BONUS
    return bonus


def _overview_bonus(question: str, sentence: StoredSentence) -> float:
    """Return what it is worth to stand in a text's opening, which sums it up, where a question asks for nothing in particular."""
    return BONUS if sentence.section == 0 and _OVERVIEW.search(question) else 0.0


def _span_bonus(asked: Asked, sentence: StoredSentence) -> float:
    """Return what an event's date is worth when the question looks at certain years."""
    if asked.span is None or not sentence.date:
        return 0.0
    inside = lies_in(sentence.date, asked.span)
    return 0.0 if inside is None else BONUS if inside else -2 * BONUS


def _pair_bonus(asked: Asked, question: str, sentence: StoredSentence) -> float:
    """Return what it is worth that a figure is about China and Russia, where the question names nobody else."""
    pair = _asks_figure(asked, question) and not asked.names and {"china", "russia"} <= set(sentence.tokens)
    return 0.75 * BONUS if pair else 0.0


def _part_of_year(asked: Asked, question: str, text: str) -> float:
    """Return the cost of a figure for part of a year when the question asks for a year."""
    if not _asks_figure(asked, question) or not asked.years or _PART_OF_YEAR.search(question):
        return 0.0
    return BONUS if _PART_OF_YEAR.search(text) else 0.0


def _year_bonus(asked: Asked, sentence: StoredSentence) -> float:
    """Return what it is worth that a sentence is about the very year asked for, and does not just mention it."""
    if not asked.years or not sentence.date:
        return 0.0
    return BONUS if sentence.date[:4] in asked.years else -BONUS


def kind_bonus(asked: Asked, question: str, sentence: StoredSentence) -> float:
    """Return what it is worth to have what the kind of question asks for: a date, an amount, a person, a cause, a place."""
    text = sentence.text
    if asked.kind == "when":
        ahead = 1.5 * BONUS if _ASKS_AHEAD.search(question) and _AHEAD.search(text) else 0.0
        return ahead + (BONUS if _FULL_DATE.search(text) else BONUS / 2 if _DATE.search(text) else 0.0)
    if _asks_figure(asked, question):
        return _amount_bonus(question, text)
    if asked.kind == "who":
        return _person_bonus(question, text)
    pattern = {"why": _CAUSE, "where": _PERSON}.get(asked.kind)
    return (2 if asked.kind == "why" else 1) * BONUS if pattern and pattern.search(text) else 0.0


def _person_bonus(question: str, text: str) -> float:
    """Return what it is worth that a sentence names a person whom the question does not name itself, and in what office."""
    told = set(tokenise(question))
    if any(told.isdisjoint(tokenise(name)) for name in _PERSON.findall(text)):
        return 1.5 * BONUS if _ROLE.search(text) else BONUS
    return BONUS if _ASKS_SIDE.search(question) and _PERSON.search(text) else 0.0


def _asks_figure(asked: Asked, question: str) -> bool:
    """Tell whether an amount is asked for: by "how much", or by naming trade, a price … and a year."""
    named = asked.kind in {"compare", "list", "what"} and bool(asked.years) and bool(_ASKS_MONEY.search(question))
    return asked.kind == "how-much" or named


def _amount_bonus(question: str, text: str) -> float:
    """Return what it is worth to hold an amount: of money or of goods, whichever is asked for."""
    if _ASKS_VOLUME.search(question):
        return 2 * BONUS if _VOLUME.search(text) else -2 * BONUS * bool(MONEY.search(text))
    if MONEY.search(text):
        return (2 if _ASKS_MONEY.search(question) else 1) * BONUS
    return BONUS if _AMOUNT.search(text) else 0.0


def _wrong_direction(question: str, text: str) -> float:
    """Return the cost of saying what goes from B to A when the question asks what goes from A to B."""
    for forth, back in _directions(question):
        if back.search(text) and not forth.search(text):
            return 2 * BONUS
    return 0.0


@lru_cache(maxsize=64)
def _directions(question: str) -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    """Return for each direction that the question asks for what says so, and what says the other."""
    return _shares(question) + tuple(
        (_to(giver, taker), _to(taker, giver))
        for giver, taker in (("china", "russia"), ("russia", "china"))
        if re.search(rf"\b(?:{_ACTORS[giver]})\b.*\bto (?:the )?(?:{_ACTORS[taker]})\b", question, re.IGNORECASE)
    )


def _shares(question: str) -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    """Return the same for whose share in what is asked for: "Russia's share of Chinese imports", "share of China's oil from Russia"."""
    for holder, whole in (("china", "russia"), ("russia", "china")):
        a, b = _ACTORS[holder], _ACTORS[whole]
        asked = (
            rf"\b(?:share|percent\w*|part) of (?:{a}) (?:in|of)\b.*\b(?:{b})\b|\b(?:{a})(?:'s)? share (?:of|in)\b.*\b(?:{b})\b"
            rf"|\b(?:share|percent\w*|part|fraction|portion|much) of (?:the )?(?:{b})\b.*\b(?:from|with|to|by) (?:{a})\b"
        )
        if re.search(asked, question, re.IGNORECASE):
            return ((_share(holder, whole), _share(whole, holder)),)
    return ()


def _share(holder: str, whole: str) -> re.Pattern[str]:
    a, b = _ACTORS[holder], _ACTORS[whole]
    return re.compile(
        rf"\b(?:{a})(?:'s|’s)? share (?:of|in) (?:\w+ )?(?:{b})\b|(?:%|\bcent) of (?:{b})\b", re.IGNORECASE
    )


def _to(giver: str, taker: str) -> re.Pattern[str]:
    a, b = _ACTORS[giver], _ACTORS[taker]
    return re.compile(rf"\bto (?:the )?(?:{b})\b|\b(?:{b})'?s? (?:imports|purchases)\b|\bfrom (?:{a})\b", re.IGNORECASE)
