"""`amur corpus list | show | check | remove | restore`: look at the texts that answers come from."""

import json
import sys
from collections import Counter

import click

from corpus.errors import CorpusError
from corpus.settings import CorpusSettings, read_settings


@click.group()
def corpus() -> None:
    """Look at the texts that answers come from, and check them.

    \b
    Example:
      amur corpus list
    """


def _settings(context: click.Context) -> CorpusSettings:
    settings = context.obj
    return settings if isinstance(settings, CorpusSettings) else read_settings(CorpusSettings)


@corpus.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
@click.pass_context
def list_documents(context: click.Context, as_json: bool) -> None:
    """List every document: id, topic, date it holds to, sentences, title.

    \b
    Example:
      amur corpus list
    """
    from corpus.documents import load_corpus
    from corpus.tombstones import removed

    settings = _settings(context)
    loaded = load_corpus(settings.folders, removed=removed(settings))
    for d in loaded.documents:
        if as_json:
            row = {
                "id": d.id,
                "title": d.title,
                "topic": d.topic,
                "kind": d.kind,
                "as_of": d.as_of,
                "sentences": len(d.sentences),
            }
            click.echo(json.dumps(row, ensure_ascii=False))
        else:
            click.echo(f"{d.id:<58} {d.topic:<11} {d.as_of or '-':<10} {len(d.sentences):>5}  {d.title}")
    if not as_json:
        topics = ", ".join(
            f"{count} {name}" for name, count in sorted(Counter(d.topic for d in loaded.documents).items())
        )
        cited = {key for d in loaded.documents for s in d.sentences for key in s.references}
        sentences = sum(len(d.sentences) for d in loaded.documents)
        click.echo(
            f"{len(loaded.documents)} documents ({topics}), {sentences} sentences, {len(cited)} references, "
            f"as of {loaded.as_of or 'unknown'}",
            err=True,
        )


@corpus.command()
@click.argument("document_id")
@click.pass_context
def show(context: click.Context, document_id: str) -> None:
    """Show one document: its metadata, its text with the references of each sentence.

    \b
    Example:
      amur corpus show treaty-2001
    """
    import difflib

    from corpus.documents import load_corpus
    from corpus.tombstones import removed

    settings = _settings(context)
    loaded = load_corpus(settings.folders, removed=removed(settings))
    found = {d.id: d for d in loaded.documents}.get(document_id)
    if found is None:
        near = difflib.get_close_matches(document_id, [d.id for d in loaded.documents], n=1, cutoff=0.4)
        hint = f"; did you mean {near[0]!r}?" if near else "; `amur corpus list` shows those there are"
        raise CorpusError(f"There is no document {document_id!r}{hint}")
    for name in (
        "id",
        "title",
        "creator",
        "publisher",
        "issued",
        "language",
        "kind",
        "topic",
        "as_of",
        "rights",
        "url",
        "revision",
    ):
        value = getattr(found, name)
        if value:
            click.echo(f"{name}: {value}")
    section = paragraph = -1
    for s in found.sentences:
        if s.section != section:
            click.echo(f"\n## {found.sections[s.section].title}" if found.sections[s.section].title else "")
        elif s.paragraph != paragraph:
            click.echo()
        section, paragraph = s.section, s.paragraph
        who = f"({s.who}) " if s.who else ""
        marks = f"  [{'; '.join(s.references)}{' | ' + s.date if s.date else ''}]" if s.references else ""
        click.echo(f"{who}{found.quote(s.start, s.end)}{marks}")


@corpus.command()
@click.pass_context
def check(context: click.Context) -> None:
    """Check every rule a machine can check; list all problems with file and line; exit 1 if there are any.

    \b
    Example:
      amur corpus check
    """
    from corpus.check import check_corpus

    settings = _settings(context)
    problems = check_corpus(settings.folders)
    for problem in problems:
        click.echo(str(problem))
    if problems:
        click.echo(f"{len(problems)} problem{'s' if len(problems) > 1 else ''}", err=True)
        sys.exit(1)
    click.echo("no problems", err=True)


@corpus.command()
@click.argument("document_ids", nargs=-1, required=True)
@click.pass_context
def remove(context: click.Context, document_ids: tuple[str, ...]) -> None:
    """Remove documents: from this moment no answer cites them, also from a server that is running.

    The files stay where they are; `amur corpus restore` takes the documents back at the next `amur index build`.

    \b
    Example:
      amur corpus remove treaty-2001
    """
    from corpus.documents import load_corpus
    from corpus.tombstones import bury

    settings = _settings(context)
    known = {d.id for d in load_corpus(settings.folders).documents}
    for document_id in document_ids:
        if document_id not in known:
            raise CorpusError(
                f"There is no document {document_id!r}; nothing was removed; `amur corpus list` shows those there are"
            )
    bury(settings, document_ids)
    click.echo(f"removed: {', '.join(document_ids)}", err=True)


@corpus.command()
@click.argument("document_ids", nargs=-1, required=True)
@click.pass_context
def restore(context: click.Context, document_ids: tuple[str, ...]) -> None:
    """Take removed documents back; run `amur index build` afterwards.

    \b
    Example:
      amur corpus restore treaty-2001
    """
    from corpus.tombstones import dig_up, removed

    settings = _settings(context)
    for document_id in document_ids:
        if document_id not in removed(settings):
            raise CorpusError(f"The document {document_id!r} was not removed; nothing was restored")
    dig_up(settings, document_ids)
    click.echo(f"restored: {', '.join(document_ids)}; now run: amur index build", err=True)
