"""The operator's log: one JSON object a line on standard error, an id for every request, and no word of what a reader asked.

Neither questions nor addresses of readers are written down unless the settings `log_questions` and `log_addresses` say so.
A query string can hold a question, so only paths are logged.
"""

import json
import logging
import re
import traceback
import uuid
from collections.abc import Mapping, MutableMapping
from contextvars import ContextVar
from datetime import UTC, datetime
from time import perf_counter
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.settings import Settings

LOG = logging.getLogger("amur.serve")
_GIVEN_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_LONGEST = 300
"""Characters of a value in the log; what a client sends can be as long as it likes."""

request_id: ContextVar[str] = ContextVar("amur_request_id", default="")
"""The id of the request that is being answered."""


class Access:
    """Gives every request an id and its path, and writes a line about it when it is done."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self._addresses = settings.log_addresses
        self._root = settings.root_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if self._root:
            _put_under(self._root, scope)
        headers = Headers(scope=scope)
        given = headers.get("x-request-id", "")
        token = request_id.set(given if _GIVEN_ID.fullmatch(given) else uuid.uuid4().hex)
        began = perf_counter()
        path = route_path(scope)  # before a mount changes it
        status = 0
        whole = False

        async def send_noting(message: Message) -> None:
            nonlocal status, whole
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["x-request-id"] = request_id.get()
            elif message["type"] == "http.response.body":
                whole = not message.get("more_body", False)
            await send(message)

        try:
            await self.app(scope, receive, send_noting)
        finally:
            self._write(scope, path, headers.get("origin", ""), status, whole, 1000 * (perf_counter() - began))
            request_id.reset(token)

    def _write(self, scope: Scope, path: str, origin: str, status: int, whole: bool, ms: float) -> None:
        about: dict[str, Any] = {  # Any: JSON values
            "method": scope["method"],
            "path": path,
            "status": status,
            "ms": round(ms, 1),
            "surface": surface(path),
            "origin": origin,
        }
        if not whole:
            about["cut_off"] = True
        if self._addresses:
            about["address"] = (scope.get("client") or ("",))[0]
        level = logging.DEBUG if about["surface"] == "asset" and status < 400 else logging.INFO
        LOG.log(level, "request", extra={"amur": about})


class JsonLines(logging.Formatter):
    """Writes a log record as one JSON object; extra fields come from the record's `amur`."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line: dict[str, Any] = {  # Any: JSON values
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": _short(record.getMessage()),
            "request": request_id.get(),
            **{k: _short(v) for k, v in getattr(record, "amur", {}).items()},
        }
        if record.exc_info and record.exc_info[1]:
            line["traceback"] = "".join(traceback.format_exception(record.exc_info[1]))
        return json.dumps({k: v for k, v in line.items() if v != ""})


def log_configuration(settings: Settings) -> dict[str, Any]:  # Any: what logging.config takes
    """Return what `logging.config.dictConfig` takes: JSON lines on standard error from Amur and, when something is wrong, uvicorn."""
    level = settings.log_level.upper()
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": {"()": "bot.serve.logs.JsonLines"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines", "stream": "ext://sys.stderr"}},
        "loggers": {
            "amur": {"handlers": ["stderr"], "level": level, "propagate": False},
            "uvicorn": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        },
    }


def _put_under(root: str, scope: Scope) -> None:
    """Say to everything inside under which path the server is offered; a proxy may have taken the path away or not."""
    if route_path({"path": scope["path"], "root_path": root}) == scope["path"]:
        scope["path"] = root + scope["path"]
        scope["raw_path"] = root.encode("ascii") + scope.get("raw_path", b"")
    scope["root_path"] = root


def route_path(scope: Mapping[str, Any] | MutableMapping[str, Any]) -> str:  # Any: an ASGI scope
    """Return the path without the prefix under which a proxy offers the server, whether or not the proxy took it away."""
    path, root = str(scope["path"]), str(scope.get("root_path", ""))
    return (path[len(root) :] or "/") if root and (path == root or path.startswith(root + "/")) else path


def surface(path: str) -> str:
    """Return what of the server a path belongs to: api, embed, docs, page, or asset for what pages load."""
    if path.startswith("/api/"):
        return "api"
    if path.startswith("/embed"):
        return "embed"
    if path.startswith("/docs"):
        return "docs"
    loaded = path.startswith(("/static/", "/assets/", "/gradio_api/", "/config")) or "." in path.rpartition("/")[2]
    return "asset" if loaded and not path.startswith("/gradio_api/queue/join") else "page"


def _short(value: object) -> object:
    return value[:_LONGEST] + "…" if isinstance(value, str) and len(value) > _LONGEST else value
