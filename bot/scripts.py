"""Words of the check across languages: states, denials, opposites in English, Russian and Chinese, from `across.json`.

They are data, so that a reader of the language can mend them without reading code.
"""

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

CODES = ("en", "ru", "zh")
"""The languages that there are words for."""
FILE = Path(__file__).parent / "across.json"

Said = dict[str, str]
"""By language, a pattern of the words for one thing."""


@dataclass(frozen=True, kw_only=True)
class Words:
    """The words of `across.json`.

    `states` are states and places by their English name. `translated` are the beginnings of Russian words that stand with a capital in
    names, with what English has in their place. `denials` deny, `no_denials` only look as if they did. `attributes` make
    something somebody's word. Of a group of `opposites` a
    sentence says one thing or the other.
    """

    states: dict[str, Said]
    translated: dict[str, str]
    denials: Said
    no_denials: Said
    attributes: Said
    opposites: tuple[dict[str, Said], ...]


@lru_cache(maxsize=1)
def words() -> Words:
    """Return the words, read once."""
    found = json.loads(FILE.read_text(encoding="utf-8"))
    return Words(
        states=found["states"],
        translated=found["translated"],
        denials=found["denials"],
        no_denials=found["no_denials"],
        attributes=found["attributes"],
        opposites=tuple(found["opposites"]),
    )


@lru_cache(maxsize=1024)
def words_pattern(said: str, language: str, *, cases: bool = False) -> re.Pattern[str]:
    """Return a pattern for any of the words: whole words but in Chinese; letter case counts only if `cases`, as it does for names."""
    flags = re.NOFLAG if cases else re.IGNORECASE
    return re.compile(said, flags) if language == "zh" else re.compile(rf"(?<!\w)(?:{said})(?!\w)", flags)
