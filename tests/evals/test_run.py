"""A run over cases: every case gives a result in order, also one on which the system breaks."""

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from bot.pipeline import Bot
from bot.settings import Settings
from evals.cases import Case
from evals.gold import Gold
from evals.replies import Reply
from evals.run import run_bot, run_cases
from tests.evals.made import CASES, MISSILES, PERU, SIGNED, TRADE, Breaks, absent, broken, fact

ABSTAINS = Reply(text="", abstained=True, confidence=0.2)


def says(text: str) -> Callable[[Case], Reply]:
    return lambda case: Reply(text=text, abstained=False, confidence=0.7)


def test_a_bot_that_raises_gives_an_error_that_counts_as_wrong_and_the_run_goes_on(small: Settings) -> None:
    bot = Bot(small, embedder=Breaks())
    cases = [SIGNED, broken(SIGNED), broken(PERU), TRADE]
    results = list(run_bot(bot, cases))
    assert [r.case for r in results] == cases
    assert [r.score.case_id for r in results] == ["signed", "signed-broken", "peru-broken", "trade"]
    assert [r.score.error for r in results] == [
        None,
        "RuntimeError: the model broke",
        "RuntimeError: the model broke",
        None,
    ]
    assert [r.reply is None for r in results] == [False, True, True, False]
    assert [r.score.truthfulness for r in results] == [1, -1, -1, 1]
    assert [r.score.failure for r in results] == ["", "error", "error", ""]
    values = results[1].score.values
    assert [values[n] for n in ("truthfulness", "abstained", "nuggets", "full", "right document")] == [-1, 0, 0, 0, 0]
    assert (results[2].score.values["truthfulness"], results[2].score.values["abstained"]) == (-1, 0)


def test_a_system_that_breaks_when_it_is_made_to_answer_is_an_error_too(gold: Gold) -> None:
    def breaks(case: Case) -> Reply:
        raise ValueError("no answer at all")

    (result,) = run_cases(lambda case: ABSTAINS, [PERU], gold, withheld=breaks)
    assert (result.score.truthfulness, result.score.error) == (-1, "ValueError: no answer at all")


def test_only_errors_are_results_and_an_interruption_ends_the_run(gold: Gold) -> None:
    def interrupted(case: Case) -> Reply:
        raise KeyboardInterrupt

    for jobs in (1, 4):
        with pytest.raises(KeyboardInterrupt):
            list(run_cases(interrupted, CASES, gold, jobs=jobs))


def test_a_run_scores_what_bot_answer_says(bot: Bot) -> None:
    for result in run_bot(bot, CASES):
        said = bot.answer(result.case.question)
        assert result.reply is not None
        assert result.reply.answer is not None
        assert (result.reply.answer.answer, result.reply.answer.citations) == (said.answer, said.citations)
        assert result.score.confidence == said.confidence
        assert result.score.abstained == said.abstained
        assert result.score.truthfulness == 1


def test_what_an_abstention_withheld_is_judged(gold: Gold) -> None:
    yes, no = says("yes"), says("no")
    declines: Callable[[Case], Reply] = lambda case: ABSTAINS  # noqa: E731

    def right(system: Callable[[Case], Reply], case: Case, withheld: Callable[[Case], Reply] | None) -> bool | None:
        (result,) = run_cases(system, [case], gold, withheld=withheld)
        return result.score.right

    assert right(declines, fact(), yes) is True
    assert right(declines, fact(), no) is False
    assert right(declines, absent(), yes) is False
    assert right(declines, fact(), declines) is None
    assert right(declines, fact(), None) is None
    assert right(yes, fact(), no) is True  # nothing was withheld


def test_the_worth_of_an_abstention_is_that_of_declining(gold: Gold) -> None:
    cases = [fact(), absent()]
    results = list(run_cases(lambda case: ABSTAINS, cases, gold, withheld=says("yes")))
    assert [(r.score.truthfulness, r.score.abstained, r.score.confidence) for r in results] == [
        (0, True, 0.2),
        (1, True, 0.2),
    ]
    assert [r.reply for r in results] == [ABSTAINS, ABSTAINS]


def test_the_bot_is_asked_again_for_what_it_declines(small_bot: Callable[..., Bot]) -> None:
    strict = small_bot(min_confidence=1.0)
    results = {
        r.case.id: r.score for r in run_bot(strict, [SIGNED, MISSILES, replace(SIGNED, id="empty", question="?")])
    }
    assert [s.abstained for s in results.values()] == [True, True, True]
    assert (results["signed"].right, results["signed"].truthfulness) == (True, 0)
    assert (results["missiles"].right, results["missiles"].truthfulness) == (False, 1)
    assert results["empty"].right is None  # there was nothing to search for


def test_order_is_kept_when_cases_are_asked_side_by_side(gold: Gold) -> None:
    cases = [fact(f"case-{number}") for number in range(12)]
    together = threading.Barrier(4, timeout=300)
    told: list[int] = []

    def slow_first(case: Case) -> Reply:
        together.wait()  # would wait in vain if fewer than four were asked at a time
        time.sleep(0.05 if int(case.id.split("-")[1]) % 4 == 0 else 0)
        return Reply(text=case.id, abstained=False, confidence=1.0)

    results = list(run_cases(slow_first, cases, gold, jobs=4, done=lambda: told.append(1)))
    assert [r.case for r in results] == cases
    assert [r.reply.text for r in results if r.reply] == [c.id for c in cases]
    assert len(told) == 12


def test_four_at_a_time_say_what_one_at_a_time_says(bot: Bot) -> None:
    def comparable(jobs: int) -> list[dict[str, Any]]:
        return [{**r.score.__dict__, "seconds": 0} for r in run_bot(bot, CASES * 3, jobs=jobs)]

    assert comparable(4) == comparable(1)


def test_each_finished_case_is_told_also_a_broken_one(small: Settings) -> None:
    told: list[str] = []
    results = list(run_bot(Bot(small, embedder=Breaks()), [broken(SIGNED), SIGNED], done=lambda: told.append("done")))
    assert (len(results), told) == (2, ["done", "done"])


def test_no_cases_are_no_results(bot: Bot) -> None:
    assert list(run_bot(bot, [])) == []
