"""How the tests of building build, and what they look at."""

from typing import Any

from index.build import BuildReport, build_index
from index.manifest import index_folder
from index.settings import IndexSettings
from index.store import Store
from tests.fakes import BagOfWords

QUESTION = "When was the friendship treaty signed in Moscow?"


def build(settings: IndexSettings, embedder: BagOfWords | None = None, **given: Any) -> BuildReport:
    return build_index(settings, embedder=embedder or BagOfWords(), **given)


def generations(settings: IndexSettings) -> set[str]:
    return {p.name for p in index_folder(settings).iterdir() if p.is_dir()}


def answers(store: Store, question: str = QUESTION) -> str:
    """The document of the sentence that is nearest to a question."""
    ((row, _),) = store.nearest("sentences", BagOfWords().embed_query(question), 1)
    return store.texts.sentences([row])[row].document_id
