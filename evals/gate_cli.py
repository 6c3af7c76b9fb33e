"""`amur eval gate | calibrate`: block a change that makes answers worse; fit the confidence to an index."""

import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from evals.options import choose, conduct_with_bar, settings_of, which_cases, written_to

if TYPE_CHECKING:
    from evals.calibrate import Fit
    from evals.runs import Run


@click.command()
@click.option("--run", "name", metavar="RUN", help="Hold this run against the floors instead of making one.")
@click.option(
    "--cases", type=click.Path(path_type=Path), multiple=True, help="Cases to run [default: the shipped ones]."
)
@click.option("--split", type=click.Choice(["dev", "test", "all"]), default="dev", show_default=True)
@click.option("--baseline", type=click.Path(path_type=Path), help="The file of floors [default: evals/baseline.json].")
@click.option("--update", is_flag=True, help="Set the floors from this run; refused if one would be lower.")
@click.option("--allow-regression", is_flag=True, help="With --update: lower floors, too.")
@click.pass_context
def gate(
    context: click.Context, /, update: bool, allow_regression: bool, **options: Any
) -> None:  # Any: click's options
    """Fail if answers got worse: every floor must hold. Exit 0 pass, 1 a floor is broken, 2 bad settings, 3 incomplete run.

    \b
    Examples:
      amur eval gate
      amur eval gate --run latest --update
    """
    from corpus.errors import AmurError
    from evals.gate import BAD, BASELINE, PASS, judge_run, make_baseline, read_baseline, write_baseline

    if allow_regression and not update:
        raise click.UsageError("--allow-regression goes with --update")
    path = options["baseline"] or BASELINE
    try:
        old = None if update and not path.exists() else read_baseline(path)
        run = _run(context, options)
        if update:
            made = make_baseline(run, old, allow_regression=allow_regression)
            with written_to(path):
                write_baseline(made, path)
            click.echo(f"floors of {run.about.id} written to {path}")
            return
        assert old is not None
        verdict = judge_run(run, old)
        if verdict.status == PASS and not options["name"]:
            shutil.rmtree(run.folder)  # kept only to be looked at when the gate fails
    except AmurError as error:
        click.echo(f"amur: {error}", err=True)
        sys.exit(BAD)
    click.echo("\n".join(verdict.lines))
    sys.exit(verdict.status)


def _run(context: click.Context, options: dict[str, Any]) -> "Run":  # Any: click's options
    from evals.runs import find_run, read_run

    settings = settings_of(context)
    if options["name"]:
        return read_run(find_run(settings, options["name"]))
    split = None if options["split"] == "all" else options["split"]
    chosen = choose(options["cases"], split, (), None)
    return conduct_with_bar(settings, chosen, {"split": split, "cases": options["cases"]})


@click.command()
@which_cases
@click.option("--dry-run", is_flag=True, help="Fit and measure, write nothing.")
@click.option("--out", type=click.Path(path_type=Path), help="Where to write it [default: AMUR_HOME/calibration.json].")
@click.pass_context
def calibrate(
    context: click.Context, /, dry_run: bool, out: Path | None, **options: Any
) -> None:  # Any: click's options
    """Fit confidence to this index: how sure the bot must be to answer. Uses cases of the dev split only.

    \b
    Examples:
      amur eval calibrate
      amur eval calibrate --cases mine.jsonl --dry-run
    """
    from bot.calibration import calibration_file, write_calibration
    from evals.calibrate import fit_for
    from evals.check import load_splits
    from index.progress import ProgressBar

    settings = settings_of(context)
    if options["split"] == "test":
        raise click.UsageError("the test split is not tuned on; calibrate on dev")
    chosen = choose(options["cases"], "dev", options["kind"], options["limit"])
    # Of the shipped texts, those whose cases are kept for the test are not tuned on, nor are the questions that they list.
    listed_by = None if options["cases"] else [d for side in ("dev", "both") for d in load_splits()[side]]
    with ProgressBar() as bar:
        found = fit_for(settings, chosen, bar, listed_by=listed_by)
    _show(found, click.echo)
    if dry_run:
        return
    path = out or calibration_file(settings)
    with written_to(path):
        write_calibration(found.calibration, path)
    click.echo(f"written to {path}", err=True)


def _show(found: "Fit", say: Callable[[str], object]) -> None:
    from evals.calibrate import LISTED

    listed = sum(e.case.kind == LISTED for e in found.examples)
    say(
        f"{len(found.examples) - listed} cases, {listed} {'question' if listed == 1 else 'questions'} that documents list"
    )
    say("held-out figures of the fitted model beside those of the rule, on the cases")
    say(f"{'':<26}{'fitted':>9}{'rule':>9}")
    for name, value in found.fitted.items():
        say(f"{name:<26}{value:>9.3f}{found.by_rule[name]:>9.3f}")
    for line in _curve(found):
        say(line)
    say(f"threshold {found.calibration.threshold:.3f}; weights, the heaviest first:")
    weights = zip(found.calibration.features, found.calibration.weights, strict=True)
    for name, weight in sorted(weights, key=lambda pair: -abs(pair[1])):
        say(f"  {name:<24}{weight:>+9.3f}")


def _curve(found: "Fit") -> list[str]:
    """Return the held-out risk–coverage curve as a table: a column for each share of right answers that is withheld."""
    names = [n for n in found.curve[0] if n not in ("AUROC", "AUROC answerable", "AURC", "ECE")]
    lines = [
        "held-out figures of the fitted model at other thresholds, a column for each share of right answers withheld"
    ]
    return lines + [f"{name:<26}" + "".join(f"{row[name]:>8.3f}" for row in found.curve) for name in names]
