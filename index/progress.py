"""A progress bar on standard error for anything that reports (what, done, total)."""

from __future__ import annotations

from types import TracebackType
from typing import NoReturn

from tqdm import tqdm


class ProgressBar:
    """Shows one bar for each thing that is being done, one below the other."""

    def __init__(self) -> None:
        self._bar: tqdm[NoReturn] | None = None
        self._what = ""

    def __call__(self, what: str, done: int, total: int) -> None:
        """Show that `done` of `total` of `what` is done."""
        if self._bar is None or what != self._what:
            self.close()
            self._what = what
            self._bar = tqdm(None, total=total, desc=what, unit="", dynamic_ncols=True, mininterval=0.2)
        if self._bar is not None:
            self._bar.update(done - self._bar.n)

    def close(self) -> None:
        """End the bar that is shown."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None

    def __enter__(self) -> ProgressBar:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
