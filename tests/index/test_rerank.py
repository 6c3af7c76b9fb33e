"""The reranker: a real CrossEncoder, tiny and made here, and what is said of one that cannot be used."""

from pathlib import Path

import numpy as np
import pytest

from corpus.errors import SettingsError
from index.rerank import make_reranker
from tests.making import cross_encoder

PAIRS = ["China and Russia signed the treaty.", "Ships sailed.", ""]


def test_a_cross_encoder_gives_a_number_from_0_to_1_for_each_text(tmp_path: Path) -> None:
    reranker = make_reranker(str(cross_encoder(tmp_path / "model")), "cpu")
    found = reranker.scores("When was it signed?", PAIRS, [0, 1, 2])
    assert found.shape == (3,)
    assert found.dtype == np.float32
    assert ((found > 0) & (found < 1)).all()
    assert len(set(found.tolist())) == 3
    again = reranker.scores("When was it signed?", PAIRS[::-1], [2, 1, 0])
    assert again[::-1] == pytest.approx(found, abs=1e-5)
    other = reranker.scores("Who sailed?", PAIRS, [0, 1, 2])
    assert other.tolist() != pytest.approx(found.tolist(), abs=1e-6)


def test_other_weights_are_another_revision(tmp_path: Path) -> None:
    one = make_reranker(str(cross_encoder(tmp_path / "one", seed=1)), "cpu")
    two = make_reranker(str(cross_encoder(tmp_path / "two", seed=2)), "cpu")
    assert one.name == str(tmp_path / "one")
    assert one.revision
    assert one.revision != two.revision
    assert one.revision == make_reranker(str(tmp_path / "one"), "cpu").revision


def test_what_cannot_be_loaded_is_named_with_the_setting(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(SettingsError) as caught:
        make_reranker(str(tmp_path / "empty"), "cpu")
    assert repr(str(tmp_path / "empty")) in str(caught.value)
    assert "AMUR_RERANKER" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_model_of_several_labels_is_refused(tmp_path: Path) -> None:
    folder = cross_encoder(tmp_path / "three", labels=3)
    with pytest.raises(SettingsError, match="gives 3 numbers for a text; AMUR_RERANKER needs a CrossEncoder"):
        make_reranker(str(folder), "cpu")
