"""What readers say of an answer: kept when they press, with what reproduces it, and nothing about them."""

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner
from pydantic import SecretStr

import amur
from bot.pipeline import Bot
from bot.serve.feedback import FILE, Feedback, FeedbackStore
from bot.settings import Settings
from corpus.errors import SettingsError
from tests.bot.serve.running import serving

PATH = "/api/v1/feedback"


@pytest.fixture
def served(bot: Bot, tmp_path: Path) -> Iterator[tuple[httpx.Client, Settings]]:
    """A server with a feedback database of its own."""
    settings = bot.settings.model_copy(update={"feedback_url": None})
    own = Settings(**{**settings.model_dump(), "feedback_url": f"sqlite:///{tmp_path / 'said.sqlite3'}"})
    with serving(Bot(own, embedder=bot.embedder)) as address, httpx.Client(base_url=address, timeout=60) as client:
        yield client, own


def said(settings: Settings) -> list[Feedback]:
    store = FeedbackStore(settings)
    try:
        return list(store.read())
    finally:
        store.close()


def test_what_a_reader_says_is_kept_with_the_answer_as_it_was(served: tuple[httpx.Client, Settings]) -> None:
    client, settings = served
    history = [{"role": "user", "content": "Who?"}, {"role": "assistant", "content": "They."}]
    answer = client.post("/api/v1/ask", json={"question": "When was the treaty signed?"}).json()
    assert said(settings) == []
    body = {
        "question": "When was the treaty signed?",
        "history": history,
        "answer": answer,
        "rating": "down",
        "reason": "unsupported-citation",
        "comment": "It says 2001; не так",
    }
    first = client.post(PATH, json=body)
    second = client.post(PATH, json={"question": "Why?", "answer": {}, "rating": "up"})
    assert [(r.status_code, r.json()) for r in (first, second)] == [(201, {"id": 1}), (201, {"id": 2})]
    one, other = said(settings)
    assert one.answer == answer
    assert (one.question, list(one.history), one.comment) == (body["question"], history, body["comment"])
    assert (one.rating, one.reason) == ("down", "unsupported-citation")
    assert (one.fingerprint, one.corpus_revision) == (answer["fingerprint"], answer["corpus_revision"])
    assert one.time.endswith("+00:00")
    assert (other.rating, other.reason, other.comment, other.fingerprint) == ("up", None, "", "")


def test_nothing_about_the_reader_is_kept(served: tuple[httpx.Client, Settings], tmp_path: Path) -> None:
    client, _ = served
    sent = {"user-agent": "Secret-Browser/1", "cookie": "who=me", "referer": "http://elsewhere.example/me"}
    assert client.post(PATH, json={"question": "Why?", "answer": {}, "rating": "up"}, headers=sent).status_code == 201
    kept = (tmp_path / "said.sqlite3").read_bytes()
    for word in (b"Secret-Browser", b"who=me", b"elsewhere.example", b"127.0.0.1"):
        assert word not in kept
    with sqlite3.connect(tmp_path / "said.sqlite3") as connection:
        columns = {row[1] for row in connection.execute("pragma table_info(feedback)")}
    connection.close()
    assert columns == set(Feedback.__dataclass_fields__)


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"rating": "sideways"}, "rating"),
        ({"rating": None}, "rating"),
        ({"reason": "because"}, "reason"),
        ({"comment": "x" * 2001}, "comment"),
        ({"answer": "text"}, "answer"),
        ({"question": "x" * 100_001}, "question"),
        ({"reader": "me"}, "reader"),
    ],
)
def test_what_is_no_feedback_is_refused(
    served: tuple[httpx.Client, Settings], changed: dict[str, Any], named: str
) -> None:
    client, settings = served
    response = client.post(PATH, json={"question": "Why?", "answer": {}, "rating": "up", **changed})
    assert response.status_code == 422
    assert response.json()["error"]["message"].startswith(f"{named}: ")
    assert said(settings) == []


def test_hostile_text_is_kept_and_shown_as_text(served: tuple[httpx.Client, Settings], tmp_path: Path) -> None:
    client, settings = served
    hostile = "a\x1b[31m\n\x00'); drop table feedback; --\u202e\u2028b"
    answer = {"answer": hostile, "deep": "\ud800"}
    sent = json.dumps({"question": hostile, "answer": answer, "rating": "down", "comment": hostile})
    assert client.post(PATH, content=sent, headers={"content-type": "application/json"}).status_code == 201
    assert said(settings)[0].answer == answer
    listed = CliRunner().invoke(amur.cli, ["feedback", "list"], obj=settings, env=environment(settings))
    assert listed.exit_code == 0
    assert listed.output.count("\n") == 3
    assert "\x1b" not in listed.output
    assert "a [31m '); drop table feedback; -- b" in listed.output


def test_no_more_is_kept_than_may_be_until_room_is_made(
    bot: Bot, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    own = bot.settings.model_copy(
        update={"feedback_url": SecretStr(f"sqlite:///{tmp_path / 'few'}"), "max_feedback": 2}
    )
    body = {"question": "Why?", "answer": {}, "rating": "up"}
    with serving(Bot(own, embedder=bot.embedder)) as address, httpx.Client(base_url=address, timeout=60) as client:
        replies = [client.post(PATH, json=body) for _ in range(3)]
        assert [r.status_code for r in replies] == [201, 201, 503]
        assert replies[2].json() == {
            "error": {
                "code": "feedback_full",
                "message": "This server can keep no more feedback until its operator makes room; nothing was kept.",
            }
        }
        assert [f.id for f in said(own)] == [1, 2]
        (logged,) = [r for r in caplog.records if r.message == "feedback refused"]
        assert "AMUR_MAX_FEEDBACK" in logged.amur["error"]  # type: ignore[attr-defined]
        deleted = CliRunner().invoke(amur.cli, ["feedback", "delete", "--through", "1"], env=environment(own))
        assert (deleted.exit_code, deleted.output) == (0, "deleted 1\n")
        assert client.post(PATH, json=body).json() == {"id": 3}
        assert [f.id for f in said(own)] == [2, 3]


def environment(settings: Settings) -> dict[str, str]:
    assert settings.feedback_url is not None
    return {"AMUR_FEEDBACK_URL": settings.feedback_url.get_secret_value()}


def test_the_command_lists_what_was_said(served: tuple[httpx.Client, Settings]) -> None:
    client, settings = served
    nothing = CliRunner().invoke(amur.cli, ["feedback", "list"], env=environment(settings))
    assert (nothing.exit_code, nothing.stdout, nothing.stderr) == (0, "", "no feedback yet\n")
    body = {"question": "Why?", "answer": {"answer": "So. [1]"}, "rating": "down", "reason": "wrong", "comment": "No."}
    assert client.post(PATH, json=body).status_code == 201
    listed = CliRunner().invoke(amur.cli, ["feedback", "list"], env=environment(settings))
    time = said(settings)[0].time
    assert listed.output == f"1. {time} down, wrong: Why?\n   “No.”\n   answered: So. [1]\n"
    lines = CliRunner().invoke(amur.cli, ["feedback", "list", "--json"], env=environment(settings)).output.splitlines()
    assert [json.loads(line)["answer"] for line in lines] == [{"answer": "So. [1]"}]


def test_without_a_setting_it_is_kept_in_the_home_folder(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "fresh")
    store = FeedbackStore(settings)
    assert store.add(Feedback(question="Why?", answer={}, rating="up")) == 1
    store.close()
    assert (settings.home / FILE).is_file()
    assert [f.question for f in said(settings)] == ["Why?"]


@pytest.mark.parametrize("url", ["nowhere://host/name", "sqlite:////proc/no/such/place.db", "not an address"])
def test_a_database_that_cannot_be_used_is_one_line_without_its_password(url: str, tmp_path: Path) -> None:
    store = FeedbackStore(Settings(home=tmp_path, feedback_url=url))
    with pytest.raises(SettingsError, match="AMUR_FEEDBACK_URL") as refused:
        list(store.read())
    assert "\n" not in str(refused.value)


def test_the_password_of_a_database_is_never_shown(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, feedback_url="mysql+nodriver://me:hush@127.0.0.1/said")
    assert "hush" not in repr(settings)
    with pytest.raises(SettingsError) as refused:
        list(FeedbackStore(settings).read())
    assert "hush" not in str(refused.value)
