"""How much a sentence asserts: whether a claim says more surely, more widely or more causally than its text does.

Figures, names and words may all be the text's and the claim still be another: a plan becomes a deed ("to curb imports", "curbed
imports"), some become all, "no lethal aid" becomes "no aid", the first joint exercise the first exercise, what came after becomes what
was caused. Each rule looks for one such step, by words; in doubt it lets the claim pass, since
`bot.support` has held its details against the text already.
"""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

from corpus.figures import YEAR
from corpus.text import normalise_quote
from index.lexical import tokenise

_HEDGE = re.compile(
    r"\b(?:(?-i:may)|might|could(?! not)|would|should|plan(?:s|ned|ning)?|expect\w*|aim(?:s|ed)?|intend\w*|intention|propos\w+|"
    r"hop(?:es?|ed|ing)|seek\w*|sought|likely|unlikely|reportedly|alleg\w+|possib\w+|perhaps|potential\w*|draft\w*|fore(?:saw|see\w*)|"
    r"(?:is|are|was|were) to|will|(?-i:can)|must|oblig\w*|want\w*|consider\w*|discuss\w*|negotiat\w*|schedul\w*|due to|ready to|offer\w*|"
    r"under (?:review|discussion|consideration|negotiation|study)|"
    r"pledg\w*|promis\w*|agreed to|threaten\w*|allow\w*|permit\w*|tr(?:y|ied|ying) to|attempt\w*|urg\w+|demand\w*|goal|target\w*)\b",
    re.IGNORECASE,
)
# "To curb", "might come to regret", "trying to recruit": not done yet. "The first to carry", "began to carry": done.
_NOT_YET = re.compile(
    r"\b(?:to|may|might|could|would|should|will|must|can|not)\s+(?:(?:not|also|soon|be|come|have|jointly|then|later)\s+)*(?:to\s+)?([a-z]{3,})"
)
_FIRST_TO = re.compile(
    r"\b(?:(?:first|last|only|next)(?:\s+\w+){0,3}|beg[au]n|begins|continue[ds]?|managed|came|helped|went|forced|led)\s\Z"
)
_AHEAD = re.compile(r"\b(?:to|may|might|could|would|should|will|must|can|not|be)\s+(?:\w+\s+)?\Z")
_IRREGULAR = {
    done: verb
    for verb, done in (
        pair.split()
        for pair in "hold held,send sent,build built,sell sold,buy bought,give gave,take took,make made,become became,begin began,meet met,"
        "win won,lose lost,spend spent,keep kept,bring brought,fight fought,pay paid,put put,fall fell,grow grew,rise rose,break broke,"
        "choose chose,teach taught,withdraw withdrew,join joined".split(",")
    )
}
_DONE = re.compile(rf"\b([a-z]{{3,}}ed|{'|'.join(_IRREGULAR)})\b")
# Words that widen what is said; the text must have one of the same row.
_WIDE = tuple(
    re.compile(rf"\b(?:{row})\b", re.IGNORECASE)
    for row in (
        "only|sole|solely|exclusively|alone|just|single",
        "all|every(?! (?:year|month|day))|entire|entirely|whole|wholly|complete(?:ly)?|fully|total",
        "today|now|currently|nowadays|at present|presently",
        "always|constantly|permanently|permanent", "ever", "unprecedented|record|historic", "hundreds", "thousands",
        "dozens|scores", "millions", "doubl\\w+|twice|two-fold|twofold", "tripl\\w+|treb\\w+|three-fold|threefold", "quadrupl\\w+|fourfold",
        "halv\\w+|half", "most|majority|mostly|mainly|largely|predominantly|chiefly|principally",
    )
)  # fmt: skip
# Of a row the claim may not say what the text says otherwise. Words that begin with un-, in-, il-, dis-, non- are held against the rest.
_OTHERWISE = tuple(
    tuple(re.compile(rf"\b(?:{side})\b", re.IGNORECASE) for side in row.split(" / "))
    for row in (
        r"state|state-owned|public|government / private|independent", r"settled|resolved|agreed|fixed / left|open|unresolved|pending",
        r"military / civil|civilian|peaceful",
        r"direct|directly / indirect|indirectly",
        r"formal|formally|official|officially / informal\w*|unofficial\w*",
        r"bilateral\w* / trilateral\w* / multilateral\w*", r"conventional / nuclear", r"temporary|temporarily / permanent\w*",
        r"win|won|wins / lose|lost|loses", r"in favour|voted for / voted against|unfavour\w*", r"oppos\w+ / support\w*|back(?:s|ed|ing)?",
        r"strengthen\w*|deepen\w* / weaken\w*",
        r"enter(?:ed|s|ing)? / stay(?:ed|s|ing)?|remain\w*|avoid\w*", r"eastern|east / western|west",
        r"northern|north / southern|south", r"start\w*|beg[au]n|begins|launch\w* / end(?:ed|s)?|finish\w*|stopp\w*", r"before / after",
        r"buyer|buyers|customer / seller|sellers|supplier|suppliers", r"creditor|lender|lent / borrower|borrowed|debtor",
        r"attend\w*|took part|participat\w+|joined / stayed away|absent|boycott\w*|skipped|missed",
        r"attack\w* / defen[ds]\w+|defence", r"lift(?:s|ed|ing)?|eas(?:e|es|ed|ing) / impos\w+|tighten\w*",
        r"abstain\w* / voted against|vetoed / voted for|voted in favour",
    )
)  # fmt: skip
_OPPOSITE = re.compile(r"\b(?:un|in|im|il|ir|dis|non-?)([a-z]{4,})\b")
_CAUSED = re.compile(
    r"\b(?:because|due to|owing to|caused|as a (?:result|consequence)|led to|leading to|result(?:ed|ing)? in|thanks to|driven by|"
    r"therefore|prompted|triggered|forced)\b",
    re.IGNORECASE,
)
_CAUSE = re.compile(
    r"\b(?:because|due to|owing|caus\w+|result\w*|led|leads?|leading|thanks|driv\w+|so that|since|respon\w+|answer\w*|over|for|reasons?|"
    r"trac(?:ed|es)|pointed to|prompt\w*|trigger\w*|forc\w+|retaliat\w*|therefore|as)\b",
    re.IGNORECASE,
)
# "Because it broke the law": what is named as the cause, up to the next comma. "Led to": nothing that "for" or "as" could mean.
_NAMED_CAUSE = re.compile(r"\b(?:because(?: of)?|due to|owing to|thanks to|driven by)\s+([^,;.]+)", re.IGNORECASE)
_LED_TO = re.compile(r"\b(?:caused|led to|leading to|result(?:ed|ing)? in|triggered|prompted|forced)\b", re.IGNORECASE)
_ONLY_LOOSELY = re.compile(r"for|over|as|since", re.IGNORECASE)
_YEAR = re.compile(rf"\b{YEAR}\b")
# "Even as", "as well as": no cause. "Less than an alliance": none.
_NO_CAUSE = re.compile(r"\b(?:even as|such as|as (?:well|far|of|an?|the)\b)")
_LESS_THAN = re.compile(
    r"(?<![%t\d] )\b(?:less than|short of|rather than|instead of) (?:an?|the|full|formal|a full)?\s*([a-z]{4,})"
)
_KEPT_LESS = re.compile(r"\b(?:than|short of|instead of|not|no|without)\b")
_PRESENT = re.compile(
    r"\b(?:is|are|has|have|makes?(?= up)|accounts?(?= for)|stands?(?= at)|amounts?(?= to)|holds?|covers?|supplies)\b"
)
_PEOPLE = re.compile(
    r"\b(some|many|most|several|few|senior|former|certain)\s+(?:of\s+)?((?:(?:senior|former|of|the)\s+)*)([A-Z]?[a-z]+s)\b",
    re.IGNORECASE,
)
_PART = re.compile(
    r"(\d[\d,.]*%?|\b(?:some|many|most|several|few|half|parts?|one|two|three|four|five|hundreds|dozens|thousands|majority|third|quarter))"
    r" of ((?:[\w'-]+ ?){1,4})",
    re.IGNORECASE,
)
_NO = re.compile(
    r"\b(?:no|not|without|neither|never)\s+(?:(?:a|an|any|the|be|been|yet|have|had)\s+)*([a-z-]{3,})\s+([a-z-]{3,})",
    re.IGNORECASE,
)
_DENIES = re.compile(
    r"\b(?:not|no|neither|nor|none|never|without|stayed away|absent|declined|refused|denied)\b|n't\b", re.IGNORECASE
)
_TOP = re.compile(
    r"\b((?:second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth)[ -])?(largest|biggest|highest|greatest|lowest|smallest|top)\b",
    re.IGNORECASE,
)
_SAME_TOP = {"biggest": "largest", "greatest": "largest", "top": "largest"}
_FIRST = re.compile(r"\b(first|last)\s+([a-z-]{3,})\b")


def too_much(claim: str, text: str) -> tuple[str, str]:
    """Return what kind of step the claim takes beyond the text, and the words of it; two empty texts if it takes none.

    Args:
        claim: one sentence.
        text: one sentence, the one that the claim rests on.
    """
    claim, text = normalise_quote(claim), normalise_quote(text)
    for kind, rule in _RULES:
        found = next(rule(claim, text), "")
        if found:
            return kind, found
    return "", ""


def _unsure(claim: str, text: str) -> Iterator[str]:
    if _HEDGE.search(text) and not _HEDGE.search(claim):
        yield "the text is not that sure"


def _deeds(claim: str, text: str) -> Iterator[str]:
    """Find verbs that are told as done and that the text has only as something to come."""
    ahead = {_stem(m.group(1)) for m in _NOT_YET.finditer(text) if not _FIRST_TO.search(text[: m.start()])}
    done = {_stem(w) for w in re.findall(r"[a-z]{3,}", _NOT_YET.sub(" ", text))}
    for match in _DONE.finditer(claim):
        if _stem(_IRREGULAR.get(match.group(1), match.group(1))) in ahead - done and not _AHEAD.search(
            claim[: match.start()]
        ):
            yield match.group(1)


def _wide(claim: str, text: str) -> Iterator[str]:
    for row in _WIDE:
        said = row.search(claim)
        if said and not row.search(text):
            yield said.group()


def _people(claim: str, text: str) -> Iterator[str]:
    """Find a group of which the text speaks in part and the claim as a whole: "many senior Russians", "Russians"."""
    for match in _PEOPLE.finditer(text):
        whole = match.group(3)
        bare = re.search(rf"\b(\w+)\s+{re.escape(whole)}\b|\A{re.escape(whole)}\b", claim)
        if bare and not _PEOPLE.search(claim) and len(re.findall(rf"\b{re.escape(whole)}\b", text)) == 1:
            yield match.group()


def _parts(claim: str, text: str) -> Iterator[str]:
    """Find a whole of which the text counts a part: "30 of China's new missile silos", "China's new missile silos"."""
    own = set(tokenise(claim))
    for match in _PART.finditer(text):
        whole = [w for w in tokenise(match.group(2)) if w not in ("the", "its", "their") and not _YEAR.fullmatch(w)]
        if (
            whole
            and set(whole) <= own
            and not _PART.search(claim)
            and match.group(1).rstrip(",.%").lower() not in claim.lower()
        ):
            yield match.group()


def _neither(claim: str, text: str) -> Iterator[str]:
    """Find a deed that the text denies of all its subjects: "Neither Xi nor Putin travelled"."""
    if text.startswith("Neither ") and not _DENIES.search(claim):
        yield "the text begins with 'Neither'"


def _nothing(claim: str, text: str) -> Iterator[str]:
    """Find what the text denies with a limit and the claim without it: "no lethal aid", "no aid"."""
    words = set(tokenise(claim))
    for match in _NO.finditer(text):
        limit, noun = match.groups()
        if (
            re.search(rf"\b(?:no|not|without|neither|never)\s+(?:(?:a|an|any|the|be|been)\s+)*{noun}\b", claim)
            and not set(tokenise(limit)) & words
        ):
            yield match.group()


def _less(claim: str, text: str) -> Iterator[str]:
    """Find what the text calls less than something, and the claim that: "less than an alliance", "an alliance"."""
    for match in _LESS_THAN.finditer(text):
        noun = match.group(1)
        if (
            re.search(rf"\b{noun}\b", claim)
            and not _KEPT_LESS.search(claim)
            and len(re.findall(rf"\b{noun}\b", text)) == 1
        ):
            yield match.group()


def _ranks(claim: str, text: str) -> Iterator[str]:
    there = {_rank(m) for m in _TOP.finditer(text)}
    for match in _TOP.finditer(claim):
        if there and _rank(match) not in there:
            yield match.group()
    for word, noun in _FIRST.findall(claim):
        after = {n for w, n in _FIRST.findall(text) if w == word}
        if after and noun not in after and not (after | {noun}) & {"time", "to", "half", "nine", "six", "three"}:
            told = " ".join(after)
            if not {_stem(w) for w in after} <= {_stem(w) for w in re.findall(r"[a-z]{3,}", claim)}:
                yield f"{word} {noun} for {word} {told}"


def _otherwise(claim: str, text: str) -> Iterator[str]:
    for row in _OTHERWISE:
        own = {i: said.group() for i, side in enumerate(row) if (said := side.search(claim))}
        there = {i for i, side in enumerate(row) if side.search(text)} if own else set()
        if there and not own.keys() & there:
            yield " ".join(own.values())


def _opposites(claim: str, text: str) -> Iterator[str]:
    """Find a word of which the text has only the opposite by its beginning: valid, invalid."""
    for one, other in ((claim, text), (text, claim)):
        words = set(re.findall(r"[a-z]+(?:-[a-z]+)*", other.lower()))
        for match in _OPPOSITE.finditer(one.lower()):
            if match.group(1) in words and match.group() not in words:
                yield match.group()


def _causes(claim: str, text: str) -> Iterator[str]:
    text = _NO_CAUSE.sub(" ", text)
    said = _CAUSED.search(claim)
    there = [m.group() for m in _CAUSE.finditer(text)]
    if said and not there:
        yield said.group()
    led = _LED_TO.search(claim)
    if led and all(_ONLY_LOOSELY.fullmatch(word) for word in there):
        yield led.group()
    held = set(tokenise(text))
    for match in _NAMED_CAUSE.finditer(claim):
        words = [w for w in tokenise(match.group(1)) if len(w) > 3]
        if words and 2 * len([w for w in words if w not in held]) > len(words):
            yield match.group()


def _undated(claim: str, text: str) -> Iterator[str]:
    """Find a dated figure that the claim tells without a date, and as what is: "made up 12% in June 2020", "makes up 12%"."""
    if re.search(r"\d", claim) and _YEAR.search(text) and not _YEAR.search(claim):
        yield from (m.group() for m in _PRESENT.finditer(claim) if not re.search(rf"\b{m.group()}\b", text))


def _rank(match: re.Match[str]) -> str:
    word = match.group(2).lower()
    return f"{(match.group(1) or '').lower().rstrip(' -')} {_SAME_TOP.get(word, word)}"


@lru_cache(maxsize=10_000)
def _stem(word: str) -> str:
    found = tokenise(word)
    return found[0] if found else word


_RULES: tuple[tuple[str, Callable[[str, str], Iterator[str]]], ...] = (
    ("overstated", _unsure), ("overstated", _deeds), ("widened", _wide), ("widened", _people), ("widened", _parts),
    ("unsupported-negation", _neither), ("widened", _nothing), ("overstated", _less),
    ("widened", _ranks), ("unsupported-opposite", _otherwise), ("unsupported-opposite", _opposites), ("unsupported-cause", _causes),
    ("widened", _undated),
)  # fmt: skip
