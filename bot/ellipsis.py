"""Ellipsis: a question that leaves out what the one before says ("and gas?"). What it names takes the place of its like there."""

import re
from difflib import get_close_matches

from bot.countries import countries_in
from corpus.figures import MONTH, YEAR
from index.lexical import tokenise

_LEAD = re.compile(
    r"\A\W*(?:(?:ok|okay|so|well|now|then|and|but|or|also|hm+|а|и|но)\b[\s,.:…-]*)*"
    r"(?:(?:what about|how about|what of|что насч[её]т|как насч[её]т)\b|那)?\s*",
    re.IGNORECASE,
)
_BEFORE = re.compile(r"\A(?:(?:in|of|for|with|on|to|from|by) )?(?:the )?", re.IGNORECASE)
_TAIL = re.compile(r"(?:[\s,]*\b(?:then|please|too|as well|though)\b)*[\s?!.,;？。！]*\Z", re.IGNORECASE)
# A whole question, unlike "and gas?".
ASKS_ITSELF = re.compile(
    r"\W*(?:(?:and|but|so|or|ok|okay|well|then|now) ?,? )*(?:(?:what|how)(?! (?:about|of)\b)|which|who|whom|whose|when|where|why|is|are|was"
    r"|were|do|does|did|has|have|had|will|would|can|could|should|tell me|explain|describe|list|name|give|show)\b",
    re.IGNORECASE,
)
ONE_YEAR = re.compile(rf"(?<![\d–-]){YEAR}(?!\d|[–-]\d)")
_DAY = rf"(?:(?:\d{{1,2}} )?{MONTH}(?: \d{{1,2}},)? )?"
_PREPOSITION = r"(?:in|on|for|of|since|by|during|until|from)"
DATED = re.compile(rf"(?:\b{_PREPOSITION}\s+)?{_DAY}{ONE_YEAR.pattern}")
_DATE_ALONE = re.compile(rf"(?:{_PREPOSITION} )?(?:the year )?(?P<date>{_DAY}{ONE_YEAR.pattern})", re.IGNORECASE)
_YEAR_ALONE = re.compile(rf"(?:в |за )?(?P<date>{ONE_YEAR.pattern})(?: году?| год| г|年呢?|呢)?", re.IGNORECASE)
_SORTS = tuple(
    re.compile(rf"\b(?:{words})\b", re.IGNORECASE)
    for words in (
        r"(?:crude |pipeline |natural |liquefied natural )?(?:oil|gas|lng|coal|timber|wood|grain|wheat|barley|soybeans|electricity"
        r"|uranium|gold|arms|weapons|cars|fish|meat|helium|diamonds)",
        "exports?|imports?|turnover",
        "(?:rail)?road|motorway|highway|rail(?:way)?",
        "yuan|renminbi|roubles?|rubles?|dollars?|euros?",
        r"(?!(?:mid|pre|post|late)-\d)[^\W\d_]{1,4}-\d+[^\W_]*",
        r"power of siberia(?: \d\b)?",
    )
)
"""Words of one sort: in "what about gas?" gas takes the place of oil."""
_DIRECTION = (re.compile(r"\b(exports?) from\b", re.IGNORECASE), re.compile(r"\b(imports?) to\b", re.IGNORECASE))
# "The railway one" is another one than that at Blagoveshchensk.
_WHERE_IT_IS = re.compile(
    r" (?:at|in|near|over|between|across) (?:the )?[A-Z][\w'’-]+(?:(?: and | |-|–)[A-Z][\w'’-]+)*"
)
_ANOTHER_ONE = re.compile(r"\bthe (?:\w+ ){1,2}ones?\b", re.IGNORECASE)
_ACTORS = frozenset(tokenise("China Russia Beijing Moscow Kremlin Washington America US USA UK EU NATO UN Europe"))
# Who does it: "did China vote", "has the Kremlin said".
_SUBJECT = re.compile(
    r"\b(?:do|does|did|has|have|had|is|was|will|would|can|could) ((?:the )?[^\W\d_]+)(?=\s)", re.IGNORECASE
)
_CORRECTION = re.compile(
    r"\W*(?:(?:no|nope|oops|sorry|wait|actually|pardon|typo|my bad|my mistake)\b[\s,.:!-]*)*"
    r"(?:i (?:actually )?(?:meant|mean)(?: to (?:say|write|ask|type))?|i was (?:asking|talking) (?:about|for)|make that"
    r"|should (?:be|read))\b[\s,:]*"
    r"|\W*(?:(?:no|oops|sorry|typo)\b[\s,.:!-]+)+(?=\S+(?:,? not \S+)?\W*\Z)|\s*\*(?=\w+\W*\Z)",
    re.IGNORECASE,
)
_NOT_THAT = re.compile(r"(?:\bnot \S+?,? (?=\S)|,? not \S+\Z)", re.IGNORECASE)


def left_out(text: str) -> str:
    """Return what a question that leaves out the rest names: "gas" of "and what about gas, then?"; empty if it asks something itself."""
    return "" if ASKS_ITSELF.match(text) else _TAIL.sub("", _LEAD.sub("", text, count=1))


def _bare(named: str) -> str:
    return _BEFORE.sub("", named, count=1)


def names_another(text: str) -> bool:
    """Tell whether a question names nothing but goods, a currency, a weapon or the like, which take the place of others: "and gas?"."""
    return any(sort.fullmatch(_bare(left_out(text))) for sort in _SORTS)


def corrected(text: str) -> str:
    """Return what the reader meant, of a message that says so ("sorry, I meant 2014"); empty if it does not."""
    found = _CORRECTION.match(text)
    return _TAIL.sub("", _NOT_THAT.sub("", text[found.end() :])) if found else ""


def in_place(named: str, previous: str) -> str:
    """Return the question before with what is named in the place of its like; empty if nothing there is like it."""
    previous = previous.rstrip("?!.？。！ ")
    return _other_date(named, previous) or _other_sort(named, previous) or _other_actor(named, previous)


def mended(word: str, previous: str) -> str:
    """Return the question before with a word in the place of the one it was meant for, which is spelt much like it; empty if none is."""
    near = (
        get_close_matches(word.lower(), [w.lower() for w in re.findall(r"\w+", previous)], 1, 0.6)
        if word.isalpha()
        else []
    )
    return re.sub(rf"\b{re.escape(near[0])}\b", lambda _: word, previous, count=1, flags=re.IGNORECASE) if near else ""


def with_others_of_a_sort(previous: str, text: str) -> str:
    """Return the question before with what the text names of a sort, in the place of the one that it names of that sort."""
    for sort in _SORTS:
        own, others = _of_sort(sort, text), _of_sort(sort, previous)
        if len(own) == len(others) == 1 and own.isdisjoint(others):
            word = sort.findall(text)[0]
            previous = word.join(sort.split(previous))
            previous = _DIRECTION[1].sub(r"\1 from", _DIRECTION[0].sub(r"\1 to", previous))
            if _ANOTHER_ONE.search(text):
                previous = _WHERE_IT_IS.sub("", previous)
    return previous


def _of_sort(sort: re.Pattern[str], text: str) -> set[str]:
    return {found.lower() for found in sort.findall(text)}


def _other_date(named: str, previous: str) -> str:
    """Return the question of another date, if the one before names at most one."""
    found = _DATE_ALONE.fullmatch(named) or _YEAR_ALONE.fullmatch(named)
    dates = list(DATED.finditer(previous))
    if found is None or len(dates) > 1:
        return ""
    if not dates:
        return f"{previous} {named}"
    old = dates[0].group()
    kept = re.match(rf"{_PREPOSITION} ", old) if named == found["date"] else None
    new = named if re.match(_PREPOSITION, old) else found["date"]
    return f"{previous[: dates[0].start()]}{kept.group() if kept else ''}{new}{previous[dates[0].end() :]}"


def _other_sort(named: str, previous: str) -> str:
    if names_another(named) or _ANOTHER_ONE.fullmatch(named):
        found = with_others_of_a_sort(previous, named)
        return found if found != previous else ""
    return ""


def _other_actor(named: str, previous: str) -> str:
    """Return the question of another country or alliance, if one of those is who the last question asks about."""
    subjects = [m for m in _SUBJECT.finditer(previous) if _acts(m[1])]
    if not subjects or not _acts(named):
        return ""
    start, end = subjects[-1].span(1)
    return previous[:start] + named + previous[end:]


def _acts(words: str) -> bool:
    tokens = tokenise(words)
    return bool(tokens) and all(token in _ACTORS or countries_in([token]) for token in tokens)
