"""A server on loopback whose every byte a test chooses, with and without TLS, and how the tests fetch from it."""

import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from corpus.errors import CorpusError
from corpus.fetch import Fetched, Resolve, fetch
from corpus.urls import Rules

MIB = 2**20
PAGE = b"<html><body><p>Words.</p></body></html>"


@dataclass
class Server:
    """A server whose paths a test fills, and what it was asked for."""

    port: int
    pages: dict[str, Callable[[BaseHTTPRequestHandler], None]] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def page(self, path: str, content: bytes = PAGE, status: int = 200, **headers: str) -> str:
        """Serve content with these headers; returns its address."""
        named = {"Content-Type": "text/html", "Content-Length": str(len(content))}
        named |= {name.replace("_", "-"): value for name, value in headers.items()}

        def answer(request: BaseHTTPRequestHandler) -> None:
            request.send_response(status)
            for name, value in named.items():
                if value:
                    request.send_header(name, value)
            request.end_headers()
            request.wfile.write(content)

        self.pages[path] = answer
        return self.url + path


def serve(wrap: ssl.SSLContext | None = None) -> tuple[Server, ThreadingHTTPServer]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            made.asked.append((self.path, self.headers["Host"]))
            self.close_connection = True
            try:
                made.pages[self.path](self)
            except OSError:  # the client went away, as it should
                return

        def log_message(self, *_: Any) -> None:
            return

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: Any) -> None:  # a client that refuses our certificate is no error here
            return

    server = Quiet(("127.0.0.1", 0), Handler)
    if wrap:
        server.socket = wrap.wrap_socket(server.socket, server_side=True)
    made = Server(port=server.server_address[1])
    threading.Thread(target=partial(server.serve_forever, poll_interval=0.02), daemon=True).start()
    return made, server


@pytest.fixture
def server() -> Iterator[Server]:
    made, running = serve()
    yield made
    running.shutdown()
    running.server_close()


def get(url: str, *, resolve: Resolve | None = None, **rules: Any) -> Fetched:
    """Fetch as the tests may: from this machine, too."""
    given: dict[str, Any] = {"resolve": resolve} if resolve else {}
    return fetch(url, rules=Rules(**rules), loopback=True, **given)


def refused(url: str, **given: Any) -> str:
    with pytest.raises(CorpusError) as caught:
        get(url, **given)
    message = str(caught.value)
    assert "\n" not in message
    return message


def at(*addresses: str) -> Resolve:
    """Return a look-up that knows only these addresses, whatever the name."""
    return lambda host, port: list(addresses)
