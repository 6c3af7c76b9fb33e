"""`amur serve` says in one line why it cannot start."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


def serve(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command as a person does, with the environment of the test."""
    return subprocess.run(
        [sys.executable, "-m", "amur", "serve", *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        timeout=120,
    )


def check_one_line(done: subprocess.CompletedProcess[str], *said: str) -> None:
    """Check that a run ended with one line of error and nothing else."""
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("amur: ")
    for words in said:
        assert words in done.stderr


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_busy_port_is_one_line_with_another_to_choose() -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        check_one_line(serve("--port", str(port)), f"127.0.0.1:{port}", "amur serve --port ")


def test_a_missing_index_is_one_line_that_names_the_command() -> None:
    check_one_line(serve("--port", str(free_port())), "amur index build")


@pytest.mark.parametrize("origins", ["*", "example.org"])
def test_a_setting_that_cannot_be_is_one_line_that_names_it(origins: str) -> None:
    check_one_line(serve(AMUR_ALLOWED_ORIGINS=origins), "AMUR_ALLOWED_ORIGINS", repr(origins))


def test_an_address_of_another_machine_is_one_line() -> None:
    check_one_line(serve("--host", "192.0.2.1", "--port", str(free_port())), "192.0.2.1")
