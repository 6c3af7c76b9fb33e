"""The pages on chat models, held against the code."""

import re
import tomllib
from pathlib import Path
from typing import get_args

import pytest

from bot.chat_model import Reason
from bot.messages import LANGUAGES, catalogue
from bot.providers import EXTRAS
from bot.settings import Settings

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = (ROOT / "docs" / "chat-models.md").read_text(encoding="utf-8")
CITATIONS = (ROOT / "docs" / "citations.md").read_text(encoding="utf-8")
REASONS = [*get_args(Reason), "model-declined", "too-little"]


def test_every_setting_that_the_page_names_exists_and_every_one_of_the_chat_model_is_named_somewhere() -> None:
    settings = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    there = {f"AMUR_{name.upper()}" for name in Settings.model_fields}
    assert set(re.findall(r"\bAMUR_[A-Z_]+\b", PAGE)) <= there
    assert {name for name in there if name.startswith("AMUR_CHAT_")} <= set(re.findall(r"AMUR_[A-Z_]+", settings))


def test_every_example_is_five_lines_and_its_settings_can_be_used(monkeypatch: pytest.MonkeyPatch) -> None:
    sections = re.findall(r"^## (OpenAI|Anthropic|Ollama.*|vLLM.*)\n\n((?:    .*\n)+)", PAGE, re.MULTILINE)
    assert len(sections) == 4
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for _, block in sections:
        lines = block.splitlines()
        assert len(lines) == 5
        assert lines[-1].strip() == "amur serve"
        (extra,) = re.findall(r"\.\[(\w+)\]", block)
        assert extra in EXTRAS
        assert any(EXTRAS[extra] in wanted for wanted in project["optional-dependencies"][extra])
        given = dict(re.findall(r"export AMUR_(\w+)=(\S+)", block))
        settings = Settings(**{name.lower(): value for name, value in given.items()})
        assert settings.chat_model.startswith(extra)


def test_every_reason_is_documented_and_said_in_every_language() -> None:
    for reason in REASONS:
        if reason != "stopped":  # nobody is there to be told
            assert f"`{reason}`" in PAGE
            for language in LANGUAGES:
                assert f"model.{reason}" in catalogue(language)


def test_every_kind_of_refused_sentence_is_documented() -> None:
    files = ("check.py", "sentences.py", "asserted.py", "pairing.py")
    source = "".join((ROOT / "bot" / name).read_text(encoding="utf-8") for name in files)
    found = re.findall(r'(?:kind=|_note\()"([a-z-]+)"|\("([a-z-]+)", _', source)
    kinds = {one or other for one, other in found}
    assert {
        "unknown-key",
        "no-citation",
        "unattributed",
        "overstated",
        "widened",
        "unsupported-figure",
        "unsupported-name",
        "unsupported-negation",
        "unsupported-opposite",
        "unsupported-cause",
        "unsupported-roles",
        "combined",
        "leaning",
        "unchecked-language",
    } == kinds
    for kind in kinds:
        assert f"`{kind}`" in CITATIONS or f"`{kind.removeprefix('unsupported')}`" in CITATIONS
    for verdict in ("verbatim", "supported", "translated"):
        assert f"| `{verdict}` |" in CITATIONS
