"""The index of a benchmark: its passages as a corpus of their own under AMUR_HOME, kept for the next time."""

import hashlib
import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import astuple
from pathlib import Path

from bot.pipeline import Bot
from bot.settings import Settings
from corpus.added import compose
from corpus.files import write_whole
from corpus.plain import FORMAT, block, write_plain
from corpus.text import normalise
from evals.benchmarks.common import Source
from index.build import build_index
from index.embed import Embedder, make_embedder

Progress = Callable[[str, int, int], None]

COMPLETE = "complete"
LAYOUT = 1
"""Raised when passages are written in another way, so that none is read as it was written before."""


def benchmarks_folder(settings: Settings) -> Path:
    """Return the folder of all benchmarks' indexes and of the embeddings they share; it may be deleted at any time."""
    return settings.home / "evals" / "benchmarks"


def open_benchmark(
    settings: Settings, name: str, sources: Sequence[Source], progress: Progress, embedder: Embedder | None = None
) -> Bot:
    """Return a bot over these passages and nothing else. What was embedded before, for this or another benchmark, is reused.

    Args:
        settings: those of the bot; only where texts and index are is changed.
        name: what the folder's name begins with.
        sources: the passages; the folder's name ends with a hash of them.
        progress: told how far the build is.
        embedder: used instead of the one the settings name.
    """
    root = benchmarks_folder(settings)
    content = json.dumps([LAYOUT, [astuple(s) for s in sources]], ensure_ascii=False)
    home = root / f"{name}-{hashlib.sha256(content.encode('utf-8', 'replace')).hexdigest()[:12]}"
    passages = home / "passages"
    if not (passages / COMPLETE).is_file():
        shutil.rmtree(passages, ignore_errors=True)
        passages.mkdir(parents=True)
        for source in sources:
            (passages / f"{source.id}.md").write_text(as_document(source, name), encoding="utf-8")
        write_whole(passages / COMPLETE, "")
    own = settings.model_copy(update={"home": home, "corpus": str(passages)})
    model = embedder or make_embedder(own)
    build_index(own, embedder=model, progress=progress, cache=root / "embeddings.sqlite")
    return Bot(own, embedder=model)


def as_document(source: Source, topic: str) -> str:
    """Return a passage as a document file in which nothing of its text is mark-up; each of its lines is a paragraph."""
    meta = {
        "id": source.id,
        "title": normalise(source.title),
        "language": "en",
        "kind": "passage",
        "topic": topic,
        "format": FORMAT,
    }
    return compose(meta, write_plain(block(line) for line in normalise(source.text).split("\n")))
