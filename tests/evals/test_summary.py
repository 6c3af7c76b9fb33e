"""The figures of a run, by hand on five scores."""

from dataclasses import replace
from typing import Any

import pytest

from evals.answers import Score
from evals.cases import Case
from evals.metrics import GROUPS, METRICS
from evals.summary import by_group, points_of, sets_of, summarise, summary


def scored(name: str, truth: int, **changed: Any) -> Score:
    values = {"truthfulness": float(truth), **changed.pop("values", {})}
    score = Score(
        case_id=name, kind="fact", answerable=True, abstained=False, confidence=0.5, truthfulness=truth, values=values
    )
    return replace(score, **changed)


def case_of(score: Score, group: str = "") -> Case:
    return Case(id=score.case_id, question="?", kind=score.kind, answerable=score.answerable, group=group)


FIVE = [
    scored(
        "a",
        1,
        right=True,
        confidence=0.95,
        seconds=0.1,
        stated=("x",),
        values={"abstained": 0.0, "nuggets": 1.0, "full": 1.0},
    ),
    scored(
        "b",
        0,
        right=False,
        confidence=0.85,
        seconds=0.2,
        failure="incomplete",
        stated=("x",),
        values={"abstained": 0.0, "nuggets": 0.5, "full": 0.0},
    ),
    scored(
        "c",
        0,
        right=True,
        confidence=0.45,
        seconds=0.3,
        abstained=True,
        failure="false abstention",
        kind="date",
        values={"abstained": 1.0, "nuggets": 0.0, "full": 0.0},
    ),
    scored(
        "d",
        1,
        confidence=0.05,
        seconds=0.4,
        abstained=True,
        answerable=False,
        kind="off-topic",
        values={"abstained": 1.0},
    ),
    scored(
        "e",
        -1,
        right=False,
        confidence=0.0,
        failure="error",
        error="ValueError: x",
        answerable=False,
        kind="off-topic",
        values={"abstained": 0.0},
    ),
]


def test_means_are_over_the_cases_that_have_a_value() -> None:
    found = summarise(FIVE)
    assert found["truthfulness"] == pytest.approx((1 + 0 + 0 + 1 - 1) / 5)
    assert found["nuggets"] == pytest.approx((1 + 0.5 + 0) / 3)
    assert found["full"] == pytest.approx(1 / 3)
    assert found["abstained"] == pytest.approx(2 / 5)
    assert found["words"] is None  # no score has it
    assert found["pairs agree"] is None
    assert set(found) == set(METRICS)


def test_confidence_is_judged_on_the_cases_of_which_it_is_known() -> None:
    found = summarise(FIVE)
    # Known: a 0.95 right, b 0.85 wrong, c 0.45 right (withheld), e 0 wrong. Pairs (a,b) (a,e) (c,e) in order, (c,b) not: 3/4.
    assert [(p.confidence, p.right) for p in points_of(FIVE)] == [
        (0.95, True),
        (0.85, False),
        (0.45, True),
        (0.0, False),
    ]
    assert found["AUROC"] == 3 / 4
    # Risks 0, 1/2, 1/3, 1/2 at quarters of coverage.
    assert found["AURC"] == pytest.approx((0 + 1 / 2 + 1 / 3 + 1 / 2) / 4)
    # Bins of one: |0.95 − 1| + |0.85 − 0| + |0.45 − 1| + |0 − 0| = 1.45, over 4.
    assert found["ECE"] == pytest.approx(1.45 / 4)
    assert found["coverage at 10 % risk"] == 1 / 4


def test_times_leave_out_errors_and_errors_are_counted() -> None:
    found = summarise(FIVE)
    # 0.1, 0.2, 0.3, 0.4: median 0.25; the 95th percentile at 0.95 · 3 = 2.85: 0.3 + 0.85 · 0.1.
    assert found["seconds"] == pytest.approx(0.25)
    assert found["seconds p95"] == pytest.approx(0.385)
    assert found["errors"] == 1.0


def test_figures_over_nothing_are_none_never_0() -> None:
    assert summarise([]) == dict.fromkeys(METRICS)
    only_errors = summarise([FIVE[4]])
    assert (only_errors["seconds"], only_errors["seconds p95"], only_errors["errors"]) == (None, None, 1.0)
    undecided = summarise([FIVE[3]])
    assert (undecided["AUROC"], undecided["AURC"], undecided["ECE"], undecided["coverage at 10 % risk"]) == (None,) * 4


def test_sets_are_the_kinds_then_the_answerable_then_the_rest() -> None:
    assert [(name, [s.case_id for s in members]) for name, members in sets_of(FIVE)] == [
        ("fact", ["a", "b"]),
        ("date", ["c"]),
        ("off-topic", ["d", "e"]),
        ("answerable", ["a", "b", "c"]),
        ("unanswerable", ["d", "e"]),
    ]
    assert [name for name, _ in sets_of(FIVE[:2])] == ["fact", "answerable"]
    assert sets_of([]) == []


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        (("g", "g", "", "", ""), 1.0),  # a and b state the same
        (("g", "", "g", "", ""), 0.0),  # c abstained
        (("g", "g", "h", "h", ""), 1.0),  # c and d both abstained
        (("g", "h", "g", "h", ""), 0.0),
        (("g", "g", "h", "", "h"), 1 / 2),
        (("g", "h", "i", "", ""), None),  # no group has two members
        (("", "", "", "", ""), None),
    ],
)
def test_groups_agree_if_all_their_answers_state_the_same(groups: tuple[str, ...], expected: float | None) -> None:
    cases = [case_of(score, group) for score, group in zip(FIVE, groups, strict=True)]
    assert by_group(cases, FIVE) == {"pairs agree": expected}


def test_an_error_agrees_with_nothing() -> None:
    both = [FIVE[4], replace(FIVE[4], case_id="f")]
    assert by_group([case_of(s, "g") for s in both], both) == {"pairs agree": 0.0}


def test_cases_and_scores_must_be_of_one_length() -> None:
    with pytest.raises(ValueError, match="zip"):
        by_group([case_of(FIVE[0])], FIVE)


def test_the_whole_summary() -> None:
    cases = [case_of(score, group) for score, group in zip(FIVE, ("g", "g", "", "", ""), strict=True)]
    found = summary(cases, FIVE, {"always right": [replace(s, values={"truthfulness": 1.0}) for s in FIVE[:2]]})
    assert found["cases"] == 5
    assert list(found["sets"]) == ["fact", "date", "off-topic", "answerable", "unanswerable", "all"]
    assert {name: s["cases"] for name, s in found["sets"].items()} == {
        "fact": 2, "date": 1, "off-topic": 2, "answerable": 3, "unanswerable": 2, "all": 5,
    }  # fmt: skip
    assert found["sets"]["fact"]["truthfulness"] == 0.5
    assert (found["sets"]["fact"]["pairs agree"], found["sets"]["date"]["pairs agree"]) == (1.0, None)
    assert found["sets"]["all"]["pairs agree"] == 1.0
    assert found["failures"] == {"error": 1, "false abstention": 1, "incomplete": 1}
    assert (found["systems"]["always right"]["cases"], found["systems"]["always right"]["truthfulness"]) == (2, 1.0)
    assert found["intervals"]["truthfulness"]["value"] == pytest.approx(0.2)
    assert found["intervals"]["truthfulness"]["low"] <= 0.2 <= found["intervals"]["truthfulness"]["high"]
    assert found["intervals"]["right document"] is None
    assert [step["coverage"] for step in found["curve"]] == [0.25, 0.5, 0.75, 1.0]
    assert [b["count"] for b in found["reliability"]] == [1, 1, 1, 1]


def test_the_summary_of_nothing() -> None:
    found = summary([], [])
    assert (found["cases"], found["failures"], found["curve"], found["systems"]) == (0, {}, [], {})
    assert found["sets"] == {"all": {"cases": 0, **dict.fromkeys(METRICS)}}
    assert set(found["intervals"].values()) == {None}


def test_measures_are_named_and_shown() -> None:
    assert {m.group for m in METRICS.values()} == set(GROUPS)
    assert all(m.meaning and m.better in (-1, 0, 1) for m in METRICS.values())
    assert METRICS["truthfulness"].show(0.25) == "+0.250"
    assert METRICS["truthfulness"].show(-1.0) == "-1.000"
    assert METRICS["words"].show(41.6) == "42"
    assert METRICS["nuggets"].show(0.0) == "0.000"
    assert METRICS["nuggets"].show(None) == "-"
