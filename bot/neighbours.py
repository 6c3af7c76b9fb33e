"""Sentences and their neighbours: one leans on the sentence before it, one announces or opens what follows, one goes on with the best.

Essays and reports are written so; a brief's sentences stand alone.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.asked import ONE_SENTENCE
from bot.records import Candidate, Query
from bot.scoring import is_running
from index.store import Store
from index.texts import StoredSentence

GAIN = 0.06
"""What a sentence that announces several of what the question asks for gains: it comes first, and they come with it."""
FOLLOWING = 60
"""Sentences after it among which what it announces is looked for."""
SHORT = 12
"""Words up to which a sentence at the head of a paragraph only says what the paragraph is about."""
FAR = 0.2
FAR_ELSEWHERE = 0.1
"""A further sentence that is so much less similar to the question than the best one is left out; the second, of another document."""
GOES_ON = 0.05
"""What a sentence of running text is worth less than the one before it in its paragraph, unless its own words are worth more."""

_DANGLING = re.compile(
    r"(?:it|its|this|these|those|that|they|their|he|his|she|her|such|both|also|however|but|and|so|yet|instead|moreover|furthermore|"
    r"additionally|meanwhile|then|for (?:example|instance)|similarly|likewise|in addition|as a result"
    r"|the (?:two|latter|former|same|agreement|deal))\b",
    re.IGNORECASE,
)
_THINGS = (
    "factors|reasons|motives|drivers|obstacles|barriers|hurdles|limits|challenges|concerns|risks|threats|problems|implications"
    "|consequences|effects|impacts|benefits|advantages|differences|disagreements|arguments|causes"
)
_ANNOUNCES = re.compile(
    r"\b(?:several|many|various|multiple|numerous|significant|important|key|main|two|three|four|five|a (?:number|variety|range|series) of)"
    rf" (?:[\w-]+ ){{0,2}}(?:{_THINGS})\b|\bthe (?:{_THINGS}) (?:[\w-]+ ){{0,6}}would be\b",
    re.IGNORECASE,
)
_SAYS_ITSELF = re.compile(r"\b(?:including|such as|namely)\b|:", re.IGNORECASE)
_ASKS_FOR_SEVERAL = re.compile(
    r"\bwhy\b|\bwhat (?:keeps|prevents|stops|drives|makes)\b"
    rf"|\b(?:what|which|how many|name|list) (?:[^,;?]* )?(?:{_THINGS}|kinds|sorts|types)\b",
    re.IGNORECASE,
)


def leans(sentence: str) -> bool:
    """Tell whether an English sentence begins with a word that points to the one before it."""
    return bool(_DANGLING.match(sentence))


def asks_for_several(query: Query) -> bool:
    """Tell whether reasons, obstacles and the like are asked for."""
    return bool(_ASKS_FOR_SEVERAL.search(query.query))


def announced(store: Store, sentence: StoredSentence) -> list[StoredSentence]:
    """Return what a sentence announces, as written; nothing if it announces nothing, or says itself what there is.

    That is the sentence after it and the first of each further paragraph of its section, at least two.
    """
    if sentence.dispute is not None or not _ANNOUNCES.search(sentence.text) or _SAYS_ITSELF.search(sentence.text):
        return []
    first: dict[int, StoredSentence] = {}
    for s in store.texts.sentences(range(sentence.row + 1, sentence.row + 1 + FOLLOWING)).values():
        if (s.document_id, s.section, s.dispute) == (sentence.document_id, sentence.section, None):
            first.setdefault(s.paragraph, s)
    return list(first.values()) if len(first) > 1 else []


def opened(query: Query, sentence: StoredSentence) -> StoredSentence | None:
    """Return what a short sentence at the head of a paragraph of running text opens ("Commitment levels are another obstacle.").

    Nothing where the question asks for a date, a figure or a name, which the sentence itself gives.
    """
    store = query.store
    if len(sentence.text.split()) > SHORT or sentence.dispute is not None or not _tells_on(query, sentence):
        return None
    near = store.texts.sentences([sentence.row - 1, sentence.row + 1])
    before, after = near.get(sentence.row - 1), near.get(sentence.row + 1)
    heads = before is None or not _same_paragraph(before, sentence)
    return after if heads and after and _same_paragraph(after, sentence) and not after.text.endswith("?") else None


def scored_together(query: Query, candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return the candidates, scored with their neighbours, best first.

    One that leans on the sentence before it is quoted with that one, and so has its score if that is higher; one of running text
    goes on with what the one before it says, and has nearly its score, unless one sentence is the answer.
    """
    found: dict[int, Candidate] = {}
    several = asks_for_several(query)
    for c in sorted(candidates, key=lambda c: c.sentence.row):
        score = c.score + (GAIN if several and announced(query.store, c.sentence) else 0.0)
        before = found.get(c.sentence.row - 1)
        if before and _same_paragraph(before.sentence, c.sentence):
            if leans(c.sentence.text):
                score = max(score, before.score)
            elif _tells_on(query, c.sentence):
                score = max(score, before.score - GOES_ON)
        found[c.sentence.row] = c if score == c.score else replace(c, score=score)
    return sorted(found.values(), key=lambda c: (-c.score, c.sentence.row))


def goes_on(one: StoredSentence, other: StoredSentence) -> bool:
    """Tell whether a sentence follows another in its paragraph, at most one between them."""
    return _same_paragraph(one, other) and 0 < one.row - other.row <= 2


def is_far(candidate: Candidate, best: Candidate) -> bool:
    """Tell whether a further sentence only shares words with the question and is about something else; not one that goes on."""
    if goes_on(candidate.sentence, best.sentence):
        return False
    same = candidate.sentence.document_id == best.sentence.document_id
    return best.similarity - candidate.similarity > (FAR if same else FAR_ELSEWHERE)


def _tells_on(query: Query, sentence: StoredSentence) -> bool:
    """Tell whether sentences of its text go on with each other, and the question asks for more than one of them gives."""
    one = query.asked.kind in ONE_SENTENCE and query.asked.parts == 1
    return not one and is_running(query.store, sentence.document_id)


def _same_paragraph(one: StoredSentence, other: StoredSentence) -> bool:
    return (one.document_id, one.paragraph) == (other.document_id, other.paragraph)
