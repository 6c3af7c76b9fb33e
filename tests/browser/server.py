"""A server in a process of its own, so that a test can kill it: `python -m tests.browser.server hold|answer`, settings from AMUR_*.

Prints "ready" when it listens. With `hold`, a question with the word "slowly" is never answered: "held" is printed instead.
"""

import sys
import threading

import uvicorn

from bot.pipeline import Bot
from bot.serve.app import make_app
from bot.settings import load_settings
from index.embed import Vectors
from tests.fakes import BagOfWords


class Holding(BagOfWords):
    """An embedder that says when it is asked something slow, and does not come back."""

    def embed_query(self, text: str) -> Vectors:
        if sys.argv[1] == "hold" and "slowly" in text:
            print("held", flush=True)
            threading.Event().wait()
        return super().embed_query(text)


class Telling(uvicorn.Server):
    """A server that says when it listens."""

    async def startup(self, sockets: object = None) -> None:
        await super().startup()
        print("ready", flush=True)


if __name__ == "__main__":
    settings = load_settings()
    app = make_app(Bot(settings, embedder=Holding()))
    Telling(uvicorn.Config(app, port=settings.port, log_level="critical")).run()
