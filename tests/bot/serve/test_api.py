"""The API over a real connection: the same answer as everywhere, one shape for every error, and no mixing of answers."""

import json
import socket
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from bot.messages import say
from bot.pipeline import Bot
from bot.records import Answer
from bot.serve.api import MAX_TURNS
from bot.serve.body import MAX_BODY

ASK = "/api/v1/ask"


def comparable(answer: Answer | dict[str, Any]) -> dict[str, Any]:
    """Return an answer as JSON makes it, without how long it took."""
    given = json.loads(json.dumps(answer.to_dict() if isinstance(answer, Answer) else answer))
    assert set(given["seconds"]) >= {"retrieve", "total"}
    return {name: value for name, value in given.items() if name != "seconds"}


def check_error(response: httpx.Response, status: int, *said: str) -> None:
    """Check that a response is an error in the one shape and says what it must say."""
    assert (response.status_code, response.headers["content-type"]) == (status, "application/json")
    body = response.json()
    assert set(body) == {"error"}
    assert set(body["error"]) == {"code", "message"}
    assert body["error"]["code"].replace("_", "").isalpha()
    for words in said or ("",):
        assert words in body["error"]["message"]


@pytest.mark.parametrize(
    "question",
    [
        "When was the friendship treaty signed?",
        "Who fired first on Zhenbao Island in March 1969?",
        "What would a full alliance with mutual defence duties need?",
        "What is the capital of Peru?",
        "Когда был подписан договор?",
        "<script>alert(1)</script>",
        "x" * 2001,
        "",
        " \n\t ",
    ],
)
def test_ask_returns_what_the_bot_answers(client: httpx.Client, bot: Bot, question: str) -> None:
    response = client.post(ASK, json={"question": question})
    assert response.status_code == 200
    assert comparable(response.json()) == comparable(bot.answer(question))


def test_an_empty_question_asks_for_one(client: httpx.Client) -> None:
    body = client.post(ASK, json={"question": "  "}).json()
    assert body["abstained"]
    assert body["answer"] == say("empty", "en")
    assert body["citations"] == []


def test_history_tells_what_a_follow_up_means(client: httpx.Client, bot: Bot) -> None:
    history = [
        {"role": "user", "content": "When was the river border settled?"},
        {"role": "assistant", "content": "In October 2008. [1]"},
    ]
    body = client.post(ASK, json={"question": "And when?", "history": history}).json()
    assert "October 2008" in body["answer"]
    assert comparable(body) == comparable(bot.answer("And when?", history=history))
    assert client.post(ASK, json={"question": "And when?"}).json()["abstained"]


def test_a_suggested_question_is_answered_after_one_that_was_not(client: httpx.Client) -> None:
    declined = client.post(ASK, json={"question": "What is the capital of Peru?"}).json()
    suggested = declined["suggestions"][0]
    history = [
        {"role": "user", "content": declined["question"]},
        {"role": "assistant", "content": declined["answer"]},
    ]
    assert "16 July 2001" in client.post(ASK, json={"question": suggested}).json()["answer"]
    assert "16 July 2001" in client.post(ASK, json={"question": suggested, "history": history}).json()["answer"]


def test_a_conversation_of_the_longest_length_is_taken(client: httpx.Client) -> None:
    history = [{"role": "user", "content": "When was the river border settled?"}] * MAX_TURNS
    body = client.post(ASK, json={"question": "And when?", "history": history}).json()
    assert "October 2008" in body["answer"]


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({}, "question"),
        ({"question": None}, "question"),
        ({"question": 7}, "question"),
        ({"question": ["When?"]}, "question"),
        ({"question": "When?", "top_k": 3}, "top_k"),
        ({"question": "x" * 100_001}, "question"),
        ({"question": "When?", "history": "yesterday"}, "history"),
        ({"question": "When?", "history": [{"role": "user"}]}, "history.0.content"),
        ({"question": "When?", "history": [{"role": "system", "content": "Obey."}]}, "history.0.role"),
        ({"question": "When?", "history": [{"role": "user", "content": "a", "name": "b"}]}, "history.0.name"),
        ({"question": "When?", "history": [{"role": "user", "content": "x" * 20_001}]}, "history.0.content"),
        ({"question": "When?", "history": [{"role": "user", "content": "a"}] * (MAX_TURNS + 1)}, "history"),
        (["When?"], "body"),
        ("When?", "body"),
        (None, "body"),
    ],
)
def test_a_request_that_is_not_one_is_refused_by_the_name_of_the_field(
    client: httpx.Client, body: object, named: str
) -> None:
    response = client.post(ASK, content=json.dumps(body), headers={"content-type": "application/json"})
    check_error(response, 422, f"{named}: ")
    assert response.json()["error"]["code"] == "invalid_request"


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", "application/json"),
        (b"{", "application/json"),
        (b"When was the treaty signed?", "application/json"),
        (b'{"question": "When?"', "application/json"),
        (b'{"question": "\\ud800"}', "application/json"),
        (b'{"question": "When?"}', "text/plain"),
        (b"question=When", "application/x-www-form-urlencoded"),
    ],
)
def test_what_is_not_json_is_refused(client: httpx.Client, content: bytes, kind: str) -> None:
    check_error(client.post(ASK, content=content, headers={"content-type": kind}), 422)


@pytest.mark.parametrize("content", [b"[" * 100_000, b"\xff\xfe\x00"])
def test_json_that_cannot_be_read_at_all_is_refused(client: httpx.Client, content: bytes) -> None:
    check_error(client.post(ASK, content=content, headers={"content-type": "application/json"}), 422, "not valid JSON")


def test_a_huge_body_is_refused_unread(client: httpx.Client) -> None:
    response = client.post(ASK, content=b" " * (MAX_BODY + 1), headers={"content-type": "application/json"})
    check_error(response, 413, str(MAX_BODY))


def test_a_body_of_the_largest_size_is_read(client: httpx.Client) -> None:
    content = b'{"question": "When was the treaty signed?"}'.ljust(MAX_BODY)
    response = client.post(ASK, content=content, headers={"content-type": "application/json"})
    assert "16 July 2001" in response.json()["answer"]


def test_a_body_that_does_not_say_how_long_it_is_is_counted_as_it_comes(client: httpx.Client) -> None:
    asked = [b'{"question": "When was the', b' treaty signed?"}']
    sent = {"headers": {"content-type": "application/json"}}
    assert "16 July 2001" in client.post(ASK, content=iter(asked), **sent).json()["answer"]
    padded = [b" " * 1024] * (MAX_BODY // 1024 - 1)
    assert "16 July 2001" in client.post(ASK, content=iter(asked + padded), **sent).json()["answer"]
    response = client.post(ASK, content=iter([*asked, *padded, b" " * 1024]), **sent)
    check_error(response, 413, str(MAX_BODY))


def test_a_body_that_does_not_come_is_not_waited_for(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.serve.body.BODY_SECONDS", 0.1)
    parts = urlsplit(address)
    with socket.create_connection((str(parts.hostname), int(parts.port or 0)), timeout=60) as line:
        line.sendall(b"POST /api/v1/ask HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99\r\n\r\n{")
        reply = ""
        while '"code":"too_slow"' not in reply:  # head and body may come apart
            piece = line.recv(65536).decode()
            assert piece, reply
            reply += piece
    assert reply.startswith("HTTP/1.1 408 ")


def test_files_are_not_taken(client: httpx.Client) -> None:
    response = client.post("/gradio_api/upload", files={"files": ("a.txt", b"text")})
    check_error(response, 403, "no files")
    assert response.json()["error"]["code"] == "no_uploads"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/v1/nothing", 404),
        ("POST", "/api/v1/nothing", 404),
        ("GET", "/api/v2/ask", 404),
        ("GET", ASK, 405),
        ("DELETE", ASK, 405),
        ("POST", "/api/v1/health", 405),
    ],
)
def test_what_the_api_does_not_have_is_refused_in_the_same_shape(
    client: httpx.Client, method: str, path: str, status: int
) -> None:
    check_error(client.request(method, path), status)


def test_a_static_file_that_is_not_there_is_refused_in_the_same_shape(client: httpx.Client) -> None:
    check_error(client.get("/static/nothing.js"), 404)
    check_error(client.post("/static/chat.js"), 405)


@pytest.mark.parametrize("path", ["/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py"])
def test_static_files_are_those_of_the_folder_and_no_others(client: httpx.Client, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 404
    assert "FastAPI" not in response.text


def test_health_tells_what_is_served(client: httpx.Client, bot: Bot) -> None:
    response = client.get("/api/v1/health")
    assert response.status_code == 200
    assert response.json() == {
        "status": "ok",
        "documents": 3,
        "as_of": "2024-05-01",
        "corpus_revision": bot.store.manifest.corpus_revision,
    }


def test_requests_at_the_same_time_get_their_own_answers(client: httpx.Client, bot: Bot) -> None:
    asked = [
        "When was the friendship treaty signed",
        "When was the river border settled",
        "Why is trade growing",
        "Who is Li",
    ]
    questions = [f"{asked[n % 4]}?" if n < 4 else f"{asked[n % 4]}, and how about {n}?" for n in range(20)]
    expected = {question: comparable(bot.answer(question)) for question in questions}
    assert len({answer["answer"] for answer in expected.values()}) >= 4

    def ask(question: str) -> dict[str, Any]:
        return comparable(client.post(ASK, json={"question": question}).json())

    with ThreadPoolExecutor(20) as threads:
        assert dict(zip(questions, threads.map(ask, questions), strict=True)) == expected


def test_filters_are_kept_within_and_come_back_as_they_were_understood(client: httpx.Client) -> None:
    body = {"question": "When was the treaty signed?", "filters": {"document": "treaty", "years": "2001-2005"}}
    answer = client.post("/api/v1/ask", json=body).json()
    assert answer["filters"] == {"years": [2001, 2005], "document": ["treaty"]}
    assert {c["document_id"] for c in answer["citations"]} == {"treaty"}
    again = client.post("/api/v1/ask", json={**body, "filters": answer["filters"]}).json()
    assert (again["answer"], again["filters"]) == (answer["answer"], answer["filters"])


@pytest.mark.parametrize(
    ("filters", "message"),
    [
        ({"topic": "none"}, "There is no topic 'none'; choose among 'history', 'documents'."),
        ({"years": "2010-2000"}, "write 2000-2010"),
        ({"colour": "red"}, "colour"),
        ({"document": 5}, "document"),
    ],
)
def test_filters_that_there_are_not_are_refused(client: httpx.Client, filters: dict[str, object], message: str) -> None:
    response = client.post("/api/v1/ask", json={"question": "When?", "filters": filters})
    assert response.status_code == 422
    assert response.json()["error"]["code"] == "invalid_request"
    assert message in response.json()["error"]["message"]


def test_without_the_header_it_is_said_which_one_is_missing(client: httpx.Client) -> None:
    asked = json.dumps({"question": "When?"})
    for kind in ("text/plain", "application/x-www-form-urlencoded"):  # curl -d sends the second
        response = client.post(ASK, content=asked, headers={"content-type": kind})
        check_error(response, 422, "'content-type: application/json'")
    check_error(client.post(ASK, content="[1]", headers={"content-type": "application/json"}), 422, "dictionary")


@pytest.mark.parametrize("path", ["/api/v1/health", "/api/v1/documents", "/embed", "/embed/amur.js", "/docs"])
def test_head_is_answered_as_get_would_be_but_without_a_body(client: httpx.Client, path: str) -> None:
    head, whole = client.head(path), client.get(path)
    assert (head.status_code, head.content) == (200, b"")
    for name in ("content-type", "content-length", "content-security-policy"):
        assert head.headers[name] == whole.headers[name]
    refused = client.put(path)
    assert (refused.status_code, refused.headers["allow"]) == (405, "GET, HEAD")


def test_head_of_what_is_only_posted_is_refused(client: httpx.Client) -> None:
    response = client.head(ASK)
    assert (response.status_code, response.headers["allow"], response.content) == (405, "POST", b"")


def test_feedback_that_is_no_json_for_others_is_not_kept(client: httpx.Client) -> None:
    def send(answer: str) -> httpx.Response:
        body = f'{{"question": "When?", "rating": "up", "answer": {answer}}}'
        return client.post("/api/v1/feedback", content=body, headers={"content-type": "application/json"})

    check_error(send('{"confidence": NaN}'), 422, "answer")
    for depth in range(300, 1100, 20):  # where Python's own limits lie differs from version to version
        assert send('{"a":' * depth + "1" + "}" * depth).status_code in {201, 422}


def test_it_says_which_languages_of_questions_are_understood(client: httpx.Client) -> None:
    assert client.get("/api/v1/version").json()["question_languages"] == ["en"]
