"""Adding and removing, killed at every step: the corpus is as it was before or as it was to be."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bot.settings import Settings
from corpus.added import remove_documents
from tests.conftest import ROOT
from tests.corpus.adding import FERRY, add_one, documents, here, id_of, tree, write

__all__ = ["here"]  # a fixture


KILLED = """
import json, os, signal, sys
from pathlib import Path
from corpus.add import add_documents
from corpus.added import remove_documents
from corpus.metadata import Given
from corpus.settings import CorpusSettings
from corpus.sources import find_sources

order = json.loads(sys.argv[1])
seen = 0


def audit(event, arguments):
    global seen
    if event in ("os.rename", "os.remove") and str(arguments[0]).startswith(order["home"]):
        seen += 1
        print(event, Path(arguments[event == "os.rename"]).name, flush=True)
        if seen == order["stop"]:
            os.kill(os.getpid(), signal.SIGKILL)


sys.addaudithook(audit)
settings = CorpusSettings(home=order["home"], corpus=order["corpus"])
if order["remove"]:
    remove_documents(settings, order["remove"])
else:
    list(add_documents(settings, find_sources(order["add"]), Given(**order["given"])))
"""


def killed(
    settings: Settings, stop: int, *, paths: tuple[Path, ...] = (), remove: tuple[str, ...] = (), **given: str
) -> list[str]:
    """Run the command in a process that is killed at its nth step that changes a file; returns the steps it took."""
    order = {
        "home": str(settings.home),
        "corpus": settings.corpus,
        "stop": stop,
        "add": list(map(str, paths)),
        "remove": remove,
        "given": given,
    }
    done = subprocess.run(
        [sys.executable, "-c", KILLED, json.dumps(order)],
        env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, encoding="utf-8", timeout=300,
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL, done.stderr
    return done.stdout.split("\n")[:-1]


def test_a_crash_while_a_document_is_added_leaves_the_corpus_as_it_was(settings: Settings, here: Path) -> None:
    add_one(settings, write(here / "a.txt", FERRY))
    before = documents(settings)
    assert killed(settings, 1, paths=(write(here / "b.txt", "The ferry sank."),)) == ["os.rename b.md"]
    assert documents(settings) == before
    assert any(name.endswith(".tmp") for name in tree(settings))
    assert add_one(settings, here / "a.txt").status == "unchanged"
    assert sorted(tree(settings)) == ["texts/documents/a.md"]
    assert add_one(settings, here / "b.txt").status == "added"
    assert sorted(tree(settings)) == ["texts/documents/a.md", "texts/documents/b.md"]


def test_a_crash_while_a_new_version_is_written_leaves_the_old(settings: Settings, here: Path) -> None:
    add_one(settings, write(here / "a.txt", FERRY))
    before = documents(settings)
    killed(settings, 1, paths=(write(here / "a.txt", "The ferry sank."),))
    assert documents(settings) == before
    assert add_one(settings, here / "a.txt").status == "replaced"


@pytest.mark.parametrize(("stop", "topic"), [(1, "one"), (2, "two")])
def test_a_crash_while_a_document_moves_leaves_it_whole_and_alone(
    settings: Settings, here: Path, stop: int, topic: str
) -> None:
    name = id_of(add_one(settings, write(here / "a.txt", FERRY), topic="one"))
    killed(settings, stop, paths=(here / "a.txt",), topic="two")
    assert documents(settings) == {name: (FERRY, topic)}
    assert add_one(settings, here / "a.txt", topic="two").status in {"corrected", "unchanged"}
    assert documents(settings) == {name: (FERRY, "two")}


@pytest.mark.parametrize(("stop", "steps"), [(1, ["os.rename a"]), (2, ["os.rename a", "os.remove a.md"])])
def test_a_crash_while_a_document_is_removed_is_finished_later(
    settings: Settings, here: Path, stop: int, steps: list[str]
) -> None:
    add_one(settings, write(here / "a.txt", FERRY))
    before = documents(settings)
    assert killed(settings, stop, remove=("a",)) == steps
    assert documents(settings) == (before if stop == 1 else {})
    add_one(settings, write(here / "b.txt", "The ferry sank."))
    if stop == 2:
        assert sorted(tree(settings)) == ["texts/documents/b.md", "tombstones/a"]
    assert remove_documents(settings, ["a"] if stop == 1 else ["b"])


def test_a_crash_while_a_removed_document_comes_back_keeps_it_away(settings: Settings, here: Path) -> None:
    add_one(settings, write(here / "a.txt", FERRY))
    remove_documents(settings, ["a"])
    killed(settings, 2, paths=(here / "a.txt",))
    assert documents(settings) == {}
    assert add_one(settings, here / "a.txt").detail == "it had been removed"
    assert documents(settings) == {"a": (FERRY, "documents")}


def test_what_was_half_written_on_a_full_disk_is_taken_away(tmp_path: Path) -> None:
    """A limit on the size of files plays the full disk."""
    code = (
        "import resource\nfrom pathlib import Path\nfrom corpus.files import write_whole\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\nwrite_whole(Path('a.md'), 'x' * 5000)"
    )
    (tmp_path / "a.md").write_text("old", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(ROOT)}, cwd=tmp_path, capture_output=True, encoding="utf-8", timeout=300,
    )  # fmt: skip
    assert "OSError: [Errno 27] File too large" in done.stderr
    assert [(p.name, p.read_text(encoding="utf-8")) for p in tmp_path.iterdir() if p.is_file()] == [("a.md", "old")]
