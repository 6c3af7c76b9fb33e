"""Where in an index the evidence for a case is: the sentences of its documents that state its nuggets, and their passages."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from evals.cases import Case
from evals.replies import Quote, Ranked
from index.store import Store
from index.texts import StoredChunk, StoredSentence


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """The gold of one case in one index.

    `sentences` gives for each vital nugget the sentences of the named documents that state it; `passages` and `documents` are
    the relevant ids with their grades: a passage counts 1 for each vital nugget it holds, a document 1.
    """

    sentences: dict[str, tuple[StoredSentence, ...]]
    passages: dict[str, int]
    documents: dict[str, int]


class Gold:
    """Finds the evidence of cases in one index; reads the index once."""

    def __init__(self, store: Store) -> None:
        self.store = store
        manifest = store.manifest
        self._sentences: dict[str, list[StoredSentence]] = defaultdict(list)
        for sentence in store.texts.sentences(range(manifest.sentences)).values():
            self._sentences[sentence.document_id].append(sentence)
        self._chunks = store.texts.chunks(range(manifest.chunks))
        self._passages = frozenset(c.id for c in self._chunks.values())
        self._found: dict[str, Evidence] = {}

    @property
    def every_sentence(self) -> list[StoredSentence]:
        """All sentences of the index in order."""
        return [s for sentences in self._sentences.values() for s in sentences]

    @property
    def every_chunk(self) -> list[StoredChunk]:
        """All chunks of the index in order."""
        return list(self._chunks.values())

    def knows_passage(self, passage_id: str) -> bool:
        """Tell whether this is a passage of the index; another system may rank pieces of its own."""
        return passage_id in self._passages

    def sentences_of(self, document_id: str) -> list[StoredSentence]:
        """Return the sentences of a document in order; none if it is not in the index."""
        return self._sentences.get(document_id, [])

    def evidence(self, case: Case) -> Evidence:
        """Return the gold of a case; found once."""
        if case.id not in self._found:
            self._found[case.id] = self._evidence(case)
        return self._found[case.id]

    def _evidence(self, case: Case) -> Evidence:
        if not case.answerable:
            return Evidence(sentences={}, passages={}, documents={})
        sentences = {
            n.id: tuple(s for name in case.documents for s in self._sentences.get(name, ()) if n.found_in(s.text))
            for n in case.nuggets
            if n.vital
        }
        passages: dict[str, int] = defaultdict(int)
        for found in sentences.values():
            for chunk in dict.fromkeys(s.chunk for s in found):
                passages[self._chunks[chunk].id] += 1
        return Evidence(sentences=sentences, passages=dict(passages), documents=dict.fromkeys(case.documents, 1))


def evidence_recall(evidence: Evidence, ranked: Sequence[Ranked], k: int) -> float | None:
    """Return the share of vital nuggets that a sentence inside one of the first k passages states; None without evidence."""
    if not evidence.sentences:
        return None
    found = [any(_inside(s, p) for s in stated for p in ranked[:k]) for stated in evidence.sentences.values()]
    return sum(found) / len(found)


def holds(quote: Quote, sentence: StoredSentence) -> bool:
    """Tell whether a quote holds a sentence whole."""
    return (
        quote.document_id == sentence.document_id
        and quote.source_start <= sentence.source_start
        and sentence.source_end <= quote.source_end
    )


def _inside(sentence: StoredSentence, passage: Ranked) -> bool:
    return (
        passage.document_id == sentence.document_id
        and passage.source_start <= sentence.source_start
        and sentence.source_end <= passage.source_end
    )
