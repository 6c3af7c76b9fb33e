"""Search and documents over the API: what is cited can be read, what was removed is gone."""

import httpx

from bot.pipeline import Bot
from corpus.tombstones import bury, dig_up


def test_search_returns_the_best_passages_and_no_more_than_asked(client: httpx.Client) -> None:
    found = client.get("/api/v1/search", params={"q": "When was the river border settled?"}).json()
    ranks = [p["rank"] for p in found["passages"]]
    assert ranks == list(range(1, len(ranks) + 1))
    assert len(ranks) > 1
    assert found["passages"][0]["document_id"] == "border"
    one = client.get("/api/v1/search", params={"q": "When was the river border settled?", "k": 1}).json()
    assert one["passages"] == found["passages"][:1]


def test_search_keeps_within_its_filters(client: httpx.Client) -> None:
    found = client.get("/api/v1/search", params={"q": "river border", "document": ["treaty", "essay"]}).json()
    assert {p["document_id"] for p in found["passages"]} == {"treaty", "essay"}
    for bad, said in ({"years": "2010-2000"}, "write 2000-2010"), ({"document": "none"}, "There is no document 'none'"):
        refused = client.get("/api/v1/search", params={"q": "border", **bad})
        assert refused.status_code == 422
        assert said in refused.json()["error"]["message"]


def test_a_query_parameter_that_there_is_not_is_refused_by_name(client: httpx.Client) -> None:
    for path in ("/api/v1/search?q=x&top_k=3", "/api/v1/documents?limt=3"):
        response = client.get(path)
        assert response.status_code == 422
        assert response.json()["error"]["message"].split(":")[0] in ("top_k", "limt")


def test_documents_are_listed_in_parts_without_their_text(client: httpx.Client) -> None:
    whole = client.get("/api/v1/documents").json()
    assert (whole["total"], whole["offset"]) == (3, 0)
    assert [d["id"] for d in whole["documents"]] == ["border", "essay", "treaty"]
    assert all("text" not in d for d in whole["documents"])
    part = client.get("/api/v1/documents?offset=1&limit=1").json()
    assert (part["total"], part["documents"]) == (3, whole["documents"][1:2])
    assert client.get("/api/v1/documents?offset=9").json()["documents"] == []


def test_the_offsets_of_a_citation_are_those_of_the_document_returned(client: httpx.Client) -> None:
    answer = client.post("/api/v1/ask", json={"question": "When was the friendship treaty signed?"}).json()
    for citation in answer["citations"]:
        document = client.get(f"/api/v1/documents/{citation['document_id']}").json()
        assert document["text"][citation["source_start"] : citation["source_end"]] == citation["cited_text"]
        assert document["revision"] == citation["revision"]
        assert {s["title"] for s in document["sections"]} >= {citation["section"]} - {""}


def test_a_document_that_was_removed_is_gone_and_says_so(client: httpx.Client, bot: Bot) -> None:
    assert client.get("/api/v1/documents/essay").status_code == 200
    bury(bot.settings, ["essay"])
    try:
        gone = client.get("/api/v1/documents/essay")
        assert (gone.status_code, gone.json()["error"]["code"]) == (410, "removed")
        assert [d["id"] for d in client.get("/api/v1/documents").json()["documents"]] == ["border", "treaty"]
    finally:
        dig_up(bot.settings, ["essay"])
    unknown = client.get("/api/v1/documents/none")
    assert (unknown.status_code, unknown.json()["error"]["code"]) == (404, "not_found")


def test_version_says_what_answers_are_made_from(client: httpx.Client, bot: Bot) -> None:
    said = client.get("/api/v1/version").json()
    answer = client.post("/api/v1/ask", json={"question": "When was the friendship treaty signed?"}).json()
    for name in ("fingerprint", "corpus_revision"):
        assert said[name] == answer[name]
    assert (said["documents"], said["as_of"], said["api"]) == (3, "2024-05-01", "v1")
    assert said["decided_by"] == "rule"
    assert said["starters"] == ["When was the treaty signed?"]
    script = client.get(said["widget"]["url"])
    assert script.status_code == 200
