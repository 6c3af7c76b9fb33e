"""`amur corpus add` and the commands that know added documents."""

import fcntl
import os
import re
import struct
import subprocess
import sys
import termios
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import amur
from bot.settings import Settings
from corpus.errors import CorpusError
from tests.conftest import ROOT
from tests.corpus.adding import FERRY, here, write
from tests.corpus.fetching import Server, server
from tests.making import column, pdf

__all__ = ["here", "server"]  # fixtures


@pytest.fixture
def command(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Run `amur corpus …` on the small corpus."""
    monkeypatch.setenv("AMUR_CORPUS", settings.corpus)
    monkeypatch.setenv("AMUR_HOME", str(settings.home))
    return lambda *arguments: CliRunner().invoke(amur.cli, ["corpus", *map(str, arguments)], prog_name="amur")


def test_the_command_prints_what_it_found_out(command: Callable[..., Result], here: Path) -> None:
    result = command(
        "add",
        write(here / "a.md", f"---\ntitle: A note\nauthor: Ann\n---\n{FERRY}"),
        "--topic",
        "ferries",
        "--issued",
        "1999",
    )
    assert result.exit_code == 0
    assert result.stdout == (
        "added: a-note (1 sentence)\n  title: A note\n  creator: Ann\n  issued: 1999\n  language: en\n"
        "  topic: ferries\n  perspective: other\n"
    )
    assert result.stderr == "1 added; now run: amur index build\n"
    again = command("add", here / "a.md")
    assert again.stdout == f"unchanged: a-note ({here / 'a.md'} has the same content)\n"
    assert (again.exit_code, again.stderr) == (0, "")


def test_what_a_terminal_obeys_is_not_printed(command: Callable[..., Result], here: Path) -> None:
    write(here / "a\x1b[2J.md", f'---\ntitle: "b\\e[2Jc"\n---\n{FERRY}')
    write(here / "a\x1b[2J.pdf", b"%PDF-1.7 broken")
    for _ in range(2):
        result = command("add", here)
        assert "\x1b" not in result.output
    assert "unchanged: b-2jc" in result.stdout


def test_the_command_fails_if_anything_failed_after_adding_the_rest(command: Callable[..., Result], here: Path) -> None:
    write(here / "a.txt", FERRY)
    write(here / "bad.pdf", b"%PDF-1.7 broken")
    result = command("add", here, "--allow-port", "8080")
    assert isinstance(result.exception, CorpusError)
    assert str(result.exception) == "1 of 2 documents were not added; the lines above say why"
    assert result.stderr.splitlines() == [
        f"amur: Cannot add '{here / 'bad.pdf'}': it is damaged; save it anew and add that",
        "1 added, 1 failed; now run: amur index build",
    ]
    alone = command("add", here / "bad.pdf")
    assert str(alone.exception).startswith("Cannot add")
    assert alone.stderr == ""


def test_list_show_and_remove_know_added_documents(command: Callable[..., Result], here: Path) -> None:
    path = write(here / "ferry.pdf", pdf(column("A report."), column(FERRY), about={"Title": "Ferries"}))
    command("add", path)
    assert any(line.startswith("ferries ") for line in command("list").stdout.splitlines())
    shown = command("show", "ferries").stdout
    assert f"source_path: {path}\n" in shown
    assert "source_sha256: " in shown
    assert f"[p. 2]\n{FERRY}\n" in shown
    assert command("remove", "ferries", "essay").stderr == "removed: ferries, essay\ndeleted: ferries\n"
    assert str(command("restore", "ferries").exception).endswith(f"add it again: amur corpus add {path}")
    assert command("restore", "essay").exit_code == 0
    assert command("check").exit_code in {0, 1}


def at_a_terminal(settings: Settings, *arguments: Path) -> tuple[str, str]:
    """Run `amur corpus add` with standard error on a terminal of 80 columns; returns standard output, and what the terminal got."""
    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    process = subprocess.Popen(
        [sys.executable, "-m", "amur", "corpus", "add", *map(str, arguments)],
        cwd=ROOT, env={**os.environ, "AMUR_HOME": str(settings.home), "AMUR_CORPUS": settings.corpus},
        stdout=subprocess.PIPE, stderr=theirs, encoding="utf-8",
    )  # fmt: skip
    os.close(theirs)
    shown = b""
    with suppress(OSError):  # that is how Linux says that nobody writes to a terminal any more
        while piece := os.read(ours, 65_536):
            shown += piece
    os.close(ours)
    said, _ = process.communicate(timeout=300)
    return said, shown.decode("utf-8")


def test_a_bar_shows_how_far_it_is_on_a_terminal_only(
    settings: Settings, command: Callable[..., Result], here: Path
) -> None:
    write(here / "a.txt", FERRY)
    write(here / "b.pdf", b"%PDF-1.7 broken")
    said, shown = at_a_terminal(settings, here)
    assert re.findall(r"\rAdding: +(\d+)%\|.*?\| (\d/\d) ", shown)[-1] == ("100", "2/2")
    assert f"amur: Cannot add '{here / 'b.pdf'}': it is damaged" in shown
    assert said.startswith("added: a (1 sentence)\n")
    assert "Adding" not in said
    assert "Adding" not in command("add", here).output


def test_one_title_is_not_given_to_many(command: Callable[..., Result], here: Path) -> None:
    write(here / "a.txt", FERRY)
    write(here / "b.txt", "The ferry sank.")
    result = command("add", here, "--title", "Same")
    assert result.exit_code == 2
    assert "--title goes with one document, and 2 were named" in result.output


def test_the_command_may_not_fetch_from_this_machine(command: Callable[..., Result], server: Server) -> None:
    result = command("add", server.page("/"), "--allow-port", server.port)
    assert "which is no public address" in str(result.exception)
    assert server.asked == []
