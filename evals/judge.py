"""A chat model as a judge of answers: faithfulness, relevance, nugget support, and ALCE's citation measures in its own form.

Each is asked several times over; a verdict is asked for before it is believed: reason first, then full, partial or none. What the
model cannot or will not say is an error: counted, shown, and never taken for a verdict. A judge never gates (docs/judge.md).
"""

import threading
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from statistics import fmean

from bot.settings import Settings
from evals.cases import Case
from evals.citations import citation_precision, citation_recall
from evals.judge_cache import VerdictCache, key_of
from evals.judge_model import Asker, make_asker
from evals.judge_prompts import WORTH, Kind, Request, ask_nugget, ask_relevance, ask_support
from evals.judged import Judged, JudgedCase, Opinion, Rating, agree, read_ratings, write_judged
from evals.replies import Reply, Said
from evals.run import Result

REPEATS = 3
JOBS = 8
"""Cases judged at a time: a model behind a network is waited for, not computed."""
GIVE_UP = 20
"""Errors in a row after which the model is asked nothing more: a wrong key or a dead server would fail every time, slowly."""

Ask = Callable[[Request], Opinion]


class Judge:
    """Judges the results of a run and writes what it finds beside them."""

    def __init__(
        self, asker: Asker, cache: Path, *, repeats: int = REPEATS, jobs: int = JOBS, ratings: Sequence[Rating] = ()
    ) -> None:
        """Make a judge.

        Args:
            asker: puts requests to the model.
            cache: the file of verdicts.
            repeats: how often each verdict is asked for.
            jobs: cases judged at a time.
            ratings: what people think of answers, to calibrate the judge.
        """
        self.name = asker.name
        self._asker = asker
        self._cache = cache
        self._repeats = repeats
        self._jobs = jobs
        self._ratings = ratings
        self._lock = threading.Lock()
        self._failed_in_a_row = 0
        self._stopped = threading.Event()

    def judge_run(self, folder: Path, results: Sequence[Result], done: Callable[[], object]) -> None:
        """Judge every result and write `judged.json` into the run's folder.

        Args:
            folder: of the run.
            results: one a case.
            done: called after each case.
        """
        with VerdictCache(self._cache) as cache:
            cases = self._judge_all(results, cache, done)
        answers = {r.case.id: r.reply.text for r in results if r.reply is not None}
        agreed, stale = agree(cases, self._ratings, answers)
        write_judged(
            folder,
            Judged(
                model=self.name,
                prompts=self._asker.prompts,
                repeats=self._repeats,
                cases=tuple(cases),
                agreement=agreed,
                stale=stale,
            ),
        )

    def _judge_all(
        self, results: Sequence[Result], cache: VerdictCache, done: Callable[[], object]
    ) -> list[JudgedCase]:
        found = []
        pool = ThreadPoolExecutor(max_workers=self._jobs, thread_name_prefix="amur-judge")
        try:
            for case in pool.map(lambda result: self._judge_one(result, cache), results):
                found.append(case)
                done()
        except BaseException:  # Ctrl-C above all: nothing more is asked, what was told is in the cache
            self._stopped.set()
            raise
        finally:
            pool.shutdown(cancel_futures=True)
        return found

    def _judge_one(self, result: Result, cache: VerdictCache) -> JudgedCase:
        rounds = [Round(partial(self._ask, cache, repeat)) for repeat in range(self._repeats)]
        values = [judge_reply(result.case, result.reply, r, self._asker.kinds) for r in rounds]
        return JudgedCase(
            case_id=result.case.id,
            values={name: tuple(v[name] for v in values) for name in values[0]},
            opinions=tuple(opinion for r in rounds for opinion in r.opinions),
        )

    def _ask(self, cache: VerdictCache, repeat: int, request: Request) -> Opinion:
        key = key_of(self._asker.identity(request), repeat)
        asked = Opinion(kind=request.kind, about=request.about, repeat=repeat)
        known = cache.get(key)
        if known is not None:
            return replace(asked, verdict=known.verdict, reason=known.reason, cached=True)
        if self._stopped.is_set():
            return replace(asked, error="not asked, because the run was interrupted")
        with self._lock:
            if self._failed_in_a_row >= GIVE_UP:
                return replace(asked, error=f"not asked, because the judge failed {GIVE_UP} times in a row")
        try:
            told = self._asker.ask(request)
        except Exception as error:  # whatever a model's package raises is an error of the judge, and a result
            with self._lock:
                self._failed_in_a_row += 1
            return replace(asked, error=self._asker.describe(error))
        with self._lock:
            self._failed_in_a_row = 0
        cache.put(key, told)
        return replace(asked, **asdict(told))


class _NoVerdict(Exception):
    """A verdict is missing, so the measure that needs it has no value in this repeat."""


class Round:
    """One repeat over one case. Nothing is asked twice in it; a missing verdict stays missing."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._known: dict[Request, Opinion] = {}

    @property
    def opinions(self) -> tuple[Opinion, ...]:
        """Every verdict asked for, in order."""
        return tuple(self._known.values())

    def worth(self, request: Request) -> float:
        """Return what the verdict is worth: 1, 0.5 or 0."""
        if request not in self._known:
            self._known[request] = self._ask(request)
        verdict = self._known[request].verdict
        if verdict is None:
            raise _NoVerdict
        return WORTH[verdict]

    def support(self, statement: str, quotes: str) -> float:
        """Return how far quotes support a statement; without any they do not, which needs no judge."""
        return self.worth(ask_support(statement, quotes)) if quotes.strip() else 0.0

    def supports(self, statement: str, quotes: str) -> bool:
        """Tell whether quotes support a statement in full: ALCE's question."""
        return self.support(statement, quotes) == 1.0

    def faithfulness(self, said: Said) -> float:
        """Return how far a statement's own quotes support it."""
        return self.support(said.text, " ".join(q.text for q in said.quotes))


def judge_reply(case: Case, reply: Reply | None, judge: Round, kinds: Collection[Kind]) -> dict[str, float | None]:
    """Return the values of one repeat for those measures that make sense for this case; None where a verdict is missing.

    An abstention and a crash say nothing: they state no nugget, and there is nothing in them to be faithful or relevant.
    """
    found: dict[str, float | None] = {}
    spoken = reply if reply is not None and not reply.abstained and reply.text else None
    if spoken and spoken.said and "support" in kinds:
        said = spoken.said
        found["faithfulness"] = _mean([_attempt(partial(judge.faithfulness, s)) for s in said])
        found["judged citation recall"] = _attempt(partial(citation_recall, said, judge.supports))
        if spoken.quotes:
            found["judged citation precision"] = _attempt(partial(citation_precision, said, judge.supports))
    if spoken and "relevance" in kinds:
        request = ask_relevance(case.question, case.history, spoken.text)
        found["relevance"] = _attempt(partial(judge.worth, request))
    vital = [n for n in case.nuggets if n.vital] if case.answerable and "nugget" in kinds else []
    if vital and spoken is None:
        found["nugget support"] = 0.0
    elif vital and spoken:
        asked = [ask_nugget(n, case.reference, case.question, case.history, spoken.text) for n in vital]
        found["nugget support"] = _mean([_attempt(partial(judge.worth, request)) for request in asked])
    return found


def make_judge(name: str, settings: Settings, *, repeats: int = REPEATS, ratings: Path | None = None) -> Judge:
    """Return the judge of this name, its verdicts kept under AMUR_HOME.

    Args:
        name: "provider:model", or "openevals:provider:model" for the instructions of openevals.
        settings: say where AMUR_HOME is.
        repeats: how often each verdict is asked for.
        ratings: a file of what people think of answers, to calibrate the judge (docs/judge.md).

    Raises:
        EvalError: the name, a package, a key or the file of ratings; the message says what to do.
    """
    known = read_ratings(ratings) if ratings else []
    cache = settings.home / "evals" / "judge.sqlite"
    return Judge(make_asker(name), cache, repeats=repeats, ratings=known)


def _attempt(compute: Callable[[], float | None]) -> float | None:
    try:
        return compute()
    except _NoVerdict:
        return None


def _mean(values: Sequence[float | None]) -> float | None:
    known = [v for v in values if v is not None]
    return fmean(known) if len(known) == len(values) else None
