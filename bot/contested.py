"""Contested questions: room for a second voice, and whose voice is missing. Only the sources' own metadata is counted.

A question for a fact (when, where, who, how much), or for what the essay says, is not contested unless it asks for each side:
documented facts are not balanced away.
"""

import re
from collections.abc import Iterable, Sequence
from itertools import islice, takewhile

from bot.messages import say
from bot.records import Candidate, Citation, Dispute, Query
from corpus.balance import voice_of
from index.store import Store
from index.texts import StoredSentence

WITHIN = 0.25
"""A sentence of another voice is quoted too if its score is within this of the best one's."""
LOOKED_AT = 40
_FACTS = frozenset({"when", "where", "who", "how-much"})
_WORDS = (
    r"blam\w+|guilt\w*|responsib\w+|aggress\w+|provo(?:k|c)\w+",  # who is to blame
    r"alliance|all(?:y|ies|ied)|axis|bloc|united front",  # is it an alliance
    r"support\w*|back(?:s|ed|ing)?|neutral\w*|enabl\w+|lethal|complicit\w*",  # does China support the war
    r"arm(?:s|ed|ing)? (?:russia|the russian|moscow|the kremlin)",
    r"whose|unequal|territorial claims?|annex\w*|occup\w+|belongs?|separatis\w+",  # whose land it is
    r"evad\w+|evasion|circumvent\w*|bypass\w*|dual-use|violat\w+",  # sanctions
    r"junior partner|vassal|subordinat\w*|dominat\w*|depend\w*|asymmetr\w*|lop-?sided|exploit\w*|leverage|debt trap",  # who needs whom
    r"threat\w*|propaganda|disinformation|spy\w*|spies|espionage|hack\w*|stol\w+|steal\w*|human rights",
    r"legal(?:ly|ity)?|illegal(?:ly)?|legitima\w+|justif\w+|fair(?:ly|ness)?|trust\w*|distrust|mistrust",
    r"rivals?|rivalry|enem(?:y|ies)|friends?|critics?|criti\w+|opinions?|views?|versions?|readings|for and against|really|truth",
    r"accus\w+|alleg\w+|deni(?:es|ed)|deny|['’]s (?:answer|reply|version|response|explanation|claims?)",
)
_CONTESTED = re.compile(rf"(?:\b|(?=['’]))(?:{'|'.join(_WORDS)})\b", re.IGNORECASE)
_WHO = re.compile(
    r"\bwhose (?:island|land|territory|fault|waters|lake|city)\b"
    r"|\bwho (?:depends|needs|gains|benefits|profits|dominates|leads|is stronger)\b",
    re.IGNORECASE,
)
_SIDES = {
    "chinese": re.compile(r"\b(?:china|chinese|beijing|prc|sino)\b", re.IGNORECASE),
    "russian": re.compile(r"\b(?:russia\w*|moscow|kremlin|soviet\w*|ussr|sino-russian)\b", re.IGNORECASE),
    "western": re.compile(
        r"\b(?:us|u\.s\.|usa|america\w*|washington|nato|eu|europe\w*|brussels|west\w*)\b", re.IGNORECASE
    ),
}
"""The voices of the sides whose names a question may hold."""
_ACCOUNT = r"(?:['’]s)?(?: (?:accounts?|side|sources?|version|view|government|officials?|diplomats?))?"
"""What else may stand in the name of an account that is a side's own: "Soviet account", "China"."""
_UNKNOWN = "other"


def is_contested(query: Query) -> bool:
    """Tell whether the sides may see differently what is asked."""
    asked = query.asked
    if "sides" in asked.wants or _WHO.search(query.query):
        return True
    return asked.kind not in _FACTS and "essay" not in asked.wants and bool(_CONTESTED.search(query.query))


def with_another_voice(
    query: Query, chosen: Sequence[Candidate], candidates: Iterable[Candidate], room: int
) -> list[Candidate]:
    """Return the chosen sentences of a contested question with the best one of another voice, if all of them are of one.

    Args:
        query: with the question.
        chosen: what is to be quoted, in the order of choice.
        candidates: all others that could be, best first; no more are taken from it than are looked at.
        room: how many more sentences may be quoted; without room the last single sentence gives way.
    """
    if not chosen or not is_contested(query):
        return list(chosen)
    heard = frozenset[str]().union(*voices_of(query.store, [c.sentence for c in chosen]).values())
    if len(heard) != 1:
        return list(chosen)
    least = max(c.score for c in chosen) - WITHIN
    near = list(takewhile(lambda c: c.score >= least, islice(candidates, LOOKED_AT)))
    voices = voices_of(query.store, [c.sentence for c in near])
    other = next(
        (
            c
            for c in near
            if c.sentence.dispute is None and not c.missing and voices[c.sentence.row] - heard - {_UNKNOWN}
        ),
        None,
    )
    if other is None or (room < 1 and (len(chosen) < 2 or chosen[-1].sentence.dispute is not None)):
        return list(chosen)
    return [*(chosen if room >= 1 else chosen[:-1]), other]


def voices_of(store: Store, sentences: Iterable[StoredSentence]) -> dict[int, frozenset[str]]:
    """Return for each sentence, by row, the voices of its references, or that of its document if it names none."""
    sentences = list(sentences)
    known = store.texts.references(key for s in sentences for key in s.references)
    found = {}
    for s in sentences:
        named = {voice_of(known[key].perspective) for key in s.references if key in known}
        document = store.document(s.document_id)
        found[s.row] = frozenset(named or {voice_of(document.perspective) if document else _UNKNOWN})
    return found


def say_missing_sides(
    query: Query, citations: Sequence[Citation], found: Sequence[Candidate], disputed: Sequence[Dispute] = ()
) -> str | None:
    """Return which sides of a contested question no quoted source speaks for, and whether any source found does; None if none is missing.

    A side whose account of a disputed claim is told is not missing, whoever tells it: the account says who does.

    Args:
        query: with the question.
        citations: what is quoted.
        found: the sentences that the search found.
        disputed: the disputed claims that are told with every version.
    """
    if not citations or not is_contested(query):
        return None
    heard = {voice_of(p) for c in citations for p in ([r.perspective for r in c.references] or [c.perspective])}
    if heard == {_UNKNOWN}:
        return None  # texts that do not say whose voice they are
    sides = [name for name, pattern in _SIDES.items() if pattern.search(query.query)] or ["chinese", "russian"]
    accounts = [version.who for dispute in disputed for version in dispute.versions]
    missing = [name for name in sides if name not in heard and not any(_is_account(who, name) for who in accounts)]
    there = frozenset[str]().union(*voices_of(query.store, [c.sentence for c in found]).values())
    parts = []
    for key, names in (
        ("sides.not_quoted", [name for name in missing if name in there]),
        ("sides.not_found", [name for name in missing if name not in there]),
    ):
        if names:
            labels = say("list_comma", query.language).join(say(f"voice.{name}", query.language) for name in names)
            parts.append(say(key, query.language, sides=labels))
    return say("gap", query.language).join(parts) or None


def _is_account(who: str, side: str) -> bool:
    named = rf"(?:the )?(?:{_SIDES[side].pattern}){_ACCOUNT}"
    return re.fullmatch(named, who, re.IGNORECASE) is not None
