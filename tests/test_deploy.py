"""The Dockerfile and docs/deploy.md, held against the code: no Docker is needed to find what they name that is not there."""

import os
import re
import shlex
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import click
import httpx
import pytest

import amur
from bot.pipeline import Bot
from bot.serve.api import PREFIX
from bot.serve.body import MAX_BODY
from bot.server_settings import ServerSettings
from bot.settings import Settings
from tests.bot.serve.running import kept_port

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
VARIABLES = {f"AMUR_{name.upper()}" for name in Settings.model_fields}


def instructions() -> list[tuple[str, str]]:
    """Return the Dockerfile's instructions as (name, rest), comments gone and continued lines joined."""
    text = re.sub(r"^#.*\n", "", (ROOT / "Dockerfile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    lines = text.replace("\\\n", " ").splitlines()
    return [(line.split(None, 1)[0], " ".join(line.split(None, 1)[1].split())) for line in lines if line.strip()]


def all_of(name: str) -> list[str]:
    return [rest for instruction, rest in instructions() if instruction == name]


def copied() -> list[str]:
    """Return what is copied from the repository into the image."""
    return [source.rstrip("/") for rest in all_of("COPY") if "--from" not in rest for source in rest.split()[:-1]]


def sent(path: str) -> bool:
    """Tell whether .dockerignore lets a path through; the last line that matches it or a folder above it wins."""
    through = True
    for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        pattern = line.removeprefix("!")
        above = [path, *(str(p) for p in Path(path).parents if str(p) != ".")]
        whole = [
            p
            for p in above
            if fnmatch(p, pattern) or (pattern.startswith("**/") and fnmatch("/" + p, "*" + pattern[2:]))
        ]
        if whole:
            through = line.startswith("!")
    return through


def command(words: list[str]) -> click.Command:
    """Return the command of ours that a line runs."""
    found: click.Command = amur.cli
    for word in words:
        assert isinstance(found, click.Group)
        sub = found.get_command(click.Context(found), word)
        assert sub is not None, f"there is no command {word!r}"
        found = sub
    return found


def test_what_the_image_is_built_from_is_there_and_is_sent() -> None:
    assert set(copied()) >= {
        "pyproject.toml",
        "constraints.txt",
        "amur.py",
        "corpus",
        "index",
        "bot",
        "evals",
        "README.md",
        "LICENSE",
    }
    for source in copied():
        assert (ROOT / source).exists(), source
        assert sent(source), source


def test_the_texts_and_every_module_are_sent_and_nothing_private_is() -> None:
    for path in (
        "corpus/texts/LICENSE",
        "bot/serve/static/amur.js",
        "bot/serve/static/swagger/swagger-ui.css",
        "index/store.py",
    ):
        assert (ROOT / path).exists()
        assert sent(path), path
    for path in (
        ".git",
        ".venv",
        ".amur",
        "amur.toml",
        "tests",
        "bot/__pycache__/x.pyc",
        "bot/serve/widget/node_modules/x",
        "docs",
    ):
        assert not sent(path), path


def test_the_packages_of_the_project_are_all_copied() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    (include,) = re.findall(r"\[tool\.setuptools\.packages\.find\]\ninclude = \[(.*)\]", project)
    assert {name.strip(' "*') for name in include.split(",")} <= set(copied())


def test_the_commands_it_runs_exist() -> None:
    ran = [words for rest in all_of("RUN") for part in rest.split("&&") if (words := shlex.split(part))]
    ours = [words[1:] for words in ran if words[0].endswith("/amur")]
    assert ours == [["index", "build"]]
    assert command(ours[0]).name == "build"
    assert all_of("CMD") == ['["amur", "serve"]']
    assert command(["serve"]).name == "serve"


def test_its_settings_are_settings_and_its_port_is_the_default() -> None:
    named = set(re.findall(r"\b(AMUR_\w+)=", " ".join(all_of("ENV"))))
    assert {"AMUR_HOME", "AMUR_HOST", "AMUR_FEEDBACK_URL"} <= named <= VARIABLES
    assert all_of("EXPOSE") == [str(ServerSettings.model_fields["port"].default)]
    assert f"127.0.0.1:{ServerSettings.model_fields['port'].default}{PREFIX}/ready" in " ".join(all_of("HEALTHCHECK"))


def test_it_runs_without_rights_on_a_python_that_the_project_takes() -> None:
    names = [name for name, _ in instructions()]
    last = max(n for n, name in enumerate(names) if name == "FROM")
    assert names.index("USER", last) < names.index("CMD", last)
    assert all_of("USER") == ["amur"]
    versions = re.findall(r"python:3\.(\d+)-slim", " ".join(all_of("FROM")))
    assert len(set(versions)) == 1
    assert int(versions[0]) >= 11
    assert all("/opt/amur" in rest or "/var/lib/amur" in rest for rest in all_of("COPY") if "--from=build" in rest)
    assert all_of("FROM")[0].endswith(" AS build")


def packaged() -> set[str]:
    """Return every file of the four packages that the image gets; the widget's source is for those who change it."""
    ignored = {"__pycache__", "node_modules"}
    return {
        str(path.relative_to(ROOT))
        for name in ("bot", "corpus", "index", "evals")
        for path in (ROOT / name).rglob("*")
        if path.is_file() and not ignored & set(path.parts) and sent(str(path.relative_to(ROOT)))
    }


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from what the Dockerfile copies and nothing else, as it lies where it is installed. (torch brings setuptools.)"""
    folder = tmp_path_factory.mktemp("wheel")
    for path in packaged() | {name for name in copied() if (ROOT / name).is_file()}:
        (folder / "src" / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / path, folder / "src" / path)
    build = "import sys; from setuptools import build_meta; build_meta.build_wheel(sys.argv[1])"
    subprocess.run(
        [sys.executable, "-c", build, folder], cwd=folder / "src", check=True, capture_output=True, timeout=300
    )
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(folder / "installed")
    return folder / "installed"


def test_the_wheel_holds_every_file_that_the_packages_read(installed: Path) -> None:
    there = {str(path.relative_to(installed)) for path in installed.rglob("*") if path.is_file()}
    files = packaged()
    assert {"bot/serve/static/amur.js", "bot/locales/zh.md", "corpus/series/datapackage.json"} <= files
    assert files - there == {"evals/LOG.md"}  # for people who change Amur
    assert "amur.py" in there


@pytest.fixture(scope="module")
def from_wheel(installed: Path, shipped_bot: Bot, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client of a server that runs from the installed wheel, far from the sources."""
    folder = tmp_path_factory.mktemp("served")
    given = {
        "PYTHONPATH": str(installed),
        "AMUR_HOME": str(shipped_bot.settings.home),
        "AMUR_FEEDBACK_URL": "sqlite://",
    }
    command = [sys.executable, "-c", "import amur, sys; print(amur.__file__, file=sys.stderr); amur.main()", "serve"]
    with (folder / "log").open("w", encoding="utf-8") as log, kept_port() as port:
        server = subprocess.Popen([*command, "--port", str(port)], cwd=folder, env={**os.environ, **given}, stderr=log)
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
                while True:
                    assert server.poll() is None, (folder / "log").read_text(encoding="utf-8")
                    try:
                        client.get("/api/v1/ready").raise_for_status()
                        break
                    except httpx.TransportError:
                        time.sleep(0.1)
                assert (folder / "log").read_text(encoding="utf-8").startswith(str(installed / "amur.py"))
                yield client
        finally:
            server.terminate()
            server.wait(300)


@pytest.mark.model
@pytest.mark.parametrize(
    ("path", "holds"),
    [
        ("/", "Amur"),
        ("/embed", "embed/amur.js"),
        ("/embed/amur.js", "amur-chat"),
        ("/embed/setup", "Put Amur on your site"),
        ("/static/preview.html", "amur.js"),
        ("/static/chat.js", "use strict"),
        ("/docs", "swagger"),
        ("/static/swagger/swagger-ui.css", ".swagger-ui"),
        ("/documents/treaty-2001", "Good-Neighbourliness"),
        ("/explore/sources?lang=ru", "Источники"),
        ("/explore/figures", "svg"),
        ("/about?lang=en", "<h1"),
        ("/about?lang=ru", "<h1"),
        ("/about?lang=zh", "<h1"),
    ],
)
def test_the_installed_wheel_serves_every_page(from_wheel: httpx.Client, path: str, holds: str) -> None:
    response = from_wheel.get(path)
    assert response.status_code == 200
    assert holds in response.text


@pytest.mark.model
def test_the_installed_wheel_answers_as_the_sources_do(from_wheel: httpx.Client, shipped_bot: Bot) -> None:
    assert from_wheel.get("/api/v1/version").json()["fingerprint"] == shipped_bot.fingerprint
    for question in ("When was the 2001 treaty signed?", "What can you do?", "谢谢"):
        answer = from_wheel.post("/api/v1/ask", json={"question": question}).json()
        expected = shipped_bot.answer(question)
        assert (answer["answer"], answer["mode"]) == (expected.answer, expected.mode)


def test_every_setting_that_the_page_names_is_one() -> None:
    named = set(re.findall(r"\bAMUR_[A-Z_]+\b", PAGE))
    assert len(named) > 10
    assert named <= VARIABLES


def test_every_command_that_the_page_runs_exists() -> None:
    ran = re.findall(r"(?:^|[ `/])amur ((?:index|serve|feedback|corpus)(?: (?:build|list|status|check))?)\b", PAGE)
    assert {"serve", "index build"} <= set(ran)
    for words in ran:
        command(words.split())


def test_the_proxies_stream_and_take_what_the_server_takes() -> None:
    (nginx,) = re.findall(r"```nginx\n(.*?)```", PAGE, re.DOTALL)
    (caddy,) = re.findall(r"```caddy\n(.*?)```", PAGE, re.DOTALL)
    assert "proxy_buffering off;" in nginx
    assert "flush_interval -1" in caddy
    (size,) = re.findall(r"client_max_body_size (\d+)k;", nginx)
    assert int(size) * 1024 == MAX_BODY
    (patience,) = re.findall(r"proxy_read_timeout (\d+)s;", nginx)
    assert int(patience) > ServerSettings.model_fields["answer_seconds"].default
    for header in ("Host $host", "X-Forwarded-For $proxy_add_x_forwarded_for", "X-Forwarded-Proto $scheme"):
        assert f"proxy_set_header {header};" in nginx
    assert nginx.count("{") == nginx.count("}")
    for text in (nginx, caddy):
        assert f"127.0.0.1:{ServerSettings.model_fields['port'].default}" in text


@pytest.mark.parametrize("words", ["no sticky sessions", "The chat page does", "no image was built or run"])
def test_the_page_says_what_must_be_said(words: str) -> None:
    assert words in " ".join(PAGE.split())
