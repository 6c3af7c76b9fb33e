"""`amur index build | status | check`: make and look at the searchable index."""

import json
from dataclasses import asdict

import click

from corpus.settings import read_settings
from index.settings import IndexSettings


@click.group()
def index() -> None:
    """Build the searchable index of the corpus, and look at it.

    \b
    Example:
      amur index build
    """


def _settings(context: click.Context) -> IndexSettings:
    settings = context.obj
    return settings if isinstance(settings, IndexSettings) else read_settings(IndexSettings)


@index.command()
@click.option("--force", is_flag=True, help="Build again also if nothing changed.")
@click.pass_context
def build(context: click.Context, force: bool) -> None:
    """Bring the index up to date: embeds only what is new, then puts the new index in place of the old in one step.

    \b
    Example:
      amur index build
    """
    from index.build import build_index
    from index.progress import ProgressBar

    settings = _settings(context)
    with ProgressBar() as bar:
        report = build_index(settings, progress=bar, force=force)
    m = report.manifest
    counts = f"{m.documents} documents, {m.chunks} chunks, {m.sentences} sentences"
    if report.built:
        click.echo(
            f"built: {counts}; {report.embedded} texts embedded, {report.reused} reused, {report.seconds:.1f} s",
            err=True,
        )
    else:
        click.echo(f"up to date: {counts}", err=True)


@index.command()
@click.option("--json", "as_json", is_flag=True, help="Print the manifest as JSON.")
@click.pass_context
def status(context: click.Context, as_json: bool) -> None:
    """Say what the index was built from and with, and whether the corpus has changed since.

    \b
    Example:
      amur index status
    """
    from corpus.documents import load_corpus
    from corpus.errors import StoreMissing
    from corpus.tombstones import removed
    from index.manifest import BUILD, current_generation, read_manifest, refuse_mismatch

    settings = _settings(context)
    folder = current_generation(settings)
    if folder is None:
        raise StoreMissing(f"There is no index in {str(settings.home / 'index')!r} yet; run: {BUILD}")
    manifest = read_manifest(folder)
    if as_json:
        click.echo(json.dumps(asdict(manifest), ensure_ascii=False, indent=1))
    else:
        click.echo(f"folder: {folder}")
        for name, value in asdict(manifest).items():
            click.echo(f"{name}: {', '.join(value) if isinstance(value, tuple | list) else value}")
    refuse_mismatch(manifest, settings)
    revision = load_corpus(settings.folders, removed=removed(settings)).revision
    fresh = revision == manifest.corpus_revision
    click.echo("up to date" if fresh else f"the corpus has changed since; run: {BUILD}", err=True)


@index.command()
@click.pass_context
def check(context: click.Context) -> None:
    """Check that the index is whole: all counts agree and every document finds itself.

    \b
    Example:
      amur index check
    """
    from index.check import check_store
    from index.progress import ProgressBar
    from index.store import open_store

    with ProgressBar() as bar:
        check_store(open_store(_settings(context)), progress=bar)
    click.echo("whole", err=True)
