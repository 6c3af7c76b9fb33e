"""The `amur` command: help that runs, answers that parse, one line for every mistake, and nothing heavy before it is needed."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

import amur
from corpus.documents import load_corpus
from corpus.errors import AmurError
from tests.conftest import DOCUMENTS, REFERENCES, ROOT
from tests.small import write_corpus

CONTRACT = (
    "question query language answer abstained confidence mode notice lead statements citations source_mix disputed filters series "
    "as_of corpus_revision suggestions problems fingerprint seconds usage"
).split()
HEAVY = ("torch", "chromadb", "gradio", "langchain_core", "sentence_transformers", "pydantic_settings", "matplotlib")
SIGNED = "When was the friendship treaty signed?"
ABSENT = "How many S-500 systems has China bought?"


def invoke(*arguments: str, stdin: str | None = None) -> Result:
    """Run a command inside this process."""
    return CliRunner().invoke(amur.cli, arguments, input=stdin, prog_name="amur")


def answered(*arguments: str, stdin: str | None = None) -> str:
    """Run a command that must succeed, and return its standard output."""
    result = invoke(*arguments, stdin=stdin)
    assert result.exit_code == 0, f"{result.stderr} {result.exception!r}"
    return result.stdout


def refused(*arguments: str) -> str:
    """Run a command that must fail with an error the user can mend, and return its message."""
    result = invoke(*arguments)
    assert isinstance(result.exception, AmurError), f"{result.output} {result.exception!r}"
    return str(result.exception)


def start(*python_arguments: str, **environment: str) -> tuple[int, str, str]:
    """Run Python in a process of its own, as a person does; returns exit status, standard output and standard error."""
    done = subprocess.run(
        [sys.executable, *python_arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        encoding="utf-8",
        timeout=120,
    )
    return done.returncode, done.stdout, done.stderr


def the_one_line(code: int, out: str, err: str) -> str:
    """Return the single line that a failed command printed on standard error."""
    assert code in {1, 2}, err
    assert out == ""
    assert "Traceback" not in err
    assert err.startswith("amur: ")
    assert err.count("\n") == 1
    return err.strip()


def commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield path
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name)


Main = Callable[..., tuple[int, str, str]]


@pytest.fixture
def main(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Main:
    """Return a function that runs `amur.main` on arguments and gives what `start` gives, without the time a process takes."""

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["amur", *arguments])
        code: Any = 0
        try:
            amur.main()
        except SystemExit as end:
            code = end.code
        return code, *capsys.readouterr()

    return run


@pytest.fixture
def small_corpus(corpus_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let the command see the small corpus, without an index."""
    monkeypatch.setenv("AMUR_CORPUS", str(corpus_folder))
    return corpus_folder


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Result]:
    """Build the small corpus with the packaged model once, by the command; returns its home, its folder and what was said."""
    folder, home = write_corpus(tmp_path_factory.mktemp("built") / "corpus"), tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AMUR_HOME", str(home))
        patch.setenv("AMUR_CORPUS", str(folder))
        patch.chdir(folder)
        result = invoke("index", "build")
    assert result.exit_code == 0, f"{result.stderr} {result.exception!r}"
    return home, folder, result


@pytest.fixture
def indexed(built: tuple[Path, Path, Result], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Let the command see a copy of the small corpus and of its index; returns the folder of the corpus."""
    home, folder, _ = built
    shutil.copytree(home, tmp_path / "home")
    shutil.copytree(folder, tmp_path / "texts")
    monkeypatch.setenv("AMUR_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("AMUR_CORPUS", str(tmp_path / "texts"))
    return tmp_path / "texts"


# Help


def test_the_commands_of_the_contract_are_all_there() -> None:
    contract = {
        "ask", "search", "serve", "corpus list", "corpus show", "corpus check", "corpus remove", "corpus restore",
        "index build", "index status", "index check", "eval run", "eval runs", "eval report", "eval compare", "eval gate",
        "eval calibrate", "eval try", "eval perturb", "eval retrieval", "eval cases check", "eval cases draft", "eval cases schema",
    }  # fmt: skip
    assert contract <= {" ".join(path) for path in commands(amur.cli)}


@pytest.mark.parametrize("path", list(commands(amur.cli)), ids=lambda path: " ".join(path) or "amur")
@pytest.mark.parametrize("option", ["--help", "-h"])
def test_every_command_has_help_with_an_example_that_can_be_typed(path: tuple[str, ...], option: str) -> None:
    said = answered(*path, option)
    examples = [line.strip() for line in said.splitlines() if line.strip().startswith(" ".join(("amur", *path)))]
    assert examples
    for example in examples:
        command: click.Command = amur.cli
        context = click.Context(command, info_name="amur", **command.context_settings)
        words = shlex.split(example.split(" > ")[0])[1:]  # what follows is the shell's
        while isinstance(command, click.Group):
            found = command.get_command(context, words.pop(0))
            assert found is not None, example
            command = found
        command.make_context(example, words, parent=context)  # raises if an option or argument is none of the command's


def test_the_first_help_lists_all_commands_with_what_they_do() -> None:
    said = answered("--help")
    for name, (_, text) in amur._COMMANDS.items():
        assert re.search(rf"^  {name} +{re.escape(text.split('.')[0])}", said, re.MULTILINE)


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_and_version_import_nothing_heavy(option: str) -> None:
    script = (
        f"import sys; sys.argv = ['amur', {option!r}]\n"
        "import amur\n"
        "amur.main()\n"
        f"print('heavy:', *sorted(set({HEAVY!r}) & set(sys.modules)), file=sys.stderr)\n"
    )
    code, out, err = start("-c", script)
    assert (code, err) == (0, "heavy:\n")
    assert out.startswith(("Usage: amur", "amur 0."))


@pytest.mark.parametrize(
    "arguments", [["--help"], ["ask", "--help"], ["corpus", "list", "-h"], ["--version"]], ids=" ".join
)
def test_help_can_be_had_with_a_setting_that_is_refused(
    main: Main, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    monkeypatch.setenv("AMUR_KK", "3")
    code, out, err = main(*arguments)
    assert (code, err) == (0, "")
    assert out


# Mistakes


MISTAKES: list[tuple[str, dict[str, str], int, str]] = [
    ("corpus list", {"AMUR_KK": "3"}, 1, "'AMUR_KK' is no setting of Amur; did you mean 'AMUR_K'?"),
    ("ask hi", {"AMUR_K": "many"}, 1, "The setting 'k' (AMUR_K) cannot be 'many'"),
    ("ask hi", {"AMUR_CONFIG": "gone.toml"}, 1, "AMUR_CONFIG names 'gone.toml', which is not a file"),
    ("ask hi", {}, 1, "There is no index in"),
    ("search hi", {}, 1, "; run: amur index build"),
    ("index status", {}, 1, "There is no index in"),
    ("index check", {}, 1, "There is no index in"),
    ("serve", {}, 1, "There is no index in"),
    ("ask --batch gone.jsonl", {}, 1, "Cannot read 'gone.jsonl'"),
    ("search --batch .", {}, 1, "Cannot read '.'"),
    ("ask --batch empty.jsonl", {}, 1, "There is no question in 'empty.jsonl'"),
    ("ask --batch one.jsonl --out gone/out.jsonl", {}, 1, "Cannot write 'gone/out.jsonl'"),
    ("ask --batch one.jsonl --out .", {}, 1, "Cannot write '.'"),
    ("corpus show treatie", {}, 1, "There is no document 'treatie'; did you mean 'treaty'?"),
    ("corpus remove zzz", {}, 1, "There is no document 'zzz'; nothing was removed"),
    ("corpus restore treaty", {}, 1, "The document 'treaty' was not removed"),
    ("corpus list", {"AMUR_CORPUS": "gone"}, 1, "gone' does not exist"),
    ("eval run --cases gone.jsonl", {}, 1, "Cannot read the case file 'gone.jsonl'"),
    ("eval run --cases one.jsonl", {}, 1, "one.jsonl:1: lacks 'kind'"),
    ("nosuch", {}, 2, "No such command 'nosuch'"),
    ("corpus nosuch", {}, 2, "No such command 'nosuch'"),
    ("ask --jsno hi", {}, 2, "No such option '--jsno'"),
    ("ask", {}, 2, "give a question in quotes, or --batch FILE"),
    ("ask hi --batch one.jsonl", {}, 2, "give a question or --batch, not both"),
    ("ask hi --out out.jsonl", {}, 2, "--out goes with --batch"),
    ("search -k 0 hi", {}, 2, "0 is not in the range"),
    ("corpus show", {}, 2, "Missing argument"),
]


def write_inputs(folder: Path) -> None:
    (folder / "empty.jsonl").write_text("\n \n", encoding="utf-8")
    (folder / "one.jsonl").write_text('{"id": "a", "question": "q?", "answerable": false}\n', encoding="utf-8")


@pytest.mark.parametrize(("line", "environment", "code", "expected"), MISTAKES)
def test_a_mistake_is_one_line_on_standard_error(
    small_corpus: Path, tmp_path: Path, main: Main, monkeypatch: pytest.MonkeyPatch,
    line: str, environment: dict[str, str], code: int, expected: str,
) -> None:  # fmt: skip
    write_inputs(tmp_path)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    said = main(*line.split())
    assert expected in the_one_line(*said)
    assert said[0] == code


@pytest.mark.parametrize(
    "line",
    [
        "corpus list",
        "ask hi",
        "ask --batch gone.jsonl",
        "ask --batch one.jsonl --out gone/out.jsonl",
        "corpus show treatie",
        "nosuch",
    ],
)
def test_a_mistake_in_a_process_of_its_own_is_one_line_too(small_corpus: Path, tmp_path: Path, line: str) -> None:
    environment, code, expected = next(
        row[1:] for row in MISTAKES if row[0] == line and not (row[1] and line == "ask hi")
    )
    write_inputs(tmp_path)
    said = start("-m", "amur", *line.split(), **environment)
    assert expected in the_one_line(*said)
    assert said[0] == code


@pytest.mark.parametrize("arguments", [[], ["corpus"]], ids=["amur", "amur corpus"])
def test_a_group_without_a_command_prints_its_help(main: Main, arguments: list[str]) -> None:
    _, out, err = main(*arguments)
    assert (out + err).startswith("Usage: ")
    assert not (out + err).rstrip().endswith("--help")


def test_the_help_that_a_mistake_points_to_can_be_typed() -> None:
    assert the_one_line(*start("-m", "amur", "ask")).endswith("; see: amur ask --help")


@pytest.mark.parametrize("line", ["corpus list", "corpus remove treaty", "index build"])
def test_a_home_that_is_a_file_is_one_line(
    small_corpus: Path, tmp_path: Path, main: Main, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("AMUR_HOME", str(tmp_path / "file"))
    assert str(tmp_path / "file") in the_one_line(*main(*line.split()))


def test_a_reference_with_null_for_a_publisher_is_no_traceback(small_corpus: Path, main: Main) -> None:
    path = small_corpus / "references.json"
    path.write_text(REFERENCES.replace('"publisher": "Ministry"', '"publisher": null'), encoding="utf-8")
    assert main("corpus", "check")[0] == 1


# amur corpus


def test_corpus_list_names_every_document_and_sums_up(small_corpus: Path) -> None:
    result = invoke("corpus", "list")
    assert [line.split()[:4] for line in result.stdout.splitlines()] == [
        ["border", "history", "2023-01-01", "4"],
        ["essay", "documents", "-", "4"],
        ["treaty", "history", "2024-05-01", "3"],
    ]
    assert result.stderr == "3 documents (1 documents, 2 history), 11 sentences, 2 references, as of 2024-05-01\n"


def test_corpus_list_as_json_is_an_object_a_line(small_corpus: Path) -> None:
    rows = [json.loads(line) for line in answered("corpus", "list", "--json").splitlines()]
    assert rows[0] == {
        "id": "border",
        "title": "The border",
        "topic": "history",
        "kind": "brief",
        "as_of": "2023-01-01",
        "sentences": 4,
    }
    assert [row["id"] for row in rows] == ["border", "essay", "treaty"]


def test_corpus_show_prints_metadata_headings_sides_and_the_references_of_each_sentence(small_corpus: Path) -> None:
    said = answered("corpus", "show", "border")
    assert said.startswith("id: border\ntitle: The border\nlanguage: en\nkind: brief\n")
    assert "was settled in October 2008.  [news | 2008-10-14]\n" in said
    assert "differ on who fired first on Zhenbao (Damansky) Island in March 1969.  [pact; news | 1969-03-02]\n" in said
    assert (
        "\n(Soviet account) The Soviet government said that Chinese soldiers fired first in March 1969.  [pact" in said
    )
    assert "\n## Extension\n" in answered("corpus", "show", "treaty")
    assert "\nMistrust has old roots.\n" in answered("corpus", "show", "essay")


def test_corpus_check_lists_all_problems_and_fails(small_corpus: Path) -> None:
    result = invoke("corpus", "check")
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        f"corpus/{name}.md:1: front matter lacks {field!r}"
        for name in ("border", "treaty")
        for field in ("creator", "issued", "publisher", "rights")
    ]
    assert result.stderr == "8 problems\n"


def test_corpus_check_of_a_good_corpus_says_so(small_corpus: Path) -> None:
    for name in ("border.md", "treaty.md"):
        text = DOCUMENTS[name].replace("---\n", "---\ncreator: A\npublisher: B\nissued: 2024\nrights: CC0\n", 1)
        (small_corpus / name).write_text(text, encoding="utf-8")
    result = invoke("corpus", "check")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "no problems\n")


def test_a_removed_document_is_gone_until_it_is_restored(small_corpus: Path) -> None:
    assert invoke("corpus", "remove", "treaty", "essay").stderr == "removed: treaty, essay\n"
    assert [line.split()[0] for line in answered("corpus", "list").splitlines()] == ["border"]
    assert "There is no document 'treaty'" in refused("corpus", "show", "treaty")
    assert (small_corpus / "treaty.md").is_file()
    assert invoke("corpus", "restore", "treaty").stderr == "restored: treaty; now run: amur index build\n"
    assert [line.split()[0] for line in answered("corpus", "list").splitlines()] == ["border", "treaty"]
    assert "'treaty' was not removed" in refused("corpus", "restore", "treaty")


def test_one_unknown_document_keeps_all_where_they_are(small_corpus: Path) -> None:
    assert "nothing was removed" in refused("corpus", "remove", "treaty", "nosuch")
    assert len(answered("corpus", "list").splitlines()) == 3
    invoke("corpus", "remove", "treaty")
    assert "nothing was restored" in refused("corpus", "restore", "treaty", "essay")
    assert len(answered("corpus", "list").splitlines()) == 2


def test_a_file_that_cannot_be_read_is_named(small_corpus: Path) -> None:
    (small_corpus / "bad.md").write_bytes(b"\xff")
    assert "bad.md' as UTF-8 text" in refused("corpus", "list")
    assert any(
        line.startswith("corpus/bad.md:1: Cannot read") for line in invoke("corpus", "check").stdout.splitlines()
    )


# amur index


@pytest.mark.model
def test_index_build_says_what_it_did_and_does_nothing_twice(built: tuple[Path, Path, Result], indexed: Path) -> None:
    assert "built: 3 documents, 5 chunks, 11 sentences; 16 texts embedded, 0 reused" in built[2].stderr
    assert built[2].stdout == ""
    assert invoke("index", "build").stderr == "up to date: 3 documents, 5 chunks, 11 sentences\n"
    assert "16 reused" in invoke("index", "build", "--force").stderr


@pytest.mark.model
def test_index_status_tells_what_the_index_is_and_whether_it_is_up_to_date(indexed: Path) -> None:
    result = invoke("index", "status")
    assert "embedding_model: packaged:all-MiniLM-L6-v2\n" in result.stdout
    assert "languages: en\n" in result.stdout
    assert result.stderr == "up to date\n"
    manifest = json.loads(answered("index", "status", "--json"))
    assert (manifest["documents"], manifest["chunks"], manifest["sentences"]) == (3, 5, 11)
    assert (manifest["dimension"], manifest["as_of"]) == (384, "2024-05-01")
    (indexed / "new.txt").write_text("Harbin has an ice festival.\n", encoding="utf-8")
    assert invoke("index", "status").stderr == "the corpus has changed since; run: amur index build\n"


@pytest.mark.model
def test_index_check_finds_a_whole_index_whole_and_a_broken_one_broken(indexed: Path, tmp_path: Path) -> None:
    assert invoke("index", "check").stderr.endswith("whole\n")
    manifest = next((tmp_path / "home" / "index").glob("*/manifest.json"))
    manifest.write_text(manifest.read_text(encoding="utf-8").replace('"chunks": 5', '"chunks": 6'), encoding="utf-8")
    assert "holds 5 chunks instead of 6" in refused("index", "check")
    manifest.unlink()
    assert "has no readable manifest; run: amur index build" in refused("index", "check")


@pytest.mark.model
def test_settings_that_the_index_was_not_built_with_are_refused(indexed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AMUR_CHUNK_TOKENS", "64")
    for arguments in (["ask", SIGNED], ["search", SIGNED], ["index", "check"]):
        assert "built with chunk_tokens 256, the settings say 64; run: amur index build" in refused(*arguments)


@pytest.mark.model
def test_a_corpus_without_any_sentence_cannot_be_built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "empty.md").touch()
    monkeypatch.setenv("AMUR_CORPUS", str(tmp_path / "texts"))
    assert "texts" in refused("index", "build")


# amur ask, amur search


@pytest.mark.model
def test_ask_prints_the_answer_its_sources_and_whose_voices_they_are(indexed: Path) -> None:
    said = answered("ask", SIGNED)
    assert said.startswith("China and Russia signed the friendship treaty in Moscow on 16 July 2001. [1]\n")
    assert "\nSources\n[1] The treaty (undated), verbatim\n" in said
    assert "    – Treaty text. Ministry, 2001-07-16 (chinese-official). https://example.org/treaty\n" in said
    assert said.endswith("\n1 source: 1 Chinese official. Corpus as of 2024-05-01.\n")


@pytest.mark.model
def test_ask_reads_the_question_from_standard_input(indexed: Path) -> None:
    assert answered("ask", "-", stdin=SIGNED + "\n") == answered("ask", SIGNED)


@pytest.mark.model
def test_ask_declines_and_offers_questions_it_answers(indexed: Path) -> None:
    said = answered("ask", ABSENT)
    assert said.startswith("The corpus does not answer this question.")
    assert "\nQuestions it can answer:\n  – " in said
    assert "Sources" not in said


@pytest.mark.model
def test_ask_keeps_within_filters_and_refuses_those_there_are_not(indexed: Path, tmp_path: Path) -> None:
    late = json.loads(answered("ask", "--json", "--document", "treaty", "--years", "2021", SIGNED))
    assert late["filters"] == {"years": [2021, 2021], "document": ["treaty"]}
    assert all("2021" in c["cited_text"] for c in late["citations"])
    assert "There is no topic 'none'; choose among 'history', 'documents'." in refused("ask", "--topic", "none", SIGNED)
    lines = [
        {"id": 1, "question": SIGNED},
        {"id": 2, "question": SIGNED, "filters": {"years": "1969"}},
        {"id": 3, "question": SIGNED, "filters": {"topic": "x"}},
        {"id": 4, "question": SIGNED, "filters": "x"},
    ]
    (tmp_path / "in.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    invoke("ask", "--topic", "history", "--batch", str(tmp_path / "in.jsonl"), "--out", str(tmp_path / "out.jsonl"))
    got = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [line.get("filters") for line in got] == [
        {"topic": ["history"]},
        {"topic": ["history"], "years": [1969, 1969]},
        None,
        None,
    ]
    assert got[2] == {"id": 3, "error": "There is no topic 'x'; choose among 'history', 'documents'."}
    assert '"filters" must be an object' in got[3]["error"]


@pytest.mark.model
def test_ask_prints_an_answer_to_take_away_and_verify_checks_it(indexed: Path, tmp_path: Path) -> None:
    assert answered("ask", "--format", "markdown", SIGNED).startswith(f"# {SIGNED}\n")
    assert answered("ask", "--format", "bibtex", SIGNED).startswith("@misc{pact,\n")
    assert json.loads(answered("ask", "--format", "csl", SIGNED))[0]["id"] == "pact"
    path = tmp_path / "answer.json"
    path.write_text(answered("ask", "--format", "json", SIGNED), encoding="utf-8")
    said = answered("verify", str(path))
    assert said.startswith(f"{SIGNED}\n  corpus revision ")
    assert said.endswith(" (the same)\n  ok      [1] treaty\n")
    assert json.loads(answered("verify", "--json", str(path)))["ok"] is True
    path.write_text(path.read_text(encoding="utf-8").replace("16 July 2001", "17 July 2001"), encoding="utf-8")
    result = invoke("verify", str(path))
    assert "changed [1] treaty: the document has other words at these offsets" in result.stdout
    assert "checks of" in refused("verify", str(path))
    assert "Cannot read" in refused("verify", str(tmp_path / "nowhere.json"))


@pytest.mark.model
def test_ask_json_holds_every_field_of_the_contract(indexed: Path) -> None:
    answer = json.loads(answered("ask", "--json", SIGNED))
    assert list(answer) == CONTRACT
    assert (answer["question"], answer["language"], answer["mode"]) == (SIGNED, "en", "extractive")
    assert (answer["abstained"], answer["series"], answer["filters"]) == (False, None, {})
    assert answer["source_mix"] == {"chinese-official": 1}
    assert list(answer["statements"][0]) == ["text", "numbers", "verdict"]
    citation = answer["citations"][0]
    assert (
        list(citation)
        == (
            "number document_id title publisher issued kind perspective section page url revision cited_text source_start source_end "
            "verdict references"
        ).split()
    )
    assert citation["source_end"] - citation["source_start"] == len(citation["cited_text"])
    assert list(citation["references"][0]) == ["id", "title", "publisher", "issued", "url", "perspective"]
    assert set(answer["seconds"]) == {"rewrite", "retrieve", "answer", "cite", "total"}
    declined = json.loads(answered("ask", "--json", ABSENT))
    assert list(declined) == CONTRACT
    assert (declined["abstained"], declined["citations"], declined["statements"]) == (True, [], [])
    assert len(declined["suggestions"]) > 0


BATCH: list[Any] = [
    {"id": "first", "question": SIGNED},
    "{not JSON",
    {"id": 7, "question": ABSENT},
    "",
    {"id": "third", "qestion": SIGNED},
    [SIGNED],
    {"question": "когда?"},
    {"id": "later", "question": "And when was it extended?", "history": [{"role": "user", "content": SIGNED}]},
    {"id": "history", "question": SIGNED, "history": "none"},
    {"id": {"any": ["JSON"]}, "question": ""},
]


def write_batch(path: Path, lines: list[Any]) -> None:
    text = "\n".join(line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines)
    path.write_text("\ufeff" + text, encoding="utf-8")


@pytest.mark.model
@pytest.mark.parametrize("to_file", [True, False], ids=["--out", "standard output"])
def test_a_batch_keeps_order_and_ids_and_goes_on_after_bad_lines(indexed: Path, tmp_path: Path, to_file: bool) -> None:
    write_batch(tmp_path / "in.jsonl", BATCH)
    result = invoke("ask", "--batch", "in.jsonl", *(["--out", "out.jsonl"] if to_file else []))
    written = (tmp_path / "out.jsonl").read_text(encoding="utf-8") if to_file else result.stdout
    rows = [json.loads(line) for line in written.splitlines()]
    assert [row["id"] for row in rows] == ["first", None, 7, "third", None, None, "later", "history", {"any": ["JSON"]}]
    bad = [row for row in rows if "error" in row]
    assert [(row["id"], row["line"]) for row in bad] == [(None, 2), ("third", 5), (None, 6), ("history", 9)]
    assert re.findall(r"^amur: in\.jsonl:(\d+): .+$", result.stderr, re.MULTILINE) == ["2", "5", "6", "9"]
    assert all(list(row) == ["id", *CONTRACT] for row in rows if row not in bad)
    assert "16 July 2001" in rows[0]["answer"]
    assert rows[2]["abstained"]
    assert "friendship treaty" in rows[6]["query"]
    assert "June 2021" in rows[6]["answer"]
    assert result.exit_code == 1
    assert str(result.exception) == (
        "4 of 9 lines of 'in.jsonl' were not answered; they are marked with 'error' in the output"
    )


@pytest.mark.model
def test_a_batch_without_bad_lines_succeeds_and_answers_as_ask_does(indexed: Path, tmp_path: Path) -> None:
    write_batch(tmp_path / "in.jsonl", [BATCH[0], BATCH[2]])
    result = invoke("ask", "--batch", "in.jsonl", "--out", "out.jsonl")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "")
    rows = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    for row, question in zip(rows, (SIGNED, ABSENT), strict=True):
        alone = json.loads(answered("ask", "--json", question))
        assert {**alone, "seconds": None} == {**{k: row[k] for k in CONTRACT}, "seconds": None}


@pytest.mark.model
def test_an_id_of_half_a_character_does_not_end_a_batch(indexed: Path, tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text(
        f'{{"id": "\\ud800", "question": "{SIGNED}"}}\n{{"id": "next", "question": "{SIGNED}"}}\n', encoding="utf-8"
    )
    invoke("ask", "--batch", "in.jsonl", "--out", "out.jsonl")
    assert len((tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()) == 2


@pytest.mark.model
def test_a_line_of_a_batch_ends_at_a_newline_only(indexed: Path, tmp_path: Path) -> None:
    write_batch(tmp_path / "in.jsonl", [{"id": "one", "question": "When was the\u2028friendship treaty\u0085signed?"}])
    rows = answered("search", "--batch", "in.jsonl").splitlines()
    assert len(rows) == 1


@pytest.mark.model
def test_search_json_ranks_passages_with_their_place_in_the_document(indexed: Path) -> None:
    found = json.loads(answered("search", "--json", "friendship treaty extended"))
    assert list(found) == ["question", "query", "passages"]
    passages = found["passages"]
    assert [p["rank"] for p in passages] == list(range(1, len(passages) + 1))
    assert [p["score"] for p in passages] == sorted((p["score"] for p in passages), reverse=True)
    assert (
        list(passages[0]) == ("rank score similarity lexical document_id header source_start source_end text").split()
    )
    assert (passages[0]["document_id"], passages[0]["header"]) == ("treaty", "The treaty › Extension")
    texts = {d.id: d.text for d in load_corpus([indexed]).documents}
    for p in passages:
        assert p["text"] == texts[p["document_id"]][p["source_start"] : p["source_end"]]
    assert len(json.loads(answered("search", "--json", "-k", "2", "friendship treaty"))["passages"]) == 2


@pytest.mark.model
def test_search_prints_passages_and_runs_batches(indexed: Path, tmp_path: Path) -> None:
    said = answered("search", "friendship treaty extended")
    assert said.startswith("1. The treaty › Extension  (treaty, score ")
    write_batch(
        tmp_path / "in.jsonl", [{"id": "a", "question": "treaty"}, "{", {"id": "b", "question": "Zhenbao Island"}]
    )
    result = invoke("search", "--batch", "in.jsonl")
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [row["id"] for row in rows] == ["a", None, "b"]
    assert rows[2]["passages"][0]["document_id"] == "border"
    assert result.exit_code == 1


@pytest.mark.model
def test_a_removed_document_is_never_cited_and_comes_back_with_a_build(indexed: Path) -> None:
    def cited() -> set[str]:
        return {c["document_id"] for c in json.loads(answered("ask", "--json", SIGNED))["citations"]}

    assert "treaty" in cited()
    answered("corpus", "remove", "treaty")
    assert "treaty" not in cited()
    answered("index", "build")
    assert "treaty" not in cited()
    answered("corpus", "restore", "treaty")
    answered("index", "build")
    assert "treaty" in cited()
