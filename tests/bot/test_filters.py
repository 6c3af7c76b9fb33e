"""Filters: what they let through, how they are read, what they refuse, and that answers keep within them."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from bot.filters import Filters, describe_filters, find_within, read_filters, say_filters
from bot.pipeline import Bot
from corpus.errors import FilterError

ZHENBAO = "Who fired first on Zhenbao Island in March 1969?"
TREATY = "When was the friendship treaty signed?"


def within(bot: Bot, **given: Any) -> list[str]:
    """Return the sentences that filters let through, each by its first words."""
    found = find_within(read_filters(given, bot.store), bot.store)
    assert found is not None
    return [s.text for s in bot.store.texts.sentences(found.rows).values()]


def starts(texts: list[str]) -> list[str]:
    return [text[:24] for text in texts]


SIGNED, ARTICLES, EXTENDED = "China and Russia signed ", "The friendship treaty of", "China and Russia extende"
BORDER, DIFFER, SOVIET, CHINESE = (
    "The river border between", "Chinese and Soviet accou", "The Soviet government sa", "The Chinese government s",
)  # fmt: skip


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"document": "treaty"}, [SIGNED, ARTICLES, EXTENDED]),
        ({"document": ["treaty"], "years": "2001"}, [SIGNED, ARTICLES]),
        ({"years": [1960, 1970]}, [DIFFER, SOVIET, CHINESE]),
        ({"years": "2008-"}, [BORDER, EXTENDED]),
        ({"years": "-1969"}, [DIFFER, SOVIET, CHINESE]),
        ({"years": 2021}, [EXTENDED]),
        ({"perspective": "independent-media"}, [BORDER, DIFFER, CHINESE, EXTENDED]),
        ({"perspective": ["chinese-official"], "topic": "history", "years": "1969"}, [DIFFER, SOVIET]),
        ({"topic": "documents", "perspective": "other"}, ["Trade binds the two neig", "It keeps growing because", "Mistrust has old roots.",
                                                         "A full alliance would ne"]),
        ({"topic": "history", "perspective": "nato"}, []),
    ],
)  # fmt: skip
def test_all_filters_must_hold(small_bot: Bot, given: dict[str, Any], expected: list[str]) -> None:
    assert starts(within(small_bot, **given)) == expected


def test_no_filters_let_everything_through(small_bot: Bot) -> None:
    for given in (None, {}, {"topic": [], "years": "", "document": ""}, Filters()):
        assert read_filters(given, small_bot.store) == Filters()
    assert find_within(Filters(), small_bot.store) is None


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("2014", (2014, 2014)),
        (2014, (2014, 2014)),
        ("2000 – 2010", (2000, 2010)),
        ("2000/2010", (2000, 2010)),
        ([2000, 2010], (2000, 2010)),
        ([2014], (2014, 2014)),
        ("2000-", (2000, 9999)),
        ("-2010", (1, 2010)),
    ],
)
def test_years_are_read_in_every_form(small_bot: Bot, given: Any, expected: tuple[int, int]) -> None:
    read = read_filters({"years": given}, small_bot.store)
    assert read.years == expected
    assert read_filters(json.loads(json.dumps(read.to_dict())), small_bot.store) == read


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"topic": "histroy"}, "There is no topic 'histroy'; choose among 'history', 'documents'."),
        ({"perspective": "martian"}, "There is no perspective 'martian'; choose among 'chinese-official', "),
        ({"document": "tretay"}, "There is no document 'tretay' in this corpus; did you mean 'treaty', 'essay'?"),
        ({"document": "zzz"}, "There is no document 'zzz' in this corpus; the first are 'border', 'essay', 'treaty'."),
        (
            {"colour": "red"},
            "There is no filter 'colour'; the filters are 'topic', 'years', 'perspective', 'document'.",
        ),
        ({"years": "2010-2000"}, "it ends before it begins; write 2000-2010."),
        ({"years": "soon"}, "The filter 'years' cannot be 'soon'; write a year or a span such as 2000-2010."),
        ({"years": "-"}, "The filter 'years' cannot be '-'"),
        ({"years": True}, "The filter 'years' cannot be True"),
        ({"years": {"from": 1}}, "The filter 'years' cannot be {'from': 1}"),
        ({"years": [1, 2, 3]}, "The filter 'years' cannot be [1, 2, 3]"),
        ({"topic": 5}, "The filter 'topic' cannot be 5; give a text or a list of texts."),
        ({"topic": ["history", None]}, "The filter 'topic' cannot be ['history', None]"),
        ({"document": ["x"] * 51}, "The filter 'document' has 51 values; give at most 50."),
    ],
)
def test_what_a_corpus_does_not_have_is_refused_by_name(small_bot: Bot, given: Any, message: str) -> None:
    with pytest.raises(FilterError) as refused:
        read_filters(given, small_bot.store)
    assert message in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_removed_document_is_no_choice(small_bot: Bot) -> None:
    with pytest.raises(FilterError, match="There is no document 'treaty'"):
        read_filters({"document": "treaty"}, small_bot.store, frozenset({"treaty"}))


def test_an_answer_quotes_only_what_the_filters_let_through(make_bot: Callable[..., Bot]) -> None:
    bot = make_bot(min_confidence=0.0)
    free = bot.answer(TREATY)
    assert free.filters == {}
    assert free.citations[0].document_id == "treaty"
    held = bot.answer(TREATY, filters={"document": "border", "years": "2008"})
    assert held.filters == {"years": [2008, 2008], "document": ["border"]}
    assert [c.cited_text[:24] for c in held.citations] == [BORDER]
    assert held.notice is None  # what an abstention says under filters
    late = bot.answer(TREATY, filters={"years": "2010-2030"})
    assert {c.cited_text[:24] for c in late.citations} == {EXTENDED}


def test_every_passage_and_sentence_found_lies_within(small_bot: Bot) -> None:
    found = small_bot.search(ZHENBAO, {"perspective": "independent-media", "years": "1969"})
    assert {c.sentence.text[:24] for c in found.candidates} == {DIFFER, CHINESE}
    assert {p.chunk.document_id for p in found.passages} == {"border"}
    assert len(small_bot.search(ZHENBAO, {"topic": "history"}).candidates) == 7


def test_a_disputed_claim_is_quoted_whole_under_filters_too(small_bot: Bot) -> None:
    answer = small_bot.answer(ZHENBAO, filters={"perspective": "independent-media", "document": "border"})
    assert [version.who for version in answer.disputed[0].versions] == ["Soviet account", "Chinese account"]


@pytest.mark.parametrize("given", [{"document": "essay"}, {"topic": "history", "perspective": "nato"}])
def test_an_abstention_says_that_only_the_filtered_texts_were_searched(small_bot: Bot, given: dict[str, Any]) -> None:
    answer = small_bot.answer(TREATY, filters=given)
    assert answer.abstained
    filters = read_filters(given, small_bot.store)
    assert answer.notice == say_filters(filters)
    assert describe_filters(filters) in str(answer.notice)
    assert "without them" in str(answer.notice)
    assert not set(answer.suggestions) & {"When was the treaty signed?"}, (
        "a question of a document that is filtered out"
    )
    assert small_bot.answer("What is the capital of Peru?").notice is None


def test_an_offer_of_a_document_counts_only_within_the_filters(make_bot: Callable[..., Bot]) -> None:
    bot = make_bot()
    offered = "When was the treaty signed?"
    assert not bot.answer(offered).abstained
    assert bot.answer(offered, filters={"document": "essay"}).abstained


def test_filters_are_described_in_a_line() -> None:
    filters = Filters(topic=("economy",), years=(2000, 9999), document=("a", "b"))
    assert describe_filters(filters) == "topic: economy; years: 2000–; document: a, b"
    assert describe_filters(Filters(years=(1, 2010)), "ru") == "годы: –2010"
    assert (
        say_filters(Filters(years=(2014, 2014)), "zh")
        == "仅在筛选范围内检索（年份: 2014）；取消筛选后，语料库中或许有答案。"
    )
    assert say_filters(filters, "fr").startswith("Only texts within the filters were searched (topic: economy;")
