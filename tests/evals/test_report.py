"""The report of a run: figures worked out by hand, "-" for a mean over nothing, and every failure with its reason."""

from dataclasses import replace
from typing import Any

import pytest

from evals.answers import Score
from evals.cases import Case
from evals.report import COLUMNS, as_text, summary
from evals.run import Result


def made(name: str = "case", **changed: Any) -> Score:
    """Return the score of a right answer of ten words with two quotes; keyword arguments change it."""
    right = Score(
        case_id=name,
        kind="fact",
        answerable=True,
        abstained=False,
        confidence=0.9,
        vital_recall=1.0,
        fully_answered=True,
        right_document=True,
        must_not=False,
        quotes=2,
        verbatim=2,
        words=10,
        truthfulness=1,
    )
    return replace(right, **changed)


UNANSWERABLE: dict[str, Any] = {
    "kind": "off-topic",
    "answerable": False,
    "vital_recall": None,
    "fully_answered": None,
    "right_document": None,
}
DECLINED: dict[str, Any] = {**UNANSWERABLE, "abstained": True, "quotes": 0, "verbatim": 0, "words": 0}
SCORES = [
    made("right"),
    made("partly", vital_recall=0.5, fully_answered=False, truthfulness=0, missed=("place", "date"), words=21),
    made("wrong", kind="near-miss", vital_recall=0.0, fully_answered=False, right_document=False, truthfulness=-1, verbatim=1,
         quotes=1, must_not=True),
    made("declined", **DECLINED),
    made("answered", **UNANSWERABLE, truthfulness=-1),
    made("broken", error="RuntimeError: no model", truthfulness=-1, quotes=0, verbatim=0, words=0, vital_recall=0.0,
         fully_answered=False, right_document=False),
]  # fmt: skip


def results(*scores: Score) -> list[Result]:
    cases = [
        Case(id=s.case_id, question=f"Question {s.case_id}?", kind=s.kind, answerable=s.answerable) for s in scores
    ]
    return [Result(case=c, answer=None, score=s) for c, s in zip(cases, scores, strict=True)]


def table(text: str) -> dict[str, list[str]]:
    """Return the cells of the table in a report, by the name of the row."""
    lines = text.split("\n\n")[1].splitlines()
    assert lines[0].split() == " ".join(COLUMNS).split()
    return {line.split()[0]: line.split()[1:] for line in lines[1:]}


def test_the_figures_are_means_over_the_cases_they_make_sense_for() -> None:
    figures = summary(SCORES)
    assert figures == {
        "cases": 6,
        "truthfulness": pytest.approx((1 + 0 - 1 + 1 - 1 - 1) / 6),
        "nuggets": pytest.approx((1 + 0.5 + 0 + 0) / 4),
        "full": pytest.approx(1 / 4),
        "right doc": pytest.approx(2 / 4),
        "abstained": pytest.approx(1 / 6),
        "verbatim": pytest.approx(7 / 7),
        "words": pytest.approx((10 + 21 + 10 + 10 + 0) / 5),
        "errors": 1,
    }


def test_the_verbatim_rate_falls_with_each_quote_that_is_not() -> None:
    assert summary([made(), made(verbatim=1)])["verbatim"] == pytest.approx(3 / 4)
    assert summary([made(verbatim=0)])["verbatim"] == 0.0


def test_a_mean_over_nothing_is_none_and_never_zero() -> None:
    nothing = summary([])
    assert (nothing["cases"], nothing["errors"]) == (0, 0)
    assert {name for name, value in nothing.items() if value is None} == set(COLUMNS) - {"kind", "cases", "errors"}
    declined = summary([made(**DECLINED)])
    assert {name for name, value in declined.items() if value is None} == {
        "nuggets",
        "full",
        "right doc",
        "verbatim",
        "words",
    }


def test_the_report_holds_the_figures_of_each_kind_and_of_all() -> None:
    text = as_text(results(*SCORES), fingerprint="abc123")
    assert text.startswith("6 cases, fingerprint abc123\n\n")
    assert table(text) == {
        "fact": ["3", "+0.000", "0.500", "0.333", "0.667", "0.000", "1.000", "10", "1"],
        "near-miss": ["1", "-1.000", "0.000", "0.000", "0.000", "0.000", "1.000", "10", "0"],
        "off-topic": ["2", "+0.000", "-", "-", "-", "0.500", "1.000", "10", "0"],
        "answerable": ["4", "-0.250", "0.375", "0.250", "0.500", "0.000", "1.000", "10", "1"],
        "unanswerable": ["2", "+0.000", "-", "-", "-", "0.500", "1.000", "10", "0"],
        "all": ["6", "-0.167", "0.375", "0.250", "0.500", "0.167", "1.000", "10", "1"],
    }


def test_an_empty_mean_is_a_dash_and_a_row_without_cases_is_left_out() -> None:
    rows = table(as_text(results(made(**DECLINED)), fingerprint="abc"))
    assert rows == {
        name: ["1", "+1.000", "-", "-", "-", "1.000", "-", "-", "0"] for name in ("off-topic", "unanswerable", "all")
    }


def test_every_case_that_went_wrong_is_listed_with_its_reason() -> None:
    failures = as_text(results(*SCORES), fingerprint="abc").split("\n\n", 2)[2]
    reasons = [line for line in failures.splitlines() if not line.startswith(" ")]
    assert reasons == [
        "partly (0.90) 'Question partly?': missed place, date",
        "wrong (0.90) 'Question wrong?': says what it must not",
        "answered (0.90) 'Question answered?': answered, but the corpus does not hold it",
        "broken (0.90) 'Question broken?': error: RuntimeError: no model",
    ]


def test_an_abstention_on_an_answerable_question_is_listed_as_one() -> None:
    score = made("shy", abstained=True, truthfulness=0, vital_recall=0.0, fully_answered=False, missed=("date",))
    assert "'Question shy?': abstained, but the corpus answers it" in as_text(results(score), fingerprint="abc")


def test_failures_can_be_left_out() -> None:
    text = as_text(results(*SCORES), fingerprint="abc", failures=False)
    assert "Question" not in text
    assert text.rstrip().splitlines()[-1].startswith("all")


def test_a_run_without_failures_lists_none() -> None:
    assert "Question" not in as_text(results(made("one"), made("two")), fingerprint="abc")


def test_a_quote_that_is_not_verbatim_is_given_as_the_reason() -> None:
    text = as_text(results(made("misquoted", verbatim=1)), fingerprint="abc")
    reason = next(line for line in text.splitlines() if line.startswith("misquoted")).split("?': ")[1]
    assert "verbatim" in reason or "quote" in reason
