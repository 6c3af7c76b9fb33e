"""How much the check of support catches: perturbed sentences held against the true ones they were made from."""

from dataclasses import dataclass

from bot.support import support
from corpus.documents import Corpus
from evals.perturb import SORTS, Perturbation, names_in, perturb_all
from evals.statistics import Interval, rate


@dataclass(frozen=True, kw_only=True)
class Catch:
    """One sort of change: how many were made, how many the check refused, and those that it let pass."""

    sort: str
    made: int
    caught: int
    interval: Interval
    passed: tuple[Perturbation, ...]


def measure_check(corpus: Corpus, *, seed: int, each: int) -> list[Catch]:
    """Return what the check catches of each sort, of up to `each` perturbations of English sentences drawn by seed."""
    sentences = [
        d.quote(s.start, s.end) for d in corpus.documents if d.language.split("-")[0] == "en" for s in d.sentences
    ]
    made = perturb_all(sentences, seed=seed, each=each, names=names_in(sentences))
    rows = []
    for sort in SORTS:
        of_sort = [p for p in made if p.sort == sort]
        passed = tuple(p for p in of_sort if support(p.text, p.original).supported)
        interval = rate(len(of_sort) - len(passed), len(of_sort))
        if interval is not None:
            rows.append(
                Catch(
                    sort=sort,
                    made=len(of_sort),
                    caught=len(of_sort) - len(passed),
                    interval=interval,
                    passed=passed,
                )
            )
    return rows
