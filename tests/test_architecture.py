"""The habits of the house that a machine can check."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("bot", "corpus", "index", "evals")
MODULES = [*sorted(p for room in ROOMS for p in (ROOT / room).rglob("*.py")), ROOT / "amur.py"]
IDS = [str(p.relative_to(ROOT)) for p in MODULES]
MAX_LINES = 300


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def uses(package: str) -> set[str]:
    return {
        name
        for path, name in zip(MODULES, IDS, strict=True)
        if any(
            m == package or m.startswith(package + ".") for m in imported(ast.parse(path.read_text(encoding="utf-8")))
        )
    }


def test_each_outside_thing_has_one_place() -> None:
    assert uses("chromadb") == {"index/store.py"}
    assert uses("gradio") == {"bot/serve/page.py", "bot/serve/parts.py", "bot/serve/app.py"}
    assert uses("sentence_transformers") == {"index/embed.py", "index/rerank.py"}
    assert uses("bm25s") == {"index/lexical.py"}
    assert uses("sentencex") == {"corpus/text.py"}
    assert uses("trafilatura") == {"corpus/html.py"}
    assert uses("pypdfium2") == {"corpus/pdf.py"}
    assert uses("mammoth") == {"corpus/word.py"}
    assert uses("py3langid") == {"corpus/language.py"}
    assert uses("jinja2") == {"corpus/pages.py"}
    assert uses("matplotlib") <= {"corpus/charts.py", "corpus/drawing.py", "corpus/estimates.py", "corpus/svg.py"}
    assert uses("urllib3") == {"corpus/fetch.py", "corpus/urls.py"}


def test_nothing_imports_the_command() -> None:
    assert uses("amur") == set()


def test_the_environment_is_read_in_settings_only() -> None:
    reading = {
        name
        for path, name in zip(MODULES, IDS, strict=True)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv", "environb"}
    }
    assert reading == {"corpus/settings.py"}


@pytest.mark.parametrize("path", MODULES, ids=IDS)
def test_modules_are_short_documented_and_typed(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    tree = ast.parse(source)
    assert source.count("\n") <= MAX_LINES
    if source.strip() and path.name != "__init__.py":
        assert ast.get_docstring(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and not node.name.startswith("_") and node in tree.body:
            assert ast.get_docstring(node), f"{node.name} has no docstring"


@pytest.mark.parametrize("path", MODULES, ids=IDS)
def test_functions_fit_a_screen(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno < 56, (
                f"{node.name} is {(node.end_lineno or 0) - node.lineno} lines long"
            )


def test_the_public_names_of_the_bot_are_those_declared() -> None:
    import bot

    assert sorted(bot.__all__) == [
        "AmurError",
        "Answer",
        "Bot",
        "Citation",
        "Event",
        "Settings",
        "Statement",
        "Turn",
        "load_settings",
    ]
    for name in bot.__all__:
        assert getattr(bot, name).__name__ == name
    with pytest.raises(AttributeError):
        _ = bot.NoSuchName
