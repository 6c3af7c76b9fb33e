"""Which words of a text name countries: by the Unicode Consortium's list, also in small letters, as an adjective or at its beginning."""

from collections.abc import Iterable
from functools import lru_cache

from babel import Locale

from index.lexical import tokenise

_ENDINGS = ("", "n", "an", "ian", "es", "i", "ish")  # of adjectives, after stemming: Ukrain-ian, Japan-es, Iran-ian
_IRREGULAR = """
    France French, Britain British, Netherlands Dutch, Poland Polish, Spain Spanish, Denmark Danish, Sweden Swedish, Finland Finnish,
    Switzerland Swiss, Norway Norwegian, Greece Greek, Ireland Irish, Thailand Thai, Philippines Filipino, Afghanistan Afghan,
    Kazakhstan Kazakh, Uzbekistan Uzbek, Kyrgyzstan Kyrgyz, Tajikistan Tajik, Turkmenistan Turkmen
"""
_SHORTEST = 4  # letters before such an ending


def countries_in(tokens: Iterable[str]) -> frozenset[str]:
    """Return the countries that tokens name, as stems; China and Russia, which every text is about, are left out."""
    forms = _forms()
    return frozenset(forms[token] for token in tokens if token in forms)


@lru_cache(maxsize=1)
def _forms() -> dict[str, str]:
    """Return the stem of each country's name by every form of it: names of one word, and the telling words of some others."""
    names = [name for code, name in Locale("en").territories.items() if len(code) == 2 and " " not in name]
    stems = {*tokenise(" ".join((*names, "Korea Britain US Turkey Arabia Zealand Emirates Myanmar")))} - {
        "china",
        "russia",
    }
    made = {
        base + ending: stem
        for stem in sorted(stems)
        for base in {stem, stem.rstrip("aeiouy")}
        for ending in _ENDINGS
        if len(base) >= _SHORTEST
    }
    irregular = (tokenise(pair) for pair in _IRREGULAR.split(","))
    return made | {stem: stem for stem in stems} | {adjective: country for country, adjective in irregular}
