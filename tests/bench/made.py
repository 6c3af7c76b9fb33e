"""A made corpus of 100,000 passages with made, clustered vectors: its size is real, embedding it would take hours."""

import hashlib
import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from index.embed import Embedder, Vectors

PASSAGES = 100_000
SENTENCES_EACH = 4
PASSAGES_EACH = 100
CLUSTERS = 2_000
SPREAD = 0.6
VOCABULARY = 30_000


def write_corpus(folder: Path, passages: int = PASSAGES) -> None:
    """Write documents of 100 passages, each a paragraph under a heading of its own, so that each becomes one chunk."""
    folder.mkdir(parents=True, exist_ok=True)
    source = random.Random(1)
    weights = np.cumsum([1 / (rank + 10) for rank in range(VOCABULARY)]).tolist()
    words = [_word(n) for n in range(VOCABULARY)]
    for number in range(passages // PASSAGES_EACH):
        lines = []
        for part in range(PASSAGES_EACH):
            sentences = [
                " ".join(source.choices(words, cum_weights=weights, k=source.randint(10, 22))).capitalize()
                + f" {source.randint(1990, 2026)}."
                for _ in range(SENTENCES_EACH)
            ]
            lines += [f"## Part {number} {part}", "", " ".join(sentences), ""]
        (folder / f"made-{number:05d}.md").write_text("\n".join(lines), encoding="utf-8")


def questions(folder: Path, count: int) -> list[str]:
    """Return questions made of a sentence each, so that the corpus answers them."""
    source = random.Random(2)
    found = []
    for path in source.sample(sorted(folder.glob("made-*.md")), count):
        paragraphs = [
            line for line in path.read_text(encoding="utf-8").split("\n") if line and not line.startswith("#")
        ]
        sentence = source.choice(source.choice(paragraphs).split(". ")).rstrip(".")
        found.append(f"What is said of {sentence.lower()}?")
    return found


def _word(number: int) -> str:
    syllables = ["ba", "ke", "li", "mo", "nu", "ra", "se", "ti", "vo", "zu", "dan", "fel", "gor", "hin", "jup"]
    word = ""
    number += 15
    while number:
        number, rest = divmod(number, len(syllables))
        word += syllables[rest]
    return word


class MadeEmbedder:
    """Gives documents made vectors around cluster centres. A question is embedded by the real model, so that it costs what it
    costs, and then gets a made vector too."""

    name = "made"
    revision = "1"
    languages: tuple[str, ...] = ()

    def __init__(self, real: Embedder) -> None:
        self.dimension = real.dimension
        self.max_tokens = real.max_tokens
        self._real = real
        self._centres = np.random.default_rng(3).normal(size=(CLUSTERS, real.dimension)).astype(np.float32)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [2 * len(text.split()) for text in texts]

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        return np.stack([self._vector(text) for text in texts])

    def embed_query(self, text: str) -> Vectors:
        self._real.embed_query(text)
        return self._vector(text.rstrip("?").split(" of ", 1)[-1].capitalize() + ".")

    def _vector(self, text: str) -> Vectors:
        seed = int.from_bytes(hashlib.md5(text.encode()).digest()[:8], "big")
        source = np.random.default_rng(seed)
        vector = self._centres[seed % CLUSTERS] + SPREAD * source.normal(size=self.dimension)
        return np.asarray(vector / np.linalg.norm(vector), dtype=np.float32)
