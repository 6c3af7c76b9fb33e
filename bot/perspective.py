"""Whose voices an answer rests on, counted from its citations, never guessed."""

from collections import Counter
from collections.abc import Iterable, Mapping

from bot.messages import FALLBACK, catalogue, say
from bot.records import Citation
from corpus.references import PERSPECTIVES


def source_mix(citations: Iterable[Citation]) -> dict[str, int]:
    """Return how many different sources of each perspective the citations rest on, in a fixed order of perspectives.

    A source is a reference of a cited sentence; a document that names no references counts as one source itself.
    """
    voices: dict[str, str] = {}
    for citation in citations:
        for reference in citation.references:
            voices[reference.id] = reference.perspective
        if not citation.references:
            voices[f"document:{citation.document_id}"] = citation.perspective
    counts = Counter(voices.values())
    return {name: counts[name] for name in PERSPECTIVES if counts[name]}


def describe(mix: Mapping[str, int], language: str = "en") -> str:
    """Return the source-mix line in a language: "4 sources: 2 Chinese state media, 1 think tank, 1 academic"."""
    total = sum(mix.values())
    if not total:
        return ""
    parts = [say("mix.part", language, count=count, name=_name(name, count, language)) for name, count in mix.items()]
    return say(
        "mix.many" if total > 1 else "mix.one", language, count=total, parts=say("list_comma", language).join(parts)
    )


def _name(perspective: str, count: int, language: str) -> str:
    """Return what so many sources of a perspective are called: "reference work", but "3 reference works"."""
    several = f"perspective.many.{perspective}"
    return say(several if count > 1 and several in catalogue(FALLBACK) else f"perspective.{perspective}", language)
