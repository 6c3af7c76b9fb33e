"""Which series a question asks for: precise, by the series' own words, and as the answer carries it."""

import json
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot.filters import NONE, Filters
from bot.pipeline import Bot
from bot.question import read_question
from bot.series import AnsweredPoint, AnsweredSeries, find_series, read_flow, read_holder, say_series
from corpus.errors import CorpusError
from corpus.references import Reference, load_references
from corpus.series import Table, load_tables
from corpus.settings import SHIPPED_TEXTS
from evals.cases import SHIPPED_CASES, load_cases


@pytest.fixture(scope="module")
def tables() -> tuple[Table, ...]:
    return load_tables([SHIPPED_TEXTS])


@pytest.fixture(scope="module")
def look_up() -> Callable[[Iterable[str]], dict[str, Reference]]:
    entries = load_references(SHIPPED_TEXTS)
    return lambda keys: {key: entries[key] for key in keys if key in entries}


@pytest.fixture
def find(tables: tuple[Table, ...], look_up: Any) -> Callable[..., AnsweredSeries | None]:
    def found(question: str, filters: Filters = NONE) -> AnsweredSeries | None:
        return find_series(question, read_question(question, as_of=date(2026, 7, 2)), tables, filters, look_up)

    return found


@pytest.mark.parametrize(
    ("question", "series"),
    [
        ("trade since 2000", "trade-turnover"),
        ("How has trade between China and Russia developed since 2000?", "trade-turnover"),
        ("trade over the last ten years", "trade-turnover"),
        ("trade in the 2010s", "trade-turnover"),
        ("Trade between 2014 and 2021", "trade-turnover"),
        ("gas exports by year", "gas-power-of-siberia"),
        ("the price of gas for China over time", "gas-price-for-china"),
        ("How have China's imports of Russian crude oil changed over time?", "crude-oil-imports-volume"),
        ("How much oil has China bought from Russia each year?", "crude-oil-imports-volume"),
        ("How much has China paid for Russian oil since 2023?", "crude-oil-imports-value"),
        ("China's exports to Russia since 2010", "exports-china-to-russia"),
        ("Russia's exports to China since 2010", "imports-china-from-russia"),
        ("How have exports from Russia to China grown?", "imports-china-from-russia"),
        ("China’s share of Russian imports over the years", "china-share-of-russian-imports"),
        ("What share of Russia's trade is with China, by year?", "china-share-of-russian-trade"),
        ("Russia's share of Chinese trade over time", "russia-share-of-chinese-trade"),
        ("How did the yuan's share in Russian reserves change?", "yuan-share-central-bank-reserves"),
        ("Chinese car exports to Russia since 2020", "car-exports"),
        ("coal imports by year", "coal-imports"),
        # It names no development over years.
        ("trade in 2019", None),
        ("How much was trade in 2024?", None),
        ("newest trade numbers for 2026, year on year", None),
        ("What is trade worth now?", None),
        # It names what no series knows.
        ("trade with Japan since 2000", None),
        ("What did Xi say about trade since 2014?", None),
        ("How much timber has China imported since 2010?", None),
        ("arms sales by year", None),
        ("trade in national currencies since 2014", None),
        ("How did trade with the EU change since 2014?", None),
        ("How has the China-Russia relationship changed since 1991?", None),
        # It does not say whose, or two would do.
        ("exports since 2010", None),
        ("Chinese coal exports to Russia by year", None),
        # There is one value only.
        ("gold imports by year", None),
        ("trade between 1970 and 1980", None),
    ],
)
def test_a_question_gets_the_series_that_it_names_or_none(
    find: Callable[..., AnsweredSeries | None], question: str, series: str | None
) -> None:
    found = find(question)
    assert (found.id if found else None) == series


def test_points_lie_within_the_years_asked_for_and_have_their_sources(
    find: Callable[..., AnsweredSeries | None], tables: tuple[Table, ...]
) -> None:
    found = find("trade between 2002 and 2005")
    assert found is not None
    assert found.years == (2002, 2005)
    assert [(p.period, p.value) for p in found.points] == [("2002", 11.92), ("2003", 15.76), ("2005", 29.1)]
    assert found.unit == "USD bn"
    assert [s.id for s in found.sources] == list(dict.fromkeys(p.reference for p in found.points))
    every = find("trade by year")
    (table,) = [t for t in tables if t.id == "trade-turnover"]
    assert every is not None
    assert len(every.points) == len(table.points) == 36
    assert every.years is None


def test_filters_hold_for_points(find: Callable[..., AnsweredSeries | None]) -> None:
    narrowed = find("trade since 2000", Filters(years=(1990, 2005)))
    assert narrowed is not None
    assert [p.period for p in narrowed.points] == ["2002", "2003", "2005"]
    assert narrowed.years == (2000, 2005)
    voiced = find("trade since 2000", Filters(perspective=("chinese-state-media",)))
    assert voiced is not None
    assert {s.perspective for s in voiced.sources} == {"chinese-state-media"}
    assert find("trade since 2000", Filters(topic=("economy",))) is None
    assert find("trade since 2000", Filters(document=("treaty-2001",))) is None


def test_no_case_that_asks_for_one_fact_gets_a_series(find: Callable[..., AnsweredSeries | None]) -> None:
    questions = [case.question for case in load_cases([SHIPPED_CASES])]
    assert len(questions) > 900
    assert [question for question in questions if find(question)] == []


@pytest.mark.parametrize(
    ("text", "flow"),
    [
        ("China's exports to Russia", "china-russia"),
        ("exports from Russia", "russia-china"),
        ("Russian gas exports", "russia-china"),
        ("China's imports of Russian coal", "russia-china"),
        ("How much gas does Russia sell to China?", "russia-china"),
        ("How many cars has Russia bought since 2020?", "china-russia"),
        ("trade between China and Russia", ""),
        ("exports since 2010", ""),
    ],
)
def test_the_direction_of_goods_is_read(text: str, flow: str) -> None:
    assert read_flow(text) == flow


@pytest.mark.parametrize(
    ("text", "holder"),
    [
        ("China's share of Russian exports", "china"),
        ("the share of Russia in China's trade", "russia"),
        ("what share of Russia's trade", "china"),
        ("the share of the Chinese market", "russia"),
        ("the yuan's share", ""),
    ],
)
def test_whose_share_it_is_is_read(text: str, holder: str) -> None:
    assert read_holder(text) == holder


def write_package(folder: Path, rows: str, **about: Any) -> None:
    (folder / "series").mkdir()
    (folder / "series" / "ferry.csv").write_text("period,value,unit,basis,reference,note\n" + rows, encoding="utf-8")
    resource = {"name": "ferry", "title": "Ferry passengers at Harbin", "path": "ferry.csv", **about}
    (folder / "series" / "datapackage.json").write_text(json.dumps({"resources": [resource]}), encoding="utf-8")


ROWS = "1998,4.2,thousand,Ministry,pact,\n1999-01/1999-06,2,thousand,Ministry,news,half a year\n"


def test_a_series_without_a_subject_is_found_by_all_words_of_its_title(tmp_path: Path) -> None:
    write_package(tmp_path, ROWS)
    tables = load_tables([tmp_path])
    full, part = "Ferry passengers at Harbin by year", "Ferry passengers by year"
    assert find_series(full, read_question(full), tables, NONE, lambda keys: {}) is not None
    assert find_series(part, read_question(part), tables, NONE, lambda keys: {}) is None


def test_the_answer_carries_the_series_also_when_no_sentence_answers(
    make_bot: Callable[..., Bot], corpus_folder: Path
) -> None:
    write_package(corpus_folder, ROWS, subject=[["ferry"], ["passenger"]], description="Counted in spring.")
    bot = make_bot()
    answer = bot.answer("Ferry passengers by year")
    assert answer.abstained
    assert answer.series is not None
    assert (
        answer.notice == "No sentence answers it, but a series does: “Ferry passengers at Harbin”, 2 values, 1998–1999."
    )
    assert answer.series.points == (
        AnsweredPoint(period="1998", value=4.2, unit="thousand", basis="Ministry", reference="pact", note=""),
        AnsweredPoint(
            period="1999-01/1999-06", value=2.0, unit="thousand", basis="Ministry", reference="news", note="half a year"
        ),
    )
    assert [source.title for source in answer.series.sources] == ["Treaty text", "A report"]
    as_json = json.loads(json.dumps(answer.to_dict()))["series"]
    assert list(as_json) == ["id", "title", "description", "unit", "years", "points", "sources"]
    assert bot.answer("When was the treaty signed?").series is None
    assert bot.answer("").series is None


def test_what_no_sentence_but_a_series_answers_is_told_in_three_languages(
    find: Callable[..., AnsweredSeries | None],
) -> None:
    series = find("trade since 2000")
    assert series is not None
    for language, said in (("en", "34 values, 2002–2026"), ("ru", "значений: 34, 2002–2026"), ("zh", "共 34 个数值")):
        assert said in say_series(series, language)
    assert say_series(series, "fr") == say_series(series)


@pytest.mark.parametrize(
    ("rows", "about", "said"),
    [
        ("1998,many,thousand,M,pact,\n", {}, r"ferry\.csv:2: the value 'many' is no number"),
        ("1998,1,thousand,M,pact,\n", {"subject": "ferry"}, "subject of the series 'ferry' is not a list of lists"),
        (
            "1998,1,thousand,M,pact,\n",
            {"subject": [["ferry", 3]]},
            "subject of the series 'ferry' is not a list of lists",
        ),
    ],
)
def test_a_series_that_is_not_as_it_must_be_is_named(tmp_path: Path, rows: str, about: Any, said: str) -> None:
    write_package(tmp_path, rows, **about)
    with pytest.raises(CorpusError, match=said):
        load_tables([tmp_path])
