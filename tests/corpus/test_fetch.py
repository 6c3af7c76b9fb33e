"""Fetching: what may be fetched from where, held against real servers on this machine."""

import gzip
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from corpus.addresses import is_public, parse
from corpus.errors import CorpusError
from corpus.fetch import Fetched, Resolve, fetch
from corpus.urls import Rules, checked_url, name_of

MIB = 2**20
PAGE = b"<html><body><p>Words.</p></body></html>"

# A key and a certificate for good.example that sign themselves; of use to nobody, and valid until 2126.
KEY = """-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgz+fnfqi+SYvW4SgG
q0iI5tyrXT4fyMTZdUP40JQom9ehRANCAAQFhoUUe+SjOfkOeOLEefcolnLyjFe/
0HiYuopZt5i/fwUopD+ja5vyU1MvyuZibPgk5fiqD/j62DAsY5gYK9sP
-----END PRIVATE KEY-----
"""
CERTIFICATE = """-----BEGIN CERTIFICATE-----
MIIBmjCCAUCgAwIBAgIUEcUiDRXf25CeIRBGDEo5Gv6bS6wwCgYIKoZIzj0EAwIw
FTETMBEGA1UEAwwKQW11ciB0ZXN0czAgFw0yNjExMjQxMjExMzhaGA8yMTI2MTAz
MTEyMTEzOFowFTETMBEGA1UEAwwKQW11ciB0ZXN0czBZMBMGByqGSM49AgEGCCqG
SM49AwEHA0IABAWGhRR75KM5+Q544sR59yiWcvKMV7/QeJi6ilm3mL9/BSikP6Nr
m/JTUy/K5mJs+CTl+KoP+PrYMCxjmBgr2w+jbDBqMB0GA1UdDgQWBBRkOAfGzhMa
HlhOGdFUfvpblFpY+jAfBgNVHSMEGDAWgBRkOAfGzhMaHlhOGdFUfvpblFpY+jAX
BgNVHREEEDAOggxnb29kLmV4YW1wbGUwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjO
PQQDAgNIADBFAiEA/YDIrp3PHpp8NuD0CjuOP8v7wY0WUA0aOaAiUxrnu1ECIFph
PwfPHjXLlDPB80fiX8vo1QNxKQyCDvxpZEqo5Udl
-----END CERTIFICATE-----
"""


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


@pytest.fixture
def secure(tmp_path: Path) -> Iterator[Server]:
    """A server with a certificate for good.example."""
    (tmp_path / "key.pem").write_text(KEY)
    (tmp_path / "cert.pem").write_text(CERTIFICATE)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    made, running = serve(context)
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


def never(host: str, port: int) -> list[str]:
    raise AssertionError(f"{host} was looked up")


def at(*addresses: str) -> Resolve:
    """Return a look-up that knows only these addresses, whatever the name."""
    return lambda host, port: list(addresses)


# What is fetched


def test_a_document_comes_back_with_its_address_and_kind(server: Server) -> None:
    url = server.page("/a%20b?q=1", b"\xd0\x94", Content_Type='text/plain; charset="koi8-r"; x=y')
    found = get(url + "#part")
    assert found == Fetched(content=b"\xd0\x94", asked=url, url=url, content_type="text/plain", charset="koi8-r")


def test_one_address_has_one_spelling(server: Server) -> None:
    server.page("/")
    assert get(f"HTTP://127.0.0.1:{server.port}").asked == f"http://127.0.0.1:{server.port}/"
    assert checked_url("https://EXAMPLE.org:443/A?b#c").url == "https://example.org/A?b"
    assert checked_url("http://xn--e1afmkfd.xn--p1ai").url == checked_url("http://пример.рф/").url
    assert name_of("https://example.org/a/b%20c.pdf?x=y.txt") == "b c.pdf"


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_packed_content_is_unpacked(server: Server, encoding: str) -> None:
    packed = gzip.compress(PAGE) if encoding == "gzip" else zlib.compress(PAGE)
    assert get(server.page("/", packed, Content_Encoding=encoding)).content == PAGE


def test_content_of_no_stated_length_or_in_chunks_is_read_whole(server: Server) -> None:
    def chunks(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Type", "text/plain")
        request.send_header("Transfer-Encoding", "chunked")
        request.end_headers()
        for _ in range(3):
            request.wfile.write(b"3\r\nabc\r\n")
        request.wfile.write(b"0\r\n\r\n")

    server.pages["/chunks"] = chunks
    assert get(server.url + "/chunks").content == b"abcabcabc"
    assert get(server.page("/until-the-end", Content_Length="")).content == PAGE


@pytest.mark.parametrize(
    "kind", ["text/html", "application/xhtml+xml", "text/markdown", "application/pdf", "application/octet-stream", ""]
)
def test_documents_of_these_kinds_are_taken(server: Server, kind: str) -> None:
    assert get(server.page("/", Content_Type=kind)).content_type == kind


@pytest.mark.parametrize(
    "kind", ["image/png", "application/zip", "text/javascript", "application/json", "video/mp4", "x" * 500]
)
def test_other_kinds_are_not(server: Server, kind: str) -> None:
    message = refused(server.page("/", Content_Type=kind))
    assert f"is {kind[:60]!r}, not a web page, text, PDF or Word file" in message


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "x"])
def test_packing_that_was_not_asked_for_is_refused(server: Server, encoding: str) -> None:
    assert "packed in a way" in refused(server.page("/", Content_Encoding=encoding))


@pytest.mark.parametrize("status", [204, 206, 304, 401, 403, 404, 429, 500])
def test_any_answer_but_200_is_an_error(server: Server, status: int) -> None:
    assert f"answered {status}" in refused(server.page("/", status=status))


def test_a_document_that_ends_early_is_an_error(server: Server) -> None:
    assert "could not be fetched" in refused(server.page("/", PAGE[:10], Content_Length="1000"))


def test_no_server_and_an_answer_that_is_no_http_are_errors(server: Server) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        assert "could not be fetched" in refused(f"http://127.0.0.1:{unused.getsockname()[1]}/")
    server.pages["/"] = lambda request: request.wfile.write(b"\x00 not http\r\n\r\n") and None
    assert "could not be fetched" in refused(server.url + "/")


def test_no_proxy_is_used(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert get(server.page("/")).content == PAGE


# Where from


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.255.0.1", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "169.254.0.1", "100.64.0.1",
        "100.100.100.200", "192.0.0.192", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "192.88.99.1", "168.63.129.16",
        "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255",
        "::", "::1", "fe80::1", "fe80::1%eth0", "fec0::1", "fc00::1", "fd00:ec2::254", "ff02::1", "2001:db8::1", "3fff::1", "100::1",
        "5f00::1", "2001::1", "2001:4:112::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "::8.8.8.8", "2002:7f00:1::",
        "2002:808:808::1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b::a00:1", "64:ff9b:1::808:808",
    ],
)  # fmt: skip
def test_an_address_that_is_not_public_is_refused_before_anything_is_sent(address: str) -> None:
    assert not is_public(parse(address))
    with pytest.raises(CorpusError, match="which is no public address"):
        fetch("http://example.org/", resolve=at(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "2606:4700::1111", "2a00:1450::1", "64:ff9b::808:808"])
def test_public_addresses_are_public(address: str) -> None:
    assert is_public(parse(address))


def test_one_address_that_is_not_public_refuses_the_host(server: Server) -> None:
    server.page("/")
    assert "'10.0.0.1'" in refused(
        server.url.replace("127.0.0.1", "mixed.example") + "/", resolve=at("127.0.0.1", "10.0.0.1")
    )
    assert server.asked == []


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1", "localhost", "LOCALHOST", "[::1]"])
def test_this_machine_is_refused_unless_a_test_allows_it(server: Server, host: str) -> None:
    server.page("/")
    url = f"http://{host}:{server.port}/"
    resolve: dict[str, Any] = {"resolve": at("::1")} if host == "[::1]" else {}
    with pytest.raises(CorpusError, match="no public address"):
        fetch(url, rules=Rules(ports=frozenset({server.port})), **resolve)
    assert server.asked == []


def test_allowing_this_machine_allows_no_other() -> None:
    for address in ("10.0.0.1", "169.254.169.254", "fe80::1"):
        assert "no public address" in refused("http://example.org/", resolve=at(address))


def test_a_name_is_looked_up_once_and_the_checked_address_is_connected_to(server: Server) -> None:
    looked_up: list[str] = []

    def rebinding(host: str, port: int) -> list[str]:
        looked_up.append(host)
        return ["127.0.0.1"] if len(looked_up) == 1 else ["169.254.169.254"]

    server.page("/")
    assert get(f"http://rebind.example:{server.port}/", resolve=rebinding).content == PAGE
    assert looked_up == ["rebind.example"]
    assert server.asked == [("/", f"rebind.example:{server.port}")]


def test_the_next_address_is_tried_when_one_does_not_answer(server: Server) -> None:
    server.page("/")
    assert get(f"http://two.example:{server.port}/", resolve=at("::1", "127.0.0.1")).content == PAGE


@pytest.mark.parametrize("found", [[], OSError("no such host")])
def test_a_host_that_cannot_be_found_is_named(found: list[str] | OSError) -> None:
    def resolve(host: str, port: int) -> list[str]:
        if isinstance(found, OSError):
            raise found
        return found

    assert "'nowhere.example'" in refused("http://nowhere.example/", resolve=resolve)


# Addresses of documents


@pytest.mark.parametrize(
    "url",
    ["ftp://example.org/a", "file:///etc/passwd", "gopher://example.org/", "data:text/html,x", "javascript:alert(1)", "//example.org/a",
     "http://", "http:///a", "https://exa mple.org/", "http://example.org/\r\nX: y", "http://[::1", "http://example.org:99999/", "",
     "a" * 3000,
     "http://" + "a" * 3000],
)  # fmt: skip
def test_what_is_no_web_address_is_refused(url: str) -> None:
    assert "cannot be found" not in refused(url, resolve=never)


@pytest.mark.parametrize(
    "url", ["http://user:hunter2@example.org/", "http://hunter2@example.org/", "https://:hunter2@example.org/"]
)
def test_an_address_with_a_password_is_refused_without_showing_it(url: str) -> None:
    message = refused(url, resolve=never)
    assert "user name or password" in message
    assert "hunter2" not in message


def test_other_ports_are_refused_unless_they_are_allowed() -> None:
    with pytest.raises(CorpusError, match="goes to port 8080, not 80, 443; allow it with --allow-port"):
        fetch("http://example.org:8080/", resolve=never)
    with pytest.raises(CorpusError, match="no public address"):
        fetch("http://example.org:8080/", rules=Rules(ports=frozenset({8080})), resolve=at("10.0.0.1"))


def test_the_limits_are_those_of_the_documentation() -> None:
    rules = Rules()
    assert (rules.size, rules.seconds, rules.redirects, rules.ports) == (20 * MIB, 30.0, 5, {80, 443})


# Redirects


def test_a_redirect_is_followed_and_both_addresses_are_known(server: Server) -> None:
    server.page("/end")
    found = get(server.page("/start", b"", 302, Location="/end"))
    assert (found.asked, found.url) == (f"{server.url}/start", f"{server.url}/end")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_five_redirects_are_followed_and_no_sixth(server: Server, status: int) -> None:
    for n in range(6):
        server.page(f"/{n}", b"", status, Location=f"/{n + 1}")
    server.page("/6")
    assert get(f"{server.url}/1").content == PAGE
    assert "redirects more than 5 times" in refused(f"{server.url}/0")


@pytest.mark.parametrize(
    ("location", "said"),
    [
        ("http://inside.example/", "no public address"), ("file:///etc/passwd", "neither http nor https"), ("ftp://127.0.0.1/", "neither"),
        ("http://a:b@127.0.0.1/", "user name or password"), ("http://[", "no address"), ("", "redirects more than"),
        ("javascript:alert(1)", "neither"),
    ],
)  # fmt: skip
def test_a_redirect_is_checked_like_an_address_of_its_own(server: Server, location: str, said: str) -> None:
    def resolve(host: str, port: int) -> list[str]:
        return ["127.0.0.1"] if host == "127.0.0.1" else ["10.0.0.1"]

    assert said in refused(server.page("/", b"", 302, Location=location), resolve=resolve)


def test_a_redirect_to_another_port_is_checked(server: Server) -> None:
    with pytest.raises(CorpusError, match=r"redirects to an address that is refused.*port 22"):
        checked_url("http://example.org:22/", of="http://example.org/")


# Size and time


@pytest.mark.parametrize("length", [str(2 * MIB), ""])
def test_what_is_too_large_is_refused_whether_it_says_so_or_not(server: Server, length: str) -> None:
    assert "larger than 1 MiB" in refused(server.page("/", bytes(2 * MIB), Content_Length=length), size=MIB)
    assert len(get(server.page("/", bytes(MIB)), size=MIB).content) == MIB


def test_an_announced_size_that_is_too_large_is_refused_unread(server: Server) -> None:
    assert "larger than 20 MiB" in refused(server.page("/", b"", Content_Length=str(21 * MIB)))


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_what_unpacks_to_too_much_is_refused(server: Server, encoding: str) -> None:
    packed = gzip.compress(bytes(64 * MIB)) if encoding == "gzip" else zlib.compress(bytes(64 * MIB))
    assert len(packed) < MIB
    assert "larger than 1 MiB" in refused(server.page("/", packed, Content_Encoding=encoding), size=MIB)


def slowly(*parts: bytes) -> Callable[[BaseHTTPRequestHandler], None]:
    """Return an answer that sends a byte every twentieth of a second for ever, after what comes at once."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        for part in parts:
            request.wfile.write(part)
        for _ in range(400):
            request.wfile.write(b"x")
            request.wfile.flush()
            time.sleep(0.05)

    return answer


@pytest.mark.parametrize(
    "parts",
    [
        (b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n",),
        (b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 100000\r\n\r\n",),
        (b"HTTP/1.1 200 OK\r\nX: ",),
        (b"HTTP/1.1 200 ",),
        (),
    ],
    ids=["endless body", "slow body", "slow header", "slow status", "nothing"],
)
def test_a_server_that_is_slow_is_given_up(server: Server, parts: tuple[bytes, ...]) -> None:
    server.pages["/"] = slowly(*parts) if parts else lambda request: time.sleep(20)
    assert "took longer than 0.6 seconds" in refused(server.url + "/", seconds=0.6)


def test_time_is_for_all_redirects_together(server: Server) -> None:
    def wait(request: BaseHTTPRequestHandler) -> None:
        time.sleep(0.25)
        request.wfile.write(b"HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n")

    server.pages["/"] = wait
    assert "took longer than 0.6 seconds" in refused(server.url + "/", seconds=0.6)


def test_a_look_up_that_hangs_is_given_up() -> None:
    found, ended = threading.Event(), threading.Event()

    def hang(host: str, port: int) -> list[str]:
        found.wait(20)
        ended.set()
        return ["127.0.0.1"]

    assert "took longer than 0.3 seconds" in refused("http://slow.example/", resolve=hang, seconds=0.3)
    assert not ended.is_set()
    found.set()


# TLS


def test_a_certificate_must_be_vouched_for(secure: Server) -> None:
    secure.page("/")
    message = refused(f"https://good.example:{secure.port}/", resolve=at("127.0.0.1"))
    assert "certificate verify failed" in message
    assert secure.asked == []


def test_a_certificate_must_be_that_of_the_name_and_not_of_the_address(
    secure: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secure.page("/")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
    assert get(f"https://good.example:{secure.port}/", resolve=at("127.0.0.1")).content == PAGE
    assert secure.asked == [("/", f"good.example:{secure.port}")]
    assert "certificate verify failed" in refused(f"https://other.example:{secure.port}/", resolve=at("127.0.0.1"))


def test_a_redirect_from_https_to_http_is_refused(
    secure: Server, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
    secure.page("/", b"", 302, Location=server.page("/"))
    assert "from https to http" in refused(f"https://good.example:{secure.port}/", resolve=at("127.0.0.1"))
    assert server.asked == []
