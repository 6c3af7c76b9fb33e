"""The latest of what is asked for: the newest event among the sentences that are about it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bot.dates import points
from bot.records import Candidate
from index.texts import StoredSentence

DEPTH = 3
"""So many times the usual passages are read: the newest event may stand in a text that tells of much else."""
NEWEST = 0.3
"""What the newest of the events near the top gains; one that is older by `HALVED_IN` days half of it, and so on."""
HALVED_IN = 365
UNTOLD = 0.75
"""The share of it that a sentence gets whose words do not say when: "had met more than 40 times", a newspaper wrote that day."""
FULL_DATE = len("2026-07-02")
WITHIN = 0.3
"""A sentence is about what is asked for if its score is within this of the best one's."""


def newest_first(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return the candidates, best first, with those near the top raised by how new the event is that they tell of."""
    near = [c for c in candidates if c.score >= candidates[0].score - WITHIN]
    newest = max((_day(c) for c in near), default=0)
    raised = [replace(c, score=c.score + _gain(newest, c)) if c in near else c for c in candidates]
    return sorted(raised, key=lambda c: (-c.score, c.sentence.row))


def _gain(newest: int, candidate: Candidate) -> float:
    day = _day(candidate)
    gain = NEWEST * 0.5 ** ((newest - day) / HALVED_IN) if day else 0.0
    return gain if _tells_when(candidate.sentence) else gain * UNTOLD


def _tells_when(sentence: StoredSentence) -> bool:
    """Tell whether the words of a sentence give its event's date as exactly as it is known."""
    return any(point.span[0].startswith(sentence.date or "-") for point in points(sentence.text.lower())) or (
        sentence.date is not None and len(sentence.date) < FULL_DATE
    )


def _day(candidate: Candidate) -> int:
    """Return the ordinal of the first day of a sentence's event, 0 if it has no date."""
    day = candidate.sentence.date
    return date.fromisoformat(f"{day}-01-01"[:10]).toordinal() if day else 0
