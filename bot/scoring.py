"""What a sentence of a passage is worth as the answer: meaning, words, the details it must hold, where it stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from bot.records import Candidate, Passage, Query
from bot.slots import Slot, fill, read_slot
from corpus.documents import BRIEF
from index.embed import Vectors
from index.lexical import tokenise
from index.rerank import Reranker
from index.store import Store
from index.texts import StoredSentence

# Weights of the sentence score.
COVERAGE_WEIGHT = 0.6
PASSAGE_WEIGHT = 0.15
HEADER_SHARE = 0.5
"""A query word that stands only in the header (title › section) counts this much of one in the sentence; of running text, one
that stands in the sentence before it, too."""
HEADER_WEIGHT = 0.1
"""For the share of the question's weight that the header names: a text about the very thing asked for."""
FOCUS_WEIGHT = 0.1
"""For the share of the sentence's own weight that the question names: a sentence about little else."""
MISSING_DETAIL = 0.5
"""What a missing year or designation costs: more than any similarity makes up for."""
MISSING_NAME = 0.2
CARRIED = 0.6
"""What a word that is carried over from an earlier question counts, beside one of the last question."""
CARRIED_NAME = 0.25
"""The same for a name that the sentence lacks."""
SIGNS = {
    sign: tokenise(words)
    for sign, words in {"$": "USD dollars", "%": "percent cent percentage", "€": "euros", "¥": "yuan"}.items()
}
"""What a sign in a sentence is called in a question."""
RERANKED = 32
"""Sentences that a reranker sees: one batch."""
RERANK_WEIGHT = 0.5
"""What a reranker's word counts, from 0 to 1: as much as a missing year. Chosen, not measured: no weights ship with Amur."""
FILLED = 0.2
"""What a sentence gains, for its coverage, that fills the slot which the question leaves open: on another topic it fills it in vain."""
TALKED_OF = 0.1
"""What a sentence of a document gains that the last answer of the conversation quotes."""
STEM = 5
"""Letters that a name and its adjective share."""


@dataclass(frozen=True, kw_only=True)
class _Words:
    """The question's words: the weight of each, their sum, the forms that stand for each in the texts; and what they leave open."""

    weight: Mapping[str, float]
    total: float
    forms: Mapping[str, frozenset[str]]
    slot: Slot | None

    def of(self, there: frozenset[str]) -> float:
        """Return the weight of the question's words that stand among these."""
        return sum(w for t, w in self.weight.items() if not self.forms[t].isdisjoint(there))


@dataclass(frozen=True, kw_only=True)
class _Place:
    """Where a sentence stands: its likeness to the question, what its passage gives it, the words beside it and around it."""

    similarity: float
    base: float
    beside: frozenset[str]
    """Words that count in part."""
    around: frozenset[str]
    """Words among which a name of the question is not missing."""


def score_sentences(
    query: Query, passages: Sequence[Passage], sentences: Mapping[int, StoredSentence], vector: Vectors
) -> list[Candidate]:
    """Return the sentences of the passages with their scores, best first.

    Args:
        query: what is asked, and the index.
        passages: best first.
        sentences: those of the passages, by row.
        vector: of the question.
    """
    if not passages:
        return []
    rows = [row for p in passages for row in query.rows(p.chunk)]
    similarity = dict(zip(rows, query.store.similarities("sentences", rows, vector), strict=True))
    weight = weights(query)
    words = _Words(
        weight=weight,
        total=sum(weight.values()) or 1.0,
        forms={t: query.asked.all_forms(t) for t in (*weight, *query.asked.names)},
        slot=read_slot(query.read, query.asked),
    )
    top = passages[0].score
    spread = max(top - passages[-1].score, 1e-6)
    found = []
    for passage in passages:
        standing = (passage.score - top) / spread  # 0 for the best passage, -1 for the last
        about = words.of(passage.chunk.header_tokens) / words.total
        base = PASSAGE_WEIGHT * standing + HEADER_WEIGHT * about
        if passage.chunk.document_id in query.talk.documents:
            base += TALKED_OF
        running = is_running(query.store, passage.chunk.document_id)
        around = passage.chunk.header_tokens.union(*(sentences[r].tokens for r in query.rows(passage.chunk) if running))
        for row in query.rows(passage.chunk):
            before = _before(sentences, row) if running else frozenset()
            place = _Place(
                similarity=float(similarity[row]),
                base=base,
                beside=passage.chunk.header_tokens | before,
                around=around,
            )
            found.append(_candidate(query, words, passage, sentences[row], place))
    return sorted(found, key=lambda c: (-c.score, c.sentence.row))


def is_running(store: Store, document_id: str) -> bool:
    """Tell whether a document's sentences lean on each other: all but a brief's may, which each stand alone (`corpus.check`)."""
    document = store.document(document_id)
    return document is not None and document.kind != BRIEF


def _before(sentences: Mapping[int, StoredSentence], row: int) -> frozenset[str]:
    """Return the words of the sentence before this one, if it is of the same paragraph."""
    own, before = sentences[row], sentences.get(row - 1)
    together = before and (before.document_id, before.paragraph) == (own.document_id, own.paragraph)
    return frozenset(before.tokens) if before and together else frozenset()


def _candidate(query: Query, words: _Words, passage: Passage, sentence: StoredSentence, place: _Place) -> Candidate:
    own = frozenset(sentence.tokens)
    there = own | _signs(sentence.text)
    named = words.of(there)
    covered = (named + HEADER_SHARE * (words.of(there | place.beside) - named)) / words.total
    missing = _missing(query, sentence, there)
    names = tuple(n for n in query.asked.names if not _named(n, words.forms[n], there | place.around))
    strange = sum(1.0 if n in query.asked.own else CARRIED_NAME for n in names)
    focus = named / (sum(map(query.store.lexical.idf, own)) or 1.0)
    score = place.base + place.similarity + COVERAGE_WEIGHT * covered + FOCUS_WEIGHT * focus
    if words.slot and not missing and not names:
        score += FILLED * covered * fill(words.slot, sentence.text, query.query)
    score -= MISSING_DETAIL * bool(missing) + MISSING_NAME * min(strange, 3)
    return Candidate(
        sentence=sentence,
        passage=passage,
        similarity=place.similarity,
        coverage=covered,
        missing=missing,
        missing_names=names,
        score=score,
    )


def rerank(query: Query, candidates: Sequence[Candidate], reranker: Reranker) -> list[Candidate]:
    """Return the candidates, best first, with what a reranker says of the best ones counted; those it does not see get its lowest."""
    seen = candidates[:RERANKED]
    if not seen:
        return []
    texts = [f"{c.passage.chunk.header}: {c.sentence.text}" for c in seen]
    scores = [float(s) for s in reranker.scores(query.query, texts, [c.sentence.row for c in seen])]
    said = scores + [min(scores)] * (len(candidates) - len(seen))
    found = [replace(c, score=c.score + RERANK_WEIGHT * s) for c, s in zip(candidates, said, strict=True)]
    return sorted(found, key=lambda c: (-c.score, c.sentence.row))


def weights(query: Query) -> dict[str, float]:
    """Return the weight of each of the question's tokens: how rare it is, less if only the question before it held it.

    Of several years each is answered by a sentence of its own: they weigh nothing, or one that names all would be the best.
    """
    asked = query.asked
    apart = set(asked.years) if len(asked.years) > 1 else set()
    idf = query.store.lexical.idf
    return {t: 0.0 if t in apart else idf(t) * (1.0 if t in asked.own else CARRIED) for t in asked.tokens}


def _signs(text: str) -> frozenset[str]:
    """Return the words that signs in the text stand for: "$" is said as dollars."""
    return frozenset(word for sign, said in SIGNS.items() if sign in text for word in said)


def _named(name: str, forms: frozenset[str], words: frozenset[str]) -> bool:
    """Tell whether a name stands among the words, also as its adjective (Syria, Syrian; Manchuria, Manchurian)."""
    if not forms.isdisjoint(words):
        return True
    return len(name) > STEM and any(word[:STEM] == name[:STEM] for word in words)


def _missing(query: Query, sentence: StoredSentence, words: frozenset[str]) -> tuple[str, ...]:
    """Return the details that the question names and the sentence lacks. Of several years one is enough; an event date counts."""
    asked = query.asked
    there = any(y in words or y in sentence.text or (sentence.date or "").startswith(y) for y in asked.years)
    years = () if there else asked.years
    lacking = (d for d in asked.designations if not _designated(d, words) and not _numbered(d, sentence.tokens))
    return (*years, *(d for d in lacking if not (asked.forms.get(d) and asked.forms[d] <= words)))


def _designated(designation: str, words: frozenset[str]) -> bool:
    """Tell whether a designation stands among the words, also with the letters of a variant (Su-27, Su-27SK)."""
    if designation in words:
        return True
    return any(w.startswith(designation) and w[len(designation) :].isalpha() for w in words)


def _numbered(designation: str, tokens: Sequence[str]) -> bool:
    """Tell whether a name with a number stands in the tokens, also in a row of numbers ("Tianwan 7 and 8" holds "tianwan 8")."""
    name, _, number = designation.partition(" ")
    for i, token in enumerate(tokens):
        if number and token == name:
            row = list(takewhile(str.isdigit, tokens[i + 1 :]))
            if number in row:
                return True
    return False
