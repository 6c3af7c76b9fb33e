"""Builds in processes of their own: killed at any moment, two at once, and under the eyes of a reader."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from corpus.errors import StoreError
from index.build import build_index
from index.cache import SLICE
from index.check import check_store
from index.manifest import index_folder
from index.settings import IndexSettings
from index.store import Store, open_store
from tests.fakes import BagOfWords
from tests.small import write_corpus

ROOT = Path(__file__).resolve().parent.parent.parent
LINES = 40

BUILDER = """
import json
import sys
from pathlib import Path

from index.build import build_index
from index.settings import IndexSettings
from tests.fakes import BagOfWords

given = json.loads(sys.argv[1])
stop, wait = given.pop("stop"), given.pop("wait")


def reached(line):
    print(line, flush=True)
    if wait and line == stop:
        sys.stdin.readline()


def progress(what, done, total):
    reached(f"{what} {done}/{total}")


def audit(event, arguments):
    # Moments between two progress reports: the renames that end a generation and make it current, and removals.
    if event == "os.rename" and str(arguments[1]).startswith(str(given["home"])):
        reached(f"rename to {Path(arguments[1]).name}")
    elif event == "shutil.rmtree" and "index" in Path(arguments[0]).parts:
        reached("remove an old generation")
    elif event == "sqlite3.connect" and str(arguments[0]).endswith("texts.sqlite"):
        reached("texts")
    elif event == "open" and str(arguments[0]).endswith(("passages.npy", "sentences.npy")) and "w" in str(arguments[1]):
        reached(f"save {Path(arguments[0]).name}")


sys.addaudithook(audit)
report = build_index(IndexSettings(**given), embedder=BagOfWords(), progress=progress)
print(f"built: {report.built}", flush=True)
"""

READER = """
import json
import sys
import threading

from index.manifest import current_generation
from index.settings import IndexSettings
from index.store import open_store
from tests.fakes import BagOfWords

settings = IndexSettings(**json.loads(sys.argv[1]))
query = BagOfWords().embed_query("When was the friendship treaty signed in Moscow?")
ended = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
store = None
while True:
    last = ended.wait(0.005)
    new = store is None or current_generation(settings) != store.folder
    if new:
        store = open_store(settings)
    ((row, similarity),) = store.nearest("sentences", query, 1)
    sentence = store.texts.sentences([row])[row]
    assert sentence.document_id == "treaty", sentence
    assert similarity > 0.5, similarity
    if new:
        print(f"{store.manifest.documents} documents, {store.manifest.generation}", flush=True)
    if last:
        break
"""


class Process:
    """A script of this module in a process of its own, read line by line."""

    def __init__(self, script: str, settings: IndexSettings, **given: Any) -> None:
        names = ("embedding_model", "chunk_tokens", "build_wait", "corpus")
        values = {name: getattr(settings, name) for name in names} | {"home": str(settings.home)} | given
        self.lines: list[str] = []
        self._process = subprocess.Popen(
            [sys.executable, "-c", script, json.dumps(values)],
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def until(self, wanted: str) -> None:
        """Read lines up to one."""
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.lines.append(line.rstrip("\n"))
            if line.rstrip("\n") == wanted:
                return
        pytest.fail(f"it ended before {wanted!r}: {self.lines} {self._errors()}")

    def go_on(self) -> None:
        """Let a script go on that waits, or end one that reads."""
        assert self._process.stdin is not None
        self._process.stdin.close()

    def kill(self, *, may_have_ended: bool = False) -> None:
        """Kill it with SIGKILL, which no process can handle; one that does not wait may have come to its good end before."""
        self._process.kill()
        assert self._process.wait() in ({-9, 0} if may_have_ended else {-9})

    def end(self) -> list[str]:
        """Wait for its good end; return all its lines."""
        assert self._process.stdout is not None
        self.lines += self._process.stdout.read().splitlines()
        assert self._process.wait() == 0, self._errors()
        return self.lines

    def close(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            if pipe is not None:
                pipe.close()

    def _errors(self) -> str:
        assert self._process.stderr is not None
        return self._process.stderr.read()


Start = Callable[..., Process]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start builders and readers; none outlives the test."""
    started: list[Process] = []

    def begin(script: str, settings: IndexSettings, **given: Any) -> Process:
        defaults = {"stop": "", "wait": False} if script is BUILDER else {}
        started.append(Process(script, settings, **(defaults | given)))
        return started[-1]

    yield begin
    for process in started:
        process.close()


@pytest.fixture(scope="module")
def built_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with two generations of the small corpus, so that the next build also removes one."""
    folder = tmp_path_factory.mktemp("once")
    corpus = write_corpus(folder / "corpus")
    settings = IndexSettings(home=folder / "home", corpus=str(corpus), embedding_model=BagOfWords.name, chunk_tokens=64)
    for _ in range(2):
        build_index(settings, embedder=BagOfWords(), force=True)
    return settings.home


@pytest.fixture
def built(settings: IndexSettings, built_once: Path) -> IndexSettings:
    """Settings whose home is a copy of that one."""
    shutil.copytree(built_once, settings.home)
    return settings


def add_list(folder: Path, lines: int) -> None:
    text = "\n\n".join(f"Shipment {n} of article {n * 7} was late." for n in range(lines))
    (folder / "list.txt").write_text(text, encoding="utf-8")


@pytest.fixture
def changed(built: IndexSettings, corpus_folder: Path) -> IndexSettings:
    """The same, after a document was added."""
    add_list(corpus_folder, LINES)
    return built


def answers(store: Store, question: str) -> str:
    ((row, _),) = store.nearest("sentences", BagOfWords().embed_query(question), 1)
    return store.texts.sentences([row])[row].document_id


def assert_whole(settings: IndexSettings, documents: int) -> Store:
    store = open_store(settings)
    check_store(store)
    assert store.manifest.documents == documents
    assert answers(store, "When was the friendship treaty signed in Moscow?") == "treaty"
    return store


def assert_recovers(settings: IndexSettings, *, force: bool = False) -> BagOfWords:
    """Build once more, without waiting for any lock, and look for what a killed build may have left."""
    embedder = BagOfWords()
    report = build_index(settings.model_copy(update={"build_wait": 0}), embedder=embedder, force=force)
    assert report.built
    store = assert_whole(settings, 4)
    assert store.manifest == report.manifest
    assert answers(store, "Which shipment of article 49 was late?") == "list"
    folders = [p for p in index_folder(settings).iterdir() if p.is_dir()]
    assert len(folders) == 2
    assert all((p / "manifest.json").is_file() for p in folders)
    assert not list(index_folder(settings).rglob("*.tmp"))
    return embedder


# The corpus of `changed`: 11 sentences in 5 chunks, then LINES sentences of 7 words, 8 of them in a chunk of 64 tokens.
CHUNKS = 5 + LINES // 8
TOTAL = CHUNKS + 11 + LINES
MOMENTS = [
    "Loading the embedding model 0/1",
    f"Embedding 0/{TOTAL}",
    f"Embedding {CHUNKS}/{TOTAL}",
    "texts",
    "save passages.npy",
    f"Writing {CHUNKS}/{TOTAL}",
    "save sentences.npy",
    "Checking 0/4",
    "rename to manifest.json",
    "rename to current",
]


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_build_killed_before_the_swap_leaves_the_old_index(changed: IndexSettings, start: Start, moment: str) -> None:
    serving = open_store(changed)
    builder = start(BUILDER, changed, stop=moment, wait=True)
    builder.until(moment)
    builder.kill()
    assert assert_whole(changed, 3).manifest == serving.manifest
    assert answers(serving, "When was the friendship treaty signed in Moscow?") == "treaty"
    embedded = len(assert_recovers(changed).embedded)
    # Of what was new, the killed build had embedded nothing, the chunks, or all; none of that is done twice.
    assert embedded == {0: LINES + LINES // 8, 1: LINES + LINES // 8, 2: LINES}.get(MOMENTS.index(moment), 0)


def test_a_build_killed_while_it_embeds_keeps_what_it_has(
    built: IndexSettings, corpus_folder: Path, start: Start
) -> None:
    lines, chunks = SLICE + 8, (SLICE + 8) // 8
    add_list(corpus_folder, lines)
    first_slice = f"Embedding {5 + chunks + 11 + SLICE}/{5 + chunks + 11 + lines}"
    builder = start(BUILDER, built, stop=first_slice, wait=True)
    builder.until(first_slice)
    builder.kill()
    assert_whole(built, 3)
    assert len(assert_recovers(built).embedded) == lines - SLICE


def test_a_build_killed_after_the_swap_leaves_the_new_index(changed: IndexSettings, start: Start) -> None:
    builder = start(BUILDER, changed, stop="remove an old generation", wait=True)
    builder.until("remove an old generation")
    builder.kill()
    assert builder.lines[-2:] == ["rename to current", "remove an old generation"]
    assert_whole(changed, 4)
    assert not build_index(changed, embedder=BagOfWords()).built
    assert_recovers(changed, force=True)


@pytest.mark.parametrize("moment", ["texts", "save passages.npy", f"Writing {CHUNKS}/{TOTAL}", "Checking 0/4"])
def test_a_build_killed_while_it_runs_on_leaves_a_whole_index(
    changed: IndexSettings, start: Start, moment: str
) -> None:
    # The builder does not wait here: the signal strikes wherever it has got to, most often inside Chroma or SQLite.
    builder = start(BUILDER, changed, stop="", wait=False)
    builder.until(moment)
    builder.kill(may_have_ended=True)
    swapped = open_store(changed).manifest.documents == 4
    assert_whole(changed, 4 if swapped else 3)
    assert_recovers(changed, force=swapped)


def test_builds_killed_one_after_the_other_leave_one_that_can_be_finished(changed: IndexSettings, start: Start) -> None:
    for moment in (f"Writing 0/{TOTAL}", "Checking 0/4", "rename to manifest.json"):
        builder = start(BUILDER, changed, stop=moment, wait=True)
        builder.until(moment)
        builder.kill()
        assert_whole(changed, 3)
    assert_recovers(changed)


def test_the_first_build_killed_leaves_an_index_that_is_missing_and_can_be_built(
    settings: IndexSettings, start: Start
) -> None:
    builder = start(BUILDER, settings, stop="rename to current", wait=True)
    builder.until("rename to current")
    builder.kill()
    with pytest.raises(StoreError, match=r"There is no index.*run: amur index build"):
        open_store(settings)
    assert build_index(settings, embedder=BagOfWords()).built
    assert_whole(settings, 3)


def test_a_build_that_finds_another_at_work_names_the_lock(changed: IndexSettings, start: Start) -> None:
    builder = start(BUILDER, changed, stop="Checking 0/4", wait=True)
    builder.until("Checking 0/4")
    with pytest.raises(StoreError, match="run: amur index build") as caught:
        build_index(changed.model_copy(update={"build_wait": 0}), embedder=BagOfWords())
    assert repr(str(index_folder(changed) / "build.lock")) in str(caught.value)
    assert_whole(changed, 3)
    builder.go_on()
    assert builder.end()[-1] == "built: True"
    assert_whole(changed, 4)


def test_a_build_that_waits_for_another_finds_its_work_done(changed: IndexSettings, start: Start) -> None:
    first = start(BUILDER, changed, stop="Checking 0/4", wait=True)
    first.until("Checking 0/4")
    second = start(BUILDER, changed.model_copy(update={"build_wait": 120}))
    second.until("Waiting for another build of this index 0/1")
    first.go_on()
    assert first.end()[-1] == "built: True"
    assert second.end()[1:] == ["built: False"]
    assert_whole(changed, 4)


def test_two_builds_at_once_both_end_and_the_index_is_whole(changed: IndexSettings, start: Start) -> None:
    builders = [start(BUILDER, changed) for _ in range(2)]
    assert sorted(builder.end()[-1] for builder in builders) == ["built: False", "built: True"]
    assert_whole(changed, 4)
    with FileLock(index_folder(changed) / "build.lock", timeout=0) as lock:
        assert lock.is_locked


def test_a_reader_answers_all_the_while_another_process_builds(
    built: IndexSettings, corpus_folder: Path, start: Start
) -> None:
    first = open_store(built).manifest
    reader = start(READER, built)
    reader.until(f"3 documents, {first.generation}")
    for number in range(2):
        (corpus_folder / f"more-{number}.txt").write_text(
            f"Depot {number} was opened in 199{number}.", encoding="utf-8"
        )
        assert start(BUILDER, built).end()[-1] == "built: True"
        reader.until(f"{4 + number} documents, {open_store(built).manifest.generation}")
    reader.go_on()
    assert len(reader.end()) == 3
    assert_whole(built, 5)
