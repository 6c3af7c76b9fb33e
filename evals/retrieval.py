"""Measures of ranked lists, in plain Python: recall@k, success@k, RR, nDCG@k, and the TREC file forms.

Definitions are those of trec_eval (and of ir-measures, which the tests hold them against): `relevant` maps ids to grades, a grade
above 0 is relevant; ids are ranked best first and count once. Järvelin and Kekäläinen's gain is the grade itself, discounted by
log2(rank + 1). One thing differs: a query for which nothing is relevant has no value here, and trec_eval averages it in as 0.
"""

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

import numpy as np

from corpus.errors import EvalError

Qrels = dict[str, dict[str, int]]
"""query id → document id → grade."""
RankedLists = dict[str, list[tuple[str, float]]]
"""query id → (document id, score), best first."""


def recall_at_k(ranked: Sequence[str], relevant: Mapping[str, int], k: int) -> float | None:
    """Return the share of the relevant ids among the first k; None if nothing is relevant."""
    wanted = _relevant(relevant)
    return len(wanted & set(_unique(ranked)[:k])) / len(wanted) if wanted else None


def success_at_k(ranked: Sequence[str], relevant: Mapping[str, int], k: int) -> float | None:
    """Return 1 if any of the first k is relevant, else 0; None if nothing is relevant."""
    wanted = _relevant(relevant)
    return float(bool(wanted & set(_unique(ranked)[:k]))) if wanted else None


def reciprocal_rank(ranked: Sequence[str], relevant: Mapping[str, int]) -> float | None:
    """Return 1 / the rank of the first relevant id, 0 if there is none among them; None if nothing is relevant."""
    wanted = _relevant(relevant)
    if not wanted:
        return None
    return next((1 / rank for rank, name in enumerate(_unique(ranked), 1) if name in wanted), 0.0)


def ndcg_at_k(ranked: Sequence[str], relevant: Mapping[str, int], k: int) -> float | None:
    """Return the discounted gain of the first k over that of the best order there is; None if nothing is relevant."""
    best = _gain(sorted(relevant.values(), reverse=True)[:k])
    return _gain([relevant.get(name, 0) for name in _unique(ranked)[:k]]) / best if best else None


def _gain(grades: Iterable[int]) -> float:
    return sum(max(grade, 0) / math.log2(rank + 1) for rank, grade in enumerate(grades, 1))


def _relevant(relevant: Mapping[str, int]) -> set[str]:
    return {name for name, grade in relevant.items() if grade > 0}


def _unique(ranked: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(ranked))


def measure_rankings(ranked: RankedLists, qrels: Qrels) -> dict[str, float | None]:
    """Return the mean of every measure over the queries of `qrels`; a query without a ranking counts as one that finds nothing."""
    rows: dict[str, list[float]] = defaultdict(list)
    for query, relevant in qrels.items():
        names = [name for name, _ in ranked.get(query, [])]
        for measure, value in measures_of(names, relevant).items():
            if value is not None:
                rows[measure].append(value)
    names_of = ("recall@5", "recall@10", "success@1", "success@5", "RR", "nDCG@10")
    return {name: sum(rows[name]) / len(rows[name]) if rows[name] else None for name in names_of}


def measures_of(ranked: Sequence[str], relevant: Mapping[str, int]) -> dict[str, float | None]:
    """Return every measure of one ranked list by its name."""
    return {
        "recall@5": recall_at_k(ranked, relevant, 5),
        "recall@10": recall_at_k(ranked, relevant, 10),
        "success@1": success_at_k(ranked, relevant, 1),
        "success@5": success_at_k(ranked, relevant, 5),
        "RR": reciprocal_rank(ranked, relevant),
        "nDCG@10": ndcg_at_k(ranked, relevant, 10),
    }


def write_run(path: Path, ranked: RankedLists, tag: str = "amur") -> None:
    """Write a TREC run file: `query Q0 document rank score tag`, one line each, so that trec_eval sees this very order.

    It sorts by scores of 32 bits, equal ones by id: so scores that do not fall are lowered by as little as possible. It refuses
    an id that comes twice: only the first is written. Spaces in ids become %20.
    """
    lines = [
        f"{_column(query)} Q0 {_column(name)} {rank} {score:.9g} {tag}\n"
        for query, found in ranked.items()
        for rank, (name, score) in enumerate(_falling(found), 1)
    ]
    path.write_text("".join(lines), encoding="utf-8")


def write_qrels(path: Path, qrels: Qrels) -> None:
    """Write a TREC qrels file: `query 0 document grade`, one line each; spaces in ids become %20."""
    lines = [
        f"{_column(query)} 0 {_column(name)} {grade}\n"
        for query, judged in qrels.items()
        for name, grade in judged.items()
    ]
    path.write_text("".join(lines), encoding="utf-8")


def _falling(found: Iterable[tuple[str, float]]) -> list[tuple[str, float]]:
    rows: dict[str, float] = {}
    last = np.float32(np.inf)
    for name, score in found:
        if name not in rows:
            last = min(np.float32(score), np.nextafter(last, np.float32(-np.inf)))
            rows[name] = float(last)
    return list(rows.items())


def _column(name: str) -> str:
    return re.sub(r"\s", lambda match: quote(match.group()), name)


def read_run(path: Path) -> RankedLists:
    """Read a TREC run file; as trec_eval does, order by score in 32 bits, equal ones by id in reverse, whatever the ranks say.

    Raises:
        EvalError: the file cannot be read, or a line does not have its six columns.
    """
    found: RankedLists = defaultdict(list)
    for number, (query, _, name, _, score, _) in _columns(path, 6):
        found[query].append((name, _number(score, float, path, number)))
    return {
        query: sorted(sorted(rows, reverse=True), key=lambda row: -np.float32(row[1])) for query, rows in found.items()
    }


def read_qrels(path: Path) -> Qrels:
    """Read a TREC qrels file.

    Raises:
        EvalError: the file cannot be read, or a line does not have its four columns.
    """
    found: Qrels = defaultdict(dict)
    for number, (query, _, name, grade) in _columns(path, 4):
        found[query][name] = int(_number(grade, int, path, number))
    return dict(found)


def _number(text: str, kind: type[float], path: Path, line: int) -> float:
    try:
        return kind(text)
    except ValueError as error:
        raise EvalError(f"{path.name}:{line}: {text!r} is no number; mend the line") from error


def _columns(path: Path, count: int) -> list[tuple[int, list[str]]]:
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise EvalError(f"Cannot read {str(path)!r} as UTF-8 text ({error}); check it") from error
    rows = [(number, line.split()) for number, line in enumerate(lines, 1) if line.strip()]
    for number, cells in rows:
        if len(cells) != count:
            raise EvalError(f"{path.name}:{number}: {len(cells)} columns where a TREC file has {count}; mend the line")
    return rows
