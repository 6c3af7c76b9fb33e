"""What other sites load: the widget's script at a versioned and at a moving address, the page for a frame, and
the page on which an operator puts the widget together."""

import base64
import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, Response

from bot.serve.errors import error_response

STATIC = Path(__file__).parent / "static"
SCRIPT = STATIC / "amur.js"
MOVING = "/embed/amur.js"


@dataclass(frozen=True, kw_only=True)
class Widget:
    """The widget's script as it ships. `version` names exactly these bytes; `integrity` is what a script tag may hold."""

    version: str
    url: str
    integrity: str
    content: bytes


@cache
def read_widget() -> Widget | None:
    """Return the widget's script, or None where it was not built."""
    if not SCRIPT.is_file():
        return None
    content = SCRIPT.read_bytes()
    named = f"{version('amur')}-{hashlib.sha256(content).hexdigest()[:8]}"
    integrity = "sha384-" + base64.b64encode(hashlib.sha384(content).digest()).decode("ascii")
    return Widget(version=named, url=f"/embed/{named}/amur.js", integrity=integrity, content=content)


def make_embed_router() -> APIRouter:
    """Return the routes under /embed."""
    router = APIRouter(include_in_schema=False)

    @router.get("/embed", response_class=HTMLResponse)
    def page() -> FileResponse:
        return FileResponse(STATIC / "embed.html", media_type="text/html")

    @router.get("/embed/setup", response_class=HTMLResponse)
    def setup_page() -> FileResponse:
        return FileResponse(STATIC / "setup.html", media_type="text/html")

    @router.get(MOVING)
    def moving() -> Response:
        widget = read_widget()
        return _missing() if widget is None else _script(widget, "public, max-age=300")

    @router.get("/embed/{version}/amur.js")
    def versioned(version: str) -> Response:
        widget = read_widget()
        if widget is None:
            return _missing()
        if version != widget.version:
            said = f"This server has no version {version!r} of the widget; its own is at {widget.url}, and always at {MOVING}."
            return error_response(404, "not_found", said)
        return _script(widget, "public, max-age=31536000, immutable")

    return router


def _script(widget: Widget, cached: str) -> Response:
    """Return the script for any site: an integrity hash is checked only on what CORS lets a page read."""
    return Response(
        widget.content,
        media_type="text/javascript; charset=utf-8",
        headers={
            "cache-control": cached,
            "access-control-allow-origin": "*",
            "cross-origin-resource-policy": "cross-origin",
        },
    )


def _missing() -> JSONResponse:
    return error_response(404, "not_found", "The widget's script is not part of this installation.")
