"""Run cases through the bot: the same `Bot.answer` that every surface calls, no second path."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from bot.pipeline import Bot
from bot.records import Answer
from evals.answers import Score, crashed, score
from evals.cases import Case


@dataclass(frozen=True, kw_only=True)
class Result:
    """One case, what the bot said (None if it raised) and what that is worth."""

    case: Case
    answer: Answer | None
    score: Score


def run_cases(bot: Bot, cases: Iterable[Case], done: Callable[[], object] = lambda: None) -> Iterator[Result]:
    """Yield a result for each case, in order. A crash counts as a wrong answer and is shown as an error."""
    for case in cases:
        try:
            answer = bot.answer(case.question, history=case.history)
            yield Result(case=case, answer=answer, score=score(case, answer, bot.store))
        except Exception as error:  # whatever the bot raises is a result
            yield Result(case=case, answer=None, score=crashed(case, error))
        done()
