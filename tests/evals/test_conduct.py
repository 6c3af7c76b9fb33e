"""A run from start to end: everything is written down, and a run that was interrupted ends as one that was not."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import amur
from bot.settings import Settings
from corpus.errors import EvalError, StoreMissing
from evals.cases import Case
from evals.conduct import Plan, conduct
from evals.run import Result
from evals.runs import RESULTS, SUMMARY, find_run, list_runs, read_results, read_run, runs_folder
from evals.summary import summary
from tests.evals.made import CASES, EXTENDED, MISSILES, PERU, SHOTS, SIGNED, TRADE, Breaks
from tests.fakes import BagOfWords

UNSEARCHED = replace(SIGNED, id="in Russian", question="Когда был подписан договор о дружбе?", language="ru")


@dataclass
class Told:
    """What was said of the progress."""

    steps: list[tuple[str, int, int]] = field(default_factory=list)

    def __call__(self, what: str, done: int, total: int) -> None:
        self.steps.append((what, done, total))

    def count(self, what: str) -> int:
        return sum(step[0] == what for step in self.steps)


class Killed(BagOfWords):
    """An embedder under which the process is interrupted at one question; notes what it was asked."""

    def __init__(self, at: str = "") -> None:
        super().__init__()
        self.at = at
        self.asked: list[str] = []

    def embed_query(self, text: str) -> Any:
        if text == self.at:
            raise KeyboardInterrupt
        self.asked.append(text)
        return super().embed_query(text)


def run(settings: Settings, cases: list[Case] = CASES, embedder: BagOfWords | None = None, **plan: Any) -> Any:
    plan.setdefault("with_baselines", False)
    return conduct(settings, Plan(cases=cases, **plan), progress=Told(), embedder=embedder or BagOfWords())


def timeless(results: Iterator[Result] | tuple[Result, ...]) -> list[Result]:
    """Return results without how long anything took."""
    found = []
    for r in results:
        answer = replace(r.reply.answer, seconds={}) if r.reply and r.reply.answer else None
        reply = replace(r.reply, seconds=0.0, answer=answer) if r.reply else None
        found.append(replace(r, reply=reply, score=replace(r.score, seconds=0.0)))
    return found


def read_json(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def without_times(figures: Any) -> Any:
    if isinstance(figures, dict):
        return {k: without_times(v) for k, v in figures.items() if not k.startswith("seconds")}
    return [without_times(v) for v in figures] if isinstance(figures, list) else figures


def test_a_run_writes_everything_down(small: Settings) -> None:
    told = Told()
    plan = Plan(cases=CASES, asked_for={"split": None}, with_baselines=True)
    found = conduct(small, plan, progress=told, embedder=BagOfWords())
    assert found.folder.parent == runs_folder(small)
    assert sorted(p.name for p in found.folder.iterdir()) == [
        "baselines.jsonl", "documents.qrels", "documents.run", "passages.qrels", "passages.run", "results.jsonl", "run.json",
        "summary.json",
    ]  # fmt: skip
    assert found == read_run(found.folder)
    assert found.cases == CASES
    assert (found.about.complete, found.about.cases) == (True, 6)
    assert [s.truthfulness for s in found.scores] == [1] * 6
    assert {name: sum(s.truthfulness for s in scores) for name, scores in found.baselines.items()} == {
        "constant reply": 2, "always abstains": 2, "lead-3 of the top document": 1, "first passage verbatim": 2, "BM25 only": 4,
        "MiniLM only": 2, "LangChain + Chroma top-4": 2, "oracle": 6,
    }  # fmt: skip
    assert [[s.case_id for s in scores] for scores in found.baselines.values()] == [[c.id for c in CASES]] * 8
    assert read_json(found.folder / SUMMARY) == json.loads(
        json.dumps(summary(found.cases, found.scores, found.baselines))
    )
    assert told.steps[:6] == [("Answering", number, 6) for number in range(1, 7)]
    assert told.steps[-1] == ("Simple systems, to compare", 48, 48)


def test_a_run_without_the_simple_systems_has_none(small: Settings) -> None:
    found = run(small)
    assert found.baselines == {}
    assert read_json(found.folder / SUMMARY)["systems"] == {}


def test_two_runs_of_the_same_are_equal_but_for_their_seconds(small: Settings) -> None:
    one, other = run(small), run(small, jobs=4)
    assert one.folder != other.folder
    assert timeless(one.results) == timeless(other.results)
    assert without_times(read_json(one.folder / SUMMARY)) == without_times(read_json(other.folder / SUMMARY))


def test_a_case_on_which_the_bot_breaks_is_in_the_run(small: Settings) -> None:
    cases = [SIGNED, replace(EXTENDED, question="When will it break?")]
    found = run(small, cases, Breaks())
    assert [s.error for s in found.scores] == [None, "RuntimeError: the model broke"]
    assert (found.about.complete, found.results[1].reply) == (True, None)
    assert read_json(found.folder / SUMMARY)["sets"]["all"]["errors"] == 1


# Interrupted and gone on with


def test_an_interrupted_run_goes_on_with_the_rest_and_ends_as_one_that_was_not_interrupted(small: Settings) -> None:
    whole = run(small, with_baselines=True)
    with pytest.raises(KeyboardInterrupt):
        run(small, embedder=Killed(at=SHOTS.question), with_baselines=True)
    begun = next(about for about in list_runs(small) if not about.complete)
    folder = runs_folder(small) / begun.id
    assert [r.case for r in read_results(folder / RESULTS)] == CASES[:2]
    assert not (folder / SUMMARY).exists()
    assert find_run(small, "latest") == whole.folder
    embedder = Killed()
    resumed = run(small, embedder=embedder, with_baselines=True, resume=True)
    assert resumed.folder == folder
    assert timeless(resumed.results) == timeless(whole.results)
    assert resumed.about.complete
    assert resumed.about.cases_hash == whole.about.cases_hash
    for name in (SUMMARY, "passages.run", "documents.run", "passages.qrels", "documents.qrels"):
        one, other = (read_text(r.folder / name) for r in (whole, resumed))
        assert one == other, name
    with pytest.raises(EvalError, match="There is no interrupted run"):
        run(small, resume=True)


def read_text(path: Path) -> Any:
    return without_times(read_json(path)) if path.suffix == ".json" else path.read_text(encoding="utf-8")


def test_only_the_rest_is_asked(small: Settings) -> None:
    with pytest.raises(KeyboardInterrupt):
        run(small, embedder=Killed(at=SHOTS.question))
    embedder = Killed()
    run(small, embedder=embedder, resume=True)
    # The two declined ones are asked a second time, of a bot that never declines; what else is asked are its own offers.
    assert [q for q in embedder.asked if q in {c.question for c in CASES}] == [
        SHOTS.question, TRADE.question, PERU.question, PERU.question, MISSILES.question, MISSILES.question,
    ]  # fmt: skip


def test_a_line_that_was_cut_off_is_asked_again(small: Settings) -> None:
    with pytest.raises(KeyboardInterrupt):
        run(small, embedder=Killed(at=TRADE.question))
    path = runs_folder(small) / list_runs(small)[0].id / RESULTS
    path.write_bytes(path.read_bytes()[:-10])
    embedder = Killed()
    resumed = run(small, embedder=embedder, resume=True)
    assert embedder.asked[0] == SHOTS.question
    assert resumed.cases == CASES
    assert len(path.read_bytes().splitlines()) == 6


def test_a_run_that_lacks_its_simple_systems_only_asks_the_bot_nothing(
    small: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    class NoEmbedding(BagOfWords):
        def embed_documents(self, texts: object) -> Any:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(small, embedder=NoEmbedding(), with_baselines=True)
    told = Told()
    plan = Plan(cases=CASES, resume=True)
    found = conduct(small, plan, progress=told, embedder=BagOfWords())
    assert told.count("Answering") == 0
    assert len(found.baselines) == 8
    assert [s.truthfulness for s in found.scores] == [1] * 6


@pytest.mark.parametrize(
    ("cases", "changed"),
    [
        (CASES[:5], {}),
        ([*CASES[:5], replace(MISSILES, question="How many S-600 systems has China bought?")], {}),
        (CASES, {"k": 3}),
        (CASES, {"min_confidence": 0.4}),
    ],
    ids=["fewer cases", "another question", "another k", "another threshold"],
)
def test_an_interrupted_run_of_other_cases_or_settings_is_not_gone_on_with(
    small: Settings, cases: list[Case], changed: dict[str, Any]
) -> None:
    with pytest.raises(KeyboardInterrupt):
        run(small, embedder=Killed(at=SHOTS.question))
    with pytest.raises(
        EvalError, match="There is no interrupted run of these cases with these settings; leave --resume out"
    ):
        run(small.model_copy(update=changed), cases, resume=True)
    assert [about.complete for about in list_runs(small)] == [False]


def test_the_order_of_cases_and_their_notes_do_not_make_it_another_run(small: Settings) -> None:
    with pytest.raises(KeyboardInterrupt):
        run(small, embedder=Killed(at=SHOTS.question))
    again = [replace(c, note="re-read") for c in reversed(CASES)]
    assert len(run(small, again, resume=True).results) == 6


def test_without_an_index_there_is_no_run(small: Settings, tmp_path: Path) -> None:
    with pytest.raises(StoreMissing, match="run: amur index build"):
        run(small.model_copy(update={"home": tmp_path / "empty"}))
    assert not (tmp_path / "empty" / "runs").exists()


# TREC files


@pytest.mark.parametrize("level", ["passage", "document"])
def test_trec_files_give_the_figures_of_the_summary(small: Settings, level: str) -> None:
    cases = [
        *CASES,
        UNSEARCHED,
        replace(SHOTS, id="two words\u2028or three"),
        replace(SIGNED, id="lost", documents=("essay",)),
    ]
    found = run(small.model_copy(update={"k": 2}), cases)
    figures = read_json(found.folder / SUMMARY)["sets"]["all"]
    arguments = [str(found.folder / f"{level}s.{suffix}") for suffix in ("run", "qrels")]
    said = CliRunner().invoke(amur.cli, ["eval", "retrieval", "--run", arguments[0], "--qrels", arguments[1]])
    assert said.exit_code == 0, said.output
    rows = {name: float(value) for name, value in (line.rsplit(maxsplit=1) for line in said.stdout.splitlines())}
    assert set(rows) == {"recall@5", "recall@10", "success@1", "success@5", "RR", "nDCG@10"}
    assert rows == {name: pytest.approx(figures[f"{level} {name}"], abs=5e-5) for name in rows}
    assert rows["success@1"] < 1  # the evidence that is looked for in the wrong document is not there


def test_trec_files_hold_every_ranking_and_what_is_relevant(small: Settings) -> None:
    found = run(small, [SIGNED, SHOTS, PERU, UNSEARCHED])
    lines = {name: (found.folder / name).read_text(encoding="utf-8").splitlines() for name in (
        "passages.run", "documents.run", "passages.qrels", "documents.qrels",
    )}  # fmt: skip
    assert len(lines["passages.run"]) == 15  # five passages for each of the three that were searched for
    assert [line.split()[:4] for line in lines["documents.run"][:3]] == [
        ["signed", "Q0", "treaty", "1"], ["signed", "Q0", "essay", "2"], ["signed", "Q0", "border", "3"],
    ]  # fmt: skip
    assert lines["documents.qrels"] == ["signed 0 treaty 1", "shots 0 border 1", "in%20Russian 0 treaty 1"]
    assert [line.rsplit(":", 1)[0] + " " + line.split()[-1] for line in lines["passages.qrels"]] == [
        "signed 0 treaty 1", "shots 0 border 2", "in%20Russian 0 treaty 1",
    ]  # fmt: skip
