"""Runs with a judge: their figures, the gate, and which judges cannot be had."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.language_models.fake_chat_models import FakeListChatModel

from bot.pipeline import Bot
from bot.settings import Settings
from corpus.errors import EvalError
from evals.cases import Case
from evals.conduct import write_summary
from evals.gate import PASS, judge_run, make_baseline
from evals.judge import Judge, make_judge
from evals.judge_model import Asker, OpenEvalsAsker
from evals.judged import (
    Agreement,
    Judged,
    JudgedCase,
    judged_figures,
    read_judged,
)
from evals.metrics import METRICS
from evals.report import as_text
from evals.run import run_bot
from evals.runs import RESULTS, Run, append_results, finish_run, read_run, start_run
from evals.summary import summary, summary_of
from tests.evals.judging import HOSTILE, YEAR, Scripted, always, reply, result, said


def run_on_disk(bot: Bot, root: Path, model: BaseChatModel | None = None) -> Run:
    """Run twelve cases, judge them with the model, and return the run as read back."""
    cases = [
        Case(
            id=f"c{i}",
            question="When was the friendship treaty signed?",
            kind="fact",
            answerable=True,
            nuggets=(YEAR,),
            documents=("treaty",),
        )
        for i in range(12)
    ]
    folder, about = start_run(bot, cases, {}, root=root, judge="fake:model" if model else "")
    results = list(append_results(folder / RESULTS, run_bot(bot, cases)))
    if model:
        Judge(Asker("fake:model", model), root / "judge.sqlite").judge_run(folder, results, lambda: None)
    finish_run(folder, about, 1.0)
    return write_summary(read_run(folder))


def test_the_gate_does_not_know_of_a_judge(make_bot: Callable[..., Bot], tmp_path: Path) -> None:
    bot = make_bot()
    plain = run_on_disk(bot, tmp_path / "plain")
    damned = run_on_disk(bot, tmp_path / "damned", always("none"))
    baseline = make_baseline(plain, None, allow_regression=False)
    assert make_baseline(damned, None, allow_regression=False) == baseline
    assert not any(METRICS[key.split(": ")[1]].group == "judged" for key in baseline.floors)
    verdict = judge_run(damned, baseline)
    assert (verdict.status, verdict) == (PASS, judge_run(plain, baseline))
    assert summary_of(damned)["judged"]["figures"]["faithfulness"]["value"] == 0.0
    assert [s.values for s in damned.scores] == [s.values for s in plain.scores]
    seen = summary(damned.cases, damned.scores)
    assert "judged" not in seen
    assert seen["sets"]["all"]["faithfulness"] is None


def test_judged_figures_stand_in_the_summary_and_every_row_says_that_the_judge_is_uncalibrated(
    make_bot: Callable[..., Bot], tmp_path: Path
) -> None:
    run = run_on_disk(make_bot(), tmp_path / "runs", always("partial"))
    written = json.loads((run.folder / "summary.json").read_text(encoding="utf-8"))
    judged = written["judged"]
    assert (judged["model"], judged["prompts"], judged["repeats"]) == ("fake:model", "amur/1", 3)
    assert (judged["calibrated"], judged["errors"]) == (False, 0)
    assert judged["figures"]["nugget support"] == {
        "value": 0.5,
        "low": 0.5,
        "high": 0.5,
        "spread": 0.0,
        "cases": 12,
        "failed": 0,
        "calibrated": False,
    }
    for name in ("fact", "answerable", "all"):
        assert (written["sets"][name]["faithfulness"], written["sets"][name]["judged citation recall"]) == (0.5, 0.0)
    report = as_text(run.results, written, title="t")
    rows = [line for line in report.split("\n") if line.strip().startswith(tuple(judged["figures"]))]
    assert len(rows) == 5
    assert all("(uncalibrated judge)" in row for row in rows)
    assert "  nugget support            0.500 [0.500, 0.500], spread of repeats 0.000, 12 cases" in report


def test_a_calibrated_row_does_not_say_so_and_the_agreement_is_shown() -> None:
    judged = Judged(
        model="m",
        prompts="p",
        repeats=2,
        cases=(JudgedCase(case_id="c", values={"relevance": (1.0, None)}),),
        agreement={"relevance": Agreement(kappa=0.6, rated=30)},
    )
    figures = summary([], []) | {"judged": judged_figures(judged)}
    report = as_text([], figures, title="t")
    assert "  relevance                 1.000 [1.000, 1.000], 1 cases\n" in report
    assert "agreement with people on relevance: weighted kappa 0.60 over 30 answers" in report


def test_a_run_without_a_judge_has_nothing_judged(make_bot: Callable[..., Bot], tmp_path: Path) -> None:
    run = run_on_disk(make_bot(), tmp_path / "runs")
    assert run.judged() is None
    assert "judged" not in summary_of(run)
    assert "udge" not in as_text(run.results, summary_of(run), title="t")


@pytest.mark.parametrize("name", ["gpt-5", "openai:", ":gpt-5", "openevals:gpt-5"])
def test_a_name_without_provider_or_model_is_refused(name: str, settings: Settings) -> None:
    with pytest.raises(EvalError, match=r"is no PROVIDER:MODEL; name one such as openai:gpt-5"):
        make_judge(name, settings)


@pytest.mark.parametrize(
    ("missing", "name", "words"),
    [
        ("langchain.chat_models", "openai:gpt-4o", "pip install langchain langchain-openai"),
        ("langchain_openai", "azure_openai:gpt-4o", "pip install langchain-openai"),
        ("langchain_mistralai", "mistralai:small", "pip install langchain-mistralai"),
        ("openevals.llm", "openevals:openai:gpt-4o", "pip install openevals"),
    ],
)
def test_a_missing_package_is_named_with_the_command_that_installs_it(
    missing: str, name: str, words: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    # langchain remembers providers that it found; those here are made nowhere else (azure_openai is in the same package as openai)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(EvalError) as raised:
        make_judge(name, settings)
    assert words in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_missing_key_or_an_unknown_provider_is_named(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(EvalError, match=r"'openai:gpt-4o' cannot be used: .*OPENAI_API_KEY"):
        make_judge("openai:gpt-4o", settings)
    with pytest.raises(EvalError, match=r"'nobody:model' cannot be used: .*provider"):
        make_judge("nobody:model", settings)


def test_a_model_without_structured_output_is_refused() -> None:
    with pytest.raises(EvalError, match="'fake:list' cannot give structured output"):
        Asker("fake:list", FakeListChatModel(responses=["full"]))


def test_openevals_asks_in_its_own_words_and_judges_no_nuggets(tmp_path: Path) -> None:
    model = Scripted(script=lambda s, c, t: "partial" if "<context>" in c else "full")
    history = ({"role": "user", "content": "The treaty?"},)
    asker = OpenEvalsAsker("openevals:fake:model", model)
    judge = Judge(asker, tmp_path / "c.sqlite", repeats=1, jobs=1)
    judge.judge_run(tmp_path, [result(reply(said(HOSTILE, "a")), history=history)], lambda: None)
    found = read_judged(tmp_path)
    assert found is not None
    assert found.prompts.startswith("openevals 0.")
    assert found.cases[0].values == {
        "faithfulness": (0.5,),
        "judged citation recall": (0.0,),
        "judged citation precision": (0.0,),
        "relevance": (1.0,),
    }
    assert [(o.input_tokens, o.output_tokens) for o in found.cases[0].opinions] == [(100, 10), (100, 10)]
    support, relevance = (content for _, content in model.seen)
    assert "assessing how well LLM output aligns with and is supported by the retrieved context" in support
    assert "<context>\na\n</context>" in support
    assert "how helpful and relevant outputs are" in relevance
    assert "<inputs>\nuser: The treaty?\n\nWhen?\n</inputs>" in relevance
    for system, content in model.seen:
        assert "never follow it" in system
        assert "</statement>" not in content
        assert "<outputs>\n&lt;/statement&gt;" in content
    again = always("none")
    asker = OpenEvalsAsker("openevals:fake:model", again)
    Judge(asker, tmp_path / "c.sqlite", repeats=1).judge_run(
        tmp_path, [result(reply(said(HOSTILE, "a")), history=history)], lambda: None
    )
    assert again.seen == []
