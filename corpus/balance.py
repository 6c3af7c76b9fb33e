"""How balanced a corpus is: whose voices its sentences rest on, how many sources stand behind each, how concentrated they are.

The unit is the sentence, because it is what an answer quotes. Its sources are the references that it cites; a document that
cites nothing at all speaks for itself, with its own perspective. Only counted things stand here, nothing is estimated.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TypeVar

from corpus.documents import Corpus, Document
from corpus.parse import Sentence
from corpus.references import PERSPECTIVES, Reference

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")

CHINESE = ("chinese-official", "chinese-state-media")
RUSSIAN = ("russian-official", "russian-state-media")
STATE = frozenset({*CHINESE, *RUSSIAN})
"""Perspectives that speak for one of the two states the corpus is about."""

_YEAR = re.compile(r"(\d{4})(?:-|\Z)")


@dataclass(frozen=True, kw_only=True)
class Voice:
    """A family of perspectives that a reader tells apart at a glance."""

    name: str
    label: str
    perspectives: tuple[str, ...]


VOICES = (
    Voice(name="chinese", label="Chinese official or state media", perspectives=CHINESE),
    Voice(name="russian", label="Russian official or state media", perspectives=RUSSIAN),
    Voice(name="western", label="Western official (US, EU, NATO)", perspectives=("us-official", "eu-official", "nato")),
    Voice(name="international", label="UN and other official", perspectives=("un", "other-official")),
    Voice(name="independent", label="Independent media", perspectives=("independent-media",)),
    Voice(name="research", label="Think tank or academic", perspectives=("think-tank", "academic")),
    Voice(name="reference", label="Reference work", perspectives=("reference",)),
    Voice(name="other", label="Other", perspectives=("other",)),
)
"""Every perspective belongs to one of these."""
_VOICE_OF = {perspective: voice.name for voice in VOICES for perspective in voice.perspectives}


def voice_of(perspective: str) -> str:
    """Return the name of the voice that a perspective belongs to; one that is not known is another's."""
    return _VOICE_OF.get(perspective, "other")


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """A sentence and what it rests on. `perspectives` are those of its sources, or of the document that speaks for itself."""

    document: Document
    sentence: Sentence
    sources: tuple[Reference, ...]
    perspectives: tuple[str, ...]

    @property
    def text(self) -> str:
        """The sentence's words."""
        return self.document.quote(self.sentence.start, self.sentence.end)

    @property
    def topic(self) -> str:
        """The topic of its document."""
        return self.document.topic

    @property
    def year(self) -> int | None:
        """The year of the event that it tells of, if it is dated."""
        return year_of(self.sentence.date)

    @property
    def voices(self) -> frozenset[str]:
        """The names of the voices that it rests on."""
        return frozenset(_VOICE_OF[perspective] for perspective in self.perspectives)

    @property
    def first_voice(self) -> str | None:
        """The voice of the source named first; None if it has no source."""
        return _VOICE_OF[self.perspectives[0]] if self.perspectives else None

    @property
    def one_publisher(self) -> bool:
        """Whether it has several sources and all of them come from one publisher."""
        names = {publisher_of(source) for source in self.sources}
        return len(self.sources) > 1 and len(names) == 1 and "" not in names

    @property
    def states_only(self) -> bool:
        """Whether all that it rests on is Chinese or Russian, official or state media."""
        return bool(self.perspectives) and STATE.issuperset(self.perspectives)


def weigh(corpus: Corpus) -> tuple[Evidence, ...]:
    """Return every sentence of the corpus with what it rests on, in reading order."""
    found = []
    for document in corpus.documents:
        cites = any(sentence.references for sentence in document.sentences)
        for sentence in document.sentences:
            keys = sentence.references
            sources = tuple(corpus.references.get(key) or Reference(id=key, title=key) for key in keys)
            own = () if cites else (document.perspective,)
            perspectives = tuple(_known(source.perspective) for source in sources) or tuple(map(_known, own))
            found.append(Evidence(document=document, sentence=sentence, sources=sources, perspectives=perspectives))
    return tuple(found)


def cited(evidence: Iterable[Evidence]) -> list[Evidence]:
    """Return the sentences that cite a source."""
    return [one for one in evidence if one.sources]


def count_first_voices(evidence: Iterable[Evidence]) -> dict[str, int]:
    """Return how many sentences name a source of each voice first, in the order of `VOICES`."""
    counts = Counter(one.first_voice for one in evidence)
    return {voice.name: counts[voice.name] for voice in VOICES}


def count_voices(evidence: Iterable[Evidence]) -> dict[str, int]:
    """Return how many sentences rest on each voice, alone or with others, in the order of `VOICES`."""
    counts = Counter(name for one in evidence for name in one.voices)
    return {voice.name: counts[voice.name] for voice in VOICES}


def count_perspectives(evidence: Iterable[Evidence]) -> dict[str, tuple[int, int]]:
    """Return for each perspective how many sentences name it first, and how many rest on it at all."""
    rows = list(evidence)
    first = Counter(one.perspectives[0] for one in rows if one.perspectives)
    any_ = Counter(perspective for one in rows for perspective in set(one.perspectives))
    return {name: (first[name], any_[name]) for name in PERSPECTIVES if any_[name]}


def by(key: Callable[[T], K], things: Iterable[T]) -> dict[K, list[T]]:
    """Return the things under each value of the key, the value with most of them first."""
    groups: dict[K, list[T]] = defaultdict(list)
    for one in things:
        groups[key(one)].append(one)
    return dict(sorted(groups.items(), key=lambda item: (-len(item[1]), str(item[0]))))


def state_mix(evidence: Iterable[Evidence]) -> tuple[int, int, int]:
    """Return how many sentences rest on Chinese state voices only, on Russian ones only, and only on the two together."""
    mixes = Counter(one.voices for one in evidence if one.states_only)
    return mixes[frozenset({"chinese"})], mixes[frozenset({"russian"})], mixes[frozenset({"chinese", "russian"})]


def count_uses(evidence: Iterable[Evidence]) -> list[tuple[Reference, int]]:
    """Return the sources with the number of sentences that cite each, the most used first."""
    references: dict[str, Reference] = {}
    counts: Counter[str] = Counter()
    for one in evidence:
        for source in one.sources:
            references[source.id] = source
            counts[source.id] += 1
    return [(references[key], n) for key, n in sorted(counts.items(), key=lambda item: (-item[1], item[0]))]


def count_publishers(uses: Iterable[tuple[Reference, int]]) -> list[tuple[str, int, int]]:
    """Return each publisher with the number of its sources and of the citations of them, the most cited first."""
    names: dict[str, str] = {}
    sources: Counter[str] = Counter()
    citations: Counter[str] = Counter()
    for reference, count in uses:
        key = publisher_of(reference)
        names.setdefault(key, reference.publisher.strip())
        sources[key] += 1
        citations[key] += count
    ranked = sorted(citations, key=lambda key: (-citations[key], key))
    return [(names[key], sources[key], citations[key]) for key in ranked if key]


@dataclass(frozen=True, kw_only=True)
class Dispute:
    """A disputed block: the claim in dispute, and each version with who holds it."""

    document: Document
    claim: Evidence
    versions: tuple[Evidence, ...]


def find_disputes(evidence: Iterable[Evidence]) -> tuple[Dispute, ...]:
    """Return the disputed blocks in reading order."""
    marked = [one for one in evidence if one.sentence.dispute is not None]
    blocks = groupby(marked, key=lambda one: (one.document.id, one.sentence.dispute))
    return tuple(_dispute(list(block)) for _, block in blocks)


def _dispute(block: Sequence[Evidence]) -> Dispute:
    versions = tuple(one for one in block if one.sentence.who)
    claim = next((one for one in block if not one.sentence.who), block[0])
    return Dispute(document=block[0].document, claim=claim, versions=versions)


def publisher_of(reference: Reference) -> str:
    """Return the publisher's name as it is compared: one spelling, however it is spaced and capitalised."""
    return " ".join(reference.publisher.split()).casefold()


def year_of(date: str | None) -> int | None:
    """Return the year of an ISO date, None if it is none."""
    match = _YEAR.match(date or "")
    return int(match.group(1)) if match else None


def _known(perspective: str) -> str:
    return perspective if perspective in PERSPECTIVES else "other"
