"""The command line: help, mistakes in one line, and the corpus."""

import json
import re
import shlex
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import pytest

import amur
from tests.commands import answered, invoke, refused, start, the_one_line
from tests.conftest import DOCUMENTS, REFERENCES

HEAVY = ("torch", "chromadb", "gradio", "langchain_core", "sentence_transformers", "pydantic_settings", "matplotlib")


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
