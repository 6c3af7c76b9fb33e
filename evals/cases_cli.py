"""`amur eval cases check | draft | schema`: help with writing cases."""

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click


@click.group()
def cases() -> None:
    """Write cases: check them against the texts, draft near-misses, show the schema.

    \b
    Example:
      amur eval cases check --cases mine.jsonl
    """


@cases.command()
@click.option(
    "--cases", "files", type=click.Path(path_type=Path), multiple=True, help="Files or folders [default: shipped]."
)
@click.pass_context
def check(context: click.Context, files: tuple[Path, ...]) -> None:
    """Hold cases against the texts: is the evidence where they say, is the unanswerable really absent? Exit 1 if not.

    \b
    Example:
      amur eval cases check --cases mine.jsonl
    """
    from corpus.documents import load_corpus
    from corpus.tombstones import removed
    from evals.cases import SHIPPED_CASES, load_cases
    from evals.check import NEAR, check_cases, check_suite, load_splits, overlap
    from evals.options import settings_of

    settings = settings_of(context)
    found = load_cases(files or (SHIPPED_CASES,))
    corpus = load_corpus(settings.folders, removed=removed(settings))
    problems = [*check_cases(found, corpus), *check_suite(found, None if files else load_splits())]
    for problem in problems:
        click.echo(str(problem))
    documents = {d.id: d for d in corpus.documents}
    near = [overlap(c, documents) >= NEAR for c in found if c.kind == "near-miss"]
    answerable = sum(c.answerable for c in found)
    click.echo(
        f"{len(found)} cases, {answerable} answerable, {len(near)} near-misses ({sum(near)} share {NEAR:.0%} of their words "
        f"with a text), {len(problems)} problem{'' if len(problems) == 1 else 's'}",
        err=True,
    )
    if problems:
        sys.exit(1)


@cases.command()
@click.option("-n", "count", type=click.IntRange(1), default=20, show_default=True, help="How many to draft.")
@click.option("--seed", type=int, default=1, show_default=True)
@click.pass_context
def draft(context: click.Context, count: int, seed: int) -> None:
    """Draft near-misses by rule: true sentences with a name, figure or date that the texts do not hold there. You ask for it.

    Each line is a case without its question: write one in a person's words about the changed detail, and check the nugget.

    \b
    Example:
      amur eval cases draft -n 50 > drafts.jsonl
    """
    from corpus.documents import load_corpus
    from corpus.tombstones import removed
    from evals.draft import draft_near_misses
    from evals.options import settings_of

    settings = settings_of(context)
    corpus = load_corpus(settings.folders, removed=removed(settings))
    for case in draft_near_misses(corpus, count=count, seed=seed):
        click.echo(json.dumps(asdict(case), ensure_ascii=False))


@cases.command()
def schema() -> None:
    """Print the JSON Schema of a case, for editors that check as you type.

    \b
    Example:
      amur eval cases schema > case.schema.json
    """
    from evals.cases import SCHEMA

    click.echo(SCHEMA.read_text(encoding="utf-8"), nl=False)
