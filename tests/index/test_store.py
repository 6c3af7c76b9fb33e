"""The store: Chroma answers as brute force does, and an index that cannot be used says so and how to mend it."""

import gc
import hashlib
import json
import os
import shutil
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from corpus.errors import StoreError, StoreMismatch, StoreMissing
from index import kept
from index.build import build_index
from index.embed import Vectors
from index.manifest import FORMAT, current_generation, index_folder, point_to
from index.settings import IndexSettings
from index.store import Store, open_store
from tests.fakes import BagOfWords

BUILD = "run: amur index build"


class RandomVectors(BagOfWords):
    """Texts have nothing in common: each gets a random direction of its own, always the same."""

    dimension = 48

    def _vector(self, text: str) -> Vectors:
        seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
        vector = np.random.default_rng(seed).standard_normal(self.dimension)
        return np.asarray(vector / np.linalg.norm(vector), dtype=np.float32)


@pytest.fixture(scope="module")
def random_store(tmp_path_factory: pytest.TempPathFactory) -> tuple[Store, Vectors]:
    """A store of 500 sentences with random vectors, and those vectors as the embedder gave them."""
    folder = tmp_path_factory.mktemp("random")
    (folder / "corpus").mkdir()
    texts = [f"Item {n} went to depot {n * 3}." for n in range(500)]
    (folder / "corpus" / "items.txt").write_text("\n\n".join(texts), encoding="utf-8")
    settings = IndexSettings(home=folder / "home", corpus=str(folder / "corpus"), embedding_model="bag-of-words")
    embedder = RandomVectors()
    build_index(settings, embedder=embedder)
    store = open_store(settings)
    stored = store.texts.sentences(range(500))
    assert [stored[row].text for row in range(500)] == texts
    return store, embedder.embed_documents(texts)


def test_an_index_gives_the_same_each_time_it_is_opened(settings: IndexSettings, corpus_folder: Path) -> None:
    """Of lines that differ in a number only, and of fewer than Chroma saves by default, a graph made anew gives others."""
    text = "\n\n".join(f"Shipment {n} of article {n * 7} was late." for n in range(520))
    (corpus_folder / "list.txt").write_text(text, encoding="utf-8")
    build_index(settings, embedder=BagOfWords())
    vectors = [BagOfWords().embed_query(f"Which shipment of article {n} was late?") for n in range(0, 3640, 70)]
    seen = []
    for _ in range(4):
        store = open_store(settings)
        seen.append([store.nearest("sentences", vector, 10) for vector in vectors])
        del store
        gc.collect()
    assert seen[0] == seen[1] == seen[2] == seen[3]


def queries(count: int) -> Sequence[Vectors]:
    return [RandomVectors().embed_query(f"question {n}") for n in range(count)]


def test_nearest_equals_brute_force(random_store: tuple[Store, Vectors]) -> None:
    store, vectors = random_store
    for query in queries(25):
        exact = vectors @ query
        best = np.argsort(-exact)[:10]
        found = store.nearest("sentences", query, 10)
        assert [row for row, _ in found] == best.tolist()
        assert [similarity for _, similarity in found] == pytest.approx(exact[best].tolist(), abs=1e-5)


def test_a_vector_finds_its_own_row(random_store: tuple[Store, Vectors]) -> None:
    store, vectors = random_store
    for row in range(0, 500, 25):
        ((found, similarity),) = store.nearest("sentences", vectors[row], 1)
        assert found == row
        assert similarity == pytest.approx(1, abs=1e-5)
        assert store.nearest("sentences", store.vector("sentences", row), 1)[0][0] == row


def test_similarities_of_given_rows_come_in_the_order_of_the_rows(random_store: tuple[Store, Vectors]) -> None:
    store, vectors = random_store
    for query, rows in zip(queries(3), ([0, 499, 7], [7, 7, 0], list(range(500))), strict=True):
        found = store.similarities("sentences", rows, query)
        assert found.shape == (len(rows),)
        assert found.dtype == np.float32
        np.testing.assert_allclose(found, vectors[rows] @ query, atol=2e-3)
    assert store.similarities("sentences", [], queries(1)[0]).shape == (0,)


def test_passages_are_searched_apart_from_sentences(random_store: tuple[Store, Vectors]) -> None:
    store, _ = random_store
    chunks = store.texts.chunks(range(store.manifest.chunks))
    document = store.document("items")
    assert document is not None
    for row in (0, store.manifest.chunks - 1):
        text = f"{chunks[row].header}\n{document.text[chunks[row].source_start : chunks[row].source_end]}"
        ((found, similarity),) = store.nearest("passages", RandomVectors().embed_query(text), 1)
        assert found == row
        assert similarity == pytest.approx(1, abs=1e-5)


def test_kept_vectors_are_the_embedded_ones_rounded(random_store: tuple[Store, Vectors]) -> None:
    store, vectors = random_store
    for row in (0, 250, 499):
        kept = store.vector("sentences", row)
        assert kept.dtype == np.float32
        assert np.linalg.norm(kept) == pytest.approx(1, abs=1e-3)
        np.testing.assert_allclose(kept, vectors[row], atol=1e-3)
    with pytest.raises(IndexError):
        store.vector("sentences", 500)


@pytest.mark.parametrize(("k", "count"), [(0, 0), (1, 1), (500, 500), (501, 500), (10_000, 500)])
def test_k_is_a_limit(random_store: tuple[Store, Vectors], k: int, count: int) -> None:
    store, _ = random_store
    found = store.nearest("sentences", queries(1)[0], k)
    assert len({row for row, _ in found}) == len(found) == count
    similarities = [similarity for _, similarity in found]
    assert similarities == sorted(similarities, reverse=True)


def test_threads_that_ask_at_once_get_what_one_thread_gets(random_store: tuple[Store, Vectors]) -> None:
    store, _ = random_store

    def ask() -> list[Any]:
        found: list[Any] = []
        for query in queries(10):
            rows = [row for row, _ in store.nearest("sentences", query, 5)]
            found.append(
                (
                    rows,
                    [store.texts.sentences(rows)[row].text for row in rows],
                    store.lexical.search(["depot", "30"], 3),
                )
            )
        return found

    alone = ask()
    barrier = threading.Barrier(6)
    results: list[list[Any]] = [[] for _ in range(6)]

    def work(number: int) -> None:
        barrier.wait()
        results[number] = ask()

    threads = [threading.Thread(target=work, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [alone] * 6


@pytest.fixture
def built(settings: IndexSettings) -> IndexSettings:
    build_index(settings, embedder=BagOfWords())
    return settings


def files_held_open(folder: Path) -> list[str]:
    held = []
    for link in Path("/proc/self/fd").iterdir():
        try:
            target = os.readlink(link)
        except OSError:
            continue
        if target.startswith(str(folder)):
            held.append(target)
    return held


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="counts open files through /proc")
def test_a_store_that_is_let_go_holds_no_file_open(built: IndexSettings) -> None:
    store: Store | None = open_store(built)
    assert store is not None
    store.nearest("sentences", BagOfWords().embed_query("treaty"), 1)
    store.texts.counts()
    assert any("chroma" in file for file in files_held_open(index_folder(built)))
    store = None
    gc.collect()
    assert files_held_open(index_folder(built)) == []


def test_one_store_that_is_let_go_does_not_close_another_of_the_same_index(built: IndexSettings) -> None:
    query = BagOfWords().embed_query("When was the friendship treaty signed?")
    kept, other = open_store(built), open_store(built)
    expected = other.nearest("sentences", query, 3)
    del other
    gc.collect()
    assert kept.nearest("sentences", query, 3) == expected
    assert kept.vector_counts() == {"passages": kept.manifest.chunks, "sentences": kept.manifest.sentences}


def test_the_article_is_the_only_document_of_its_kind(built: IndexSettings, tmp_path: Path) -> None:
    assert open_store(built).articles == frozenset()
    essay = Path(built.corpus) / "essay.md"
    essay.write_text(
        "---\nid: one\ntitle: One\nkind: article\n---\n\nTrade binds.\n\n## Two\n\nMistrust parts.\n", encoding="utf-8"
    )
    build_index(built, embedder=BagOfWords())
    store = open_store(built)
    chunks = store.texts.chunks(store.articles)
    assert len(chunks) == 2
    assert {c.document_id for c in chunks.values()} == {"one"}
    essay.with_name("other.md").write_text(
        "---\nid: two\ntitle: Two\nkind: article\n---\n\nShips sail.\n", encoding="utf-8"
    )
    build_index(built, embedder=BagOfWords())
    assert open_store(built).articles == frozenset()


def refusal(settings: IndexSettings, kind: type[StoreError]) -> str:
    with pytest.raises(StoreError) as caught:
        open_store(settings)
    assert type(caught.value) is kind
    message = str(caught.value)
    assert message.endswith(BUILD)
    assert "\n" not in message
    return message


def test_an_index_that_was_never_built_is_missing(settings: IndexSettings) -> None:
    assert repr(str(index_folder(settings))) in refusal(settings, StoreMissing)
    index_folder(settings).mkdir(parents=True)
    refusal(settings, StoreMissing)


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"embedding_model": "other/model"}, ["embedding_model", "'bag-of-words'", "'other/model'"]),
        ({"chunk_tokens": 128}, ["chunk_tokens", "64", "128"]),
    ],
)
def test_an_index_built_with_other_settings_is_refused(
    built: IndexSettings, changed: dict[str, Any], named: list[str]
) -> None:
    message = refusal(built.model_copy(update=changed), StoreMismatch)
    assert [name for name in named if name not in message] == []
    assert open_store(built).manifest.documents == 3


def rewrite_manifest(settings: IndexSettings, **changed: Any) -> Path:
    folder = current_generation(settings)
    assert folder is not None
    path = folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | changed), encoding="utf-8")
    return folder


def test_an_index_of_another_format_is_refused_and_built_anew(built: IndexSettings) -> None:
    folder = rewrite_manifest(built, format=FORMAT + 1)
    message = refusal(built, StoreMismatch)
    assert repr(str(folder)) in message
    assert f"format {FORMAT + 1}" in message
    assert build_index(built, embedder=BagOfWords()).built
    assert open_store(built).manifest.format == FORMAT


def test_an_index_of_another_tokenisation_is_refused_and_built_anew(built: IndexSettings) -> None:
    rewrite_manifest(built, tokens_version=0)
    assert "tokenisation version 0" in refusal(built, StoreMismatch)
    assert build_index(built, embedder=BagOfWords()).built
    open_store(built)


@pytest.mark.parametrize("content", ["", "{", '{"format": 1, "gen', None])
def test_an_index_with_a_broken_manifest_is_missing_and_built_anew(built: IndexSettings, content: str | None) -> None:
    path = rewrite_manifest(built) / "manifest.json"
    path.unlink() if content is None else path.write_text(content)
    assert repr(str(path.parent)) in refusal(built, StoreMissing)
    assert build_index(built, embedder=BagOfWords()).built
    open_store(built)


def test_a_pointer_to_a_folder_that_is_gone_is_missing_and_built_anew(built: IndexSettings) -> None:
    folder = rewrite_manifest(built)
    shutil.rmtree(folder)
    assert repr(str(index_folder(built))) in refusal(built, StoreMissing)
    point_to(built, "29990101T000000-1-000001")
    refusal(built, StoreMissing)
    assert build_index(built, embedder=BagOfWords()).built
    open_store(built)


def test_an_empty_pointer_is_missing_and_built_anew(built: IndexSettings) -> None:
    (index_folder(built) / "current").write_text("")
    refusal(built, StoreMissing)
    assert build_index(built, embedder=BagOfWords()).built
    open_store(built)


def test_what_is_kept_in_memory_is_bounded_and_no_other(
    settings: IndexSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "KEPT", 4)
    build_index(settings, embedder=BagOfWords())
    store = open_store(settings)
    rows = range(store.manifest.sentences)
    every = store.texts.sentences(rows)  # more than is kept
    assert (list(every), len(store.texts._sentences)) == (list(rows), 0)
    assert store.texts.sentences([3, 1]) == {1: every[1], 3: every[3]}
    assert list(store.texts.sentences([2, 3, 0])) == [0, 2, 3]
    assert store.texts.sentences([3])[3] is store.texts.sentences([3])[3]
    store.texts.sentences([4, 5])
    assert len(store.texts._sentences) == 2
    assert store.texts.sentences([1, 9_999]) == {1: every[1]}
