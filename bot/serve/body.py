"""The inner gate: a request's body is read whole before anything looks at it, within limits of size and time."""

import asyncio

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.serve.errors import error_response, say
from bot.serve.logs import route_path

MAX_BODY = 256 * 1024
"""Bytes of a request body; a conversation of a hundred long turns fits."""
BODY_SECONDS = 30.0
"""Seconds in which a body must have come."""

# What the chat page itself uses of Gradio's interface. The rest is for programs, which may also call events that are private
# there, for developers (a stream that never ends and looks twenty times a second) and for what the page does not have.
_GRADIO = "/gradio_api/"
_USED = ("queue/", "heartbeat/", "cancel", "reset", "info", "app_id", "startup-events", "theme.css", "file=")
# Gradio and the rendered pages answer HEAD themselves.
_HEADLESS = ("/api/", "/embed", "/docs")


class Body:
    """Reads bodies, and answers for what went wrong inside; it stands inside CORS, so that an allowed site can read both."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path = route_path(scope)
        if path.startswith("/gradio_api/upload"):
            await error_response(403, "no_uploads", "This server takes no files.")(scope, receive, send)
            return
        if path.startswith(_GRADIO) and not path.removeprefix(_GRADIO).startswith(_USED):
            said = "The chat page has no interface for programs; ask at /api/v1/ask."
            await error_response(404, "not_found", said)(scope, receive, send)
            return
        try:
            async with asyncio.timeout(BODY_SECONDS):
                body = await _read(scope, receive)
        except TimeoutError:
            slow = error_response(408, "too_slow", f"The request did not come within {BODY_SECONDS:g} seconds.")
            await slow(scope, receive, send)
            return
        if body is None:
            large = error_response(413, "too_large", f"The request is too large; at most {MAX_BODY} bytes are read.")
            large.headers["connection"] = "close"
            await large(scope, receive, send)
            return
        if scope["method"] == "HEAD" and path.startswith(_HEADLESS):  # monitors and `curl -I` send it
            await self._pass({**scope, "method": "GET"}, body, receive, _without_body(send))
            return
        await self._pass(scope, body, receive, send)

    async def _pass(self, scope: Scope, body: bytes, receive: Receive, send: Send) -> None:
        given = begun = False

        async def receive_read() -> Message:
            nonlocal given
            if given:
                return await receive()
            given = True
            return {"type": "http.request", "body": body, "more_body": False}

        async def send_noting(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self.app(scope, receive_read, send_noting)
        except Exception as error:
            if begun and isinstance(error.__cause__, HTTPException):  # Gradio's, for a conversation it does not know
                return
            if begun:  # too late for another status; the server cuts the connection and logs it
                raise
            await error_response(*say(error))(scope, receive, send)


def _without_body(send: Send) -> Send:
    async def send_head(message: Message) -> None:
        await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

    return send_head


async def _read(scope: Scope, receive: Receive) -> bytes | None:
    """Return the body, or None if it is too large; what says so beforehand is not read at all."""
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit() and int(value) > MAX_BODY:
            return None
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] != "http.request":  # the client is gone; whoever reads next learns of it again
            return b""
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > MAX_BODY:
            return None
        if not message.get("more_body", False):
            return b"".join(parts)
