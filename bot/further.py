"""More on the same question: of the sentences that a search found, those that were not quoted yet and still belong to it.

Stateless: what was quoted is read off the earlier answers' text.
"""

from collections.abc import Callable, Sequence

from bot.records import MARKER_LIKE, Candidate
from corpus.text import normalise_quote

MARGIN = 0.45
"""How far below the best sentence of all a further one may score. With 0.6 they change the subject."""

Repeats = Callable[[Candidate, Candidate], bool]


def unsaid(candidates: Sequence[Candidate], said: Sequence[str], repeats: Repeats) -> list[Candidate]:
    """Return the candidates that are neither in what was said nor much like a sentence that is, in their order.

    Args:
        candidates: best first.
        said: the texts of the earlier answers to the question.
        repeats: tells whether the first sentence says what the second one does.
    """
    earlier = [_comparable(text) for text in said]
    quoted = [c for c in candidates if any(_comparable(c.sentence.text) in text for text in earlier)]
    known = {c.sentence.row for c in quoted}
    floor = candidates[0].score - MARGIN if candidates else 0.0
    return [
        c
        for c in candidates
        if c.score >= floor and c.sentence.row not in known and not any(repeats(c, other) for other in quoted)
    ]


def _comparable(text: str) -> str:
    """Return the text as answers show it: what looks like one of our markers is in round brackets there."""
    return MARKER_LIKE.sub(r"(\1)", normalise_quote(text)).casefold()
