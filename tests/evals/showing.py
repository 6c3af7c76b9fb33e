"""Runs and scores for the tests of the evaluation report."""

from dataclasses import replace
from typing import Any

from evals.answers import Score


def scored(name: str, truth: int, **changed: Any) -> Score:
    """Return the score of a case; `values` hold what is not given otherwise."""
    made = Score(case_id=name, kind="fact", answerable=True, abstained=False, confidence=0.9, truthfulness=truth)
    made = replace(made, **changed)
    values = {"truthfulness": float(truth), "abstained": float(made.abstained), **made.values}
    return replace(made, values=values, right=truth == 1 if made.right is None else made.right)


def declined(name: str, answerable: bool, **changed: Any) -> Score:
    return scored(name, 0 if answerable else 1, abstained=True, answerable=answerable, confidence=0.1, **changed)
