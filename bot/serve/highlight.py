"""Which characters of a document are marked, and its text cut into runs that are marked or not. Nothing here is HTML.

The runs of a text joined together are that text, and its marked runs joined are the slices that were asked for: a reader page
is made of them, so what it highlights is exactly what a citation's offsets say.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

MAX_SPANS = 50
_SPAN = re.compile(r"(\d{1,9})-(\d{1,9})", re.ASCII)


@dataclass(frozen=True, kw_only=True, order=True)
class Marked:
    """Characters to mark: from `start` up to, but without, `end`."""

    start: int
    end: int


@dataclass(frozen=True, kw_only=True)
class Run:
    """A piece of text; `mark` is the number of the marked span that it belongs to, from 1, and `first` says that it begins it."""

    text: str
    mark: int = 0
    first: bool = False


def parse_span(value: str) -> Marked | None:
    """Return what `START-END` names, or None if it is not two numbers, the first the smaller."""
    match = _SPAN.fullmatch(value.strip())
    if match is None:
        return None
    start, end = int(match.group(1)), int(match.group(2))
    return Marked(start=start, end=end) if start < end else None


def read_spans(values: Iterable[str], length: int) -> tuple[tuple[Marked, ...], tuple[str, ...]]:
    """Return what to mark in a text of that length, in order and without overlaps, and the values that cannot be used."""
    spans: list[Marked] = []
    bad: list[str] = []
    for value in list(values)[:MAX_SPANS]:
        span = parse_span(value)
        if span is None or span.end > length:
            bad.append(value)
        else:
            spans.append(span)
    return merge(spans), tuple(bad)


def merge(spans: Iterable[Marked]) -> tuple[Marked, ...]:
    """Return spans in order, those that overlap made one; two that only touch stay two."""
    merged: list[Marked] = []
    for span in sorted(spans):
        if merged and span.start < merged[-1].end:
            last = merged.pop()
            merged.append(Marked(start=last.start, end=max(last.end, span.end)))
        else:
            merged.append(span)
    return tuple(merged)


def cut(text: str, start: int, end: int, spans: Sequence[Marked]) -> tuple[Run, ...]:
    """Return the text between two offsets in runs; `spans` are in order and do not overlap."""
    runs: list[Run] = []
    at = start
    for number, span in enumerate(spans, 1):
        left, right = max(span.start, start), min(span.end, end)
        if left >= right:
            continue
        if at < left:
            runs.append(Run(text=text[at:left]))
        runs.append(Run(text=text[left:right], mark=number, first=left == span.start))
        at = right
    if at < end:
        runs.append(Run(text=text[at:end]))
    return tuple(runs)
