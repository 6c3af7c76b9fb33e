"""The filters of a question as options of a command."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from corpus.references import PERSPECTIVES

Command = TypeVar("Command", bound=Callable[..., Any])  # Any: a click command's function

_OPTIONS = (
    click.option("--topic", multiple=True, help="Quote documents of this topic only; may be given several times."),
    click.option("--years", help="Quote only what is dated in these years, such as 2014 or 2000-2010."),
    click.option(
        "--perspective",
        multiple=True,
        type=click.Choice(PERSPECTIVES),
        metavar="PERSPECTIVE",
        help="Quote only what rests on a source of this perspective; may be given several times.",
    ),
    click.option("--document", multiple=True, help="Quote this document only, by id; may be given several times."),
)


def filter_options(command: Command) -> Command:
    """Give a command the options --topic, --years, --perspective and --document."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def chosen_filters(options: dict[str, Any]) -> dict[str, Any]:  # Any: what click read
    """Return the filters among a command's options that were given."""
    given = {name: options.get(name) for name in ("topic", "years", "perspective", "document")}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in given.items() if value}
