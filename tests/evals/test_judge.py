"""A chat model as a judge: what its verdicts are worth, and what they are worth together."""

from collections import Counter
from pathlib import Path

import pytest

from evals.cases import Nugget
from evals.judge_prompts import INSTRUCTIONS
from evals.judged import (
    Judged,
    JudgedCase,
    judged_figures,
)
from evals.replies import Reply
from tests.evals.judging import YEAR, Scripted, always, judge_all, reply, result, said


def test_faithfulness_is_the_mean_over_statements_and_repeats_with_the_spread_between_these(tmp_path: Path) -> None:
    verdicts = {"A": ("full", "full", "full"), "B": ("partial", "full", "full"), "C": ("none", "none", "full")}

    def script(system: str, content: str, time: int) -> str:
        if system != INSTRUCTIONS["support"]:
            return "full"
        return next(v[time] for name, v in verdicts.items() if f"<statement>\n{name}\n" in content)

    found = judge_all(Scripted(script=script), tmp_path, result(reply(said("A", "a"), said("B", "b"), said("C", "c"))))
    case = found.cases[0]
    # by repeat: (1 + .5 + 0) / 3, (1 + 1 + 0) / 3, (1 + 1 + 1) / 3
    assert case.values["faithfulness"] == pytest.approx((0.5, 2 / 3, 1.0))
    assert case.value("faithfulness") == pytest.approx(13 / 18)
    assert case.spread("faithfulness") == pytest.approx(0.5)
    # only "full" counts: 1 of 3, 2 of 3, 3 of 3
    assert case.values["judged citation recall"] == pytest.approx((1 / 3, 2 / 3, 1.0))
    assert case.values["judged citation precision"] == pytest.approx((1 / 3, 2 / 3, 1.0))


def test_citation_recall_and_precision_are_alces_with_the_judge_as_its_model(tmp_path: Path) -> None:
    supported = {("S1", "a b"), ("S1", "a"), ("S2", "c d"), ("S4", "e f"), ("S4", "f"), ("S4", "e")}

    def script(system: str, content: str, time: int) -> str:
        pair = tuple(content.split(f"<{tag}>\n")[1].split("\n</")[0] for tag in ("statement", "quotes"))
        return "full" if pair in supported else "partial"

    answer = reply(said("S1", "a", "b"), said("S2", "c", "d"), said("S3"), said("S4", "e", "f"))
    found = judge_all(
        Scripted(script=lambda s, c, t: script(s, c, t) if s == INSTRUCTIONS["support"] else "full"),
        tmp_path,
        result(answer),
        repeats=1,
    )
    values = {name: v[0] for name, v in found.cases[0].values.items()}
    assert values["judged citation recall"] == 3 / 4  # S3 cites nothing
    # S1: "a" supports it alone, "b" is idle; S2: each is needed by the other; S4: each supports it alone
    assert values["judged citation precision"] == 5 / 6
    assert values["faithfulness"] == 3 / 4
    asked = [o.about for o in found.cases[0].opinions if o.kind == "support"]
    # S1: both, a, b, and what is left without b (a: known); S2: both, c, d (what is left is known); S4: both, e, f
    assert Counter(asked) == {"S1": 3, "S2": 3, "S4": 3}


def test_relevance_and_nuggets_have_three_levels_and_only_vital_nuggets_are_asked_for(tmp_path: Path) -> None:
    def script(system: str, content: str, time: int) -> str:
        if system == INSTRUCTIONS["relevance"]:
            return "partial"
        return "partial" if "<patterns>\nMoscow\n</patterns>" in content else "full"

    nuggets = (YEAR, Nugget(id="place", any=("Moscow",)), Nugget(id="more", any=("25 articles",), vital=False))
    model = Scripted(script=script)
    found = judge_all(model, tmp_path, result(reply(said("In 2001.", "2001")), nuggets=nuggets), repeats=1)
    assert found.cases[0].values["relevance"] == (0.5,)
    assert found.cases[0].values["nugget support"] == (0.75,)
    assert [o.about for o in found.cases[0].opinions if o.kind == "nugget"] == ["year", "place"]


@pytest.mark.parametrize(
    ("answer", "answerable", "expected"),
    [
        (reply(abstained=True), True, {"nugget support": (0.0,)}),
        (None, True, {"nugget support": (0.0,)}),
        (reply(abstained=True), False, {}),
    ],
    ids=["abstained", "crashed", "rightly abstained"],
)
def test_silence_states_no_nugget_and_is_not_put_to_the_model(
    answer: Reply | None, answerable: bool, expected: dict[str, tuple[float, ...]], tmp_path: Path
) -> None:
    model = always("full")
    found = judge_all(model, tmp_path, result(answer, answerable=answerable), repeats=1)
    assert (found.cases[0].values, model.seen) == (expected, [])


def test_an_answer_to_the_unanswerable_is_judged_by_its_quotes_and_relevance_alone(tmp_path: Path) -> None:
    found = judge_all(always("full"), tmp_path, result(reply(said("A", "a")), answerable=False), repeats=1)
    assert sorted(found.cases[0].values) == [
        "faithfulness",
        "judged citation precision",
        "judged citation recall",
        "relevance",
    ]


def test_no_results_are_no_cases(tmp_path: Path) -> None:
    figures = judged_figures(judge_all(always("full"), tmp_path))
    assert (figures["figures"], figures["calibrated"], figures["asked"]) == ({}, False, 0)


def test_the_spread_of_one_value_is_unknown(tmp_path: Path) -> None:
    found = judge_all(always("full"), tmp_path, result(reply(said("A", "a"))), repeats=1)
    assert judged_figures(found)["figures"]["faithfulness"]["spread"] is None


def test_figures_are_means_over_cases_with_the_mean_spread() -> None:
    cases = (
        JudgedCase(case_id="a", values={"relevance": (1.0, 0.5, 0.0)}),
        JudgedCase(case_id="b", values={"relevance": (1.0, 1.0, None)}),
        JudgedCase(case_id="c", values={"nugget support": (0.25,)}),
    )
    figures = judged_figures(Judged(model="m", prompts="p", repeats=3, cases=cases))["figures"]
    assert list(figures) == ["relevance", "nugget support"]
    assert (figures["relevance"]["value"], figures["relevance"]["spread"]) == (0.75, 0.5)  # (.5 + 1) / 2, (1 + 0) / 2
    assert (figures["relevance"]["cases"], figures["nugget support"]["cases"]) == (2, 1)
    assert (figures["relevance"]["low"], figures["relevance"]["high"]) == (0.5, 1.0)
