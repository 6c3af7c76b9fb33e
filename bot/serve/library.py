"""The corpus over the API: search without an answer, and the documents of the index as they are cited."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from bot.cli import passages_as_dict
from bot.serve.errors import ErrorBody
from bot.serve.filtering import FilterRequest
from bot.serve.services import Asking, Permitted, Services
from corpus.errors import RequestError
from corpus.tombstones import removed
from index.texts import StoredDocument

# An address line holds 64 KiB, and a character takes up to twelve of them.
Several = Annotated[list[Annotated[str, Field(max_length=100)]], Field(max_length=5)]


class SearchQuery(BaseModel):
    """What to search for, and within what; the filters are those of a question."""

    model_config = ConfigDict(extra="forbid")

    q: str = Field(max_length=2000, description="What to search for.")
    k: int = Field(default=100, ge=1, le=100, description="Most passages to return.")
    topic: Several = []
    years: str = Field(default="", max_length=100, description="A year or a span, 2014 or 2000-2010.")
    perspective: Several = []
    document: Several = []

    def filters(self) -> dict[str, Any]:  # Any: JSON values
        """Return the filters that are set."""
        return FilterRequest(
            topic=list(self.topic), years=self.years, perspective=list(self.perspective), document=list(self.document)
        ).given()


class ListQuery(BaseModel):
    """Which part of the list to return."""

    model_config = ConfigDict(extra="forbid")

    offset: int = Field(default=0, ge=0, le=10**9)
    limit: int = Field(default=100, ge=1, le=1000)


class FoundPassage(BaseModel):
    """A passage as ranked for a query; `source_start` and `source_end` are offsets in the document's text."""

    rank: int
    score: float
    similarity: float
    lexical: float
    document_id: str
    header: str
    source_start: int
    source_end: int
    text: str


class Found(BaseModel):
    """Ranked passages; the same object that `amur search --json` prints."""

    question: str
    query: str
    passages: list[FoundPassage]


class Section(BaseModel):
    """A heading, with the offsets of what stands under it."""

    title: str
    start: int
    end: int


class DocumentEntry(BaseModel):
    """What is known of a document."""

    id: str
    title: str
    creator: str
    publisher: str
    issued: str | None
    language: str
    kind: str
    topic: str
    as_of: str | None
    rights: str
    url: str | None
    perspective: str
    revision: str
    sections: list[Section]


class WholeDocument(DocumentEntry):
    """A document with its clean text, which the offsets of citations count in."""

    text: str


class Documents(BaseModel):
    """A part of the list of documents, in the order of the corpus."""

    total: int
    offset: int
    documents: list[DocumentEntry]


def add_library(router: APIRouter, services: Services) -> None:
    """Add the routes that read the corpus."""
    bot = services.bot

    @router.get("/search", tags=["corpus"], response_model=Found)
    async def search(asking: Asking, asked: Annotated[SearchQuery, Query()]) -> JSONResponse:
        """Return ranked passages without answering; at most as many as the server's setting `k`."""
        found = passages_as_dict(await services.crew.call(lambda: bot.search(asked.q, asked.filters())))
        return JSONResponse(found | {"passages": found["passages"][: asked.k]})

    @router.get("/documents", tags=["corpus"])
    def documents(permitted: Permitted, part: Annotated[ListQuery, Query()]) -> Documents:
        """List the documents that answers come from."""
        hidden = removed(bot.settings)
        there = [d for d in bot.store.texts.documents() if d.id not in hidden]
        return Documents(
            total=len(there),
            offset=part.offset,
            documents=[DocumentEntry(**_fields(d)) for d in there[part.offset : part.offset + part.limit]],
        )

    gone = {404: "No such document", 410: "A document that was removed"}

    @router.get(
        "/documents/{document_id}",
        tags=["corpus"],
        responses={status: {"model": ErrorBody, "description": said} for status, said in gone.items()},
    )
    def document(permitted: Permitted, document_id: str) -> WholeDocument:
        """Return a document with its text; 410 if it was removed."""
        found = bot.store.document(document_id)
        if document_id in removed(bot.settings):
            raise RequestError(f"The document {document_id!r} was removed from the corpus.", status=410, code="removed")
        if found is None:
            raise RequestError(f"There is no document {document_id!r} in the corpus.", status=404, code="not_found")
        return WholeDocument(**_fields(found))


def _fields(document: StoredDocument) -> dict[str, Any]:  # Any: JSON values
    sections = [{"title": title, "start": start, "end": end} for title, start, end in document.sections]
    return asdict(document) | {"sections": sections}
