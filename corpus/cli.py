"""`amur corpus list | show | check | coverage`: look at the texts that answers come from (see also `add_cli`, `report_cli`)."""

import json
import sys
from collections import Counter
from pathlib import Path

import click

from corpus.add_cli import add, remove, restore, settings_of
from corpus.errors import CorpusError
from corpus.glossary_cli import glossary
from corpus.report_cli import report


@click.group()
def corpus() -> None:
    """See, check and change the texts that answers come from.

    \b
    Example:
      amur corpus list
    """


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

    settings = settings_of(context)
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

    settings = settings_of(context)
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
        "perspective",
        "source_url",
        "source_path",
        "source_sha256",
        "retrieved",
        "revision",
    ):
        value = getattr(found, name)
        if value:
            click.echo(f"{name}: {value}")
    section = paragraph = -1
    page = None
    for s in found.sentences:
        if s.section != section:
            click.echo(f"\n## {found.sections[s.section].title}" if found.sections[s.section].title else "")
        elif s.paragraph != paragraph:
            click.echo()
        if s.page != page:
            click.echo(f"[p. {s.page}]")
        section, paragraph, page = s.section, s.paragraph, s.page
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

    settings = settings_of(context)
    problems = check_corpus(settings.folders)
    for problem in problems:
        click.echo(str(problem))
    if problems:
        click.echo(f"{len(problems)} problem{'s' if len(problems) > 1 else ''}", err=True)
        sys.exit(1)
    click.echo("no problems", err=True)


@corpus.command()
@click.option(
    "--facts",
    type=click.Path(path_type=Path),
    required=True,
    help="Folder of fact files (*.jsonl) to hold the briefs against.",
)
@click.option(
    "--omitted",
    type=click.Path(path_type=Path),
    help="File that lists the ids left out on purpose, as `- `id`: reason` lines [default: corpus/OMITTED.md of Amur].",
)
@click.pass_context
def coverage(context: click.Context, facts: Path, omitted: Path | None) -> None:
    """Show how many facts of a fact base the briefs state, and which are missing; exit 1 if any is missing unexplained.

    A fact is stated if each of its parts stands, with its figures and under one of its sources, in one sentence of a brief or in
    two neighbouring ones.

    \b
    Example:
      amur corpus coverage --facts /path/to/facts
    """
    from corpus.coverage import OMITTED, load_facts, load_omitted, measure_coverage
    from corpus.documents import load_corpus

    left_out = load_omitted(omitted or OMITTED)
    result = measure_coverage(load_corpus(settings_of(context).folders), load_facts(facts))
    unexplained = [fact_id for fact_id in result.missing if fact_id not in left_out]
    for fact_id, parts in result.missing.items():
        what = f"left out on purpose: {left_out[fact_id]}" if fact_id in left_out else f"not found: {' … '.join(parts)}"
        click.echo(f"{fact_id}: {what}")
    click.echo(
        f"{result.stated} of {result.usable} usable facts stated ({result.share:.1%}); "
        f"{len(result.missing) - len(unexplained)} left out on purpose, {len(unexplained)} not found"
    )
    if unexplained:
        sys.exit(1)


for command in (add, remove, restore, glossary, report):
    corpus.add_command(command)
