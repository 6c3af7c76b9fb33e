"""What a judge is asked once and not again, side by side, and when it fails."""

from pathlib import Path

import pytest

from evals.judge import GIVE_UP, Judge
from evals.judge_model import Asker
from evals.judge_prompts import INSTRUCTIONS
from evals.judged import (
    JUDGED,
    judged_figures,
    read_judged,
)
from tests.evals.judging import Scripted, always, judge_all, reply, result, said


def test_a_second_run_asks_nothing_and_finds_the_same(tmp_path: Path) -> None:
    one = result(reply(said("A", "a"), said("B", "b")))
    first = judge_all(Scripted(script=lambda s, c, t: ("full", "none", "partial")[t]), tmp_path, one)
    again = always("none")
    second = judge_all(again, tmp_path, one)
    assert again.seen == []
    assert [c.values for c in second.cases] == [c.values for c in first.cases]
    before, after = judged_figures(first), judged_figures(second)
    # two statements, relevance and a nugget, three times
    assert (before["asked"], before["cached"], before["tokens"]) == (12, 0, {"input": 1200, "output": 120})
    assert (after["asked"], after["cached"], after["tokens"]) == (0, 12, {"input": 0, "output": 0})


def test_what_is_new_is_asked_and_only_that(tmp_path: Path) -> None:
    judge_all(always("full"), tmp_path, result(reply(said("A", "a"))))
    changed = always("full")
    judge_all(changed, tmp_path, result(reply(said("A", "a"), said("B", "b"))))
    # B; the answer as a whole changed, so relevance and the nugget; each three times
    assert len(changed.seen) == 9
    repeated = always("full")
    judge_all(repeated, tmp_path, result(reply(said("A", "a"))), repeats=4)
    assert len(repeated.seen) == 3
    other = always("full")
    folder, cache = tmp_path, tmp_path / "judge.sqlite"
    Judge(Asker("fake:other", other), cache, jobs=1).judge_run(folder, [result(reply(said("A", "a")))], lambda: None)
    assert len(other.seen) == 9


def test_judging_several_cases_at_a_time_keeps_their_order_and_tells_of_each(tmp_path: Path) -> None:
    told: list[str] = []
    results = [result(reply(said(f"S{i}", f"q{i}")), f"case-{i}") for i in range(40)]
    Judge(Asker("fake:model", always("full")), tmp_path / "c.sqlite").judge_run(
        tmp_path, results, lambda: told.append("")
    )
    found = read_judged(tmp_path)
    assert found is not None
    assert [c.case_id for c in found.cases] == [f"case-{i}" for i in range(40)]
    assert len(told) == 40
    assert all(c.values["faithfulness"] == (1.0, 1.0, 1.0) for c in found.cases)


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        (RuntimeError("the server is\ngone"), "RuntimeError: the server is gone"),
        ("<I would rather not.>", "EvalError: no verdict of the form asked for (the reply holds none)"),
        ("very full", "Input should be 'full', 'partial' or 'none'"),
    ],
    ids=["raises", "refuses", "other form"],
)
def test_an_error_is_counted_and_leaves_its_repeat_without_a_value(
    failure: str | Exception, words: str, tmp_path: Path
) -> None:
    def script(system: str, content: str, time: int) -> str | Exception:
        broken = system == INSTRUCTIONS["support"] and "<statement>\nB\n" in content and time == 1
        return failure if broken else "full"

    found = judge_all(Scripted(script=script), tmp_path, result(reply(said("A", "a"), said("B", "b"))))
    assert found.cases[0].values["faithfulness"] == (1.0, None, 1.0)
    assert found.cases[0].values["relevance"] == (1.0, 1.0, 1.0)
    assert found.cases[0].value("faithfulness") == 1.0
    figures = judged_figures(found)
    assert figures["errors"] == 1
    assert words in figures["first_error"]
    assert [o.error is None for o in found.cases[0].opinions if o.about == "B"] == [True, False, True]
    healed = always("none")
    assert judge_all(healed, tmp_path, result(reply(said("A", "a"), said("B", "b")))).cases[0].values[
        "faithfulness"
    ] == (1.0, 0.5, 1.0)
    assert len(healed.seen) == 1  # an error is not kept


def test_a_case_with_errors_only_has_no_value_and_does_not_lower_the_mean(tmp_path: Path) -> None:
    def script(system: str, content: str, time: int) -> str | Exception:
        return ValueError("no") if "BAD" in content else "full"

    found = judge_all(
        Scripted(script=script), tmp_path, result(reply(said("A", "a")), "good"), result(reply(said("BAD", "b")), "bad")
    )
    assert found.cases[1].values["faithfulness"] == (None, None, None)
    assert (found.cases[1].value("faithfulness"), found.cases[1].spread("faithfulness")) == (None, None)
    figure = judged_figures(found)["figures"]["faithfulness"]
    assert (figure["value"], figure["cases"], figure["failed"]) == (1.0, 1, 1)
    assert judged_figures(found)["errors"] == 9


def test_a_model_that_only_fails_is_not_asked_for_ever(tmp_path: Path) -> None:
    model = Scripted(script=lambda s, c, t: ConnectionError("refused"))
    results = [result(reply(said(f"S{i}", "q")), str(i)) for i in range(10)]
    figures = judged_figures(judge_all(model, tmp_path, *results))
    assert len(model.seen) == GIVE_UP == 20
    # three asked for a case and repeat; citation measures rest on the same verdict
    assert (figures["errors"], figures["asked"]) == (90, 90)
    assert figures["first_error"] == "ConnectionError: refused"
    assert figures["figures"]["faithfulness"]["value"] is None


def test_errors_with_verdicts_between_them_do_not_end_the_asking(tmp_path: Path) -> None:
    model = Scripted(script=lambda s, c, t: "full" if s == INSTRUCTIONS["support"] else TimeoutError("slow"))
    results = [result(reply(said(f"S{i}", "q")), str(i)) for i in range(10)]
    figures = judged_figures(judge_all(model, tmp_path, *results))
    assert (len(model.seen), figures["errors"]) == (90, 60)
    assert figures["figures"]["faithfulness"]["value"] == 1.0


def test_what_was_told_before_an_interruption_is_kept(tmp_path: Path) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    results = [result(reply(said(f"S{i}", "q")), str(i)) for i in range(30)]
    first, second = always("full"), always("full")
    with pytest.raises(KeyboardInterrupt):
        Judge(Asker("fake:model", first), tmp_path / "judge.sqlite", jobs=2).judge_run(tmp_path, results, interrupt)
    assert not (tmp_path / JUDGED).exists()
    judge_all(second, tmp_path, *results)
    assert 0 < len(first.seen) < 270
    assert len(first.seen) + len(second.seen) == 270
