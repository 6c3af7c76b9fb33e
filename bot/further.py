"""More on the same question: of the sentences that a search found, those that were not quoted yet and still belong to it.

Stateless: what was quoted is read off the earlier answers' text. What a chat model wrote is not quoted: there the sentences count on
which one of its sentences rests.
"""

import re
from collections.abc import Callable, Sequence

from bot.language import detect_language
from bot.records import MARKER_LIKE, Candidate
from corpus.text import normalise_quote, split_sentences

MARGIN = 0.45
"""How far below the best sentence of all a further one may score. With 0.6 they change the subject."""

NEAR = 40
"""The best candidates that are held against what a chat model wrote: it was shown no more."""
_MARKER = re.compile(r"\s*\[\d+\]")

Tells = Callable[[str, Candidate], bool]
"""Whether a written sentence rests on a candidate."""
Repeats = Callable[[Candidate, Candidate], bool]


def unsaid(candidates: Sequence[Candidate], said: Sequence[str], repeats: Repeats, tells: Tells) -> list[Candidate]:
    """Return the candidates that are neither in what was said nor much like a sentence that is, in their order.

    Args:
        candidates: best first.
        said: the texts of the earlier answers to the question.
        repeats: whether the first sentence says what the second one does.
        tells: see `Tells`; asked of what stands in no candidate word for word.
    """
    earlier = [_comparable(text) for text in said]
    quoted = [c for c in candidates if any(_comparable(c.sentence.text) in text for text in earlier)]
    written = _written(said, [_comparable(c.sentence.text) for c in quoted])
    quoted += [c for c in candidates[:NEAR] if c not in quoted and any(tells(sentence, c) for sentence in written)]
    known = {c.sentence.row for c in quoted}
    floor = candidates[0].score - MARGIN if candidates else 0.0
    return [
        c
        for c in candidates
        if c.score >= floor and c.sentence.row not in known and not any(repeats(c, other) for other in quoted)
    ]


def _written(said: Sequence[str], quoted: Sequence[str]) -> list[str]:
    """Return the sentences that were said and are no quotes."""
    found = []
    for text in said:
        plain = normalise_quote(_MARKER.sub("", text))
        sentences = [plain[start:end] for start, end in split_sentences(plain, detect_language(plain))]
        found += [s for s in sentences if not any(_comparable(s).rstrip(". ") in quote for quote in quoted)]
    return found


def first_unsaid(candidates: Sequence[Candidate], said: str) -> Candidate:
    """Return the first candidate whose words are not in what was said; the first of all if there is none. Not empty."""
    earlier = _comparable(said)
    return next((c for c in candidates if _comparable(c.sentence.text) not in earlier), candidates[0])


def _comparable(text: str) -> str:
    """Return the text as answers show it: what looks like one of our markers is in round brackets there."""
    return MARKER_LIKE.sub(r"(\1)", normalise_quote(text)).casefold()
