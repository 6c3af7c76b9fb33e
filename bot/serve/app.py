"""The server: one FastAPI app with the API, the embeddable page and, mounted last, the Gradio chat page.

Deny by default: only the server's own origin may call it from a browser, unless `allowed_origins` names others.
"""

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.pipeline import Bot
from bot.serve.api import error_response, make_router, refuse_bad_requests, refuse_the_rest
from bot.serve.pages import make_pages
from bot.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

STATIC = Path(__file__).parent / "static"
MAX_BODY = 256 * 1024
"""Bytes of a request body; a conversation of a hundred long turns fits."""

# No script but our own files and Gradio's, no eval; Gradio styles inline. Nothing is loaded from another host.
_CONTENT_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
    "connect-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors {ancestors}"
)


def make_app(bot: Bot) -> FastAPI:
    """Return the whole server for a bot."""
    import gradio as gr

    from bot.serve.page import make_page, mount_options

    settings = bot.settings
    app = FastAPI(title="Amur", docs_url=None, redoc_url=None, openapi_url=None)
    refuse_bad_requests(app)
    router = make_router(bot)
    app.include_router(router)
    refuse_the_rest(app, router)
    app.include_router(make_pages(bot))
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    embed = (STATIC / "embed.html").read_text(encoding="utf-8")

    @app.get("/embed", response_class=HTMLResponse)
    def embed_page() -> str:
        return embed

    # Gradio echoes any Origin with credentials unless the parent app carries this very class.
    app.add_middleware(
        CORSMiddleware,
        allow_origins=list(settings.origins),
        allow_methods=["GET", "POST"],
        allow_headers=["content-type"],
    )
    app.add_middleware(Gate, settings=settings)
    gr.mount_gradio_app(app, make_page(bot), path="/", **mount_options())
    return app


class Gate:
    """Refuses what must not come in, and puts the security headers on what goes out."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        problem = self._problem(scope, headers)
        if problem:
            await self._refuse(problem, scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *self._headers(scope["path"])]
            await send(message)

        await self.app(scope, receive, send_with_headers)

    async def _refuse(self, problem: tuple[int, str, str], scope: Scope, receive: Receive, send: Send) -> None:
        response = error_response(*problem)
        response.raw_headers.extend(self._headers(scope["path"]))
        await response(scope, receive, send)

    def _problem(self, scope: Scope, headers: dict[str, str]) -> tuple[int, str, str] | None:
        if scope["method"] not in {"GET", "HEAD", "OPTIONS"}:
            origin = headers.get("origin")
            if origin is not None and not self._allowed(origin, headers.get("host", "")):
                return (
                    403,
                    "forbidden_origin",
                    f"Requests from {origin!r} are not allowed; the operator can add it to AMUR_ALLOWED_ORIGINS.",
                )
            length = headers.get("content-length", "")
            if "transfer-encoding" in headers:
                return 411, "length_required", "The request does not say how long it is; send it with a Content-Length."
            if length.isdigit() and int(length) > MAX_BODY:
                return 413, "too_large", f"The request has {length} bytes; at most {MAX_BODY} are read."
            if scope["path"].startswith("/gradio_api/upload"):
                return 403, "no_uploads", "This server takes no files."
        return None

    def _allowed(self, origin: str, host: str) -> bool:
        try:
            own = bool(host) and urlsplit(origin).netloc == host
        except ValueError:
            return False
        return own or origin in self.settings.origins

    def _headers(self, path: str) -> "Sequence[tuple[bytes, bytes]]":
        ancestors = " ".join(("'self'", *self.settings.origins)) if path == "/embed" else "'self'"
        policy = _CONTENT_POLICY.format(ancestors=ancestors)
        return [
            (b"content-security-policy", policy.encode("latin-1")),
            (b"x-content-type-options", b"nosniff"),
            (b"referrer-policy", b"same-origin"),
        ]
