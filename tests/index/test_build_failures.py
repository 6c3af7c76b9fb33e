"""Builds that fail, wait or are damaged afterwards: the old index stays, and the command that mends it is named."""

import shutil
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock

from corpus.errors import CorpusError, StoreError
from corpus.tombstones import bury
from index.build import build_index
from index.check import check_store
from index.embed import Vectors
from index.lexical import LexicalIndex
from index.manifest import current_generation, index_folder
from index.settings import IndexSettings
from index.store import open_client, open_store
from tests.fakes import BagOfWords
from tests.index.building import answers, build, generations


class Broken(BagOfWords):
    """Fails while it embeds documents."""

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        raise RuntimeError("the device is gone")


class Unnormalised(BagOfWords):
    """Breaks the promise of unit length, so that no sentence is as close as its own vector says."""

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        return super().embed_documents(texts) * 2


@pytest.mark.parametrize(
    ("embedder", "error", "message"),
    [(Broken(), RuntimeError, "the device is gone"), (Unnormalised("2"), StoreError, "does not find the document 'border'.*--force")],
)  # fmt: skip
def test_a_build_that_fails_leaves_the_old_index_and_no_lock(
    settings: IndexSettings, corpus_folder: Path, embedder: BagOfWords, error: type[Exception], message: str
) -> None:
    first = build(settings).manifest
    (corpus_folder / "ice.txt").write_text("The Harbin ice festival was opened in January 1985.", encoding="utf-8")
    with pytest.raises(error, match=message):
        build(settings, embedder)
    assert open_store(settings).manifest == first
    assert answers(open_store(settings)) == "treaty"
    second = build(settings.model_copy(update={"build_wait": 0}))
    assert generations(settings) == {first.generation, second.manifest.generation}
    assert answers(open_store(settings), "When was the ice festival opened?") == "ice"


@pytest.mark.parametrize(("times", "writings"), [(0, 1), (1, 2), (4, 5)])
def test_a_generation_whose_search_misses_a_document_is_written_again(
    settings: IndexSettings, times: int, writings: int
) -> None:
    spoiler = Spoiler(settings, times)
    report = build_index(settings, embedder=BagOfWords(), progress=spoiler)
    assert report.built
    assert len(spoiler.seen) == writings
    assert spoiler.seen[-1] == report.manifest.generation
    assert generations(settings) == {report.manifest.generation}
    check_store(open_store(settings))


def test_a_build_gives_up_when_every_writing_misses_a_document(settings: IndexSettings) -> None:
    first = build(settings).manifest
    with pytest.raises(StoreError, match=r"does not find the document '\w+'; run: amur index build --force$"):
        build_index(settings, embedder=BagOfWords(), progress=Spoiler(settings, 5), force=True)
    assert open_store(settings).manifest == first


class Spoiler:
    """Makes the search of the first generations miss a document: moves its vector in Chroma once the check has begun."""

    def __init__(self, settings: IndexSettings, times: int) -> None:
        self.settings = settings
        self.times = times
        self.seen: list[str] = []

    def __call__(self, what: str, done: int, total: int) -> None:
        if (what, done) != ("Checking", 1):
            return
        newest = max(
            (p for p in index_folder(self.settings).iterdir() if p.is_dir()), key=lambda p: p.stat().st_ctime_ns
        )
        self.seen.append(newest.name)
        if len(self.seen) <= self.times:
            self._spoil(newest)

    def _spoil(self, folder: Path) -> None:
        with closing(sqlite3.connect(folder / "texts.sqlite")) as texts:
            rows = [row for (row,) in texts.execute("SELECT min(row) FROM sentences GROUP BY document")]
        client = open_client(folder / "chroma")
        try:
            collection = client.get_collection("sentences", embedding_function=None)
            far = np.zeros((len(rows), BagOfWords().dimension), dtype=np.float32)
            far[:, 0] = -1.0
            collection.update(ids=[str(row) for row in rows], embeddings=far)
        finally:
            client.close()


@pytest.mark.parametrize("bad", ["gone", "not utf-8", "all removed"])
def test_a_corpus_that_cannot_be_read_leaves_the_old_index(
    settings: IndexSettings, corpus_folder: Path, bad: str
) -> None:
    first = build(settings).manifest
    if bad == "gone":
        shutil.rmtree(corpus_folder)
    elif bad == "not utf-8":
        (corpus_folder / "bad.txt").write_bytes(b"\xff\xfe\xff")
    else:
        bury(settings, ["treaty", "border", "essay"])
    with pytest.raises(CorpusError):
        build(settings)
    assert open_store(settings).manifest == first
    assert answers(open_store(settings)) == "treaty"


@pytest.mark.parametrize("force", [True, False])
def test_the_lock_is_free_after_a_build(settings: IndexSettings, force: bool) -> None:
    build(settings)
    build(settings, force=force)
    with FileLock(index_folder(settings) / "build.lock", timeout=0) as lock:
        assert lock.is_locked


def test_a_lock_that_is_held_is_reported_with_its_path(settings: IndexSettings) -> None:
    build(settings)
    path = index_folder(settings) / "build.lock"
    steps: list[str] = []
    with FileLock(path), pytest.raises(StoreError, match="run: amur index build") as caught:
        build(settings.model_copy(update={"build_wait": 0.05}), progress=lambda what, done, total: steps.append(what))
    assert repr(str(path)) in str(caught.value)
    assert "0.05 seconds" in str(caught.value)
    assert steps == ["Waiting for another build of this index"]


def test_sentences_that_stand_in_many_documents_pass_the_check(settings: IndexSettings, corpus_folder: Path) -> None:
    for number in range(8):
        text = "China and Russia signed the friendship treaty in Moscow on 16 July 2001. Both sides praised it."
        (corpus_folder / f"copy-{number}.txt").write_text(text, encoding="utf-8")
    report = build(settings)
    assert report.manifest.documents == 11
    check_store(open_store(settings))


def test_a_document_without_sentences_passes_the_check(settings: IndexSettings, corpus_folder: Path) -> None:
    (corpus_folder / "empty.txt").write_text("", encoding="utf-8")
    (corpus_folder / "heading.md").write_text("# Only A Heading\n", encoding="utf-8")
    (corpus_folder / "stopwords.txt").write_text("it is what it was.", encoding="utf-8")
    assert build(settings).manifest.documents == 6
    steps: list[tuple[str, int, int]] = []
    check_store(open_store(settings), progress=lambda *step: steps.append(step))
    assert steps[-1] == ("Checking", 4, 4)


@pytest.mark.parametrize("text", ["it is what it was.", "🙂🙂"])
def test_a_corpus_of_stopwords_or_signs_alone_is_built(settings: IndexSettings, corpus_folder: Path, text: str) -> None:
    for file in corpus_folder.iterdir():
        file.unlink()
    (corpus_folder / "only.txt").write_text(text, encoding="utf-8")
    assert build(settings).manifest.sentences == 1
    check_store(open_store(settings))


def delete_last_row(table: str) -> Callable[[Path], None]:
    def tamper(folder: Path) -> None:
        connection = sqlite3.connect(folder / "texts.sqlite")
        with connection:
            connection.execute(f"delete from {table} where rowid = (select max(rowid) from {table})")
        connection.close()

    return tamper


def delete_vector(collection: str) -> Callable[[Path], None]:
    def tamper(folder: Path) -> None:
        import chromadb
        from chromadb.config import Settings

        client = chromadb.PersistentClient(folder / "chroma", Settings(anonymized_telemetry=False))
        client.get_collection(collection, embedding_function=None).delete(ids=["1"])
        client.close()  # type: ignore[attr-defined]

    return tamper


def shorten_lexical(folder: Path) -> None:
    shutil.rmtree(folder / "lexical")
    LexicalIndex.build([["treati"], ["border"]], folder / "lexical")


TAMPERED = {
    "documents": (delete_last_row("documents"), "holds 2 documents instead of 3"),
    "chunks": (delete_last_row("chunks"), "chunks instead of"),
    "sentences": (delete_last_row("sentences"), "sentences instead of"),
    "passages": (delete_vector("passages"), "vectors of passages instead of"),
    "sentence vectors": (delete_vector("sentences"), "vectors of sentences instead of"),
    "lexical": (shorten_lexical, "holds 2 lexical texts instead of"),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_a_generation_that_lost_something_is_found_and_mended(settings: IndexSettings, what: str) -> None:
    generation = build(settings).manifest.generation
    tamper, message = TAMPERED[what]
    tamper(index_folder(settings) / generation)
    with pytest.raises(StoreError, match=f"{message}.*; run: amur index build --force$") as caught:
        check_store(open_store(settings))
    assert repr(generation) in str(caught.value)
    build(settings, force=True)
    check_store(open_store(settings))


@pytest.fixture
def large(settings: IndexSettings, corpus_folder: Path) -> IndexSettings:
    """An index of more sentences than Chroma puts in its graph at once."""
    text = "\n\n".join(f"Shipment {n} of article {n * 7} went to warehouse {n % 13}." for n in range(1200))
    (corpus_folder / "list.txt").write_text(text, encoding="utf-8")
    build(settings)
    return settings


def test_lost_vector_files_of_a_large_index_are_found(large: IndexSettings) -> None:
    folder = current_generation(large)
    assert folder is not None
    check_store(open_store(large))
    segments = [p for p in (folder / "chroma").iterdir() if p.is_dir()]
    assert len(segments) == 2
    for segment in segments:
        shutil.rmtree(segment)
    with pytest.raises(StoreError, match=r"(does not find the document|is damaged) .*; run: amur index build --force$"):
        check_store(open_store(large))
    build(large, force=True)
    check_store(open_store(large))
