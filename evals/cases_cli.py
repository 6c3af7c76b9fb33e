"""`amur eval cases check | draft | schema`, `amur eval cases --from-feedback`: help with writing cases."""

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click

NEAR_MISSES = 20
"""How many are drafted unless told otherwise."""
FROM_FEEDBACK = click.option(
    "--from-feedback", is_flag=True, help="Draft cases from what readers said of answers (amur feedback list)."
)


@click.group(invoke_without_command=True, no_args_is_help=True)
@FROM_FEEDBACK
@click.pass_context
def cases(context: click.Context, from_feedback: bool) -> None:
    """Write cases: check them against the texts, draft near-misses, draft from feedback, show the schema.

    \b
    Examples:
      amur eval cases check --cases mine.jsonl
      amur eval cases draft --from-feedback > drafts.jsonl
    """
    if context.invoked_subcommand is None:
        _print_from_feedback(context, None)
    elif from_feedback:
        raise click.UsageError("--from-feedback stands without a command, or behind 'draft'.")


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
@click.option("-n", "count", type=click.IntRange(1), help="How many to draft [default: 20; from feedback, all].")
@click.option("--seed", type=int, default=1, show_default=True, help="For near-misses.")
@FROM_FEEDBACK
@click.pass_context
def draft(context: click.Context, count: int | None, seed: int, from_feedback: bool) -> None:
    """Draft near-misses by rule: true sentences with a name, figure or date that the texts do not hold there. You ask for it.

    Each line is a case without its question: write one in a person's words about the changed detail, and check the nugget.

    With --from-feedback, a line for every question that a reader rated, the newest -n of them. Whether the texts answer it
    (`answerable`) and what a right answer holds (`nuggets`) is for you to say.

    \b
    Examples:
      amur eval cases draft -n 50 > drafts.jsonl
      amur eval cases draft --from-feedback > drafts.jsonl
    """
    from corpus.documents import load_corpus
    from corpus.tombstones import removed
    from evals.draft import draft_near_misses
    from evals.options import settings_of

    if from_feedback:
        _print_from_feedback(context, count)
        return
    settings = settings_of(context)
    corpus = load_corpus(settings.folders, removed=removed(settings))
    for case in draft_near_misses(corpus, count=count or NEAR_MISSES, seed=seed):
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


def _print_from_feedback(context: click.Context, count: int | None) -> None:
    """Print a draft a line, the newest `count` or all, and say on standard error how many and what they lack."""
    from bot.serve.feedback import FeedbackStore
    from evals.feedback_cases import draft_from_feedback, line_of
    from evals.options import settings_of

    store = FeedbackStore(settings_of(context))
    try:
        drafts = draft_from_feedback(store.read())
    finally:
        store.close()
    if not drafts:
        click.echo("no feedback yet, nothing drafted", err=True)
        return
    shown = drafts if count is None else drafts[-count:]
    for case in shown:
        click.echo(line_of(case))
    many = "1 case" if len(shown) == 1 else f"{len(shown)} cases"
    click.echo(
        f"{many} drafted from feedback; decide 'answerable', write 'nuggets', then amur eval cases check", err=True
    )
