"""What is fetched, in which forms, through how many redirects, within which limits of size and time, and under which certificates."""

import gzip
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from corpus.errors import CorpusError
from corpus.fetch import Fetched
from corpus.urls import checked_url, name_of
from tests.corpus.fetching import MIB, PAGE, Server, at, get, refused, serve, server

__all__ = ["server"]  # a fixture


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
        found.wait(300)
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
