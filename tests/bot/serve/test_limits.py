"""How much one reader, one site and all may ask; said in the same words on every surface."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from pydantic import ValidationError

from bot.pipeline import Bot
from bot.serve.limits import Caller, Limits
from bot.settings import Settings
from corpus.errors import RequestError, SettingsError
from tests.bot.serve.running import serving

ASK = "/api/v1/ask"
STREAM = "/api/v1/ask/stream"
SITE = "https://www.example.org"
OTHER = "https://a.wild.example"
QUESTION = {"question": "When was the treaty signed?"}


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """A clock that stands still until a test moves it: a busy machine may take longer than a limit lasts."""
    now = [1_800_000_000.0]
    with monkeypatch.context() as patch:
        patch.setattr("time.time", lambda: now[0])
        yield now


def limits(**changed: Any) -> Limits:
    given = {"limit_reader": "", "limit_site": "", "limit_server": "", "limit_feedback": "", **changed}
    return Limits(Settings(**given), "secret")


def taken(counted: Limits, *callers: Caller) -> list[bool]:
    """Return for each request in order whether it was let through."""
    found = []
    for caller in callers:
        try:
            counted.spend("answer", caller)
            found.append(True)
        except RequestError:
            found.append(False)
    return found


def of(*addresses: str) -> list[Caller]:
    return [Caller(address=address) for address in addresses]


def test_each_reader_has_a_limit_of_its_own() -> None:
    counted = limits(limit_reader="2/minute")
    assert taken(counted, *of("192.0.2.1", "192.0.2.1", "192.0.2.1", "192.0.2.2")) == [True, True, False, True]


def test_readers_of_one_ipv6_network_are_one_and_of_two_are_two() -> None:
    counted = limits(limit_reader="1/minute")
    asked = of(
        "2001:db8:0:1::1",
        "2001:db8:0:1:ffff::2",
        "2001:db8:0:2::1",
        "::ffff:192.0.2.9",
        "192.0.2.9",
        "fe80::1%eth0",
        "testclient",
    )
    assert taken(counted, *asked) == [True, False, True, True, False, True, True]


def test_a_site_and_the_server_have_limits_of_their_own() -> None:
    counted = limits(limit_site="2/minute", limit_server="4/day")
    on_site = [Caller(address=f"192.0.2.{n}", site=SITE) for n in range(3)]
    elsewhere = [Caller(address=f"192.0.2.{n}", site=OTHER if n % 2 else None) for n in range(3)]
    assert taken(counted, *on_site, *elsewhere) == [True, True, False, True, True, False]


def test_what_is_refused_is_not_counted() -> None:
    counted = limits(limit_reader="1/minute", limit_server="2/day")
    assert taken(counted, *of("192.0.2.1", "192.0.2.1", "192.0.2.1", "192.0.2.2", "192.0.2.3")) == [
        True,
        False,
        False,
        True,
        False,
    ]


def test_feedback_is_counted_apart() -> None:
    counted = limits(limit_reader="1/minute", limit_feedback="1/minute")
    caller = Caller(address="192.0.2.1")
    counted.spend("feedback", caller)
    counted.spend("answer", caller)
    with pytest.raises(RequestError, match="feedback"):
        counted.spend("feedback", caller)


def test_the_refusal_says_what_is_spent_and_when_to_come_back(clock: list[float]) -> None:
    counted = limits(limit_reader="1/2 minute; 100/day")
    counted.spend("answer", Caller(address="192.0.2.1"))
    clock[0] += 30
    with pytest.raises(RequestError, match="from your address: at most 1 in 2 minutes; try again in 90 s") as refused:
        counted.spend("answer", Caller(address="192.0.2.1"))
    assert refused.value.retry_after == 90


def test_a_limit_is_over_when_its_time_is(clock: list[float]) -> None:
    counted = limits(limit_reader="1/second")
    counted.spend("answer", Caller(address="192.0.2.1"))
    clock[0] += 0.5
    with pytest.raises(RequestError) as refused:
        counted.spend("answer", Caller(address="192.0.2.1"))
    assert refused.value.retry_after == 1
    clock[0] += 0.51
    counted.spend("answer", Caller(address="192.0.2.1"))


def test_the_storage_never_holds_an_address() -> None:
    counted = limits(limit_reader="5/minute")
    counted.spend("answer", Caller(address="192.0.2.77"))
    kept = str(vars(counted._window.storage))
    assert "LIMITER/reader/" in kept
    assert "192.0.2.77" not in kept


@pytest.mark.parametrize("value", ["often", "1 per fortnight", "-1/minute", "60/minute 5"])
def test_a_limit_that_is_none_is_refused(value: str) -> None:
    with pytest.raises(ValidationError, match="limit_reader"):
        Settings(limit_reader=value)


@pytest.mark.parametrize("storage", ["nowhere://", "memory", "memcached://127.0.0.1:1"])
def test_a_storage_that_cannot_be_used_is_one_line_that_names_the_setting(storage: str) -> None:
    with pytest.raises(SettingsError, match="AMUR_LIMITS_STORAGE") as refused:
        limits(limits_storage=storage)
    assert "\n" not in str(refused.value)


@contextmanager
def limited(bot: Bot, **changed: Any) -> Iterator[httpx.Client]:
    """Serve the shared bot with other settings."""
    given = {"limit_reader": "", "limit_site": "", "limit_server": "", "limit_feedback": "", **changed}
    other = Bot(bot.settings.model_copy(update=given), embedder=bot.embedder)
    with serving(other) as address, httpx.Client(base_url=address, timeout=60) as client:
        yield client


def check_too_many(response: httpx.Response, *said: str) -> None:
    assert (response.status_code, response.json()["error"]["code"]) == (429, "too_many")
    assert 1 <= int(response.headers["retry-after"]) <= 3600
    for words in said:
        assert words in response.json()["error"]["message"]


def test_every_way_to_ask_counts_against_the_same_reader(bot: Bot) -> None:
    with limited(bot, limit_reader="3/hour") as client:
        assert client.post(ASK, json=QUESTION).status_code == 200
        assert client.post(STREAM, json=QUESTION).status_code == 200
        assert client.get("/api/v1/search?q=treaty").status_code == 200
        for refused in (
            client.post(ASK, json=QUESTION),
            client.post(STREAM, json=QUESTION),
            client.get("/api/v1/search?q=x"),
        ):
            check_too_many(refused, "at most 3 in 1 hour")
        for free in ("/api/v1/health", "/api/v1/ready", "/api/v1/version", "/api/v1/documents", "/", "/docs"):
            assert client.get(free).status_code == 200


def test_a_site_is_limited_and_can_read_why(bot: Bot) -> None:
    with limited(bot, limit_site="1/hour") as client:
        for site in (SITE, OTHER):
            token = client.post("/api/v1/token", headers={"origin": site}).json()["token"]
            sent = {"origin": site, "x-amur-token": token}
            assert client.post(ASK, json=QUESTION, headers=sent).status_code == 200
            refused = client.post(STREAM, json=QUESTION, headers=sent)
            check_too_many(refused, "from this site")
            assert refused.headers["access-control-allow-origin"] == site
            assert "retry-after" in refused.headers["access-control-expose-headers"]
        assert client.post(ASK, json=QUESTION).status_code == 200


def test_forwarded_addresses_are_believed_from_trusted_proxies_only(bot: Bot) -> None:
    def statuses(client: httpx.Client, *forwarded: str) -> list[int]:
        return [client.post(ASK, json=QUESTION, headers={"x-forwarded-for": f}).status_code for f in forwarded]

    with limited(bot, limit_reader="1/hour") as client:
        assert statuses(client, "192.0.2.1", "192.0.2.2") == [200, 429]
    with limited(bot, limit_reader="1/hour", trusted_proxies="127.0.0.0/8, 198.51.100.7") as client:
        # The reader can write what it likes to the left; what the trusted proxies wrote stands on the right.
        asked = ("192.0.2.1", "192.0.2.2", "192.0.2.9, 192.0.2.1", "192.0.2.8, 192.0.2.3, 198.51.100.7", "192.0.2.3")
        assert statuses(client, *asked) == [200, 200, 429, 200, 429]


@pytest.mark.parametrize("value", ["proxy.example", "*", "10.0.0.0/99", "10.0.0.1/8"])
def test_a_proxy_that_is_no_address_is_refused(value: str) -> None:
    with pytest.raises(ValidationError, match="trusted_proxies"):
        Settings(trusted_proxies=value)
