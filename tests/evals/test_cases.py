"""Case files: every bad line is named at once, and the shipped cases are about the shipped texts."""

import json
import re
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from corpus.documents import Corpus, Document, load_corpus
from corpus.errors import EvalError
from corpus.settings import SHIPPED_TEXTS
from evals.cases import SHIPPED_CASES, SPLITS, Case, Nugget, load_cases
from evals.check import NEAR, check_cases, check_suite, load_splits, overlap

GOOD: dict[str, Any] = {
    "id": "treaty-date",
    "question": "When was the treaty signed?",
    "kind": "fact",
    "answerable": True,
    "nuggets": [
        {"id": "date", "any": ["16 July 2001", r"2001-07-16"]},
        {"id": "place", "any": ["Moscow"], "vital": False},
    ],
    "documents": ["treaty-2001"],
    "must_not": ["1950"],
    "history": [{"role": "user", "content": "Which treaty holds?"}],
    "language": "en",
    "note": "from the treaty's text",
    "split": "test",
    "reference": "China and Russia signed it on 16 July 2001.",
    "group": "treaty",
}
LEAST: dict[str, Any] = {
    "id": "peru",
    "question": "What is the capital of Peru?",
    "kind": "off-topic",
    "answerable": False,
}


def write(path: Path, *lines: Any) -> Path:
    text = "\n".join(line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines)
    path.write_text(text + "\n", encoding="utf-8")
    return path


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in GOOD.items() if key != name}


def refused(*paths: Path) -> str:
    with pytest.raises(EvalError) as caught:
        load_cases(paths)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_good_line_is_read_whole(tmp_path: Path) -> None:
    case, least = load_cases([write(tmp_path / "a.jsonl", GOOD, LEAST)])
    assert case == Case(
        id="treaty-date",
        question="When was the treaty signed?",
        kind="fact",
        answerable=True,
        nuggets=(
            Nugget(id="date", any=("16 July 2001", "2001-07-16")),
            Nugget(id="place", any=("Moscow",), vital=False),
        ),
        documents=("treaty-2001",),
        must_not=("1950",),
        history=({"role": "user", "content": "Which treaty holds?"},),
        note="from the treaty's text",
        split="test",
        reference="China and Russia signed it on 16 July 2001.",
        group="treaty",
    )
    assert (least.nuggets, least.documents, least.must_not, least.history) == ((), (), (), ())
    assert (least.language, least.note, least.split) == ("en", "", "dev")


def test_a_case_written_and_read_again_is_the_same(tmp_path: Path) -> None:
    first = load_cases([write(tmp_path / "a.jsonl", GOOD, LEAST)])
    assert load_cases([write(tmp_path / "b.jsonl", *map(asdict, first))]) == first


def test_a_folder_stands_for_its_case_files_in_order(tmp_path: Path) -> None:
    write(tmp_path / "b.jsonl", LEAST)
    write(tmp_path / "a.jsonl", {**GOOD, "id": "first"}, "", "  ", {**GOOD, "id": "second"})
    write(tmp_path / "notes.json", "not a case")
    assert [c.id for c in load_cases([tmp_path])] == ["first", "second", "peru"]


def test_a_byte_order_mark_is_no_bad_line(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(LEAST).encode("utf-8"))
    assert [c.id for c in load_cases([path])] == ["peru"]


BAD = {
    "not JSON": ("{", "Expecting property name"),
    "no object": ("[1]", "not a JSON object"),
    "text": ('"case"', "not a JSON object"),
    "no id": (without("id"), "lacks 'id'"),
    "half a character": (json.dumps({**GOOD, "question": "Who is \ud83d?"}), "holds half a character"),
    "no question": (without("question"), "lacks 'question'"),
    "no kind": (without("kind"), "lacks 'kind'"),
    "no answerable": (without("answerable"), "lacks 'answerable'"),
    "answerable as text": ({**GOOD, "answerable": "yes"}, "'answerable' must be true or false"),
    "an unknown field": ({**GOOD, "nugets": []}, "unknown field 'nugets'"),
    "answerable without nuggets": ({**GOOD, "nuggets": []}, "an answerable case needs a vital nugget"),
    "a reference that is no text": ({**GOOD, "reference": 5}, "'reference' must be text"),
    "a nugget without id": ({**GOOD, "nuggets": [{"any": ["x"]}]}, "'id'"),
    "a nugget without any": ({**GOOD, "nuggets": [{"id": "n"}]}, "'any'"),
    "a nugget without patterns": ({**GOOD, "nuggets": [{"id": "n", "any": []}]}, "the nugget 'n' has no patterns in 'any'"),
    "a nugget of numbers": ({**GOOD, "nuggets": [{"id": "n", "any": [2001]}]}, "the nugget 'n' has no patterns in 'any'"),
    "a bad pattern": ({**GOOD, "nuggets": [{"id": "n", "any": ["("]}]}, "unterminated subpattern"),
    "a bad must_not": ({**GOOD, "must_not": ["*"]}, "nothing to repeat"),
    "another split": ({**GOOD, "split": "train"}, f"'split' must be one of {', '.join(SPLITS)}"),
    "null for a list": ({**GOOD, "documents": None}, "'documents' must be a list"),
}  # fmt: skip


@pytest.mark.parametrize("fault", BAD)
def test_a_bad_line_is_named_with_file_and_number(tmp_path: Path, fault: str) -> None:
    line, why = BAD[fault]
    message = refused(write(tmp_path / "mine.jsonl", LEAST, "", line))
    assert message.startswith("Bad cases, mend them: mine.jsonl:3: ")
    assert why in message
    assert message.count("mine.jsonl:") == 1


def test_all_bad_lines_of_all_files_are_named_at_once(tmp_path: Path) -> None:
    one = write(tmp_path / "one.jsonl", "{", LEAST, {**GOOD, "split": "x"})
    two = write(tmp_path / "two.jsonl", GOOD, without("kind"), LEAST)
    places = re.findall(r"\b(\w+\.jsonl:\d+):", refused(one, two))
    assert places == ["one.jsonl:1", "one.jsonl:3", "two.jsonl:2", "two.jsonl:3"]
    assert "two.jsonl:3: the id 'peru' stands at one.jsonl:2 too" in refused(one, two)


def test_files_that_cannot_be_read_or_hold_nothing_are_refused(tmp_path: Path) -> None:
    assert "gone.jsonl" in refused(tmp_path / "gone.jsonl")
    (tmp_path / "latin.jsonl").write_bytes(b"\xff{}")
    assert "latin.jsonl" in refused(tmp_path / "latin.jsonl")
    assert refused(write(tmp_path / "empty.jsonl", "")).startswith("There is no case in the files named")
    (tmp_path / "folder").mkdir()
    assert refused(tmp_path / "folder").startswith("There is no case in the files named")


@pytest.mark.parametrize(
    "fault", [{"nuggets": [{"id": "n", "any": "2001"}]}, {"documents": "treaty-2001"}, {"must_not": "1950"}], ids=str
)
def test_a_text_where_a_list_belongs_is_a_bad_line(tmp_path: Path, fault: dict[str, Any]) -> None:
    with pytest.raises(EvalError, match=r"mine\.jsonl:1"):
        load_cases([write(tmp_path / "mine.jsonl", {**GOOD, **fault})])


@pytest.mark.parametrize(
    "fault", [{"id": ["a"]}, {"id": 7}, {"question": 5}, {"kind": None}, {"history": ["x"]}], ids=str
)
def test_fields_of_another_type_are_bad_lines(tmp_path: Path, fault: dict[str, Any]) -> None:
    with pytest.raises(EvalError, match=r"mine\.jsonl:1"):
        load_cases([write(tmp_path / "mine.jsonl", {**GOOD, **fault})])


def test_a_line_ends_at_a_newline_only(tmp_path: Path) -> None:
    case = {**LEAST, "question": "What is\u2028the capital\u0085of Peru?"}
    assert load_cases([write(tmp_path / "mine.jsonl", case)])[0].question == case["question"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("It was signed on 16 JULY 2001.", True),
        ("Signed 2001-07-16", True),
        ("Signed in July 2001", False),
        ("", False),
    ],
)
def test_a_nugget_is_found_by_any_of_its_patterns_in_any_case(text: str, found: bool) -> None:
    assert Nugget(id="date", any=("16 July 2001", r"\b2001-07-16\b")).found_in(text) is found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Timber was sold in 2022.", True),
        ("In 2022 WOOD was sold.", True),
        ("Gas was sold.\n\nIn 2022 wood was.\nOil was not.", True),
        ("Wood was sold.\nThat was in 2022.", False),
        ("Wood was sold in 12022.", False),
        ("Wood was sold in 2022 (by some).", True),
        ("", False),
    ],
)
def test_a_pattern_of_several_words_wants_them_all_in_one_line_in_any_order(text: str, found: bool) -> None:
    for pattern in (r"(?=.*(timber|wood))(?=.*\b2022\b)", r"(?=.*(?<!\d)2022)(?=.*(timber|wood))"):
        assert Nugget(id="wood", any=(pattern,)).found_in(text) is found
        assert bool(re.search(pattern, text, re.IGNORECASE)) is found


@pytest.mark.parametrize(
    "pattern", ["(?=.*wood|gas)", "(?=.*wood)gas", "^(?=.*wood)", "(?=wood)", r"(?=.*wood\))", "(?=.*(wood|(gas)))"]
)
def test_any_other_pattern_means_what_it_means_to_python(pattern: str) -> None:
    for text in ("x gas", "gas and wood", "x gas, wood", "wood", "oil\nx gas", "oil\nwood", "a wood)", ""):
        assert Nugget(id="n", any=(pattern,)).found_in(text) is bool(re.search(pattern, text, re.IGNORECASE))


@pytest.fixture(scope="module")
def shipped_cases() -> list[Case]:
    return load_cases([SHIPPED_CASES])


@pytest.fixture(scope="module")
def shipped_corpus() -> Corpus:
    return load_corpus([SHIPPED_TEXTS])


@pytest.fixture(scope="module")
def shipped_documents(shipped_corpus: Corpus) -> dict[str, Document]:
    return {d.id: d for d in shipped_corpus.documents}


KINDS = {
    "article", "date", "dispute", "fact", "false-premise", "figure", "follow-up", "injection", "language", "multi", "near-miss",
    "off-topic", "pair", "perspective",
}  # fmt: skip


def test_there_are_shipped_cases_enough_of_every_kind(shipped_cases: list[Case]) -> None:
    assert len(shipped_cases) >= 600
    counts = Counter(case.kind for case in shipped_cases)
    assert set(counts) == KINDS
    assert min(counts.values()) >= 20
    for split in SPLITS:
        kept = [case for case in shipped_cases if case.split == split]
        assert len(kept) >= 300
        assert {case.kind for case in kept} == (KINDS if split == "dev" else KINDS - {"article"})
    assert Counter(case.language for case in shipped_cases if case.kind == "language") == {
        "en": 22,
        "ru": 22,
        "zh-Hans": 22,
    }


def test_shipped_cases_hold_against_the_texts(shipped_cases: list[Case], shipped_corpus: Corpus) -> None:
    problems = (*check_cases(shipped_cases, shipped_corpus), *check_suite(shipped_cases, load_splits()))
    assert [str(p) for p in problems] == []


def test_most_shipped_near_misses_are_near(shipped_cases: list[Case], shipped_documents: dict[str, Document]) -> None:
    near = [overlap(c, shipped_documents) >= NEAR for c in shipped_cases if c.kind == "near-miss"]
    assert len(near) >= 100
    assert sum(near) > 0.5 * len(near)


def test_every_document_has_a_side(shipped_documents: dict[str, Document]) -> None:
    sides = load_splits()
    named = [name for names in sides.values() for name in names]
    assert sorted(named) == sorted(shipped_documents)
    assert len(sides["both"]) <= 3


def test_shipped_ids_are_unique(shipped_cases: list[Case]) -> None:
    assert len({case.id for case in shipped_cases}) == len(shipped_cases)


def test_shipped_cases_name_documents_that_exist(
    shipped_cases: list[Case], shipped_documents: dict[str, Document]
) -> None:
    unknown = {(c.id, name) for c in shipped_cases for name in c.documents if name not in shipped_documents}
    assert unknown == set()
    assert [c.id for c in shipped_cases if c.answerable and not c.documents] == []


def test_what_a_shipped_case_asks_for_stands_in_its_documents(
    shipped_cases: list[Case], shipped_documents: dict[str, Document]
) -> None:
    missing = []
    for case in shipped_cases:
        text = "\n\n".join(shipped_documents[name].text for name in case.documents if name in shipped_documents)
        missing += [(case.id, n.id) for n in case.nuggets if case.answerable and n.vital and not n.found_in(text)]
    assert missing == []


def test_a_shipped_answerable_case_has_something_vital_to_find(shipped_cases: list[Case]) -> None:
    assert [c.id for c in shipped_cases if c.answerable and not any(n.vital for n in c.nuggets)] == []
