"""Read a question: what kind of answer it asks for, and the details that an answer must hold."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bot.asked import Asked
from bot.dates import Event, read_period, required_years
from bot.vocabulary import Vocabulary
from corpus.figures import MONTH, MONTHS, YEAR
from corpus.text import normalise_quote
from index.lexical import STOPWORDS, tokenise

# Words of asking, which say nothing of what is asked about.
_ASKING = frozenset(
    token
    for token in tokenise(
        "much many happen list name describe explain know known say said mean talk question answer example kind sort type think thing "
        "really actually exactly currently today now long ago year date day month amount number total figure summary summarise overview "
        "across detail briefly plz lol thanks compare comparison versus roughly essay article latest newest recent nowadays timeline"
    )
)
_ONE_OF_PEOPLE = (
    r"(?:negotiator|minister|general|president|leader|official|scholar|analyst|professor|diplomat|ambassador|envoy|author|historian"
    r"|expert|spokes\w+|politician|commander|admiral|premier|man|woman|person)"
)
# "Which countries", "which three banks", "which of them"; not "which ship", which asks for one.
_WHICH_ONES = r"which (?:\w+ ){0,2}(?:\w+[^\Wsui]s|of|two|three|four|five|six|seven|people|men|women)\b"
_KINDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("compare", re.compile(r"\b(compare|compared|comparison|difference|differ|versus|vs)\b")),
    (
        "when",
        re.compile(r"\b(when|what (?:year|date|day|month)|which year|since when|how long ago)\b"),
    ),
    (
        "how-much",
        re.compile(
            r"\bhow (?:much|many|big|large|long|high|far|often|old)\b"
            r"|\b(?:what|which) (?:share|percentage|percent|proportion|fraction|portion|slice|number|amount"
            r"|volume|value|price|size)\b|\b(?:figures?|total|turnover|volume) (?:of|for|in)\b"
            r"|\b(?:value|worth|costs?|price|amount|share|percentage|proportion|fraction|portion|slice|size|growth|average) of\b"
            r"|\bnumbers?\b(?! (?:one|two|1|2)\b)|\bfigures?,? (?:please|pls)\b|\bany figures?\b"
            r"|^\W*(?:(?:total|bilateral|mutual|sino-russian|russia-china|china-russia) )*(?:trade|turnover|exports?|imports?)\b[^?]*"
            rf"\b{YEAR}\b"
        ),
    ),
    (
        "why",
        re.compile(
            r"\b(why|what (?:keeps|prevents|stops|limits|drives|causes|explains|led|caused)|reasons?|obstacles?|causes?)\b"
        ),
    ),
    ("who", re.compile(rf"\b(who|whom|whose)\b|\bwhich (?:\w+ ){{0,3}}{_ONE_OF_PEOPLE}\b")),
    (
        "where",
        re.compile(
            r"\b(where|(?:what|which) (?:\w+ ){0,3}(?:city|place|country|town|base|port|province|region|venue|capital))\b"
        ),
    ),
    (
        "list",
        re.compile(
            rf"\b(list|name|{_WHICH_ONES}|examples?|all the|every|what (?:are|were)|timeline|chronology|what happened|summar\w+|overview"
            r"|describe|outline|main (?:points|terms|findings|features|contents?))\b"
        ),
    ),
    (
        "yes-no",
        re.compile(r"^\W*(is|are|was|were|do|does|did|has|have|had|can|could|will|would|should)\b"),
    ),
)
# "How much was trade when Xi came?" asks how much; "in the place where they fought" asks nothing of its own.
_CONJUNCTION = re.compile(
    r"\b((?:which|what|who|how|why)\b[^,;?]*\w) (?:when|where)\b(?<!and when)(?<!and where)(?<!or when)(?<!or where)"
)
# "Apart from Syria, which …", "besides gas what …", "which states other than Iran and Syria joined": names, or what ends at a comma or a
# word of asking.
_EXCEPT = re.compile(
    r"\b(?i:apart from|aside from|besides|other than|except(?:ing| for)?|excluding|not counting)\s+"
    r"(?:(?:the )?[A-Z][\w'-]*(?:(?:,? and |,? or |, | )(?:the )?[A-Z][\w'-]*)*"
    r"|[^,;?]*(?:,|\s(?=(?i:what|which|who|whom|when|where|why|how|is|are|was|were|did|do|does|has|have|had)\b)))"
)
# "Accord" is a treaty; who is asked to say it stays.
_ACCORDING = re.compile(r"\baccording to\b", re.IGNORECASE)
_QUARTER = re.compile(r"\b([QH])([1-4])\b")
_ORDINALS = ("first", "second", "third", "fourth")
_YEAR = re.compile(rf"\b{YEAR}\b")
_SHORT_YEAR = re.compile(r"(?<!\w)['’]([0-4]\d|[5-9]\d)(?!\w|['’])")
# Not "mid-2016".
_DESIGNATION = re.compile(r"\A(?!(?:mid|pre|post|late)-\d)[^\W\d_]{1,4}-?\d+[^\W_]*\Z")
# "Power of Siberia 3", "Article 9": a number that is part of a name.
_NUMBERED = re.compile(rf"\b([A-Z][^\W\d_]+ \d{{1,2}})\b(?![.,]?\d| (?:{MONTH}|Sept|Oct|Nov|Dec))")
_NUMBER = re.compile(r"\A\d+(?:\.\d+)?\Z")
_WORD = re.compile(r"[^\W_]+(?:[-'’.][^\W_]+)*")
_ASKING_WORD = r"(?:what|which|who|whom|when|where|why|how)"
_ANOTHER = re.compile(
    rf"\?\s*\w|(?:,|;|\band\b|\bor\b)\s+(?:(?:and|then|in|on|at|to|for|by)\s+)*{_ASKING_WORD}\b"
    r"|\band (?:its|their|his|her|the (?:chinese|russian|other))\b|: [^:]+?(?:,| and | vs\.? )|\bboth\b|\beach side\b"
)
_ASKS = re.compile(rf"\b(?:{_ASKING_WORD}|did|do|does|is|are|was|were|has|have|name|list|compare)\b", re.IGNORECASE)
_LAST = r"last(?! (?:[\w]+ )?(?:year|month|week|century|decade)s?\b)"
# In "how long did the talks last?" it is a verb.
_LASTING = re.compile(r"(?<=\bhow )(?:long|many (?:hours|days|weeks|months|years))\b.*\blast\b\W*\Z")
_LAST_WORD = frozenset(tokenise("last current"))
_SIDES = (
    r"(?:each|both|every) sides?|sides?['’] (?:story|account|version)s?|versions?|accounts?|blamed?|fault|first shot|who started|disputed?"
    r"|(?:fired|struck|shot|started|attacked|opened fire) first|disagree\w*|differ|who counts"
    r"|tall(?:y|ies)|(?:conflicting|differing|different|various|rival) (?:figures|counts|numbers|claims|estimates)"
    r"|claims? each|each claim|contradict\w*"
)
_WANTS = {
    "latest": re.compile(
        rf"\b(?:latest|newest|most recent|recently|{_LAST}|now|nowadays|currently|current|by now|so far|today|at present|at the moment"
        r"|these days|up to date|still (?:so|true|the case|valid|in force|going|open))\b"
    ),
    "first": re.compile(r"\b(?:first|earliest|began|begin|start(?:ed)?)\b"),
    "sides": re.compile(rf"\b(?:{_SIDES})\b"),
    "essay": re.compile(r"\b(?:the|this|that|your|alliance) (?:essay|article)\b|\(essay\)|\bthe author\b"),
}
COMMON_NAMES = frozenset(
    tokenise(
        "China Russia Beijing Moscow Kremlin Soviet Amur President Minister Prime Foreign Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov "
        f"Dec Monday Tuesday Wednesday Thursday Friday Saturday Sunday {' '.join(MONTHS)}"
    )
)


def read_question(text: str, *, as_of: date | None = None, event: Event | None = None) -> Asked:
    """Return what a question asks for. Works on English; for other scripts only tokens and numbers are found.

    Args:
        text: the question.
        as_of: the day that "the last five years" is counted back from.
        event: gives the days of an event that the question names.
    """
    text = _spelt_out(normalise_quote(text))
    text = " ".join(_EXCEPT.sub(" ", _ACCORDING.sub(" ", text)).split()) or text
    lower = text.lower()
    wants = frozenset(name for name, pattern in _WANTS.items() if pattern.search(_LASTING.sub(" ", lower)))
    every = tuple(dict.fromkeys(tokenise(text)))
    asking = _ASKING | _LAST_WORD if "latest" in wants else _ASKING
    tokens = tuple(t for t in every if t not in asking) or every
    years = required_years(lower)
    period = read_period(lower, as_of, event)
    # "Power of Siberia 1" is what askers call the first of its kind, which texts name without a number.
    numbered = [" ".join(tokenise(name)) for name in _NUMBERED.findall(text) if not name.endswith(" 1")]
    designations = (*(t for t in tokens if _DESIGNATION.match(t) and not t.isdigit()), *dict.fromkeys(numbered))
    numbers = tuple(t for t in tokens if _NUMBER.match(t) and not _YEAR.match(t))
    return Asked(
        kind=_kind(lower),
        tokens=tokens,
        years=years,
        designations=designations,
        numbers=numbers,
        names=_names(text),
        own=frozenset(tokens),
        span=period.span if period else None,
        span_words=period.words if period else "",
        parts=_parts(lower, years),
        apart=_apart(text, years),
        wants=wants,
    )


def _kind(lower: str) -> str:
    """Return what kind of answer is asked for; who began it, or whose fault it is, asks for each side's account."""
    if _WANTS["sides"].search(lower):
        return "compare"
    lower = _CONJUNCTION.sub(r"\1", lower)
    return next((kind for kind, pattern in _KINDS if pattern.search(lower)), "what")


def following(asked: Asked, last: Asked) -> Asked:
    """Return what a follow-up asks for: `asked` is read off it and the question it follows, `last` off its own words."""
    return replace(
        asked,
        kind=last.kind if last.kind != "what" else asked.kind,
        own=last.own,
        parts=last.parts,
        apart=last.apart,
        wants=last.wants,
        span=last.span or asked.span,
        span_words=last.span_words if last.span else asked.span_words,
    )


def with_forms(asked: Asked, text: str, vocabulary: Vocabulary) -> Asked:
    """Return what is asked with the other words that the texts may use; `text` is the question as it was typed."""
    written = {token: word for word in _WORD.findall(text) for token in tokenise(word)}
    wanted = dict.fromkeys((*asked.tokens, *asked.names))
    forms = {t: vocabulary.forms(t, written=written.get(t, "")) for t in wanted}
    return replace(asked, forms={t: found for t, found in forms.items() if found})


def _spelt_out(text: str) -> str:
    """Return the text with '16 as 2016, '69 as 1969 and Q1 as "first quarter"."""
    text = _SHORT_YEAR.sub(lambda m: f"{'20' if int(m.group(1)) < 50 else '19'}{m.group(1)}", text)
    part = {"Q": "quarter", "H": "half"}
    return _QUARTER.sub(lambda m: f"{_ORDINALS[int(m.group(2)) - 1]} {part[m.group(1)]}", text)


def _parts(lower: str, years: Sequence[str]) -> int:
    """Return how many things are asked: questions in a row, a second question word after "and" or a comma, several years."""
    return max(1 + len(_ANOTHER.findall(lower.rstrip("?!. "))), len(years))


def _apart(text: str, years: Sequence[str]) -> frozenset[str]:
    """Return the tokens that one part of a question names and another does not; a year counts for the parts after it as well.

    "And in 2024, how many?" asks one thing: a part that asks nothing binds the others.
    """
    ends = [m.start() for m in _ANOTHER.finditer(text.rstrip("?!. "))]
    spans = zip([0, *ends], [*ends, len(text)], strict=True)
    parts = [tokenise(text[a:b]) for a, b in spans]
    if len(parts) < 2 or not _ASKS.search(text[: ends[0]]):
        return frozenset()
    everywhere = set(parts[0]).intersection(*parts[1:])
    return frozenset(t for part in parts for t in part if t not in everywhere and not (t in years and t in parts[-1]))


def _names(text: str) -> tuple[str, ...]:
    """Return the tokens of capitalised words, the first word and countries this corpus is always about left out."""
    words = [w for w in _WORD.findall(text)[1:] if w[0].isalpha()]
    if sum(w[0].isupper() for w in words) > 0.7 * len(words):
        return ()  # a question in Title Case or capitals says nothing about names
    capitals = [w for w in words if w[0].isupper() and w.lower() not in STOPWORDS]
    found = [t for word in capitals for t in tokenise(word) if not any(c.isdigit() for c in t)]
    return tuple(t for t in dict.fromkeys(found) if t not in COMMON_NAMES)
