"""`amur eval`: runs, reports, comparisons, floors, cases, and mistakes in one line."""

import json
import re
import shutil
from dataclasses import asdict
from pathlib import Path

import pytest

from bot.settings import Settings
from evals.cases import Case
from evals.conduct import Plan, conduct
from evals.gate import read_baseline, write_baseline
from evals.runs import ABOUT, runs_folder
from tests.commands import start, the_one_line
from tests.evals.commanding import Main, floors, kept, main, use, write_cases
from tests.evals.made import CASES, MISSILES, PERU, SIGNED, TRADE
from tests.fakes import BagOfWords

__all__ = ["floors", "kept", "main"]  # fixtures


# runs, report, compare


def test_runs_lists_every_run_oldest_first(kept: Settings, main: Main) -> None:
    code, out, err = main("runs")
    assert (code, err) == (0, "")
    assert [re.sub(r"\d+ s", "N s", line) for line in out.splitlines()] == [
        "good  2026-11-26T08:00:00+00:00  12 cases  N s  split dev",
        "shy  2026-11-26T09:00:00+00:00  12 cases  N s  split dev",
        "begun  2026-11-26T10:00:00+00:00  12 cases  interrupted  split dev",
    ]


def test_runs_says_which_it_cannot_list(kept: Settings, main: Main) -> None:
    path = runs_folder(kept) / "shy" / ABOUT
    path.write_text(path.read_text(encoding="utf-8").replace('"format": 1', '"format": 0'), encoding="utf-8")
    code, out, err = main("runs")
    assert (code, len(out.splitlines())) == (0, 2)
    assert err.startswith("not listed: The run 'shy' has format 0, this version reads 1")


def test_without_runs_the_list_is_empty(small: Settings, main: Main, monkeypatch: pytest.MonkeyPatch) -> None:
    use(small, monkeypatch)
    assert main("runs") == (0, "", "")


def test_report_writes_a_page_into_the_run_or_where_it_is_told(kept: Settings, main: Main, tmp_path: Path) -> None:
    code, out, err = main("report")
    page = runs_folder(kept) / "shy" / "report.html"  # the newest complete one
    assert (code, out, err) == (0, f"{page}\n", "")
    assert page.read_text(encoding="utf-8").lower().startswith("<!doctype html>")
    code, out, _ = main("report", "good", "--out", "new/page.html")
    assert (code, out) == (0, "new/page.html\n")
    assert SIGNED.question in (tmp_path / "new" / "page.html").read_text(encoding="utf-8")
    assert main("report", str(runs_folder(kept) / "good"))[:2] == (0, f"{runs_folder(kept) / 'good' / 'report.html'}\n")


def test_compare_shows_what_changed(kept: Settings, main: Main, tmp_path: Path) -> None:
    code, out, err = main("compare", "good", "shy", "--out", "changes.html")
    assert code == 0
    lines = out.splitlines()
    assert lines[:3] == ["A good", "B shy", "12 cases in both"]
    assert "min_confidence: None → 1.0" in lines
    truth = next(line for line in lines if line.startswith("truthfulness")).split()
    assert truth[1:4] == ["+1.000", "+0.333", "-0.667"]  # 8 of 12 were right and are declined
    assert "Right before and not after: 8; after and not before: 0; McNemar p 0.008" in lines
    assert "signed-0 'When was the friendship treaty signed?': +1 → +0 (worse)" in lines
    assert err == "changes.html\n"
    assert (tmp_path / "changes.html").read_text(encoding="utf-8").lower().startswith("<!doctype html>")
    assert main("compare", "good")[1] == main("compare", "good", "shy")[1]  # B is the latest
    assert "was interrupted: 5 of 12 cases" in main("compare", "good", "begun")[1]


GATES = [
    ("good", "floors.json", 0, "pass: "),
    ("shy", "floors.json", 1, "broken:\n"),
    ("begun", "floors.json", 3, "incomplete: 5 of 12 cases of begun were answered\n"),
]


@pytest.mark.parametrize(("name", "baseline", "code", "verdict"), GATES)
def test_the_verdict_of_the_gate_and_its_exit_status_agree(
    kept: Settings, floors: Path, main: Main, name: str, baseline: str, code: int, verdict: str
) -> None:
    said = main("gate", "--run", name, "--baseline", baseline)
    assert (said[0], said[2]) == (code, "")
    assert said[1].startswith(verdict)
    assert said == main("gate", "--run", name, "--baseline", baseline)
    assert (runs_folder(kept) / name).is_dir()  # a run that is named is never removed


def test_in_a_process_of_its_own_the_gate_exits_alike(kept: Settings, floors: Path) -> None:
    for name, baseline, code, verdict in GATES:
        said = start("-m", "amur", "eval", "gate", "--run", name, "--baseline", baseline)
        assert (said[0], said[2]) == (code, "")
        assert said[1].startswith(verdict)
    said = start("-m", "amur", "eval", "gate", "--run", "good", "--baseline", "gone.json")
    assert said[0] == 2
    assert "There are no floors in 'gone.json' yet; set them: amur eval gate --update" in the_one_line(*said)


def test_a_broken_floor_is_named_with_both_figures(kept: Settings, floors: Path, main: Main) -> None:
    out = main("gate", "--run", "shy", "--baseline", str(floors))[1]
    assert "  all: truthfulness is 0.333, the floor is 0.833\n" in out  # 1 less 2/12
    assert "  no longer right: signed-0 (false abstention)\n" in out
    raised = read_baseline(floors)
    path = floors.with_name("raised.json")
    write_baseline(type(raised)(**{**raised.__dict__, "floors": {"all: truthfulness": 1.01}}), path)
    assert main("gate", "--run", "good", "--baseline", str(path)) == (
        1,
        "broken:\n  all: truthfulness is 1.000, the floor is 1.010\n",
        "",
    )


def test_update_sets_floors_and_refuses_lower_ones(kept: Settings, main: Main, tmp_path: Path) -> None:
    path = tmp_path / "new" / "floors.json"
    update = ("gate", "--baseline", str(path), "--update")
    assert main(*update, "--run", "good") == (0, f"floors of good written to {path}\n", "")
    high = path.read_text(encoding="utf-8")
    refused = main(*update, "--run", "shy")
    assert refused[0] == 2
    assert "That would lower a floor (all: truthfulness 0.833 → 0.167); give --allow-regression" in the_one_line(
        *refused
    )
    assert path.read_text(encoding="utf-8") == high
    assert main(*update, "--run", "shy", "--allow-regression")[0] == 0
    assert path.read_text(encoding="utf-8") != high
    assert main(*update, "--run", "good")[0] == 0
    assert path.read_text(encoding="utf-8") == high


def test_floors_of_other_cases_are_told_from_worse_answers(kept: Settings, floors: Path, main: Main) -> None:
    data = json.loads(floors.read_text(encoding="utf-8"))
    floors.write_text(json.dumps({**data, "cases_hash": "0123"}), encoding="utf-8")
    code, out, err = main("gate", "--run", "good", "--baseline", str(floors))
    assert (code, err) == (2, "")
    assert out.startswith("the floors were set on other cases (0123) than this run asked (")
    assert out.count("\n") == 1


# cases, perturb, retrieval


@pytest.fixture
def small_corpus(small: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Let the command see the small corpus."""
    use(small, monkeypatch)
    return small


def test_cases_check_says_nothing_of_good_cases_and_names_what_is_wrong(
    small_corpus: Settings, main: Main, tmp_path: Path
) -> None:
    write_cases(tmp_path / "good.jsonl", [SIGNED, TRADE, PERU])
    code, out, err = main("cases", "check", "--cases", "good.jsonl")
    assert (code, out) == (0, "")
    assert err.startswith("3 cases, 2 answerable, 0 near-misses (")
    assert err.endswith("), 0 problems\n")
    lost = Case(**{**SIGNED.__dict__, "id": "lost", "question": "Which day?", "documents": ("essay", "nosuch")})
    write_cases(tmp_path / "bad.jsonl", [SIGNED, lost, PERU])
    code, out, err = main("cases", "check", "--cases", "bad.jsonl")
    assert code == 1
    assert out.splitlines() == [
        "lost: names the document 'nosuch', which is not in the corpus",
        "lost: the nugget 'date' stands in no sentence of essay, nosuch",
    ]
    assert err.endswith("), 2 problems\n")


def test_cases_check_does_not_find_evidence_in_what_was_removed(
    small_corpus: Settings, main: Main, tmp_path: Path
) -> None:
    write_cases(tmp_path / "cases.jsonl", [SIGNED, PERU])
    assert main("cases", "check", "--cases", "cases.jsonl")[0] == 0
    (small_corpus.home / "tombstones").mkdir(exist_ok=True)
    (small_corpus.home / "tombstones" / "treaty").touch()
    code, out, _ = main("cases", "check", "--cases", "cases.jsonl")
    assert code == 1
    assert "signed: names the document 'treaty', which is not in the corpus" in out


def test_cases_draft_prints_cases_that_lack_their_question(small_corpus: Settings, main: Main, tmp_path: Path) -> None:
    code, out, err = main("cases", "draft", "-n", "3", "--seed", "2")
    assert (code, err) == (0, "")
    rows = [json.loads(line) for line in out.splitlines()]
    assert 1 <= len(rows) <= 3
    for row in rows:
        assert (row["question"], row["kind"], row["answerable"]) == ("", "near-miss", False)
        assert len(row["nuggets"]) == 1
        assert row["documents"][0] in {"treaty", "border", "essay"}
    assert main("cases", "draft", "-n", "3", "--seed", "2")[1] == out
    (tmp_path / "drafts.jsonl").write_text(out, encoding="utf-8")
    assert main("cases", "check", "--cases", "drafts.jsonl")[0] in (0, 1)  # they can be read


def test_cases_schema_is_the_schema(small_corpus: Settings, main: Main) -> None:
    import jsonschema

    code, out, err = main("cases", "schema")
    assert (code, err) == (0, "")
    schema = json.loads(out)
    for case in CASES:
        jsonschema.validate(json.loads(json.dumps(asdict(case))), schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"id": "a"}, schema)


def test_perturb_prints_what_the_check_catches(small_corpus: Settings, main: Main) -> None:
    code, out, err = main("perturb", "--each", "5", "--show")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0].split() == ["sort", "made", "caught", "share", "95", "%", "interval"]
    rows = [line for line in lines[1:] if not line.startswith("    ")]
    assert rows
    for row in rows:
        made, caught, share = row[15:].split()[:3]
        assert 0 < int(made) <= 5
        assert float(share) == pytest.approx(int(caught) / int(made), abs=5e-4)
    assert main("perturb", "--each", "5", "--show")[1] == out


def test_retrieval_measures_rankings_of_anybody(small_corpus: Settings, main: Main, tmp_path: Path) -> None:
    (tmp_path / "a.run").write_text("q1 Q0 b 1 0.9 me\nq1 Q0 a 2 0.8 me\nq2 Q0 c 1 0.5 me\n", encoding="utf-8")
    (tmp_path / "a.qrels").write_text("q1 0 a 1\nq2 0 c 1\nq3 0 d 1\n", encoding="utf-8")
    code, out, err = main("retrieval", "--run", "a.run", "--qrels", "a.qrels")
    assert (code, err) == (0, "3 queries\n")
    # a stands second, c first, d is not found: 1/2, 1, 0
    assert dict(line.split() for line in out.splitlines()) == {
        "recall@5": "0.6667", "recall@10": "0.6667", "success@1": "0.3333", "success@5": "0.6667", "RR": "0.5000",
        "nDCG@10": f"{(1 / 1.5849625007211562 + 1) / 3:.4f}",
    }  # fmt: skip


# Mistakes


MISTAKES = [
    ("run --cases gone.jsonl", 1, "Cannot read the case file 'gone.jsonl'"),
    ("run --cases bad.jsonl", 1, "Bad cases, mend them: bad.jsonl:2: "),
    ("run --cases empty.jsonl", 1, "There is no case in the files named"),
    ("run --cases good.jsonl --kind nosuch", 1, "No case is left"),
    ("run --cases good.jsonl --split train", 2, "'train' is not one of 'dev', 'test'"),
    ("run --cases good.jsonl --limit 0", 2, "0 is not in the range"),
    ("run --cases good.jsonl --jobs 0", 2, "0 is not in the range"),
    ("run --cases good.jsonl --config gone.toml", 1, "Cannot read the settings file 'gone.toml'"),
    ("run --cases good.jsonl --config unknown.toml", 1, "The key 'kk' in 'unknown.toml' is no setting of Amur"),
    ("run --cases good.jsonl --config torn.toml", 1, "Cannot read the settings file 'torn.toml'"),
    ("run --cases good.jsonl --config corpus.toml", 1, "The key 'corpus' in 'corpus.toml' names other texts"),
    ("run --cases good.jsonl --nosuch", 2, "No such option '--nosuch'"),
    ("run surplus", 2, "unexpected extra argument"),
    ("report nosuch", 1, "There is no run 'nosuch' in"),
    ("report folder", 1, "The folder 'folder' holds no run"),
    ("report good --out folder", 1, "Cannot write 'folder'"),
    ("report good --out file/report.html", 1, "Cannot write 'file/report.html'"),
    ("compare", 2, "Missing argument 'A'"),
    ("compare nosuch", 1, "There is no run 'nosuch' in"),
    ("compare good nosuch", 1, "There is no run 'nosuch' in"),
    ("compare good shy --out folder", 1, "Cannot write 'folder'"),
    ("gate --run nosuch --baseline new.json --update", 2, "There is no run 'nosuch'"),
    ("gate --run good --baseline gone.json", 2, "There are no floors in 'gone.json' yet"),
    ("gate --run good --baseline bad.jsonl", 2, "'bad.jsonl' holds no floors of the gate"),
    ("gate --run good --baseline bad.jsonl --update", 2, "restore the file, or remove it"),
    ("gate --run good --baseline folder", 2, "cannot be read"),
    ("gate --run good --baseline file/new.json --update", 2, "'file/new.json'"),
    ("gate --run begun --baseline new.json --update", 2, "The run 'begun' is incomplete"),
    ("gate --cases gone.jsonl --baseline new.json --update", 2, "Cannot read the case file 'gone.jsonl'"),
    ("gate --run good --allow-regression", 2, "--allow-regression goes with --update"),
    ("gate --split nosuch", 2, "'nosuch' is not one of"),
    ("calibrate --split test", 2, "the test split is not tuned on; calibrate on dev"),
    ("calibrate --cases gone.jsonl", 1, "Cannot read the case file 'gone.jsonl'"),
    ("calibrate --cases test.jsonl", 1, "No case is left"),
    ("try", 2, "Missing argument 'QUESTION'"),
    ("try hi --config gone.toml", 1, "Cannot read the settings file 'gone.toml'"),
    ("try hi -n 0", 2, "0 is not in the range"),
    ("cases check --cases gone.jsonl", 1, "Cannot read the case file 'gone.jsonl'"),
    ("cases check --cases bad.jsonl", 1, "bad.jsonl:2: "),
    ("cases draft -n 0", 2, "0 is not in the range"),
    ("perturb --each none", 2, "'none' is not a valid integer range"),
    ("retrieval --run a.run", 2, "Missing option '--qrels'"),
    ("retrieval --run gone.run --qrels a.qrels", 1, "Cannot read 'gone.run'"),
    ("retrieval --run a.qrels --qrels a.qrels", 1, "a.qrels:1: 4 columns where a TREC file has 6; mend the line"),
    ("nosuch", 2, "No such command 'nosuch'"),
]


@pytest.mark.parametrize(("line", "code", "expected"), MISTAKES, ids=[row[0] for row in MISTAKES])
def test_a_mistake_is_one_line_with_its_exit_status(
    kept_once: Settings,
    main: Main,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    line: str,
    code: int,
    expected: str,
) -> None:
    use(kept_once, monkeypatch)
    write_cases(tmp_path / "good.jsonl", CASES)
    write_cases(tmp_path / "test.jsonl", [MISSILES])
    good = (tmp_path / "good.jsonl").read_text(encoding="utf-8").splitlines()[0]
    for name, text in (
        ("bad.jsonl", good + '\n{"id": "b"\n'), ("empty.jsonl", "\n"), ("unknown.toml", "kk = 1"), ("torn.toml", "k ="),
        ("corpus.toml", 'corpus = "x"'), ("a.qrels", "q 0 a 1\n"), ("file", ""),
    ):  # fmt: skip
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "folder").mkdir()
    said = main(*line.split())
    assert expected in the_one_line(*said)
    assert said[0] == code


@pytest.fixture(scope="module")
def kept_once(indexed_once: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A home with two complete runs and one begun, for tests that change nothing."""
    home = tmp_path_factory.mktemp("kept") / "home"
    shutil.copytree(indexed_once.home, home)
    settings = indexed_once.model_copy(update={"home": home})
    for name, cases in (("good", CASES), ("shy", CASES), ("begun", CASES)):
        plan = Plan(cases=cases, with_baselines=False)
        found = conduct(settings, plan, progress=lambda *_: None, embedder=BagOfWords())
        about = json.loads((found.folder / ABOUT).read_text(encoding="utf-8"))
        about |= {"id": name, "complete": name != "begun"}
        (found.folder / ABOUT).write_text(json.dumps(about), encoding="utf-8")
        found.folder.rename(runs_folder(settings) / name)
    return settings


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("run --cases cases.jsonl", 1), ("run --cases cases.jsonl --resume", 1), ("calibrate --cases cases.jsonl", 1),
        ("try hi", 1), ("gate --cases cases.jsonl --baseline new.json --update", 2),
    ],
)  # fmt: skip
def test_without_an_index_the_command_that_builds_one_is_named(
    small: Settings, main: Main, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, line: str, code: int
) -> None:
    use(small.model_copy(update={"home": tmp_path / "empty"}), monkeypatch)
    write_cases(tmp_path / "cases.jsonl", CASES)
    said = main(*line.split())
    assert the_one_line(*said).endswith("yet; run: amur index build")
    assert said[0] == code
    assert not (tmp_path / "empty").exists() or not any((tmp_path / "empty").rglob("*.json*"))


def test_without_a_run_there_is_no_report_and_no_comparison(
    small: Settings, main: Main, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(small, monkeypatch)
    for line in (["report"], ["compare", "latest"]):
        assert "There is no complete run in" in the_one_line(*main(*line))
