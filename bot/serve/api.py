"""`/api/v1`: the same Answer as everywhere, as JSON; one shape for every error."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from bot.pipeline import Bot
from bot.serve.filtering import FilterRequest
from corpus.errors import AmurError, FilterError

MAX_TURNS = 100


class Message(BaseModel):
    """One earlier message of the conversation."""

    model_config = ConfigDict(extra="forbid")

    role: Literal["user", "assistant"]
    content: Annotated[str, Field(max_length=20_000)]


class AskRequest(BaseModel):
    """A question, with the conversation before it if it follows one up."""

    model_config = ConfigDict(extra="forbid")

    question: Annotated[str, Field(max_length=100_000)]
    history: Annotated[list[Message], Field(max_length=MAX_TURNS)] = []
    filters: FilterRequest = FilterRequest()


def make_router(bot: Bot) -> APIRouter:
    """Return the API's routes."""
    router = APIRouter(prefix="/api/v1")

    @router.post("/ask")
    def ask(request: AskRequest) -> JSONResponse:
        answer = bot.answer(
            request.question, history=[turn.model_dump() for turn in request.history], filters=request.filters.given()
        )
        return JSONResponse(answer.to_dict())

    @router.get("/health")
    def health() -> dict[str, Any]:  # Any: JSON values
        manifest = bot.store.manifest
        return {
            "status": "ok",
            "documents": manifest.documents,
            "as_of": manifest.as_of,
            "corpus_revision": manifest.corpus_revision,
        }

    return router


def refuse_the_rest(app: FastAPI, router: APIRouter) -> None:
    """Answer for everything else under /api; the chat page is mounted at the root and would do so otherwise."""

    @app.api_route(
        "/api/{path:path}", methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"], include_in_schema=False
    )
    def nothing_else(path: str, request: Request) -> JSONResponse:
        there = [r for r in router.routes if isinstance(r, APIRoute) and r.path == request.url.path]
        if not there:
            return error_response(404, "not_found", f"There is no {request.url.path!r} in this API.")
        allowed = ", ".join(sorted(method for route in there for method in route.methods or ()))
        refused = error_response(405, "method_not_allowed", f"{request.url.path!r} takes {allowed}.")
        refused.headers["allow"] = allowed
        return refused


def error_response(status: int, code: str, message: str) -> JSONResponse:
    """Return the one JSON shape of every error: `{"error": {"code", "message"}}`."""
    return JSONResponse({"error": {"code": code, "message": message}}, status_code=status)


def refuse_bad_requests(app: FastAPI) -> None:
    """Turn every error of the API into the one JSON shape."""

    @app.exception_handler(RequestValidationError)
    def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        if first["type"] == "json_invalid":
            return error_response(422, "invalid_request", "The body is not valid JSON.")
        where = ".".join(str(part) for part in first["loc"] if part != "body") or "body"
        return error_response(422, "invalid_request", f"{where}: {first['msg']}")

    @app.exception_handler(HTTPException)
    def failed(request: Request, error: HTTPException) -> JSONResponse:
        return error_response(error.status_code, "http_error", str(error.detail))

    @app.exception_handler(FilterError)
    def no_such_filter(request: Request, error: FilterError) -> JSONResponse:
        return error_response(422, "invalid_request", str(error))

    @app.exception_handler(AmurError)
    def ours(request: Request, error: AmurError) -> JSONResponse:
        return error_response(503, "unavailable", str(error))
