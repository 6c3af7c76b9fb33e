"""What an abstention says of the details that the nearest sentences lack."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.lacks import as_written, say_lacking, say_unfilled
from bot.measures import MEASURES
from bot.messages import LANGUAGES, catalogue
from bot.pipeline import Bot
from tests.bot.made import ask, candidate

DEALS = """---
id: deals
title: Deals
kind: brief
topic: history
language: en
---

Russia delivered S-400 systems to China in 2018 [@news]{date=2018}.

India bought S-300 systems in Almaty in 2015 [@news]{date=2015}.

Power of Siberia 2 has no price [@news]{date=2025}. Siberia 3 is a film of April 2013 [@news]{date=2013}.
"""


@pytest.fixture
def deals(corpus_folder: Path, make_bot: Callable[..., Bot]) -> Bot:
    (corpus_folder / "deals.md").write_text(DEALS, encoding="utf-8")
    bot: Bot = make_bot(min_confidence=1.0)
    return bot


S400 = candidate("Russia delivered S-400 and S-300V4 systems in 2018 and 2019.", "2018", missing=("s-500", "2013"))
PIPE = candidate("Power of Siberia 2 has no price.", "2025", missing=("siberia 3", "2013"), missing_names=("almati",))


@pytest.mark.parametrize(
    ("question", "near", "told"),
    [
        ("Did Russia sell the S-500?", [S400], "The sentences nearest to the question mention S-300V4, S-400."),
        (
            "What is the price of Power of Siberia 3?",
            [PIPE],
            "The sentences nearest to the question do not mention Siberia 3; they mention Siberia 2.",
        ),
        (
            "What came in 2013?",
            [S400, PIPE],
            "The sentences nearest to the question do not mention 2013; they mention 2018, 2019.",
        ),
        ("Was the price made in Almaty?", [PIPE], "The sentences nearest to the question do not mention Almaty."),
        ("Was the price made in Almaty?", [PIPE, S400], None),  # one of them does not lack the name
        ("Did Russia sell the S-400 in 2018?", [S400], None),
        (
            "Was it made in Samarkand?",
            [candidate("No.", missing_names=("samarkand",))],
            None,
        ),  # no text mentions that: told elsewhere
        ("What came in 2013?", [], None),
        (
            "india's S-400 deal of april 2018",
            [S400],
            "The sentences nearest to the question do not mention india or april.",
        ),
        ("When did India buy them, in May 2018?", [candidate("Indian envoys came.", "2018-05-02")], None),
    ],
)
def test_what_the_nearest_sentences_lack_and_hold(
    deals: Bot, question: str, near: list[object], told: str | None
) -> None:
    assert say_lacking(ask(deals, question), near) == told  # type: ignore[arg-type]


def test_an_abstention_says_so(deals: Bot) -> None:
    answer = deals.answer("Did Russia sell S-500 systems to China?")
    assert answer.abstained
    assert answer.answer.startswith(
        "The corpus does not answer this question. It never mentions S-500. The sentences nearest to the question mention S-300, S-400. "
    )


def test_a_detail_is_shown_as_it_was_typed() -> None:
    assert as_written("s-500", "Is the (S-500) sold?") == "S-500"
    assert as_written("usa", "Do the United States and Canada have one?") == "United States"
    assert as_written("siberia 3", "Power of Siberia 3: price?") == "Siberia 3"
    assert as_written("absent", "Nothing of it") == "absent"
    assert as_written("karaganov", "Sergei Karaganov's view?") == "Karaganov"


@pytest.mark.parametrize(
    ("question", "texts", "told"),
    [
        ("What is the diameter of the pipe?", ["The pipe is 3 km long."], "diameter"),
        ("How many construction workers build it?", ["They build it."], "number of construction workers"),
        ("How many hours did they talk?", ["They talked."], "duration"),
        ("What did the pipe cost?", ["It is 3 km long."], "price or cost"),
        ("Why was it built?", ["It was built."], "reason"),
        ("Who built the pipe?", ["It was built."], "name of such a person"),
        ("Which base is it?", ["It is a base."], "place"),
        ("What was the destroyer called?", ["A destroyer came."], "name for it"),
        ("Which countries abstained?", ["Four abstained."], "name of such a country"),
        ("What did the pipe cost?", ["It is 3 km long.", "It cost $3 billion."], None),  # another sentence gives it
        ("Is the pipe long?", ["It is a pipe."], None),  # no slot
        ("What did the pipe cost?", [], None),
    ],
)
def test_what_the_nearest_sentences_do_not_give(deals: Bot, question: str, texts: list[str], told: str | None) -> None:
    near = [candidate(text, row=i) for i, text in enumerate(texts)]
    expected = told and f"The sentences nearest to the question give no {told}."
    assert say_unfilled(ask(deals, question), near) == expected


def test_what_is_not_given_has_a_name_in_every_language() -> None:
    measured = {m.name for m in MEASURES} - {"hours", "days", "years"}
    named = {f"slot.{name}" for name in (*measured, "count", "price", "reason", "person", "place", "name", "state")}
    for language in LANGUAGES:
        assert {key for key in catalogue(language) if key.startswith("slot.")} == named


def test_an_abstention_says_what_is_not_given(deals: Bot) -> None:
    answer = deals.answer("What is the diameter of the S-400 systems?")
    assert answer.abstained
    assert "The sentences nearest to the question give no diameter." in answer.answer
    both = deals.answer("What is the diameter of the S-500 systems?").answer
    assert "The sentences nearest to the question mention S-300, S-400. They give no diameter." in both
