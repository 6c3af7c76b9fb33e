"""Does a text support a claim? By rules, without a model: every detail of the claim must stand in the text it cites.

A claim is supported if it is in the text word for word, or if the text holds all its figures and dates, all its names, as many
negations, every act and kind of document it speaks of, at least `SHARE` of its other words, and its actors in the same order.
Similarity of embeddings is never evidence: corrupted claims scored as high as honest paraphrases. The rules are blind to what
no word shows, such as a changed relation between things that both stand in the text; `amur eval perturb` measures how blind.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from corpus.figures import content_words, figures
from corpus.text import normalise_quote
from index.lexical import tokenise

SHARE = 0.8
"""The share of a claim's content words that its text must hold."""

_NEGATION = re.compile(
    r"\b(?:not|no|never|neither|nor|none|nobody|nothing|without|cannot|denied|denies|deny|denying|refused|refuses|declined|"
    r"rejected|rejects|failed|fails|lacks?|absent|\w+n't)\b",
    re.IGNORECASE,
)
_NAME = re.compile(r"(?<![\w-])(?:[A-Z][\w’'-]*|[A-Z]{2,})(?![\w-])")
_OPENING = re.compile(r"(?:\A|[.!?:]\s+|[\"“(])\W*$")

# Acts and kinds of document that readers must not find exchanged. Words of one row may stand for each other.
_ACTS = tuple(
    tuple(row.split())
    for row in (
        "treaty pact", "agreement accord deal", "statement communique", "declaration", "memorandum", "contract", "law act",
        "resolution", "protocol", "convention", "plan", "proposal proposed draft drafted", "sign signed", "ratify ratified",
        "extend extended prolonged renewed", "cancel cancelled canceled annulled terminated", "suspend suspended halted stopped",
        "open opened", "close closed", "veto vetoed", "abstain abstained", "rise rose risen grew grown increased increase",
        "fall fell fallen declined decreased decrease dropped", "import imports imported", "export exports exported",
        "joined join", "left leave withdrew", "approve approved adopted", "reject rejected", "confirm confirmed",
        "deny denied denies", "invade invaded invasion", "annex annexed annexation", "buy bought purchased",
        "sell sold", "more over above", "less under below fewer",
    )
)  # fmt: skip
_ACT_OF = {word: number for number, row in enumerate(_ACTS) for word in row}
_ACTORS = (
    ("china", re.compile(r"\b(?:China|Chinese|Beijing|PRC)\b")),
    ("russia", re.compile(r"\b(?:Russia|Russian|Moscow|Kremlin|Soviet|USSR)\b")),
)


@dataclass(frozen=True, kw_only=True)
class Support:
    """Whether a text supports a claim and, if not, what the claim holds that the text lacks."""

    supported: bool
    lacking: tuple[str, ...] = ()
    share: float = 1.0


def support(claim: str, text: str) -> Support:
    """Return whether `text` supports `claim`; `lacking` names each detail that it does not hold."""
    if normalise_quote(claim) and normalise_quote(claim).rstrip(".") in normalise_quote(text):
        return Support(supported=True)
    lacking = [f"figure {f}" for f in sorted(figures(claim) - figures(text))]
    lacking += [f"name {n}" for n in _names_missing(claim, text)]
    if _negations(claim) % 2 != _negations(text_near(claim, text)) % 2:
        lacking.append("negation")
    lacking += [f"act {_ACTS[a][0]}" for a in sorted(_acts(claim) - _acts(text))]
    wanted = content_words(claim)
    share = len(wanted & content_words(text)) / len(wanted) if wanted else 0.0
    if share < SHARE:
        lacking.append(f"words {share:.0%}")
    if _roles_changed(claim, text):
        lacking.append("roles")
    return Support(supported=not lacking, lacking=tuple(lacking), share=share)


def text_near(claim: str, text: str) -> str:
    """Return the sentence of the text that shares most words with the claim: where its negation is to be looked for."""
    sentences = re.split(r"(?<=[.!?])\s+(?=[A-Z“\"])", text)
    wanted = content_words(claim) | figures(claim)
    return max(sentences, key=lambda s: len(wanted & (content_words(s) | figures(s))))


def _names_missing(claim: str, text: str) -> list[str]:
    there = set(tokenise(text))
    missing = []
    for match in _NAME.finditer(claim):
        opening = bool(_OPENING.search(claim[: match.start()]))
        word = match.group()
        if opening and not word.isupper() and word.lower() in _common():
            continue
        if any(token not in there for token in tokenise(word)):
            missing.append(word)
    return list(dict.fromkeys(missing))


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    """Words that open a sentence with a capital without being names."""
    return frozenset(
        "a an the in on at by for from of to as both all some most many several neither either each every this that these those "
        "two three four five six seven eight nine ten trade exports imports after before since during between about over under "
        "according officials analysts experts it they he she its their his her there no not only more less while when".split()
    )


def _negations(text: str) -> int:
    return len(_NEGATION.findall(text))


def _acts(text: str) -> set[int]:
    return {_ACT_OF[w] for w in re.findall(r"[a-z]+", text.lower()) if w in _ACT_OF}


def _roles_changed(claim: str, text: str) -> bool:
    """Tell whether the two actors of the claim come in an order in which the text does not name them."""
    wanted = _actor_order(claim)
    if len(set(wanted)) < 2:
        return False
    there = iter(_actor_order(text))
    return not all(actor in there for actor in wanted)


def _actor_order(text: str) -> list[str]:
    found = sorted((m.start(), name) for name, pattern in _ACTORS for m in pattern.finditer(text))
    names = [name for _, name in found]
    return [name for i, name in enumerate(names) if i == 0 or names[i - 1] != name]
