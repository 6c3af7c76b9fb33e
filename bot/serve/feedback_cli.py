"""`amur feedback`: what readers said of answers, listed and deleted."""

import json
from dataclasses import asdict

import click

from bot.settings import Settings, load_settings


@click.group()
def feedback() -> None:
    """See what readers said of answers, and delete it.

    \b
    Example:
      amur feedback list
    """


@feedback.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line, with the whole answer.")
@click.pass_context
def list_feedback(context: click.Context, as_json: bool) -> None:
    """List what readers said, oldest first.

    \b
    Examples:
      amur feedback list
      amur feedback list --json > feedback.jsonl
    """
    from bot.serve.feedback import FeedbackStore

    settings = context.obj if isinstance(context.obj, Settings) else load_settings()
    store = FeedbackStore(settings)
    nothing = True
    try:
        for said in store.read():
            nothing = False
            if as_json:
                click.echo(json.dumps(asdict(said)))
                continue
            about = f", {said.reason}" if said.reason else ""
            click.echo(f"{said.id}. {said.time} {said.rating}{about}: {_line(said.question)}")
            if said.comment:
                click.echo(f"   “{_line(said.comment)}”")
            click.echo(f"   answered: {_line(str(said.answer.get('answer', '')))}")
    finally:
        store.close()
    if nothing and not as_json:
        click.echo("no feedback yet", err=True)


@feedback.command("delete")
@click.option("--through", type=click.IntRange(min=1), required=True, help="The number of the last piece to delete.")
@click.pass_context
def delete_feedback(context: click.Context, through: int) -> None:
    """Delete what readers said, from the oldest up to a number of the list.

    \b
    Examples:
      amur feedback list --json > feedback.jsonl
      amur feedback delete --through 500
    """
    from bot.serve.feedback import FeedbackStore

    store = FeedbackStore(context.obj if isinstance(context.obj, Settings) else load_settings())
    try:
        click.echo(f"deleted {store.delete(through)}")
    finally:
        store.close()


def _line(text: str) -> str:
    """Return a reader's text as one line without control characters, which a terminal would obey."""
    words = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return words if len(words) <= 200 else words[:197] + "…"
