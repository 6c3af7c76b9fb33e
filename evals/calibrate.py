"""Fit confidence to an index: features of answers → chance that the answer is right, and the confidence that answering needs.

The mathematics are in `evals.fitting`. What a fit is worth is measured on cases it was not fitted on, by cross-validation in which
the cases of one document are never on both sides. The threshold is where answering pays most in truthfulness, of those that decline at
most `WITHHELD` of the answerable questions.
"""

import itertools
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from bot.abstain import RULE_THRESHOLD, signals
from bot.calibration import Calibration, identity
from bot.extract import quotable
from bot.pipeline import Bot
from bot.settings import Settings
from corpus.errors import EvalError
from evals.abstention import Point, area_under, auroc, calibration_error, risk_coverage
from evals.answers import score
from evals.bots import Progress, open_bot
from evals.cases import Case, hash_of
from evals.check import NEAR_MISS
from evals.fitting import FOLDS, Floats, Standardised, Truths, chance, held_out, logistic, threshold_that_withholds
from evals.gold import Gold
from evals.replies import reply_of
from evals.trace import trace
from index.embed import Embedder

LISTED = "listed"
"""The kind of a question that a document lists as answered by it."""
LEAST = 50
"""Cases, and a fifth of them answerable, unanswerable and right each: with fewer, a fitted model is worse than what stands in for it."""
WITHHELD = 0.04
"""Share of the answerable questions that may be declined (docs/decisions/0011)."""
LEVELS = (0.01, 0.02, 0.04, 0.06, 0.08, 0.10, 0.15, 0.20)
"""Shares of right answers withheld at which the curve is shown."""
_SORT = re.compile(r"([a-z]+):")


@dataclass(frozen=True, kw_only=True)
class Example:
    """One case as the model sees it: features, whether the answer is right, what answering it is worth beside declining it."""

    case: Case
    features: dict[str, float]
    right: bool
    worth: int
    """Truthfulness of answering; declining is worth 0 (answerable) or +1."""

    @property
    def rule(self) -> float:
        """The confidence of the rule, one of the features."""
        return self.features["rule"]

    @property
    def sort(self) -> str:
        """What is missing in a near-miss, as its note begins ("year: 2013 is given"); else its kind."""
        named = _SORT.match(self.case.note) if self.case.kind == NEAR_MISS else None
        return f"{self.case.kind} {named.group(1)}" if named else self.case.kind


@dataclass(frozen=True, kw_only=True)
class Fit:
    """A calibration with what it is worth on held-out cases, and what the rule is worth on the same ones."""

    calibration: Calibration
    examples: tuple[Example, ...]
    held_out: tuple[float, ...]
    fitted: dict[str, float]
    by_rule: dict[str, float]
    curve: tuple[dict[str, float], ...]
    """Held-out figures at each of `LEVELS`."""


def gather(bot: Bot, cases: Sequence[Case], gold: Gold, done: Callable[[], object]) -> list[Example]:
    """Return an example of each case that the bot searches for; `bot` must answer everything (`min_confidence` 0)."""
    found = []
    for case in cases:
        traced = trace(bot, case)
        done()
        if traced.query.reply or traced.answer.abstained:
            continue
        given = signals(traced.query, quotable(traced.retrieved))
        if case.kind == LISTED:
            right = case.documents[0] in {c.document_id for c in traced.answer.citations}
            found.append(Example(case=case, features=given, right=right, worth=1 if right else -1))
        else:
            worth = score(case, reply_of(traced), gold)
            found.append(Example(case=case, features=given, right=bool(worth.right), worth=worth.truthfulness))
    return found


def fit(bot: Bot, examples: Sequence[Example], rule_threshold: float) -> Fit:
    """Return the calibration for the bot's index.

    Raises:
        EvalError: there are too few cases, or too few of them answerable, unanswerable or right.
    """
    _refuse_too_few(examples)
    right = np.asarray([e.right for e in examples])
    answerable = np.asarray([e.case.answerable for e in examples])
    asked = np.asarray([e.case.kind != LISTED for e in examples])
    names = tuple(examples[0].features)
    values = np.asarray([[e.features[name] for name in names] for e in examples])
    scores = held_out(values, answerable, groups_of(examples))
    slope, shift = chance(scores[asked], right[asked])
    confidence = logistic(slope * scores + shift)
    gain = np.asarray([float(e.worth - (not e.case.answerable)) for e in examples])
    needed = threshold_that_withholds(confidence[asked], answerable[asked], WITHHELD, gain[asked])
    model = Standardised(values, answerable)
    fitted = _measures(confidence, needed, examples)
    calibration = Calibration(
        features=names,
        mean=_rounded(model.mean),
        scale=_rounded(model.scale),
        weights=_rounded(slope * model.weights),
        intercept=round(slope * model.intercept + shift, 6),
        threshold=round(needed, 6),
        made_for=identity(bot.store.manifest, bot.settings),
        made=datetime.now(UTC).date().isoformat(),
        cases_hash=hash_of([e.case for e in examples]),
        cases=len(examples),
        measured={name: round(value, 4) for name, value in fitted.items()},
    )
    return Fit(
        calibration=calibration,
        examples=tuple(examples),
        held_out=tuple(map(float, confidence)),
        fitted=fitted,
        by_rule=_measures(np.asarray([e.rule for e in examples]), rule_threshold, examples),
        curve=curve_of(confidence, examples),
    )


def fit_for(
    settings: Settings,
    cases: Sequence[Case],
    progress: Progress,
    *,
    listed_by: Collection[str] | None = None,
    embedder: Embedder | None = None,
) -> Fit:
    """Put cases to a bot that never declines, and return the calibration for its index.

    Args:
        settings: which index, and how it is searched.
        cases: what to ask.
        progress: told how far it is.
        listed_by: documents whose own questions (`questions:` in their front matter) are asked, too; None stands for all. An answer
            to one is right if it quotes the document that lists it. They are what cases are short of: plain questions.
        embedder: used instead of the one the settings name.
    """
    bot = open_bot(settings.model_copy(update={"min_confidence": 0.0}), progress, embedder)
    asked = [*cases, *listed_cases(bot, listed_by)]
    count = itertools.count(1)
    examples = gather(bot, asked, Gold(bot.store), lambda: progress("Answering", next(count), len(asked)))
    return fit(bot, examples, RULE_THRESHOLD)


def listed_cases(bot: Bot, documents: Collection[str] | None) -> list[Case]:
    """Return a case for each question that one of the documents, or any if none are named, says it answers."""
    return [
        Case(id=f"{LISTED}-{n:03d}", question=s.question, kind=LISTED, answerable=True, documents=(s.document_id,))
        for n, s in enumerate(bot.store.suggestions)
        if documents is None or s.document_id in documents
    ]


def _refuse_too_few(examples: Sequence[Example]) -> None:
    """Refuse cases of which no fold of the cross-validation could hold some of each; a group counts as one."""
    able, unable, right = (
        len({_group(e) for e in examples if chosen(e)})
        for chosen in (lambda e: e.case.answerable, lambda e: not e.case.answerable, lambda e: e.right)
    )
    if len(examples) < LEAST or min(able, unable, right) < LEAST // 5:
        raise EvalError(
            f"{len(examples)} cases, in {able} groups answerable, in {unable} not, and answered right in {right}, are too few to "
            f"calibrate on; it takes {LEAST} cases and {LEAST // 5} groups of each; add cases"
        )


def groups_of(examples: Sequence[Example]) -> list[str]:
    """Return for each example what must stay together in cross-validation: its document, if there are enough of them, else its group."""
    documents = [e.case.documents[0] if e.case.documents else _group(e) for e in examples]
    able, unable = (
        {d for d, e in zip(documents, examples, strict=True) if e.case.answerable is is_} for is_ in (True, False)
    )
    return documents if min(len(able), len(unable)) >= 2 * FOLDS else [_group(e) for e in examples]


def _group(example: Example) -> str:
    return example.case.group or example.case.id


def curve_of(confidence: Floats, examples: Sequence[Example]) -> tuple[dict[str, float], ...]:
    """Return what each threshold gives that withholds one of `LEVELS` of the right answers; listed questions left out."""
    kept = [i for i, e in enumerate(examples) if e.case.kind != LISTED]
    asked, sure = [examples[i] for i in kept], confidence[kept]
    right = np.asarray([e.right for e in asked])
    found = []
    for level in LEVELS:
        needed = threshold_that_withholds(sure, right, level)
        row = _worth(sure, sure >= needed, asked)
        for sort in sorted({e.sort for e in asked if not e.case.answerable and e.sort != e.case.kind}):
            row[f"declined {sort}"] = float(
                np.mean([c < needed for c, e in zip(sure, asked, strict=True) if e.sort == sort])
            )
        found.append({"threshold": needed, **row})
    return tuple(found)


def _measures(confidence: Floats, needed: float, examples: Sequence[Example]) -> dict[str, float]:
    """Return what confidences are worth on the cases: how they rank, how honest they are, what answering above `needed` gives.

    Questions that documents list are left out of all but a figure of their own.
    """
    answered = confidence >= needed
    listed = np.asarray([e.case.kind == LISTED for e in examples])
    found = _worth(confidence[~listed], answered[~listed], [e for e in examples if e.case.kind != LISTED])
    if listed.any():
        found["false abstention listed"] = float(1 - answered[listed].mean())
    return found


def _worth(confidence: Floats, answered: Truths, examples: Sequence[Example]) -> dict[str, float]:
    points = [Point(confidence=float(c), right=e.right) for c, e in zip(confidence, examples, strict=True)]
    held = [Point(confidence=p.confidence, right=e.case.answerable) for p, e in zip(points, examples, strict=True)]
    said = [(e, bool(yes)) for e, yes in zip(examples, answered, strict=True)]
    wrong = [e.worth < 0 for e, yes in said if yes]
    declined = [not yes for e, yes in said if e.case.answerable]
    withheld = [not yes for e, yes in said if e.right]
    found = {
        "truthfulness": float(np.mean([e.worth if yes else float(not e.case.answerable) for e, yes in said])),
        "coverage": float(answered.mean()),
        "risk": float(np.mean(wrong)) if wrong else 0.0,
        "AUROC": auroc(points) or 0.0,
        "AUROC answerable": auroc(held) or 0.0,
        "AURC": area_under(risk_coverage(points)) or 0.0,
        "ECE": calibration_error(points) or 0.0,
        "false abstention": float(np.mean(declined)) if declined else 0.0,
        "right withheld": float(np.mean(withheld)) if withheld else 0.0,
    }
    for kind in sorted({e.case.kind for e in examples if not e.case.answerable}):
        kept = [not yes for e, yes in said if e.case.kind == kind and not e.case.answerable]
        found[f"declined {kind}"] = float(np.mean(kept))
    return found


def _rounded(values: Floats) -> tuple[float, ...]:
    return tuple(round(float(v), 6) for v in values)
