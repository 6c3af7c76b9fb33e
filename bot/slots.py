"""Does a sentence fill the slot that a question leaves open: a count of that thing, its length, its price, a person who did that?

A near-miss, a question on a topic of the texts whose answer they lack, is told by this better than by similarity: the length of a
pipeline fills no diameter, and of a ship that came without a name nobody can say what it was called. A slot is read off the
question's words by rules; a sentence fills it wholly (1), with the right kind of thing but not beside what it is asked of (0.5), or
not at all (0). A question that no rule reads leaves no slot.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from bot.asked import Asked
from bot.countries import countries_in
from bot.measures import ASKS_PRICE, ASKS_REASON, MEASURES, MONEY, NUMBER_WORDS, PRICES, REASON
from corpus.figures import MONTHS, YEAR
from index.lexical import STOPWORDS, tokenise

PARTLY = 0.5
REACH = 5
"""Words from a number to the thing it counts: "24 new Russian Su-35 fighters"."""

_WORD = re.compile(r"[^\W\d_][\w'’]*(?:-\w+)*|\d[\d.,]*\d|\d")
_YEAR = re.compile(rf"\A{YEAR}\Z")
_POSSESSIVE = re.compile(r"['’]s\Z")
_MONEY_WORDS = frozenset("dollars yuan roubles rubles euros yen".split())
_APART = frozenset("and in on at to for from with by".split())
_SCALES = frozenset("hundred thousand million billion dozen".split())

# Words of one row may stand for each other.
_ROWS = tuple(
    frozenset(tokenise(row))
    for row in (
        "workers staff employees builders workforce",
        "soldiers troops servicemen personnel recruits",
        "ships vessels warships boats",
        "aircraft planes jets fighters bombers aeroplanes airplanes",
        "countries states nations members participants",
        "students pupils leavers candidates",
        "tourists visitors trips travellers",
        "agreements documents papers deals memorandums accords contracts treaties",
        "cars vehicles automobiles",
        "lorries trucks",
        "passengers seats",
        "companies firms banks entities",
        "summits meetings visits times",
        "killed dead deaths died casualties losses lost",
        "led headed commanded chaired commander leader command chief head",
        "said told wrote stated argued testified called described warned claimed likened compared",
        "design designed designer architect engineered",
        "interpreted translated interpreter translator",
        "propose proposed suggested initiated",
        "supply supplied delivered provided",
        "meet met talk talked speak spoke",
        "sign signed signature signatory",
        "author writer journalist",
    )
)
_ANYONE = frozenset(tokenise("people persons nationals citizens Chinese Russians"))
_PEOPLE = frozenset(
    tokenise("people persons nationals citizens students pupils soldiers troops workers recruits residents inhabitants")
)
_KILLED = frozenset(tokenise("killed dead deaths died casualties losses lost"))

_HOW_MANY = re.compile(
    r"\b(?:how many|what number of)\b|(?:\A\W*|\b(?:the|total|exact|a|any) |[,:] *)number of\b", re.IGNORECASE
)
# Words at which the name of a thing ends: "how many lorries | a day", "which base | were they on".
_ENDS = frozenset(
    "did do does is are was were will would can could has have had may might should in on at of from to for with by under over there "
    "that which who during between since until before after per and or went took take got get it they he she the their its his her a "
    "an as than live lived work".split()
)
_PLURAL = re.compile(
    r"(?i:people|men|women|staff|personnel|aircraft|crew|troops)|(?!States\b|Nations\b)[A-Za-z-]*[a-z-](?<!s)s"
)
_CLASSES = {
    name: frozenset(tokenise(words))
    for name, words in {
        "person": "person captain commander admiral general officer ambassador consul minister rector director president chairman chief "
        "author writer journalist scholar analyst pilot pilots crew negotiator interpreter interpreters Jesuits spokesman spokeswoman "
        "leader engineer premier chancellor designer translator envoy governor professor official",
        "place": "city cities town place waters",
        "site": "base airfield airport port province provinces region university village island",
        "ship": "ship ships destroyer destroyers frigate cruiser submarine submarines corvette vessel vessels warship warships",
        "firm": "company companies firm firms bank banks yard yards shipyard agency newspaper",
        "state": "country countries state states nation nations",
    }.items()
}
_ANY_SHIP = frozenset(tokenise("ship vessel warship"))
_ASKED_AS = {"person": "person", "place": "place", "site": "place", "state": "state"}
_TIMES = dict.fromkeys(("hours", "days", "years"), "duration")
_NAMES_ASKED = (
    re.compile(r"\bwhat (?:is|was|were|are)\s+(?:the\s+)?(.*)\b(?:called|named)\b", re.IGNORECASE),
    re.compile(r"\bnames? of\s+(?:the\s+)?(.*)", re.IGNORECASE),
    re.compile(r"\b(?:which|what|whose)\s+(?!(?:is|was|were|are|did|do|does|has|have)\b)(.*)", re.IGNORECASE),
)
_WHO = re.compile(r"\bwho(?:m|se)?\b(?:(?:'s| is| was| were| are| else| first| has| had| did)\b)*", re.IGNORECASE)

_OFFICE_OF = re.compile(
    r"\b(president|minister|premier|chancellor|ambassador|leader) (?:of|to) (?:the )?(\w+)", re.IGNORECASE
)
_SAID = r"(?:reported|said|wrote|noted|stated)"
# Who reports something does not do it: "…, TASS reported".
_ATTRIBUTION = re.compile(
    rf",? (?:according to|by the (?:count|estimate) of|as {_SAID} by) [^,;]*"
    rf"|,? (?:(?:the|a) )?(?:[\w.&'’-]+ )?[A-Z][\w.&'’-]*(?: [\w.&'’-]+)? {_SAID}(?: (?:in|on) [^,;]*)?(?=[.;]|\Z)"
)
# Words with a capital that answer no question of who, where or which.
_NO_NAMES = frozenset(MONTHS) | frozenset(
    "China Chinese Russia Russian Russians Moscow Beijing Soviet Union USSR PRC President Presidents Minister Ministry Prime Foreign "
    "Defence UN US EU United Nations States Security Council Treaty Agreement Article Sino-Soviet Sino-Russian Sea Joint Exercise The A "
    "An It They He She This These Those There Some In On At By Under From Of After Before With Two Three Four Five Six Seven Eight Nine "
    "Ten Eleven Twelve General Assembly Human Rights Western Eastern Northern Southern European Asian".split()
)
_TITLES = re.compile(
    r"ministers?|presidents?|ambassadors?|secretary|leaders?|spokes\w+|adviser|premier|chair\w*|general|professor|scholars?|analysts?|envoy"
    r"|chief|admiral|colonel|captain|head|aide|director|historian|commander|marshal|representative|administrator|negotiator|author",
    re.IGNORECASE,
)
_AT = frozenset("in at near off from to around between into across outside of and over".split())


@dataclass(frozen=True, kw_only=True)
class Slot:
    """What a question leaves open.

    `kind` is measure, price, reason, count, who, person, place, site, ship, firm or state. `given` is what a sentence must hold,
    of a price beside the money. `heads` are stems: the things counted or named, or what the person does or is; where there are
    any, one of them must stand beside. `of` are the countries whose president or envoy is asked for, who must stand by theirs. `name`
    is what a reader is told is missing; `things` are what is counted, in their words.
    """

    kind: str
    name: str
    given: re.Pattern[str] | None = None
    heads: frozenset[str] = frozenset()
    of: frozenset[str] = frozenset()
    things: str = ""


def read_slot(question: str, asked: Asked) -> Slot | None:
    """Return what the question leaves open, or None if no rule reads it."""
    if asked.kind == "yes-no":
        return None
    if ASKS_REASON.search(question):
        return Slot(kind="reason", name="reason", given=REASON)
    for measure in MEASURES:
        if measure.asked.search(question):
            return Slot(kind="measure", name=_TIMES.get(measure.name, measure.name), given=measure.given)
    counted = _HOW_MANY.search(question)
    if counted:
        return _counted(question[counted.end() :], asked)
    who = _WHO.search(question)
    if who:
        return _who(who.group().lower(), question[who.end() :], asked)
    if ASKS_PRICE.search(question):
        return Slot(kind="price", name="price", given=next((p.given for p in PRICES if p.asked.search(question)), None))
    return _named(question, asked)


def _counted(rest: str, asked: Asked) -> Slot | None:
    """Return the slot for the things that are counted: "how many | construction workers are building …"."""
    phrase = _phrase(rest)
    plural = [bool(_PLURAL.fullmatch(word)) for word in phrase]
    at = plural.index(True) if True in plural else len(phrase) - 1
    at += at + 1 < len(phrase) and plural[at + 1]  # "aircraft carriers"
    stems = tokenise(phrase[at]) if phrase else []
    if not stems:
        return None
    heads = _alike(stems[-1], asked)
    heads |= _PEOPLE if not heads.isdisjoint(_ANYONE) else frozenset()
    heads |= _KILLED if _KILLED & {*tokenise(rest)} and heads & (_PEOPLE | _CLASSES["person"]) else frozenset()
    return Slot(kind="count", name="count", heads=heads, things=" ".join(phrase[: at + 1]))


def _phrase(text: str) -> list[str]:
    """Return the words up to a verb or preposition, four at most."""
    words: list[str] = []
    for word in _WORD.findall(text):
        if word.lower() in _ENDS:
            if words or word.lower() not in ("the", "of", "a"):
                break
            continue
        words.append(word)
    return words[:4]


def _who(asking: str, rest: str, asked: Asked) -> Slot:
    """Return the slot for somebody; what they do counts only where it is known how else it may be said."""
    office = _OFFICE_OF.search(rest)
    words = [w for w in _WORD.findall(rest) if w.islower() and len(w) > 2 and w not in STOPWORDS and w not in _ENDS]
    stems = frozenset(tokenise(office.group(1) if office else words[0] if words else ""))
    heads = frozenset(s for row in _ROWS if not row.isdisjoint(stems) for s in row)
    is_person = not stems.isdisjoint(_CLASSES["person"]) or asking.startswith("whom")
    return Slot(
        kind="person" if is_person else "who",
        name="person",
        heads=heads or (stems if is_person else heads),
        of=countries_in(tokenise(office.group(2))) if office else frozenset(),
    )


def _named(question: str, asked: Asked) -> Slot | None:
    """Return the slot for the name of something: "which Chinese base", "name of the destroyer", "what were the ships called"."""
    for pattern in _NAMES_ASKED:
        match = pattern.search(question)
        for word in _phrase(match.group(1)) if match else ():
            for stem in tokenise(word):
                kind = next((name for name, stems in _CLASSES.items() if stem in stems), None)
                if kind:
                    return Slot(kind=kind, name=_ASKED_AS.get(kind, "name"), heads=_alike(stem, asked))
    return Slot(kind="place", name="place") if asked.kind == "where" else None


def _alike(stem: str, asked: Asked) -> frozenset[str]:
    return asked.all_forms(stem).union(*(row for row in _ROWS if stem in row))


def fill(slot: Slot, text: str, question: str) -> float:
    """Return how far a sentence fills the slot of the question: 1, 0.5 or 0."""
    if slot.kind == "price":
        fits = slot.given is None or slot.given.search(text) is not None
        return 0.0 if not MONEY.search(text) else 1.0 if fits else PARTLY
    if slot.given is not None:
        return float(slot.given.search(text) is not None)
    if slot.kind == "count":
        return _count(slot.heads, text)
    return _filled_by_a_name(slot, text, question)


def _filled_by_a_name(slot: Slot, text: str, question: str) -> float:
    """Return how far a name that the question does not hold fills its slot; who reports something does not do it."""
    words = [_POSSESSIVE.sub("", word) for word in _WORD.findall(_ATTRIBUTION.sub("", text))]
    capitals = [i for i, word in enumerate(words) if word[0].isupper() and len(word) > 1 and word not in _NO_NAMES]
    asked = set(tokenise(question))
    names = {i for i in capitals if asked.isdisjoint(tokenise(words[i]))}
    if not names:
        return 0.0
    if slot.kind == "state":
        return float(bool(countries_in(tokenise(" ".join(words[i] for i in names)))))
    if slot.kind == "place":
        return float(any(not _AT.isdisjoint(word.lower() for word in words[max(i - 4, 0) : i]) for i in names))
    if slot.kind not in ("who", "person"):
        return _beside(slot, words, names)
    if slot.kind == "person" and not (_is_person(words, names) and _by_country(slot, words)):
        return 0.0
    return 1.0 if not slot.heads or not slot.heads.isdisjoint(tokenise(text)) else PARTLY


def _is_person(words: Sequence[str], names: Collection[int]) -> bool:
    """Tell whether one of the names is a person's: a title stands before it, or two of them in a row."""
    return any(i + 1 in names or any(_TITLES.fullmatch(word) for word in words[max(i - 3, 0) : i]) for i in names)


def _by_country(slot: Slot, words: Sequence[str]) -> bool:
    """Tell whether the office stands by the country that it is asked of, if there is one: "French President Macron"."""
    offices = [i for i, word in enumerate(words) if not slot.heads.isdisjoint(tokenise(word))]
    return not slot.of or any(slot.of & countries_in(tokenise(" ".join(words[max(i - 2, 0) : i + 4]))) for i in offices)


def _beside(slot: Slot, words: Sequence[str], names: Collection[int]) -> float:
    """Return 1 if a name stands beside the thing whose name is asked for: "the destroyer Qiqihar", "Heilongjiang province"."""
    is_ship = slot.kind == "ship"
    wanted = _CLASSES["ship"] if is_ship and not slot.heads.isdisjoint(_ANY_SHIP) else slot.heads
    things = [i for i, word in enumerate(words) if not wanted.isdisjoint(tokenise(word))]
    if any(-2 * (not is_ship) <= name - thing <= 3 for thing in things for name in names):
        return 1.0
    return 0.0 if is_ship else PARTLY


def _count(heads: Collection[str], text: str) -> float:
    """Return 1 if a number stands shortly before one of the things, with no other number between, or shortly behind it."""
    words = _WORD.findall(text)
    for i, word in enumerate(words):
        # A scale is one number with what it follows: 658 million.
        if not _is_number(word) or (word in _SCALES and i and _is_number(words[i - 1])):
            continue
        following = words[i + 1 : i + 1 + REACH]
        stop = next((j for j, word in enumerate(following) if word in _APART or _is_other(word)), REACH)
        # "engines worth 658 million dollars" counts no engines.
        before = () if _MONEY_WORDS & {*following[:3]} else words[max(i - 1 - REACH, 0) : i]
        if not set(tokenise(" ".join((*before, *following[:stop])))).isdisjoint(heads):
            return 1.0
    return 0.0


def _is_other(word: str) -> bool:
    return _is_number(word) and word not in _SCALES


def _is_number(word: str) -> bool:
    return (word[0].isdigit() and not _YEAR.match(word)) or word.lower() in NUMBER_WORDS
