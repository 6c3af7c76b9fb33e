"""A text report of a run: one table by kind of case, then every case that went wrong and why."""

from collections.abc import Iterable, Sequence
from statistics import mean

from evals.answers import Score
from evals.run import Result

COLUMNS = ("kind", "cases", "truthfulness", "nuggets", "full", "right doc", "abstained", "verbatim", "words", "errors")


def summary(scores: Sequence[Score]) -> dict[str, float | int | None]:
    """Return the figures of a set of scores; a mean over nothing is None, never 0 or NaN."""
    quotes = sum(s.quotes for s in scores)
    return {
        "cases": len(scores),
        "truthfulness": _mean(s.truthfulness for s in scores),
        "nuggets": _mean(s.vital_recall for s in scores if s.vital_recall is not None),
        "full": _mean(s.fully_answered for s in scores if s.fully_answered is not None),
        "right doc": _mean(s.right_document for s in scores if s.right_document is not None),
        "abstained": _mean(s.abstained for s in scores),
        "verbatim": sum(s.verbatim for s in scores) / quotes if quotes else None,
        "words": _mean(s.words for s in scores if not s.abstained),
        "errors": sum(s.error is not None for s in scores),
    }


def as_text(results: Sequence[Result], *, fingerprint: str, failures: bool = True) -> str:
    """Return the report as a person reads it in a terminal."""
    scores = [r.score for r in results]
    kinds = list(dict.fromkeys(s.kind for s in scores))
    rows = [(kind, summary([s for s in scores if s.kind == kind])) for kind in kinds]
    rows.append(("answerable", summary([s for s in scores if s.answerable])))
    rows.append(("unanswerable", summary([s for s in scores if not s.answerable])))
    rows.append(("all", summary(scores)))
    lines = [f"{len(scores)} cases, fingerprint {fingerprint}", "", _row(COLUMNS)]
    lines += [
        _row([kind, *(_cell(name, values[name]) for name in COLUMNS[1:])]) for kind, values in rows if values["cases"]
    ]
    if failures:
        lines += ["", *(_failure(r) for r in results if _went_wrong(r.score))]
    return "\n".join(lines)


def _mean(values: Iterable[float | None]) -> float | None:
    found = [float(v) for v in values if v is not None]
    return mean(found) if found else None


def _row(cells: Sequence[str]) -> str:
    return f"{cells[0]:<13}" + "".join(f"{cell:>13}" for cell in cells[1:])


def _cell(name: str, value: float | int | None) -> str:
    if value is None:
        return "-"
    if isinstance(value, int):
        return str(value)
    return f"{value:.0f}" if name == "words" else f"{value:+.3f}" if name == "truthfulness" else f"{value:.3f}"


def _went_wrong(score: Score) -> bool:
    return score.truthfulness < 1 or score.error is not None or score.verbatim < score.quotes


def _failure(result: Result) -> str:
    s = result.score
    if s.error:
        why = f"error: {s.error}"
    elif not s.answerable:
        why = "answered, but the corpus does not hold it"
    elif s.abstained:
        why = "abstained, but the corpus answers it"
    elif s.must_not:
        why = "says what it must not"
    elif s.verbatim < s.quotes:
        why = f"{s.quotes - s.verbatim} of {s.quotes} quotes are not in their documents"
    else:
        why = f"missed {', '.join(s.missed)}"
    said = result.answer.answer.replace("\n", " ")[:160] if result.answer else ""
    return f"{s.case_id} ({s.confidence:.2f}) {result.case.question!r}: {why}\n    {said}"
