"""The bibliography: CSL-JSON as Zotero writes it, and one clear error when it is anything else."""

import json
from pathlib import Path
from typing import Any

import pytest

from corpus.errors import CorpusError
from corpus.references import PERSPECTIVES, Reference, load_references


def write(folder: Path, entries: Any) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "references.json"
    path.write_text(entries if isinstance(entries, str) else json.dumps(entries, indent=1), encoding="utf-8")
    return path


def only(folder: Path, entry: dict[str, Any]) -> Reference:
    write(folder, [entry])
    return load_references(folder)[entry["id"]]


def test_an_entry_is_read_with_whose_voice_it_is(tmp_path: Path) -> None:
    entry = {
        "id": "pact",
        "type": "webpage",
        "title": "Treaty text",
        "publisher": "Ministry",
        "author": [{"family": "Ivanov"}],
        "issued": {"date-parts": [[2001, 7, 16]]},
        "URL": "https://example.org/treaty",
        "custom": {"perspective": "chinese-official"},
    }
    assert only(tmp_path, entry) == Reference(
        id="pact",
        title="Treaty text",
        publisher="Ministry",
        issued="2001-07-16",
        url="https://example.org/treaty",
        perspective="chinese-official",
    )


@pytest.mark.parametrize(
    ("issued", "expected"),
    [
        ({"date-parts": [[2001]]}, "2001"),
        ({"date-parts": [[2001, 7]]}, "2001-07"),
        ({"date-parts": [[2001, 7, 6]]}, "2001-07-06"),
        ({"date-parts": [["2001", "7", "6"]]}, "2001-07-06"),
        ({"date-parts": [[2001, 7, 6], [2001, 7, 9]]}, "2001-07-06"),
        ({"date-parts": [[689, 9]]}, "0689-09"),
        ({"date-parts": []}, None),
        ({"raw": "July 2001"}, None),
        ({}, None),
        (None, None),
    ],
)
def test_dates_of_every_precision(tmp_path: Path, issued: Any, expected: str | None) -> None:
    assert only(tmp_path, {"id": "pact", "title": "Treaty", "issued": issued}).issued == expected


def test_missing_fields_have_plain_defaults(tmp_path: Path) -> None:
    reference = only(tmp_path, {"id": "pact", "title": "Treaty"})
    assert (reference.publisher, reference.issued, reference.url, reference.perspective) == ("", None, None, "other")
    assert only(tmp_path, {"id": "pact", "title": "Treaty", "custom": {}}).perspective == "other"


def test_each_entry_knows_its_line(tmp_path: Path) -> None:
    path = write(tmp_path, [{"id": "pact-two", "title": "A"}, {"id": "pact", "title": "B"}])
    lines = path.read_text(encoding="utf-8").splitlines()
    found = load_references(tmp_path)
    assert lines[found["pact-two"].line - 1].strip() == '"id": "pact-two",'
    assert lines[found["pact"].line - 1].strip() == '"id": "pact",'


def test_the_place_in_the_file_is_no_part_of_the_entry(tmp_path: Path) -> None:
    one = only(tmp_path / "one", {"id": "pact", "title": "Treaty"})
    write(tmp_path / "two", [{"id": "a", "title": "A"}, {"id": "pact", "title": "Treaty"}])
    other = load_references(tmp_path / "two")["pact"]
    assert other.line != one.line
    assert other == one
    assert repr(other) == repr(one)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "not JSON",
        '[{"id": "pact", "title": "Treaty"},]',
        '{"id": "pact", "title": "Treaty"}',
        "null",
        "7",
        '"pact"',
        '["pact"]',
        '[{"title": "Treaty"}]',
        '[{"id": "pact"}]',
        '[{"id": "pact", "title": "Treaty", "custom": null}]',
        '[{"id": "pact", "title": "Treaty", "issued": "2001"}]',
        '[{"id": "pact", "title": "Treaty", "issued": {"date-parts": [["spring"]]}}]',
        '[{"id": "pact", "title": "Treaty", "issued": {"date-parts": 2001}}]',
    ],
)
def test_anything_else_is_refused_in_one_line_that_names_the_file(tmp_path: Path, content: str) -> None:
    write(tmp_path, content)
    with pytest.raises(
        CorpusError, match=r"^The bibliography '.*references\.json' is not a CSL-JSON list .*; mend it\.$"
    ):
        load_references(tmp_path)


def test_a_bibliography_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    (tmp_path / "references.json").write_bytes(b'[{"id": "pact", "title": "\xff"}]')
    with pytest.raises(CorpusError, match="is not a CSL-JSON list"):
        load_references(tmp_path)


@pytest.mark.parametrize("entry", [{"id": "pact", "title": 5}, {"id": "pact", "title": "T", "publisher": None}])
def test_fields_are_texts_whatever_the_file_holds(tmp_path: Path, entry: dict[str, Any]) -> None:
    write(tmp_path, [entry])
    try:
        reference = load_references(tmp_path)["pact"]
    except CorpusError:
        return  # refusing is right too
    assert isinstance(reference.title, str)
    assert isinstance(reference.publisher, str)


def test_an_empty_or_absent_bibliography_is_no_error(tmp_path: Path) -> None:
    assert load_references(tmp_path) == {}
    write(tmp_path, [])
    assert load_references(tmp_path) == {}


def test_a_folder_called_texts_takes_the_bibliography_beside_it(tmp_path: Path) -> None:
    write(tmp_path, [{"id": "beside", "title": "Beside"}])
    (tmp_path / "texts").mkdir()
    (tmp_path / "other").mkdir()
    assert list(load_references(tmp_path / "texts")) == ["beside"]
    assert load_references(tmp_path / "other") == {}
    write(tmp_path / "texts", [{"id": "inside", "title": "Inside"}])
    assert list(load_references(tmp_path / "texts")) == ["inside"]


def test_perspectives_are_distinct_and_the_default_is_one_of_them() -> None:
    assert len(set(PERSPECTIVES)) == len(PERSPECTIVES) == 14
    assert Reference(id="a", title="A").perspective in PERSPECTIVES
