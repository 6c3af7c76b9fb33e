"""Two runs compared: differences by hand, corrected for their number, the cases that flipped, and what limits it."""

from dataclasses import replace

import pytest

from corpus.errors import EvalError
from evals.compare import PRIMARY, as_text, compare, pair
from evals.metrics import METRICS
from evals.run import Result
from tests.evals.made import absent, fact, result, run_of


def runs_of(*pairs: tuple[int, int]) -> tuple[list[Result], list[Result]]:
    """Return results of two runs over the same answerable cases, with these worths."""
    cases = [fact(f"case-{number:02d}") for number in range(len(pairs))]
    return (
        [result(c, a) for c, (a, _) in zip(cases, pairs, strict=True)],
        [result(c, b) for c, (_, b) in zip(cases, pairs, strict=True)],
    )


def test_a_change_is_the_mean_of_the_differences_of_the_cases() -> None:
    before, after = runs_of((1, 1), (1, 0), (0, 1), (-1, 1), (0, 0))
    found = compare(run_of(before), run_of(after))
    (truth, abstained) = found.changes
    assert (truth.metric, truth.cases) == ("truthfulness", 5)
    assert (truth.before, truth.after) == (pytest.approx(0.2), pytest.approx(0.6))
    assert truth.difference.value == pytest.approx((0 - 1 + 1 + 2 + 0) / 5)
    assert truth.difference.low < truth.difference.value < truth.difference.high
    assert (abstained.metric, abstained.difference.value, abstained.difference.p) == ("abstained", 0, 1)


def test_a_measure_is_compared_over_the_cases_for_which_it_makes_sense_in_both() -> None:
    cases = [fact("a"), fact("b"), fact("c"), absent("d")]
    before = [result(c, 1, values=v) for c, v in zip(cases, ({"nuggets": 0.5}, {"nuggets": 1.0}, {}, {}), strict=True)]
    after = [result(c, 1, values=v) for c, v in zip(cases, ({"nuggets": 1.0}, {}, {"nuggets": 0.0}, {}), strict=True)]
    nuggets = next(c for c in compare(run_of(before), run_of(after)).changes if c.metric == "nuggets")
    assert (nuggets.cases, nuggets.before, nuggets.after, nuggets.difference.value) == (1, 0.5, 1.0, 0.5)


def test_p_is_corrected_for_the_number_of_measures() -> None:
    # Ten cases better by 1: of 1024 signs two give as large a mean, p = 2/1024. The other measure does not change, p = 1.
    before, after = runs_of(*[(0, 1)] * 10)
    found = {c.metric: c for c in compare(run_of(before), run_of(after)).changes}
    truth = found["truthfulness"]
    assert truth.difference.p == pytest.approx(2 / 1024)
    assert (truth.difference.low, truth.difference.high) == (1.0, 1.0)
    assert truth.p == pytest.approx(2 * 2 / 1024)
    assert truth.significant
    assert (found["abstained"].p, found["abstained"].significant) == (1.0, False)


def test_a_change_that_is_likely_luck_is_not_significant_once_corrected() -> None:
    before, after = runs_of(*[(0, 1)] * 6)  # p = 2/64 alone, twice that with two measures
    truth = compare(run_of(before), run_of(after)).changes[0]
    assert (truth.difference.p, truth.p) == (pytest.approx(2 / 64), pytest.approx(4 / 64))
    assert not truth.significant


def test_right_and_not_right_are_counted_and_tested() -> None:
    found = compare(*(run_of(r) for r in runs_of((1, 1), (1, 0), (0, 1), (-1, 1), (0, 1), (-1, 0), (1, 1))))
    assert (found.lost, found.won) == (1, 3)
    assert found.p_right == pytest.approx(2 * (1 + 4) / 16)  # exact, two-sided, of 4 that changed
    assert compare(*(run_of(r) for r in runs_of((0, 0)))).p_right == 1.0


def test_the_cases_whose_worth_changed_are_given_with_both_results() -> None:
    before, after = runs_of((1, 1), (1, 0), (-1, 1), (0, -1))
    found = compare(run_of(before), run_of(after))
    assert [(f.before, f.after) for f in found.flips] == list(zip(before[1:], after[1:], strict=True))
    assert [f.better for f in found.flips] == [False, True, False]


def test_a_run_compared_with_itself_has_not_changed() -> None:
    before, _ = runs_of((1, 0), (0, 1), (-1, 1))
    found = compare(run_of(before), run_of(before))
    assert (found.flips, found.lost, found.won, found.settings, found.notes) == ((), 0, 0, (), ())
    assert all(c.difference.value == 0 and not c.significant for c in found.changes)
    assert "The settings and texts are the same." in as_text(found)


# What may be compared


def test_only_the_cases_that_both_asked_are_compared_and_that_is_said() -> None:
    one, two, three = fact("one"), fact("two"), fact("three")
    before = run_of([result(one, 1), result(two, 1)])
    after = run_of([result(two, 0), result(three, 1)])
    found = compare(before, after)
    assert found.cases == 1
    assert found.notes == ("The runs asked different cases (2 and 2); compared are the 1 that are the same in both.",)


def test_a_case_that_was_changed_is_another_but_for_its_note() -> None:
    case = fact("one")
    before = run_of([result(case, 1), result(fact("two"), 1)])
    asked_otherwise = run_of([result(replace(case, question="Else?"), 1), result(fact("two"), 1)])
    assert [b.case.id for _, b in pair(before, asked_otherwise)] == ["two"]
    noted = run_of([result(replace(case, note="re-read"), 0), result(fact("two"), 1)])
    found = compare(before, noted)
    assert (found.cases, found.notes, len(found.flips)) == (2, (), 1)


def test_cases_are_paired_whatever_their_order() -> None:
    before, after = runs_of((1, 1), (0, -1), (-1, 1))
    forth, back = compare(run_of(before), run_of(after)), compare(run_of(before), run_of(after[::-1]))
    assert [c.difference.value for c in forth.changes] == [c.difference.value for c in back.changes]
    assert (forth.lost, forth.won, forth.cases) == (back.lost, back.won, back.cases) == (0, 1, 3)


def test_an_interrupted_run_is_noted() -> None:
    before, after = runs_of((1, 1), (1, 0), (0, 1))
    begun = run_of(after[:2], "begun", complete=False, cases=3, cases_hash=run_of(before).about.cases_hash)
    found = compare(run_of(before), begun)
    assert found.notes == ("The run begun was interrupted: 2 of 3 cases.",)


def test_runs_without_a_case_in_common_are_refused() -> None:
    with pytest.raises(EvalError, match="The runs 'A' and 'B' have no case in common; compare others"):
        compare(run_of([result(fact("one"), 1)], "A"), run_of([result(fact("two"), 1)], "B"))
    with pytest.raises(EvalError, match="no case in common"):
        compare(run_of([], "A"), run_of([], "B"))


def test_what_differs_in_settings_texts_and_calibration_is_said() -> None:
    before, after = runs_of((1, 1))
    changed = run_of(
        after, "B", settings={"k": 3, "min_confidence": None, "new": 1}, corpus_revision="texts-2", fingerprint="def",
        calibration="c1", threshold=0.4,
    )  # fmt: skip
    assert compare(run_of(before), changed).settings == (
        ("k", 12, 3),
        ("corpus revision", "texts-1", "texts-2"),
        ("calibration", "", "c1"),
        ("threshold", 0.0, 0.4),
        ("fingerprint", "abc", "def"),
        ("new", None, 1),
    )


# In a terminal


def test_the_text_says_what_changed_and_shows_both_answers_to_what_flipped() -> None:
    cases = [*(fact(f"case-{number}") for number in range(10)), fact("lost"), absent("bluffed"), fact("crashed")]
    before = [result(c, 0, values={"nuggets": 0.5}) for c in cases[:10]] + [
        result(cases[10], 1, text="16 July\n 2001", values={"nuggets": 1.0}), result(cases[11], 1, abstained=True),
        result(cases[12], 1, text="all's well", values={"nuggets": 1.0}),
    ]  # fmt: skip
    after = [result(c, 1, values={"nuggets": 1.0}) for c in cases[:10]] + [
        result(cases[10], 0, text="in summer", values={"nuggets": 0.0}), result(cases[11], -1, text="Ten."),
        result(cases[12], -1, error="RuntimeError: no model", values={"nuggets": 0.0}),
    ]  # fmt: skip
    lines = as_text(
        compare(run_of(before, "A1"), run_of(after, "B1", settings={"k": 3, "min_confidence": None}))
    ).splitlines()
    assert lines[:5] == ["A A1", "B B1", "13 cases in both", "", "k: 12 → 3"]
    rows = {line[:20].strip(): line[20:].split() for line in lines if line[:20].strip() in PRIMARY}
    assert list(rows) == ["truthfulness", "nuggets", "abstained"]
    assert rows["truthfulness"][:3] == ["+0.231", "+0.615", "+0.385"]  # 3 / 13, (10 − 2) / 13
    assert rows["nuggets"][:3] == ["0.583", "0.833", "+0.250"]
    assert rows["abstained"][:3] == ["0.077", "0.000", "-0.077"]
    assert "Right before and not after: 3; after and not before: 10; McNemar p 0.092" in lines
    start = lines.index("lost 'Question lost?': +1 → +0 (worse)")
    assert lines[start:] == [
        "lost 'Question lost?': +1 → +0 (worse)", "    A: 16 July 2001", "    B: in summer",
        "bluffed 'Question bluffed?': +1 → -1 (worse)", "    A: (declined)", "    B: Ten.",
        "crashed 'Question crashed?': +1 → -1 (worse)", "    A: all's well", "    B: RuntimeError: no model",
    ]  # fmt: skip
    assert "case-0 'Question case-0?': +0 → +1 (better)" in lines


def test_a_significant_change_is_marked() -> None:
    before, after = runs_of(*[(0, 1)] * 10)
    lines = as_text(compare(run_of(before), run_of(after))).splitlines()
    marked = [line.split()[0] for line in lines if line.endswith("  *")]
    assert marked == ["truthfulness"]
    assert any(line.startswith("* by more than luck: p < 0.05 after Holm's correction") for line in lines)


def test_as_many_flips_as_asked_for_are_shown() -> None:
    found = compare(*(run_of(r) for r in runs_of(*[(0, 1)] * 25)))
    shown = as_text(found, limit=20)
    assert shown.count("(better)") == 20
    assert shown.splitlines()[-1] == "… and 5 more that changed; --all shows every one"
    assert as_text(found).count("(better)") == 25
    assert "more that changed" not in as_text(found, limit=25)


def test_every_primary_measure_is_one() -> None:
    assert set(PRIMARY) <= set(METRICS)
