"""A real server on a free port of this machine, for the tests of the server and of its pages."""

import asyncio
import gc
import socket
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import uvicorn
from fastapi import FastAPI

from bot.pipeline import Bot
from bot.serve.app import make_app

ALLOWED = ("https://www.example.org", "http://embedding.test:8080", "https://*.wild.example")
"""The sites that the shared server of the API's tests allows."""


@contextmanager
def kept_port() -> Iterator[int]:
    """Keep a free port for a server in another process: nobody else is given it, though nothing listens on it yet."""
    with socket.socket() as kept:
        kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        kept.bind(("127.0.0.1", 0))
        yield int(kept.getsockname()[1])


@contextmanager
def serving(bot: Bot) -> Iterator[str]:
    """Serve a bot from a thread; yield the address, and stop the server at the end."""
    told = {"log_level": "critical", "server_header": False, "proxy_headers": False, "timeout_graceful_shutdown": 5}
    server = uvicorn.Server(uvicorn.Config(_quietly_made(bot), **told))  # as `amur serve` does
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener, pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADIO_TEMP_DIR", str(bot.settings.home / "gradio"))
        listener.bind(("127.0.0.1", 0))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            while not server.started:
                thread.join(0.02)
                assert thread.is_alive(), "the server did not start"
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(300)
    assert not thread.is_alive(), "the server did not stop"


def _quietly_made(bot: Bot) -> FastAPI:
    """Make the app; the event loops that Gradio opens on the way and forgets are closed or collected here, not in a test."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        app = make_app(bot)
        asyncio.set_event_loop(None)
        gc.collect()
    return app
