"""`amur corpus report`: what the corpus holds, on whose word, and what it lacks, as a page."""

from pathlib import Path

import click

from corpus.add_cli import settings_of


@click.command()
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Where to write the page [default: AMUR_HOME/corpus-report.html].",
)
@click.pass_context
def report(context: click.Context, out: Path | None) -> None:
    """Write an HTML page that shows how balanced the corpus is, and print where it is.

    It shows with plots what the corpus holds by topic, year, perspective and kind, which sentences have one source only, and the
    gaps. The page is one file that loads nothing.

    \b
    Example:
      amur corpus report --out report.html
    """
    from corpus.report import default_path, write_report

    settings = settings_of(context)
    path = out or default_path(settings)
    write_report(settings, path)
    click.echo(path)
