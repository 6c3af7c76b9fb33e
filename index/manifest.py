"""The manifest: what an index was built from and with. Written last; a generation without one is no index."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from corpus.errors import StoreMismatch, StoreMissing
from index.lexical import TOKENS_VERSION
from index.settings import IndexSettings

FORMAT = 1
"""Raised when a generation's files change shape; an index of another format is refused."""

BUILD = "amur index build"


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """One generation of the index. `dimension` is that of the vectors; counts are of rows."""

    format: int
    tokens_version: int
    generation: str
    created: str
    embedding_model: str
    embedding_revision: str
    dimension: int
    max_tokens: int
    chunk_tokens: int
    corpus_revision: str
    as_of: str | None
    languages: tuple[str, ...]
    documents: int
    chunks: int
    sentences: int


def index_folder(settings: IndexSettings) -> Path:
    """Return the folder of all generations."""
    return settings.home / "index"


def write_manifest(manifest: Manifest, folder: Path) -> None:
    """Write `manifest.json` so that it is either whole or absent, also after a power cut."""
    write_whole(folder / "manifest.json", json.dumps(asdict(manifest), indent=1, ensure_ascii=False))


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of a generation.

    Raises:
        StoreMissing: there is none.
        StoreMismatch: another version of Amur wrote it.
    """
    try:
        data = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise StoreMissing(f"The index {str(folder)!r} has no readable manifest; run: {BUILD}") from error
    if data.get("format") != FORMAT:
        raise StoreMismatch(
            f"The index {str(folder)!r} has format {data.get('format')!r}, this version of Amur reads {FORMAT}; run: {BUILD}"
        )
    try:
        return Manifest(**{**data, "languages": tuple(data["languages"])})
    except (TypeError, KeyError) as error:
        raise StoreMismatch(
            f"The manifest of the index {str(folder)!r} is not as expected ({error}); run: {BUILD}"
        ) from error


def current_generation(settings: IndexSettings) -> Path | None:
    """Return the folder that the `current` pointer names, or None if nothing was built yet."""
    try:
        name = (index_folder(settings) / "current").read_text(encoding="utf-8").strip()
    except OSError:
        return None
    return index_folder(settings) / name if name else None


def point_to(settings: IndexSettings, generation: str) -> None:
    """Make a complete generation the current one, in one atomic step."""
    write_whole(index_folder(settings) / "current", generation + "\n")


def refuse_mismatch(manifest: Manifest, settings: IndexSettings) -> None:
    """Refuse an index that these settings would have built differently.

    Raises:
        StoreMismatch: it names the setting, both values, and the command that mends it.
    """
    compared = (
        ("embedding_model", manifest.embedding_model, settings.embedding_model),
        ("chunk_tokens", manifest.chunk_tokens, settings.chunk_tokens),
        ("tokenisation version", manifest.tokens_version, TOKENS_VERSION),
    )
    for name, built, wanted in compared:
        if built != wanted:
            raise StoreMismatch(f"The index was built with {name} {built!r}, the settings say {wanted!r}; run: {BUILD}")


def write_whole(path: Path, text: str) -> None:
    """Replace a file's content in one step: temporary file, flush to disk, rename."""
    temporary = path.with_name(path.name + ".tmp")
    with temporary.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)
