"""The tables of the pages on runs: what a cell says, which value is the best of its column, how rows are told apart."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from evals.answers import Score
from evals.failures import FAILURES
from evals.metrics import METRICS
from evals.report import COLUMNS, SYSTEM
from evals.statistics import Difference, difference
from evals.summary import Figures

_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")

CEILING = "oracle"
"""The system that is told where the evidence is: what quoting can reach at best, so no rival."""
ABSTENTION = ("AUROC", "AURC", "ECE", "coverage at 10 % risk", "abstained")
TOTALS = ("answerable", "unanswerable", "all")
"""Sets of cases in a summary that are no kind."""
LEVELS = {
    "evidence": tuple(f"evidence recall@{k}" for k in (1, 5, 10)),
    **{
        level: tuple(f"{level} {m}" for m in ("recall@5", "recall@10", "success@1", "success@5", "RR", "nDCG@10"))
        for level in ("document", "passage")
    },
}
"""The measures of retrieval, by what counts as found."""


@dataclass(frozen=True, kw_only=True)
class Head:
    """A heading of a column: a measure has a meaning, and +1 or -1 if higher or lower values are better."""

    text: str
    better: int = 0
    meaning: str = ""


@dataclass(frozen=True, kw_only=True)
class Cell:
    """What a cell says, and whether it is the best of its column."""

    text: str
    best: bool = False


@dataclass(frozen=True, kw_only=True)
class Line:
    """A row: `look` is "ours", "ceiling", "total" or nothing; `href` is where its label leads."""

    label: str
    cells: tuple[Cell, ...]
    look: str = ""
    href: str = ""


@dataclass(frozen=True, kw_only=True)
class Grid:
    """A table with what it shows, the heading of its labels, and its columns and rows."""

    label: str
    first: str
    heads: tuple[Head, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True, kw_only=True)
class Rated:
    """A system of a run with its scores and figures."""

    name: str
    scores: Sequence[Score]
    figures: Figures

    @property
    def look(self) -> str:
        """How its row is told apart."""
        return {SYSTEM: "ours", CEILING: "ceiling"}.get(self.name, "")


@dataclass(frozen=True, kw_only=True)
class Lead:
    """By how much truthfulness the bot leads a simple system over the same cases; below 0 it trails."""

    system: str
    difference: Difference


def show(name: str, value: float | None) -> str:
    """Return the value of a measure as a page prints it: a true minus sign, none before nought; an en dash for no value."""
    if value is None:
        return "–"
    text = METRICS[name].show(value)
    return text.lstrip("+-") if not text.strip("+-0.") else text.replace("-", "−")


def exact(value: float) -> str:
    """Return a figure with three decimals and a true minus sign."""
    return f"{value:.3f}".replace("-", "−")


def visible(text: str) -> str:
    """Return a text with its control characters, and those that turn the direction of what follows, spelled out as ⟨U+202E⟩."""
    return _UNSEEN.sub(lambda match: f"⟨U+{ord(match.group()):04X}⟩", text)


def anchor(**chosen: str) -> str:
    """Return the fragment of an address that chooses cases, such as "kind=near-miss"; it serves as an element's id, too."""
    return urlencode({name: visible(value) for name, value in chosen.items()})


def heads_of(names: Sequence[str], drop: str = "") -> tuple[Head, ...]:
    """Return the headings of measures; `drop` is a word that all of them begin with."""
    return tuple(
        Head(text=n.removeprefix(drop).strip(), better=METRICS[n].better, meaning=METRICS[n].meaning) for n in names
    )


def systems_table(label: str, systems: Sequence[Rated], names: Sequence[str], drop: str = "") -> Grid | None:
    """Return a row for each system that has a value for one of the measures; None if none has."""
    shown = [s for s in systems if any(s.figures[n] is not None for n in names) and _comparable(s, names)]
    best = {n: _best(n, [s for s in shown if s.name != CEILING]) for n in names}
    lines = tuple(
        Line(
            label=s.name,
            look=s.look,
            cells=tuple(Cell(text=show(n, s.figures[n]), best=s.name in best[n]) for n in names),
        )
        for s in shown
    )
    return Grid(label=label, first="system", heads=heads_of(names, drop), lines=lines) if shown else None


def _comparable(system: Rated, names: Sequence[str]) -> bool:
    """Tell whether a system ranks the passages of the index: one that finds evidence, but none of them, cuts passages of its own."""
    found, evidence = system.figures["passage recall@10"], system.figures["evidence recall@10"]
    return "passage recall@10" not in names or bool(found) or not evidence


def _best(name: str, systems: Sequence[Rated]) -> frozenset[str]:
    """Return the systems that print the best value of a measure; none if all print the same one, or better has no meaning."""
    better = METRICS[name].better
    known = [(s.name, show(name, v), v * better) for s in systems if (v := s.figures[name]) is not None]
    if not better or len({text for _, text, _ in known}) < 2:
        return frozenset()
    _, top, _ = max(known, key=lambda one: one[2])
    return frozenset(system for system, text, _ in known if text == top)


def kinds_table(figures: Mapping[str, Any]) -> Grid:
    """Return a row for each kind of question, and for the answerable, the unanswerable and all."""
    names = [n for n in COLUMNS if figures["sets"]["all"][n] is not None]
    lines = tuple(
        Line(
            label=kind,
            look="total" if kind in TOTALS else "",
            href="" if kind in TOTALS else "#" + anchor(kind=kind),
            cells=(Cell(text=f"{values['cases']:,}"), *(Cell(text=show(n, values[n])) for n in names)),
        )
        for kind, values in figures["sets"].items()
    )
    return Grid(
        label="Amur by kind of question", first="kind", heads=(Head(text="cases"), *heads_of(names)), lines=lines
    )


def truthfulness_by_kind(systems: Sequence[Rated], kinds: Sequence[str]) -> Grid:
    """Return the truthfulness of every system on every kind of question."""

    def mean(system: Rated, kind: str) -> float:
        values = [s.truthfulness for s in system.scores if s.kind == kind]
        return sum(values) / len(values)

    means = {s.name: {kind: mean(s, kind) for kind in kinds} for s in systems}
    rivals = [s.name for s in systems if s.name != CEILING]
    top = {kind: show("truthfulness", max(means[n][kind] for n in rivals)) for kind in kinds}
    lines = tuple(
        Line(
            label=s.name,
            look=s.look,
            cells=tuple(
                Cell(
                    text=(text := show("truthfulness", means[s.name][kind])),
                    best=len(rivals) > 1 and s.name in rivals and text == top[kind],
                )
                for kind in kinds
            ),
        )
        for s in systems
    )
    heads = tuple(Head(text=kind) for kind in kinds)
    return Grid(label="Truthfulness of every system by kind of question", first="system", heads=heads, lines=lines)


def failures_table(systems: Sequence[Rated]) -> Grid:
    """Return how often every system failed in which way."""
    counts = {s.name: [sum(one.failure == f for one in s.scores) for f in FAILURES] for s in systems}
    kept = [i for i in range(len(FAILURES)) if any(row[i] for row in counts.values())]
    lines = tuple(
        Line(label=s.name, look=s.look, cells=tuple(Cell(text=f"{counts[s.name][i]:,}") for i in kept)) for s in systems
    )
    heads = tuple(Head(text=name) for i, name in enumerate(FAILURES) if i in kept)
    return Grid(label="Failures of every system", first="system", heads=heads, lines=lines)


def judged_table(judged: Mapping[str, Any]) -> Grid:
    """Return what a judge found, a row for each measure; whether people confirmed the judge stands in every row."""
    lines = []
    for name, f in judged["figures"].items():
        interval = "–" if f["low"] is None else f"{show(name, f['low'])} to {show(name, f['high'])}"
        texts = (show(name, f["value"]), interval, show(name, f["spread"]), f"{f['cases']:,}", f"{f['failed']:,}")
        worth = "agrees with people" if f["calibrated"] else "uncalibrated judge"
        lines.append(Line(label=name, cells=tuple(Cell(text=text) for text in (*texts, worth))))
    heads = ("value", "95% interval", "spread of repeats", "cases", "lost to errors", "the judge")
    return Grid(
        label="What the judge found", first="measure", heads=tuple(Head(text=h) for h in heads), lines=tuple(lines)
    )


def judged_by_kind(figures: Mapping[str, Any]) -> Grid:
    """Return what a judge found by kind of question."""
    names = tuple(figures["judged"]["figures"])
    lines = tuple(
        Line(
            label=kind,
            look="total" if kind in TOTALS else "",
            cells=(Cell(text=f"{values['cases']:,}"), *(Cell(text=show(n, values.get(n))) for n in names)),
        )
        for kind, values in figures["sets"].items()
    )
    heads = (Head(text="cases"), *heads_of(names))
    return Grid(label="What the judge found, by kind of question", first="kind", heads=heads, lines=lines)


def leads(ours: Rated, systems: Sequence[Rated]) -> tuple[Lead, ...]:
    """Return the lead of the bot over each rival, over the cases of both."""
    known = {s.case_id: float(s.truthfulness) for s in ours.scores}
    found = []
    for rival in systems:
        if rival.name in (ours.name, CEILING):
            continue
        both = [(float(s.truthfulness), known[s.case_id]) for s in rival.scores if s.case_id in known]
        gap = difference([theirs for theirs, _ in both], [mine for _, mine in both])
        if gap is not None:
            found.append(Lead(system=rival.name, difference=gap))
    return tuple(found)
