"""The published schema of a case and the reader of cases refuse the same things."""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from evals.cases import SCHEMA, SHIPPED_CASES, Case, Nugget
from tests.evals.test_cases import BAD, GOOD, LEAST

VALIDATOR = Draft202012Validator(
    json.loads(SCHEMA.read_text(encoding="utf-8")), format_checker=Draft202012Validator.FORMAT_CHECKER
)
INEXPRESSIBLE = {"not JSON", "half a character"}
"""What is no JSON cannot be held against a schema, nor can what is no text."""


def problems(data: Any) -> list[str]:
    return [error.message for error in VALIDATOR.iter_errors(data)]


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(VALIDATOR.schema)


def test_the_schema_names_the_fields_that_are_read() -> None:
    assert list(VALIDATOR.schema["properties"]) == list(Case.__dataclass_fields__)
    assert set(VALIDATOR.schema["properties"]["nuggets"]["items"]["properties"]) == set(Nugget.__dataclass_fields__)


@pytest.mark.parametrize("path", sorted(SHIPPED_CASES.glob("*.jsonl")), ids=lambda path: path.stem)
def test_every_shipped_case_is_valid(path: Any) -> None:
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]
    assert lines
    assert {line["id"]: found for line in lines if (found := problems(line))} == {}


@pytest.mark.parametrize("case", [GOOD, LEAST], ids=["good", "least"])
def test_a_good_case_is_valid(case: dict[str, Any]) -> None:
    assert problems(case) == []


@pytest.mark.parametrize("fault", sorted(set(BAD) - INEXPRESSIBLE))
def test_a_bad_line_is_refused_by_the_schema_too(fault: str) -> None:
    line = BAD[fault][0]
    assert problems(json.loads(line) if isinstance(line, str) else line) != []


@pytest.mark.parametrize(
    "fault",
    [
        {"nuggets": [{"id": "n", "any": "2001"}]}, {"documents": "treaty-2001"}, {"must_not": "1950"}, {"id": ["a"]}, {"id": 7},
        {"question": 5}, {"kind": None}, {"history": ["x"]}, {"nuggets": [{"id": "n", "any": ["x"], "vital": False}]},
        {"nuggets": [{"id": "n", "any": ["x"], "vital": "no"}]}, {"nuggets": [{"id": "n", "any": ["x"], "weight": 2}]},
    ],
    ids=str,
)  # fmt: skip
def test_other_bad_lines_are_refused(fault: dict[str, Any]) -> None:
    assert problems({**GOOD, **fault}) != []


def test_an_unanswerable_case_may_have_nuggets_or_none() -> None:
    assert problems({**LEAST, "nuggets": []}) == []
    assert problems({**LEAST, "nuggets": [{"id": "n", "any": ["x"], "vital": False}]}) == []


def test_an_answerable_case_needs_something_vital() -> None:
    assert problems({**LEAST, "answerable": True}) != []
    assert problems({**LEAST, "answerable": True, "nuggets": [{"id": "n", "any": ["x"]}]}) == []
    assert problems({**LEAST, "answerable": True, "nuggets": [{"id": "n", "any": ["x"], "vital": True}]}) == []
