"""The widget's script at its two addresses: for every site, cached as long as it may be, and exactly the bytes that the hash names."""

import base64
import hashlib

import httpx
import pytest

from bot.serve.embed import MOVING, SCRIPT

FOREIGN = {"origin": "https://anywhere.example", "sec-fetch-site": "cross-site", "sec-fetch-dest": "script"}


def test_the_versioned_address_gives_the_bytes_that_the_hash_names_for_ever(client: httpx.Client) -> None:
    widget = client.get("/api/v1/version").json()["widget"]
    response = client.get(widget["url"], headers=FOREIGN)
    assert response.content == SCRIPT.read_bytes()
    digest = base64.b64encode(hashlib.sha384(response.content).digest()).decode()
    assert widget["integrity"] == f"sha384-{digest}"
    assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert response.headers["content-type"] == "text/javascript; charset=utf-8"


def test_the_moving_address_gives_the_same_for_minutes(client: httpx.Client) -> None:
    response = client.get(MOVING, headers=FOREIGN)
    assert response.content == SCRIPT.read_bytes()
    assert response.headers["cache-control"] == "public, max-age=300"


def test_every_site_may_read_the_script_and_nothing_else(client: httpx.Client) -> None:
    widget = client.get("/api/v1/version").json()["widget"]
    for path in (widget["url"], MOVING):
        response = client.get(path, headers=FOREIGN)
        assert response.headers["access-control-allow-origin"] == "*"
        assert response.headers["cross-origin-resource-policy"] == "cross-origin"
    for path in ("/embed", "/embed/setup", "/static/amur.js", "/api/v1/version"):
        response = client.get(path, headers=FOREIGN)
        assert response.status_code == 200
        assert "access-control-allow-origin" not in response.headers


@pytest.mark.parametrize("version", ["0.0.1", "x", "%2e%2e"])
def test_another_version_is_refused_with_where_the_script_is(client: httpx.Client, version: str) -> None:
    response = client.get(f"/embed/{version}/amur.js")
    assert (response.status_code, response.json()["error"]["code"]) == (404, "not_found")
    assert MOVING in response.json()["error"]["message"]


@pytest.mark.parametrize(("method", "path", "status"), [
    ("GET", "/embed/nothing", 404), ("POST", "/embed", 405), ("POST", MOVING, 405), ("GET", "/docs/nothing", 404), ("POST", "/docs", 405),
])  # fmt: skip
def test_what_is_not_there_is_refused_in_the_one_shape(
    client: httpx.Client, method: str, path: str, status: int
) -> None:
    response = client.request(method, path)
    assert response.status_code == status
    assert set(response.json()["error"]) == {"code", "message"}
    assert response.headers.get("allow") == ("GET, HEAD" if status == 405 else None)
