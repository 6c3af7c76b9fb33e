"""Fit the model of confidence: features of answers → chance that the answer is right, and the confidence that answering needs.

The model is a logistic regression on standardised features, fitted to right and wrong answers (a partly right one is worth as much
as declining, and says nothing of when to answer); what it is worth is measured on cases it was not fitted on, by cross-
validation in which a group of cases is never on both sides. The threshold is where answering pays most in truthfulness, on the
risk–coverage curve of those held-out confidences.
"""

import itertools
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
import numpy.typing as npt

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
from evals.gold import Gold
from evals.replies import reply_of
from evals.trace import trace
from index.embed import Embedder

FOLDS = 10
SHUFFLES = 5
RESAMPLES = 200
LISTED = "listed"
"""The kind of a question that a document lists as answered by it."""
SEED = 20261126
LEAST = 50
"""Cases, and a fifth of them right and wrong each: with fewer, a fitted model is worse than the rule."""
NEARLY = 0.005
"""Truthfulness that may be given up to answer more."""
STRENGTH = 0.05
"""Inverse strength of the L2 penalty: many features, few cases."""

Floats = npt.NDArray[np.float64]
Truths = npt.NDArray[np.bool_]


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
    def telling(self) -> bool:
        """Whether the case says anything of when to answer: a partly right answer is worth as much as declining."""
        return not (self.case.answerable and self.worth == 0)


@dataclass(frozen=True, kw_only=True)
class Fit:
    """A calibration with what it is worth on held-out cases, and the rule's worth on the same ones."""

    calibration: Calibration
    examples: tuple[Example, ...]
    held_out: tuple[float, ...]
    fitted: dict[str, float]
    by_rule: dict[str, float]


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
        EvalError: there are too few cases, or too few of them right or wrong.
    """
    _refuse_too_few(examples)
    right = np.asarray([e.right for e in examples])
    names = tuple(examples[0].features)
    values = np.asarray([[e.features[name] for name in names] for e in examples])
    telling = np.asarray([e.telling for e in examples])
    held_out = _held_out(values, right, telling, [_group(e) for e in examples])
    needed = _steady_threshold(held_out, examples)
    kept = values[telling]
    mean, scale = kept.mean(axis=0), np.where(kept.std(axis=0) > 1e-9, kept.std(axis=0), 1.0)
    model = _model()
    model.fit((kept - mean) / scale, right[telling])
    rules = np.asarray([e.rule for e in examples])
    fitted = _measures(held_out, needed, examples)
    calibration = Calibration(
        features=names,
        mean=_rounded(mean),
        scale=_rounded(scale),
        weights=_rounded(model.coef_[0]),
        intercept=round(float(model.intercept_[0]), 6),
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
        held_out=tuple(map(float, held_out)),
        fitted=fitted,
        by_rule=_measures(rules, rule_threshold, examples),
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
    """Refuse cases of which no fold of the cross-validation could hold right and wrong ones; a group counts as one."""
    right, wrong = ({_group(e) for e in examples if e.right is wanted} for wanted in (True, False))
    if len(examples) < LEAST or min(len(right), len(wrong)) < LEAST // 5:
        raise EvalError(
            f"{len(examples)} answers, right in {len(right)} groups of cases and wrong in {len(wrong)}, are too few to "
            f"calibrate on; it takes {LEAST} answers, right in {LEAST // 5} groups and wrong in {LEAST // 5}; add cases"
        )


def _group(example: Example) -> str:
    return example.case.group or example.case.id


def _model() -> Any:  # Any: sklearn has no types; loaded when needed: it is slow
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=STRENGTH, max_iter=1000)


def _held_out(values: Floats, right: Truths, telling: Truths, groups: Sequence[str]) -> Floats:
    """Return for each example the mean confidence of models that were fitted without it and its group."""
    from sklearn.model_selection import StratifiedGroupKFold
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    found = np.zeros((SHUFFLES, len(right)))
    for shuffle in range(SHUFFLES):
        folds = StratifiedGroupKFold(n_splits=FOLDS, shuffle=True, random_state=SEED + shuffle)
        for fitted, held in folds.split(values, right, groups):
            kept = fitted[telling[fitted]]
            pipeline = make_pipeline(StandardScaler(), _model())
            pipeline.fit(values[kept], right[kept])
            found[shuffle, held] = pipeline.predict_proba(values[held])[:, 1]
    return np.asarray(found.mean(axis=0), dtype=np.float64)


def _steady_threshold(confidence: Floats, examples: Sequence[Example]) -> float:
    """Return the median of the best thresholds of many resamples: the best of one sample jumps when a case or two change."""
    random = np.random.default_rng(SEED)
    found = []
    for _ in range(RESAMPLES):
        drawn = random.integers(len(examples), size=len(examples))
        found.append(_best_threshold(confidence[drawn], [examples[i] for i in drawn]))
    return float(np.median(found))


def _best_threshold(confidence: Floats, examples: Sequence[Example]) -> float:
    """Return the confidence above which answering pays, half-way between two neighbours of the curve.

    The curve is flat around its top, and where exactly the top is, is luck. Of all thresholds that pay within `NEARLY` of the best, it
    is the lowest: the one that answers most. Equal confidences cannot be told apart.
    """
    order = np.argsort(-confidence, kind="stable")
    gain = np.asarray([examples[i].worth - (not examples[i].case.answerable) for i in order])
    total = np.concatenate([[0], np.cumsum(gain)])
    ranked = np.concatenate([[1.0], confidence[order], [0.0]])  # answering the first n needs less than ranked[n]
    cuts = [n for n in range(len(total)) if ranked[n] > ranked[n + 1]]
    least = max(total[n] for n in cuts) - NEARLY * len(examples)
    chosen = max(n for n in cuts if total[n] >= least)
    return float((ranked[chosen] + ranked[chosen + 1]) / 2)


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
    said = [(e, bool(yes)) for e, yes in zip(examples, answered, strict=True)]
    wrong = [e.worth < 0 for e, yes in said if yes]
    declined = [not yes for e, yes in said if e.case.answerable]
    found = {
        "truthfulness": float(np.mean([e.worth if yes else float(not e.case.answerable) for e, yes in said])),
        "coverage": float(answered.mean()),
        "risk": float(np.mean(wrong)) if wrong else 0.0,
        "AUROC": auroc(points) or 0.0,
        "AURC": area_under(risk_coverage(points)) or 0.0,
        "ECE": calibration_error(points) or 0.0,
        "false abstention": float(np.mean(declined)) if declined else 0.0,
    }
    for kind in sorted({e.case.kind for e in examples if not e.case.answerable}):
        kept = [not yes for e, yes in said if e.case.kind == kind and not e.case.answerable]
        found[f"declined {kind}"] = float(np.mean(kept))
    return found


def _rounded(values: Floats) -> tuple[float, ...]:
    return tuple(round(float(v), 6) for v in values)
