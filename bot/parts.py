"""A question of several parts: what one part names is asked of the sentence that answers it, not of the others."""

from collections.abc import Sequence

from bot.records import Candidate, Query
from bot.scoring import MISSING_DETAIL, MISSING_NAME


def told(query: Query, chosen: Sequence[Candidate]) -> frozenset[str]:
    """Return the details and names of single parts of the question that a chosen sentence holds."""
    asked = query.asked
    named = (*asked.years, *asked.designations, *asked.names) if chosen else ()
    wanted = frozenset(n for n in named if asked.apart.issuperset(n.split()))
    return wanted - wanted.intersection(*({*c.missing, *c.missing_names} for c in chosen))


def excused(candidate: Candidate, told: frozenset[str]) -> float:
    """Return what a sentence lost for lacking what chosen sentences tell."""
    detail = MISSING_DETAIL * (bool(candidate.missing) and told.issuperset(candidate.missing))
    return detail + MISSING_NAME * sum(name in told for name in candidate.missing_names)
