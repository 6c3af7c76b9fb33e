"""A real Chromium, a real server on this machine, and a corpus with documents that attack the page."""

import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from bot.pipeline import Bot
from tests.bot.serve.running import serving
from tests.browser.sites import Site, hosting
from tests.conftest import DOCUMENTS, REFERENCES
from tests.small import make_bot

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PATIENCE = 90_000
"""Milliseconds after which something that does not happen counts as not happening."""

HOSTILE = {
    "hostile.txt": (
        "---\nid: hostile\ntitle: 'Ferry <script>alert(1)</script> [x](javascript:alert(2))'\nissued: 2024-02-02\nas_of: 2024-01-01\n"
        "questions:\n- 'When did the <b>Heihe</b> ferry [open](javascript:alert(3))?'\n---\n\n"
        "The Heihe ferry <img src=x onerror=alert(4)> opened [there](javascript:alert(5)) on 4 June 1988 "
        "</mark><script>alert(6)</script> **with** `two` boats [@attack; @breakout]. Nobody <u>minded</u> &lt;it&gt;.\n"
    ),
    "depot.txt": "The Tianjin depot cost $$4 million$$ to $$5 million$$ in 1997.\n",
}
HOSTILE_REFERENCES = """ {"id": "attack", "type": "webpage", "title": "<svg onload=alert(7)>", "publisher": "[p](javascript:alert(8))",
  "URL": "javascript:alert(9)", "custom": {"perspective": "other"}},
 {"id": "breakout", "type": "webpage", "title": "Breakout", "publisher": "", "URL": "https://example.org/\\" onclick=\\"alert(10)"},
"""


@dataclass
class Seen:
    """What a browser did that no page of ours may make it do."""

    strays: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        """Note every request that leaves this machine, every error of a script and every dialog."""
        page.on("request", lambda request: self._request(request.url))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("dialog", lambda dialog: (self.dialogs.append(dialog.message), dialog.dismiss()))

    def _request(self, url: str) -> None:
        if urlsplit(url).hostname not in {"127.0.0.1", "localhost"} and not url.startswith(("data:", "blob:")):
            self.strays.append(url)


class Host(BaseHTTPRequestHandler):
    """A site that frames whatever address stands behind its question mark."""

    def do_GET(self) -> None:
        framed = escape(unquote(urlsplit(self.path).query), quote=True)
        page = f'<!doctype html><title>Host</title><h1>A host</h1><iframe src="{framed}" width="600" height="500"></iframe>'
        self.send_response(200)
        self.send_header("content-type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(page.encode())

    def log_message(self, *arguments: Any) -> None:
        pass


def _host() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Host) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield int(server.server_address[1])
        server.shutdown()
        thread.join(10)


@pytest.fixture(scope="session")
def allowed_host() -> Iterator[int]:
    """The port of a site that the server allows by the name localhost."""
    yield from _host()


@pytest.fixture(scope="session")
def other_host() -> Iterator[int]:
    """The port of a site that the server does not know."""
    yield from _host()


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """A website that the server allows, by the name localhost."""
    with hosting() as site:
        yield site


@pytest.fixture(scope="session")
def second_site() -> Iterator[Site]:
    """Another website that the server allows."""
    with hosting() as site:
        yield site


@pytest.fixture(scope="session")
def other_site() -> Iterator[Site]:
    """A website that the server does not know."""
    with hosting() as site:
        yield site


@pytest.fixture(scope="session")
def bot(tmp_path_factory: pytest.TempPathFactory, allowed_host: int, site: Site, second_site: Site) -> Bot:
    """A bot on the small corpus and the documents that attack."""
    return make_bot(
        tmp_path_factory.mktemp("browser"),
        documents=DOCUMENTS | HOSTILE,
        references=REFERENCES.replace("[\n", "[\n" + HOSTILE_REFERENCES, 1),
        allowed_origins=f"http://localhost:{allowed_host} {site.origin} {second_site.origin}",
    )


@pytest.fixture(scope="session")
def address(bot: Bot) -> Iterator[str]:
    """The address of a running server."""
    with serving(bot) as address:
        yield address


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for the tests of a file; each test has contexts of its own.

    Not for the session: while it is open, Playwright keeps an event loop running in this thread, and whatever file the
    same process tests next could not run one of its own.
    """
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        path = os.environ.get("CHROMIUM", "/usr/bin/chromium")
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def new_page(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Open pages in fresh contexts; whatever a test does, nothing leaves this machine, breaks or opens a dialog."""
    seen = Seen()
    contexts = []

    def open_page(**options: Any) -> Page:
        context = chromium.new_context(
            **{"viewport": {"width": 1280, "height": 800}, "reduced_motion": "reduce", **options}
        )
        context.set_default_timeout(PATIENCE)
        context.on("page", seen.watch)
        contexts.append(context)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()
    assert seen == Seen()
