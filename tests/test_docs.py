"""The documentation, held against the code."""

import re
from pathlib import Path
from typing import Any

import click
import pytest

import amur
from bot.records import Answer
from bot.settings import ANSWER_FIELDS, Settings
from corpus.references import PERSPECTIVES

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def commands() -> list[tuple[str, click.Command]]:
    context = click.Context(amur.cli)
    found: list[tuple[str, click.Command]] = []
    for name in amur.cli.list_commands(context):
        command = amur.cli.get_command(context, name)
        assert command is not None
        found.append((name, command))
        if isinstance(command, click.Group):
            found += [(f"{name} {inner}", sub) for inner, sub in command.commands.items()]
    return found


def test_every_setting_is_documented_with_its_default_and_description() -> None:
    page = read("docs/settings.md")
    for name, field in Settings.model_fields.items():
        row = next(line for line in page.splitlines() if line.startswith(f"| `{name}` | `AMUR_{name.upper()}` |"))
        assert field.description
        assert field.description in row
        if field.default not in ("", None) and name != "home":
            assert f"`{field.default}`" in row
    assert page.count("| `AMUR_") == len(Settings.model_fields)
    for name in ANSWER_FIELDS:
        assert f"`{name}`" in page


@pytest.mark.parametrize(("name", "command"), commands(), ids=[name for name, _ in commands()])
def test_every_command_says_what_it_does_with_an_example(name: str, command: click.Command) -> None:
    assert command.help
    assert re.search(r"^ *amur " + name.split()[0], command.help, re.MULTILINE)
    assert command.help.splitlines()[0].strip()


def test_the_map_in_the_readme_lists_exactly_the_modules_there_are() -> None:
    listed = set(re.findall(r"^\| `([\w/]+\.py)` \|", read("README.md"), re.MULTILINE))
    there = {
        str(p.relative_to(ROOT))
        for room in ("bot", "corpus", "index", "evals")
        for p in (ROOT / room).rglob("*.py")
        if p.name != "__init__.py"
    } | {"amur.py"}
    assert listed == there


@pytest.mark.model
def test_the_python_example_in_the_readme_runs(
    shipped_settings: Settings, shipped_bot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = re.search(r"```python\n(.*?)```", read("README.md"), re.DOTALL)
    assert code
    monkeypatch.setenv("AMUR_HOME", str(shipped_settings.home))
    names: dict[str, Any] = {}
    exec(code.group(1), names)
    assert "16 July 2001" in names["answer"].answer


def test_every_field_of_the_answer_is_in_the_api_page() -> None:
    page = read("docs/api.md")
    for name in Answer.__dataclass_fields__:
        assert f"`{name}`" in page


def test_every_error_and_perspective_has_its_words() -> None:
    import corpus.errors as errors

    named = {n for n in dir(errors) if n.endswith(("Error", "Missing", "Mismatch"))}
    assert named
    for name in named:
        assert name in (errors.__doc__ or "")
    glossary = read("docs/glossary.md")
    for perspective in PERSPECTIVES:
        assert f"`{perspective}`" in glossary


@pytest.mark.parametrize("page", PAGES, ids=[str(p.relative_to(ROOT)) for p in PAGES])
def test_links_to_files_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8")):
        if not target.startswith(("http://", "https://")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_the_make_targets_in_the_docs_exist() -> None:
    makefile = read("Makefile")
    for page in PAGES:
        for target in re.findall(r"^    make (\w+)", page.read_text(encoding="utf-8"), re.MULTILINE):
            assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
