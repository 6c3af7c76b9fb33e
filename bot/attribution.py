"""Whose word a sentence is: the voices that a text gives its claims to, and whether a claim keeps them.

"Moscow called the trip a provocation" is no fact about the trip but about what Moscow said. Who speaks is read off verbs of saying
with their subject ("the Foreign Ministry said", "named … by NATO's declaration") and phrases ("according to Reuters", "in the judgement
of SIPRI"). A claim keeps a voice if it has one of its own with a name in common; "The allegations are baseless" does not keep
China's, nor does "NATO called them baseless". No parser: subjects are cut at commas and conjunctions, which leaves rather too many
names in them, so that an honest sentence in another order passes.

A medium that only passes on what another voice says ("…, Reuters reported" behind "China's customs said") may be left out.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from bot.roles import ACTORS
from corpus.figures import MONTHS
from corpus.text import normalise_quote
from index.lexical import tokenise

_SAYS = re.compile(
    r"\b(?:s(?:aid|ays?|aying)|told|claimed|claims that|argue[sd]?|wrote|writes|warn(?:ed|s)|den(?:ied|ies|ying)|accuse[sd]|blame[sd]|"
    r"insist(?:ed|s)|assert(?:ed|s)|alleged|alleges|(?<!telephone )(?<!phone )(?<!video )(?<!the )(?<!a )calls?|called|advised|recommended|"
    r"(?:estimate|warn|conclude|find|note|report|maintain|suggest|claim)(?= that\b)|"
    r"(?:present|portray|depict|characteri[sz]e)(?:ed|d|s)?(?=[^,;.]{1,90}\bas\b)|"
    r"named|labell?ed|dubbed|termed|describe[sd]?|critici[sz]e[sd]?|"
    r"condemn(?:ed|s)|denounce[sd]?|praised|dismissed|reject(?:ed|s)|judged|conclude[sd]|estimate[sd]|reported|reports that|noted|"
    r"notes that|found|maintain(?:ed|s) that|held|contend(?:ed|s)|believe[sd]?|predicted|foresaw|considered|considers|"
    r"stated(?= (?:that|in|on))|declared|announced|suggest(?:ed|s)|recorded|trac(?:ed|es)|attribut(?:ed|es)|credit(?:ed|s)|listed|"
    r"cited|show(?:s|ed)?(?= (?:that|[a-z ]{0,20}(?:imports?|exports?|trade)))|counted|counts|puts?|gives?|gave|rule(?:d|s)? out)\b"
)
_BY_PHRASE = re.compile(
    r"\b(?:[Aa]ccording to|[Ii]n the (?:words|view|judge?ment|opinion|account|estimate|assessment|reading|eyes) of|"
    r"[Bb]y the (?:account|count|estimate) of|[Aa]s (?:\w+ )?by)\s+((?:[^\s,;:()]+\s*){1,10})"
)
_OWN_PHRASE = re.compile(
    r"\b[IiBb][ny] ((?:[\w'.-]+ ){1,6}?)(?:view|words|account|judge?ment|opinion|estimate|assessment|data|figures|statistics|count)\b"
)
# "Russia's claims", "its allegation": what is said to be so and need not be.
_CLAIM_OF = re.compile(
    r"((?:[A-Z][\w-]*[ -]?)+)'s? (?:claims?|allegations?|accusations?|assertions?|charges?) (?:of|about|that)\b"
)
_WEAK = frozenset(
    "announced declared recorded counted counts put puts give gives gave show shows showed found named told noted reported considered "
    "considers foresaw listed cited held".split()
)
"""Words of saying that also mean deeds or findings: a voice of these alone may be left out, unless `_STRONG` follows."""
_RULINGS = frozenset(("rule out", "ruled out", "rules out"))
# "Called Damansky in Russian", "was named CR929": what it is called, which is nobody's word.
_NAMING = re.compile(r"\s+[\"']|\s+(?:[A-Z][\w-]*\s?)+(?:[),.;]|\Z|in (?:Russia|China)|by \w+ \d)")
_BE = re.compile(r"\b(?:was|were|been|is|are|be|being)\s+(?:\w+ly\s+)?\Z")
_RELAYS = re.compile(r"\s+by\b")
_RELAYED = re.compile(r"(?<=\w )(?:reported|cited|quoted|carried|relayed|analysed|read|seen) by\b.*")
_CUT = re.compile(r"\b(?:that|which|who|whom|while|whereas|because|but|when|where|as)\b")
_HAPPENS = re.compile(r"\s*(?:[a-z]|[A-Z][a-z]+ing\b|In\b|At\b|On\b|By\b)")
_NAME = re.compile(r"[A-Z]\w*(?:-\w+)*")
_AFTER = frozenset("said says wrote writes argued argues noted reported warned warns told claimed insisted".split())
_INVERTED = re.compile(r"\s+(?!that\b)(?:the )?(?:[a-z]+ )?[A-Z][^,;]*")  # ", said Putin"
_PRONOUNS = frozenset("it they he she both this these those we i you".split())
_NO_NAMES = frozenset(MONTHS) | frozenset(
    "The A An In On At By As To Of For From And Or But While When Since Until After Before According Asked President Minister Prime "
    "Foreign Ministry Deputy Press Reports Report Sources Media Data Figures Several Some Many Most University College School Institute "
    "Center Centre".split()
)
_EMPTY = frozenset(tokenise(" ".join(MONTHS)))
# Papers whose names hold a country's without being its voice.
_PAPERS = re.compile(r"\b(?:South China Morning Post|China Daily|Moscow Times|China Military Online)\b")
_TAIL = re.compile(r"[^,;]*[.!?]?\s*\Z")
_RELAY = re.compile(
    r"\b(?:reported|noted|according to .*\b(?:press|media|reports?|reporting|news\w*|agency|agencies|records|post|site|accounts?|"
    r"Post|Times|Daily|Online|News|Reuters|Bloomberg|TASS|Xinhua|Sputnik|RT))\b"
)
# "Confirmed", "revealed": who writes so takes sides with what was said.
_ENDORSES = re.compile(
    r"\b(?:confirm(?:s|ed|ing)|pro(?:ved?|ves|ving)|reveal(?:s|ed|ing)?|expos(?:es?|ed|ing)|acknowledg(?:es?|ed|ing)|"
    r"admit(?:s|ted)?|conced(?:es?|ed)|recogni[sz](?:es?|ed) that|ma[dk]es? (?:it )?clear|point(?:s|ed)? out|rightly|correctly|"
    r"as shown by|falsely|wrongly|so-called)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class Voice:
    """Who says something: its names, the stems of all words for it ("press reports"); nothing of both if it is not said who.

    `needed` is false for verbs that mean deeds as often as words; `relay` is a medium that passes on, at the end of the sentence.
    """

    names: frozenset[str]
    words: frozenset[str]
    needed: bool
    relay: bool


def voices(text: str) -> tuple[Voice, ...]:
    """Return the voices of a sentence, in no order that means anything."""
    text = _PAPERS.sub(lambda m: m.group().replace(" ", ""), normalise_quote(text))
    return _voices(re.sub(r"[()]", " ", text))


def unattributed(claim: str, text: str) -> str:
    """Return which voice of the text the claim leaves out, or which of its own the text has not; empty if it keeps them.

    Args:
        claim: one sentence.
        text: one sentence, the one that the claim rests on.
    """
    return left_out(claim, text) or brought_in(claim, text)


def left_out(claim: str, text: str) -> str:
    """Return what is said of a voice of the text that the claim, or a part of it, does not keep; empty if it keeps all."""
    there, own = voices(text), voices(claim)
    needed = [v for v in there if v.needed]
    spoken = [v for v in needed if not (v.relay and any(not w.relay for w in needed))]
    return next((f"it is the word of {_named(v)}" for v in spoken if not _kept(v, own, claim)), "")


def brought_in(claim: str, text: str) -> str:
    """Return what is said of a voice, or a word that takes sides, that the claim or a part of it has and the text has not."""
    endorsed = _ENDORSES.search(claim)
    if endorsed and not _holds_stem(text, endorsed.group()):
        return f"{endorsed.group()!r} is not the text's word"
    known = [v for v in voices(text) if v.names]
    strange = (v for v in voices(claim) if v.names and known and not any(v.names & k.names for k in known))
    return next((f"it is not the word of {_named(v)}" for v in strange), "")


def _kept(voice: Voice, own: tuple[Voice, ...], claim: str) -> bool:
    """Tell whether one of the claim's voices is this one. A name that is no state's is enough beside any word of saying."""
    for other in own:
        if voice.names & other.names or ((not other.names or not voice.names) and voice.words & other.words):
            return True
    if not voice.names:
        return any(not v.names or not voice.words for v in own) or "reportedly" in claim or "allege" in claim
    names = {n.lower() for n in _NAME.findall(claim)}
    return bool(own) and bool((voice.names - set(ACTORS.values())) & names) and not any(v.names for v in own)


def _named(voice: Voice) -> str:
    return ", ".join(sorted(voice.names or voice.words)) or "somebody"


@lru_cache(maxsize=5_000)
def _voices(text: str) -> tuple[Voice, ...]:
    found = [_voice(m.group(1), text, m.start(), m.end(), needed=True) for m in _BY_PHRASE.finditer(text)]
    found += [_voice(m.group(1), text, m.start(), m.end(), needed=False) for m in _OWN_PHRASE.finditer(text)]
    found += [_voice(m.group(1), text, m.start(), m.end(), needed=True) for m in _CLAIM_OF.finditer(text)]
    for verb in _SAYS.finditer(text):
        subject = _subject(text, verb)
        if subject is not None:
            found.append(
                _voice(
                    subject,
                    text,
                    verb.start(),
                    verb.end(),
                    needed=verb.group() not in _WEAK | _RULINGS or _speaks(text, verb),
                )
            )
    return tuple(found)


def _speaks(text: str, verb: re.Match[str]) -> bool:
    """Tell whether a weak verb makes what follows somebody's word: "named China an enabler", "found that", ", Reuters reported"."""
    behind = text[verb.end() :]
    if verb.group() in ("reported", "noted", "told") or _is_tail(text, verb.start(), verb.end()):
        return True
    if verb.group() in ("listed", "cited", "named") and re.search(r"\b(?:reasons?|causes?|factors?)\b", behind):
        return True
    if verb.group() == "named":
        return bool(re.match(r"\s+[A-Z][\w']*\s+(?:an?|the|as)\b", behind)) or bool(_BE.search(text[: verb.start()]))
    if verb.group() in ("gives", "gave", "put", "puts"):
        return bool(re.match(r"[^.;,]*\b(?:as|at)\s(?:\w+ ){0,2}\$?\d", behind))
    return bool(re.match(r"\s+(?:[\w' -]+ )?that\b", behind))


def _subject(text: str, verb: re.Match[str]) -> str | None:
    """Return the words for who says it; None if the verb is none of saying here."""
    before, behind = text[: verb.start()], text[verb.end() :]
    if verb.group() in ("called", "named", "dubbed", "termed") and _NAMING.match(behind):
        return None
    if _BE.search(before):
        by = re.search(r"\bby ((?:[^\s;:]+\s*){1,12})", behind)
        if re.match(r"\s+(?:\w+ )*?as (?:denying|saying|calling|claiming)", behind):
            return before
        if by:
            return by.group(1)
        unsaid = verb.group() not in _WEAK or (verb.group() != "named" and _speaks(text, verb))
        return "" if unsaid else None
    if _RELAYS.match(behind) or re.search(r"(?:\(|so-|\b(?:to|by) )\Z", before):
        return None
    inverted = _INVERTED.match(behind) if verb.group() in _AFTER and before.rstrip().endswith(",") else None
    if inverted:
        return inverted.group()
    before = before.rstrip(", ")
    parts = [_CUT.split(part)[-1] for part in re.split(r"[;:()]\s|,\s", before)]
    subject = parts[-1]
    for earlier in reversed(parts[:-1]):
        if not _HAPPENS.match(subject) or re.match(r"\s*(?:the|a|an|and|but|yet)\b", subject):
            break
        subject = f"{earlier} {subject}"
    return subject


def _voice(who: str, text: str, start: int, end: int, *, needed: bool) -> Voice:
    lone = who.strip().lower() in _PRONOUNS
    who = _RELAYED.sub(" ", who)
    said = re.findall(r"[A-Z]\w*", re.sub(r"'s\b", "", who))
    names = frozenset(ACTORS.get(n, n.lower()) for n in said if n not in _NO_NAMES)
    return Voice(
        names=frozenset() if lone else names,
        words=frozenset() if lone else frozenset(tokenise(who)) - _EMPTY,
        needed=needed,
        relay=_is_tail(text, start, end) and bool(_RELAY.search(text[start:])),
    )


def _is_tail(text: str, start: int, end: int) -> bool:
    """Tell whether the words stand between the last comma and the end: ", Reuters reported"."""
    return "," in text[max(start - 60, 0) : start] and bool(_TAIL.fullmatch(text[end:]))


def _holds_stem(text: str, word: str) -> bool:
    stem = word.split()[0].lower()[:5]
    return any(w.startswith(stem) for w in re.findall(r"[a-z-]+", text.lower()))
