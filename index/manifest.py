"""The manifest: what an index was built from and with. Written last; a generation without one is no index."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.errors import StoreMismatch, StoreMissing
from corpus.files import write_whole
from index.lexical import TOKENS_VERSION
from index.settings import IndexSettings

if TYPE_CHECKING:
    from index.embed import Embedder

FORMAT = 3
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
    if not isinstance(data, dict):
        raise StoreMissing(f"The index {str(folder)!r} has no readable manifest; run: {BUILD}")
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
    except (OSError, UnicodeDecodeError):
        return None
    return index_folder(settings) / name if name else None


def point_to(settings: IndexSettings, generation: str) -> None:
    """Make a complete generation the current one, in one atomic step."""
    write_whole(index_folder(settings) / "current", generation + "\n")


def refuse_other_weights(manifest: Manifest, embedder: "Embedder") -> None:
    """Refuse an index whose vectors come from other weights than the questions' would.

    Raises:
        StoreMismatch: it names both revisions and the command that mends it.
    """
    if (manifest.embedding_revision, manifest.dimension) != (embedder.revision, embedder.dimension):
        raise StoreMismatch(
            f"The index was built with revision {manifest.embedding_revision!r} of {embedder.name!r}, "
            f"this is {embedder.revision!r}; run: {BUILD}"
        )


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
