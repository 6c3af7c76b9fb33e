"""May a sentence of a chat model reach a reader? Held against the words of the spans it names, by rules.

- In the language of its spans, English: `verbatim` if it is one of their sentences, else `supported` if every detail of it stands in
  them (`bot.support`), it keeps whose word it is (`bot.attribution`), says it no more surely or widely (`bot.asserted`), and leaves
  together what belongs together (`bot.pairing`). Figures may be rounded where it says so (`bot.rounding`).
- In another language, or in one that the rules of support do not know: `translated` if its numbers, dates, names, negations and
  opposites agree and it attributes what its text attributes (`bot.across`).
- Else it is refused, with a kind that says why: `unsupported-figure`, `-name`, `-negation`, `-act`, `-words`, `-roles`,
  `-opposite`, `-cause`, `unattributed` (a claim of somebody's as a fact, or as somebody else's), `overstated` (a plan as a deed),
  `widened` (a part as the whole), `combined` (details together that stand apart), `unchecked-language`.

Where a sentence names several spans, those that bear it alone are what it rests on. Only if none does are they taken together, and
then each part of it must stand in one of them, and every voice of those must be kept: else a figure of one year could be given to
another, or one side's words to the other.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from bot.across import LANGUAGES, compare
from bot.asserted import too_much
from bot.attribution import brought_in, left_out, voices
from bot.language import detect_language
from bot.pairing import exchanged
from bot.records import Verdict
from bot.rounding import in_form_of, with_changes
from bot.support import support_by_details, text_near
from corpus.figures import content_words
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
_PARTS = re.compile(r"[,;:]\s|\s[—–-]\s|\b(?:and|while|whereas|but|when|which|who)\b")
# These part a sentence only between two figures: "from 190 billion in 2022 to 240 billion in 2023".
_BETWEEN_FIGURES = re.compile(r"\b(?:to|from|against|than|after|before|with|by|until|since)\b")
MANY = 3
"""Content words from which on a part of a sentence must find them in one span."""
MOST_SPANS = 6
"""Spans of one sentence that are taken together, the first ones."""


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
    if language != "en" or any(_language_of(c) != "en" for c in cited):
        # Where parts of a sentence begin and end is not told in other scripts: all its details must then stand in one span.
        whole = _check(sentence, language, _joined(cited), glossary)
        return whole if whole.verdict is None else Checked(kind="combined", detail="no single span holds it")
    return _check_together(sentence, cited[:MOST_SPANS])


def _check(sentence: str, language: str, span: Cited, glossary: Sequence[Entry]) -> Checked:
    """Return the check against one text."""
    if _is_sentence_of(sentence, span):
        return Checked(verdict="verbatim")
    there = _language_of(span)
    if language != "en" or there != "en":
        if there not in LANGUAGES:
            return Checked(kind="unchecked-language", detail=f"words in {there!r} cannot be compared")
        found = compare(sentence, language, span.text, there, glossary)
        if found.agrees:
            return Checked(verdict="translated")
        kind, detail = found.lacking[0]
        return Checked(kind="unattributed" if kind == "attribution" else f"unsupported-{kind}", detail=detail)
    return _details_in(sentence, span.text) or _said_in(sentence, span.text) or Checked(verdict="supported")


def _check_together(sentence: str, cited: Sequence[Cited]) -> Checked:
    """Return the check against several spans of which none bears the sentence alone: each part of it must stand in one of them."""
    lacking = _details_in(sentence, _joined(cited).text)
    if lacking:
        return lacking
    parts = _parts(normalise_quote(sentence))
    bearing = [frozenset(i for i, span in enumerate(cited) if _bears(span.text, part)) for part in parts]
    apart = next((part for part, spans in zip(parts, bearing, strict=True) if not spans), "")
    if apart:
        return Checked(kind="combined", detail=f"no single span holds {apart!r}")
    used = next(
        set(chosen)
        for size in range(1, len(cited) + 1)
        for chosen in combinations(range(len(cited)), size)
        if all(spans & set(chosen) for spans in bearing)
    )
    dropped = (left_out(sentence, text_near(sentence, cited[i].text)) for i in sorted(used))
    whose = next(filter(None, dropped), "")
    return (
        Checked(kind="unattributed", detail=whose)
        if whose
        else Checked(verdict="supported", rests_on=tuple(sorted(used)))
    )


def _parts(sentence: str) -> list[str]:
    """Return the parts of a sentence of two words or more, each of which must stand in one span."""
    found = []
    for part in _PARTS.split(sentence):
        finer = _BETWEEN_FIGURES.split(part)
        found += finer if sum(bool(re.search(r"\d", piece)) for piece in finer) > 1 else [part]
    return [part.strip() for part in found if len(part.split()) > 1]


def _details_in(sentence: str, text: str) -> Checked | None:
    """Return what of the sentence's figures, names, words … the English text lacks; None if nothing."""
    text = with_changes(text)
    support = support_by_details(in_form_of(sentence, text), text)
    if support.supported:
        return None
    kind, _, detail = support.lacking[0].partition(" ")
    return Checked(kind=f"unsupported-{kind}", detail=detail)


def _said_in(sentence: str, text: str) -> Checked | None:
    """Return what the sentence changes of whose word it is and how sure, how general; None if nothing."""
    near = text_near(sentence, with_changes(text))
    sentence = in_form_of(sentence, near)
    whose = left_out(sentence, near) or brought_in(sentence, near)
    if not whose and not voices(near) and _CLAIMED.search(near) and not _ATTRIBUTION.search(sentence):
        whose = "the text says whose word it is"
    if whose:
        return Checked(kind="unattributed", detail=whose)
    for kind, detail in (too_much(sentence, near), exchanged(sentence, near)):
        if kind:
            return Checked(kind=kind, detail=detail)
    return None


def _bears(text: str, part: str) -> bool:
    """Tell whether a text holds a part of a sentence; words are asked for only of a part that has some."""
    text = with_changes(text)
    part = in_form_of(part, text)
    lacking = support_by_details(f"… {part}", text).lacking
    few = len(content_words(part)) < MANY
    near = text_near(part, text)
    return (
        not [kind for kind in lacking if not (few and kind.startswith(("words", "negation")))]
        and not brought_in(part, near)
        and not too_much(part, near)[0]
        and not exchanged(part, near)[0]
    )


def _joined(cited: Sequence[Cited]) -> Cited:
    return Cited(text=" ".join(c.text for c in cited), language=cited[0].language)


def _language_of(span: Cited) -> str:
    there = span.language.split("-")[0].lower()
    return there if there in LANGUAGES else detect_language(span.text)


def _is_sentence_of(sentence: str, span: Cited) -> bool:
    """Tell whether the sentence is one of the span's, or several in a row, word for word."""
    wanted, there = _bare(sentence), normalise_quote(span.text)
    if not wanted:
        return False
    bounds = split_sentences(there, span.language)
    return any(_bare(there[start:end]) == wanted for i, (start, _) in enumerate(bounds) for _, end in bounds[i : i + 3])


def _bare(text: str) -> str:
    return normalise_quote(text).rstrip(".。!?！？…\"' ").lstrip("\"' ")
