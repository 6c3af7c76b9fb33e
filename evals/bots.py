"""A bot for the settings of an evaluation. Where they want another index than the current one, it gets one of its own."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

from bot.pipeline import Bot
from bot.settings import Settings, load_settings
from corpus.errors import EvalError, StoreMismatch
from corpus.tombstones import bury, dig_up, removed
from index.build import build_index
from index.embed import Embedder, make_embedder
from index.manifest import current_generation, read_manifest

Progress = Callable[[str, int, int], None]
INDEX_FIELDS = ("embedding_model", "chunk_tokens")
PLACES = ("home", "corpus")
"""Settings that say where things are. An index does not know which folders it was built from, so a run cannot change them."""


def settings_from(path: Path | None, base: Settings) -> Settings:
    """Return the settings with those of a TOML file in their place.

    Raises:
        EvalError: the file cannot be read.
        SettingsError: it holds a key that is no setting, or a value that cannot be used.
    """
    if path is None:
        return base
    import tomllib

    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise EvalError(f"Cannot read the settings file {str(path)!r} ({error}); give a TOML file") from error
    unknown = sorted(set(given) - set(type(base).model_fields))
    if unknown:
        raise EvalError(f"The key {unknown[0]!r} in {str(path)!r} is no setting of Amur; see docs/settings.md")
    elsewhere = sorted(set(given) & set(PLACES))
    if elsewhere:
        raise EvalError(
            f"The key {elsewhere[0]!r} in {str(path)!r} names other texts or another home, not how to answer; "
            f"set AMUR_{elsewhere[0].upper()} instead"
        )
    return load_settings(**{**base.model_dump(), **given})


def open_bot(settings: Settings, progress: Progress, embedder: Embedder | None = None) -> Bot:
    """Return a bot for these settings. If the current index was built with others, build one beside it, kept for the next time.

    Raises:
        StoreMissing: there is no index at all yet; the message names the command that makes one.
    """
    try:
        return Bot(settings, embedder=embedder)
    except StoreMismatch:
        if not _wants_another_index(settings):
            raise
        return _beside(settings, progress, embedder)


def _wants_another_index(settings: Settings) -> bool:
    """Tell whether the current index is sound but built with other settings; one of another version is to be rebuilt."""
    folder = current_generation(settings)
    if folder is None:
        return False
    manifest = read_manifest(folder)
    return any(getattr(manifest, field) != getattr(settings, field) for field in INDEX_FIELDS)


def _beside(settings: Settings, progress: Progress, embedder: Embedder | None) -> Bot:
    key = hashlib.sha256(repr([getattr(settings, f) for f in INDEX_FIELDS]).encode()).hexdigest()[:12]
    home = settings.home / "evals" / f"index-{key}"
    home.mkdir(parents=True, exist_ok=True)
    corpus = os.pathsep.join(str(folder) for folder in settings.folders)
    own = settings.model_copy(update={"home": home, "corpus": corpus})
    bury(own, removed(settings))
    dig_up(own, removed(own) - removed(settings))
    model = embedder or make_embedder(own)
    # What was embedded for the index in use need not be embedded again.
    cache = settings.home / "cache" / "embeddings.sqlite"
    build_index(own, embedder=model, progress=progress, cache=cache)
    return Bot(own, embedder=model)
