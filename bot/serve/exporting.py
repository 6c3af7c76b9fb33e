"""`/api/v1/export`: an answer to take away, in every form that `amur ask --format` knows."""

from collections.abc import Mapping, Sequence
from contextlib import aclosing
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from bot.export import FORMATS, export
from bot.serve.api import PREFIX, REFUSALS, AskRequest
from bot.serve.filtering import FilterRequest
from bot.serve.library import Several
from bot.serve.limits import Caller
from bot.serve.services import Permitted, Services

Form = Literal["markdown", "json", "bibtex", "csl", "text", "html"]


class ExportRequest(AskRequest):
    """A question, what it may be answered from, and the form of what comes back."""

    format: Form = "markdown"


class ExportQuery(BaseModel):
    """The same in an address."""

    model_config = ConfigDict(extra="forbid")

    q: Annotated[str, Field(max_length=2000, description="The question.")]
    format: Form = "markdown"
    topic: Several = []
    years: Annotated[str, Field(max_length=40, description="A year or a span, 2014 or 2000-2010.")] = ""
    perspective: Several = []
    document: Several = []


def make_export_router(services: Services) -> APIRouter:
    """Return the routes of exports: an address to link to, and a request that takes the conversation before."""
    router = APIRouter(prefix=PREFIX, responses=REFUSALS, tags=["ask"])
    shapes = {"json": {"type": "object"}, "csl": {"type": "array", "items": {"type": "object"}}}
    found: dict[int | str, dict[str, Any]] = {  # Any: FastAPI's type
        200: {
            "content": {
                media: {"schema": shapes.get(name, {"type": "string"})} for name, (media, _, _) in FORMATS.items()
            }
        }
    }

    @router.get("/export", response_class=Response, responses=found)
    async def take(
        caller: Permitted,
        asked: Annotated[ExportQuery, Query()],
    ) -> Response:
        """Answer a question and return the answer as a file."""
        filters = FilterRequest(
            topic=asked.topic, years=asked.years, perspective=asked.perspective, document=asked.document
        )
        return _file(await _answer(services, asked.q, (), filters.given(), caller), asked.format)

    @router.post("/export", response_class=Response, responses=found)
    async def take_further(asked: ExportRequest, caller: Permitted) -> Response:
        """Answer a question that may follow up others and return the answer as a file."""
        given = asked.filters.given()
        return _file(await _answer(services, asked.question, asked.turns(), given, caller), asked.format)

    return router


async def _answer(
    services: Services,
    question: str,
    history: Sequence[Mapping[str, str]],
    filters: Mapping[str, Any],  # Any: JSON values
    caller: Caller,
) -> Mapping[str, Any]:
    job = await services.ask(question, history, filters, caller=caller, surface="export")
    answer: Mapping[str, Any] = {}
    async with aclosing(job.items()) as events:
        async for event in events:
            if event is not None and event.answer is not None:
                answer = event.answer.to_dict()
    return answer


def _file(answer: Mapping[str, Any], form: Form) -> Response:  # Any: JSON values
    media, _, ending = FORMATS[form]
    shown = "inline" if form == "html" else "attachment"
    made = export(answer, form).encode("utf-8", "replace")  # JSON can hold half a character
    headers = {"content-disposition": f'{shown}; filename="amur-answer.{ending}"'}
    return Response(made, media_type=f"{media}; charset=utf-8" if media.startswith("text/") else media, headers=headers)
