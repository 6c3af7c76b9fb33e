"""Who may call the server from a browser, who may frame it, and what its pages may load."""

from typing import Any

import httpx
import pytest
from pydantic import ValidationError

from bot.serve.body import Body
from bot.settings import Settings
from tests.bot.serve.running import ALLOWED

FOREIGN = "https://evil.example"
QUESTION = {"question": "When was the treaty signed?"}
SITES = (*ALLOWED[:2], "https://deep.down.wild.example")
GRADIO = (
    "/config",
    "/theme.css",
    "/gradio_api/info",
    "/gradio_api/app_id",
    "/gradio_api/startup-events",
    "/gradio_api/queue/status",
)


def policy(response: httpx.Response) -> dict[str, list[str]]:
    """Return the directives of a response's content security policy."""
    assert len(response.headers.get_list("content-security-policy")) == 1
    parts = [part.split() for part in response.headers["content-security-policy"].split(";")]
    return {name: values for name, *values in parts}


def origins_named(response: httpx.Response) -> set[str]:
    """Return everything that a response's CORS headers allow or echo."""
    return {value for name, value in response.headers.items() if name.startswith("access-control-allow-origin")}


@pytest.mark.parametrize(
    "origin",
    [
        FOREIGN,
        "null",
        "https://www.example.org.evil.example",
        "http://www.example.org",
        "https://www.example.org:444",
        "https://wild.example",
        "http://a.wild.example",
        "https://a.wild.example:444",
        "https://a/.wild.example",
        "https://a.wild.example.evil.example",
        "",
    ],
)
@pytest.mark.parametrize("path", ["/api/v1/ask", "/gradio_api/queue/join", "/gradio_api/upload", "/"])
def test_a_post_from_another_site_is_refused(client: httpx.Client, path: str, origin: str) -> None:
    response = client.post(path, json=QUESTION, headers={"origin": origin})
    assert response.status_code == 403
    assert response.json()["error"]["code"] == "forbidden_origin"
    assert "AMUR_ALLOWED_ORIGINS" in response.json()["error"]["message"]
    assert not origins_named(response)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_other_methods_that_change_something_are_refused_too(client: httpx.Client, method: str) -> None:
    assert client.request(method, "/api/v1/ask", headers={"origin": FOREIGN}).status_code == 403


@pytest.mark.parametrize("origin", ["http://[", "https://[::1", "http://[evil]"])
def test_an_origin_that_is_no_address_is_refused(client: httpx.Client, origin: str) -> None:
    assert client.post("/api/v1/ask", json=QUESTION, headers={"origin": origin}).status_code == 403


def test_the_own_origin_and_no_origin_pass(client: httpx.Client, address: str) -> None:
    for headers in ({"origin": address}, {}):
        response = client.post("/api/v1/ask", json=QUESTION, headers=headers)
        assert "16 July 2001" in response.json()["answer"]


@pytest.mark.parametrize("origin", SITES)
def test_an_allowed_origin_passes_with_a_token_and_is_told_so(client: httpx.Client, origin: str) -> None:
    token = client.post("/api/v1/token", headers={"origin": origin})
    assert origins_named(token) == {origin}
    sent = {"origin": origin, "x-amur-token": token.json()["token"]}
    response = client.post("/api/v1/ask", json=QUESTION, headers=sent)
    assert "16 July 2001" in response.json()["answer"]
    assert origins_named(response) == {origin}
    assert response.headers["access-control-expose-headers"] == "retry-after, x-request-id"
    assert "access-control-allow-credentials" not in response.headers


@pytest.mark.parametrize("path", ["/", "/embed", "/api/v1/health", "/static/embed.js", "/config", "/theme.css"])
def test_what_is_only_read_is_served_to_all_but_no_origin_is_echoed(client: httpx.Client, path: str) -> None:
    response = client.get(path, headers={"origin": FOREIGN})
    assert response.status_code == 200
    assert not origins_named(response)


@pytest.mark.parametrize("path", ["/", "/api/v1/ask", "/api/v1/nothing", *GRADIO])
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_a_foreign_origin_is_never_echoed(client: httpx.Client, method: str, path: str) -> None:
    asked = {"access-control-request-method": "POST", "access-control-request-headers": "content-type"}
    for origin in (FOREIGN, "null"):
        response = client.request(method, path, headers={"origin": origin, **(asked if method == "OPTIONS" else {})})
        assert not origins_named(response)
        assert "access-control-allow-credentials" not in response.headers
        assert FOREIGN not in str(response.headers)


def test_a_preflight_tells_an_allowed_origin_what_it_may_send(client: httpx.Client) -> None:
    asked = {"access-control-request-method": "POST", "access-control-request-headers": "content-type"}
    response = client.options("/api/v1/ask", headers={"origin": ALLOWED[0], **asked})
    assert response.status_code == 200
    assert origins_named(response) == {ALLOWED[0]}
    assert client.options("/api/v1/ask", headers={"origin": FOREIGN, **asked}).status_code == 403


@pytest.mark.parametrize("path", ["/", "/embed", "/config", "/static/chat.js", "/api/v1/health", "/nothing"])
def test_every_response_says_what_a_page_may_load(client: httpx.Client, path: str) -> None:
    response = client.get(path)
    rules = policy(response)
    assert rules["default-src"] == rules["script-src"] == rules["connect-src"] == ["'self'"]
    assert rules["object-src"] == ["'none'"]
    assert rules["base-uri"] == rules["form-action"] == ["'self'"]
    loaded = {source for name, sources in rules.items() if name != "frame-ancestors" for source in sources}
    assert loaded == {"'self'", "'none'", "'unsafe-inline'", "data:"}
    assert [name for name, sources in rules.items() if "'unsafe-inline'" in sources] == ["style-src"]
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["referrer-policy"] == "same-origin"


def test_only_the_embeddable_page_may_be_framed_and_only_by_the_allowed_sites(client: httpx.Client) -> None:
    assert policy(client.get("/embed"))["frame-ancestors"] == ["'self'", *ALLOWED]
    for path in ("/", "/config", "/static/embed.html", "/api/v1/health", "/embed/"):
        assert policy(client.get(path))["frame-ancestors"] == ["'self'"]


def test_a_refusal_has_the_same_headers(client: httpx.Client) -> None:
    refused = client.post("/api/v1/ask", json=QUESTION, headers={"origin": FOREIGN})
    assert policy(refused)["default-src"] == ["'self'"]


def test_a_server_without_allowed_origins_names_none() -> None:
    assert Settings().origins == ()


@pytest.mark.parametrize(
    "value",
    [
        "https://a.example https://b.example:8443",
        "https://a.example/, https://b.example:8443/",
        " https://a.example,https://b.example:8443 ",
    ],
)
def test_origins_may_be_separated_by_spaces_or_commas(value: str) -> None:
    assert Settings(allowed_origins=value).origins == ("https://a.example", "https://b.example:8443")


@pytest.mark.parametrize(
    "value",
    [
        "*",
        "https://good.example *",
        "good.example",
        "//good.example",
        "https://",
        "https:good.example",
        "https://good.example/page",
        "https://good.example?x=1",
        "https://reader@good.example",
        "ftp://good.example",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "null",
        "'self'",
        "https://[",
    ],
)
def test_settings_refuse_what_is_no_origin(value: str) -> None:
    with pytest.raises(ValidationError, match="allowed_origins"):
        Settings(allowed_origins=value)


@pytest.mark.parametrize(
    "value",
    [
        "https://*",  # every site, which '*' alone is refused for
        "https://*.org",  # half of the web
        "https://www.*.example.org",
        "https://*example.org",
        "https://good.example;script-src",  # ends the rule and begins another in the policy
        "https://good.example#top",
        "https://good.example:port",
        "https://добрый.example",  # the policy is sent as Latin-1: /embed answers 500
    ],
)
def test_settings_refuse_a_host_that_no_browser_sends(value: str) -> None:
    with pytest.raises(ValidationError, match="allowed_origins"):
        Settings(allowed_origins=value)


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:7860",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "[::1].evil.example",
        "a b",
        "[",
        "127.0.0.1@x",
    ],
)
@pytest.mark.parametrize("path", ["/", "/api/v1/health", "/api/v1/documents", "/embed", "/static/chat.js"])
def test_a_name_that_the_server_does_not_go_by_is_refused(client: httpx.Client, host: str, path: str) -> None:
    response = client.get(path, headers={"host": host})
    assert response.status_code == 421
    assert response.json()["error"]["code"] == "unknown_host"
    assert "AMUR_ALLOWED_HOSTS" in response.json()["error"]["message"]
    assert policy(response)["default-src"] == ["'self'"]


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LOCALHOST:9",
        "amur.localhost",
        "127.0.0.1:1",
        "192.0.2.7",
        "[::1]",
        "[2001:db8::1]:7860",
        "amur.example.org",
        "a.b.amur.test:80",
    ],
)
def test_loopback_addresses_and_the_names_allowed_pass(client: httpx.Client, host: str) -> None:
    assert client.get("/api/v1/health", headers={"host": host}).status_code == 200


def test_the_own_origin_is_the_one_of_the_name_it_was_called_by(client: httpx.Client) -> None:
    own = {"host": "amur.example.org", "origin": "https://amur.example.org"}
    assert client.post("/api/v1/ask", json=QUESTION, headers=own).status_code == 200
    other = {"host": "amur.example.org", "origin": "https://x.amur.test"}
    assert client.post("/api/v1/ask", json=QUESTION, headers=other).status_code == 403


@pytest.mark.parametrize(
    ("origin", "host", "own"),
    [
        ("https://amur.example.org", "amur.example.org:443", True),  # some proxies write the port into the host
        ("http://amur.example.org", "amur.example.org:80", True),
        ("https://amur.example.org", "AMUR.example.org", True),
        ("http://amur.example.org", "amur.example.org:443", False),
        ("https://amur.example.org:80", "amur.example.org", False),
        ("https://amur.example.org:8443", "amur.example.org", False),
        ("https://amur.example.org.", "amur.example.org", False),
    ],
)
def test_the_own_origin_with_and_without_its_default_port(
    client: httpx.Client, origin: str, host: str, own: bool
) -> None:
    response = client.post("/api/v1/ask", json=QUESTION, headers={"origin": origin, "host": host})
    assert response.status_code == (200 if own else 403)


@pytest.mark.parametrize("value", ["*", "https://amur.example.org", "amur.example.org:80", "*.org", "a/b", "-"])
def test_settings_refuse_what_is_no_host_name(value: str) -> None:
    with pytest.raises(ValidationError, match="allowed_hosts"):
        Settings(allowed_hosts=value)


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
@pytest.mark.parametrize("path", ["/api/v1/search?q=treaty", "/api/v1/documents", "/gradio_api/info"])
def test_another_page_cannot_load_the_api_as_an_image_or_a_frame(client: httpx.Client, path: str, site: str) -> None:
    for dest in ("image", "iframe", "script", "empty"):
        response = client.get(path, headers={"sec-fetch-site": site, "sec-fetch-dest": dest})
        assert (response.status_code, response.json()["error"]["code"]) == (403, "forbidden_origin")
    for headers in ({"sec-fetch-site": site, "sec-fetch-dest": "document"}, {"sec-fetch-site": "same-origin"}):
        assert client.get(path, headers=headers).status_code == 200


def test_anybody_may_ask_whether_the_server_lives(client: httpx.Client) -> None:
    hidden = {"sec-fetch-site": "cross-site", "sec-fetch-dest": "empty"}
    assert client.get("/api/v1/health", headers=hidden).status_code == 200


@pytest.mark.parametrize("path", ["/gradio_api/queue/join", "/gradio_api/info", "/gradio_api/heartbeat/x", "/embed"])
def test_an_allowed_site_may_call_the_api_and_nothing_else(client: httpx.Client, path: str) -> None:
    token = client.post("/api/v1/token", headers={"origin": SITES[0]}).json()["token"]
    response = client.post(path, json={}, headers={"origin": SITES[0], "x-amur-token": token})
    assert (response.status_code, response.json()["error"]["code"]) == (403, "forbidden_origin")
    assert "/api/v1 and nothing else" in response.json()["error"]["message"]


def test_no_event_of_the_chat_page_is_an_open_interface(client: httpx.Client) -> None:
    described = client.get("/gradio_api/info").json()
    assert described["named_endpoints"] == described["unnamed_endpoints"] == {}
    private = {d["api_visibility"] for d in client.get("/config").json()["dependencies"]}
    assert private == {"private"}
    assert client.post("/gradio_api/call/respond", json={"data": ["When?", [], None]}).status_code == 404


@pytest.mark.parametrize(
    "path", ["dev/reload", "/dev/reload", "proxy=http://localhost/", "stream/x", "call/v2/x", "runs", "openapi.json"]
)
def test_what_the_chat_page_does_not_use_of_gradio_is_not_there(client: httpx.Client, path: str) -> None:
    response = client.get(f"/gradio_api/{path}")
    assert (response.status_code, response.json()["error"]["code"]) == (404, "not_found")


def test_a_conversation_that_gradio_does_not_know_is_no_error_of_the_servers(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    raised: list[Exception] = []
    passing = Body._pass

    async def noting(self: Body, *arguments: Any) -> None:
        try:
            await passing(self, *arguments)
        except Exception as error:
            raised.append(error)
            raise

    monkeypatch.setattr(Body, "_pass", noting)
    with httpx.Client(base_url=address) as client, pytest.raises(httpx.RemoteProtocolError):  # it has begun, and is cut
        client.get("/gradio_api/queue/data?session_hash=nobody")
    assert raised == []  # else the server writes pages of traceback into its log


def test_origins_are_written_as_browsers_write_them() -> None:
    given = "HTTPS://WWW.Example.org:443/ http://a.example:80 http://b.example:8080"
    assert Settings(allowed_origins=given).origins == (
        "https://www.example.org",
        "http://a.example",
        "http://b.example:8080",
    )
