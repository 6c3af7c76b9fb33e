"""Runs on disk: named, written case by case, read back equal, found again, and refused in one line if they are not whole."""

import json
import re
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from bot.pipeline import Bot
from bot.settings import Settings
from corpus.errors import EvalError
from evals.cases import hash_of
from evals.run import run_bot
from evals.runs import (
    ABOUT,
    BASELINES,
    RESULTS,
    append_results,
    drop_torn_line,
    find_run,
    finish_run,
    list_runs,
    read_about,
    read_results,
    read_run,
    runs_folder,
    start_run,
    unfinished,
    unreadable_runs,
    write_about,
    write_baselines,
)
from tests.evals.made import CASES, SIGNED, Breaks, broken, fact, result, run_of

ODD = "a\u2028b\x85c\nd\t\"'\\ 中俄 \x00"
"""Line separators that are none in JSON, and everything that needs escaping."""


def write(folder: Path, **changed: object) -> Path:
    """Write the `run.json` of a made run into a folder of its name."""
    about = replace(run_of([]).about, **{"id": folder.name, **changed})  # type: ignore[arg-type]
    folder.mkdir(parents=True)
    write_about(folder, about)
    return folder


# Names


def test_a_run_is_named_by_its_date_and_fingerprint_and_never_overwrites_another(bot: Bot, tmp_path: Path) -> None:
    names = [start_run(bot, CASES, {}, root=tmp_path / "runs")[0].name for _ in range(11)]
    first = names[0]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d-[0-9a-f]{12}", first)
    assert first.endswith(bot.fingerprint)
    assert names == [first, *(f"{first}-{number}" for number in range(2, 12))]
    assert [read_about(tmp_path / "runs" / name).id for name in names] == names


def test_what_is_known_of_a_run_is_enough_to_run_it_again(bot: Bot, tmp_path: Path) -> None:
    folder, about = start_run(bot, CASES, {"split": "dev", "kind": ["fact"]}, root=tmp_path, judge="none")
    assert read_about(folder) == about
    assert about.settings == {
        "embedding_model": "bag-of-words", "chunk_tokens": 64, "k": 12, "fetch_k": 50, "max_sentences": 5,
        "min_confidence": None, "max_question_characters": 2000, "reranker": "",
        "chat_model": "", "chat_base_url": "", "chat_max_tokens": 2000, "chat_tokens_per_answer": 20000,
    }  # fmt: skip
    assert about.index == {
        "embedding_model": "bag-of-words", "chunk_tokens": 64, "documents": 3, "chunks": 5, "sentences": 11,
    }  # fmt: skip
    assert (about.cases, about.cases_hash) == (6, hash_of(CASES))
    assert (about.fingerprint, about.corpus_revision) == (bot.fingerprint, bot.store.manifest.corpus_revision)
    assert (about.as_of, about.calibration, about.threshold, about.judge) == ("2024-05-01", "", 0.5, "none")
    assert (about.complete, about.seconds) == (False, 0.0)
    assert about.asked_for == {"split": "dev", "kind": ["fact"]}


# Results


def test_results_read_back_are_equal_to_those_written(small: Settings, tmp_path: Path) -> None:
    bot = Bot(small, embedder=Breaks())
    history = ({"role": "user", "content": "When was the friendship treaty signed?"},)
    cases = [
        *CASES, broken(SIGNED), replace(SIGNED, id=ODD, note=ODD, question="And when was it extended?", history=history),
    ]  # fmt: skip
    written = list(append_results(tmp_path / RESULTS, run_bot(bot, cases)))
    assert written == list(read_results(tmp_path / RESULTS))
    assert [r.case for r in written] == cases
    answers = [r.reply.answer for r in written if r.reply]
    assert len([a for a in answers if a is not None]) == 7
    read = [r.reply.answer for r in read_results(tmp_path / RESULTS) if r.reply]
    assert [asdict(a) for a in read if a] == [asdict(a) for a in answers if a]
    assert len((tmp_path / RESULTS).read_bytes().split(b"\n")) == 9


def test_a_result_is_on_disk_before_the_next_case_is_asked(tmp_path: Path) -> None:
    path = tmp_path / RESULTS
    on_disk = []

    def results():  # type: ignore[no-untyped-def]
        for number in range(3):
            on_disk.append(len(read_results(path)))
            yield result(fact(f"case-{number}"), 1)

    for number, _ in enumerate(append_results(path, results()), 1):
        assert len(read_results(path)) == number
    assert on_disk == [0, 1, 2]


def test_results_are_added_to_those_there_are(tmp_path: Path) -> None:
    one, two = result(fact("one"), 1), result(fact("two"), -1)
    list(append_results(tmp_path / RESULTS, iter([one])))
    list(append_results(tmp_path / RESULTS, iter([two])))
    assert read_results(tmp_path / RESULTS) == [one, two]


@pytest.mark.parametrize("torn", [b'{"case": {"id": "to', b"{", b"\xe4\xb8", b'{"case": 1}'], ids=repr)
def test_a_last_line_that_a_crash_cut_off_does_not_count(tmp_path: Path, torn: bytes) -> None:
    path = tmp_path / RESULTS
    kept = [result(fact("one"), 1), result(fact("two"), 0)]
    list(append_results(path, iter(kept)))
    whole = path.read_bytes()
    path.write_bytes(whole + torn)
    assert read_results(path) == kept
    drop_torn_line(path)
    assert path.read_bytes() == whole
    drop_torn_line(path)
    assert path.read_bytes() == whole


def test_a_torn_line_that_is_the_only_one_leaves_an_empty_file(tmp_path: Path) -> None:
    path = tmp_path / RESULTS
    path.write_bytes(b'{"case"')
    assert read_results(path) == []
    drop_torn_line(path)
    assert path.read_bytes() == b""
    drop_torn_line(tmp_path / "gone.jsonl")
    assert read_results(tmp_path / "gone.jsonl") == []
    assert not (tmp_path / "gone.jsonl").exists()


@pytest.mark.parametrize("bad", [b"{not JSON}", b"[]", b'{"case": {"id": "x"}}', b"\xff"], ids=repr)
def test_a_bad_line_before_the_last_is_named_with_its_file_and_number(tmp_path: Path, bad: bytes) -> None:
    path = tmp_path / RESULTS
    list(append_results(path, iter([result(fact("one"), 1)])))
    line = path.read_bytes()
    for data in (line + bad + b"\n" + line, line + bad + b"\n"):
        path.write_bytes(data)
        with pytest.raises(
            EvalError, match=r"results\.jsonl', line 2, is no result \(.+\); run the cases again"
        ) as error:
            read_results(path)
        assert "\n" not in str(error.value)


# A whole run


def test_a_run_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    results = [result(fact("one"), 1, seconds=0.125), result(fact("two"), -1, error=f"RuntimeError: {ODD}")]
    simple = {"oracle": tuple(r.score for r in results), "constant reply": (results[1].score,)}
    made = run_of(results, folder=write(tmp_path / "run", cases=2, cases_hash="x"), baselines=simple)
    list(append_results(made.folder / RESULTS, iter(results)))
    write_baselines(made.folder / BASELINES, simple)
    read = read_run(made.folder)
    assert read == replace(made, about=replace(made.about, id="run", cases_hash="x"))
    assert (read.cases, read.scores) == ([r.case for r in results], [r.score for r in results])
    assert list(read.baselines) == ["oracle", "constant reply"]


def test_a_run_without_results_yet_is_empty(tmp_path: Path) -> None:
    read = read_run(write(tmp_path / "run", complete=False))
    assert (read.results, read.baselines) == ((), {})


@pytest.mark.parametrize("bad", ["{", "[]", '{"system": "oracle"}', '{"system": "oracle", "score": {"kind": 1}}'])
def test_a_bad_line_of_the_simple_systems_is_named(tmp_path: Path, bad: str) -> None:
    folder = write(tmp_path / "run")
    (folder / BASELINES).write_text(bad + "\n", encoding="utf-8")
    with pytest.raises(EvalError, match=r"baselines\.jsonl', line 1, is no score of a system"):
        read_run(folder)


def test_a_run_is_finished_with_the_seconds_it_took(tmp_path: Path) -> None:
    folder = write(tmp_path / "run", complete=False, seconds=0.0)
    finish_run(folder, read_about(folder), 12.345)
    assert (read_about(folder).complete, read_about(folder).seconds) == (True, 12.3)


def test_a_run_of_another_format_is_refused(tmp_path: Path) -> None:
    folder = write(tmp_path / "old")
    data = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
    (folder / ABOUT).write_text(json.dumps({**data, "format": 99}), encoding="utf-8")
    with pytest.raises(EvalError, match=r"The run 'old' has format 99, this version reads 1; run its cases again"):
        read_run(folder)


@pytest.mark.parametrize("text", [None, "", "{", "[]", "3", '{"format": 1}', '{"format": 1, "nosuch": 2}'])
def test_a_folder_without_a_run_is_named(tmp_path: Path, text: str | None) -> None:
    (tmp_path / "folder").mkdir()
    if text is not None:
        (tmp_path / "folder" / ABOUT).write_text(text, encoding="utf-8")
    with pytest.raises(EvalError, match=r"folder' holds no run of `amur eval run`"):
        read_run(tmp_path / "folder")


# Finding runs


@pytest.fixture
def three(small: Settings) -> Settings:
    """Settings whose home holds two complete runs and one that was interrupted, the last."""
    root = runs_folder(small)
    write(root / "2026-11-25-aaa", started="2026-11-25T08:00:00+00:00")
    write(root / "2026-11-26-aaa", started="2026-11-26T08:00:00+00:00")
    write(root / "2026-11-26-abb", started="2026-11-26T09:00:00+00:00", complete=False)
    return small


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("2026-11-25-aaa", "2026-11-25-aaa"),
        ("2026-11-25", "2026-11-25-aaa"),
        ("2026-11-26-ab", "2026-11-26-abb"),
        ("latest", "2026-11-26-aaa"),
    ],
)
def test_a_run_is_found_by_its_id_the_beginning_of_it_or_as_the_newest_complete_one(
    three: Settings, name: str, found: str
) -> None:
    assert find_run(three, name) == runs_folder(three) / found


def test_a_run_is_found_by_its_path(three: Settings, tmp_path: Path) -> None:
    elsewhere = write(tmp_path / "kept")
    assert find_run(three, str(elsewhere)) == find_run(three, elsewhere) == elsewhere
    assert find_run(three, "kept") == Path("kept")  # the working folder is tmp_path


def test_an_id_that_is_the_beginning_of_another_is_found(three: Settings) -> None:
    write(runs_folder(three) / "2026-11-25-aaa-2")
    assert find_run(three, "2026-11-25-aaa").name == "2026-11-25-aaa"


def test_a_beginning_of_two_runs_is_refused_with_both_named(three: Settings) -> None:
    with pytest.raises(EvalError, match=r"2 runs begin with '2026-11-26': 2026-11-26-aaa, 2026-11-26-abb; name one"):
        find_run(three, "2026-11-26")


def test_a_run_that_is_not_there_is_refused_with_the_command_that_lists_them(three: Settings) -> None:
    with pytest.raises(EvalError, match=r"There is no run 'nosuch' in '.+runs'; see which there are: amur eval runs"):
        find_run(three, "nosuch")


def test_without_a_complete_run_there_is_no_latest(small: Settings) -> None:
    for _ in range(2):
        with pytest.raises(EvalError, match=r"There is no complete run in .+; make one: amur eval run"):
            find_run(small, "latest")
        runs_folder(small).mkdir(exist_ok=True)
    write(runs_folder(small) / "begun", complete=False)
    with pytest.raises(EvalError, match="There is no complete run"):
        find_run(small, "latest")


def test_runs_are_listed_oldest_first_also_those_of_one_second(small: Settings) -> None:
    root = runs_folder(small)
    assert list_runs(small) == []
    write(root / "z", started="2026-11-25T08:00:00+00:00")
    for number in range(11, 1, -1):
        write(root / f"a-{number}")
    write(root / "a")
    (root / "not a run").mkdir()
    (root / "file").touch()
    assert [about.id for about in list_runs(small)] == ["z", "a", *(f"a-{number}" for number in range(2, 12))]
    assert find_run(small, "latest").name == "a-11"


def test_a_run_that_cannot_be_read_hides_no_other(three: Settings) -> None:
    root = runs_folder(three)
    write(root / "2027-old", format=0)
    write(root / "2027-torn")
    (root / "2027-torn" / ABOUT).write_text("{", encoding="utf-8")
    assert len(list_runs(three)) == 3
    assert find_run(three, "latest").name == "2026-11-26-aaa"
    reasons = unreadable_runs(three)
    assert len(reasons) == 2
    assert reasons[0].startswith("The run '2027-old' has format 0")
    assert "2027-torn' holds no run" in reasons[1]
    assert find_run(three, "2027-old") == root / "2027-old"  # reading it says what is wrong with it


def test_the_newest_interrupted_run_of_the_same_cases_and_settings_is_found(three: Settings) -> None:
    root = runs_folder(three)
    assert unfinished(three, "other", run_of([]).about.cases_hash) is None
    assert unfinished(three, "abc", "other") is None
    assert unfinished(three, "abc", run_of([]).about.cases_hash) == root / "2026-11-26-abb"
    write(root / "2026-11-26-zzz", started="2026-11-26T09:30:00+00:00", complete=False)
    assert unfinished(three, "abc", run_of([]).about.cases_hash) == root / "2026-11-26-zzz"
    write(root / "2026-11-27-aaa", started="2026-11-27T09:00:00+00:00")  # complete
    assert unfinished(three, "abc", run_of([]).about.cases_hash) == root / "2026-11-26-zzz"
