"""The tutorial pipeline to stand beside ours: LangChain splitter 1000/200, MiniLM, Chroma, top passages."""

from pathlib import Path

from langchain_chroma import Chroma
from langchain_core.documents import Document as LangChainDocument
from langchain_core.embeddings import Embeddings
from langchain_text_splitters import RecursiveCharacterTextSplitter
from sentence_transformers import SentenceTransformer

from corpus.documents import Corpus
from index.embed import packaged_model


class MiniLM(Embeddings):
    """The packaged model as LangChain wants it."""

    def __init__(self) -> None:
        self._model = SentenceTransformer(packaged_model(), local_files_only=True)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [
            [float(x) for x in v] for v in self._model.encode(texts, normalize_embeddings=True, show_progress_bar=False)
        ]

    def embed_query(self, text: str) -> list[float]:
        return [float(x) for x in self._model.encode(text, normalize_embeddings=True, show_progress_bar=False)]


def build(corpus: Corpus, folder: Path, embeddings: Embeddings) -> Chroma:
    """Split, embed and store the corpus as the tutorials do."""
    splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200)
    documents = [LangChainDocument(page_content=d.text, metadata={"document_id": d.id}) for d in corpus.documents]
    return Chroma.from_documents(splitter.split_documents(documents), embeddings, persist_directory=str(folder))


def document_ids(store: Chroma, question: str, k: int) -> list[str]:
    """Return the documents of the top k chunks, best first."""
    return [str(d.metadata["document_id"]) for d in store.similarity_search(question, k=k)]
