"""A bot for the settings of a run: on the current index, or on one of its own beside it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.pipeline import Bot
from bot.settings import Settings
from corpus.errors import AmurError, EvalError, SettingsError, StoreMismatch, StoreMissing
from corpus.tombstones import bury, dig_up, removed
from evals.bots import open_bot, settings_from
from index.build import build_index
from index.manifest import current_generation, index_folder
from tests.fakes import BagOfWords

QUESTION = "When was the friendship treaty signed?"


def silent(what: str, done: int, total: int) -> None:
    """Report nothing."""


def other(settings: Settings, **changed: object) -> Settings:
    return settings.model_copy(update={"chunk_tokens": 32, **changed})


def state(settings: Settings) -> dict[str, int]:
    """Return every file of the current index with its time of change."""
    return {
        str(p): p.stat().st_mtime_ns
        for p in index_folder(settings).rglob("*")
        if p.is_file() and p.name != "build.lock"
    }


# The settings of a TOML file


def test_a_file_puts_its_settings_in_the_place_of_those_there_are(small: Settings, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("k = 3\nmin_confidence = 0.25\nchunk_tokens = 32\n", encoding="utf-8")
    found = settings_from(tmp_path / "config.toml", small.model_copy(update={"fetch_k": 20}))
    assert (found.k, found.min_confidence, found.chunk_tokens, found.fetch_k) == (3, 0.25, 32, 20)
    assert (found.home, found.corpus, found.embedding_model) == (small.home, small.corpus, small.embedding_model)


def test_a_file_wins_over_the_environment_and_an_empty_one_changes_nothing(
    small: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AMUR_K", "7")
    (tmp_path / "config.toml").write_text("k = 3", encoding="utf-8")
    (tmp_path / "empty.toml").touch()
    assert settings_from(tmp_path / "config.toml", small).k == 3
    assert settings_from(tmp_path / "empty.toml", small) == small
    assert settings_from(None, small) is small


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        (None, EvalError, "Cannot read the settings file '.*config.toml'"),
        ("k = ", EvalError, "Cannot read the settings file '.*config.toml'"),
        ("kk = 3", EvalError, "The key 'kk' in '.*config.toml' is no setting of Amur; see docs/settings.md"),
        ("[bot]\nk = 3", EvalError, "The key 'bot' in '.*config.toml' is no setting"),
        ('corpus = "/elsewhere"', EvalError, "The key 'corpus' in '.*config.toml' names other texts .*; set AMUR_CORPUS instead"),
        ('home = "/elsewhere"', EvalError, "The key 'home' .*; set AMUR_HOME instead"),
        ("k = 0", SettingsError, "The setting 'k' .* cannot be '0'"),
        ('k = "many"', SettingsError, "The setting 'k' .* cannot be 'many'"),
        ("k = [3]", SettingsError, "The setting 'k'"),
    ],
)  # fmt: skip
def test_a_bad_file_is_one_line(
    small: Settings, tmp_path: Path, text: str | None, error: type[AmurError], message: str
) -> None:
    if text is not None:
        (tmp_path / "config.toml").write_text(text, encoding="utf-8")
    with pytest.raises(error, match=message) as raised:
        settings_from(tmp_path / "config.toml", small)
    assert "\n" not in str(raised.value)


def test_a_file_that_is_no_text_is_one_line(small: Settings, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(EvalError, match="Cannot read the settings file"):
        settings_from(tmp_path / "config.toml", small)


# The index


def test_settings_that_fit_the_current_index_use_it(small: Settings) -> None:
    bot = open_bot(small.model_copy(update={"k": 2}), silent, BagOfWords())
    assert bot.store.folder == current_generation(small)
    assert not (small.home / "evals").exists()


def test_other_chunks_get_an_index_beside_the_current_one_which_stays_as_it_is(small: Settings) -> None:
    before = state(small)
    embedder = BagOfWords()
    bot = open_bot(other(small), silent, embedder)
    assert state(small) == before
    assert bot.store.manifest.chunk_tokens == 32
    assert bot.store.folder.is_relative_to(small.home / "evals")
    assert (bot.store.manifest.sentences, bot.store.manifest.chunks) == (11, 6)  # the border's 52 words are two chunks
    assert "16 July 2001" in bot.answer(QUESTION).answer
    assert bot.store.manifest.corpus_revision == Bot(small, embedder=BagOfWords()).store.manifest.corpus_revision
    assert Bot(small, embedder=BagOfWords()).store.manifest.chunk_tokens == 64


def test_what_was_embedded_already_is_not_embedded_again(small: Settings) -> None:
    embedder = BagOfWords()
    bot = open_bot(other(small), silent, embedder)
    sentences = {s.text for s in bot.store.texts.sentences(range(11)).values()}
    assert len(sentences) == 11
    assert sentences.isdisjoint(embedder.embedded)
    # New are the two chunks that the border's one became, and the one whose heading of seven words was cut to six.
    assert [text.splitlines()[0] for text in embedder.embedded] == ["The border"] * 2 + [
        "Friends Or Rivals › Where Interests"
    ]


def test_the_index_beside_is_kept_for_the_next_time(small: Settings) -> None:
    first = open_bot(other(small), silent, BagOfWords())
    again = BagOfWords()
    second = open_bot(other(small), silent, again)
    assert second.store.folder == first.store.folder
    assert again.embedded == []
    third = open_bot(other(small, chunk_tokens=48), silent, BagOfWords())
    assert len(list((small.home / "evals").glob("index-*"))) == 2
    assert third.store.manifest.chunk_tokens == 48


def test_the_index_beside_lacks_what_was_removed_and_takes_back_what_was_restored(small: Settings) -> None:
    bury(small, ["treaty"])
    bot = open_bot(other(small), silent, BagOfWords())
    assert bot.store.document("treaty") is None
    assert bot.answer(QUESTION).abstained
    dig_up(small, ["treaty"])
    bury(small, ["essay"])
    bot = open_bot(other(small), silent, BagOfWords())
    assert bot.store.document("essay") is None
    assert "16 July 2001" in bot.answer(QUESTION).answer
    assert removed(small) == {"essay"}


def test_the_index_beside_holds_added_documents(small: Settings) -> None:
    open_bot(other(small), silent, BagOfWords())
    added = small.home / "texts"
    added.mkdir()
    (added / "harbin.txt").write_text("Harbin has an ice festival in January.", encoding="utf-8")
    bot = open_bot(other(small), silent, BagOfWords())
    assert bot.store.manifest.documents == 4
    answer = bot.answer("Which festival does Harbin have?")
    assert [c.document_id for c in answer.citations] == ["harbin"]
    (added / "harbin.txt").unlink()
    assert open_bot(other(small), silent, BagOfWords()).store.manifest.documents == 3


def test_another_model_gets_an_index_beside_too(small: Settings) -> None:
    class Other(BagOfWords):
        name = "other-words"
        dimension = 128

    bot = open_bot(small.model_copy(update={"embedding_model": Other.name}), silent, Other())
    assert (bot.store.manifest.embedding_model, bot.store.manifest.dimension) == ("other-words", 128)
    assert Bot(small, embedder=BagOfWords()).store.manifest.dimension == 256


def test_without_any_index_the_command_that_makes_one_is_named(small: Settings, tmp_path: Path) -> None:
    for settings in (small, other(small)):
        with pytest.raises(StoreMissing, match=r"There is no index in .+ yet; run: amur index build"):
            open_bot(settings.model_copy(update={"home": tmp_path / "empty"}), silent, BagOfWords())
    assert not (tmp_path / "empty" / "evals").exists()


@pytest.mark.parametrize(("name", "value"), [("format", 1), ("tokens_version", 0)])
def test_an_index_of_another_version_is_to_be_rebuilt_and_none_is_built_beside_it(
    small: Settings, name: str, value: int
) -> None:
    folder = current_generation(small)
    assert folder is not None
    data = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    (folder / "manifest.json").write_text(json.dumps({**data, name: value}), encoding="utf-8")
    with pytest.raises(StoreMismatch, match="run: amur index build"):
        open_bot(small, silent, BagOfWords())
    assert not (small.home / "evals").exists()


def test_an_index_of_other_weights_is_to_be_rebuilt(small: Settings) -> None:
    with pytest.raises(StoreMismatch, match="run: amur index build"):
        open_bot(small, silent, BagOfWords(revision="2"))


def test_a_change_of_the_texts_changes_the_index_beside_with_the_next_run(
    small: Settings, small_bot: Callable[..., Bot]
) -> None:
    open_bot(other(small), silent, BagOfWords())
    (Path(small.corpus) / "harbin.txt").write_text("Harbin has an ice festival in January.", encoding="utf-8")
    build_index(small, embedder=BagOfWords())
    bot = open_bot(other(small), silent, BagOfWords())
    assert bot.store.manifest.corpus_revision == small_bot().store.manifest.corpus_revision
    assert bot.store.document("harbin") is not None
