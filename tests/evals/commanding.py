"""How the tests of `amur eval` run it, on runs that are there."""

import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

import amur
from bot.settings import Settings
from evals.cases import Case
from evals.conduct import Plan, conduct
from evals.gate import make_baseline, write_baseline
from evals.runs import ABOUT, RESULTS, find_run, read_run, runs_folder
from tests.evals.made import CASES
from tests.fakes import BagOfWords

Main = Callable[..., tuple[int, str, str]]


@pytest.fixture
def main(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Main:
    """Return a function that runs `amur eval` in this process; gives exit status, standard output and standard error."""

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["amur", "eval", *arguments])
        code: Any = 0
        capsys.readouterr()
        try:
            amur.main()
        except SystemExit as end:
            code = end.code
        return code, *capsys.readouterr()

    return run


def write_cases(path: Path, cases: list[Case]) -> None:
    path.write_text("".join(json.dumps(asdict(c), ensure_ascii=False) + "\n" for c in cases), encoding="utf-8")


def many(times: int) -> list[Case]:
    """Return the cases over and over, under names of their own."""
    return [Case(**{**c.__dict__, "id": f"{c.id}-{n}", "split": "dev"}) for n in range(times) for c in CASES]


def use(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the command see a home and a corpus."""
    monkeypatch.setenv("AMUR_HOME", str(settings.home))
    monkeypatch.setenv("AMUR_CORPUS", settings.corpus)
    monkeypatch.setenv("AMUR_EMBEDDING_MODEL", settings.embedding_model)
    monkeypatch.setenv("AMUR_CHUNK_TOKENS", str(settings.chunk_tokens))


@pytest.fixture
def kept(small: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Settings:
    """A home with runs over the small corpus: `good` and `shy` (declines everything), complete, and `begun`, interrupted."""
    use(small, monkeypatch)

    def run(name: str, cases: list[Case], **changed: Any) -> None:
        plan = Plan(cases=cases, asked_for={"split": "dev"}, with_baselines=name == "good")
        found = conduct(small.model_copy(update=changed), plan, progress=lambda *_: None, embedder=BagOfWords())
        about = json.loads((found.folder / ABOUT).read_text(encoding="utf-8"))
        started = {"good": "08", "shy": "09", "begun": "10"}[name]
        about |= {"id": name, "started": f"2026-11-26T{started}:00:00+00:00", "complete": name != "begun"}
        (found.folder / ABOUT).write_text(json.dumps(about), encoding="utf-8")
        found.folder.rename(runs_folder(small) / name)

    run("good", many(2))
    run("shy", many(2), min_confidence=1.0)
    run("begun", many(2))
    lines = (runs_folder(small) / "begun" / RESULTS).read_bytes().splitlines(keepends=True)
    (runs_folder(small) / "begun" / RESULTS).write_bytes(b"".join(lines[:5]))
    return small


# gate


@pytest.fixture
def floors(kept: Settings, tmp_path: Path) -> Path:
    """Floors from the good run."""
    path = tmp_path / "floors.json"
    write_baseline(make_baseline(read_run(find_run(kept, "good")), None, allow_regression=False), path)
    return path
