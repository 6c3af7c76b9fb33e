"""Turn true sentences into false ones by one small change each: a figure, a date, a name, a negation, a kind of act, the roles.

Two uses: claims that a check of support must refuse (see `evals.citations`), and near-misses, questions on the right topic whose
detail the corpus lacks (see `amur eval cases draft`). Everything follows from the seed.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from random import Random

SORTS = ("figure", "date", "name", "negation", "document-type", "roles")

_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")
_DAY = re.compile(
    r"\b(\d{1,2}) (January|February|March|April|May|June|July|August|September|October|November|December)\b"
)
_FIGURE = re.compile(r"(?<![\w.,-])\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\w-])|(?<![\w.,-])\d+(?:\.\d+)?(?![\w-])")
_NAME = re.compile(r"\b[A-Z][\w’'-]+(?: (?:of|the|and) [A-Z][\w’'-]+| [A-Z][\w’'-]+)*(?:-\d+)?")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_CALENDAR = frozenset(_MONTHS) | frozenset(
    "Monday Tuesday Wednesday Thursday Friday Saturday Sunday According The In On At".split()
)
_NEGATABLE = (
    (re.compile(r"\b(was|were|is|are|has|have|had|did|does|do|will|would|could|can|should|may) not\b"), r"\1"),
    (re.compile(r"\bcannot\b"), "can"),
    (re.compile(r"\b(was|were|is|are|has|have|had|will|would|could|can|should)\b(?! not\b)"), r"\1 not"),
    (re.compile(r"\b(signed|agreed|announced|opened|banned|extended|joined|supplied|vetoed|launched|rose|fell)\b"), r"never \1"),
)  # fmt: skip
_ACTS = (
    ("treaty", "statement"), ("agreement", "declaration"), ("law", "proposal"), ("contract", "memorandum"),
    ("signed", "drafted"), ("extended", "cancelled"), ("opened", "closed"), ("rose", "fell"), ("increased", "decreased"),
    ("exports", "imports"), ("joined", "left"), ("approved", "rejected"), ("confirmed", "denied"), ("more than", "less than"),
)  # fmt: skip
_PAIR = (("China", "Russia"), ("Chinese", "Russian"), ("Beijing", "Moscow"), ("Xi Jinping", "Vladimir Putin"))


@dataclass(frozen=True, kw_only=True)
class Perturbation:
    """A sentence with one thing changed: `before` became `after`, so that `text` says what `original` does not."""

    sort: str
    original: str
    text: str
    before: str
    after: str


def perturb(sentence: str, sort: str, random: Random, names: Sequence[str] = ()) -> Perturbation | None:
    """Return the sentence with one change of the given sort, or None if it holds nothing to change.

    Args:
        sentence: a true sentence.
        sort: one of `SORTS`.
        random: where choices come from; the same state gives the same change.
        names: names that may take another's place (sort `name`).
    """
    made = _MAKERS[sort](sentence, random, names)
    if made is None or made[0] == sentence:
        return None
    text, before, after = made
    return Perturbation(sort=sort, original=sentence, text=text, before=before, after=after)


def perturb_all(
    sentences: Iterable[str], *, seed: int, each: int, names: Sequence[str] = (), sorts: Sequence[str] = SORTS
) -> list[Perturbation]:
    """Return up to `each` perturbations of every sort, of sentences drawn by seed; no sentence is used twice for one sort."""
    pool = list(dict.fromkeys(sentences))
    found: list[Perturbation] = []
    for sort in sorts:
        random = Random(f"{seed}-{sort}")
        drawn = random.sample(pool, len(pool))
        made = (perturb(sentence, sort, random, names) for sentence in drawn)
        kept = [p for p in made if p is not None][:each]
        found += kept
    return found


def names_in(texts: Iterable[str], *, least: int = 2) -> list[str]:
    """Return the capitalised names of the texts that occur at least so often, the commonest first; calendar words are none."""
    counts: Counter[str] = Counter()
    for text in texts:
        for match in _NAME.finditer(text):
            # The first word of a sentence has a capital whatever it is.
            if match.start() > 0 and match.group() not in _CALENDAR:
                counts[match.group()] += 1
    return [name for name, count in counts.most_common() if count >= least]


Made = tuple[str, str, str] | None
"""The changed sentence, what stood there, what stands there now."""


def _figure(sentence: str, random: Random, names: Sequence[str]) -> Made:
    days = {m.start(1) for m in _DAY.finditer(sentence)}
    spots = [m for m in _FIGURE.finditer(sentence) if m.start() not in days and not _YEAR.fullmatch(m.group())]
    if not spots:
        return None
    spot = random.choice(spots)
    return _put(sentence, spot.start(), spot.end(), _other_number(spot.group(), random))


def _other_number(number: str, random: Random) -> str:
    """Return a number of the same form and size: other digits, the same commas and decimals."""
    while True:
        digits = [random.choice("123456789" if i == 0 else "0123456789") for i, _ in enumerate(number)]
        other = "".join(d if c.isdigit() else c for c, d in zip(number, digits, strict=True))
        if other != number:
            return other


def _date(sentence: str, random: Random, names: Sequence[str]) -> Made:
    years, days = list(_YEAR.finditer(sentence)), list(_DAY.finditer(sentence))
    if not years and not days:
        return None
    spot = random.choice([*years, *days])
    if spot in years:
        return _put(sentence, spot.start(), spot.end(), str(int(spot.group()) + random.choice((-3, -2, -1, 1, 2))))
    month = random.choice([m for m in _MONTHS if m != spot.group(2)])
    return _put(sentence, spot.start(2), spot.end(2), month)


def _name(sentence: str, random: Random, names: Sequence[str]) -> Made:
    there = {m.group(): m for m in _NAME.finditer(sentence) if m.start() > 0 and m.group() in set(names)}
    others = [n for n in names if n not in sentence]
    if not there or not others:
        return None
    spot = there[random.choice(sorted(there))]
    return _put(sentence, spot.start(), spot.end(), random.choice(others))


def _negation(sentence: str, random: Random, names: Sequence[str]) -> Made:
    for pattern, template in _NEGATABLE:
        match = pattern.search(sentence)
        if match:
            return _put(sentence, match.start(), match.end(), match.expand(template))
    return None


def _document_type(sentence: str, random: Random, names: Sequence[str]) -> Made:
    spots: list[tuple[int, int, str]] = []
    for pair in _ACTS:
        for word, other in (pair, pair[::-1]):
            spots += [(m.start(), m.end(), other) for m in re.finditer(rf"\b{word}\b", sentence)]
    if not spots:
        return None
    start, end, other = random.choice(spots)
    return _put(sentence, start, end, other)


def _roles(sentence: str, random: Random, names: Sequence[str]) -> Made:
    """Let two who are both named change places: "China sold gas to Russia" for "Russia sold gas to China"."""
    for one, other in _PAIR:
        if re.search(rf"\b{one}\b", sentence) and re.search(rf"\b{other}\b", sentence):
            text = _exchange(sentence, one, other)
            # "China and Russia signed" says the same with the two exchanged.
            if not re.search(rf"\b(?:{one} (?:and|or) {other}|{other} (?:and|or) {one})\b", sentence):
                return text, f"{one} … {other}", f"{other} … {one}"
    return None


def _exchange(sentence: str, one: str, other: str) -> str:
    words = {one: other, other: one}
    return re.sub(rf"\b(?:{one}|{other})\b", lambda match: words[match.group()], sentence)


def _put(sentence: str, start: int, end: int, words: str) -> Made:
    return sentence[:start] + words + sentence[end:], sentence[start:end], words


_MAKERS: dict[str, Callable[[str, Random, Sequence[str]], Made]] = {
    "figure": _figure,
    "date": _date,
    "name": _name,
    "negation": _negation,
    "document-type": _document_type,
    "roles": _roles,
}
