"""The `amur` command: joins the commands of the four rooms. Imports nothing heavy before a command needs it."""

import importlib
import sys

import click

from corpus.errors import AmurError

_COMMANDS = {
    "ask": ("bot.cli", "Answer a question, or a file of questions, with citations."),
    "search": ("bot.cli", "Show the ranked passages for a question."),
    "verify": ("bot.verify_cli", "Check an exported answer against the current index."),
    "serve": ("bot.serve.cli", "Serve the chat page, the API and the embeddable page."),
    "feedback": ("bot.serve.feedback_cli", "See what readers said of answers."),
    "corpus": ("corpus.cli", "See, check and change the texts that answers come from."),
    "index": ("index.cli", "Build the searchable index of the corpus, and look at it."),
    "eval": ("evals.cli", "Measure how good the answers are."),
}


class _Rooms(click.Group):
    """Loads the module of a command only when the command is called."""

    def list_commands(self, context: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in _COMMANDS:
            return None
        module = importlib.import_module(_COMMANDS[name][0])
        command = getattr(module, "evals" if name == "eval" else name)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in _COMMANDS.items()])


def _version(context: click.Context, parameter: click.Parameter, asked: bool) -> None:
    if asked and not context.resilient_parsing:
        from importlib.metadata import version

        click.echo(f"amur {version('amur')}")
        context.exit()


@click.group(cls=_Rooms, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--version",
    is_flag=True,
    callback=_version,
    expose_value=False,
    is_eager=True,
    help="Show the version and exit.",
)
@click.pass_context
def cli(context: click.Context) -> None:
    """Amur answers questions about the China–Russia relationship; every sentence can be checked against its source.

    \b
    Example:
      amur ask "When was the Treaty of Good-Neighbourliness signed?"
    """
    if "--help" in sys.argv or "-h" in sys.argv:
        return
    from bot.settings import load_settings

    context.obj = load_settings()


def main() -> None:
    """Run the command; an error that the user can mend is one line on standard error and exit status 1."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        cli.main(prog_name="amur", standalone_mode=False)
    except AmurError as error:
        click.echo(f"amur: {error}", err=True)
        sys.exit(1)
    except click.Abort:
        sys.exit(130)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
    except click.ClickException as error:
        where = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else "amur"
        click.echo(f"amur: {error.format_message().rstrip('.')}; see: {where} --help", err=True)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.stderr.close()  # the reader of a pipe, such as `head`, went away
        sys.exit(0)


if __name__ == "__main__":
    main()
