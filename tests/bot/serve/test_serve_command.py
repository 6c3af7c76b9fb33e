"""`amur serve` says in one line why it cannot start."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from bot.calibration import Calibration, calibration_file, identity, write_calibration
from bot.pipeline import Bot
from bot.serve.cli import note
from bot.settings import Settings
from tests.bot.serve.running import kept_port
from tests.fakes import BagOfWords

ROOT = Path(__file__).resolve().parents[3]


def serve(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command as a person does, with the environment of the test."""
    return subprocess.run(
        [sys.executable, "-m", "amur", "serve", *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        timeout=300,
    )


def check_one_line(done: subprocess.CompletedProcess[str], *said: str) -> None:
    """Check that a run ended with one line of error and nothing else."""
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("amur: ")
    for words in said:
        assert words in done.stderr


def test_a_busy_port_is_one_line_with_another_to_choose() -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        check_one_line(serve("--port", str(port)), f"127.0.0.1:{port}", "amur serve --port ")


def test_a_missing_index_is_one_line_that_names_the_command() -> None:
    with kept_port() as port:
        check_one_line(serve("--port", str(port)), "amur index build")


@pytest.mark.parametrize("origins", ["*", "example.org"])
def test_a_setting_that_cannot_be_is_one_line_that_names_it(origins: str) -> None:
    check_one_line(serve(AMUR_ALLOWED_ORIGINS=origins), "AMUR_ALLOWED_ORIGINS", repr(origins))


def test_an_address_of_another_machine_is_one_line() -> None:
    with kept_port() as port:
        check_one_line(serve("--host", "192.0.2.1", "--port", str(port)), "192.0.2.1")


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("AMUR_LIMIT_READER", "often"),
        ("AMUR_ALLOWED_HOSTS", "https://amur.example.org"),
        ("AMUR_TRUSTED_PROXIES", "proxy.example"),
        ("AMUR_ROOT_PATH", "amur/"),
    ],
)
def test_a_setting_of_the_server_that_cannot_be_is_one_line_that_names_it(variable: str, value: str) -> None:
    check_one_line(serve(**{variable: value}), variable, repr(value))


def test_an_operator_is_told_that_a_rule_decides_for_want_of_a_calibration(small_bot: Bot, tmp_path: Path) -> None:
    assert "no calibration was made for this index" in note(small_bot)
    assert note(small_bot).endswith("amur eval calibrate")
    model = Calibration(
        features=("coverage",), mean=(0.0,), scale=(1.0,), weights=(1.0,), intercept=0.0, threshold=0.5,
        made_for=identity(small_bot.store.manifest, small_bot.settings), made="2026-11-26", cases_hash="", cases=0,
    )  # fmt: skip
    settings = small_bot.settings.model_copy(update={"home": tmp_path})
    shutil.copytree(small_bot.settings.home / "index", tmp_path / "index")
    write_calibration(model, calibration_file(settings))
    assert note(Bot(settings, embedder=BagOfWords())) == ""


@pytest.fixture
def port() -> Iterator[int]:
    with kept_port() as port:
        yield port


@pytest.mark.model
def test_it_answers_writes_json_lines_and_stops_when_told(
    shipped_settings: Settings, shipped_bot: Bot, port: int
) -> None:
    server = subprocess.Popen(
        [sys.executable, "-m", "amur", "serve", "--port", str(port)],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "AMUR_HOME": str(shipped_settings.home)},
    )
    assert server.stderr is not None
    with server, httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
        try:
            started = [server.stderr.readline(), server.stderr.readline()]
            while not answers(client):
                assert server.poll() is None
                time.sleep(0.05)
            sent = {"x-request-id": "mine-12345", "x-forwarded-for": "192.0.2.1"}
            reply = client.post("/api/v1/ask", json={"question": "When was the secret treaty signed?"}, headers=sent)
        finally:
            server.terminate()
        written = server.stderr.read()
    assert reply.status_code == 200
    assert started[1].startswith(f"Amur is at http://127.0.0.1:{port}")
    lines = [json.loads(line) for line in written.splitlines()]
    assert ("mine-12345", "/api/v1/ask", 200) in [(line["request"], line["path"], line["status"]) for line in lines]
    assert "secret" not in written
    assert "192.0.2.1" not in written
    assert server.returncode in (0, -signal.SIGTERM)


def answers(client: httpx.Client) -> bool:
    try:
        return client.get("/api/v1/ready").status_code == 200
    except httpx.TransportError:
        return False
