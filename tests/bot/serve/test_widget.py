"""The widget's built file: that of its source, small, and free of what an embedded script must not do. And its page in the docs."""

import base64
import gzip
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest

from bot.messages import say
from corpus.references import PERSPECTIVES

ROOT = Path(__file__).resolve().parents[3]
SERVE = ROOT / "bot" / "serve"
SOURCE = SERVE / "widget"
BUILT = SERVE / "static" / "amur.js"
BUDGET = 20_000
"""Bytes that the built file may have when compressed."""


def manifest() -> dict[str, Any]:
    """Return what the build says it was made from."""
    read: dict[str, Any] = json.loads((SERVE / "static" / "amur.json").read_text(encoding="utf-8"))
    return read


def source(name: str) -> str:
    """Return one of the widget's own files."""
    return (SOURCE / "src" / name).read_text(encoding="utf-8")


def constant(name: str, file: str = "options.ts") -> list[str]:
    """Return the strings of an exported list of the source."""
    found = re.search(rf"export const {name} = \[(.*?)\] as const", source(file), re.DOTALL)
    assert found
    return re.findall(r'"([^"]+)"', found.group(1))


def strings(language: str) -> dict[str, str]:
    """Return what the widget says in a language, by key."""
    block = re.search(
        rf"^const {language}(?:: Strings)? = \{{\n(.*?)^\}};", source("strings.ts"), re.DOTALL | re.MULTILINE
    )
    assert block
    return dict(re.findall(r'^  "?([\w-]+)"?: "(.*)",$', block.group(1), re.MULTILINE))


def test_the_built_file_is_the_build_of_its_source() -> None:
    made_from = {
        str(path.relative_to(SOURCE)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in [*SOURCE.glob("*.*"), *SOURCE.glob("src/*")]
    }
    told = manifest()
    assert told["sources"] == made_from, "run `make widget` and commit what changes"
    assert told["sha256"] == hashlib.sha256(BUILT.read_bytes()).hexdigest()


def test_the_hash_in_the_manifest_is_what_a_browser_computes() -> None:
    digest = base64.b64encode(hashlib.sha384(BUILT.read_bytes()).digest()).decode()
    assert manifest()["integrity"] == f"sha384-{digest}"


def test_it_is_small() -> None:
    assert manifest()["bytes"] == len(BUILT.read_bytes())
    assert len(gzip.compress(BUILT.read_bytes(), 9)) <= BUDGET


@pytest.mark.parametrize(
    "dangerous",
    [
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "createContextualFragment",
        "setHTMLUnsafe",
        "DOMParser",
        "document.write",
        "eval(",
        "new Function",
        "srcdoc",
        "document.cookie",
        "localStorage",
        "indexedDB",
        "sendBeacon",
        "XMLHttpRequest",
    ],
)
def test_it_reads_no_text_as_markup_and_keeps_nothing(dangerous: str) -> None:
    assert dangerous not in BUILT.read_text(encoding="utf-8")


def test_it_names_no_host_but_the_one_it_is_given() -> None:
    named = set(re.findall(r"(?:https?:)?//[\w.-]+\.[a-z]+", BUILT.read_text(encoding="utf-8")))
    assert named == {"http://www.w3.org"}  # the name of a space, not an address


def test_its_tools_come_from_wherever_npm_is_told_to_look() -> None:
    lock = (SOURCE / "package-lock.json").read_text(encoding="utf-8")
    assert '"integrity"' in lock
    assert '"resolved"' not in lock
    assert "://" not in lock


def test_every_language_has_every_string_filled_in_the_same_way() -> None:
    english = strings("en")
    assert len(english) > 50
    for name in ("ru", "zh"):
        translated = strings(name)
        assert translated.keys() == english.keys()
        for key, text in english.items():
            assert translated[key].count("{0}") == text.count("{0}"), key
            assert translated[key].count("|") == text.count("|"), key
            assert not re.search(r"[a-z]{3}", translated[key]), key


def test_every_perspective_has_the_name_of_every_other_surface_and_a_colour() -> None:
    coloured = re.findall(r'\[data-voice(\^?)="([\w-]+)"\]', source("style.css"))
    for perspective in PERSPECTIVES:
        for name in ("en", "ru", "zh"):
            assert strings(name)[perspective] == say(f"perspective.{perspective}", name)
        if perspective != "other":  # the grey that needs no rule
            assert any(perspective.startswith(v) if starts else perspective == v for starts, v in coloured), perspective


def test_everything_a_site_can_set_is_documented() -> None:
    page = (ROOT / "docs" / "embedding.md").read_text(encoding="utf-8")
    attributes = re.search(r"## Attributes\n(.*?)\n## ", page, re.DOTALL)
    assert attributes
    rows = re.findall(r"^\| `([a-z]+)` \| (.*?) \|", attributes.group(1), re.MULTILINE)
    assert [name for name, _ in rows] == constant("ATTRIBUTES")
    values = {name: re.findall(r"`([a-z]+)`", text) for name, text in rows}
    assert values["form"] == constant("FORMS")
    assert values["theme"] == constant("THEMES")
    assert values["position"] == constant("POSITIONS")
    events = re.search(r"## Events\n(.*?)\n## ", page, re.DOTALL)
    assert events
    assert set(re.findall(r"`amur:(\w+)`", events.group(1))) == set(constant("EVENTS"))
    properties = set(re.findall(r"var\((--amur-[\w-]+)", source("style.css")))
    assert set(re.findall(r"`(--amur-[\w-]+)`", page)) == properties


def test_every_method_is_documented_and_no_other() -> None:
    page = (ROOT / "docs" / "embedding.md").read_text(encoding="utf-8")
    methods = set(re.findall(r"^  (\w+)\(.*\): .* \{$", source("main.ts").partition("function make(")[0], re.MULTILINE))
    assert methods == {"init", "open", "close", "ask", "destroy"}
    assert set(re.findall(r"`Amur\.(\w+)\(", page)) == methods
    element = source("element.ts")
    public = set(re.findall(r"^  (?:async )?([a-z]\w+)\(.*\): (?:void|Promise<Answer>) \{$", element, re.MULTILINE))
    public -= {"connectedCallback", "disconnectedCallback", "attributeChangedCallback"}
    sentence = page[page.index("element has `open()`") :].partition(";")[0]
    assert set(re.findall(r"`(\w+)\(", sentence)) == public


def test_every_part_is_documented_and_no_other() -> None:
    page = (ROOT / "docs" / "embedding.md").read_text(encoding="utf-8")
    parts = {
        part for path in (SOURCE / "src").glob("*.ts") for part in re.findall(r'part: "(\w+)"', path.read_text("utf-8"))
    }
    listed = page[page.index("The parts:") :].partition("\n\n")[0]
    assert set(re.findall(r"`(\w+)`", listed)) == parts
