"""`amur eval run | runs | report | compare`, and the group that the other commands of the room join."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from evals.benchmark_cli import benchmark
from evals.cases_cli import cases
from evals.gate_cli import calibrate, gate
from evals.look_cli import perturb, retrieval, try_question
from evals.options import choose, conduct_with_bar, settings_of, which_cases, written_to


@click.group()
def evals() -> None:
    """Measure how good the answers are, on the shipped cases or on your own.

    \b
    Example:
      amur eval run --split dev
    """


@evals.command()
@which_cases
@click.option("--config", type=click.Path(path_type=Path), help="A TOML file of settings to run with instead.")
@click.option("--resume", is_flag=True, help="Go on with the run of these cases and settings that was interrupted.")
@click.option("--jobs", type=click.IntRange(1, 64), default=1, show_default=True, help="Cases asked at a time.")
@click.option(
    "--baselines/--no-baselines", "with_baselines", default=True, help="Run the simple systems to compare with, too."
)
@click.option("--judge", metavar="MODEL", help="Judge answers with a chat model, such as openai:gpt-5; never gates.")
@click.option(
    "--judge-repeats", type=click.IntRange(1, 20), default=3, show_default=True, help="How often it gives each verdict."
)
@click.option(
    "--judge-ratings", type=click.Path(path_type=Path), help="People's ratings of answers, to calibrate the judge."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a case instead of the report.")
@click.pass_context
def run(context: click.Context, /, **options: Any) -> None:  # Any: what click passes
    """Run cases through the bot; print the figures and keep everything in AMUR_HOME/runs.

    \b
    Examples:
      amur eval run --split dev
      amur eval run --cases my-cases.jsonl --kind near-miss --config small-chunks.toml
    """
    from evals.html import write_report
    from evals.report import as_text
    from evals.summary import summary_of

    chosen = choose(options["cases"], options["split"], options["kind"], options["limit"])
    found = conduct_with_bar(settings_of(context), chosen, options)
    page = write_report(found)
    if options["as_json"]:
        for result in found.results:
            answer = result.reply.answer.to_dict() if result.reply and result.reply.answer else None
            click.echo(json.dumps({"score": asdict(result.score), "answer": answer}, ensure_ascii=False))
    else:
        title = (
            f"{len(found.results)} cases, fingerprint {found.about.fingerprint}, texts {found.about.corpus_revision}"
        )
        click.echo(as_text(found.results, summary_of(found), title=title))
    click.echo(f"run {found.about.id} in {found.about.seconds:.0f} s; look at {page}", err=True)


@evals.command()
@click.pass_context
def runs(context: click.Context) -> None:
    """List the runs there are, oldest first.

    \b
    Example:
      amur eval runs
    """
    from evals.runs import list_runs, unreadable_runs

    settings = settings_of(context)
    for about in list_runs(settings):
        state = f"{about.seconds:.0f} s" if about.complete else "interrupted"
        chosen = " ".join(f"{name} {value}" for name, value in about.asked_for.items() if value)
        click.echo(f"{about.id}  {about.started}  {about.cases} cases  {state}  {chosen}".rstrip())
    for reason in unreadable_runs(settings):
        click.echo(f"not listed: {reason}", err=True)


@evals.command()
@click.argument("name", metavar="[RUN]", default="latest")
@click.option("--out", type=click.Path(path_type=Path), help="Where to write it [default: report.html of the run].")
@click.pass_context
def report(context: click.Context, name: str, out: Path | None) -> None:
    """Write a run's report, one HTML file that loads nothing; RUN is a folder, an id or `latest`.

    \b
    Example:
      amur eval report --out report.html
    """
    from evals.html import write_report
    from evals.runs import REPORT, find_run, read_run

    found = read_run(find_run(settings_of(context), name))
    with written_to(out or found.folder / REPORT):
        click.echo(write_report(found, out))


@evals.command()
@click.argument("before", metavar="A")
@click.argument("after", metavar="B", default="latest")
@click.option("--all", "every", is_flag=True, help="Show every case that changed, not the first twenty.")
@click.option("--out", type=click.Path(path_type=Path), help="Write the comparison as an HTML file, too.")
@click.pass_context
def compare(context: click.Context, before: str, after: str, every: bool, out: Path | None) -> None:
    """Compare two runs: what changed, whether by more than luck, and both answers to every case that flipped.

    \b
    Examples:
      amur eval compare 2026-11-24-0123456789ab latest
      amur eval compare 2026-11-24-0123456789ab latest --out compare.html
    """
    from evals.compare import as_text
    from evals.compare import compare as compare_runs
    from evals.html import write_comparison
    from evals.runs import find_run, read_run

    settings = settings_of(context)
    first, second = (read_run(find_run(settings, name)) for name in (before, after))
    found = compare_runs(first, second)
    if out:
        with written_to(out):
            click.echo(write_comparison(found, out), err=True)
    click.echo(as_text(found, limit=None if every else 20))


for command in (gate, calibrate, benchmark, cases, try_question, perturb, retrieval):
    evals.add_command(command)
