"""Settings of the index room: the embedding model and how documents are cut into chunks."""

from pydantic import Field

from corpus.settings import CorpusSettings

PACKAGED_MODEL = "packaged:all-MiniLM-L6-v2"


class IndexSettings(CorpusSettings):
    """What an index is built with. Each of these is stored in its manifest and compared when it is opened."""

    embedding_model: str = Field(
        default=PACKAGED_MODEL,
        min_length=1,
        description=f"Embedding model: {PACKAGED_MODEL!r} (no download), or any sentence-transformers model by hub name or path.",
    )
    embedding_device: str = Field(
        default="",
        description="Device for the embedding model, such as 'cpu', 'cuda' or 'mps'; empty lets sentence-transformers choose.",
    )
    chunk_tokens: int = Field(
        default=256,
        ge=32,
        le=8192,
        description="Most tokens in a chunk, header included; never more than the embedding model's own window.",
    )
    build_wait: float = Field(
        default=600,
        ge=0,
        description="Seconds that a build waits for another build of the same index before it gives up.",
    )
