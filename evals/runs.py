"""Runs on disk: `AMUR_HOME/runs/<date>-<fingerprint>/` with what was asked, what was said and what that is worth.

run.json        what was run: settings, fingerprint, index, cases and their hash, whether it is complete
results.jsonl   one line a case, written as it is answered: an interrupted run goes on where it stopped
baselines.jsonl one line a case and simple system
summary.json    the figures; report.html the same to look at
judged.json     what a judge found, if one was asked
*.run, *.qrels  rankings and relevance in TREC's form
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from bot.pipeline import Bot
from bot.settings import ANSWER_FIELDS, Settings
from corpus.errors import EvalError
from corpus.files import write_whole
from evals.answers import Score
from evals.cases import Case, hash_of
from evals.judged import Judged, read_judged
from evals.run import Result

FORMAT = 1
RESULTS, BASELINES, ABOUT, SUMMARY, REPORT = (
    "results.jsonl", "baselines.jsonl", "run.json", "summary.json", "report.html",
)  # fmt: skip

_RESULT = TypeAdapter(Result)
_SCORE = TypeAdapter(Score)


@dataclass(frozen=True, kw_only=True)
class About:
    """What was run, enough to run it again and to know whether two runs may be compared."""

    format: int
    id: str
    started: str
    fingerprint: str
    corpus_revision: str
    as_of: str | None
    settings: Mapping[str, Any]  # Any: JSON values
    index: Mapping[str, int | str]
    cases: int
    cases_hash: str
    asked_for: Mapping[str, Any]  # Any: JSON values: the options that chose the cases
    calibration: str = ""
    threshold: float = 0.0
    judge: str = ""
    complete: bool = False
    seconds: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Run:
    """A run as read back."""

    folder: Path
    about: About
    results: tuple[Result, ...]
    baselines: Mapping[str, tuple[Score, ...]]

    @property
    def cases(self) -> list[Case]:
        """The cases in order."""
        return [r.case for r in self.results]

    @property
    def scores(self) -> list[Score]:
        """The bot's scores in order."""
        return [r.score for r in self.results]

    def judged(self) -> Judged | None:
        """Read what a judge found, kept apart from the scores; None if none was asked."""
        return read_judged(self.folder)


def runs_folder(settings: Settings) -> Path:
    """Return the folder of all runs."""
    return settings.home / "runs"


def start_run(
    bot: Bot, cases: Sequence[Case], asked_for: Mapping[str, Any], *, root: Path, judge: str = ""
) -> tuple[Path, About]:
    """Make the folder of a new run under `root` and write what is run there."""
    now = datetime.now(UTC)
    settings, manifest, fingerprint = bot.settings, bot.store.manifest, bot.fingerprint
    root.mkdir(parents=True, exist_ok=True)
    name = _new_folder(root, f"{now:%Y-%m-%d}-{fingerprint}")
    about = About(
        format=FORMAT,
        id=name,
        started=now.isoformat(timespec="seconds"),
        fingerprint=fingerprint,
        corpus_revision=manifest.corpus_revision,
        as_of=manifest.as_of,
        settings={field: getattr(settings, field) for field in ANSWER_FIELDS},
        calibration=bot.calibration.hash if bot.calibration else "",
        threshold=bot.threshold,
        index={
            "embedding_model": manifest.embedding_model,
            "chunk_tokens": manifest.chunk_tokens,
            "documents": manifest.documents,
            "chunks": manifest.chunks,
            "sentences": manifest.sentences,
        },
        cases=len(cases),
        cases_hash=hash_of(cases),
        asked_for=asked_for,
        judge=judge,
    )
    write_about(root / name, about)
    return root / name, about


def _new_folder(root: Path, name: str) -> str:
    """Make a folder of this name, or of the first `name-2`, `name-3` … that there is not, and return which."""
    free, number = name, 1
    while True:
        try:
            (root / free).mkdir()
        except FileExistsError:
            number += 1
            free = f"{name}-{number}"
        else:
            return free


def write_about(folder: Path, about: About) -> None:
    """Write `run.json`."""
    write_whole(folder / ABOUT, json.dumps(asdict(about), indent=1, ensure_ascii=False) + "\n")


def finish_run(folder: Path, about: About, seconds: float) -> About:
    """Note that every case was answered."""
    done = replace(about, complete=True, seconds=round(seconds, 1))
    write_about(folder, done)
    return done


def append_results(path: Path, results: Iterator[Result]) -> Iterator[Result]:
    """Write each result as it comes and pass it on; a line is whole on disk before the next case is asked."""
    with path.open("ab") as file:
        for result in results:
            file.write(_RESULT.dump_json(result) + b"\n")
            file.flush()
            yield result


def write_baselines(path: Path, found: Mapping[str, Sequence[Score]]) -> None:
    """Write the scores of the simple systems."""
    lines = [
        json.dumps({"system": name, "score": asdict(s)}, ensure_ascii=False)
        for name, scores in found.items()
        for s in scores
    ]
    write_whole(path, "".join(line + "\n" for line in lines))


def read_run(folder: Path) -> Run:
    """Read a run back.

    Raises:
        EvalError: the folder holds no run, or one of another version; a line that was cut off at the end is passed over.
    """
    about = read_about(folder)
    results = tuple(read_results(folder / RESULTS))
    return Run(folder=folder, about=about, results=results, baselines=_read_baselines(folder / BASELINES))


def _read_baselines(path: Path) -> dict[str, tuple[Score, ...]]:
    found: dict[str, list[Score]] = {}
    lines = path.read_bytes().split(b"\n") if path.is_file() else []
    for number, line in enumerate(lines, 1):
        try:
            row = json.loads(line) if line.strip() else None
            if row is not None:
                found.setdefault(row["system"], []).append(_SCORE.validate_python(row["score"]))
        except (ValueError, TypeError, KeyError) as error:  # pydantic's ValidationError is a ValueError
            raise EvalError(f"{str(path)!r}, line {number}, is no score of a system; run the cases again") from error
    return {name: tuple(scores) for name, scores in found.items()}


def read_about(folder: Path) -> About:
    """Read `run.json`.

    Raises:
        EvalError: there is none, or it is of another version.
    """
    try:
        data = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
        if data.get("format") != FORMAT:
            raise EvalError(
                f"The run {folder.name!r} has format {data.get('format')!r}, this version reads {FORMAT}; run its cases again"
            )
        return About(**data)
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise EvalError(f"The folder {str(folder)!r} holds no run of `amur eval run` ({error})") from error


def read_results(path: Path) -> list[Result]:
    """Read the results there are; a last line that a crash cut off does not count.

    Raises:
        EvalError: a line before the last cannot be read.
    """
    lines = path.read_bytes().split(b"\n") if path.is_file() else []
    found: list[Result] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            found.append(_RESULT.validate_json(line))
        except ValidationError as error:
            if number == len(lines):
                break
            reason = error.errors()[0]["msg"]
            raise EvalError(f"{str(path)!r}, line {number}, is no result ({reason}); run the cases again") from error
    return found


def drop_torn_line(path: Path) -> None:
    """Cut off what a crash left of a last line, so that the next one begins on a line of its own."""
    data = path.read_bytes() if path.is_file() else b""
    if data and not data.endswith(b"\n"):
        with path.open("rb+") as file:
            file.truncate(data.rfind(b"\n") + 1)


def list_runs(settings: Settings) -> list[About]:
    """Return what is known of every run, oldest first; one that cannot be read (see `unreadable_runs`) hides no other."""
    found = []
    for folder in _run_folders(settings):
        with suppress(EvalError):
            found.append(read_about(folder))
    return sorted(found, key=lambda about: (about.started, len(about.id), about.id))  # …-10 comes after …-9


def unreadable_runs(settings: Settings) -> list[str]:
    """Return why each run that is not listed is not: another version wrote it, or its `run.json` is damaged."""
    found = []
    for folder in _run_folders(settings):
        try:
            read_about(folder)
        except EvalError as error:
            found.append(str(error))
    return found


def _run_folders(settings: Settings) -> list[Path]:
    return sorted(path.parent for path in runs_folder(settings).glob(f"*/{ABOUT}"))


def find_run(settings: Settings, name: str | Path) -> Path:
    """Return the folder of a run named by its path, its id or the beginning of it; `latest` is the newest complete one.

    Raises:
        EvalError: there is none, or more than one.
    """
    if Path(name).is_dir():
        return Path(name)
    root = runs_folder(settings)
    if str(name) == "latest":
        complete = [about.id for about in list_runs(settings) if about.complete]
        if complete:
            return root / complete[-1]
        raise EvalError(f"There is no complete run in {str(root)!r} yet; make one: amur eval run")
    known = [p for p in _run_folders(settings) if p.name.startswith(str(name))]
    exact = [p for p in known if p.name == str(name)]
    if len(exact or known) == 1:
        return (exact or known)[0]
    if known:
        raise EvalError(f"{len(known)} runs begin with {str(name)!r}: {', '.join(p.name for p in known)}; name one")
    raise EvalError(f"There is no run {str(name)!r} in {str(root)!r}; see which there are: amur eval runs")


def unfinished(settings: Settings, fingerprint: str, cases_hash: str) -> Path | None:
    """Return the newest run of the same settings, texts and cases that was interrupted, or None."""
    for about in reversed(list_runs(settings)):
        if not about.complete and (about.fingerprint, about.cases_hash) == (fingerprint, cases_hash):
            return runs_folder(settings) / about.id
    return None
