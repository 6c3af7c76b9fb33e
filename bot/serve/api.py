"""`/api/v1`: the same Answer as everywhere, as JSON or as server-sent events."""

import json
import re
from collections.abc import Mapping
from contextlib import aclosing
from importlib.metadata import version
from typing import Annotated, Any, Literal

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import JSONResponse, StreamingResponse
from fastapi.routing import APIRoute
from pydantic import BaseModel, ConfigDict, Field, field_validator
from starlette.routing import Match

from bot.pipeline import Bot
from bot.records import Answer
from bot.serve.embed import MOVING, read_widget
from bot.serve.errors import ErrorBody, error_response
from bot.serve.feedback import Feedback, Rating, Reason
from bot.serve.filtering import FilterRequest
from bot.serve.library import add_library
from bot.serve.services import Permitted, Services
from bot.serve.starters import starters
from bot.serve.stream import EventStream
from corpus.errors import RequestError

PREFIX = "/api/v1"
MAX_TURNS = 100
REFUSALS: dict[int | str, dict[str, Any]] = {  # Any: FastAPI's type
    status: {"model": ErrorBody, "description": said}
    for status, said in (
        (403, "Another site that is not allowed, or without a good token"),
        (413, "Too large"),
        (422, "Not as it must be"),
        (429, "Too many; see Retry-After"),
        (503, "Busy, or no index; see Retry-After"),
    )
}

EVENT = {
    "type": "object",
    "required": ["event", "data"],
    "properties": {
        "event": {"enum": ["meta", "citation", "delta", "answer", "error"]},
        "data": {"type": "string", "contentMediaType": "application/json"},
    },
}
"""An event of a stream, as OpenAPI describes one."""


class Message(BaseModel):
    """One earlier message of the conversation."""

    model_config = ConfigDict(extra="forbid")

    role: Literal["user", "assistant"]
    content: Annotated[str, Field(max_length=20_000)]


class Asked(BaseModel):
    """A question, with the conversation before it if it follows one up."""

    model_config = ConfigDict(extra="forbid")

    question: Annotated[str, Field(max_length=100_000)]
    history: Annotated[list[Message], Field(max_length=MAX_TURNS)] = []

    def turns(self) -> list[Mapping[str, str]]:
        """Return the conversation as the bot takes it."""
        return [message.model_dump() for message in self.history]


class AskRequest(Asked):
    """A question, and what it may be answered from."""

    filters: FilterRequest = FilterRequest()


class FeedbackRequest(Asked):
    """What a reader says of an answer; `answer` is the Answer as it was received."""

    answer: dict[str, Any]  # Any: JSON values; it is kept, never trusted
    rating: Rating
    reason: Reason | None = None
    comment: Annotated[str, Field(max_length=2000)] = ""

    @field_validator("answer")
    @classmethod
    def _is_json(cls, value: dict[str, Any]) -> dict[str, Any]:  # Any: JSON values
        try:
            json.dumps(value, allow_nan=False)  # Python reads NaN, which other programs do not
        except RecursionError as error:
            raise ValueError("it is nested too deeply") from error
        return value


class FeedbackKept(BaseModel):
    """The number under which `amur feedback list` shows it."""

    id: int


class Token(BaseModel):
    """A token for the header X-Amur-Token, and the seconds it holds."""

    token: str
    expires_in: int


class Health(BaseModel):
    """What is served."""

    status: Literal["ok"] = "ok"
    documents: int
    as_of: str | None
    corpus_revision: str


class Ready(BaseModel):
    """Whether a question would be taken now."""

    status: Literal["ready"] = "ready"
    waiting: int


class WidgetVersion(BaseModel):
    """Where the widget's script is: an address for exactly these bytes with their hash, and one that moves with the server."""

    url: str
    moving_url: str
    integrity: str


class Version(BaseModel):
    """What answers are made from, and what a surface shows before the first question; `reader`: there is `/documents/…`;
    `question_languages`: those it understands, empty if any may be tried."""

    version: str
    api: Literal["v1"] = "v1"
    fingerprint: str
    decided_by: Literal["calibration", "rule"]
    corpus_revision: str
    as_of: str | None
    documents: int
    max_question_characters: int
    question_languages: list[str]
    starters: list[str]
    reader: Literal[True] = True
    widget: WidgetVersion | None


def make_router(services: Services) -> APIRouter:
    """Return the API's routes."""
    router = APIRouter(prefix=PREFIX, responses=REFUSALS)
    _add_asking(router, services)
    _add_state(router, services)
    add_library(router, services)

    @router.post("/token", tags=["widget"])
    async def token(request: Request) -> Token:
        """Give a page of an allowed site the token that its other requests need."""
        origin = request.headers.get("origin")
        if origin is None:
            said = "Only a browser on an allowed site gets a token: the request names no Origin. Without one none is needed."
            raise RequestError(said, status=403, code="no_origin")
        return Token(token=services.tokens.give(origin), expires_in=services.tokens.seconds)

    @router.post("/feedback", status_code=201, tags=["ask"])
    def feedback(said: FeedbackRequest, caller: Permitted) -> FeedbackKept:
        """Keep what a reader says of an answer."""
        services.limits.spend("feedback", caller)
        given = said.model_dump(exclude={"history"})
        return FeedbackKept(id=services.feedback.add(Feedback(**given, history=[dict(t) for t in said.turns()])))

    for route in router.routes:
        if isinstance(route, APIRoute):  # else the name of the function stands there
            route.summary = re.split(r"[.;:]", route.description)[0]
    return router


def _add_asking(router: APIRouter, services: Services) -> None:
    @router.post("/ask", tags=["ask"], responses={200: {"model": Answer}})
    async def ask(asked: AskRequest, caller: Permitted) -> JSONResponse:
        """Answer a question; the same object that `amur ask --json` prints."""
        job = await services.ask(asked.question, asked.turns(), asked.filters.given(), caller=caller, surface="api")
        answer: Mapping[str, Any] = {}  # Any: JSON values
        async with aclosing(job.items()) as events:
            async for event in events:
                if event is not None and event.answer is not None:
                    answer = event.data
        return JSONResponse(answer)

    @router.post(
        "/ask/stream",
        tags=["ask"],
        response_class=StreamingResponse,
        responses={200: {"content": {"text/event-stream": {"itemSchema": EVENT}}}},
    )
    async def ask_stream(asked: AskRequest, caller: Permitted) -> EventStream:
        """Answer a question as server-sent events: meta, citation, delta, and at the end answer or error."""
        given = asked.filters.given()
        return EventStream(await services.ask(asked.question, asked.turns(), given, caller=caller, surface="stream"))


def _add_state(router: APIRouter, services: Services) -> None:
    bot = services.bot

    @router.get("/health", tags=["state"])
    def health() -> Health:
        """Tell that the server lives and what it serves."""
        m = bot.store.manifest
        return Health(documents=m.documents, as_of=m.as_of, corpus_revision=m.corpus_revision)

    @router.get("/ready", tags=["state"])
    def ready() -> Ready:
        """Tell whether a question would be taken now; 503 if not."""
        if services.crew.full:
            said = "Too many questions wait for an answer at the moment."
            raise RequestError(said, status=503, code="busy", retry_after=1)
        _ = bot.store.manifest  # raises if the index cannot be opened
        return Ready(waiting=services.crew.waiting)

    @router.get("/version", tags=["state"])
    def which() -> Version:
        """Tell what answers are made from, and where the widget's script is."""
        m = bot.store.manifest
        script = read_widget()
        return Version(
            version=version("amur"),
            fingerprint=bot.fingerprint,
            decided_by=bot.decided_by,
            corpus_revision=m.corpus_revision,
            as_of=m.as_of,
            documents=m.documents,
            max_question_characters=bot.settings.max_question_characters,
            question_languages=question_languages(bot),
            starters=starters(bot, 4),
            widget=WidgetVersion(url=script.url, moving_url=MOVING, integrity=script.integrity) if script else None,
        )


def question_languages(bot: Bot) -> list[str]:
    """Return the languages of questions that can be searched; empty if any may be tried: a chat model puts them into English,
    or nothing is known of the embedding model."""
    known = bot.embedder.languages
    return [] if bot.chat or not known else sorted({*known, *bot.store.manifest.languages})


def refuse_the_rest(app: FastAPI, *routers: APIRouter) -> None:
    """Answer for everything else under the server's own paths; the page is mounted at the root and would do so otherwise."""
    every = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]
    ours = [route for router in routers for route in router.routes if isinstance(route, APIRoute)]

    async def nothing_else(request: Request) -> JSONResponse:
        there = [route for route in ours if route.matches(request.scope)[0] is Match.PARTIAL]
        if not there:
            return error_response(404, "not_found", f"There is no {request.url.path!r} on this server.")
        methods = {method for route in there for method in route.methods or ()}
        allowed = ", ".join(sorted(methods | ({"HEAD"} if "GET" in methods else set())))
        refused = error_response(405, "method_not_allowed", f"{request.url.path!r} takes {allowed}.")
        refused.headers["allow"] = allowed
        return refused

    for path in ("/api/{path:path}", "/embed", "/embed/{path:path}", "/docs", "/docs/{path:path}"):
        app.add_api_route(path, nothing_else, methods=every, include_in_schema=False)
