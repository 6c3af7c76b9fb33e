"""The outer gate: which host names, which other sites may call, and the security headers on everything that goes out.

Deny by default. A browser says where a request comes from (`Origin`, `Sec-Fetch-Site`) and by which name the server was
reached (`Host`); scripts can say anything, and are held by limits instead. A site that is allowed may call the API and
nothing else, and the API wants a token of it (`bot.serve.tokens`).
"""

import ipaddress
import logging
import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.serve.errors import error_response
from bot.serve.logs import route_path
from bot.settings import Settings

LOG = logging.getLogger("amur.serve")

OPEN = frozenset({"health", "ready", "version", "openapi.json"})
"""What every site may read of the API: it costs nothing and says nothing of a reader."""

# No script but our own files and Gradio's, no eval; Gradio styles inline. Nothing is loaded from another host.
_CONTENT_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
    "connect-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors {ancestors}"
)
_HOST = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[^:\[\]]+)(?::\d+)?")
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}
_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_FRAMED = "/embed"

Refusal = tuple[int, str, str]
"""Status, code, message."""


class Gate:
    """Refuses what must not come in, and puts the security headers on what goes out."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self._origins = re.compile(settings.origin_pattern)
        self._hosts = re.compile(settings.host_pattern)
        self._ancestors = " ".join(("'self'", *settings.origins))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] == "websocket":  # nothing here speaks it
            await receive()
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path = route_path(scope)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *self._headers(path)]
            await send(message)

        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        refusal = self._refusal(scope["method"], path, headers)
        if refusal is None:
            await self.app(scope, receive, send_with_headers)
            return
        about = {"code": refusal[1], "origin": headers.get("origin", ""), "host": headers.get("host", "")}
        LOG.warning("refused", extra={"amur": {**about, "method": scope["method"], "path": path}})
        await error_response(*refusal)(scope, receive, send_with_headers)

    def _refusal(self, method: str, path: str, headers: Mapping[str, str]) -> Refusal | None:
        """Return why a request must not come in, or None."""
        host = headers.get("host", "")
        if not self._knows(host):
            return (
                421,
                "unknown_host",
                f"This server does not go by the name {host!r}; the operator can add it to AMUR_ALLOWED_HOSTS.",
            )
        origin = headers.get("origin")
        if method in _READING and path.removeprefix("/api/v1/") in OPEN:
            return None
        if origin is None:
            # A page of another site that shows our address as an image or in a frame sends no Origin, but this.
            hidden = headers.get("sec-fetch-site") in {"cross-site", "same-site"}
            shown = headers.get("sec-fetch-dest") == "document"  # someone followed a link, and sees where it leads
            return _forbidden("a page of another site") if hidden and not shown and _is_api(path) else None
        if is_own(origin, host) or (method in _READING - {"OPTIONS"} and not _is_api(path)):
            return None
        allowed = self._origins.fullmatch(origin) is not None
        if allowed and path.startswith("/api/v1/"):
            return None
        return _forbidden(repr(origin), allowed=allowed)

    def _knows(self, host: str) -> bool:
        """Tell whether the server goes by this name. A page that rebinds its own name to our address sends that name; a bare
        address cannot be rebound, and who sends no name at all is no browser."""
        if not host:
            return True
        written = _HOST.fullmatch(host.lower())
        if written is None:
            return False
        name = written["name"]
        if self._hosts.fullmatch(name):
            return True
        try:
            ipaddress.ip_address(name.strip("[]"))
        except ValueError:
            return False
        return True

    def _headers(self, path: str) -> list[tuple[bytes, bytes]]:
        ancestors = self._ancestors if path == _FRAMED else "'self'"
        policy = _CONTENT_POLICY.format(ancestors=ancestors)
        return [
            (b"content-security-policy", policy.encode("latin-1")),
            (b"x-content-type-options", b"nosniff"),
            (b"referrer-policy", b"same-origin"),
        ]


def is_own(origin: str, host: str) -> bool:
    """Tell whether an origin is the server's own. Schemes are not compared: behind a proxy the server may not know its own.

    Browsers leave out the scheme's default port, some proxies write it into the host.
    """
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    port = _DEFAULT_PORTS.get(parts.scheme, "")
    return bool(host) and parts.netloc.removesuffix(port) == host.lower().removesuffix(port)


def _is_api(path: str) -> bool:
    return path.startswith(("/api/", "/gradio_api/"))


def _forbidden(who: str, *, allowed: bool = False) -> Refusal:
    if allowed:
        return 403, "forbidden_origin", f"{who} may call /api/v1 and nothing else on this server."
    return (
        403,
        "forbidden_origin",
        f"Requests from {who} are not allowed; the operator can add it to AMUR_ALLOWED_ORIGINS.",
    )
