"""Second stage: from a query to ranked passages and the sentences in them, each scored exactly.

Three searches bring candidates (passage vectors, sentence vectors, BM25). Every candidate is then scored on all three and the
scores, normalised over the candidates, are summed with weights: on our measurements a normalised weighted sum beats rank fusion
(RRF) in nearly every run, as Bruch et al. (arXiv 2210.11934) found.
"""

from collections.abc import Mapping, Sequence
from time import perf_counter
from typing import Any

import numpy as np
import numpy.typing as npt
from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document as LangChainDocument
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict, SkipValidation

from bot.filters import Filters
from bot.latest import DEPTH
from bot.records import Passage, Query, Question, Retrieved
from bot.rewrite import Open, rewrite
from bot.scoring import rerank, score_sentences
from bot.settings import Settings
from bot.vocabulary import expanded
from index.embed import Embedder, Vectors
from index.rerank import Reranker, identify
from index.store import Store
from index.texts import StoredChunk, StoredSentence

Floats = npt.NDArray[np.float32]

# Weights of the fused passage score, over values normalised to mean 0 and deviation 1 among the candidates.
PASSAGE_WEIGHTS = {"similarity": 1.0, "sentence_similarity": 1.0, "lexical": 1.0}

BY_NAME = 20.0
"""For a passage of the article when the question names the article, more than the rest can make up for: another text does not say what the
article says."""

TALKED_OF = 1.0
"""For a passage of a document that the last answer of the conversation quotes."""


def retrieve(query: Query, *, settings: Settings, embedder: Embedder, reranker: Reranker | None = None) -> Retrieved:
    """Return the best `k` passages and their sentences, best first. Without a reranker, one query embedding is the only model call."""
    started = perf_counter()
    nothing = query.within is not None and not query.within.rows
    if query.reply or nothing or not query.store.manifest.sentences:
        unsearched = {**query.seconds, "retrieve": 0.0}
        return Retrieved(query=query, passages=(), candidates=(), seconds=unsearched, reranker=identify(reranker))
    vector = embedder.embed_query(query.query)
    passages, sentences = _rank_passages(query, vector, settings)
    candidates = score_sentences(query, passages, sentences, vector)
    candidates = rerank(query, candidates, reranker) if reranker is not None else candidates
    seconds = {**query.seconds, "retrieve": perf_counter() - started}
    return Retrieved(
        query=query,
        passages=tuple(passages),
        candidates=tuple(candidates),
        seconds=seconds,
        reranker=identify(reranker),
    )


def _rank_passages(
    query: Query, vector: Vectors, settings: Settings
) -> tuple[list[Passage], dict[int, StoredSentence]]:
    store = query.store
    # Chroma searches outside Python's lock: the two searches and BM25 run side by side.
    chunks_within, sentences_within = (w.chunks, w.sentences) if (w := query.within) else (None, None)
    passages_found = store.searches.submit(store.nearest, "passages", vector, settings.fetch_k, chunks_within)
    sentences_found = store.searches.submit(store.nearest, "sentences", vector, settings.fetch_k, sentences_within)
    lexical_scores = store.lexical.scores(expanded(query.asked.tokens, query.asked.forms))
    if chunks_within is not None:
        lexical_scores = np.where(np.isin(np.arange(len(lexical_scores)), chunks_within), lexical_scores, 0)
    lexical = [row for row, _ in store.lexical.best(lexical_scores, settings.fetch_k)]
    dense = [row for row, _ in passages_found.result()]
    near = [row for row, _ in sentences_found.result()]
    chunk_of = store.texts.chunks_of(near)
    named = _named_passages(query)
    rows = dict.fromkeys([*dense, *(chunk_of[row] for row in near), *lexical, *named])
    chunks = [c for c in store.texts.chunks(rows).values() if c.document_id not in query.removed]
    if not chunks:
        return [], {}
    best = _closest_sentences(query, vector, chunks)
    similarity = store.similarities("passages", [c.row for c in chunks], vector)
    lexical_found = np.asarray([lexical_scores[c.row] for c in chunks], dtype=np.float32)
    fused = (
        PASSAGE_WEIGHTS["similarity"] * _normalised(similarity)
        + PASSAGE_WEIGHTS["sentence_similarity"] * _normalised(best)
        + PASSAGE_WEIGHTS["lexical"] * _normalised(lexical_found)
        + BY_NAME * np.asarray([c.row in named for c in chunks], dtype=np.float32)
        + TALKED_OF * np.asarray([c.document_id in query.talk.documents for c in chunks], dtype=np.float32)
    )
    depth = DEPTH if "latest" in query.asked.wants else 1
    order = sorted(range(len(chunks)), key=lambda i: (-float(fused[i]), chunks[i].row))[: settings.k * depth]
    kept = [chunks[i] for i in order]
    sentences = store.texts.sentences(row for c in kept for row in query.rows(c))
    return [
        Passage(
            chunk=chunks[i],
            text=_passage_text(store, chunks[i]),
            similarity=float(similarity[i]),
            sentence_similarity=float(best[i]),
            lexical=float(lexical_found[i]),
            score=float(fused[i]),
            rank=rank,
        )
        for rank, i in enumerate(order, 1)
    ], sentences


def _named_passages(query: Query) -> frozenset[int]:
    """Return the passages of the article if the question names it ("says the essay"), as far as a filter lets them through."""
    if "essay" not in query.asked.wants:
        return frozenset()
    return query.store.articles if query.within is None else query.store.articles & frozenset(query.within.chunks)


def _closest_sentences(query: Query, vector: Vectors, chunks: Sequence[StoredChunk]) -> Floats:
    """Return the similarity of the closest sentence of each chunk, shape (chunks,); all sentences are read at once."""
    rows_of = [query.rows(c) for c in chunks]
    rows = [row for of in rows_of for row in of]
    starts = np.cumsum([0] + [len(of) for of in rows_of[:-1]])
    return np.maximum.reduceat(query.store.similarities("sentences", rows, vector), starts)


def _normalised(values: Floats) -> Floats:
    deviation = float(values.std())
    return (values - values.mean()) / deviation if deviation > 1e-6 else np.zeros_like(values)


def _passage_text(store: Store, chunk: StoredChunk) -> str:
    document = store.document(chunk.document_id)
    return document.text[chunk.source_start : chunk.source_end] if document else ""


class Retriever(BaseRetriever):
    """Amur's retrieval for LangChain users: passages as LangChain documents, offsets and scores in their metadata."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    settings: Settings
    embedder: SkipValidation[Embedder]
    opened: SkipValidation[Open]
    reranker: SkipValidation[Reranker] | None = None

    def search(self, text: str, filters: Mapping[str, Any] | Filters | None = None) -> Retrieved:
        """Return passages and candidate sentences for one question."""  # Any: JSON values
        query = rewrite(
            Question(text=text, filters=filters), settings=self.settings, embedder=self.embedder, opened=self.opened
        )
        return retrieve(query, settings=self.settings, embedder=self.embedder, reranker=self.reranker)

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[LangChainDocument]:
        return [
            LangChainDocument(
                page_content=p.text,
                id=p.chunk.id,
                metadata={
                    "document_id": p.chunk.document_id,
                    "header": p.chunk.header,
                    "source_start": p.chunk.source_start,
                    "source_end": p.chunk.source_end,
                    "similarity": p.similarity,
                    "score": p.score,
                },
            )
            for p in self.search(query).passages
        ]
