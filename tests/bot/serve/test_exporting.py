"""Exports over HTTP: an address to link to, a request with a conversation, files of every form."""

import httpx
import pytest

from bot.export import FORMATS
from bot.pipeline import Bot
from bot.verify import verify

TREATY = "When was the friendship treaty signed?"


@pytest.mark.parametrize("form", FORMATS)
def test_an_address_gives_a_file_of_that_form(client: httpx.Client, form: str) -> None:
    media, _, ending = FORMATS[form]
    response = client.get("/api/v1/export", params={"q": TREATY, "format": form})
    assert response.status_code == 200
    assert response.headers["content-type"].split(";")[0] == media
    shown = "inline" if form == "html" else "attachment"
    assert response.headers["content-disposition"] == f'{shown}; filename="amur-answer.{ending}"'
    assert ("Treaty text" if form != "json" else "16 July 2001") in response.text


def test_filters_stand_in_the_address(client: httpx.Client, bot: Bot) -> None:
    chosen = {"q": TREATY, "format": "json", "document": "treaty", "years": "2001-2005", "topic": ["history"]}
    answer = client.get("/api/v1/export", params=chosen).json()
    assert answer["filters"] == {"topic": ["history"], "years": [2001, 2005], "document": ["treaty"]}
    assert verify(answer, bot.store).ok
    refused = client.get("/api/v1/export", params={"q": TREATY, "topic": "none"})
    assert refused.status_code == 422
    assert "There is no topic" in refused.json()["error"]["message"]


def test_a_follow_up_is_exported_with_its_conversation(client: httpx.Client) -> None:
    history = [
        {"role": "user", "content": "When was the river border settled?"},
        {"role": "assistant", "content": "In October 2008."},
    ]
    body = {"question": "And when?", "history": history, "format": "text"}
    assert "October 2008" in client.post("/api/v1/export", json=body).text


@pytest.mark.parametrize("params", [{"q": TREATY, "format": "docx"}, {"format": "text"}])
def test_what_cannot_be_exported_is_refused(client: httpx.Client, params: dict[str, str]) -> None:
    response = client.get("/api/v1/export", params=params)
    assert response.status_code == 422
    assert response.json()["error"]["code"] == "invalid_request"
