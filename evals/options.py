"""What the commands of this room share: settings, the options that choose cases, a run with a progress bar."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.settings import Settings, load_settings

if TYPE_CHECKING:
    from evals.cases import Case
    from evals.judge import Judge
    from evals.runs import Run


def settings_of(context: click.Context) -> Settings:
    """Return the settings that the `amur` command read, or read them."""
    return context.obj if isinstance(context.obj, Settings) else load_settings()


def which_cases(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options that choose cases."""
    for option in reversed(
        (
            click.option(
                "--cases",
                type=click.Path(path_type=Path),
                multiple=True,
                help="A case file or a folder of them; may be repeated [default: the shipped ones].",
            ),
            click.option("--split", type=click.Choice(["dev", "test"]), help="Only this split."),
            click.option("--kind", multiple=True, help="Only cases of this kind; may be repeated."),
            click.option("--limit", type=click.IntRange(1), help="Only the first so many."),
        )
    ):
        command = option(command)
    return command


def choose(cases: tuple[Path, ...], split: str | None, kind: tuple[str, ...], limit: int | None) -> "list[Case]":
    """Return the cases that the options name.

    Raises:
        EvalError: a file is bad, or nothing is left.
    """
    from corpus.errors import EvalError
    from evals.cases import SHIPPED_CASES, load_cases

    chosen = [
        case
        for case in load_cases(cases or (SHIPPED_CASES,))
        if (split is None or case.split == split) and (not kind or case.kind in kind)
    ][:limit]
    if not chosen:
        raise EvalError("No case is left: none has that split and kind; choose another")
    return chosen


def conduct_with_bar(
    settings: Settings, chosen: "list[Case]", options: dict[str, Any]
) -> "Run":  # Any: click's options
    """Run the cases with a progress bar on standard error; Ctrl-C leaves a run that `--resume` goes on with."""
    from evals.bots import settings_from
    from evals.conduct import Plan, conduct
    from index.progress import ProgressBar

    settings = settings_from(options.get("config"), settings)
    asked = {name: options.get(name) for name in ("split", "kind", "limit")}
    asked["cases"] = [path.name for path in options.get("cases") or ()]
    plan = Plan(
        cases=chosen,
        asked_for=asked,
        with_baselines=options.get("with_baselines", False),
        resume=options.get("resume", False),
        jobs=options.get("jobs", 1),
        judge=_judge(options, settings),
    )
    try:
        with ProgressBar() as bar:
            return conduct(settings, plan, progress=bar)
    except KeyboardInterrupt:
        click.echo(
            "\ninterrupted; what was answered is kept: amur eval run --resume goes on with the same cases and settings",
            err=True,
        )
        sys.exit(130)


def _judge(options: dict[str, Any], settings: Settings) -> "Judge | None":  # Any: click's options
    if not options.get("judge"):
        return None
    from evals.judge import REPEATS, make_judge

    repeats, ratings = options.get("judge_repeats", REPEATS), options.get("judge_ratings")
    return make_judge(options["judge"], settings, repeats=repeats, ratings=ratings)


@contextmanager
def written_to(path: Path) -> Iterator[None]:
    """Make an error of writing a file that the person named one that says so.

    Raises:
        EvalError: it cannot be written.
    """
    from corpus.errors import EvalError

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        raise EvalError(f"Cannot write {str(path)!r} ({error.strerror}); name another file") from error
