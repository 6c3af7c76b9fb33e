"""May a sentence of a chat model reach a reader? Held against the words of the spans it names, by rules.

- In the language of its spans, English: `verbatim` if it is one of their sentences, else `supported` if every detail of it stands in
  them (`bot.support`) and it keeps whose word it is and how sure.
- In another language, or in one that the rules of support do not know: `translated` if its numbers, dates, names, negations and
  opposites agree (`bot.across`).
- Else it is refused, with a kind that says why: `unsupported-figure`, `-name`, `-negation`, `-act`, `-words`, `-roles`,
  `unattributed` (a claim of somebody's as a fact), `overstated` (a plan as a deed), `combined` (details of several spans in one
  breath), `unchecked-language`.

Where a sentence names several spans, those that bear it alone are what it rests on. Only if none does are they taken together, and
then what belongs together in it must stand together in one of them: else a figure of one year could be given to another.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.across import LANGUAGES, compare
from bot.language import detect_language
from bot.records import Verdict
from bot.support import names_missing, support_by_details, text_near
from corpus.figures import figures
from corpus.glossary import Entry
from corpus.text import normalise_quote, split_sentences

_ATTRIBUTION = re.compile(
    r"\b(?:s(?:aid|ays?|aying)|t(?:old|ells?)|claim(?:s|ed|ing)?|alleg\w+|argu(?:e|es|ed|ing)|accus\w+|blam\w+|insist\w*|den(?:y|ied|ies)|"
    r"assert\w*|warn\w*|called (?=the|its?|on|for|a|an|them|him|her|this)|calls|describ\w+|according to|reportedly|reports? (?:that|of)|"
    r"report(?:ed|s|ing)|accounts?|wrote|writes?|estimat\w+|found that|noted|calculat\w+|caution\w*|urg\w+|protest\w*|object\w*|"
    r"show(?:s|ed)? that|views?|think|believ\w*|sees? |judg\w+|stat(?:es|ed)|announc\w+|declar\w+|in the words of|put\b.{1,60}\bat|"
    r"gives?|gave|counts?|data|figures?|census|polls?|surveys?|(?:foresaw|noted|criticis|condemn|denounc|prais|welcom|thank)\w*)",
    re.IGNORECASE,
)
_CLAIMED = re.compile(
    r"\b(?:s(?:aid|ays?|aying)|told|claim(?:s|ed|ing)?|alleg\w+|argu(?:e|es|ed|ing)|accus\w+|blam\w+|insist\w*|den(?:y|ied|ies)|assert\w*|"
    r"warn(?:s|ed)?|called (?=the|its?|on|for|a|an|them|him|her|this)|calls|described|according to|wrote|believ\w*|accounts?)\b",
    re.IGNORECASE,
)
"""Words with which a text makes something somebody's claim; `_ATTRIBUTION` are all those with which a sentence may keep it one."""
_HEDGE = re.compile(
    r"\b(?:may|might|could(?! not)|would|should|plan(?:s|ned|ning)?|expect\w*|aim(?:s|ed)?|intend\w*|intention|propos\w+|"
    r"hop(?:es?|ed|ing)|seek\w*|"
    r"sought|likely|unlikely|reportedly|alleg\w+|possib\w+|perhaps|potential\w*|draft\w*|fore(?:saw|see\w*)|(?:is|are|was|were) to|will|"
    r"can|must|oblig\w*|want\w*|consider\w*|discuss\w*|negotiat\w*|schedul\w*|due to|ready to|offer\w*|pledg\w*|promis\w*|agreed to)\b",
    re.IGNORECASE,
)
_PARTS = re.compile(
    r"[,;:]\s|\s[—–-]\s|\b(?:and|while|whereas|but|to|from|against|than|after|before|with|by|until|since|when|which|who)\b"
)
_KINDS = {"figure": "figure", "name": "name", "negation": "negation", "act": "act", "words": "words", "roles": "roles"}


@dataclass(frozen=True, kw_only=True)
class Cited:
    """A span as it is held against a sentence: its words, and their language as a BCP 47 tag."""

    text: str
    language: str = "en"


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What came of a check: a verdict and which of the spans the sentence rests on, or why it must not be shown."""

    verdict: Verdict | None = None
    rests_on: tuple[int, ...] = ()
    kind: str = ""
    detail: str = ""


def check_sentence(sentence: str, cited: Sequence[Cited], glossary: Sequence[Entry] = ()) -> Checked:
    """Return whether the spans bear the sentence (see above). Takes milliseconds, and no model."""
    language = detect_language(sentence)
    if not cited:
        return Checked(kind="no-citation", detail="it names no span")
    if language not in LANGUAGES:
        return Checked(kind="unchecked-language", detail=f"a sentence in {language!r} cannot be checked")
    alone = [_check(sentence, language, span, glossary) for span in cited]
    best: tuple[Verdict, ...] = ("verbatim", "supported", "translated")
    for verdict in best:
        bearing = tuple(i for i, found in enumerate(alone) if found.verdict == verdict)
        if bearing:
            return Checked(verdict=verdict, rests_on=bearing)
    if len(cited) == 1 or len({c.language for c in cited}) > 1:
        return alone[0]
    whole = Cited(text=" ".join(c.text for c in cited), language=cited[0].language)
    together = _check(sentence, language, whole, glossary)
    if together.verdict is None:
        return together
    apart = _torn_apart(sentence, language, cited, glossary)
    if apart:
        return Checked(kind="combined", detail=f"no single span holds {apart!r}")
    return Checked(verdict=together.verdict, rests_on=tuple(range(len(cited))))


def _check(sentence: str, language: str, span: Cited, glossary: Sequence[Entry]) -> Checked:
    """Return the check against one text."""
    if _is_sentence_of(sentence, span):
        return Checked(verdict="verbatim")
    there = span.language.split("-")[0].lower()
    there = there if there in LANGUAGES else detect_language(span.text)
    if language != "en" or there != "en":
        if there not in LANGUAGES:
            return Checked(kind="unchecked-language", detail=f"words in {there!r} cannot be compared")
        found = compare(sentence, language, span.text, there, glossary)
        if found.agrees:
            return Checked(verdict="translated")
        kind, detail = found.lacking[0]
        return Checked(kind=f"unsupported-{kind}", detail=detail)
    support = support_by_details(sentence, span.text)
    if not support.supported:
        kind, _, detail = support.lacking[0].partition(" ")
        return Checked(kind=f"unsupported-{_KINDS.get(kind, kind)}", detail=detail)
    near = text_near(sentence, span.text)
    if _CLAIMED.search(near) and not _ATTRIBUTION.search(sentence):
        return Checked(kind="unattributed", detail="the text says whose word it is")
    if _HEDGE.search(near) and not _HEDGE.search(sentence):
        return Checked(kind="overstated", detail="the text is not that sure")
    return Checked(verdict="supported")


def _is_sentence_of(sentence: str, span: Cited) -> bool:
    """Tell whether the sentence is one of the span's, or several in a row, word for word."""
    wanted, there = _bare(sentence), normalise_quote(span.text)
    if not wanted:
        return False
    bounds = split_sentences(there, span.language)
    return any(_bare(there[start:end]) == wanted for i, (start, _) in enumerate(bounds) for _, end in bounds[i : i + 3])


def _bare(text: str) -> str:
    return normalise_quote(text).rstrip(".。!?！？…\"' ").lstrip("\"' ")


def _torn_apart(sentence: str, language: str, cited: Sequence[Cited], glossary: Sequence[Entry]) -> str:
    """Return the first part of the sentence whose details stand in several of the spans but in no single one; empty if none does."""
    if language != "en":
        # Where parts of a sentence begin and end is not told in other scripts: all its details must then stand in one span.
        return sentence
    for part in _PARTS.split(normalise_quote(sentence)):
        details = figures(part)
        if details and not any(details <= figures(c.text) and not names_missing(f"… {part}", c.text) for c in cited):
            return part.strip()
    return ""
