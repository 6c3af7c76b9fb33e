"""`amur serve`: the chat page, the API and the embeddable page on one port."""

import socket
import sys
from typing import TYPE_CHECKING

import click

from bot.settings import Settings, load_settings
from corpus.errors import SettingsError

if TYPE_CHECKING:
    from bot.pipeline import Bot

GRACE = 10
"""Seconds that answers under way have when the server is stopped."""


@click.command()
@click.option("--host", help="Address to listen on, instead of the setting.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on, instead of the setting.")
@click.pass_context
def serve(context: click.Context, host: str | None, port: int | None) -> None:
    """Serve the chat page at http://127.0.0.1:7860, with POST /api/v1/ask and /embed beside it.

    \b
    Example:
      amur serve --port 8000
    """
    import uvicorn

    from index.manifest import current_generation, index_folder
    from index.store import open_store

    settings = context.obj if isinstance(context.obj, Settings) else load_settings()
    settings = settings.model_copy(update={k: v for k, v in (("host", host), ("port", port)) if v is not None})
    _refuse_busy(settings)
    open_store(settings)  # a missing index is said at once, not after seconds of imports
    click.echo(f"loading the index {(current_generation(settings) or index_folder(settings)).name} …", err=True)
    from bot.pipeline import Bot
    from bot.serve.app import make_app
    from bot.serve.logs import log_configuration

    bot = Bot(settings)
    app = make_app(bot)
    shown = f"[{settings.host}]" if ":" in settings.host else settings.host
    click.echo(f"Amur is at http://{shown}:{settings.port}  (stop it with Ctrl-C){note(bot)}", err=True)
    sys.stderr.flush()
    uvicorn.run(
        app,
        host=settings.host,
        port=settings.port,
        log_config=log_configuration(settings),
        access_log=False,
        proxy_headers=False,  # the app trusts those that the settings name, and no others
        server_header=False,
        timeout_graceful_shutdown=GRACE,
    )


def note(bot: "Bot") -> str:
    """Return what an operator should know of how answers are declined; nothing if there is a calibration for this index."""
    if bot.decided_by == "calibration":
        return ""
    return "; no calibration was made for this index, a rule decides what is declined (docs/abstention.md): amur eval calibrate"


def _refuse_busy(settings: Settings) -> None:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except socket.gaierror as error:
            raise SettingsError(
                f"There is no address {settings.host!r} on this machine ({error.strerror}); choose another --host"
            ) from error
        except OSError as error:
            raise SettingsError(
                f"Cannot listen on {settings.host}:{settings.port} ({error.strerror}); stop what runs there or choose another: "
                f"amur serve --port {settings.port + 1 if settings.port < 65535 else 7861}"
            ) from error
