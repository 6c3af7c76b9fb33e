"""The embedding cache: each different text is embedded once, by one model only, also after an interruption."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np
import pytest

from index.cache import SLICE, CachedEmbedder
from index.embed import Embedder, Vectors
from tests.fakes import BagOfWords

TEXTS = ["China buys gas.", "Russia sells gas.", "China buys gas.", "Россия продаёт газ.", "", "China buys gas."]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / "cache" / "embeddings.sqlite"


@contextmanager
def opened(path: Path, model: Embedder) -> Iterator[CachedEmbedder]:
    with closing(CachedEmbedder(model, path)) as cache:
        yield cache


def test_each_different_text_is_embedded_once_and_every_text_gets_its_vector(path: Path) -> None:
    model = BagOfWords()
    with opened(path, model) as cache:
        vectors = cache.embed(TEXTS)
        assert (cache.embedded, cache.reused) == (4, 0)
    assert sorted(model.embedded) == sorted(set(TEXTS))
    assert vectors.dtype == np.float32
    np.testing.assert_array_equal(vectors, BagOfWords().embed_documents(TEXTS))


def test_a_second_call_reuses_the_first(path: Path) -> None:
    model = BagOfWords()
    with opened(path, model) as cache:
        cache.embed(TEXTS)
        model.embedded.clear()
        cache.embed([*TEXTS, "A new text."])
        assert (cache.embedded, cache.reused) == (5, 4)
    assert model.embedded == ["A new text."]


def test_another_instance_reuses_what_is_on_disk_bit_by_bit(path: Path) -> None:
    with opened(path, BagOfWords()) as cache:
        before = cache.embed(TEXTS)
    model = BagOfWords()
    with opened(path, model) as cache:
        np.testing.assert_array_equal(cache.embed(TEXTS), before)
        assert (cache.embedded, cache.reused) == (0, 4)
    assert model.embedded == []


class Renamed(BagOfWords):
    name = "another-bag"


class Narrow(BagOfWords):
    dimension = 16


class Short(BagOfWords):
    max_tokens = 32


@pytest.mark.parametrize(
    "other", [BagOfWords("2"), Renamed(), Narrow(), Short()], ids=["revision", "name", "dimension", "window"]
)
def test_another_model_reuses_nothing_and_spoils_nothing(path: Path, other: BagOfWords) -> None:
    with opened(path, BagOfWords()) as cache:
        before = cache.embed(TEXTS)
    with opened(path, other) as cache:
        assert cache.embed(TEXTS).shape == (len(TEXTS), other.dimension)
        assert cache.reused == 0
    assert sorted(other.embedded) == sorted(set(TEXTS))
    with opened(path, BagOfWords()) as cache:
        np.testing.assert_array_equal(cache.embed(TEXTS), before)
        assert cache.embedded == 0


def test_no_text_gives_no_vector(path: Path) -> None:
    with opened(path, BagOfWords()) as cache:
        assert cache.embed([]).shape == (0, BagOfWords.dimension)
        assert (cache.embedded, cache.reused) == (0, 0)


def test_progress_adds_up_to_the_number_of_texts(path: Path) -> None:
    texts = [f"text {n % (2 * SLICE + 10)}" for n in range(2 * SLICE + 100)]
    for embedded in (2 * SLICE + 10, 0):
        counts: list[int] = []
        with opened(path, BagOfWords()) as cache:
            cache.embed(texts, counts.append)
            assert cache.embedded == embedded
        assert sum(counts) == len(texts)


class Failing(BagOfWords):
    """Embeds a number of texts and then fails."""

    def __init__(self, after: int) -> None:
        super().__init__()
        self.after = after

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        if len(self.embedded) >= self.after:
            raise RuntimeError("the device is gone")
        return super().embed_documents(texts)


def test_what_was_embedded_before_a_failure_is_kept(path: Path) -> None:
    texts = [f"text number {n}" for n in range(SLICE + 50)]
    with opened(path, Failing(SLICE)) as cache, pytest.raises(RuntimeError, match="the device is gone"):
        cache.embed(texts)
    model = BagOfWords()
    with opened(path, model) as cache:
        vectors = cache.embed(texts)
        assert (cache.embedded, cache.reused) == (50, SLICE)
    assert model.embedded == texts[SLICE:]
    np.testing.assert_array_equal(vectors, BagOfWords().embed_documents(texts))
