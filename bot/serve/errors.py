"""One JSON shape for every error: `{"error": {"code", "message"}}`, never a traceback."""

import logging
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from corpus.errors import AmurError, FilterError, RequestError

LOG = logging.getLogger("amur.serve")
INTERNAL = "Something went wrong on the server; the operator finds it in the log under the request's X-Request-ID."


class ErrorDetail(BaseModel):
    """What went wrong: a word for programs and a sentence for people."""

    code: str
    message: str


class ErrorBody(BaseModel):
    """The body of every response that is an error."""

    error: ErrorDetail


def error_response(status: int, code: str, message: str, retry_after: int | None = None) -> JSONResponse:
    """Return an error in the one shape."""
    shown = message.encode("utf-8", "replace").decode("utf-8")  # half of a surrogate pair cannot be sent
    headers = None if retry_after is None else {"retry-after": str(retry_after)}
    return JSONResponse({"error": {"code": code, "message": shown}}, status_code=status, headers=headers)


def say(error: Exception) -> tuple[int, str, str, int | None]:
    """Return status, code, message and seconds to wait for an error; one that nobody foresaw is logged and not shown."""
    if isinstance(error, RequestError):
        return error.status, error.code, str(error), error.retry_after
    if isinstance(error, FilterError):
        return 422, "invalid_request", str(error), None
    if isinstance(error, AmurError):
        LOG.error("unavailable", extra={"amur": {"error": str(error)}})
        return 503, "unavailable", str(error), None
    LOG.error("internal error", exc_info=error)
    return 500, "internal", INTERNAL, None


def answer_errors(app: FastAPI) -> None:
    """Turn every error of the app into the one JSON shape."""

    @app.exception_handler(RequestValidationError)
    def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        if first["type"] == "json_invalid":
            return error_response(422, "invalid_request", "The body is not valid JSON.")
        if first["loc"] == ("body",) and first["type"] == "model_attributes_type" and not _says_json(request):
            said = "The body is read as JSON only with the header 'content-type: application/json'."
            return error_response(422, "invalid_request", said)
        where = ".".join(str(part) for part in first["loc"] if part not in ("body", "query", "path")) or "body"
        return error_response(422, "invalid_request", f"{where}: {first['msg']}")

    @app.exception_handler(HTTPException)
    def failed(request: Request, error: HTTPException) -> JSONResponse:
        if error.status_code == 400:  # FastAPI's word for a body that is not even text
            return error_response(422, "invalid_request", "The body is not valid JSON.")
        code = HTTPStatus(error.status_code).phrase.lower().replace(" ", "_")
        response = error_response(error.status_code, code, str(error.detail))
        response.headers.update(error.headers or {})
        return response

    @app.exception_handler(AmurError)
    def ours(request: Request, error: AmurError) -> JSONResponse:
        if isinstance(error, RequestError) and error.status == 403:
            about = {"code": error.code, "origin": request.headers.get("origin", ""), "method": request.method}
            LOG.warning("refused", extra={"amur": about | {"path": request.url.path}})
        return error_response(*say(error))


def _says_json(request: Request) -> bool:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return kind == "application/json" or kind.endswith("+json")
