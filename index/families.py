"""Embedding models that are known by name: what they want before a text, and which languages they understand.

Models that bring prompts of their own need no entry; older ones tell them only on their page, and without them find much less.
"""

import re
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Family:
    """Models whose name matches: what stands before a query and before a document; languages, empty if it is not known."""

    id: str
    name: re.Pattern[str]
    query: str = ""
    document: str = ""
    languages: tuple[str, ...] = ()


def _family(id: str, name: str, query: str = "", document: str = "", languages: tuple[str, ...] = ()) -> Family:
    return Family(id=id, name=re.compile(name, re.IGNORECASE), query=query, document=document, languages=languages)


_E5_TASK = "Instruct: Given a web search query, retrieve relevant passages that answer the query\nQuery: "
FAMILIES = (
    _family("e5-instruct", r"multilingual-e5-\w+-instruct", _E5_TASK),
    _family("multilingual-e5", r"multilingual-e5-\w+", "query: ", "passage: "),
    _family("e5", r"e5-(?:small|base|large)(?:-v2)?", "query: ", "passage: ", ("en",)),
    _family("bge-en", r"bge-\w+-en(?:-v1\.5)?", "Represent this sentence for searching relevant passages: ", "", ("en",)),
    _family("bge-zh", r"bge-\w+-zh(?:-v1\.5)?", "为这个句子生成表示以用于检索相关文章：", "", ("zh",)),
    _family("sbert-en", r"(?:all|multi-qa)-(?:minilm|mpnet|distilbert|distilroberta)-.+", languages=("en",)),
)  # fmt: skip
"""The first that matches counts. From the models' own pages: E5 (arXiv 2212.03533, 2402.05672), BGE (arXiv 2309.07597), SBERT."""


def family_of(model: str) -> Family | None:
    """Return the family of a model by its hub name or the name of its folder, None if it is not known."""
    name = Path(model).name
    return next((family for family in FAMILIES if family.name.fullmatch(name)), None)
