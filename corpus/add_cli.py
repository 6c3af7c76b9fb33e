"""`amur corpus add | remove | restore`: change which documents answers come from."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from corpus.errors import CorpusError
from corpus.references import PERSPECTIVES
from corpus.settings import CorpusSettings, read_settings

if TYPE_CHECKING:
    from corpus.add import Outcome

SHOWN = ("title", "creator", "publisher", "issued", "language", "topic", "perspective", "url")


def settings_of(context: click.Context) -> CorpusSettings:
    """Return the settings that the `amur` command read, or read them."""
    settings = context.obj
    return settings if isinstance(settings, CorpusSettings) else read_settings(CorpusSettings)


@click.command()
@click.argument("sources", metavar="FILE|FOLDER|URL...", nargs=-1, required=True)
@click.option("--title", help="Title, if the one that was found is wrong; for one document only.")
@click.option("--creator", help="Author or authors.")
@click.option("--issued", help="Date it was published: YYYY, YYYY-MM or YYYY-MM-DD.")
@click.option("--language", help="Language as a BCP 47 tag, such as en, ru or zh-Hans.")
@click.option("--publisher", help="Who published it.")
@click.option("--topic", help="Topic, the name of a folder [default: documents].")
@click.option(
    "--perspective", type=click.Choice(PERSPECTIVES), metavar="VOICE", help="Whose voice it is [default: other]."
)
@click.option("--allow-port", "ports", type=click.IntRange(1, 65535), multiple=True, help="Fetch from this port, too.")
@click.pass_context
def add(context: click.Context, /, sources: tuple[str, ...], ports: tuple[int, ...], **given: str | None) -> None:
    """Add documents: Markdown, text, HTML, PDF and Word files, folders of them, and web addresses.

    What was found out about each is printed; add it again with options to correct it. The same content again changes nothing; a
    new version of a page or file takes the place of the old one. Run `amur index build` afterwards.

    \b
    Examples:
      amur corpus add report.pdf --perspective think-tank --issued 2024-05
      amur corpus add https://www.example.org/article.html texts/
    """
    from functools import partial

    from tqdm import tqdm

    from corpus.add import Outcome, add_documents
    from corpus.fetch import fetch
    from corpus.metadata import Given
    from corpus.sources import find_sources
    from corpus.urls import Rules

    found = find_sources(sources)
    if given["title"] is not None and len(found) > 1:
        raise click.UsageError(f"--title goes with one document, and {len(found)} were named", context)
    get = partial(fetch, rules=Rules(ports=frozenset({*Rules().ports, *ports})))
    outcomes: list[Outcome] = []
    with tqdm(total=len(found), desc="Adding", unit="", dynamic_ncols=True, disable=None) as bar:
        for outcome in add_documents(settings_of(context), found, Given(**given), get=get):
            outcomes.append(outcome)
            with tqdm.external_write_mode():
                if outcome.status == "failed" and len(found) > 1:
                    click.echo(f"amur: {outcome.detail}", err=True)
                elif outcome.status != "failed":
                    click.echo("\n".join(_lines(outcome)))
            bar.update()
    _sum_up(outcomes)


def _lines(outcome: "Outcome") -> list[str]:
    from corpus.text import normalise

    entry = outcome.entry
    assert entry is not None
    if outcome.status == "unchanged":
        # The name of a file may hold what a terminal obeys.
        return [f"unchanged: {entry.id} ({normalise(outcome.source)} has the same content)"]
    pages = f"{outcome.pages} page{'s' * (outcome.pages > 1)}, " if outcome.pages else ""
    size = f"{pages}{outcome.sentences} sentence{'s' * (outcome.sentences > 1)}"
    return [
        f"{outcome.status}: {entry.id} ({'; '.join(part for part in (size, outcome.detail) if part)})",
        *(f"  {name}: {entry.meta[name]}" for name in SHOWN if entry.meta.get(name)),
    ]


def _sum_up(outcomes: "Sequence[Outcome]") -> None:
    """Say how it went and what is to be done next.

    Raises:
        CorpusError: not everything was added.
    """
    counts = Counter(outcome.status for outcome in outcomes)
    said = ", ".join(f"{count} {status}" for status, count in counts.items())
    build = any(counts[status] for status in ("added", "replaced", "corrected"))
    if len(outcomes) > 1 or build:
        click.echo(f"{said}{'; now run: amur index build' if build else ''}", err=True)
    failed = [outcome for outcome in outcomes if outcome.status == "failed"]
    if failed:
        raise CorpusError(
            failed[0].detail
            if len(outcomes) == 1
            else f"{len(failed)} of {len(outcomes)} documents were not added; the lines above say why"
        )


@click.command()
@click.argument("document_ids", nargs=-1, required=True)
@click.pass_context
def remove(context: click.Context, document_ids: tuple[str, ...]) -> None:
    """Remove documents: from this moment no answer cites them, also from a server that is running.

    The files of documents that you added are deleted; add such a document again to take it back. All other files stay where
    they are; `amur corpus restore` takes those documents back at the next `amur index build`.

    \b
    Example:
      amur corpus remove treaty-2001
    """
    from corpus.added import remove_documents

    deleted = remove_documents(settings_of(context), document_ids)
    click.echo(f"removed: {', '.join(document_ids)}", err=True)
    if deleted:
        click.echo(f"deleted: {', '.join(deleted)}", err=True)


@click.command()
@click.argument("document_ids", nargs=-1, required=True)
@click.pass_context
def restore(context: click.Context, document_ids: tuple[str, ...]) -> None:
    """Take removed documents back; run `amur index build` afterwards. A document that you had added is added again instead.

    \b
    Example:
      amur corpus restore treaty-2001
    """
    from corpus.added import writing
    from corpus.tombstones import dig_up, epitaphs, removed

    settings = settings_of(context)
    deleted = epitaphs(settings)
    for document_id in document_ids:
        if document_id not in removed(settings):
            raise CorpusError(f"The document {document_id!r} was not removed; nothing was restored")
        if document_id in deleted:
            source = deleted[document_id].source
            raise CorpusError(
                f"The file of {document_id!r} was deleted; nothing was restored; add it again: amur corpus add {source}"
            )
    with writing(settings):
        dig_up(settings, document_ids)
    click.echo(f"restored: {', '.join(document_ids)}; now run: amur index build", err=True)
