"""The report on a corpus: what is counted, of series and known gaps too, and how it is said in words."""

import json
from collections import Counter
from pathlib import Path

import pytest

from corpus.balance import (
    VOICES,
    by,
    count_first_voices,
    count_perspectives,
    count_publishers,
    count_uses,
    count_voices,
    find_disputes,
    state_mix,
    weigh,
    year_of,
)
from corpus.documents import Corpus
from corpus.errors import CorpusError
from corpus.gaps import (
    Series,
    as_spans,
    count_periods,
    count_spans,
    count_years,
    empty_years,
    last_year,
    load_known_gaps,
    load_series,
)
from corpus.pages import count, percent, say_date, web_address
from corpus.references import NAMES, PERSPECTIVES
from corpus.report import report_page
from corpus.report_findings import find_most_telling
from corpus.report_tables import documents_table, list_sentences, periods_table, sides_table
from tests.corpus.reporting import Words, small, write

__all__ = ["small"]  # a fixture


def test_every_perspective_has_a_name_and_belongs_to_one_voice() -> None:
    assert sorted(p for voice in VOICES for p in voice.perspectives) == sorted(PERSPECTIVES)
    assert list(NAMES) == list(PERSPECTIVES)


def test_voices_are_counted_by_the_first_source_and_by_any(small: Corpus) -> None:
    evidence = weigh(small)
    assert len(evidence) == 11
    first, any_ = count_first_voices(evidence), count_voices(evidence)
    assert {name: n for name, n in first.items() if n} == {"chinese": 4, "independent": 3, "other": 4}
    assert {name: n for name, n in any_.items() if n} == {"chinese": 4, "independent": 4, "other": 4}
    assert count_perspectives(evidence) == {"chinese-official": (4, 4), "independent-media": (3, 4), "other": (4, 4)}


def test_sources_of_a_sentence_are_counted(small: Corpus) -> None:
    evidence = weigh(small)
    assert [len(one.sources) for one in evidence if one.document.id == "border"] == [1, 2, 1, 1]
    assert sum(len(one.sources) == 1 for one in evidence) == 6
    assert state_mix(evidence) == (3, 0, 0)
    assert [one.document.id for one in evidence if one.states_only] == ["border", "treaty", "treaty"]
    assert [(reference.id, n) for reference, n in count_uses(evidence)] == [("news", 4), ("pact", 4)]
    assert count_publishers(count_uses(evidence)) == [("Ministry", 1, 4), ("Newspaper", 1, 4)]


def test_a_disputed_block_is_the_claim_and_its_versions(small: Corpus) -> None:
    (dispute,) = find_disputes(weigh(small))
    assert dispute.claim.text.startswith("Chinese and Soviet accounts differ")
    assert [one.sentence.who for one in dispute.versions] == ["Soviet account", "Chinese account"]


def test_years_are_counted_and_empty_ones_named(small: Corpus) -> None:
    evidence = weigh(small)
    years = count_years(evidence)
    assert years == {1969: 3, 2001: 2, 2008: 1, 2021: 1}
    assert last_year(small, evidence) == 2024
    assert len(empty_years(years, 1949, 2024)) == 72
    assert as_spans(empty_years(years, 1991, 2024)) == "1991–2000, 2002–07, 2009–20, 2022–24"
    assert {name: n for name, n in count_spans(years).items() if n} == {"1960–69": 3, "2000–09": 3, "2020–21": 1}
    assert list(count_spans(years)) == ["1960–69", "1970–79", "1980–89", "1990–99", "2000–09", "2010–19", "2020–21"]
    assert count_periods(evidence) == ((0, 0, 0, 3, 0, 3, 1, 0), 4)


def test_years_before_1900_are_counted_by_century() -> None:
    assert count_spans(Counter()) == {}
    assert count_spans(Counter({1689: 2, 1858: 1, 1905: 3})) == {"1600–99": 2, "1700–99": 0, "1800–99": 1, "1900–05": 3}


def test_tables_of_sides_and_periods(small: Corpus) -> None:
    evidence = weigh(small)
    sides = sides_table(evidence)
    assert sides.head == (
        "topic", "Chinese", "Russian", "both of them", "Western official", "independent media", "think tank, academic",
    )  # fmt: skip
    assert [(name, [cell.value for cell in cells]) for name, cells in sides.rows] == [
        ("history", [4, 0, 0, 0, 4, 0]),
        ("documents", [0, 0, 0, 0, 0, 0]),
        ("all topics", [4, 0, 0, 0, 4, 0]),
    ]
    assert [cells[0].note for _, cells in sides.rows] == ["57%", "0%", "36%"]
    assert [cells[0].dark for _, cells in sides.rows] == [4 / 7, 0, 4 / 11]
    assert [cells[6].dark for _, cells in periods_table(evidence).rows] == [(1 / 3) ** 0.5, 0]
    assert [(name, [cell.value for cell in cells]) for name, cells in periods_table(evidence).rows] == [
        ("history", [0, 0, 0, 3, 0, 3, 1, 0, 0]),
        ("documents", [0, 0, 0, 0, 0, 0, 0, 0, 4]),
    ]


def test_documents_are_ranked_by_how_many_sentences_have_one_source(small: Corpus) -> None:
    assert documents_table(weigh(small)).rows == (
        ("The treaty", "history", 3, 3, "100%", 2, 0),
        ("The border", "history", 4, 3, "75%", 1, 0),
        ("Friends Or Rivals", "documents", 4, 0, "–", 0, 4),
    )


def test_what_is_most_telling_comes_first(small: Corpus) -> None:
    evidence = weigh(small)
    said = [f"{finding.figure} {finding.text}" for finding in find_most_telling(evidence, last_year(small, evidence))]
    assert said == [
        "36% of the sentences rest first on Chinese official or state media; Russian official or state media 0%, "
        "Western official (US, EU, NATO) 0%, independent media 27%.",
        "86% of the sentences that cite rest on one source only (6 of 7); 0 more cite several sources of one publisher.",
        "27% of the sentences rest only on Chinese or Russian official or state sources (3 on Chinese, 0 on Russian, 0 on both).",
        "14% of the dated sentences tell of 2020 or later.",
        "72 of 76 years since 1949 are without a dated sentence: 1949–68, 1970–2000, 2002–07, 2009–20, 2022–24.",
    ]


def test_several_sources_of_one_publisher_are_noticed(tmp_path: Path) -> None:
    folder = tmp_path / "texts"
    folder.mkdir()
    entries = [("a", "TASS"), ("b", " tass "), ("c", "RT"), ("d", ""), ("e", "")]
    bibliography = [{"id": key, "title": key, "publisher": name} for key, name in entries]
    (folder / "references.json").write_text(json.dumps(bibliography), encoding="utf-8")
    corpus = write(
        folder, one="Both agree [@a; @b]. Two agree [@a; @c]. One says so [@a]. Nobody signs [@d; @e]. None."
    )
    evidence = weigh(corpus)
    assert [one.one_publisher for one in evidence] == [True, False, False, False, False]
    assert [one.first_voice for one in evidence] == ["other"] * 4 + [
        None
    ]  # the last has no source in a document that cites
    assert len(find_most_telling(evidence, None)) == 3


def test_a_document_that_cites_nothing_speaks_for_itself(tmp_path: Path) -> None:
    text = "---\nperspective: {}\n---\n\nGas flows east. Oil does, too.\n"
    corpus = write(
        tmp_path / "own",
        kremlin=text.format("russian-official"),
        odd=text.format("nonsense"),
        institute=text.format("think-tank"),
    )
    evidence = weigh(corpus)
    assert by(lambda one: one.first_voice, evidence).keys() == {"russian", "other", "research"}
    assert state_mix(evidence) == (0, 2, 0)
    assert "No document cites a source" in Words(report_page(corpus)).text


def test_a_list_is_cut_at_its_limit_and_says_so(small: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corpus.report_tables.SHOWN", 5)
    evidence = weigh(small)
    listing = list_sentences(evidence, evidence)
    assert (listing.total, listing.left_out) == (11, 6)
    assert [(listed.document.id, len(listed.sentences), listed.of) for listed in listing.documents] == [
        ("border", 4, 4),
        ("essay", 1, 4),
    ]


# Series and known gaps.


def make_series(folder: Path, table: str, path: str = "gas.csv") -> Path:
    (folder / "series").mkdir(parents=True)
    package = {"resources": [{"name": "gas", "title": "Gas to China", "path": path}]}
    (folder / "series" / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    (folder / "series" / "gas.csv").write_text(table, encoding="utf-8")
    return folder


def test_a_series_has_years_parts_and_missing_years(tmp_path: Path) -> None:
    table = "period,value\n2019,1\n2022-01/2022-06,2\n2022,3\n2023-05,4\n2024-12-31,5\n"
    (series,) = load_series([make_series(tmp_path, table)])
    assert series == Series(
        name="gas", title="Gas to China", years=frozenset({2019, 2022}), parts=frozenset({2023, 2024})
    )
    assert series.missing == (2020, 2021)
    assert list(series.span) == [2019, 2020, 2021, 2022, 2023, 2024]


def test_series_lie_in_a_folder_or_beside_one_called_texts(tmp_path: Path) -> None:
    make_series(tmp_path / "corpus", "period\n2019\n")
    for name in ("texts", "other"):
        (tmp_path / "corpus" / name).mkdir()
    assert len(load_series([tmp_path / "corpus"])) == 1
    assert len(load_series([tmp_path / "corpus" / "texts"])) == 1
    assert load_series([tmp_path / "corpus" / "other"]) == ()


def test_an_empty_series_has_no_span(tmp_path: Path, small: Corpus) -> None:
    series = load_series([make_series(tmp_path, "period,value\n")])
    assert series[0].missing == ()
    assert "plot-series" not in report_page(small, series)


@pytest.mark.parametrize(
    ("table", "path", "said"),
    [
        ("period\nnext year\n", "gas.csv", r"gas\.csv:2: the period 'next year' is none"),
        ("value\n3\n", "gas.csv", r"gas\.csv:2: the period None is none"),
        ("period\n2019\n", "../../secret.csv", r"'\.\./\.\./secret\.csv' .* lies outside its folder"),
        ("period\n2019\n", "nosuch.csv", r"Cannot read the table .*nosuch\.csv"),
    ],
)
def test_a_series_that_is_not_as_it_must_be_is_named(tmp_path: Path, table: str, path: str, said: str) -> None:
    folder = make_series(tmp_path, table, path)
    with pytest.raises(CorpusError, match=said):
        load_series([folder])


@pytest.mark.parametrize("text", ["", "{}", '{"resources": [{"name": "a"}]}', '{"resources": 3}', "[1]"])
def test_a_package_that_is_none_is_named(tmp_path: Path, text: str) -> None:
    folder = make_series(tmp_path, "period\n2019\n")
    (folder / "series" / "datapackage.json").write_text(text, encoding="utf-8")
    with pytest.raises(CorpusError, match="not a data package"):
        load_series([folder])


def test_known_gaps_are_read_from_headings_that_speak_of_gaps(tmp_path: Path) -> None:
    (tmp_path / "OMITTED.md").write_text(
        "# Left out\n\n## On purpose\n\n- `a`: for reasons\n\n## Known gaps\n\n- Nothing on\n  fish. Nor on birds.\n- `x` is missing\n",
        encoding="utf-8",
    )
    (gaps,) = load_known_gaps([tmp_path])
    assert gaps.title == "Known gaps"
    assert gaps.items == ("Nothing on fish. Nor on birds.", "x is missing")
    assert load_known_gaps([tmp_path / "nosuch"]) == ()


# Words and figures.


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [
        (0, 0, "–"),
        (0, 9, "0%"),
        (1, 1000, "0.1%"),
        (1, 11, "9.1%"),
        (995, 10_000, "10%"),
        (1, 3, "33%"),
        (3, 3, "100%"),
    ],
)
def test_shares_have_a_decimal_below_ten_per_cent(part: int, whole: int, said: str) -> None:
    assert percent(part, whole) == said


@pytest.mark.parametrize(
    ("iso", "said"),
    [
        ("2026-07-02", "2 July 2026"), ("2026-07", "July 2026"), ("2026", "2026"), (None, ""), ("2026-13", "2026-13"),
        ("soon", "soon"), ("1-2-3-4", "1-2-3-4"),
    ],
)  # fmt: skip
def test_dates_are_said_in_words(iso: str | None, said: str) -> None:
    assert say_date(iso) == said


def test_numbers_have_their_noun() -> None:
    assert (count(1, "sentence"), count(2187, "sentence")) == ("1 sentence", "2,187 sentences")
    assert count(3, "claim is", "claims are") == "3 claims are"


@pytest.mark.parametrize(
    ("url", "linked"),
    [
        ("https://example.org/a?b=c", True), ("http://example.org", True), ("javascript:alert(1)", False), (None, False),
        ("//example.org", False), ("https:///x", False), ("data:text/html,x", False), ("http://[", False), ("", False),
    ],
)  # fmt: skip
def test_only_web_addresses_are_linked(url: str | None, linked: bool) -> None:
    assert web_address(url) == (url if linked else "")


@pytest.mark.parametrize(
    ("date", "year"), [("2024", 2024), ("2024-05-03", 2024), (None, None), ("", None), ("20245", None), ("next", None)]
)
def test_the_year_of_a_date(date: str | None, year: int | None) -> None:
    assert year_of(date) == year


@pytest.mark.parametrize(
    ("years", "said"),
    [([], ""), ([1951], "1951"), ([1954, 1955], "1954–55"), ([1998, 1999, 2000, 2004], "1998–2000, 2004")],
)
def test_runs_of_years_are_drawn_together(years: list[int], said: str) -> None:
    assert as_spans(years) == said
