"""Conduct a run from start to end: open the bot, ask every case that is not answered yet, measure, write everything down."""

import itertools
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from bot.pipeline import Bot
from bot.settings import Settings
from corpus.errors import EvalError
from corpus.files import write_whole
from evals.answers import Score
from evals.bots import Progress, open_bot
from evals.cases import Case, hash_of
from evals.gold import Gold
from evals.plain import open_plain
from evals.replies import documents_of
from evals.retrieval import write_qrels, write_run
from evals.run import Result, run_bot, run_cases
from evals.runs import (
    BASELINES,
    RESULTS,
    SUMMARY,
    About,
    Run,
    append_results,
    drop_torn_line,
    finish_run,
    read_about,
    read_results,
    read_run,
    runs_folder,
    start_run,
    unfinished,
    write_baselines,
)
from evals.summary import summary_of
from evals.systems import baselines
from index.embed import Embedder

if TYPE_CHECKING:
    from evals.judge import Judge


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a run is to do. `asked_for` are the options that chose the cases, kept with the run."""

    cases: Sequence[Case]
    asked_for: Mapping[str, Any] = field(default_factory=dict)  # Any: JSON values
    with_baselines: bool = True
    resume: bool = False
    jobs: int = 1
    judge: "Judge | None" = None


def conduct(settings: Settings, plan: Plan, *, progress: Progress, embedder: Embedder | None = None) -> Run:
    """Run the cases and return the run as it is on disk.

    Args:
        settings: what to answer with.
        plan: what to ask.
        progress: told how far the run is.
        embedder: used instead of the one the settings name.

    Raises:
        EvalError: there is nothing to resume.
        StoreMissing: there is no index yet.
    """
    # Every case is asked of the chat model, however many at a time.
    at_once = max(settings.chat_at_once, plan.jobs)
    bot = open_bot(settings.model_copy(update={"chat_at_once": at_once}), progress, embedder)
    gold = Gold(bot.store)
    folder, before = _folder(settings, bot, plan)
    started = perf_counter()
    answered = {r.case.id for r in before}
    left = [c for c in plan.cases if c.id not in answered]
    results = run_bot(bot, left, gold, jobs=plan.jobs, done=_counting(progress, "Answering", len(left)))
    after = list(append_results(folder / RESULTS, results))
    by_id = {r.case.id: r for r in [*before, *after]}
    ordered = [by_id[c.id] for c in plan.cases]
    write_rankings(folder, ordered, gold)
    if plan.judge is not None:
        plan.judge.judge_run(folder, ordered, _counting(progress, "Judging", len(ordered)))
    simple = _baselines(bot, gold, plan, progress) if plan.with_baselines else {}
    write_baselines(folder / BASELINES, simple)
    finish_run(folder, _judged_by(read_about(folder), plan), perf_counter() - started)
    return write_summary(read_run(folder))


def _counting(progress: Progress, what: str, total: int) -> Callable[[], object]:
    """Return a function that reports one more as done at each call."""
    count = itertools.count(1)
    return lambda: progress(what, next(count), total)


def write_summary(run: Run) -> Run:
    """Write `summary.json` of a run and return the run."""
    figures = summary_of(run)
    write_whole(run.folder / SUMMARY, json.dumps(figures, indent=1, ensure_ascii=False) + "\n")
    return run


def write_rankings(folder: Path, results: Sequence[Result], gold: Gold) -> None:
    """Write the rankings of passages and documents and what is relevant, in TREC's form.

    Cases on which the system broke are left out, as they are of the means of the summary.
    """
    ranked = [(r.case, r.reply.passages) for r in results if r.reply is not None]
    evidence = {case.id: gold.evidence(case) for case, _ in ranked}
    write_run(folder / "passages.run", {case.id: [(p.id, p.score) for p in found] for case, found in ranked})
    write_run(folder / "documents.run", {case.id: documents_of(found) for case, found in ranked})
    write_qrels(folder / "passages.qrels", {name: e.passages for name, e in evidence.items()})
    write_qrels(folder / "documents.qrels", {name: e.documents for name, e in evidence.items()})


def _folder(settings: Settings, bot: Bot, plan: Plan) -> tuple[Path, list[Result]]:
    """Return the folder to write to and the results that are there already."""
    if not plan.resume:
        judge = plan.judge.name if plan.judge else ""
        return start_run(bot, plan.cases, plan.asked_for, root=runs_folder(settings), judge=judge)[0], []
    folder = unfinished(settings, bot.fingerprint, hash_of(plan.cases))
    if folder is None:
        raise EvalError(
            "There is no interrupted run of these cases with these settings; leave --resume out to start one"
        )
    drop_torn_line(folder / RESULTS)
    return folder, read_results(folder / RESULTS)


def _judged_by(about: About, plan: Plan) -> About:
    """Return what was run with the judge of this sitting: a run may have been begun without one."""
    return replace(about, judge=plan.judge.name) if plan.judge else about


def _baselines(bot: Bot, gold: Gold, plan: Plan, progress: Progress) -> dict[str, tuple[Score, ...]]:
    found = {}
    systems = baselines(bot, gold, plan.cases, open_plain(bot, progress))
    done = _counting(progress, "Simple systems, to compare", len(systems) * len(plan.cases))
    for name, system in systems.items():
        found[name] = tuple(r.score for r in run_cases(system, plan.cases, gold, done=done))
    return found
