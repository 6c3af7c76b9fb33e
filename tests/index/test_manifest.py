"""The manifest and the pointer to the current generation: whole or absent, and refused when they do not fit."""

import dataclasses
import json
import threading
from pathlib import Path
from typing import Any

import pytest

from corpus.errors import StoreMismatch, StoreMissing
from corpus.files import write_whole
from index.lexical import TOKENS_VERSION
from index.manifest import (
    FORMAT,
    Manifest,
    current_generation,
    index_folder,
    point_to,
    read_manifest,
    refuse_mismatch,
    write_manifest,
)
from index.settings import IndexSettings

MANIFEST = Manifest(
    format=FORMAT,
    tokens_version=TOKENS_VERSION,
    generation="20260101T000000-1-000001",
    created="2026-01-01T00:00:00Z",
    embedding_model="модель/é",
    embedding_revision="1",
    dimension=256,
    max_tokens=64,
    chunk_tokens=64,
    corpus_revision="0123456789abcdef",
    as_of=None,
    languages=("en", "ru"),
    documents=3,
    chunks=5,
    sentences=11,
)


def change_file(folder: Path, **changed: Any) -> None:
    """Change fields of a manifest on disk; `...` takes a field away."""
    data = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    data = {k: v for k, v in (data | changed).items() if v is not ...}
    (folder / "manifest.json").write_text(json.dumps(data), encoding="utf-8")


def test_a_manifest_read_is_the_manifest_written(tmp_path: Path) -> None:
    write_manifest(MANIFEST, tmp_path)
    assert read_manifest(tmp_path) == MANIFEST
    assert [p.name for p in tmp_path.iterdir()] == ["manifest.json"]


@pytest.mark.parametrize("content", [None, b"", b"{", b'{"format": 1,', b"\xff\xfe\x00", b"not json"])
def test_a_manifest_that_is_absent_or_broken_is_missing(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "manifest.json").write_bytes(content)
    with pytest.raises(StoreMissing, match="run: amur index build") as caught:
        read_manifest(tmp_path)
    assert repr(str(tmp_path)) in str(caught.value)


@pytest.mark.parametrize("format_", [FORMAT + 1, 0, None, "1"])
def test_another_format_is_refused_before_anything_else_is_read(tmp_path: Path, format_: Any) -> None:
    (tmp_path / "manifest.json").write_text(json.dumps({"format": format_, "new_field": 1}), encoding="utf-8")
    with pytest.raises(StoreMismatch, match="run: amur index build") as caught:
        read_manifest(tmp_path)
    assert f"has format {format_!r}" in str(caught.value)
    assert f"reads {FORMAT}" in str(caught.value)


@pytest.mark.parametrize(
    ("changed", "named"),
    [({"new_field": 1}, "new_field"), ({"chunks": ...}, "chunks"), ({"languages": ...}, "languages"), ({"languages": None}, "NoneType")],
)  # fmt: skip
def test_a_manifest_with_other_fields_is_refused(tmp_path: Path, changed: dict[str, Any], named: str) -> None:
    write_manifest(MANIFEST, tmp_path)
    change_file(tmp_path, **changed)
    with pytest.raises(StoreMismatch, match=f"{named}.*run: amur index build"):
        read_manifest(tmp_path)


def settings_like(manifest: Manifest, home: Path, **changed: Any) -> IndexSettings:
    given: dict[str, Any] = {
        "embedding_model": manifest.embedding_model,
        "chunk_tokens": manifest.chunk_tokens,
    } | changed
    return IndexSettings(home=home, **given)


def test_an_index_that_these_settings_would_build_is_accepted(tmp_path: Path) -> None:
    settings = settings_like(MANIFEST, tmp_path, corpus="/elsewhere", build_wait=3, embedding_device="cpu")
    refuse_mismatch(MANIFEST, settings)


@pytest.mark.parametrize(
    ("built", "wanted", "name"),
    [
        ({}, {"embedding_model": "other/model"}, "embedding_model 'модель/é', the settings say 'other/model'"),
        ({}, {"chunk_tokens": 128}, "chunk_tokens 64, the settings say 128"),
        ({"tokens_version": TOKENS_VERSION + 1}, {}, f"tokenisation version {TOKENS_VERSION + 1}, the settings say {TOKENS_VERSION}"),
    ],
)  # fmt: skip
def test_a_mismatch_names_the_setting_both_values_and_the_command(
    tmp_path: Path, built: dict[str, Any], wanted: dict[str, Any], name: str
) -> None:
    manifest = dataclasses.replace(MANIFEST, **built)
    with pytest.raises(StoreMismatch) as caught:
        refuse_mismatch(manifest, settings_like(MANIFEST, tmp_path, **wanted))
    assert str(caught.value) == f"The index was built with {name}; run: amur index build"


def test_the_pointer_names_the_current_generation(tmp_path: Path) -> None:
    settings = settings_like(MANIFEST, tmp_path)
    assert current_generation(settings) is None
    index_folder(settings).mkdir()
    for generation in ("first", "second"):
        point_to(settings, generation)
        assert current_generation(settings) == tmp_path / "index" / generation
    assert [p.name for p in index_folder(settings).iterdir()] == ["current"]
    (tmp_path / "index" / "current").write_text(" \n")
    assert current_generation(settings) is None


def test_what_a_killed_write_left_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "current.tmp").write_text("half of some")
    write_whole(tmp_path / "current", "whole")
    assert (tmp_path / "current").read_text() == "whole"
    assert not (tmp_path / "current.tmp").exists()


def test_a_write_that_fails_leaves_the_old_content(tmp_path: Path) -> None:
    write_whole(tmp_path / "current", "old")
    with pytest.raises(UnicodeEncodeError):
        write_whole(tmp_path / "current", "new " * 10_000 + "\ud800")
    assert (tmp_path / "current").read_text() == "old"


def test_a_reader_never_sees_half_a_write(tmp_path: Path) -> None:
    path = tmp_path / "current"
    contents = ["a" * 20_000, "b" * 30_000]
    write_whole(path, contents[0])
    first_read, finished = threading.Event(), threading.Event()
    seen: list[str] = []

    def read() -> None:
        while not finished.is_set():
            seen.append(path.read_text(encoding="utf-8"))
            first_read.set()

    reader = threading.Thread(target=read)
    reader.start()
    first_read.wait()
    for n in range(60):
        write_whole(path, contents[(n + 1) % 2])
    finished.set()
    reader.join()
    assert set(seen) <= set(contents)
    assert seen
