"""Run a benchmark: read its data, build the index of its passages, put every question, write and return what came of it."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

from bot.pipeline import Bot
from bot.settings import ANSWER_FIELDS, Settings
from corpus.files import write_whole
from evals.benchmarks.asking import Asker
from evals.benchmarks.clapnq import CLAPNQ
from evals.benchmarks.common import Benchmark, Item, Outcome, hash_of_files
from evals.benchmarks.indexing import open_benchmark
from evals.benchmarks.mtrag import MTRAG
from evals.benchmarks.ramdocs import RAMDOCS
from evals.benchmarks.squad import SQUAD
from evals.benchmarks.tables import Table
from evals.runs import RESULTS, SUMMARY, runs_folder
from evals.statistics import SEED
from index.embed import Embedder

Progress = Callable[[str, int, int], None]

BENCHMARKS: Mapping[str, Benchmark[Any]] = {
    b.name: b for b in (SQUAD, CLAPNQ, MTRAG, RAMDOCS)
}  # Any: each its own gold


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What to run: a benchmark by name, its files, how many questions (None: all) drawn with which seed, how many articles."""

    name: str
    paths: tuple[Path, ...]
    limit: int | None = None
    seed: int = SEED
    articles: int | None = None


@dataclass(frozen=True, kw_only=True)
class Report:
    """A finished run: its summary ready for JSON, the same figures as tables, and where both lie."""

    summary: Mapping[str, Any]  # Any: JSON values
    tables: Sequence[Table]
    folder: Path


def run_benchmark(
    settings: Settings,
    wanted: Wanted,
    *,
    out: Path | None = None,
    progress: Progress = lambda what, done, total: None,
    embedder: Embedder | None = None,
) -> Report:
    """Run a benchmark and write `results.jsonl`, a line a question as it is answered, and `summary.json`.

    Args:
        settings: those of the bot that is measured; its passages are the data set's, not its corpus.
        wanted: what to run.
        out: the folder to write to, instead of a new one under AMUR_HOME/runs.
        progress: told how far the build and the questions are.
        embedder: used instead of the one the settings name.

    Raises:
        EvalError: the data cannot be read.
    """
    benchmark = BENCHMARKS[wanted.name]
    data = benchmark.read(wanted.paths, wanted.articles)
    drawn = data.sample(wanted.limit, wanted.seed)
    bot = open_benchmark(settings, wanted.name, data.sources, progress, embedder)
    started = datetime.now(UTC)
    folder = out or runs_folder(settings) / f"benchmark-{wanted.name}-{started:%Y-%m-%dT%H-%M-%S}"
    folder.mkdir(parents=True, exist_ok=True)
    begun = perf_counter()
    outcomes = []
    with (folder / RESULTS).open("w", encoding="utf-8") as file:
        progress("Answering", 0, len(drawn.items))
        for outcome in put(benchmark, drawn.items, Asker(bot)):
            file.write(json.dumps(asdict(outcome), ensure_ascii=False) + "\n")
            file.flush()
            outcomes.append(outcome)
            progress("Answering", len(outcomes), len(drawn.items))
    tables = benchmark.tables(outcomes)
    summary = {
        "benchmark": wanted.name,
        "data": [path.name for path in wanted.paths],
        "data_hash": hash_of_files(wanted.paths),
        "started": started.isoformat(timespec="seconds"),
        "seconds": round(perf_counter() - begun, 1),
        "limit": wanted.limit,
        "seed": wanted.seed,
        "articles": wanted.articles,
        "questions": len(outcomes),
        "questions_in_data": len(data.items),
        "errors": sum(o.error is not None for o in outcomes),
        **_about(bot),
        "tables": [table.to_dict() for table in tables],
    }
    write_whole(folder / SUMMARY, json.dumps(summary, ensure_ascii=False, indent=1) + "\n")
    return Report(summary=summary, tables=tables, folder=folder)


def _about(bot: Bot) -> dict[str, Any]:  # Any: JSON values
    """Return what answered: the index of the passages, and the settings."""
    manifest = bot.store.manifest
    return {
        "passages": manifest.documents,
        "index": {"chunks": manifest.chunks, "sentences": manifest.sentences},
        "settings": {name: getattr(bot.settings, name) for name in ANSWER_FIELDS},
        "fingerprint": bot.fingerprint,
    }


def put(benchmark: Benchmark[Any], items: Sequence[Item[Any]], asker: Asker) -> Iterator[Outcome]:
    """Yield what comes of each question, in order; one on which the bot raises is an error and counts as wrong, never as skipped."""
    for item in items:
        case = item.case
        values, said, error = _measured(benchmark, item, asker)
        yield Outcome(
            id=case.id,
            question=case.question,
            kind=case.kind,
            answerable=case.answerable,
            values=values,
            said=said,
            error=error,
        )


def _measured(
    benchmark: Benchmark[Any], item: Item[Any], asker: Asker
) -> tuple[Mapping[str, float], Mapping[str, str], str | None]:
    try:
        return *benchmark.measure(item, asker), None
    except Exception as error:  # whatever the bot raises is a result
        return {}, {}, f"{type(error).__name__}: {error}"
