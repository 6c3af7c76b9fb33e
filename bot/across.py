"""Does a text support a claim in another language? What can be told across English, Russian and Chinese, and nothing else.

A claim passes if its numbers, dates and names are all in the text, if it denies something where the text does and only there, and if
it says no opposite of what the text says (export and import, rise and fall, a treaty and a statement), nor sends anything the other
way. Its other words are not compared: a claim that passes is `translated`, not `supported`, and the reader is told so.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.amounts import amounts
from bot.attribution import voices
from bot.nametable import names_lacking
from bot.scripts import CODES, words, words_pattern
from bot.support import names_missing
from corpus.glossary import Entry
from corpus.text import normalise_quote
from index.lexical import tokenise

LANGUAGES = frozenset(CODES)
"""The languages that a claim and its text may be in."""
SAME_WORDS = {"ru": 0.7, "zh": 0.5}
"""The share of a claim's words, in Chinese of its pairs of characters, that a text of the same language must hold."""

_FLOWS = {
    "en": (("from", r"(?<=\bfrom )(?:the )?"), ("to", r"(?<=\bto )(?:the )?")),
    "ru": (("from", r"(?<=\bиз )"), ("to", r"(?<=\bв )")),
    "zh": (("from", r"(?<=从)|(?<=自)"), ("to", r"(?<=向)|(?<=对)|(?<=给)|(?<=到)|(?<=至)")),
}
# Only cases that mean a direction: "в Китай" goes there, "в Китае" is there.
_ENDS = {
    "en": {"China": r"China|Beijing", "Russia": r"Russia|Moscow|the Soviet Union"},
    "ru": {"China": r"Китая|Китай|КНР|Пекина|Пекин", "Russia": r"России|Россию|РФ|Москвы|Москву|СССР"},
    "zh": {"China": r"中国|北京", "Russia": r"俄罗斯|莫斯科|苏联"},
}


@dataclass(frozen=True, kw_only=True)
class Across:
    """Whether a claim agrees with a text in another language; what it holds that the text lacks, as kind and detail."""

    lacking: tuple[tuple[str, str], ...] = ()

    @property
    def agrees(self) -> bool:
        """Whether nothing is lacking."""
        return not self.lacking


def compare(claim: str, language: str, text: str, text_language: str, glossary: Sequence[Entry] = ()) -> Across:
    """Return whether a claim agrees with a text as far as can be told across languages (see `LANGUAGES`)."""
    claim, text = normalise_quote(claim), normalise_quote(text)
    wanted, there = amounts(claim, language), amounts(text, text_language)
    lacking = [("figure", found) for found in wanted.lacking_in(there)]
    lacking += [("name", name) for name in names_lacking(claim, language, text, text_language, glossary)]
    if language != "en":
        lacking += [("name", name) for name in names_missing(_latin_words(claim), text)]
    denied, there_denied = _denials(claim, language), _denials(text, text_language)
    if denied > there_denied or (there_denied and not denied):
        lacking.append(("negation", ""))
    if _attributed(text, text_language) and not words_pattern(words().attributes[language], language).search(claim):
        lacking.append(("attribution", "the text says whose word it is"))
    lacking += [("act", found) for found in _opposites(claim, language, text, text_language)]
    if _sent_elsewhere(claim, language, text, text_language):
        lacking.append(("roles", ""))
    if language == text_language and language in SAME_WORDS:
        own, others = set(tokenise(claim)), set(tokenise(text))
        share = len(own & others) / len(own) if own else 0.0
        lacking += [("words", f"{share:.0%}")] if share < SAME_WORDS[language] else []
    return Across(lacking=tuple(lacking))


def _latin_words(claim: str) -> str:
    """Return the words in Latin letters of a claim in another script, none of them as the first of a sentence."""
    return "… " + " ".join(re.findall(r"(?<![A-Za-z0-9-])[A-Za-z][A-Za-z0-9-]+", claim))


def _denials(text: str, language: str) -> int:
    """Return how often a text denies anything. Words that only look like it, such as "no fewer than" or 不断, do not count."""
    found = words()
    text = words_pattern(found.no_denials[language], language).sub(" ", text)
    return len(words_pattern(found.denials[language], language).findall(text))


def _attributed(text: str, language: str) -> bool:
    """Tell whether a text makes what it says somebody's word."""
    if language == "en":
        return any(voice.needed for voice in voices(text))
    return words_pattern(words().attributes[language], language).search(text) is not None


def _opposites(claim: str, language: str, text: str, text_language: str) -> list[str]:
    """Return what the claim says of a group of which the text says only something else."""
    found = []
    for group in words().opposites:
        wanted: dict[str, set[str]] = {}
        for label, said in group.items():
            for match in words_pattern(said[language], language).finditer(claim):
                wanted.setdefault(match.group().casefold(), set()).add(label)
        there = {
            label for label, said in group.items() if words_pattern(said[text_language], text_language).search(text)
        }
        found += [word for word, labels in wanted.items() if there and not labels & there]
    return found


def _sent_elsewhere(claim: str, language: str, text: str, text_language: str) -> bool:
    """Tell whether something goes to, or comes from, one of the two states in the claim and only the other in the text."""
    wanted, there = _flows(claim, language), _flows(text, text_language)
    return any((way, state) not in there and any(w == way and s != state for w, s in there) for way, state in wanted)


def _flows(text: str, language: str) -> set[tuple[str, str]]:
    return {
        (way, state)
        for way, before in _FLOWS[language]
        for state, words in _ENDS[language].items()
        if re.search(rf"(?:{before})(?:{words})(?!\w)" if language != "zh" else rf"(?:{before})(?:{words})", text)
    }
