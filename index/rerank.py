"""Rerankers: a second look at the best sentences, by a model that reads question and sentence together. None by default.

This is where another way to score plugs in: anything with `scores` is a reranker. Late interaction over token vectors (MaxSim), say,
would keep those of every sentence beside an index and find them by `rows`.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from corpus.errors import SettingsError
from index.embed import BATCH, Vectors, folder_revision, without_bars

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder


class Reranker(Protocol):
    """What is needed of a reranker."""

    name: str
    revision: str
    """Tells two sets of weights of one name apart; part of the fingerprint."""

    def scores(self, question: str, texts: Sequence[str], rows: Sequence[int]) -> Vectors:
        """Return how well each text answers, 0 to 1, shape (texts,); `rows` are the sentences' rows in the index."""
        ...


def identify(reranker: Reranker | None) -> str:
    """Return what tells this reranker from every other, empty for none."""
    return f"{reranker.name} {reranker.revision}" if reranker is not None else ""


def make_reranker(name: str, device: str = "") -> Reranker:
    """Return the reranker of that name: a sentence-transformers CrossEncoder, by hub name or path.

    Raises:
        SettingsError: it cannot be found or loaded, or gives more than one number for a text.
    """
    from sentence_transformers import CrossEncoder

    try:
        with without_bars():
            model = CrossEncoder(name, device=device or None, local_files_only=Path(name).is_dir())
    except Exception as error:  # the hub, torch and tokenizers each raise their own
        reason = " ".join(str(error).split())[:200]
        raise SettingsError(
            f"The reranker {name!r} cannot be loaded ({reason}); check AMUR_RERANKER, AMUR_EMBEDDING_DEVICE and, for a hub "
            "model, the network; an empty AMUR_RERANKER does without one."
        ) from error
    if model.num_labels != 1:
        raise SettingsError(
            f"The reranker {name!r} gives {model.num_labels} numbers for a text; AMUR_RERANKER needs a CrossEncoder that gives one."
        )
    return CrossEncoderReranker(model, name=name)


class CrossEncoderReranker:
    """Any sentence-transformers CrossEncoder that gives one number for a pair of texts."""

    def __init__(self, model: "CrossEncoder", *, name: str) -> None:
        self.name = name
        commit = getattr(model.config, "_commit_hash", None)
        self.revision = folder_revision(Path(name)) if Path(name).is_dir() else str(commit or "")[:12]
        self._model = model

    def scores(self, question: str, texts: Sequence[str], rows: Sequence[int]) -> Vectors:
        """Return how well each text answers, 0 to 1, shape (texts,)."""
        from torch.nn import Sigmoid

        found = self._model.predict(
            [(question, text) for text in texts], batch_size=BATCH, activation_fn=Sigmoid(), show_progress_bar=False
        )
        return np.asarray(found, dtype=np.float32).reshape(len(texts))
