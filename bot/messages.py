"""Every text that the bot itself says, in the reader's language: `locales/<language>.json`, key by key.

English, Russian and Chinese are whole; what another file lacks is said in English. Pages and widgets take their strings from
here too. Words of documents and readers come in as values and are never read as templates.
"""

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

LOCALES = Path(__file__).parent / "locales"
LANGUAGES = ("en", "ru", "zh")
"""Those in which everything can be said."""
FALLBACK = "en"


def say(key: str, language: str, **values: Any) -> str:  # Any: whatever a template shows
    """Return a text in a language, given as a BCP 47 tag; in English if there is none in that language.

    Raises:
        KeyError: no language has that key.
    """
    template = catalogue(language).get(key)
    return (catalogue(FALLBACK)[key] if template is None else template).format(**values)


def spoken(language: str) -> str:
    """Return the language, of those in which everything can be said, for a reader of this one."""
    base = _base(language)
    return base if base in LANGUAGES else FALLBACK


def catalogue(language: str) -> Mapping[str, str]:
    """Return the texts there are in a language by key; empty if there are none."""
    return _read(_base(language))


def say_language(tag: str, language: str) -> str:
    """Return the name of a language in another; its tag if it has no name there."""
    key = f"language.{_base(tag)}"
    return say(key, language) if key in catalogue(FALLBACK) else tag


def _base(language: str) -> str:
    return language.split("-")[0].lower()


@lru_cache(maxsize=64)
def _read(language: str) -> Mapping[str, str]:
    path = LOCALES / f"{language}.json"
    if not (language.isascii() and language.isalpha() and path.is_file()):
        return {}
    found: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return found
