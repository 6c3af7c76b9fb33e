"""Two runs over the same cases: which figures changed, whether by more than luck, and the cases that flipped."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from corpus.errors import EvalError
from evals.metrics import METRICS
from evals.run import Result
from evals.runs import Run
from evals.statistics import Difference, difference, holm, mcnemar

PRIMARY = (
    "truthfulness", "nuggets", "full", "right document", "gold precision", "evidence recall@5", "passage nDCG@10", "abstained",
)  # fmt: skip
SIGNIFICANT = 0.05


@dataclass(frozen=True, kw_only=True)
class Change:
    """One measure in both runs, over the cases for which it makes sense in both. `p` is corrected over all measures (Holm)."""

    metric: str
    cases: int
    before: float
    after: float
    difference: Difference
    p: float

    @property
    def significant(self) -> bool:
        """Whether luck alone makes as large a change less than once in twenty times."""
        return self.p < SIGNIFICANT


@dataclass(frozen=True, kw_only=True)
class Flip:
    """A case whose worth changed, with both results."""

    before: Result
    after: Result

    @property
    def better(self) -> bool:
        """Whether the second run is the better one here."""
        return self.after.score.truthfulness > self.before.score.truthfulness


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """What changed from run A to run B. `p_right` is the exact McNemar test of right or not; notes say what limits it."""

    before: Run
    after: Run
    cases: int
    changes: tuple[Change, ...]
    flips: tuple[Flip, ...]
    lost: int
    won: int
    p_right: float
    settings: tuple[tuple[str, object, object], ...]
    notes: tuple[str, ...]


def compare(before: Run, after: Run) -> Comparison:
    """Return the comparison of two runs over the cases that both asked.

    Raises:
        EvalError: they have no case in common.
    """
    pairs = pair(before, after)
    if not pairs:
        raise EvalError(f"The runs {before.about.id!r} and {after.about.id!r} have no case in common; compare others")
    right = [(a.score.truthfulness == 1, b.score.truthfulness == 1) for a, b in pairs]
    lost, won = sum(a and not b for a, b in right), sum(b and not a for a, b in right)
    return Comparison(
        before=before,
        after=after,
        cases=len(pairs),
        changes=_changes(pairs),
        flips=tuple(Flip(before=a, after=b) for a, b in pairs if a.score.truthfulness != b.score.truthfulness),
        lost=lost,
        won=won,
        p_right=mcnemar(lost, won),
        settings=_settings(before, after),
        notes=_notes(before, after, len(pairs)),
    )


def pair(before: Run, after: Run) -> list[tuple[Result, Result]]:
    """Return both results of every case that the runs have in common, in the order of the second; a note does not make a case."""
    first = {r.case.id: r for r in before.results}
    both = [(first[r.case.id], r) for r in after.results if r.case.id in first]
    return [(a, b) for a, b in both if replace(a.case, note="") == replace(b.case, note="")]


def _changes(pairs: Sequence[tuple[Result, Result]]) -> tuple[Change, ...]:
    found: list[tuple[str, list[float], list[float], Difference]] = []
    for name in PRIMARY:
        both = [(a.score.values.get(name), b.score.values.get(name)) for a, b in pairs]
        kept = [(a, b) for a, b in both if a is not None and b is not None]
        one, other = [a for a, _ in kept], [b for _, b in kept]
        change = difference(one, other)
        if change is not None:
            found.append((name, one, other, change))
    corrected = holm([change.p for *_, change in found])
    return tuple(
        Change(
            metric=name,
            cases=len(one),
            before=sum(one) / len(one),
            after=sum(other) / len(other),
            difference=change,
            p=p,
        )
        for (name, one, other, change), p in zip(found, corrected, strict=True)
    )


def _settings(before: Run, after: Run) -> tuple[tuple[str, object, object], ...]:
    """Return what differs between the runs: settings, texts, calibration; the fingerprint stands for the code as well."""
    one, other = _answers_from(before), _answers_from(after)
    return tuple(
        (name, one.get(name), other.get(name)) for name in {**one, **other} if one.get(name) != other.get(name)
    )


def _answers_from(run: Run) -> dict[str, object]:
    about = run.about
    return {
        **about.settings,
        "corpus revision": about.corpus_revision,
        "calibration": about.calibration,
        "threshold": about.threshold,
        "fingerprint": about.fingerprint,
    }


def _notes(before: Run, after: Run, common: int) -> tuple[str, ...]:
    notes = []
    if before.about.cases_hash != after.about.cases_hash:
        sizes = f"{len(before.results)} and {len(after.results)}"
        notes.append(f"The runs asked different cases ({sizes}); compared are the {common} that are the same in both.")
    for run in (before, after):
        if not run.about.complete:
            notes.append(f"The run {run.about.id} was interrupted: {len(run.results)} of {run.about.cases} cases.")
    return tuple(notes)


def as_text(found: Comparison, limit: int | None = None) -> str:
    """Return the comparison as a person reads it in a terminal, with at most `limit` flipped cases."""
    lines = [
        f"A {found.before.about.id}",
        f"B {found.after.about.id}",
        f"{found.cases} cases in both",
        *found.notes,
        "",
    ]
    lines += [f"{name}: {a!r} → {b!r}" for name, a, b in found.settings] or ["The settings and texts are the same."]
    lines += ["", f"{'':<20}{'A':>9}{'B':>9}{'B − A':>9}   {'95 % interval':<18}{'p (Holm)':>9}"]
    for c in found.changes:
        show = METRICS[c.metric].show
        interval = f"[{c.difference.low:+.3f}, {c.difference.high:+.3f}]"
        mark = "  *" if c.significant else ""
        lines.append(
            f"{c.metric:<20}{show(c.before):>9}{show(c.after):>9}{c.difference.value:>+9.3f}   {interval:<18}{c.p:>9.3f}{mark}"
        )
    lines += ["", "* by more than luck: p < 0.05 after Holm's correction; paired permutation test, bootstrap intervals"]
    lines += [
        f"Right before and not after: {found.lost}; after and not before: {found.won}; McNemar p {found.p_right:.3f}",
        "",
    ]
    for flip in found.flips[:limit]:
        lines += _flip_lines(flip)
    if limit is not None and len(found.flips) > limit:
        lines.append(f"… and {len(found.flips) - limit} more that changed; --all shows every one")
    return "\n".join(lines).rstrip()


def _flip_lines(flip: Flip) -> list[str]:
    arrow = "better" if flip.better else "worse"
    case, a, b = flip.before.case, flip.before.score, flip.after.score
    return [
        f"{case.id} {case.question!r}: {a.truthfulness:+d} → {b.truthfulness:+d} ({arrow})",
        f"    A: {_said(flip.before)}",
        f"    B: {_said(flip.after)}",
    ]


def _said(result: Result) -> str:
    if result.reply is None:
        return str(result.score.error)
    return "(declined)" if result.reply.abstained else " ".join(result.reply.text.split())[:160]
