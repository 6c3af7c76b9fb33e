"""Where is fetched from: public addresses only, whatever a name or a link says."""

from typing import Any

import pytest

from corpus.addresses import is_public, parse
from corpus.errors import CorpusError
from corpus.fetch import fetch
from corpus.urls import Rules
from tests.corpus.fetching import MIB, PAGE, Server, at, get, refused, server

__all__ = ["server"]  # a fixture


def never(host: str, port: int) -> list[str]:
    raise AssertionError(f"{host} was looked up")


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
