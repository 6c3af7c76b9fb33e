"""What a judge found in a run: `judged.json` in the run's folder, its figures, and how far people agree with it.

Judged values never stand in a score, so nothing that reads scores, such as the gate, can see them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import fmean
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from corpus.errors import EvalError
from corpus.files import write_whole
from evals.judge_prompts import Kind, Label
from evals.metrics import METRICS
from evals.statistics import mean

JUDGED = "judged.json"
MEASURES = tuple(m.name for m in METRICS.values() if m.group == "judged")
RATED_AS = {name: "faithfulness" if name.startswith("judged citation") else name for name in MEASURES}
"""By which rating of people a measure is calibrated: citation recall and precision rest on the verdicts of faithfulness."""
AGREEMENT = 0.6
"""Quadratic weighted kappa from which a judge counts as calibrated."""
ENOUGH = 30
"""Rated answers below which a kappa says nothing."""


@dataclass(frozen=True, kw_only=True)
class Opinion:
    """One verdict asked for: on what, which repeat, and either the verdict with its reason or the error in its place."""

    kind: Kind
    about: str
    repeat: int
    verdict: Label | None = None
    reason: str = ""
    error: str | None = None
    cached: bool = False
    input_tokens: int = 0
    output_tokens: int = 0


@dataclass(frozen=True, kw_only=True)
class JudgedCase:
    """A case as judged: for each measure one value a repeat, 0 to 1, None where an error left it unknown."""

    case_id: str
    values: Mapping[str, tuple[float | None, ...]] = field(default_factory=dict)
    opinions: tuple[Opinion, ...] = ()

    def value(self, name: str) -> float | None:
        """Return the mean of a measure over the repeats that have a value; None if none has."""
        known = self._known(name)
        return fmean(known) if known else None

    def spread(self, name: str) -> float | None:
        """Return the greatest less the smallest value of a measure; None if fewer than two repeats have one."""
        known = self._known(name)
        return max(known) - min(known) if len(known) > 1 else None

    def _known(self, name: str) -> list[float]:
        return [v for v in self.values.get(name, ()) if v is not None]


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """How far a judge agrees with people: quadratic weighted kappa (None if undefined) over so many rated answers."""

    kappa: float | None
    rated: int

    @property
    def enough(self) -> bool:
        """Whether the judge counts as calibrated."""
        return self.kappa is not None and self.kappa >= AGREEMENT and self.rated >= ENOUGH


@dataclass(frozen=True, kw_only=True)
class Judged:
    """All that a judge found in a run. `stale` counts ratings of answers that the bot no longer gives."""

    model: str
    prompts: str
    repeats: int
    cases: tuple[JudgedCase, ...]
    agreement: Mapping[str, Agreement] = field(default_factory=dict)
    stale: int = 0


class Rating(BaseModel):
    """What a person thinks of one answer: each measure 0, 0.5 or 1; the answer stands there because it may change."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    case_id: str
    answer: str
    faithfulness: float | None = Field(default=None, ge=0, le=1, multiple_of=0.5)
    relevance: float | None = Field(default=None, ge=0, le=1, multiple_of=0.5)
    nugget_support: float | None = Field(default=None, alias="nugget support", ge=0, le=1, multiple_of=0.5)

    def of(self, name: str) -> float | None:
        """Return the rating for a measure."""
        return {"faithfulness": self.faithfulness, "relevance": self.relevance}.get(name, self.nugget_support)


_JUDGED = TypeAdapter(Judged)


def write_judged(folder: Path, judged: Judged) -> None:
    """Write `judged.json`."""
    write_whole(folder / JUDGED, _JUDGED.dump_json(judged).decode() + "\n")


def read_judged(folder: Path) -> Judged | None:
    """Return what a judge found in the run of this folder; None if none was asked.

    Raises:
        EvalError: the file cannot be read.
    """
    path = folder / JUDGED
    if not path.is_file():
        return None
    try:
        return _JUDGED.validate_json(path.read_bytes())
    except ValidationError as error:
        raise EvalError(
            f"{str(path)!r} is not what a judge writes ({error.errors()[0]['msg']}); delete it or judge again"
        ) from error


def read_ratings(path: Path) -> list[Rating]:
    """Read what people think of answers, one JSON object a line.

    Raises:
        EvalError: the file cannot be read, or a line is no rating; the message names it.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise EvalError(f"Cannot read the ratings {str(path)!r} ({error}); give a JSONL file") from error
    found = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            found.append(Rating.model_validate_json(line))
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            raise EvalError(f"{path.name}:{number} is no rating: {where}: {first['msg']}; see docs/judge.md") from error
    return found


def agreement(judged: Sequence[float], human: Sequence[float]) -> float | None:
    """Return Cohen's kappa with quadratic weights between values of 0 to 1, each rounded to 0, 0.5 or 1; halfway goes up.

    None if it is undefined, because all values of both fall together on one level.
    """
    from sklearn.metrics import cohen_kappa_score

    ours, theirs = ([int(2 * value + 0.5) for value in values] for values in (judged, human))
    if len({*ours, *theirs}) < 2:
        return None
    return float(cohen_kappa_score(ours, theirs, labels=[0, 1, 2], weights="quadratic"))


def agree(
    cases: Iterable[JudgedCase], ratings: Iterable[Rating], answers: Mapping[str, str]
) -> tuple[dict[str, Agreement], int]:
    """Return the agreement with people by measure, and how many ratings are of answers that the bot does not give.

    Args:
        cases: as judged.
        ratings: what people think.
        answers: what the bot answers now, by the id of the case.
    """
    by_id = {c.case_id: c for c in cases}
    fresh = [(r, answers.get(r.case_id) == r.answer) for r in ratings]
    found = {}
    for name in sorted(set(RATED_AS.values())):
        pairs = [
            (value, given)
            for rating, current in fresh
            if current and (given := rating.of(name)) is not None
            and rating.case_id in by_id and (value := by_id[rating.case_id].value(name)) is not None
        ]  # fmt: skip
        if pairs:
            found[name] = Agreement(kappa=agreement([j for j, _ in pairs], [h for _, h in pairs]), rated=len(pairs))
    return found, sum(not current for _, current in fresh)


def judged_figures(judged: Judged) -> dict[str, Any]:  # Any: JSON values
    """Return the figures of a judge, ready for `summary.json` under "judged"."""
    opinions = [o for c in judged.cases for o in c.opinions]
    errors = [o.error for o in opinions if o.error]
    figures = {name: figure for name in MEASURES if (figure := _figure(judged, name))}
    return {
        "model": judged.model,
        "prompts": judged.prompts,
        "repeats": judged.repeats,
        "calibrated": bool(figures) and all(f["calibrated"] for f in figures.values()),
        "agreement": {name: asdict(found) for name, found in judged.agreement.items()},
        "stale_ratings": judged.stale,
        "asked": sum(not o.cached for o in opinions),
        "cached": sum(o.cached for o in opinions),
        "errors": len(errors),
        "first_error": errors[0] if errors else None,
        "tokens": {"input": sum(o.input_tokens for o in opinions), "output": sum(o.output_tokens for o in opinions)},
        "figures": figures,
    }


def judged_means(judged: Judged, ids: Iterable[str]) -> dict[str, float | None]:
    """Return the mean of each judged measure over the cases of these ids; None where no case has a value."""
    kept = set(ids)
    rows = [c for c in judged.cases if c.case_id in kept]
    return {name: fmean(known) if (known := list(_values(rows, name))) else None for name in MEASURES}


def _figure(judged: Judged, name: str) -> dict[str, Any] | None:  # Any: JSON values
    """Return a measure over all cases; None if it makes no sense for any of them."""
    rows = [c for c in judged.cases if name in c.values]
    if not rows:
        return None
    values = list(_values(rows, name))
    interval = mean(values)
    spreads = [s for c in rows if (s := c.spread(name)) is not None]
    rated = judged.agreement.get(RATED_AS[name])
    return {
        "value": interval.value if interval else None,
        "low": interval.low if interval else None,
        "high": interval.high if interval else None,
        "spread": fmean(spreads) if spreads else None,
        "cases": len(values),
        "failed": len(rows) - len(values),
        "calibrated": rated is not None and rated.enough,
    }


def _values(rows: Iterable[JudgedCase], name: str) -> Iterator[float]:
    for row in rows:
        value = row.value(name)
        if value is not None:
            yield value
