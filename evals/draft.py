"""Draft near-misses: a real sentence of the corpus with one detail changed for one that the corpus holds nowhere near it."""

import re
from itertools import zip_longest

from corpus.documents import Corpus
from evals.cases import Case, Nugget
from evals.check import NEAR_MISS
from evals.perturb import Perturbation, names_in, perturb_all
from index.lexical import tokenise

DRAFTED = ("name", "figure", "date")
SHARED = 0.5


def draft_near_misses(corpus: Corpus, *, count: int, seed: int) -> list[Case]:
    """Return up to `count` cases that lack their question only; `note` holds the sentence and what was changed.

    A changed sentence is passed over if any sentence of the corpus that is about the same (half its words) holds the new detail.
    """
    origin = {d.quote(s.start, s.end): d.id for d in corpus.documents for s in d.sentences}
    words = {sentence: frozenset(tokenise(sentence)) for sentence in origin}
    made = perturb_all(origin, seed=seed, each=2 * count, names=names_in(origin), sorts=DRAFTED)
    kept = [p for p in made if not _is_said(p, words)]
    by_sort = [[p for p in kept if p.sort == sort] for sort in DRAFTED]
    mixed = [p for row in zip_longest(*by_sort) for p in row if p is not None]
    return [_case(p, origin[p.original], number) for number, p in enumerate(mixed[:count], 1)]


def _is_said(changed: Perturbation, words: dict[str, frozenset[str]]) -> bool:
    wanted = words[changed.original]
    return any(
        changed.after in sentence and len(wanted & found) >= SHARED * len(wanted) for sentence, found in words.items()
    )


def _case(changed: Perturbation, document: str, number: int) -> Case:
    return Case(
        id=f"draft-{number:03d}",
        question="",
        kind=NEAR_MISS,
        answerable=False,
        nuggets=(Nugget(id="detail", any=(rf"(?<!\w){re.escape(changed.after)}(?!\w)".replace("\\ ", " "),)),),
        documents=(document,),
        note=f"{changed.sort}: {changed.before} → {changed.after}; the text says: {changed.original}",
    )
