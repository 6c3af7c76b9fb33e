"""`make bench`, the chat page: its first load in Chromium beside that of a bare Gradio chat, load for load in the same run.

`python -m tests.bench.first_load PORT` serves the bare chat: `gr.ChatInterface` mounted on FastAPI with Gradio's defaults.
"""

import os
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from bot.settings import Settings
from index.build import build_index
from index.embed import Embedder
from tests.bench.measure import Row, ratio

LOADS = 31
BOUND = 1.3
PORTS = (7872, 7873)
ROOT = Path(__file__).resolve().parent.parent.parent
# Gradio's default theme asks Google for fonts; without a network it must fail at once rather than when a resolver gives up.
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
         "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]  # fmt: skip
EDITABLE = """() => {
  const box = document.querySelector("[data-testid=textbox]");
  return box && !box.disabled && !box.readOnly && box.checkVisibility() ? performance.now() : 0;
}"""
"""Milliseconds since the visit began, once a question can be typed."""


def bench_first_load(embedder: Embedder, home: Path) -> list[Row]:
    """Milliseconds until the box takes a question, each visit with a cache and storage of its own; the shipped corpus in a home."""
    build_index(Settings(home=home), embedder=embedder)
    ours = {"AMUR_HOME": str(home), "AMUR_LIMIT_READER": ""}
    with ExitStack() as stack:
        amur = stack.enter_context(_serving(["amur", "serve", "--port", str(PORTS[0])], PORTS[0], ours))
        bare = stack.enter_context(_serving(["tests.bench.first_load", str(PORTS[1])], PORTS[1], {}))
        browser = stack.enter_context(sync_playwright()).chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=FLAGS
        )
        stack.callback(browser.close)
        for address in (amur, bare):
            _load(browser, address)
        loads = [(_load(browser, amur), _load(browser, bare)) for _ in range(LOADS)]
    mine, theirs = (statistics.median(times) for times in zip(*loads, strict=True))
    note = f"{mine:.0f} ms against {theirs:.0f} ms, medians of {LOADS} visits each, in turn; until the box takes a question"
    return [ratio(mine / theirs, BOUND, "first load of the chat page ÷ bare Gradio chat", note)]


def _load(browser: Browser, address: str) -> float:
    """Return the milliseconds of a visit by a reader who was never here."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    try:
        page = context.new_page()
        page.goto(address, wait_until="commit")
        return float(page.wait_for_function(EDITABLE, polling="raf", timeout=60_000).json_value())
    finally:
        context.close()


@contextmanager
def _serving(module: list[str], port: int, more: Mapping[str, str]) -> Iterator[str]:
    """Run a module that serves on a port, in a process of its own, until the end of the block."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AMUR_")}
    environment = {**kept, "GRADIO_ANALYTICS_ENABLED": "False", **more}
    server = subprocess.Popen(
        [sys.executable, "-m", *module], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    address, began = f"http://127.0.0.1:{port}", time.perf_counter()
    try:
        while not _answers(address):
            if server.poll() is not None or time.perf_counter() - began > 120:
                raise RuntimeError(f"{' '.join(module)!r} did not start")
            time.sleep(0.1)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=20)


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=10) as reply:
            return bool(reply.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _serve_bare(port: int) -> None:
    import gradio as gr
    import uvicorn
    from fastapi import FastAPI

    chat = gr.ChatInterface(lambda message, history: message)
    uvicorn.run(gr.mount_gradio_app(FastAPI(), chat, path="/"), port=port, log_level="warning")


if __name__ == "__main__":
    _serve_bare(int(sys.argv[1]))
