"""The series: a valid Frictionless Data Package, every value with a source of the bibliography and stated in a brief."""

import csv
import json
import re
import shutil
from pathlib import Path

import pytest
from frictionless import validate

from corpus.documents import BRIEF, Corpus, load_corpus
from corpus.figures import figures
from corpus.settings import SHIPPED_TEXTS

SERIES = SHIPPED_TEXTS.parent / "series"
COLUMNS = ["period", "value", "unit", "basis", "reference", "note"]
PATHS = sorted(SERIES.glob("*.csv"))
IDS = [path.stem for path in PATHS]
MONTHS = [
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
]  # fmt: skip
SPANS = {"03": "first quarter", "06": "first half", "07": "first seven months", "09": "first nine months"}
IN_WORDS = {"66.7": "two-thirds"}


@pytest.fixture(scope="module")
def shipped() -> Corpus:
    return load_corpus([SHIPPED_TEXTS])


@pytest.fixture(scope="module")
def windows(shipped: Corpus) -> dict[str, list[str]]:
    """By reference: each sentence of a brief that cites it, alone and with the sentence before and after."""
    found: dict[str, list[str]] = {}
    for document in shipped.documents:
        texts = [document.quote(s.start, s.end) for s in document.sentences] if document.kind == BRIEF else []
        for at, sentence in enumerate(document.sentences if texts else ()):
            for key in sentence.references:
                found.setdefault(key, []).extend(
                    [texts[at], " ".join(texts[max(at - 1, 0) : at + 1]), " ".join(texts[at : at + 2])]
                )
    return found


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def period_pattern(period: str) -> str:
    """Return what a sentence says for an ISO period."""
    start, _, end = period.partition("/")
    year, month, day = [*start.split("-"), "", ""][:3]
    if end:
        last = end.split("-")[1]
        span = f"|{SPANS[last]} of {year}" if month == "01" and last in SPANS else ""
        return rf"\b(?:{MONTHS[int(month) - 1]}–{MONTHS[int(last) - 1]} {year}{span})\b"
    if day:
        return rf"\b{int(day)} {MONTHS[int(month) - 1]} {year}\b"
    if month:
        near = {"01": f"|start of {year}", "06": f"|mid-{year}", "12": f"|end of {year}"}.get(month, "")
        return rf"\b(?:{MONTHS[int(month) - 1]} {year}{near})\b"
    return rf"\b{year}\b"


def says(text: str, row: dict[str, str]) -> bool:
    value = row["value"] + ("%" if row["unit"] == "%" else "")
    number = value in figures(text) or IN_WORDS.get(row["value"], "\0") in text
    return number and re.search(period_pattern(row["period"]), text) is not None


def test_the_package_is_valid_and_describes_every_file() -> None:
    report = validate(str(SERIES / "datapackage.json"))
    assert report.flatten(["name", "rowNumber", "type", "note"]) == []
    assert report.valid
    package = json.loads((SERIES / "datapackage.json").read_text(encoding="utf-8"))
    assert package["profile"] == "tabular-data-package"
    assert package["licenses"][0]["name"] == "CC-BY-4.0"
    assert sorted(resource["path"] for resource in package["resources"]) == [path.name for path in PATHS]
    for resource in package["resources"]:
        assert resource["title"]
        assert resource["description"]
        assert resource["licenses"]
        assert [field["name"] for field in resource["schema"]["fields"]] == COLUMNS
        assert resource["schema"]["primaryKey"] == ["period", "basis"]


@pytest.mark.parametrize(
    "line",
    [
        '1996,1,USD bn,"Tang Jiaxuan, state councillor of China",chinadaily-2007-trade-top,twice',
        "next year,1,USD bn,GACC,chinadaily-2007-trade-top,",
        "1997,much,USD bn,GACC,chinadaily-2007-trade-top,",
        "1997,-1,USD bn,GACC,chinadaily-2007-trade-top,",
        "1997,1,pounds,GACC,chinadaily-2007-trade-top,",
        "1997,1,USD bn,,chinadaily-2007-trade-top,",
        "1997,1,USD bn,GACC,,",
    ],
)
def test_the_schema_refuses_a_row_that_is_not_as_it_must_be(line: str, tmp_path: Path) -> None:
    shutil.copytree(SERIES, tmp_path / "series")
    with (tmp_path / "series" / "trade-turnover.csv").open("a", encoding="utf-8") as file:
        file.write(line + "\n")
    assert not validate(str(tmp_path / "series" / "datapackage.json")).valid


@pytest.mark.parametrize("path", PATHS, ids=IDS)
def test_every_reference_is_in_the_bibliography(path: Path, shipped: Corpus) -> None:
    assert [row["reference"] for row in rows(path) if row["reference"] not in shipped.references] == []


@pytest.mark.parametrize("path", PATHS, ids=IDS)
def test_a_period_stands_once_for_each_basis_and_in_order(path: Path) -> None:
    keys = [(row["period"], row["basis"]) for row in rows(path)]
    assert keys
    assert len(set(keys)) == len(keys)
    years = [period[:4] for period, _ in keys]
    assert years == sorted(years)


@pytest.mark.parametrize("path", PATHS, ids=IDS)
def test_every_value_is_stated_with_its_period_under_its_source(path: Path, windows: dict[str, list[str]]) -> None:
    unsaid = [
        (row["period"], row["value"], row["reference"])
        for row in rows(path)
        if not any(says(text, row) for text in windows.get(row["reference"], ()))
    ]
    assert unsaid == []


def test_a_value_without_its_period_is_not_taken_for_stated() -> None:
    row = {"value": "69.525", "unit": "USD bn", "period": "2016"}
    assert says("Trade was worth $69.525 billion in 2016.", row)
    assert not says("Trade was worth $69.525 billion in 2017.", row)
    assert not says("Trade was worth $69.5 billion in 2016.", row)
    share = {"value": "16", "unit": "%", "period": "2017-01/2017-03"}
    assert says("The share was 16% in the first quarter of 2017.", share)
    assert says("The share was 16% in January–March 2017.", share)
    assert not says("The share was 16% in 2017.", share)
    assert not says("There were 16 deals in the first quarter of 2017.", share)
