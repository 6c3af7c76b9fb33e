"""Fakes that enter through public seams only: an embedder without a model."""

import hashlib
from collections.abc import Sequence

import numpy as np

from index.embed import Vectors
from index.lexical import tokenise


class BagOfWords:
    """An `Embedder`: texts that share words are close. Counts what it embeds."""

    name = "bag-of-words"
    dimension = 256
    max_tokens = 64
    languages: tuple[str, ...] = ("en",)

    def __init__(self, revision: str = "1") -> None:
        self.revision = revision
        self.embedded: list[str] = []

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        self.embedded.extend(texts)
        return np.stack([self._vector(text) for text in texts]) if texts else np.zeros((0, self.dimension), np.float32)

    def embed_query(self, text: str) -> Vectors:
        return self._vector(text)

    def _vector(self, text: str) -> Vectors:
        vector = np.full(self.dimension, 1e-3, dtype=np.float32)
        for token in tokenise(text):
            vector[int.from_bytes(hashlib.md5(token.encode()).digest()[:4], "big") % self.dimension] += 1
        return np.asarray(vector / np.linalg.norm(vector), dtype=np.float32)
