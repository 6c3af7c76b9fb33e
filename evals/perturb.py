"""Turn true sentences into false ones by one small change each: a figure, a date, a name, a negation, a kind of act, the roles.

Two uses: claims that a check of support must refuse (see `evals.citations`), and near-misses, questions on the right topic whose
detail the corpus lacks (see `amur eval cases draft`). Everything follows from the seed.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from random import Random

from corpus.figures import YEAR
from index.lexical import tokenise

SORTS = ("figure", "date", "name", "negation", "document-type", "roles")

_MONTHS = {
    "January": 31, "February": 28, "March": 31, "April": 30, "May": 31, "June": 30,
    "July": 31, "August": 31, "September": 30, "October": 31, "November": 30, "December": 31,
}  # fmt: skip
_YEAR = re.compile(rf"\b{YEAR}\b")
_DAY = re.compile(rf"\b(\d{{1,2}}) ({'|'.join(_MONTHS)})\b")
# "13 and 14 May", "6–8 June 2023": the first number is a day as well.
_FIRST_DAY = re.compile(rf"\b(\d{{1,2}})(?=(?:\s*[–-]\s*| (?:and|to|or) )\d{{1,2}} (?:{'|'.join(_MONTHS)})\b)")
_FIGURE = re.compile(r"(?<![\w.,/-])\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\w-])|(?<![\w.,/-])\d+(?:\.\d+)?(?![\w-])")
_WORD = rf"(?:(?!(?:{'|'.join(_MONTHS)})\b)[A-Z](?:(?![’']s\b)[\w’'-])+)"
_NAME = re.compile(rf"\b{_WORD}(?: (?:(?:of|the|of the) )?{_WORD})*")
_ALIAS = re.compile(rf"({_NAME.pattern}) \(({_NAME.pattern})\)")
_ADJECTIVE = re.compile(r"(?:ese|[aei]an|ish|Western|Soviet|Eastern)\Z")
SHARED_PLACES = 3
"""Two names that stand in so many of the same places are taken for names of one sort."""
_CALENDAR = frozenset(_MONTHS) | frozenset("Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split())
# Capitals and leaders may stand for their states: "Beijing said" is what "China said" is.
_KIN = tuple(
    frozenset(tokenise(row))
    for row in (
        "China Beijing Xi Jinping PRC",
        "Russia Moscow Kremlin Putin Soviet",
        "US Washington America",
        "Ukraine Kyiv",
    )
)
_NEGATABLE = (
    (re.compile(r"\b(was|were|is|are|has|have|had|did|does|do|will|would|could|can|should|may) not\b(?! only\b)"), r"\1"),
    (re.compile(r"\bcannot\b"), "can"),
    (re.compile(r"(?<!would )(?<!could )(?<!should )(?<!may )\b(has|have|had)\b(?= (?:been|[a-z]+(?:ed|wn|ne|en|ld|de|me))\b)"), r"\1 not"),
    (re.compile(r"\b(was|were|is|are|will|would|could|can|should)\b(?! (?:not|no)\b)"), r"\1 not"),
    (re.compile(r"\b(signed|agreed|announced|opened|banned|extended|joined|supplied|vetoed|launched|rose|fell)\b"), r"never \1"),
)  # fmt: skip
_ACTS = (
    ("treaty", "statement"), ("agreement", "declaration"), ("(?<!international )(?<!customs )law", "proposal"),
    ("contract(?! soldiers)", "memorandum"), ("signed", "drafted"), ("extended", "cancelled"), ("opened", "closed"),
    ("rose", "fell"), ("increased", "decreased"), ("exports", "imports"), ("joined", "left"), ("approved", "rejected"),
    ("confirmed", "denied"), ("more than", "less than"),
)  # fmt: skip
_PAIRS = (
    ("China", "Russia"), ("Chinese", "Russian"), ("Beijing", "Moscow"), ("Xi Jinping", "Vladimir Putin"), ("Xi", "Putin"),
)  # fmt: skip
_OTHER = {one: other for pair in _PAIRS for one, other in (pair, pair[::-1])}
_TITLE = "President|Presidents|Premier|Prime|Foreign|Defence|Deputy|Vice|Finance|Commerce|Economy|Leader"
# Not where the word is part of another name: the South China Sea, the Moscow Times, the Russian Far East.
_ACTOR = re.compile(
    rf"(?<!South )(?<!East )(?<!Bank of )(?<!Republic of )\b(?:{'|'.join(_OTHER)})\b(?! (?!{_TITLE})[A-Z])(?![–-])(?<![–-])"
)
# "China and Russia signed", "trade with Russia", "between Xi and Putin" say the same with the two exchanged.
_EVEN = re.compile(
    rf"\b(?:{'|'.join(_OTHER)})(?:[’']s)?(?:, [A-Z]\w+(?: [A-Z]\w+)?)*(?:,? and|,| or|[–/-])(?: the)? ?(?:{'|'.join(_OTHER)})\b"
    r"|\b(?i:with|between|each other|both|neither|whether|two countries|two sides|mutual|joint|jointly|Sino)\b"
)


@dataclass(frozen=True, kw_only=True)
class Perturbation:
    """A sentence with one thing changed: `before` became `after`, so that `text` says what `original` does not."""

    sort: str
    original: str
    text: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class Name:
    """A capitalised name of the texts: between what it stands, and what else it is called ("Damansky (Zhenbao) Island")."""

    stands: frozenset[tuple[str, bool]]
    also: frozenset[str] = frozenset()


Names = Mapping[str, Name]


def perturb(sentence: str, sort: str, random: Random, names: Names | None = None) -> Perturbation | None:
    """Return the sentence with one change of the given sort, or None if it holds nothing to change.

    Args:
        sentence: a true sentence.
        sort: one of `SORTS`.
        random: where choices come from; the same state gives the same change.
        names: names that may take another's place (sort `name`), from `names_in`.
    """
    made = _MAKERS[sort](sentence, random, names or {})
    if made is None or made[0] == sentence:
        return None
    text, before, after = made
    return Perturbation(sort=sort, original=sentence, text=text, before=before, after=after)


def perturb_all(
    sentences: Iterable[str], *, seed: int, each: int, names: Names | None = None, sorts: Iterable[str] = SORTS
) -> list[Perturbation]:
    """Return up to `each` perturbations of every sort, of sentences drawn by seed; no sentence is used twice for one sort."""
    pool = list(dict.fromkeys(sentences))
    found: list[Perturbation] = []
    for sort in sorts:
        random = Random(f"{seed}-{sort}")
        made: list[Perturbation] = []
        for sentence in random.sample(pool, len(pool)):
            if len(made) == each:
                break
            changed = perturb(sentence, sort, random, names)
            made += [changed] if changed else []
        found += made
    return found


def names_in(texts: Iterable[str], *, least: int = 2) -> dict[str, Name]:
    """Return the capitalised names of the texts that occur at least so often, the commonest first; calendar words are none."""
    counts: Counter[str] = Counter()
    stands: dict[str, set[tuple[str, bool]]] = defaultdict(set)
    also: dict[str, set[str]] = defaultdict(set)
    for text in texts:
        for match in _NAME.finditer(text):
            # The first word of a sentence has a capital whatever it is.
            if match.start() > 0 and match.group() not in _CALENDAR:
                counts[match.group()] += 1
                stands[match.group()].add(_place(text, match))
        for match in _ALIAS.finditer(text):
            one, other = match.groups()
            one = one if match.start() else one.partition(" ")[2] or one  # "On Damansky (Zhenbao)"
            also[one].add(other)
            also[other].add(one)
    return {
        name: Name(stands=frozenset(stands[name]), also=frozenset(also[name]))
        for name, count in counts.most_common()
        if count >= least
    }


Made = tuple[str, str, str] | None
"""The changed sentence, what stood there, what stands there now."""


def _place(sentence: str, spot: re.Match[str]) -> tuple[str, bool]:
    """Return the word or mark before a name, and whether a noun seems to follow: what another name must suit to be readable."""
    before = re.findall(r"[\w’'-]+|[^\w\s]", sentence[: spot.start()])
    after = re.match(
        r" (?!(?:and|or|in|on|at|to|of|for|by|with|from|was|were|is|are|has|had|said|that|as)\b)[a-z]",
        sentence[spot.end() :],
    )
    return (before[-1].lower() if before else "", bool(after))


def _figure(sentence: str, random: Random, names: Names) -> Made:
    days = {m.start(1) for pattern in (_DAY, _FIRST_DAY) for m in pattern.finditer(sentence)}
    spots = [m for m in _FIGURE.finditer(sentence) if m.start() not in days and not _YEAR.fullmatch(m.group())]
    if not spots:
        return None
    spot = random.choice(spots)
    return _put(sentence, spot.start(), spot.end(), _other_number(spot.group(), sentence, random))


def _other_number(number: str, sentence: str, random: Random) -> str:
    """Return a number of the same form and size that the sentence does not hold: other digits, the same commas and decimals."""
    held = {m.group() for m in _FIGURE.finditer(sentence)}
    while True:
        digits = [random.choice("123456789" if i == 0 else "0123456789") for i, _ in enumerate(number)]
        other = "".join(d if c.isdigit() else c for c, d in zip(number, digits, strict=True))
        if other != number and (other not in held or len(held) >= 9):
            return other


def _date(sentence: str, random: Random, names: Names) -> Made:
    years, days = list(_YEAR.finditer(sentence)), list(_DAY.finditer(sentence))
    if not years and not days:
        return None
    spot = random.choice([*years, *days])
    if spot in years:
        others = [str(int(spot.group()) + change) for change in (-3, -2, -1, 1, 2, 3, 4)]
        return _put(
            sentence, spot.start(), spot.end(), random.choice([y for y in others if y not in sentence] or others)
        )
    others = [m for m, length in _MONTHS.items() if int(spot.group(1)) <= length and m not in sentence]
    return _put(sentence, spot.start(), spot.end(), f"{spot.group(1)} {random.choice(others)}") if others else None


def _name(sentence: str, random: Random, names: Names) -> Made:
    there = [m for m in _NAME.finditer(sentence) if m.start() > 0 and m.group() in names]
    random.shuffle(there)
    for spot in there:
        if sentence[spot.end() :].startswith(" ("):  # what stands in brackets explains this name and no other
            continue
        others = [n for n in names if _suits(n, spot, sentence, names) and not _akin(n, spot.group(), sentence, names)]
        if others:
            return _put(sentence, spot.start(), spot.end(), random.choice(others))
    return None


def _suits(name: str, spot: re.Match[str], sentence: str, names: Names) -> bool:
    """Tell whether a name is used in this place and others of the name that stands there: a country for a country, mostly."""
    one, other = names[name].stands, names[spot.group()].stands
    if bool(_ADJECTIVE.search(name)) != bool(_ADJECTIVE.search(spot.group())):
        return False
    return _place(sentence, spot) in one and len(one & other) >= min(SHARED_PLACES, len(other))


def _akin(name: str, other: str, sentence: str, names: Names) -> bool:
    """Tell whether one name may mean what the other does, or is in the sentence already."""
    one, two = set(tokenise(name)), set(tokenise(other))
    initials = {"".join(word[0] for word in n.split() if word[0].isupper()) for n in (name, other)}
    return (
        name in sentence
        or bool(one & two)
        or name in names[other].also
        or bool(initials & {name, other})
        or any(one & kin and two & kin for kin in _KIN)
    )


def _negation(sentence: str, random: Random, names: Names) -> Made:
    for pattern, template in _NEGATABLE:
        match = pattern.search(sentence)
        if match:
            return _put(sentence, match.start(), match.end(), match.expand(template))
    return None


def _document_type(sentence: str, random: Random, names: Names) -> Made:
    spots: list[tuple[int, int, str]] = []
    for pair in _ACTS:
        for word, other in (pair, pair[::-1]):
            plain = re.sub(r"\(\?.*?\)", "", other)
            spots += [(m.start(), m.end(), plain) for m in re.finditer(rf"\b{word}\b", sentence)]
    if not spots:
        return None
    start, end, other = random.choice(spots)
    return _put(sentence, start, end, other)


def _roles(sentence: str, random: Random, names: Names) -> Made:
    """Let the two states change places, with their capitals and presidents: "China sold gas to Russia" for the reverse."""
    there = {m.group() for m in _ACTOR.finditer(sentence)}
    pair = next((pair for pair in _PAIRS if set(pair) <= there), None)
    if pair is None or _EVEN.search(sentence):
        return None
    text = _ACTOR.sub(lambda match: _OTHER[match.group()], sentence)
    return text, " … ".join(pair), " … ".join(pair[::-1])


def _put(sentence: str, start: int, end: int, words: str) -> Made:
    return sentence[:start] + words + sentence[end:], sentence[start:end], words


_MAKERS: dict[str, Callable[[str, Random, Names], Made]] = {
    "figure": _figure,
    "date": _date,
    "name": _name,
    "negation": _negation,
    "document-type": _document_type,
    "roles": _roles,
}
