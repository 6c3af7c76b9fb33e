"""A run: every case gives a result in order, also one on which the bot breaks."""

from collections.abc import Callable
from typing import Any

from bot.pipeline import Bot
from bot.settings import Settings
from evals.cases import Case, Nugget
from evals.run import run_cases
from index.build import build_index
from tests.fakes import BagOfWords


class Breaks(BagOfWords):
    """An embedder that fails on questions that say so."""

    def embed_query(self, text: str) -> Any:
        if "break" in text:
            raise RuntimeError("the model broke")
        return super().embed_query(text)


def case(name: str, question: str, *, answerable: bool = True, **other: Any) -> Case:
    nuggets = (Nugget(id="year", any=("2001|2021",)),) if answerable else ()
    return Case(id=name, question=question, kind="fact", answerable=answerable, nuggets=nuggets, **other)


def test_a_bot_that_raises_gives_an_error_score_and_the_run_goes_on(settings: Settings) -> None:
    build_index(settings, embedder=BagOfWords())
    bot = Bot(settings, embedder=Breaks())
    cases = [
        case("good", "When was the friendship treaty signed?"),
        case("bad", "When was the friendship treaty signed, or does it break?"),
        case("lost", "Does Peru break?", answerable=False),
        case("again", "When was the friendship treaty extended?"),
    ]
    results = list(run_cases(bot, cases))
    assert [r.case for r in results] == cases
    assert [r.score.case_id for r in results] == ["good", "bad", "lost", "again"]
    assert [r.score.error for r in results] == [
        None,
        "RuntimeError: the model broke",
        "RuntimeError: the model broke",
        None,
    ]
    assert [r.answer is None for r in results] == [False, True, True, False]
    assert [r.score.truthfulness for r in results] == [1, -1, -1, 1]


def test_a_run_scores_what_bot_answer_says(make_bot: Callable[..., Bot]) -> None:
    bot = make_bot()
    question = "When was the friendship treaty signed?"
    result = next(run_cases(bot, [case("good", question)]))
    said = bot.answer(question)
    assert result.answer is not None
    assert (result.answer.answer, result.answer.citations) == (said.answer, said.citations)
    assert result.score.quotes == result.score.verbatim == len(said.citations)
    assert result.score.confidence == said.confidence


def test_the_conversation_before_a_case_is_asked_along(make_bot: Callable[..., Bot]) -> None:
    history = ({"role": "user", "content": "When was the friendship treaty signed?"},)
    result = next(run_cases(make_bot(), [case("follow-up", "And when was it extended?", history=history)]))
    assert result.answer is not None
    assert "friendship treaty" in result.answer.query


def test_each_finished_case_is_told_also_a_broken_one(settings: Settings) -> None:
    build_index(settings, embedder=BagOfWords())
    told: list[str] = []
    cases = [case("one", "Does it break?"), case("two", "When was the treaty signed?")]
    results = list(run_cases(Bot(settings, embedder=Breaks()), cases, done=lambda: told.append("done")))
    assert (len(results), told) == (2, ["done", "done"])


def test_no_cases_are_no_results(make_bot: Callable[..., Bot]) -> None:
    assert list(run_cases(make_bot(), [])) == []
