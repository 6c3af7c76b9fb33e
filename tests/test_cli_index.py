"""`amur index`, `amur ask` and `amur search` with the packaged model."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from corpus.documents import load_corpus
from tests.commands import CONTRACT, answered, invoke, refused
from tests.small import write_corpus

SIGNED = "When was the friendship treaty signed?"
ABSENT = "How many S-500 systems has China bought?"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Result]:
    """Build the small corpus with the packaged model once, by the command; returns its home, its folder and what was said."""
    folder, home = write_corpus(tmp_path_factory.mktemp("built") / "corpus"), tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AMUR_HOME", str(home))
        patch.setenv("AMUR_CORPUS", str(folder))
        patch.chdir(folder)
        result = invoke("index", "build")
    assert result.exit_code == 0, f"{result.stderr} {result.exception!r}"
    return home, folder, result


@pytest.fixture
def indexed(built: tuple[Path, Path, Result], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Let the command see a copy of the small corpus and of its index; returns the folder of the corpus."""
    home, folder, _ = built
    shutil.copytree(home, tmp_path / "home")
    shutil.copytree(folder, tmp_path / "texts")
    monkeypatch.setenv("AMUR_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("AMUR_CORPUS", str(tmp_path / "texts"))
    return tmp_path / "texts"


# amur index


@pytest.mark.model
def test_index_build_says_what_it_did_and_does_nothing_twice(built: tuple[Path, Path, Result], indexed: Path) -> None:
    assert "built: 3 documents, 5 chunks, 11 sentences; 16 texts embedded, 0 reused" in built[2].stderr
    assert built[2].stdout == ""
    assert invoke("index", "build").stderr == "up to date: 3 documents, 5 chunks, 11 sentences\n"
    assert "16 reused" in invoke("index", "build", "--force").stderr


@pytest.mark.model
def test_index_status_tells_what_the_index_is_and_whether_it_is_up_to_date(indexed: Path) -> None:
    result = invoke("index", "status")
    assert "embedding_model: packaged:all-MiniLM-L6-v2\n" in result.stdout
    assert "languages: en\n" in result.stdout
    assert result.stderr == "up to date\n"
    manifest = json.loads(answered("index", "status", "--json"))
    assert (manifest["documents"], manifest["chunks"], manifest["sentences"]) == (3, 5, 11)
    assert (manifest["dimension"], manifest["as_of"]) == (384, "2024-05-01")
    (indexed / "new.txt").write_text("Harbin has an ice festival.\n", encoding="utf-8")
    assert invoke("index", "status").stderr == "the corpus has changed since; run: amur index build\n"


@pytest.mark.model
def test_index_check_finds_a_whole_index_whole_and_a_broken_one_broken(indexed: Path, tmp_path: Path) -> None:
    assert invoke("index", "check").stderr.endswith("whole\n")
    manifest = next((tmp_path / "home" / "index").glob("*/manifest.json"))
    manifest.write_text(manifest.read_text(encoding="utf-8").replace('"chunks": 5', '"chunks": 6'), encoding="utf-8")
    assert "holds 5 chunks instead of 6" in refused("index", "check")
    manifest.unlink()
    assert "has no readable manifest; run: amur index build" in refused("index", "check")


@pytest.mark.model
def test_settings_that_the_index_was_not_built_with_are_refused(indexed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AMUR_CHUNK_TOKENS", "64")
    for arguments in (["ask", SIGNED], ["search", SIGNED], ["index", "check"]):
        assert "built with chunk_tokens 256, the settings say 64; run: amur index build" in refused(*arguments)


@pytest.mark.model
def test_a_corpus_without_any_sentence_cannot_be_built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "empty.md").touch()
    monkeypatch.setenv("AMUR_CORPUS", str(tmp_path / "texts"))
    assert "texts" in refused("index", "build")


# amur ask, amur search


@pytest.mark.model
def test_ask_prints_the_answer_its_sources_and_whose_voices_they_are(indexed: Path) -> None:
    said = answered("ask", SIGNED)
    assert said.startswith("China and Russia signed the friendship treaty in Moscow on 16 July 2001. [1]\n")
    assert "\nSources\n[1] The treaty (undated), verbatim\n" in said
    assert "    – Treaty text. Ministry, 2001-07-16 (chinese-official). https://example.org/treaty\n" in said
    assert said.endswith("\n1 source: 1 Chinese official. Corpus as of 2024-05-01.\n")


@pytest.mark.model
def test_ask_reads_the_question_from_standard_input(indexed: Path) -> None:
    assert answered("ask", "-", stdin=SIGNED + "\n") == answered("ask", SIGNED)


@pytest.mark.model
def test_ask_declines_and_offers_questions_it_answers(indexed: Path) -> None:
    said = answered("ask", ABSENT)
    assert said.startswith("The corpus does not answer this question.")
    assert "\nQuestions it can answer:\n  – " in said
    assert "Sources" not in said


@pytest.mark.model
def test_ask_keeps_within_filters_and_refuses_those_there_are_not(indexed: Path, tmp_path: Path) -> None:
    late = json.loads(answered("ask", "--json", "--document", "treaty", "--years", "2021", SIGNED))
    assert late["filters"] == {"years": [2021, 2021], "document": ["treaty"]}
    assert all("2021" in c["cited_text"] for c in late["citations"])
    assert "There is no topic 'none'; choose among 'history', 'documents'." in refused("ask", "--topic", "none", SIGNED)
    lines = [
        {"id": 1, "question": SIGNED},
        {"id": 2, "question": SIGNED, "filters": {"years": "1969"}},
        {"id": 3, "question": SIGNED, "filters": {"topic": "x"}},
        {"id": 4, "question": SIGNED, "filters": "x"},
    ]
    (tmp_path / "in.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    invoke("ask", "--topic", "history", "--batch", str(tmp_path / "in.jsonl"), "--out", str(tmp_path / "out.jsonl"))
    got = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [line.get("filters") for line in got] == [
        {"topic": ["history"]},
        {"topic": ["history"], "years": [1969, 1969]},
        None,
        None,
    ]
    assert got[2] == {"id": 3, "error": "There is no topic 'x'; choose among 'history', 'documents'."}
    assert '"filters" must be an object' in got[3]["error"]


@pytest.mark.model
def test_ask_prints_an_answer_to_take_away_and_verify_checks_it(indexed: Path, tmp_path: Path) -> None:
    assert answered("ask", "--format", "markdown", SIGNED).startswith(f"# {SIGNED}\n")
    assert answered("ask", "--format", "bibtex", SIGNED).startswith("@misc{pact,\n")
    assert json.loads(answered("ask", "--format", "csl", SIGNED))[0]["id"] == "pact"
    path = tmp_path / "answer.json"
    path.write_text(answered("ask", "--format", "json", SIGNED), encoding="utf-8")
    said = answered("verify", str(path))
    assert said.startswith(f"{SIGNED}\n  corpus revision ")
    assert said.endswith(" (the same)\n  ok      [1] treaty\n")
    assert json.loads(answered("verify", "--json", str(path)))["ok"] is True
    path.write_text(path.read_text(encoding="utf-8").replace("16 July 2001", "17 July 2001"), encoding="utf-8")
    result = invoke("verify", str(path))
    assert "changed [1] treaty: the document has other words at these offsets" in result.stdout
    assert "checks of" in refused("verify", str(path))
    assert "Cannot read" in refused("verify", str(tmp_path / "nowhere.json"))


@pytest.mark.model
def test_ask_json_holds_every_field_of_the_contract(indexed: Path) -> None:
    answer = json.loads(answered("ask", "--json", SIGNED))
    assert list(answer) == CONTRACT
    assert (answer["question"], answer["language"], answer["mode"]) == (SIGNED, "en", "extractive")
    assert (answer["abstained"], answer["series"], answer["filters"]) == (False, None, {})
    assert answer["source_mix"] == {"chinese-official": 1}
    assert list(answer["statements"][0]) == ["text", "numbers", "verdict"]
    citation = answer["citations"][0]
    assert (
        list(citation)
        == (
            "number document_id title publisher issued kind perspective section page url revision cited_text source_start source_end "
            "verdict references"
        ).split()
    )
    assert citation["source_end"] - citation["source_start"] == len(citation["cited_text"])
    assert list(citation["references"][0]) == ["id", "title", "publisher", "issued", "url", "perspective"]
    assert set(answer["seconds"]) == {"rewrite", "retrieve", "answer", "cite", "total"}
    declined = json.loads(answered("ask", "--json", ABSENT))
    assert list(declined) == CONTRACT
    assert (declined["abstained"], declined["citations"], declined["statements"]) == (True, [], [])
    assert len(declined["suggestions"]) > 0


BATCH: list[Any] = [
    {"id": "first", "question": SIGNED},
    "{not JSON",
    {"id": 7, "question": ABSENT},
    "",
    {"id": "third", "qestion": SIGNED},
    [SIGNED],
    {"question": "когда?"},
    {"id": "later", "question": "And when was it extended?", "history": [{"role": "user", "content": SIGNED}]},
    {"id": "history", "question": SIGNED, "history": "none"},
    {"id": {"any": ["JSON"]}, "question": ""},
]


def write_batch(path: Path, lines: list[Any]) -> None:
    text = "\n".join(line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines)
    path.write_text("\ufeff" + text, encoding="utf-8")


@pytest.mark.model
@pytest.mark.parametrize("to_file", [True, False], ids=["--out", "standard output"])
def test_a_batch_keeps_order_and_ids_and_goes_on_after_bad_lines(indexed: Path, tmp_path: Path, to_file: bool) -> None:
    write_batch(tmp_path / "in.jsonl", BATCH)
    result = invoke("ask", "--batch", "in.jsonl", *(["--out", "out.jsonl"] if to_file else []))
    written = (tmp_path / "out.jsonl").read_text(encoding="utf-8") if to_file else result.stdout
    rows = [json.loads(line) for line in written.splitlines()]
    assert [row["id"] for row in rows] == ["first", None, 7, "third", None, None, "later", "history", {"any": ["JSON"]}]
    bad = [row for row in rows if "error" in row]
    assert [(row["id"], row["line"]) for row in bad] == [(None, 2), ("third", 5), (None, 6), ("history", 9)]
    assert re.findall(r"^amur: in\.jsonl:(\d+): .+$", result.stderr, re.MULTILINE) == ["2", "5", "6", "9"]
    assert all(list(row) == ["id", *CONTRACT] for row in rows if row not in bad)
    assert "16 July 2001" in rows[0]["answer"]
    assert rows[2]["abstained"]
    assert "friendship treaty" in rows[6]["query"]
    assert "June 2021" in rows[6]["answer"]
    assert result.exit_code == 1
    assert str(result.exception) == (
        "4 of 9 lines of 'in.jsonl' were not answered; they are marked with 'error' in the output"
    )


@pytest.mark.model
def test_a_batch_without_bad_lines_succeeds_and_answers_as_ask_does(indexed: Path, tmp_path: Path) -> None:
    write_batch(tmp_path / "in.jsonl", [BATCH[0], BATCH[2]])
    result = invoke("ask", "--batch", "in.jsonl", "--out", "out.jsonl")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "")
    rows = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    for row, question in zip(rows, (SIGNED, ABSENT), strict=True):
        alone = json.loads(answered("ask", "--json", question))
        assert {**alone, "seconds": None} == {**{k: row[k] for k in CONTRACT}, "seconds": None}


@pytest.mark.model
def test_an_id_of_half_a_character_does_not_end_a_batch(indexed: Path, tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text(
        f'{{"id": "\\ud800", "question": "{SIGNED}"}}\n{{"id": "next", "question": "{SIGNED}"}}\n', encoding="utf-8"
    )
    invoke("ask", "--batch", "in.jsonl", "--out", "out.jsonl")
    assert len((tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()) == 2


@pytest.mark.model
def test_a_line_of_a_batch_ends_at_a_newline_only(indexed: Path, tmp_path: Path) -> None:
    write_batch(tmp_path / "in.jsonl", [{"id": "one", "question": "When was the\u2028friendship treaty\u0085signed?"}])
    rows = answered("search", "--batch", "in.jsonl").splitlines()
    assert len(rows) == 1


@pytest.mark.model
def test_search_json_ranks_passages_with_their_place_in_the_document(indexed: Path) -> None:
    found = json.loads(answered("search", "--json", "friendship treaty extended"))
    assert list(found) == ["question", "query", "passages"]
    passages = found["passages"]
    assert [p["rank"] for p in passages] == list(range(1, len(passages) + 1))
    assert [p["score"] for p in passages] == sorted((p["score"] for p in passages), reverse=True)
    assert (
        list(passages[0]) == ("rank score similarity lexical document_id header source_start source_end text").split()
    )
    assert (passages[0]["document_id"], passages[0]["header"]) == ("treaty", "The treaty › Extension")
    texts = {d.id: d.text for d in load_corpus([indexed]).documents}
    for p in passages:
        assert p["text"] == texts[p["document_id"]][p["source_start"] : p["source_end"]]
    assert len(json.loads(answered("search", "--json", "-k", "2", "friendship treaty"))["passages"]) == 2


@pytest.mark.model
def test_search_prints_passages_and_runs_batches(indexed: Path, tmp_path: Path) -> None:
    said = answered("search", "friendship treaty extended")
    assert said.startswith("1. The treaty › Extension  (treaty, score ")
    write_batch(
        tmp_path / "in.jsonl", [{"id": "a", "question": "treaty"}, "{", {"id": "b", "question": "Zhenbao Island"}]
    )
    result = invoke("search", "--batch", "in.jsonl")
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [row["id"] for row in rows] == ["a", None, "b"]
    assert rows[2]["passages"][0]["document_id"] == "border"
    assert result.exit_code == 1


@pytest.mark.model
def test_a_removed_document_is_never_cited_and_comes_back_with_a_build(indexed: Path) -> None:
    def cited() -> set[str]:
        return {c["document_id"] for c in json.loads(answered("ask", "--json", SIGNED))["citations"]}

    assert "treaty" in cited()
    answered("corpus", "remove", "treaty")
    assert "treaty" not in cited()
    answered("index", "build")
    assert "treaty" not in cited()
    answered("corpus", "restore", "treaty")
    answered("index", "build")
    assert "treaty" in cited()
