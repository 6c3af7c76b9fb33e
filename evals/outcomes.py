"""What became of a case, in one word: right, partly, declined or wrong. Every page counts and colours cases by it."""

from collections import Counter
from collections.abc import Iterable, Mapping

from evals.answers import Score

OUTCOMES = {
    "right": "every vital nugget and nothing it must not say, or an unanswerable question declined",
    "partly": "some of the vital nuggets, and nothing it must not say",
    "declined": "a question declined that the corpus answers",
    "wrong": "no vital nugget, or something it must not say, or an unanswerable question answered",
}


def outcome_of(score: Score) -> str:
    """Return which of `OUTCOMES` a case came to."""
    if score.truthfulness:
        return "right" if score.truthfulness > 0 else "wrong"
    return "declined" if score.abstained else "partly"


def count_outcomes(scores: Iterable[Score]) -> dict[str, int]:
    """Return how many cases came to each outcome, in the order of `OUTCOMES`."""
    counts = Counter(outcome_of(s) for s in scores)
    return {name: counts[name] for name in OUTCOMES}


def per_hundred(counts: Mapping[str, int]) -> dict[str, int]:
    """Return counts scaled to whole numbers that add up to 100: the largest remainders are rounded up. All 0 if there is nothing."""
    total = sum(counts.values())
    if not total:
        return dict.fromkeys(counts, 0)
    whole = {name: count * 100 // total for name, count in counts.items()}
    short = 100 - sum(whole.values())
    by_remainder = sorted(counts, key=lambda name: -(counts[name] * 100 % total))
    return {name: n + (name in by_remainder[:short]) for name, n in whole.items()}
