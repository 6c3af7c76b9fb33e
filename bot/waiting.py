"""Who waits for an answer, and how long: a stream is read in a thread of its own, so that its silence can be broken off.

A provider that keeps a connection alive while its model is silent holds up whoever reads from it, for no time-out of a client sees that.
"""

import math
import time
from collections.abc import Callable, Generator
from contextlib import closing
from contextvars import copy_context
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from threading import Event as Signal
from threading import Thread
from typing import TypeVar

T = TypeVar("T")

BEAT = 0.1
"""Seconds after which whoever waits looks whether it should go on."""


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """Somebody who waits for an answer: `gone` is set when nobody does any more; a chat model is given up at `until` (monotonic)."""

    gone: Signal = field(default_factory=Signal)
    until: float = math.inf


def waiting_for(seconds: float, gone: Signal) -> Waiting:
    """Return somebody who waits from now on for so many seconds, or until `gone` is set."""
    return Waiting(gone=gone, until=time.monotonic() + seconds)


@dataclass(frozen=True, kw_only=True)
class _End:
    error: Exception | None = None


def read_ahead(begin: Callable[[], Generator[T, None, None]], beat: float = BEAT) -> Generator[T | None, None, None]:
    """Yield what a stream yields, as it comes, and None whenever nothing came for `beat` seconds; raise what it raises.

    Closing this lets go of the stream at once; its own thread closes it with its next item.
    """
    found: SimpleQueue[T | _End] = SimpleQueue()
    left = Signal()

    def read() -> None:
        end = _End()
        try:
            with closing(begin()) as items:
                for item in items:
                    found.put(item)
                    if left.is_set():
                        return
        except Exception as error:  # raised again where the items are read
            end = _End(error=error)
        found.put(end)

    # The context goes along: LangChain keeps there whom to tell of a model's run.
    Thread(target=copy_context().run, args=(read,), name="amur-model", daemon=True).start()
    try:
        while True:
            try:
                item = found.get(timeout=beat)
            except Empty:
                yield None
                continue
            if isinstance(item, _End):
                if item.error is not None:
                    raise item.error
                return
            yield item
    finally:
        left.set()
