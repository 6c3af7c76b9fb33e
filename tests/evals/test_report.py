"""The report of a run in a terminal: figures worked out by hand, "-" for a mean over nothing, every failure with its reason."""

from collections.abc import Sequence
from typing import Any

from evals.metrics import METRICS
from evals.report import COLUMNS, as_text
from evals.run import Result
from evals.summary import summary
from tests.evals.made import absent, fact, result


def answered(truth: int, nuggets: float, right: float, words: int, *, recall: float = 1.0) -> dict[str, float]:
    return {
        "nuggets": nuggets, "full": float(truth == 1), "right document": right, "evidence recall@5": recall, "verbatim": 1.0,
        "citation recall": 1.0, "words": float(words),
    }  # fmt: skip


RESULTS = [
    result(fact("right"), 1, values=answered(1, 1.0, 1.0, 10), seconds=0.1),
    result(
        fact("partly"), 0, values=answered(0, 0.5, 1.0, 21), missed=("place", "date"), failure="incomplete", right=False,
        text="In  Moscow,\nperhaps.", confidence=0.456, seconds=0.3,
    ),
    result(fact("wrong", kind="date"), -1, values=answered(-1, 0.0, 0.0, 11, recall=0.0), failure="not retrieved", right=False,
           missed=("date",), seconds=0.2),
    result(absent("declined"), 1, abstained=True, right=False, confidence=0.25, seconds=0.4),
    result(absent("bluffed"), -1, values={"verbatim": 0.5, "citation recall": 1.0, "words": 18.0}, failure="bluff", right=False,
           text="x" * 200, seconds=0.5),
    result(fact("broken"), -1, values={"nuggets": 0.0, "full": 0.0, "right document": 0.0}, failure="error", right=False,
           error="RuntimeError: no model", confidence=0.0),
]  # fmt: skip


def said(results: Sequence[Result], systems: dict[str, Any] | None = None) -> str:
    figures = summary([r.case for r in results], [r.score for r in results], systems)
    return as_text(results, figures, title="The title")


def table(text: str, number: int = 1) -> dict[str, list[str]]:
    """Return the cells of a table of the report by the name of the row."""
    lines = text.split("\n\n")[number].splitlines()
    assert lines[0].split()[-len(" ".join(COLUMNS).split()) :] == " ".join(COLUMNS).split()
    rows = [line.rsplit(maxsplit=1 + len(COLUMNS)) for line in lines[1:]]
    return {row[0]: row[1:] for row in rows}


def test_a_table_holds_the_means_over_the_cases_for_which_they_make_sense() -> None:
    text = said(RESULTS)
    assert text.startswith("The title\n\nkind ")
    # cases, truthfulness, nuggets, full, right document, evidence recall@5, abstained, verbatim, citation recall, words
    assert table(text) == {
        "fact": ["3", "+0.000", "0.500", "0.333", "0.667", "1.000", "0.000", "1.000", "1.000", "16"],
        "date": ["1", "-1.000", "0.000", "0.000", "0.000", "0.000", "0.000", "1.000", "1.000", "11"],
        "near-miss": ["2", "+0.000", "-", "-", "-", "-", "0.500", "0.500", "1.000", "18"],
        "answerable": ["4", "-0.250", "0.375", "0.250", "0.500", "0.667", "0.000", "1.000", "1.000", "14"],
        "unanswerable": ["2", "+0.000", "-", "-", "-", "-", "0.500", "0.500", "1.000", "18"],
        "all": ["6", "-0.167", "0.375", "0.250", "0.500", "0.667", "0.167", "0.875", "1.000", "15"],
    }


def test_the_simple_systems_stand_below_the_bot_over_all_cases() -> None:
    text = said(RESULTS, {"always abstains": [result(fact(), 0, abstained=True, right=None).score]})
    rows = table(text, 2)
    assert list(rows) == ["Amur", "always abstains"]
    assert rows["Amur"] == table(text)["all"]
    assert rows["always abstains"] == ["1", "+0.000", "-", "-", "-", "-", "1.000", "-", "-", "-"]
    assert "system, all cases" in text
    assert "system, all cases" not in said(RESULTS)


def test_intervals_confidence_and_time_are_given_for_all_cases() -> None:
    text = said(RESULTS)
    line = next(line for line in text.splitlines() if line.startswith("95 % intervals, all cases: "))
    assert "truthfulness -0.167 [-" in line
    assert "right document 0.500 [" in line
    # One right answer at 0.9; wrong ones at 0.9 (two), 0.456, 0.25 and 0: half of each tie counts, (3 + 2 · ½) / 5.
    # Of five times the middle is 0.3; the 95th of a hundred lies four fifths of the way from 0.4 to 0.5.
    figures = next(line for line in text.splitlines() if line.startswith("AUROC"))
    assert figures.startswith("AUROC 0.800; AURC ")
    assert figures.endswith("; seconds 0.300; seconds p95 0.480; errors 1")


def test_what_went_wrong_is_counted_and_explained() -> None:
    lines = said(RESULTS).split("What went wrong:\n")[1].split("\n\n")[0].splitlines()
    assert [line.split(":")[0].strip() for line in lines] == [
        "1  error",
        "1  bluff",
        "1  not retrieved",
        "1  incomplete",
    ]
    assert "     1  bluff: answered what the corpus does not hold" in lines


def test_every_case_that_went_wrong_is_listed_with_its_reason_and_what_was_said() -> None:
    lines = said(RESULTS).split("\n\n")[-1].splitlines()
    assert lines == [
        "partly (0.46) 'Question partly?': incomplete, missed place, date",
        "    In Moscow, perhaps.",
        "wrong (0.90) 'Question wrong?': not retrieved, missed date",
        "    yes",
        "bluffed (0.90) 'Question bluffed?': bluff",
        "    " + "x" * 160,
        "broken (0.00) 'Question broken?': error: RuntimeError: no model",
    ]


def test_a_run_without_failures_lists_none() -> None:
    text = said(RESULTS[:1])
    assert "What went wrong" not in text
    assert "Question" not in text
    assert table(text)["all"][0] == "1"


def test_without_cases_there_is_a_row_of_dashes() -> None:
    rows = table(said([]))
    assert rows == {"all": ["0", *"-" * len(COLUMNS)]}
    assert "intervals" not in said([])


def test_every_column_is_a_measure() -> None:
    assert set(COLUMNS) <= set(METRICS)
