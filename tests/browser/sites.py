"""Other people's websites on this machine, and servers that are cut off: what the widget's tests need besides a browser."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Write = Callable[[bytes], object]


@dataclass
class Site:
    """A website on a port of its own: what it answers to each path. A reader knows it by the name localhost."""

    port: int = 0
    pages: dict[str, tuple[str, Mapping[str, str]]] = field(default_factory=dict)

    @property
    def origin(self) -> str:
        """What a browser calls the site."""
        return f"http://localhost:{self.port}"

    def show(self, body: str, *, path: str = "/", lang: str = "en", **headers: str) -> str:
        """Put a page on the site; underscores in the names of headers stand for hyphens. Return its address."""
        page = (
            f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>A host</title>'
            '<meta name="viewport" content="width=device-width, initial-scale=1"></head>'
            f"<body><main><h1>A host</h1>{body}</main></body></html>"
        )
        self.pages[path] = (page, {name.replace("_", "-"): value for name, value in headers.items()})
        return self.origin + path

    def file(self, path: str, text: str, kind: str) -> None:
        """Put a file on the site."""
        self.pages[path] = (text, {"content-type": kind})


@contextmanager
def hosting() -> Iterator[Site]:
    """Run a website until the end of the block."""
    site = Site()

    class Answering(_Quiet):
        def do_GET(self) -> None:
            body, headers = site.pages.get(self.path.partition("?")[0], ("", {}))
            self.send_response(200 if body else 404)
            for name, value in {"content-type": "text/html; charset=utf-8", **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body.encode())

    with _running(Answering) as site.port:
        yield site


@dataclass
class Wire:
    """A server that speaks the API's words but sends the bytes of an answer as a test wants them, then hangs up."""

    address: str = ""
    pieces: list[bytes] = field(default_factory=list)
    asked: list[bytes] = field(default_factory=list)
    go: threading.Event = field(default_factory=threading.Event)


@contextmanager
def wired(script: bytes) -> Iterator[Wire]:
    """Run such a server; it serves the widget's script too. A piece b"wait" waits until `go` is set."""
    wire = Wire()

    class Answering(_Quiet):
        def do_OPTIONS(self) -> None:
            self._answer("text/plain", b"")

        def do_GET(self) -> None:
            kind = "text/javascript" if self.path.endswith(".js") else "application/json"
            self._answer(kind, script if self.path.endswith(".js") else b"{}")

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"] or 0))
            if self.path.endswith("/token"):
                self._answer("application/json", b'{"token": "t", "expires_in": 600}')
                return
            wire.asked.append(body)
            self._answer("text/event-stream", b"")
            for piece in wire.pieces:
                if piece == b"wait":
                    assert wire.go.wait(600)
                else:
                    self.wfile.write(piece)
                    self.wfile.flush()
                    if piece.endswith(b"\r"):  # so that the browser does not get both halves of a line end at once
                        time.sleep(0.05)

        def _answer(self, kind: str, body: bytes) -> None:
            self.send_response(200)
            self.send_header("content-type", kind)
            self.send_header("access-control-allow-origin", "*")
            self.send_header("access-control-allow-headers", "content-type, x-amur-token")
            self.end_headers()
            self.wfile.write(body)

    with _running(Answering) as port:
        wire.address = f"http://127.0.0.1:{port}"
        yield wire
        wire.go.set()


class _Quiet(BaseHTTPRequestHandler):
    def log_message(self, *arguments: Any) -> None:
        pass


@contextmanager
def _running(answering: type[BaseHTTPRequestHandler]) -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), answering) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield int(server.server_address[1])
        server.shutdown()
        thread.join(10)
