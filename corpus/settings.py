"""Settings of the corpus room, and how every room reads settings: environment `AMUR_*`, then `amur.toml`, then defaults."""

import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeVar

import platformdirs
from pydantic import Field, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from corpus.errors import SettingsError

PREFIX = "AMUR_"
SHIPPED_TEXTS = Path(__file__).parent / "texts"
NOT_SETTINGS = frozenset({"AMUR_CONFIG"})
"""Names with our prefix that say where settings are, and are none themselves."""

_CREDENTIALS = re.compile(r"//[^/\s]*@")
"""A name or password in an address, which no error message may show."""

S = TypeVar("S", bound="CorpusSettings")


def config_file() -> Path:
    """Return where `amur.toml` is looked for: `AMUR_CONFIG`, else the working folder."""
    return Path(os.environ.get("AMUR_CONFIG") or "amur.toml")


class CorpusSettings(BaseSettings):
    """Where texts are read from and everything written is kept."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True)

    home: Path = Field(
        default_factory=lambda: Path(platformdirs.user_data_dir("amur", appauthor=False)),
        description="Folder that holds everything Amur writes: the index, the embedding cache, added texts.",
    )
    corpus: str = Field(
        default="",
        description=f"Folders of .md and .txt files to answer from instead of the shipped texts; several joined by {os.pathsep!r}.",
    )

    @field_validator("home")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        value = value.expanduser().absolute()
        if value.exists() and not value.is_dir():
            raise ValueError("it is a file; name a folder")
        return value

    @property
    def folders(self) -> tuple[Path, ...]:
        """The corpus folders in reading order; texts that the user added come last."""
        named = tuple(Path(p).expanduser().absolute() for p in self.corpus.split(os.pathsep) if p.strip())
        added = self.home / "texts"
        return (named or (SHIPPED_TEXTS,)) + ((added,) if added.is_dir() else ())

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read arguments first, then the environment, then `amur.toml`."""
        return (
            init_settings,
            env_settings,
            TomlConfigSettingsSource(settings_cls, toml_file=config_file()),
        )


def read_settings(kind: type[S], **given: Any) -> S:  # Any: whatever the fields take
    """Return checked settings.

    Raises:
        SettingsError: a variable or key that is no setting, or a value that cannot be used; the message names it.
    """
    if given.get("home") is None:
        given.pop("home", None)
    refuse_unknown(kind.model_fields)
    path = config_file()
    if os.environ.get("AMUR_CONFIG") and not path.is_file():
        raise SettingsError(f"AMUR_CONFIG names {str(path)!r}, which is not a file; create it or unset AMUR_CONFIG.")
    try:
        return kind(**given)
    except ValidationError as error:
        raise SettingsError(_say(error, path, kind.model_fields)) from error
    except ValueError as error:  # tomllib.TOMLDecodeError is one
        raise SettingsError(f"The settings file {str(path)!r} is not valid TOML ({error}); mend it.") from error


def refuse_unknown(known: Iterable[str], environ: Iterable[str] | None = None) -> None:
    """Refuse a misspelt `AMUR_*` variable, which pydantic-settings would pass over in silence.

    Raises:
        SettingsError: it names the variable and the nearest setting.
    """
    names = {PREFIX + name.upper() for name in known} | NOT_SETTINGS
    for name in sorted(os.environ if environ is None else environ):
        if name.upper().startswith(PREFIX) and name.upper() not in names:
            raise SettingsError(
                f"The environment variable {name!r} is no setting of Amur{_nearest(name.upper(), names)}"
            )


def _say(error: ValidationError, path: Path, known: Iterable[str]) -> str:
    first = error.errors()[0]
    name = ".".join(str(part) for part in first["loc"]) or "settings"
    if first["type"] == "extra_forbidden":
        return f"The key {name!r} in {str(path)!r} is no setting of Amur{_nearest(name, set(known))}"
    reason = first["msg"].removeprefix("Value error, ")
    value = _CREDENTIALS.sub("//***@", str(first.get("input")))
    shown = value if len(value) <= 90 else value[:87] + "..."
    return f"The setting {name!r} (AMUR_{name.upper()}) cannot be {shown!r}: {reason}; see docs/settings.md."


def _nearest(name: str, names: Iterable[str]) -> str:
    import difflib

    by_ending = {known.removeprefix(PREFIX): known for known in sorted(names)}
    close = difflib.get_close_matches(name.removeprefix(PREFIX), list(by_ending), n=1)
    return f"; did you mean {by_ending[close[0]]!r}?" if close else "; see docs/settings.md for those there are"
