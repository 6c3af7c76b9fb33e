"""The pipeline that every tutorial builds, as a row to be compared with: LangChain's splitter, Chroma, the four nearest chunks.

It is built from the same texts with the same embedding model, in a folder of its own under AMUR_HOME, and kept by the corpus
revision. It knows nothing of sentences, words, dates or abstention.
"""

import shutil
import weakref
from collections.abc import Callable
from pathlib import Path

from langchain_core.documents import Document as LangChainDocument
from langchain_core.embeddings import Embeddings

from bot.pipeline import Bot
from corpus.files import write_whole
from evals.replies import Quote, Ranked
from index.embed import Embedder
from index.store import Store, open_client

CHUNK_CHARACTERS = 1000
OVERLAP = 200
BATCH = 128
DONE = "complete"

Progress = Callable[[str, int, int], None]


class _Embeddings(Embeddings):
    """Amur's embedder as LangChain's."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Return one vector a text."""
        return [list(map(float, v)) for v in self._embedder.embed_documents(texts)]

    def embed_query(self, text: str) -> list[float]:
        """Return the vector of a question."""
        return list(map(float, self._embedder.embed_query(text)))


class PlainPipeline:
    """LangChain + Chroma over the documents of an index."""

    def __init__(self, folder: Path, embedder: Embedder) -> None:
        from langchain_chroma import Chroma

        client = open_client(folder)
        self._chroma = Chroma(
            collection_name="plain",
            client=client,
            embedding_function=_Embeddings(embedder),
            collection_metadata={"hnsw:space": "cosine"},
        )
        self.close = weakref.finalize(self, client.close)
        """Let go of the folder; without it that happens when nobody uses the pipeline any more."""

    def add(self, documents: list[LangChainDocument], done: Callable[[int], None]) -> None:
        """Embed and store chunks; `done` is told how many of them are in."""
        for i in range(0, len(documents), BATCH):
            self._chroma.add_documents(documents[i : i + BATCH])
            done(min(i + BATCH, len(documents)))

    def search(self, question: str, k: int) -> list[tuple[Quote, Ranked]]:
        """Return the k nearest chunks, closest first, as quotes and as ranked passages."""
        found = self._chroma.similarity_search_with_score(question, k=k)
        return [(_quote(d), _ranked(d, 1.0 - float(distance))) for d, distance in found]


def open_plain(bot: Bot, progress: Progress) -> PlainPipeline:
    """Return the plain pipeline over the bot's corpus, built if it is not there yet."""
    store = bot.store
    root = bot.settings.home / "evals" / "plain"
    folder = root / f"{store.manifest.corpus_revision}-{store.manifest.embedding_revision[:12]}"
    if not (folder / DONE).is_file():
        shutil.rmtree(root, ignore_errors=True)  # one is kept, that of the present corpus
        folder.mkdir(parents=True)
        pipeline = PlainPipeline(folder, bot.embedder)
        chunks = _split(store)
        try:
            pipeline.add(chunks, lambda done: progress("Embedding for the plain pipeline", done, len(chunks)))
        except BaseException:
            pipeline.close()  # or Chroma takes what is made in this folder next for what it has in memory
            raise
        write_whole(folder / DONE, "")
        return pipeline
    return PlainPipeline(folder, bot.embedder)


def _split(store: Store) -> list[LangChainDocument]:
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    splitter = RecursiveCharacterTextSplitter(chunk_size=CHUNK_CHARACTERS, chunk_overlap=OVERLAP, add_start_index=True)
    documents = [store.document(d.id) for d in store.texts.documents()]
    texts = [LangChainDocument(page_content=d.text, metadata={"document_id": d.id}) for d in documents if d is not None]
    return splitter.split_documents(texts)


def _quote(document: LangChainDocument) -> Quote:
    start = int(document.metadata["start_index"])
    return Quote(
        document_id=str(document.metadata["document_id"]),
        source_start=start,
        source_end=start + len(document.page_content),
        text=document.page_content,
    )


def _ranked(document: LangChainDocument, score: float) -> Ranked:
    quote = _quote(document)
    return Ranked(
        id=f"{quote.document_id}:{quote.source_start}",
        document_id=quote.document_id,
        source_start=quote.source_start,
        source_end=quote.source_end,
        score=score,
    )
