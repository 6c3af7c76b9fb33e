"""The language of a text, told from the text itself: what a file declares is often a default that nobody set."""

import re

ENOUGH = 100
"""Letters below which a declared language is believed."""
SAMPLE = 2_000
"""Characters that are looked at; with 5,000 no text of the corpus was told otherwise."""

_TAG = re.compile(r"([A-Za-z]{2,3})(?:-[A-Za-z0-9]{1,8}){0,3}")


def language_of(text: str, declared: str = "") -> str:
    """Return the BCP 47 tag of a text's language, `en` if nothing tells it.

    Args:
        text: the clean text.
        declared: what the file says; believed for short texts, and for the region or script if the language is the same.
    """
    tag = declared.strip().replace("_", "-")
    match = _TAG.fullmatch(tag)
    tag = tag if match else ""
    if sum(c.isalpha() for c in text[:SAMPLE]) < ENOUGH and tag:
        return tag
    # Takes a second and numpy, so it is not loaded before it is needed.
    import py3langid

    found = str(py3langid.classify(text[:SAMPLE])[0]) if any(c.isalpha() for c in text) else "en"
    return tag if match and match.group(1).lower() == found else found
