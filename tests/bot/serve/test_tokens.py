"""The widget's token: given to allowed sites, bound to one of them, good for minutes."""

import threading
from pathlib import Path

import httpx
import pytest
from itsdangerous import TimestampSigner, URLSafeTimedSerializer

from bot.pipeline import Bot
from bot.serve.tokens import SECRET_FILE, Tokens, read_secret
from bot.settings import Settings
from corpus.errors import RequestError

SITE = "https://www.example.org"
OTHER = "https://a.wild.example"
QUESTION = {"question": "When was the treaty signed?"}
GUARDED = (
    ("POST", "/api/v1/ask"),
    ("POST", "/api/v1/ask/stream"),
    ("POST", "/api/v1/feedback"),
    ("GET", "/api/v1/search?q=treaty"),
    ("GET", "/api/v1/documents"),
    ("GET", "/api/v1/documents/treaty"),
)


def token_of(client: httpx.Client, origin: str) -> str:
    response = client.post("/api/v1/token", headers={"origin": origin})
    assert response.status_code == 200
    assert response.json()["expires_in"] == 600
    return str(response.json()["token"])


def code_of(response: httpx.Response) -> tuple[int, str]:
    return response.status_code, response.json()["error"]["code"]


@pytest.mark.parametrize(("method", "path"), GUARDED)
def test_an_allowed_origin_alone_is_not_enough(client: httpx.Client, method: str, path: str) -> None:
    body = QUESTION if method == "POST" else None
    claimed = {"origin": SITE}
    missing = client.request(method, path, json=body, headers=claimed)
    assert code_of(missing) == (403, "token_missing")
    assert missing.headers["access-control-allow-origin"] == SITE
    made_up = client.request(method, path, json=body, headers=claimed | {"x-amur-token": "made.up.token"})
    assert code_of(made_up) == (403, "token_invalid")
    of_another = client.request(method, path, json=body, headers=claimed | {"x-amur-token": token_of(client, OTHER)})
    assert code_of(of_another) == (403, "token_invalid")
    taken = client.request(method, path, json=body, headers=claimed | {"x-amur-token": token_of(client, SITE)})
    assert taken.status_code in ((422,) if path.endswith("feedback") else (200,))


@pytest.mark.parametrize("origin", ["https://evil.example", "null"])
def test_a_foreign_site_gets_no_token_and_no_use_of_one(client: httpx.Client, origin: str) -> None:
    assert code_of(client.post("/api/v1/token", headers={"origin": origin})) == (403, "forbidden_origin")
    stolen = {"origin": origin, "x-amur-token": token_of(client, SITE)}
    assert code_of(client.post("/api/v1/ask", json=QUESTION, headers=stolen)) == (403, "forbidden_origin")


def test_a_request_without_an_origin_gets_none_and_needs_none(client: httpx.Client) -> None:
    assert code_of(client.post("/api/v1/token")) == (403, "no_origin")
    assert client.post("/api/v1/ask", json=QUESTION).status_code == 200


class Past(TimestampSigner):
    """Signs as if it were eleven minutes ago."""

    def get_timestamp(self) -> int:
        return super().get_timestamp() - 660


def test_a_token_of_before_is_expired_and_a_new_one_helps(client: httpx.Client, bot: Bot) -> None:
    tokens = Tokens(read_secret(bot.settings), 600)
    past = URLSafeTimedSerializer(
        read_secret(bot.settings), salt="amur-widget", signer=Past, signer_kwargs=tokens._signer.signer_kwargs
    )
    old = past.dumps(SITE)
    tokens_of_long = Tokens(read_secret(bot.settings), 700)
    tokens_of_long.check(old, SITE)  # it is a good token but for its age
    response = client.post("/api/v1/ask", json=QUESTION, headers={"origin": SITE, "x-amur-token": old})
    assert code_of(response) == (403, "token_expired")
    assert response.headers["access-control-allow-origin"] == SITE
    again = client.post("/api/v1/ask", json=QUESTION, headers={"origin": SITE, "x-amur-token": token_of(client, SITE)})
    assert again.status_code == 200


def test_a_token_signed_with_another_secret_is_refused() -> None:
    token = Tokens("one secret", 600).give(SITE)
    Tokens("one secret", 600).check(token, SITE)
    with pytest.raises(RequestError, match="not given by this server"):
        Tokens("another secret", 600).check(token, SITE)


def test_the_secret_is_made_once_for_all_workers_and_only_the_owner_reads_it(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "fresh")
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(read_secret(settings))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1
    assert len(found[0]) >= 40
    assert [path.name for path in settings.home.iterdir()] == [SECRET_FILE]
    assert (settings.home / SECRET_FILE).stat().st_mode & 0o777 == 0o600


def test_a_secret_that_is_given_is_used_and_never_shown(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "fresh", secret_key="a secret of mine")
    assert read_secret(settings) == "a secret of mine"
    assert not settings.home.exists()
    assert "a secret of mine" not in repr(settings) + str(settings)
    assert read_secret(Settings(home=tmp_path / "fresh", secret_key="")) != ""


def test_where_nothing_can_be_written_the_secret_is_of_this_process(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / SECRET_FILE).mkdir()  # also root cannot write that
    settings = Settings(home=home)
    assert read_secret(settings) != read_secret(settings)
