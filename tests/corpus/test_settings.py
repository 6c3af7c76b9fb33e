"""Settings: the environment before `amur.toml` before the defaults, and nothing misspelt goes unnoticed."""

import os
from pathlib import Path

import pytest

from corpus.errors import SettingsError
from corpus.settings import SHIPPED_TEXTS, CorpusSettings, config_file, read_settings, refuse_unknown


def toml(folder: Path, text: str | bytes, name: str = "amur.toml") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return path


def refused(**given: object) -> str:
    with pytest.raises(SettingsError) as caught:
        read_settings(CorpusSettings, **given)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_without_any_setting_the_shipped_texts_are_read_and_a_home_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AMUR_HOME")
    settings = read_settings(CorpusSettings)
    assert settings.folders == (SHIPPED_TEXTS,)
    assert SHIPPED_TEXTS.is_dir()
    assert settings.home.is_absolute()
    assert settings.home.name == "amur"


def test_an_environment_variable_is_read_whatever_its_case(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("AMUR_CORPUS", str(tmp_path / "one"))
    assert read_settings(CorpusSettings).folders == (tmp_path / "one",)
    monkeypatch.delenv("AMUR_CORPUS")
    monkeypatch.setenv("amur_corpus", str(tmp_path / "two"))
    assert read_settings(CorpusSettings).folders == (tmp_path / "two",)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("AMUR_CORPIS", "; did you mean 'AMUR_CORPUS'?"),
        ("AMUR_HOM", "; did you mean 'AMUR_HOME'?"),
        ("amur_corpuss", "; did you mean 'AMUR_CORPUS'?"),
        ("AMUR_CONFIGS", "; did you mean 'AMUR_CONFIG'?"),
        ("AMUR_ZZZZ", "; see docs/settings.md"),
        ("AMUR_", "; see docs/settings.md"),
    ],
)
def test_a_misspelt_variable_is_refused_with_a_suggestion(
    monkeypatch: pytest.MonkeyPatch, name: str, hint: str
) -> None:
    monkeypatch.setenv(name, "x")
    message = refused()
    assert message.startswith(f"The environment variable {name!r} is no setting of Amur")
    assert hint in message


def test_variables_of_others_are_none_of_our_business() -> None:
    refuse_unknown(["home"], environ=["AMUR_HOME", "AMUR_CONFIG", "AMURSK", "HOME", "MY_AMUR_HOME"])
    with pytest.raises(SettingsError, match="'AMUR_CORPUS'"):
        refuse_unknown(["home"], environ=["AMUR_HOME", "AMUR_CORPUS"])


def test_amur_toml_of_the_working_folder_is_read(tmp_path: Path) -> None:
    toml(tmp_path, f'corpus = "{tmp_path / "from-toml"}"\n')
    assert read_settings(CorpusSettings).folders == (tmp_path / "from-toml",)


def test_the_environment_wins_over_toml_and_arguments_over_both(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    toml(tmp_path, 'corpus = "/from/toml"\nhome = "/toml/home"\n')
    monkeypatch.setenv("AMUR_CORPUS", "/from/environment")
    monkeypatch.delenv("AMUR_HOME")
    settings = read_settings(CorpusSettings)
    assert (settings.corpus, settings.home) == ("/from/environment", Path("/toml/home"))
    given = read_settings(CorpusSettings, corpus="/from/argument", home=None)
    assert (given.corpus, given.home) == ("/from/argument", Path("/toml/home"))


def test_amur_config_names_another_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    toml(tmp_path, 'corpus = "/not/read"\n')
    other = toml(tmp_path / "etc", 'corpus = "/from/other"\n', "other.toml")
    monkeypatch.setenv("AMUR_CONFIG", str(other))
    assert config_file() == other
    assert read_settings(CorpusSettings).corpus == "/from/other"


@pytest.mark.parametrize("name", ["gone.toml", "."])
def test_amur_config_must_name_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("AMUR_CONFIG", str(tmp_path / name))
    assert refused() == (
        f"AMUR_CONFIG names {str(tmp_path / name)!r}, which is not a file; create it or unset AMUR_CONFIG."
    )


def test_an_empty_amur_config_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AMUR_CONFIG", "")
    assert read_settings(CorpusSettings).folders == (SHIPPED_TEXTS,)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('corpsu = "x"', "The key 'corpsu' in 'amur.toml' is no setting of Amur; did you mean 'corpus'?"),
        ('zzz = "x"', "The key 'zzz' in 'amur.toml' is no setting of Amur; see docs/settings.md"),
        ('[corpus]\nfolder = "x"', "The setting 'corpus' (AMUR_CORPUS) cannot be \"{'folder': 'x'}\""),
        ("corpus = 5", "The setting 'corpus' (AMUR_CORPUS) cannot be '5'"),
        ("home = 5", "The setting 'home' (AMUR_HOME) cannot be '5'"),
    ],
)
def test_a_wrong_key_or_value_in_toml_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, expected: str
) -> None:
    monkeypatch.delenv("AMUR_HOME")
    toml(tmp_path, line + "\n")
    assert refused().startswith(expected)


@pytest.mark.parametrize("text", ["corpus = ", "= 1", 'corpus = "a"\ncorpus = "b"', b'corpus = "\xff"'])
def test_what_is_no_toml_is_refused_by_file(tmp_path: Path, text: str | bytes) -> None:
    toml(tmp_path, text)
    message = refused()
    assert message.startswith("The settings file 'amur.toml' is not valid TOML (")
    assert message.endswith("; mend it.")


def test_a_wrong_value_is_shown_but_never_at_length() -> None:
    message = refused(corpus=["x" * 500])
    assert message.startswith("The setting 'corpus' (AMUR_CORPUS) cannot be \"['xxx")
    assert len(message) < 200


def test_several_corpus_folders_are_read_in_order(tmp_path: Path) -> None:
    joined = os.pathsep.join([str(tmp_path / "b"), " ", str(tmp_path / "a"), ""])
    assert read_settings(CorpusSettings, corpus=joined).folders == (tmp_path / "b", tmp_path / "a")


def test_texts_that_were_added_come_last(tmp_path: Path) -> None:
    added = tmp_path / "home" / "texts"
    added.mkdir(parents=True)
    assert read_settings(CorpusSettings).folders == (SHIPPED_TEXTS, added)
    assert read_settings(CorpusSettings, corpus=str(tmp_path)).folders == (tmp_path, added)


def test_folders_may_be_relative_or_in_the_persons_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "person"))
    settings = read_settings(CorpusSettings, corpus=os.pathsep.join(["here", "~/there"]), home=Path("~/kept"))
    assert settings.folders == (tmp_path / "here", tmp_path / "person" / "there")
    assert settings.home == tmp_path / "person" / "kept"


def test_settings_cannot_be_changed_by_accident() -> None:
    settings = read_settings(CorpusSettings)
    with pytest.raises(ValueError, match="frozen"):
        settings.corpus = "other"  # type: ignore[misc]
