"""Fetch a document from the public internet, and from nowhere else.

A name is looked up once; every address it has is checked; the connection goes to a checked address, so a name that changes its
address in between (DNS rebinding) changes nothing. Each redirect starts over. Time, size (packed and unpacked), redirects, ports
and kinds of content are limited. No proxy is used: it would look names up itself.
"""

import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http.client import HTTPException
from urllib.parse import urljoin

from urllib3 import HTTPResponse
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError
from urllib3.util import Url

from corpus.addresses import Address, is_loopback, is_public, parse
from corpus.errors import CorpusError
from corpus.readers import CONTENT_TYPES, UNTOLD
from corpus.urls import PORTS, Rules, checked_url

Resolve = Callable[[str, int], Sequence[str]]
"""Looks a host up: (name, port) to all its addresses."""

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PIECE = 65_536
_PATIENCE = 10.0
"""Seconds that one address may take to connect, and a server to say nothing."""


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """What came back: the bytes, the address asked for, the one they came from in the end, and what the server calls them."""

    content: bytes
    asked: str
    url: str
    content_type: str
    charset: str


def look_up(host: str, port: int) -> list[str]:
    """Return all addresses of a host, as the system finds them."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def fetch(url: str, *, rules: Rules | None = None, resolve: Resolve = look_up, loopback: bool = False) -> Fetched:
    """Return the document at a http or https address.

    Args:
        url: the address, without name and password.
        rules: the limits.
        resolve: looks hosts up.
        loopback: for tests only: also fetch from this machine itself, on any port.

    Raises:
        CorpusError: the address may not be fetched, or fetching failed; the message names it and says why.
    """
    rules = rules or Rules()
    end = time.monotonic() + rules.seconds
    first = target = checked_url(url, rules, loopback=loopback)
    for _ in range(rules.redirects + 1):
        with _Visit(target, rules, end) as visit:
            response = visit.open(_safe_addresses(target, rules, end, resolve, loopback=loopback))
            if response.status not in _REDIRECTS:
                return visit.read(response, first)
            location = response.headers.get("Location", "")
        following = checked_url(_joined(target.url, location), rules, loopback=loopback, of=target.url)
        if target.scheme == "https" and following.scheme != "https":
            raise CorpusError(f"{target.url!r} redirects from https to http; add the http address if you trust it")
        target = following
    raise CorpusError(f"{url!r} redirects more than {rules.redirects} times; add the address it leads to")


def _joined(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError:  # such as "http://["
        return location


def _safe_addresses(target: Url, rules: Rules, end: float, resolve: Resolve, *, loopback: bool) -> list[Address]:
    """Return the addresses of a host, looked up once, if every one of them may be connected to."""
    host = (target.host or "").strip("[]")
    found: queue.Queue[list[Address] | Exception] = queue.Queue()

    def work() -> None:
        try:
            found.put(list(dict.fromkeys(parse(text) for text in resolve(host, _port(target)))))
        except Exception as error:  # given to the caller, who says it
            found.put(error)

    # The system's look-up cannot be interrupted, so it gets a thread that may be left behind.
    threading.Thread(target=work, daemon=True).start()
    try:
        addresses = found.get(timeout=max(end - time.monotonic(), 0))
    except queue.Empty:
        raise _too_slow(target, rules) from None
    if isinstance(addresses, Exception) or not addresses:
        raise CorpusError(f"The host {host!r} of {target.url!r} cannot be found; check the address") from None
    for address in addresses:
        if not (is_public(address) or (loopback and is_loopback(address))):
            raise CorpusError(
                f"{target.url!r} is refused: {host!r} is {str(address)!r}, which is no public address; save it and add the file"
            )
    return addresses


def _port(target: Url) -> int:
    return target.port or PORTS[target.scheme or ""]


def _too_slow(target: Url, rules: Rules) -> CorpusError:
    return CorpusError(
        f"{target.url!r} took longer than {rules.seconds:g} seconds; try again, or save it and add the file"
    )


class _Visit:
    """One request and its response; a timer cuts the connection when the time for everything is over."""

    def __init__(self, target: Url, rules: Rules, end: float) -> None:
        self._target, self._rules, self._end = target, rules, end
        self._connection: HTTPConnection | None = None
        self._socket: socket.socket | None = None
        self._response: HTTPResponse | None = None
        self._timer: threading.Timer | None = None
        self._late = False

    def __enter__(self) -> "_Visit":
        return self

    def __exit__(self, *_: object) -> None:
        if self._timer:
            self._timer.cancel()
        if self._response:  # it keeps the socket open after its connection was closed
            self._response.close()
        if self._connection:
            self._connection.close()
        if self._socket:
            self._socket.close()

    def open(self, addresses: Sequence[Address]) -> HTTPResponse:
        """Return the response, its body not yet read."""
        try:
            connection = self._connect(addresses)
            headers = {
                "Host": self._target.netloc or "",
                "User-Agent": "amur (reads documents for its user)",
                "Accept": ", ".join(CONTENT_TYPES),
                "Accept-Encoding": "gzip, deflate",
            }
            connection.request("GET", self._target.request_uri, headers=headers, preload_content=False)
            self._response = connection.getresponse()
            return self._response
        except (HTTPError, HTTPException, OSError, ValueError) as error:
            raise self._failed(error) from error

    def read(self, response: HTTPResponse, first: Url) -> Fetched:
        """Return the document, counted while it comes in; `first` is the address that was asked for."""
        target, most = self._target, self._rules.size
        if response.status != 200:
            raise CorpusError(f"{target.url!r} answered {response.status}; check the address in a browser")
        name, _, rest = response.headers.get("Content-Type", "").partition(";")
        content_type = name.strip().lower()
        if content_type not in CONTENT_TYPES and content_type not in UNTOLD:
            raise CorpusError(
                f"{target.url!r} is {content_type[:60]!r}, not a web page, text, PDF or Word file; it was not added"
            )
        if response.headers.get("Content-Encoding", "identity").strip().lower() not in (
            "identity",
            "gzip",
            "deflate",
            "x-gzip",
        ):
            raise CorpusError(f"{target.url!r} is packed in a way that was not asked for; save it and add the file")
        try:
            content = self._body(response, most)
        except (HTTPError, HTTPException, OSError, ValueError) as error:
            raise self._failed(error) from error
        if self._late:
            raise _too_slow(target, self._rules)
        charset = next((p.split("=", 1)[1] for p in rest.split(";") if p.strip().lower().startswith("charset=")), "")
        charset = charset.strip(" \"'")[:40]
        return Fetched(content=content, asked=first.url, url=target.url, content_type=content_type, charset=charset)

    def _body(self, response: HTTPResponse, most: int) -> bytes:
        body = bytearray()
        announced = response.headers.get("Content-Length", "")
        while len(body) <= most and not (announced.isdigit() and int(announced) > most):
            # read1 gives what has come in, so that a slow server cannot hold the loop; unpacked it is never more than a piece.
            piece = response.read1(_PIECE, decode_content=True)
            if not piece:
                return bytes(body)
            body += piece
        raise CorpusError(
            f"{self._target.url!r} is larger than {most / 2**20:g} MiB; save the part you need and add the file"
        )

    def _connect(self, addresses: Sequence[Address]) -> HTTPConnection:
        """Return a connection to the first checked address that answers; the certificate must be that of the name."""
        failure: Exception | None = None
        for address in addresses:
            left = self._end - time.monotonic()
            if left <= 0:
                raise TimeoutError
            connection = self._connection = self._to(address, min(left, _PATIENCE))
            try:
                connection.connect()
            except (HTTPError, OSError) as error:
                connection.close()
                failure = error
                continue
            self._socket = connection.sock
            self._timer = threading.Timer(max(self._end - time.monotonic(), 0), self._cut)
            self._timer.daemon = True
            self._timer.start()
            return connection
        raise failure or TimeoutError

    def _to(self, address: Address, timeout: float) -> HTTPConnection:
        port = _port(self._target)
        if self._target.scheme == "http":
            return HTTPConnection(str(address), port, timeout=timeout)
        host = (self._target.host or "").strip("[]")
        return HTTPSConnection(str(address), port, timeout=timeout, server_hostname=host, ssl_context=_tls())

    def _cut(self) -> None:
        self._late = True
        if self._socket:
            try:
                self._socket.shutdown(socket.SHUT_RDWR)
            except OSError:  # it is closed already
                return

    def _failed(self, error: Exception) -> CorpusError:
        if self._late or time.monotonic() >= self._end:
            return _too_slow(self._target, self._rules)
        why = " ".join(str(error).split())[:200] or type(error).__name__
        return CorpusError(
            f"{self._target.url!r} could not be fetched ({why}); check the address, or save it and add the file"
        )


def _tls() -> ssl.SSLContext:
    """Return a context that checks certificates against the system's authorities and certifi's, which Python on macOS lacks."""
    import certifi

    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context
