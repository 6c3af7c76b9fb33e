"""Runs the bot's work in a few threads. What would wait too long is sent away at once, and what nobody waits for stops.

The bot is synchronous; the server is not. A job runs in a thread and hands what it yields to the event loop. Everything that
counts jobs belongs to that loop, so that nothing here needs a lock.
"""

import asyncio
import math
from collections.abc import AsyncGenerator, Callable, Generator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass
from threading import Event as Signal
from time import monotonic
from typing import Generic, TypeVar

from bot.server_settings import ServerSettings
from corpus.errors import RequestError

T = TypeVar("T")
Work = Callable[[Signal], Generator[T, None, None]]

_WEIGHT = 0.1
"""How much the newest job counts in the mean time of a job."""


@dataclass(frozen=True, kw_only=True)
class _Failed:
    error: Exception


class _End:
    pass


class Job(Generic[T]):
    """Something that yields, run in a thread for one reader of what it yields."""

    def __init__(self, work: Work[T], seconds: float) -> None:
        self._work = work
        self._seconds = seconds
        self._loop = asyncio.get_running_loop()
        self._yielded: asyncio.Queue[T | _Failed | _End] = asyncio.Queue()
        self._stopped = Signal()
        self.started = asyncio.Event()

    def stop(self) -> None:
        """Stop before the next item, and tell the work; a step that is being computed is finished first."""
        self._stopped.set()

    def run(self) -> float:
        """Do the work in this thread; return how many seconds it took."""
        if self._stopped.is_set():
            return 0.0
        _tell(self._loop, self.started.set)
        began = monotonic()
        try:
            with closing(self._work(self._stopped)) as items:
                for item in items:
                    _tell(self._loop, self._yielded.put_nowait, item)
                    if self._stopped.is_set():
                        break
        except Exception as error:  # raised again where the items are read
            _tell(self._loop, self._yielded.put_nowait, _Failed(error=error))
        _tell(self._loop, self._yielded.put_nowait, _End())
        return monotonic() - began

    async def items(self, beat: float | None = None) -> AsyncGenerator[T | None, None]:
        """Yield what the work yields, and None whenever nothing came for `beat` seconds. Leaving the loop stops the work.

        Raises:
            RequestError: it took longer than it may.
            Exception: whatever the work raised.
        """
        deadline = self._loop.time() + self._seconds
        try:
            while True:
                now = self._loop.time()
                try:
                    async with asyncio.timeout_at(min(deadline, now + beat) if beat else deadline):
                        item = await self._yielded.get()
                except TimeoutError:
                    if self._loop.time() < deadline:
                        yield None
                        continue
                    raise self._too_long() from None
                if isinstance(item, _End):
                    return
                if isinstance(item, _Failed):
                    raise item.error
                yield item
        finally:
            self.stop()

    def _too_long(self) -> RequestError:
        return RequestError(
            f"The answer took longer than {self._seconds:g} seconds and was given up; try again, or ask something simpler.",
            status=503,
            code="timed_out",
            retry_after=10,
        )


class Crew:
    """The threads, and who waits for one."""

    def __init__(self, settings: ServerSettings, *, more: int = 0) -> None:
        """Make `max_running` threads, and more for jobs that only wait for a chat model."""
        self._settings = settings
        self._most = settings.max_running + more
        self._threads = ThreadPoolExecutor(max_workers=self._most, thread_name_prefix="amur-answer")
        self._jobs = 0
        self._mean = 0.0

    async def start(self, work: Work[T]) -> Job[T]:
        """Return the job of this work once it runs; the work is given what is set when nobody waits for it any more.

        Raises:
            RequestError: too many wait, or it would wait or has waited too long; it says when to come back.
        """
        self._refuse_if_full()
        job = Job(work, self._settings.answer_seconds)
        self._jobs += 1
        loop = asyncio.get_running_loop()
        running = self._threads.submit(job.run)
        running.add_done_callback(lambda done: _tell(loop, self._done, done))
        try:
            async with asyncio.timeout(self._settings.max_wait):
                await job.started.wait()
        except BaseException as error:  # also when whoever asked is gone
            job.stop()
            running.cancel()
            if isinstance(error, TimeoutError):
                raise self._busy() from None
            raise
        return job

    async def call(self, work: Callable[[], T]) -> T:
        """Return what a call returns that is made in one of the threads.

        Raises:
            RequestError: as `start` and `Job.items`.
        """

        def once(gone: Signal) -> Generator[T, None, None]:
            yield work()

        job = await self.start(once)
        found = [item async for item in job.items() if item is not None]
        return found[0]

    @property
    def waiting(self) -> int:
        """How many jobs wait for a thread."""
        return max(self._jobs - self._most, 0)

    @property
    def full(self) -> bool:
        """Whether the next job would be sent away."""
        ahead = self._jobs - self._most + 1
        return ahead > 0 and (ahead > self._settings.max_waiting or self._expected(ahead) > self._settings.max_wait)

    def close(self) -> None:
        """Let the threads go; jobs that wait are dropped."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _expected(self, ahead: int) -> float:
        """Return the seconds that a job waits when so many, itself counted, wait."""
        return ahead * self._mean / self._most

    def _refuse_if_full(self) -> None:
        if self.full:
            raise self._busy()

    def _busy(self) -> RequestError:
        seconds = max(math.ceil(self._expected(self.waiting + 1)), 1)
        return RequestError(
            f"Too many questions wait for an answer at the moment; try again in {seconds} s.",
            status=503,
            code="busy",
            retry_after=seconds,
        )

    def _done(self, running: Future[float]) -> None:
        self._jobs -= 1
        if not running.cancelled() and (seconds := running.result()):
            self._mean = seconds if not self._mean else self._mean + _WEIGHT * (seconds - self._mean)


def _tell(loop: asyncio.AbstractEventLoop, call: Callable[..., object], *values: object) -> None:
    with suppress(RuntimeError):  # the loop is closed: the server stopped while this was computed
        loop.call_soon_threadsafe(call, *values)
