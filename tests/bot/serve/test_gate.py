"""Who may call the server from a browser, who may frame it, and what its pages may load."""

import httpx
import pytest
from pydantic import ValidationError

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
