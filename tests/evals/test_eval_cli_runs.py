"""`amur eval run`, `try`, `gate` and `calibrate` with the packaged model."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import amur
from bot.calibration import calibration_file, read_calibration
from bot.settings import Settings
from evals.runs import RESULTS, find_run, list_runs, read_run, runs_folder
from index.build import build_index
from tests.commands import CONTRACT
from tests.evals.commanding import Main, floors, kept, main, many, use, write_cases
from tests.evals.made import CASES, SIGNED, TRADE, absent
from tests.small import write_corpus

__all__ = ["floors", "kept", "main"]  # fixtures


@pytest.fixture(scope="module")
def modelled(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The small corpus, indexed once with the packaged model."""
    folder = tmp_path_factory.mktemp("modelled")
    settings = Settings(home=folder / "home", corpus=str(write_corpus(folder / "corpus")))
    build_index(settings)
    return settings


@pytest.fixture
def real(modelled: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A copy of that home; the command sees it."""
    shutil.copytree(modelled.home, tmp_path / "home")
    settings = modelled.model_copy(update={"home": tmp_path / "home"})
    use(settings, monkeypatch)
    return settings


@pytest.mark.model
def test_run_prints_a_report_and_keeps_the_run(real: Settings, main: Main, tmp_path: Path) -> None:
    write_cases(tmp_path / "cases.jsonl", CASES)
    code, out, err = main("run", "--cases", "cases.jsonl")
    assert code == 0
    (about,) = list_runs(real)
    lines = out.splitlines()
    assert lines[0] == f"6 cases, fingerprint {about.fingerprint}, texts {about.corpus_revision}"
    assert re.search(r"^all +6 +\+1\.000 +1\.000 +1\.000 +1\.000 +1\.000 +0\.333 +1\.000 +1\.000 ", out, re.MULTILINE)
    assert re.search(r"^Amur +6 +\+1\.000 ", out, re.MULTILINE)
    assert re.search(r"^oracle +6 +\+1\.000 ", out, re.MULTILINE)
    assert re.search(r"^always abstains +6 +\+0\.333 ", out, re.MULTILINE)
    folder = runs_folder(real) / about.id
    assert re.search(rf"^run {about.id} in \d+ s; look at {re.escape(str(folder))}/report\.html$", err, re.MULTILINE)
    assert (folder / "report.html").is_file()
    assert about.asked_for == {"split": None, "kind": [], "limit": None, "cases": ["cases.jsonl"]}
    assert main("runs")[1].endswith("6 cases  " + f"{about.seconds:.0f} s  cases ['cases.jsonl']\n")


@pytest.mark.model
def test_run_prints_an_object_a_case_for_those_that_were_chosen(real: Settings, main: Main, tmp_path: Path) -> None:
    write_cases(tmp_path / "cases.jsonl", CASES)
    kinds = ("--kind", "fact", "--kind", "date", "--kind", "dispute")
    chosen = ("--split", "dev", *kinds, "--limit", "2")
    code, out, _ = main("run", "--cases", "cases.jsonl", "--json", "--no-baselines", *chosen)
    rows = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert [(row["score"]["case_id"], row["score"]["truthfulness"]) for row in rows] == [("signed", 1), ("shots", 1)]
    assert [list(row["answer"]) for row in rows] == [CONTRACT, CONTRACT]
    assert read_run(find_run(real, "latest")).baselines == {}


@pytest.mark.model
def test_run_with_other_chunks_leaves_the_index_as_it_is(real: Settings, main: Main, tmp_path: Path) -> None:
    write_cases(tmp_path / "cases.jsonl", [SIGNED, TRADE])
    (tmp_path / "small.toml").write_text("chunk_tokens = 32\nk = 4\n", encoding="utf-8")
    before = (real.home / "index" / "current").read_text(encoding="utf-8")
    code, _, _ = main("run", "--cases", "cases.jsonl", "--config", "small.toml", "--no-baselines")
    assert code == 0
    (about,) = list_runs(real)
    assert (about.settings["chunk_tokens"], about.settings["k"], about.index["chunk_tokens"]) == (32, 4, 32)
    assert (real.home / "index" / "current").read_text(encoding="utf-8") == before
    assert len(list((real.home / "evals").glob("index-*"))) == 1


@pytest.mark.model
def test_try_shows_every_stage_as_text_and_as_json(real: Settings, main: Main) -> None:
    code, out, _ = main("try", SIGNED.question, "--json", "-n", "2")
    found = json.loads(out)
    assert code == 0
    assert list(found) == [
        "question", "query", "language", "asked", "reply", "passages", "sentences", "features", "confidence", "decided_by",
        "threshold", "abstained", "answer", "problems", "seconds",
    ]  # fmt: skip
    assert (len(found["passages"]), len(found["sentences"])) == (2, 2)
    assert list(found["seconds"]) == ["rewrite", "retrieve", "answer", "cite", "total"]
    assert "16 July 2001" in found["answer"]
    text = main("try", SIGNED.question)[1]
    assert text.startswith(f"query      {SIGNED.question}\nlanguage   en\nasks for   kind: when")
    assert "16 July 2001" in text.splitlines()[-1]


@pytest.mark.model
def test_gate_makes_a_run_of_its_own_and_keeps_it_if_it_fails(
    real: Settings, main: Main, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_cases(tmp_path / "cases.jsonl", many(2))
    gate = ("gate", "--cases", "cases.jsonl", "--baseline", "floors.json")
    code, out, _ = main(*gate, "--update")
    assert (code, out) == (0, f"floors of {list_runs(real)[0].id} written to floors.json\n")
    before = len(list_runs(real))
    code, out, _ = main(*gate)
    assert (code, out.splitlines()[0].startswith("pass: ")) == (0, True)
    assert len(list_runs(real)) == before
    monkeypatch.setenv("AMUR_MIN_CONFIDENCE", "1")
    code, out, _ = main(*gate)
    assert (code, out.splitlines()[0]) == (1, "broken:")
    assert len(list_runs(real)) == before + 1


@pytest.mark.model
def test_calibrate_fits_and_writes_a_calibration_that_the_bot_then_uses(
    real: Settings, main: Main, tmp_path: Path
) -> None:
    write_cases(tmp_path / "cases.jsonl", [*many(9), absent("kept", question="Is it used?", split="test")])
    code, out, _ = main("calibrate", "--cases", "cases.jsonl", "--dry-run")
    assert code == 0
    assert not calibration_file(real).exists()
    lines = out.splitlines()
    assert lines[0] == "54 cases, 1 question that documents list"  # the one of test is left out
    assert lines[1].startswith("held-out figures of the fitted model beside those of the rule")
    assert lines[2].split() == ["fitted", "rule"]
    curve = next(n for n, line in enumerate(lines) if "at other thresholds" in line)
    figures = {line[:26].strip(): line[26:].split() for line in lines[3:curve]}
    at_other = {
        line[:26].strip(): line[26:].split() for line in lines[curve + 1 :] if not line.startswith((" ", "threshold 0"))
    }
    assert {len(row) for row in at_other.values()} == {8}
    assert at_other["right withheld"][0] == "0.000"
    assert figures["AUROC"][0] == "1.000"
    assert figures["false abstention listed"][0] == "0.000"
    code, again, err = main("calibrate", "--cases", "cases.jsonl")
    assert (code, again) == (0, out)
    assert f"written to {calibration_file(real)}\n" in err
    made = read_calibration(calibration_file(real))
    assert made.cases == 55
    assert f"threshold {made.threshold:.3f}; weights, the heaviest first:" in lines
    assert "by calibration, threshold" in main("try", SIGNED.question)[1]
    too_few = main("calibrate", "--cases", "cases.jsonl", "--limit", "48")
    assert "amur: 49 cases, in " in too_few[2]
    assert "Traceback" not in too_few[2]
    assert too_few[0] == 1
    assert read_calibration(calibration_file(real)) == made


PRESSED = """
import glob, os, runpy, signal, threading, time

# A shell starts what it runs beside itself deaf to Ctrl-C, and whatever that starts inherits it: the tests may be run so.
signal.signal(signal.SIGINT, signal.default_int_handler)


def press():
    while not any(os.path.getsize(path) for path in glob.glob(os.environ["WATCHED"])):
        time.sleep(0.001)
    os.kill(os.getpid(), signal.SIGINT)


threading.Thread(target=press, daemon=True).start()
runpy.run_module("amur", run_name="__main__", alter_sys=True)
"""
"""Runs Amur and presses Ctrl-C once something is answered: from within, or a busy machine might let it come too late."""


@pytest.mark.model
def test_a_run_that_is_interrupted_by_hand_is_gone_on_with(real: Settings, main: Main, tmp_path: Path) -> None:
    cases = many(20)
    write_cases(tmp_path / "cases.jsonl", cases)
    command = [sys.executable, "-c", PRESSED, "eval", "run", "--cases", "cases.jsonl", "--no-baselines"]
    environment = {**os.environ, "PYTHONPATH": str(Path(amur.__file__).parent)}
    environment["WATCHED"] = str(runs_folder(real) / "*" / RESULTS)
    done = subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", timeout=300)
    err = done.stderr
    assert (done.returncode, done.stdout) == (130, "")
    assert "Traceback" not in err
    assert err.splitlines()[-1] == (
        "interrupted; what was answered is kept: amur eval run --resume goes on with the same cases and settings"
    )
    (about,) = list_runs(real)
    answered = len((runs_folder(real) / about.id / RESULTS).read_bytes().splitlines())
    assert 0 < answered < len(cases)
    code, _, err = main("run", "--cases", "cases.jsonl", "--no-baselines", "--resume")
    assert (code, f"run {about.id} in " in err) == (0, True)
    found = read_run(find_run(real, "latest"))
    assert (found.cases, found.about.complete) == (cases, True)
    assert f"{len(cases) - answered}/{len(cases) - answered}" in err.replace(" ", "")  # only the rest was asked
    assert "There is no interrupted run" in main("run", "--cases", "cases.jsonl", "--no-baselines", "--resume")[2]
