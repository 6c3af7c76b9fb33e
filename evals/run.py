"""Run cases through a system: the bot by the same `Bot.answer` that every surface calls, or a baseline."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from bot.pipeline import Bot
from evals.answers import Score, crashed, score
from evals.cases import Case
from evals.gold import Gold
from evals.replies import Reply
from evals.systems import System, the_bot


@dataclass(frozen=True, kw_only=True)
class Result:
    """One case, what the system said (None if it raised) and what that is worth."""

    case: Case
    reply: Reply | None
    score: Score


def run_cases(
    system: System,
    cases: Iterable[Case],
    gold: Gold,
    *,
    withheld: System | None = None,
    jobs: int = 1,
    done: Callable[[], object] = lambda: None,
) -> Iterator[Result]:
    """Yield a result for each case, in order. A crash counts as a wrong answer and is shown as an error.

    Args:
        system: answers the cases.
        cases: what to ask.
        gold: the evidence in the system's index.
        withheld: the same system, made to answer: asked what an abstention withheld.
        jobs: cases at a time; more than one makes the seconds of an answer say little.
        done: called after each case.
    """

    def one(case: Case) -> Result:
        try:
            reply = system(case)
            hidden = withheld(case) if withheld and reply.abstained else None
            return Result(case=case, reply=reply, score=score(case, reply, gold, hidden))
        except Exception as error:  # whatever a system raises is a result
            return Result(case=case, reply=None, score=crashed(case, error))

    with ThreadPoolExecutor(max_workers=jobs, thread_name_prefix="amur-eval") as pool:
        for result in pool.map(one, cases) if jobs > 1 else map(one, cases):
            done()
            yield result


def run_bot(
    bot: Bot,
    cases: Iterable[Case],
    gold: Gold | None = None,
    *,
    jobs: int = 1,
    done: Callable[[], object] = lambda: None,
) -> Iterator[Result]:
    """Yield a result for each case put to the bot; what it declines is asked again of a bot that never declines."""
    answering = Bot(bot.settings.model_copy(update={"min_confidence": 0.0}), embedder=bot.embedder)
    yield from run_cases(
        the_bot(bot), cases, gold or Gold(bot.store), withheld=the_bot(answering), jobs=jobs, done=done
    )
