"""Verifying an exported answer: what still stands, what was changed in the file or in the corpus, what is gone, and bad files."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.pipeline import Bot
from bot.verify import Verified, read_answers, verify
from corpus.errors import AmurError
from index.build import build_index
from tests.fakes import BagOfWords

ZHENBAO = "Who fired first on Zhenbao Island in March 1969?"
SIGNED = "When was the friendship treaty signed?"


@pytest.fixture
def answer(small_bot: Bot) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(small_bot.answer(ZHENBAO).to_dict()))
    return found


def statuses(verified: Verified) -> list[tuple[int, str]]:
    return [(one.number, one.status) for one in verified.checked]


def test_what_was_exported_a_moment_ago_stands(small_bot: Bot, answer: dict[str, Any]) -> None:
    verified = verify(answer, small_bot.store)
    assert statuses(verified) == [(1, "ok"), (2, "ok"), (3, "ok")]
    assert verified.ok
    assert verified.revision == verified.here == small_bot.store.manifest.corpus_revision


def test_an_abstention_has_nothing_to_check(small_bot: Bot) -> None:
    verified = verify(small_bot.answer("What is the capital of Peru?").to_dict(), small_bot.store)
    assert (verified.checked, verified.ok) == ((), True)


def changed(answer: dict[str, Any], *path: Any, to: Any) -> dict[str, Any]:
    made = copy.deepcopy(answer)
    inner: Any = made
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = to
    return made


@pytest.mark.parametrize(
    ("path", "to", "expected"),
    [
        (("citations", 0, "cited_text"), "Nobody fired.", (1, "changed")),
        (("citations", 1, "source_start"), 3, (2, "changed")),
        (("citations", 1, "source_end"), 10**9, (2, "changed")),
        (("citations", 1, "source_start"), -5, (2, "changed")),
        (("citations", 2, "document_id"), "nowhere", (3, "gone")),
        (("statements", 0, "text"), "Nobody fired.", (1, "changed")),
        (("statements", 0, "numbers"), [9], (9, "changed")),
        (("statements", 0, "numbers"), [], (0, "changed")),
        (("answer",), "Nobody fired. [1]", (0, "changed")),
        (("statements",), [], (0, "changed")),
    ],
)
def test_whatever_was_changed_in_the_file_is_found(
    small_bot: Bot, answer: dict[str, Any], path: tuple[Any, ...], to: Any, expected: tuple[int, str]
) -> None:
    verified = verify(changed(answer, *path, to=to), small_bot.store)
    assert expected in statuses(verified)
    assert not verified.ok


def test_words_added_to_the_text_are_found(small_bot: Bot, answer: dict[str, Any]) -> None:
    verified = verify({**answer, "answer": answer["answer"] + " And more."}, small_bot.store)
    assert [(c.number, c.detail) for c in verified.checked if c.status != "ok"] == [
        (0, "the text holds what no statement says: 'And more.'")
    ]


def test_a_number_in_square_brackets_in_a_document_is_no_marker(
    make_bot: Callable[..., Bot], corpus_folder: Path
) -> None:
    (corpus_folder / "note.txt").write_text("The Tianjin depot [2] cost 5 million in 1997 [3].\n", encoding="utf-8")
    bot = make_bot()
    answer = bot.answer("What did the Tianjin depot cost in 1997?").to_dict()
    assert "[2]" in answer["citations"][0]["cited_text"]
    assert verify(answer, bot.store).ok


def test_a_corpus_that_moved_on_is_told(make_bot: Callable[..., Bot], corpus_folder: Path) -> None:
    before = make_bot().answer(SIGNED).to_dict()
    path = corpus_folder / "treaty.md"
    text = path.read_text(encoding="utf-8")

    def after(other: str) -> Verified:
        path.write_text(other, encoding="utf-8")
        bot = make_bot()
        return verify(before, bot.store)

    elsewhere = after(text.replace("June 2021", "June 2022"))
    assert elsewhere.ok
    assert elsewhere.revision != elsewhere.here
    assert elsewhere.checked[0].detail == "the document changed elsewhere"
    moved = after(text.replace("China and Russia signed", "An opening sentence.\n\nChina and Russia signed"))
    assert moved.checked[0].status == "changed"
    start = len("An opening sentence.\n\n")
    end = start + len(before["citations"][0]["cited_text"])
    assert (
        moved.checked[0].detail
        == f"the document has other words at these offsets; the same words stand at {start}–{end}"
    )
    path.unlink()
    bot = make_bot()
    assert next((c.status, c.detail) for c in verify(before, bot.store).checked) == (
        "gone",
        "the document is not in this index",
    )


def test_a_removed_document_is_gone_at_once(small_bot: Bot, answer: dict[str, Any]) -> None:
    verified = verify(answer, small_bot.store, frozenset({"border"}))
    assert {(c.status, c.detail) for c in verified.checked} == {("gone", "the document was removed")}


def test_a_file_holds_one_answer_or_one_a_line(tmp_path: Path, answer: dict[str, Any]) -> None:
    one, many = tmp_path / "one.json", tmp_path / "many.jsonl"
    one.write_text(json.dumps(answer, indent=1), encoding="utf-8")
    many.write_text(f"{json.dumps(answer)}\n\n{json.dumps(answer)}\n", encoding="utf-8")
    assert read_answers(one) == [answer]
    assert read_answers(many) == [answer, answer]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"\xff\xfe\x00", "as UTF-8 text"),
        (b"not json", ":1: not valid JSON"),
        (b'{"question": "x"}\n{', ":1: this is no answer"),
        (b'\n{"question": "x"', ":2: not valid JSON"),
        (b"[1]", "this is no answer but a list"),
        (b'{"question": "x"}', "this is no answer ('answer' is missing or broken)"),
        (b"[" * 100_000, "not valid JSON"),
        (b'{"error": "x", "id": 3}', "this is no answer"),
    ],
)
def test_a_file_that_is_none_is_told_in_a_line(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "file.json"
    path.write_bytes(content)
    with pytest.raises(AmurError) as refused:
        read_answers(path)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)
    with pytest.raises(AmurError, match="Cannot read"):
        read_answers(tmp_path / "nowhere.json")


@pytest.mark.parametrize(
    ("path", "to", "part"),
    [
        (("citations",), None, "citations"),
        (("citations", 0, "source_start"), "0", "citations"),
        (("citations", 0, "source_start"), True, "citations"),
        (("citations", 0), 3, "citations"),
        (("statements", 0, "numbers"), "1", "statements"),
        (("statements", 0, "numbers"), [[1]], "statements"),
        (("corpus_revision",), 5, "corpus_revision"),
    ],
)
def test_a_broken_part_is_named(
    tmp_path: Path, answer: dict[str, Any], path: tuple[Any, ...], to: Any, part: str
) -> None:
    file = tmp_path / "a.json"
    file.write_text(json.dumps(changed(answer, *path, to=to)), encoding="utf-8")
    with pytest.raises(AmurError, match=f"'{part}' is missing or broken"):
        read_answers(file)


def test_an_index_built_anew_verifies_what_the_old_one_answered(make_bot: Callable[..., Bot]) -> None:
    bot = make_bot()
    answer = bot.answer(SIGNED).to_dict()
    build_index(bot.settings, embedder=BagOfWords(), force=True)
    assert verify(answer, bot.store).ok
