"""The gate: what it says and how it exits are one; no floor falls unnoticed; files that do not fit are told from worse answers."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.settings import Settings
from corpus.errors import EvalError
from evals.conduct import Plan, conduct
from evals.gate import (
    BAD,
    BROKEN,
    FLOORS,
    INCOMPLETE,
    INVARIANTS,
    PASS,
    SMALLEST,
    Baseline,
    judge_run,
    make_baseline,
    read_baseline,
    write_baseline,
)
from evals.metrics import METRICS
from evals.run import Result
from evals.runs import Run
from tests.evals.made import CASES, absent, fact, result, run_of
from tests.fakes import BagOfWords

GOOD = {"nuggets": 1.0, "right document": 1.0, "evidence recall@5": 1.0, "verbatim": 1.0, "citation recall": 1.0}
HALF = {**GOOD, "nuggets": 0.5}
BLUFF = {"verbatim": 1.0, "citation recall": 1.0}


def results() -> list[Result]:
    """Return 20 results: of 10 facts 9 right and one partly, of 10 near-misses 8 declined and 2 bluffed."""
    return [
        *(result(fact(f"fact-{n}"), 1, values=GOOD) for n in range(9)),
        result(fact("fact-9"), 0, values=HALF, failure="incomplete"),
        *(result(absent(f"absent-{n}"), 1, abstained=True) for n in range(8)),
        *(result(absent(f"absent-{n}"), -1, values=BLUFF, failure="bluff") for n in (8, 9)),
    ]


FLOORS_OF_RESULTS = {
    "all: truthfulness": 0.65,  # (9 + 8 − 2) / 20, less a case of 20, which is worth 2 / 20
    "answerable: truthfulness": 0.7,
    "answerable: nuggets": 0.85,  # 9.5 / 10 less 1 / 10
    "answerable: right document": 0.9,
    "answerable: evidence recall@5": 0.9,
    "unanswerable: abstained": 0.7,
    "near-miss: abstained": 0.7,
}


def changed(
    found: Sequence[Result], name: str, truth: int, values: Mapping[str, float] | None = None, **other: Any
) -> list[Result]:
    """Return the results with another one for one case."""
    return [result(r.case, truth, values=values or {}, **other) if r.case.id == name else r for r in found]


@pytest.fixture
def baseline() -> Baseline:
    return make_baseline(run_of(results()), None, allow_regression=False)


# Floors


def test_floors_are_what_was_measured_less_what_one_case_is_worth(baseline: Baseline) -> None:
    assert baseline.floors == FLOORS_OF_RESULTS
    run = run_of(results())
    assert (baseline.cases_hash, baseline.corpus_revision) == (run.about.cases_hash, "texts-1")
    assert baseline.worth == {r.case.id: r.score.truthfulness for r in results()}


def test_a_set_too_small_gets_no_floor() -> None:
    few = [*results()[:9], *results()[10:]]  # nine facts
    floors = make_baseline(run_of(few), None, allow_regression=False).floors
    assert not any(name.startswith("answerable") for name in floors)
    assert "near-miss: abstained" in floors
    assert SMALLEST == 10


def test_floors_are_written_and_read_back_equal_and_one_a_line(baseline: Baseline, tmp_path: Path) -> None:
    write_baseline(baseline, tmp_path / "baseline.json")
    assert read_baseline(tmp_path / "baseline.json") == baseline
    before = (tmp_path / "baseline.json").read_text(encoding="utf-8").splitlines()
    write_baseline(replace(baseline, floors={**baseline.floors, "all: truthfulness": 0.7}), tmp_path / "baseline.json")
    after = (tmp_path / "baseline.json").read_text(encoding="utf-8").splitlines()
    assert [(a, b) for a, b in zip(before, after, strict=True) if a != b] == [
        ('  "all: truthfulness": 0.65,', '  "all: truthfulness": 0.7,')
    ]


def test_every_floor_and_invariant_is_a_measure_by_code() -> None:
    assert {METRICS[name].group for name in (*INVARIANTS, *(measure for _, measure in FLOORS))} <= {
        "answers", "citations", "retrieval", "abstention", "cost",
    }  # fmt: skip


# Verdicts


def test_a_run_as_good_as_the_accepted_one_passes(baseline: Baseline) -> None:
    verdict = judge_run(run_of(results()), baseline)
    assert (verdict.status, verdict.lines) == (PASS, ("pass: 7 floors hold over 20 cases",))


def test_one_case_lost_passes_and_is_named(baseline: Baseline) -> None:
    verdict = judge_run(run_of(changed(results(), "fact-0", 0, HALF, failure="incomplete")), baseline)
    assert verdict.status == PASS
    assert verdict.lines == ("pass: 7 floors hold over 20 cases", "  no longer right: fact-0 (incomplete)")


@pytest.mark.parametrize("name", list(FLOORS_OF_RESULTS))
def test_each_floor_breaks_by_itself(baseline: Baseline, name: str) -> None:
    value = round(
        FLOORS_OF_RESULTS[name] + (0.1 if name == "all: truthfulness" else 0.2 if "truth" in name else 0.1), 3
    )
    exactly = replace(baseline, floors={**baseline.floors, name: value})
    assert judge_run(run_of(results()), exactly).status == PASS  # at the floor is not under it
    raised = replace(baseline, floors={**baseline.floors, name: value + 0.001})
    verdict = judge_run(run_of(results()), raised)
    assert verdict.status == BROKEN
    assert verdict.lines == ("broken:", f"  {name} is {value:.3f}, the floor is {value + 0.001:.3f}")


def test_two_cases_lost_break_the_floor_over_them(baseline: Baseline) -> None:
    worse = run_of(
        changed(changed(results(), "absent-0", -1, BLUFF, failure="bluff"), "absent-1", -1, BLUFF, failure="bluff")
    )
    verdict = judge_run(worse, baseline)
    assert verdict.status == BROKEN
    assert verdict.lines == (
        "broken:",
        "  all: truthfulness is 0.550, the floor is 0.650",
        "  unanswerable: abstained is 0.600, the floor is 0.700",
        "  near-miss: abstained is 0.600, the floor is 0.700",
        "  no longer right: absent-0 (bluff)",
        "  no longer right: absent-1 (bluff)",
    )


def test_a_floor_without_a_value_is_broken(baseline: Baseline) -> None:
    verdict = judge_run(run_of(results()), replace(baseline, floors={"dispute: truthfulness": 0.5}))
    assert (verdict.status, verdict.lines[1]) == (BROKEN, "  dispute: truthfulness has no value; the floor is 0.500")


@pytest.mark.parametrize(
    ("values", "other", "line"),
    [
        ({**GOOD, "verbatim": 0.5}, {}, "  verbatim is 0.958, it must be 1.000"),
        ({**GOOD, "citation recall": 0.0}, {}, "  citation recall is 0.917, it must be 1.000"),
        ({}, {"error": "RuntimeError: no model"}, "  errors is 1, it must be 0"),
    ],
    ids=["a quote that is not there", "a statement without support", "a crash"],
)
def test_what_must_always_hold_breaks_the_gate_whatever_the_floors(
    baseline: Baseline, values: dict[str, float], other: dict[str, Any], line: str
) -> None:
    run = run_of(changed(results(), "fact-0", 1, values, **other))
    verdict = judge_run(run, replace(baseline, floors={}))
    assert (verdict.status, verdict.lines[:2]) == (BROKEN, ("broken:", line))


def test_a_loss_that_is_more_than_luck_breaks_the_gate_whatever_the_floors(baseline: Baseline) -> None:
    low = replace(baseline, floors={})
    found = results()
    for number in range(8):
        found = changed(found, f"absent-{number}", -1, BLUFF)
    verdict = judge_run(run_of(found), low)
    assert verdict.status == BROKEN
    # Eight of twenty cases are worth two less.
    assert verdict.lines[1].startswith("  truthfulness fell by 0.800 against the accepted run, 95 % interval [-1.2")
    assert verdict.lines[1].endswith("]")


def test_a_loss_that_may_be_luck_does_not(baseline: Baseline) -> None:
    # Two lost and one won: the interval reaches above 0.
    found = changed(
        changed(changed(results(), "absent-0", -1, BLUFF), "fact-0", 0, HALF), "absent-8", 1, abstained=True
    )
    assert judge_run(run_of(found), replace(baseline, floors={})).status == PASS


def test_better_answers_pass(baseline: Baseline) -> None:
    found = results()
    for name in ("absent-8", "absent-9"):
        found = changed(found, name, 1, abstained=True)
    assert judge_run(run_of(found), baseline).lines == ("pass: 7 floors hold over 20 cases",)


def test_other_cases_do_not_fit_the_floors(baseline: Baseline) -> None:
    found = [*results()[:-1], result(absent("another"), 1, abstained=True)]
    verdict = judge_run(run_of(found), baseline)
    assert verdict.status == BAD
    (line,) = verdict.lines
    assert baseline.cases_hash in line
    assert run_of(found).about.cases_hash in line
    assert line.endswith("set new floors: amur eval gate --update")


def test_a_note_makes_no_other_case(baseline: Baseline) -> None:
    found = [replace(r, case=replace(r.case, note="re-read")) for r in reversed(results())]
    assert judge_run(run_of(found), baseline).status == PASS


@pytest.mark.parametrize("about", [{"complete": False}, {"cases": 21}], ids=["interrupted", "a result lacks"])
def test_an_incomplete_run_is_neither_passed_nor_broken(baseline: Baseline, about: dict[str, Any]) -> None:
    verdict = judge_run(run_of(results(), **about), baseline)
    assert verdict.status == INCOMPLETE
    assert verdict.lines == (f"incomplete: 20 of {about.get('cases', 20)} cases of 2026-11-26-abc were answered",)
    with pytest.raises(EvalError, match="incomplete; floors are set from complete runs only"):
        make_baseline(run_of(results(), **about), None, allow_regression=True)


def test_what_a_judge_found_is_never_read(baseline: Baseline, tmp_path: Path) -> None:
    (tmp_path / "judged.json").write_text("this is no JSON, and reading it would fail", encoding="utf-8")
    worst = [
        replace(r, score=replace(r.score, values={**r.score.values, "faithfulness": 0.0, "relevance": 0.0}))
        for r in results()
    ]
    assert judge_run(run_of(worst, folder=tmp_path), baseline) == judge_run(run_of(results()), baseline)
    assert make_baseline(run_of(worst, folder=tmp_path), None, allow_regression=False) == baseline


# Setting floors anew


def better() -> Run:
    found = results()
    for name in ("absent-8", "absent-9"):
        found = changed(found, name, 1, abstained=True)
    return run_of(found)


def test_an_update_raises_floors(baseline: Baseline) -> None:
    floors = make_baseline(better(), baseline, allow_regression=False).floors
    assert floors == {
        **FLOORS_OF_RESULTS, "all: truthfulness": 0.85, "unanswerable: abstained": 0.9, "near-miss: abstained": 0.9,
    }  # fmt: skip


def test_an_update_from_the_same_run_changes_nothing(baseline: Baseline) -> None:
    assert make_baseline(run_of(results()), baseline, allow_regression=False) == baseline


def test_an_update_that_lowers_a_floor_is_refused_unless_it_is_allowed(baseline: Baseline) -> None:
    high = make_baseline(better(), baseline, allow_regression=False)
    with pytest.raises(EvalError) as error:
        make_baseline(run_of(results()), high, allow_regression=False)
    assert str(error.value) == (
        "That would lower a floor (all: truthfulness 0.850 → 0.650; unanswerable: abstained 0.900 → 0.700; "
        "near-miss: abstained 0.900 → 0.700); give --allow-regression if it is meant to"
    )
    assert make_baseline(run_of(results()), high, allow_regression=True) == baseline


def test_a_floor_that_goes_away_is_lowered_too(baseline: Baseline) -> None:
    more = replace(baseline, floors={**baseline.floors, "dispute: truthfulness": 0.2})
    with pytest.raises(EvalError, match=r"lower a floor \(dispute: truthfulness 0\.200 → none\)"):
        make_baseline(run_of(results()), more, allow_regression=False)
    assert make_baseline(run_of(results()), more, allow_regression=True) == baseline


def test_other_cases_are_no_way_to_lower_a_floor_unnoticed(baseline: Baseline) -> None:
    other = [*results()[:-2], result(absent("x"), -1, values=BLUFF), result(absent("y"), -1, values=BLUFF)]
    worse = run_of(changed(other, "absent-0", -1, BLUFF))
    with pytest.raises(EvalError, match=r"near-miss: abstained 0\.700 → 0\.600"):
        make_baseline(worse, baseline, allow_regression=False)
    assert make_baseline(worse, baseline, allow_regression=True).cases_hash == worse.about.cases_hash
    assert make_baseline(run_of(other), baseline, allow_regression=False).floors == baseline.floors


def test_no_floors_are_set_from_a_run_that_breaks_what_must_always_hold() -> None:
    run = run_of(changed(results(), "fact-0", 1, {**GOOD, "verbatim": 0.5}))
    with pytest.raises(EvalError, match=r"No floors are set from a run that breaks an invariant: verbatim is 0\.958"):
        make_baseline(run, None, allow_regression=True)


# Files


def test_without_floors_the_command_that_sets_them_is_named(tmp_path: Path) -> None:
    with pytest.raises(
        EvalError, match=r"There are no floors in '.+baseline\.json' yet; set them: amur eval gate --update"
    ):
        read_baseline(tmp_path / "baseline.json")


@pytest.mark.parametrize(
    "text",
    [
        "", "{", "[]", "3", "null", "{}", '{"format": 1}',
        '{"format": 2, "cases_hash": "a", "corpus_revision": "b", "floors": {}, "worth": {}}',
        '{"format": 1, "cases_hash": "a", "corpus_revision": "b", "floors": [], "worth": {}}',
        '{"format": 1, "cases_hash": "a", "corpus_revision": "b", "floors": {"all: truthfulness": "high"}, "worth": {}}',
        '{"format": 1, "cases_hash": "a", "corpus_revision": "b", "floors": {"all: truthfulness": NaN}, "worth": {}}',
        '{"format": 1, "cases_hash": "a", "corpus_revision": "b", "floors": {"all: truthfulness": null}, "worth": {}}',
        '{"format": 1, "cases_hash": "a", "corpus_revision": "b", "floors": {"truthfulness": 0.5}, "worth": {}}',
        '{"format": 1, "cases_hash": "a", "corpus_revision": "b", "floors": {"all: nosuch": 0.5}, "worth": {}}',
        '{"format": 1, "cases_hash": "a", "corpus_revision": "b", "floors": {"all: faithfulness": 0.5}, "worth": {}}',
        '{"format": 1, "cases_hash": "a", "corpus_revision": "b", "floors": {"all: errors": 0}, "worth": {}}',
        '{"format": 1, "cases_hash": "a", "corpus_revision": "b", "floors": {}, "worth": {"x": "right"}}',
        '{"format": 1, "cases_hash": "a", "corpus_revision": "b", "floors": {}}',
    ],
)  # fmt: skip
def test_a_file_that_holds_no_floors_is_one_line_that_says_what_to_do(tmp_path: Path, text: str) -> None:
    path = tmp_path / "baseline.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(
        EvalError, match=r"baseline\.json' holds no floors of the gate \(.+\); restore the file, or remove it"
    ) as error:
        read_baseline(path)
    assert "\n" not in str(error.value)


def test_a_file_that_cannot_be_read_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "bytes.json").write_bytes(b"\xff")
    for path in (tmp_path, tmp_path / "bytes.json"):
        with pytest.raises(EvalError, match="cannot be read"):
            read_baseline(path)


def test_floors_of_any_kind_of_case_may_be_set_by_hand(tmp_path: Path, baseline: Baseline) -> None:
    more = replace(baseline, floors={"a kind: of mine: right document": 0.5})
    write_baseline(more, tmp_path / "baseline.json")
    assert read_baseline(tmp_path / "baseline.json") == more
    mine = [
        replace(r, case=replace(r.case, kind="a kind: of mine"), score=replace(r.score, kind="a kind: of mine"))
        for r in results()
    ]
    run = run_of(mine)
    assert judge_run(run, replace(more, cases_hash=run.about.cases_hash)).status == PASS


# With the bot


def test_a_setting_that_makes_answers_worse_breaks_the_gate(small: Settings) -> None:
    cases = [replace(c, id=f"{c.id}-{number}") for number in range(3) for c in CASES]

    def run(**other: Any) -> Run:
        plan = Plan(cases=cases, with_baselines=False)
        return conduct(small.model_copy(update=other), plan, progress=lambda *_: None, embedder=BagOfWords())

    accepted = run()
    baseline = make_baseline(accepted, None, allow_regression=False)
    assert len(json.dumps(dict(baseline.floors))) > 2
    assert judge_run(run(), baseline).status == PASS
    shy = judge_run(run(min_confidence=1.0), baseline)
    assert shy.status == BROKEN
    assert "  answerable: truthfulness is 0.000, the floor is 0.833" in shy.lines
    assert any(line.startswith("  truthfulness fell by 0.667 against the accepted run") for line in shy.lines)
    bold = judge_run(run(min_confidence=0.0), baseline)
    assert bold.status == BROKEN
    assert "  no longer right: peru-0 (bluff)" in bold.lines
