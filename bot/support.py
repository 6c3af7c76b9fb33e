"""Does a text support a claim? By rules, without a model: every detail of the claim must stand in the text it cites.

A claim is supported if it is in the text word for word, or if all of this holds:

- each of its figures and dates stands in the text, with the same million or billion;
- each of its names does;
- what it denies the text denies, and what the text denies of the same thing it denies;
- it speaks of an act, a direction, a unit or a kind of document no more often than the text does (`_ACTS`);
- at least `SHARE` of its other words stand in the text;
- no actor has another's part (`bot.roles`).

One way of writing is as good as another: 12% and 12 per cent, 4 November 2025 and November 4, 2025, the US and the United States.
Similarity of embeddings is never evidence: corrupted claims scored as high as honest paraphrases. The rules are blind to what
no word shows, such as two figures of the text exchanged; `amur eval perturb` measures how blind.
"""

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

from bot.roles import roles_changed
from corpus.figures import MONTH, MONTHS, YEAR, figures
from corpus.text import normalise_quote
from index.lexical import tokenise

SHARE = 0.8
"""The share of a claim's content words that its text must hold."""
SCOPE = 4
"""How many content words after "not" it may deny."""
BEGINNING = 5  # words of one beginning, this many letters or more, may stand for each other: delivered, deliveries

# One form for what is written in several. In this order.
_FORMS = tuple(
    (re.compile(pattern), form)
    for pattern, form in (
        (rf"\b(\d{{1,2}})(?:st|nd|rd|th)(?: of)? ({MONTH})\b", r"\1 \2"),
        (rf"\b({MONTH}) (\d{{1,2}})(?:st|nd|rd|th)?,? (?=\d{{4}}\b)", r"\2 \1 "),
        (rf"\b([Oo]n|since|until|by) ({MONTH}) (\d{{1,2}})(?:st|nd|rd|th)?\b(?![.,]?\d)", r"\1 \3 \2"),
        (r"\bper ?cent\b", "%"),
        (r"(?<=\d) %", "%"),
        (r"(?:\bUSD ?|(?:\bUS ?)?\$ ?)(\d[\d,.]*\d|\d)((?: (?:thousand|million|billion|trillion))?)", r"\1\2 dollars"),
        (r"\bUS dollars\b", "dollars"),
        (r"\b(?:RMB|[Rr]enminbi)\b", "yuan"),
        (r"\bbcm\b", "billion cubic metres"),
        (r"(?<=\d)bn\b|(?<=\d )bn\b", " billion"),
        (r"\bUnited States(?: of America)?\b|\bU\.S\.(?=\W|\Z)|\bUSA\b|\bAmericans?\b", "US"),
        (r"\bEuropean Union\b", "EU"),
        (r"\b(?:Soviet Union|USSR)\b", "Soviet"),
        (r"\bUnited Nations\b", "UN"),
        (r"\b(?:People's Republic of China|PRC)\b", "China"),
        (r"\bRussian Federation\b", "Russia"),
        (r"\b(?:km|kilometers)\b", "kilometres"),
        (r"\bcommuniqué", "communique"),
    )
)

# A letter or figure that may be inside a word: not in Chinese, which has no spaces.
_EDGE = re.compile("[^\\W\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_NUMBER = r"\d+(?:,\d{3})*(?:\.\d+)?"
_SCALED = re.compile(rf"({_NUMBER})(?:\s*(?:-|to|and|or)\s*({_NUMBER}))?\s*(thousand|million|billion|trillion)\b")
_SCALES = {"thousand": 3, "million": 6, "billion": 9, "trillion": 12}

_NEGATION = re.compile(
    r"not|no|never|neither|nor|none|nobody|nothing|without|cannot|deny|denied|denies|denying|denial|refused|refuses|declined|"
    r"rejected|rejects|failed|fails|lack|lacks|lacked|absent|unable|unwilling|unlikely|impossible|\w+n't",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z\"])")
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?|[.;:!?]")
_NAME = re.compile(r"(?<![\w-])[A-Z][\w'-]*")
_OPENING = re.compile(r"(?:\A|[.!?:]\s+|[\"(])\W*$")
_ORDINARY = re.compile(r"(?:[ts]ions?|ments?|ities|ity|ly|[ae]nces?|ships?)\Z")
# What an adjective of a country has more than its name, after stemming: Ukrain-ian, Japan-es, Kazakh-stan.
_DEMONYM = frozenset(("n", "an", "ian", "es", "i", "ish", "stan", "istan"))

# Acts, directions, units and kinds of document that readers must not find exchanged. Words of one row may stand for each other.
_ACTS = tuple(
    tuple(row.split())
    for row in (
        "treaty treaties pact", "agreement agreements accord accords deal deals", "statement statements communique",
        "declaration declarations", "memorandum memorandums memoranda", "contract contracts contracted contractual",
        "law laws legislation", "resolution resolutions", "protocol protocols", "convention conventions", "decree decrees",
        "proposal proposals proposed propose draft drafts drafted",
        "sign signed signs signing signature", "ratify ratified ratifies ratification",
        "extend extended extends extending extension prolonged renewed renewal renews",
        "cancel cancelled canceled cancels annulled terminated", "suspend suspended halted stopped stop suspension halt",
        "open opened opens opening", "close closed closes closing closure", "veto vetoed vetoes vetoing",
        "abstain abstained abstention abstentions",
        "rise rose risen rising rises grow grew grown growing growth increase increased increases increasing up climbed surged",
        "fall fell fallen falling falls drop dropped dropping decrease decreased decreases down shrank shrunk slumped decline",
        "import imports imported importing importer", "export exports exported exporting exporter",
        "join joined joins joining", "left leave leaves withdrew withdraw withdrawal withdrawn",
        "approve approved approves approval adopted", "reject rejected rejects rejection",
        "confirm confirmed confirms confirmation", "deny denied denies denial denying",
        "invade invaded invades invasion", "annex annexed annexation", "buy buys bought buying purchased purchase purchases",
        "sell sold sells selling sale sales", "more over above exceeded exceeding", "less under below fewer",
        "dollar dollars", "yuan", "rouble roubles ruble rubles", "euro euros", "tonne tonnes ton tons", "barrel barrels",
        "win won wins victory", "lose lost loses defeat", "largest biggest", "smallest",
    )
)  # fmt: skip
_ACT_OF = {word: number for number, row in enumerate(_ACTS) for word in row}
# Of these only what compares counts, "more than", "over 5 million"; alone they are too common to mean anything.
_COMPARING = re.compile(
    r"\b(more|over|above|less|fewer|under|below)(?: than\b| (?=(?:about |roughly |half\b)?\d))", re.IGNORECASE
)
_BARE = frozenset("more over above less under below fewer up down".split())

# Grammar, attribution, approximation, the two countries; what is looked at elsewhere: months, numbers in words, negations.
_LIGHT = frozenset(
    tokenise(
        "according reported report reports reporting said say says saying stated told tell put puts gave give gives given saw "
        "about around roughly nearly almost approximately some per each every year years million billion trillion thousand "
        "China Chinese Russia Russian Russians Sino been among also one two within upon toward towards while whereas although "
        "though such many much several made make took take taken held hold find found come came go went "
        "three four five six seven eight nine ten eleven twelve twenty hundred "
        "never neither nor none nobody nothing without cannot unable unwilling unlikely impossible "
        f"{' '.join(MONTHS)}"
    )
)


@dataclass(frozen=True, kw_only=True)
class Support:
    """Whether a text supports a claim and, if not, what the claim holds that the text lacks."""

    supported: bool
    lacking: tuple[str, ...] = ()
    share: float = 1.0


def support(claim: str, text: str) -> Support:
    """Return whether `text` supports `claim`; `lacking` names each detail that it does not hold."""
    claim, text = _one_form(claim), _one_form(text)
    return Support(supported=True) if _stands_in(claim, text) else _by_details(claim, text)


def support_by_details(claim: str, text: str) -> Support:
    """Return the same also if the words stand in the text: a part of a sentence may say what the whole denies."""
    return _by_details(_one_form(claim), _one_form(text))


def names_missing(claim: str, text: str) -> list[str]:
    """Return the capitalised names in Latin letters, designations included, that the claim holds and the text does not."""
    return _names_missing(_one_form(claim), _one_form(text))


def _by_details(claim: str, text: str) -> Support:
    lacking = [f"figure {f}" for f in sorted(figures(claim) - figures(text) | _scaled_missing(claim, text))]
    lacking += [f"name {n}" for n in _names_missing(claim, text)]
    if _denies_otherwise(claim, text):
        lacking.append("negation")
    lacking += [f"act {name}" for name in _acts_missing(claim, text)]
    share = _share(claim, text)
    if share < SHARE:
        lacking.append(f"words {share:.0%}")
    if roles_changed(claim, text):
        lacking.append("roles")
    return Support(supported=not lacking, lacking=tuple(lacking), share=share)


def text_near(claim: str, text: str) -> str:
    """Return the sentence of the text that shares most words with the claim: where its negation is to be looked for."""
    wanted = set(tokenise(claim))
    return max(_SENTENCE.split(text), key=lambda s: len(wanted & set(tokenise(s))))


@lru_cache(maxsize=10_000)
def _one_form(text: str) -> str:
    text = normalise_quote(text)
    for pattern, form in _FORMS:
        text = pattern.sub(form, text)
    return " ".join(text.split())


def _stands_in(claim: str, text: str) -> bool:
    """Tell whether the claim is in the text word for word, not just as the beginning of a longer word or figure."""
    words = claim.rstrip(". ")
    before = r"(?<!\w)" if _EDGE.match(words) else ""
    after = r"(?![\w-]|[.,]\d|%)" if _EDGE.match(words[-1:]) else ""
    return bool(words) and re.search(before + re.escape(words) + after, text) is not None


def _scaled_missing(claim: str, text: str) -> set[str]:
    """Return the figures that the claim gives in thousands, millions … and the text in others."""
    plain = {float(n.replace(",", "")) for n in re.findall(_NUMBER, text)}
    there = set(_scaled(text).values()) | plain
    return {shown for shown, value in _scaled(claim).items() if value not in there}


def _scaled(text: str) -> dict[str, float]:
    found = {}
    for first, last, scale in _SCALED.findall(text):
        # In "31 in 2024 and 38.8 billion in 2025" the year is no number of billions.
        for number in filter(None, ("" if last and re.fullmatch(YEAR, first) else first, last)):
            found[f"{number} {scale}"] = float(f"{number.replace(',', '')}e{_SCALES[scale]}")
    return found


def _names_missing(claim: str, text: str) -> list[str]:
    there = set(tokenise(text))
    missing = []
    for match in _NAME.finditer(claim):
        word = match.group()
        ordinary = word.lower() in _common() or _ORDINARY.search(word)
        if ordinary and not word.isupper() and _OPENING.search(claim[: match.start()]):
            continue
        if word not in MONTHS and not all(_is_named(token, there) for token in tokenise(word)):
            missing.append(word)
    return list(dict.fromkeys(missing))


def _is_named(token: str, there: set[str]) -> bool:
    return token in there or any(
        long.startswith(short) and long[len(short) :] in _DEMONYM
        for other in there
        for short, long in [sorted((token, other), key=len)]
        if len(short) >= 4
    )


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    """Words that open a sentence with a capital without being names."""
    return frozenset(
        "a about after an another as at before between both by during each either every few for four five from he her his how "
        "if in into it its less many more most neither nine no not of on one only or over several she since six some ten that "
        "the their there these they this those though three through to trade two under until very was were what when where "
        "while who with according analysts army arms chips customs eight experts exports figures gas goods imports "
        "leaders military ministers officials oil press reports researchers seven scholars ships sources talks troops".split()
    )


def _denies_otherwise(claim: str, text: str) -> bool:
    """Tell whether the claim denies what the text does not, or the other way round.

    What a negation denies are the content words after it, the first of them above all. Each negation of the claim needs one of
    its own in the text. The claim may leave out what the text denies of something else.
    """
    denied = _denied(claim)
    if not _each_met(denied, _denied(text)):
        return True
    asserted = set(_content(claim))
    return not _each_met([d for d in _denied(text_near(claim, text)) if d and d[0] in asserted], denied)


def _each_met(wanted: list[list[str]], there: list[list[str]]) -> bool:
    """Tell whether each of the wanted negations can be paired with one of its own that denies the same thing."""
    met = [{j for j, d in enumerate(there) if w and d and (w[0] in d or d[0] in w)} for w in wanted]
    used: set[int] = set()
    for choices in sorted(met, key=len):
        free = choices - used
        if not free:
            return False
        used.add(min(free))
    return True


def _denied(text: str) -> list[list[str]]:
    """Return for each negation of the text the stems of what it denies: up to `SCOPE` words after it, else those before it."""
    words = _WORD.findall(text)
    found = []
    for i, word in enumerate(words):
        if not _NEGATION.fullmatch(word) or word == "nor":  # "nor" goes on with what "neither" or "not" began
            continue
        after: list[str] = []
        for other in words[i + 1 :]:
            if not other[0].isalnum() or other in ("and", "but") or len(after) >= SCOPE:
                break
            after += _content(other)
        found.append(after or _content(" ".join(words[:i]))[-SCOPE:])
    return found


def _acts_missing(claim: str, text: str) -> list[str]:
    wanted, there = _acts(claim), _acts(text)
    return [_ACTS[a][0] for a in sorted(wanted) if wanted[a] > there[a]]


def _acts(text: str) -> Counter[int]:
    found = Counter(_ACT_OF[w] for w in re.findall(r"[a-z]+", text.lower()) if w in _ACT_OF and w not in _BARE)
    found.update(_ACT_OF[w.lower()] for w in _COMPARING.findall(text))
    return found


def _share(claim: str, text: str) -> float:
    """Return the share of the claim's content words that the text holds, in this form or another."""
    wanted, there = set(_content(claim)), set(_content(text))
    beginnings = {word[:BEGINNING] for word in there if len(word) >= BEGINNING}
    acts = set(_acts(text))
    held = {w for w in wanted if w in there or w[:BEGINNING] in beginnings}
    held |= {w for raw in re.findall(r"[a-z]+", claim.lower()) if _ACT_OF.get(raw) in acts for w in _content(raw)}
    return len(held & wanted) / len(wanted) if wanted else 0.0


def _content(text: str) -> list[str]:
    """Return the stems of the words that carry meaning, in order: no figures, no grammar, no attribution, not the two countries."""
    return [t for t in tokenise(text) if t not in _LIGHT and not t[0].isdigit()]
