"""`amur eval benchmark`: measure the bot on public data sets, over an index of their own passages."""

import json
from pathlib import Path

import click

from corpus.errors import EvalError
from evals.options import settings_of

NAMES = ("squad", "clapnq", "mtrag", "ramdocs")


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("name", type=click.Choice(NAMES))
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    multiple=True,
    required=True,
    help="The data set's own file; may be repeated; for JSONL also a folder of them.",
)
@click.option("--limit", type=click.IntRange(1), help="Ask only so many questions, drawn at random; the passages stay.")
@click.option("--seed", type=int, help="Of the draw, to draw other questions.")
@click.option("--articles", type=click.IntRange(1), help="squad: only the first so many articles.")
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), help="Folder for results.jsonl and summary.json."
)
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON instead of tables.")
@click.pass_context
def benchmark(
    context: click.Context,
    name: str,
    data: tuple[Path, ...],
    limit: int | None,
    seed: int | None,
    articles: int | None,
    out: Path | None,
    as_json: bool,
) -> None:
    """Run the same bot over an index of a public data set's own passages and print the figures.

    The data are not part of Amur; docs/benchmarks-public.md says where they are from and what each figure means.

    \b
    Examples:
      amur eval benchmark squad --data dev-v2.0.json --limit 1000
      amur eval benchmark clapnq --data clapnq_dev_answerable.jsonl --data clapnq_dev_unanswerable.jsonl
    """
    from evals.benchmarks.run import Wanted, run_benchmark
    from evals.benchmarks.tables import as_text
    from index.progress import ProgressBar

    missing = [path for path in data if not path.exists()]
    if missing:
        raise EvalError(f"There is no file {str(missing[0])!r}; give --data the path of the data set")
    drawn = {} if seed is None else {"seed": seed}
    wanted = Wanted(name=name, paths=data, limit=limit, articles=articles, **drawn)
    with ProgressBar() as bar:
        report = run_benchmark(settings_of(context), wanted, out=out, progress=bar)
    summary = report.summary
    if as_json:
        click.echo(json.dumps(summary, ensure_ascii=False))
    else:
        errors = f", {summary['errors']} errors" if summary["errors"] else ""
        click.echo(
            f"{name}: {summary['questions']} of {summary['questions_in_data']} questions over {summary['passages']} passages, "
            f"{summary['seconds']} s{errors}, data {summary['data_hash']}, fingerprint {summary['fingerprint']}\n"
        )
        click.echo(as_text(report.tables), nl=False)
    click.echo(f"written: {report.folder}", err=True)
