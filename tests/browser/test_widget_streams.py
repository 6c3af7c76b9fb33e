"""Answers that arrive piece by piece, are stopped, break off or never come: with a real server that is killed, and byte by byte."""

import json
import os
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from bot.pipeline import Bot
from bot.serve.embed import read_widget
from index.embed import Vectors
from tests.bot.serve.running import kept_port, serving
from tests.browser.conftest import PATIENCE
from tests.browser.pasting import BORDER, TREATY, NewPage, ask, pause, snippet
from tests.browser.sites import Site, Wire, wired
from tests.fakes import BagOfWords

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[2]
HELD = "When was the friendship treaty signed, slowly?"


class Held(BagOfWords):
    """An embedder that keeps questions with the word "slowly" waiting until it is told to go on."""

    def __init__(self) -> None:
        super().__init__()
        self.reached = threading.Event()
        self.go = threading.Event()

    def embed_query(self, text: str) -> Vectors:
        if "slowly" in text:
            self.reached.set()
            assert self.go.wait(600)
        return super().embed_query(text)


@pytest.fixture
def held() -> Iterator[Held]:
    """The embedder of the server below; whatever it holds it lets go of at the end."""
    embedder = Held()
    yield embedder
    embedder.go.set()


@pytest.fixture
def slow(bot: Bot, held: Held) -> Iterator[str]:
    """The address of a server that uses it."""
    with serving(Bot(bot.settings, embedder=held)) as address:
        yield address
        held.go.set()


def begin(page: Page, question: str = HELD) -> None:
    """Ask, and do not wait for what comes of it."""
    page.get_by_label("Your question").fill(question)
    page.keyboard.press("Enter")


def test_a_reader_stops_an_answer_and_asks_again(new_page: NewPage, slow: str, held: Held, site: Site) -> None:
    page = new_page()
    page.goto(site.show(snippet(slow)))
    begin(page)
    assert held.reached.wait(PATIENCE / 1000)
    turn = page.locator(".turn")
    expect(turn.get_by_text("Reading the sources…")).to_be_visible()
    expect(turn).to_have_attribute("aria-busy", "true")
    page.get_by_label("Your question").fill("typed while waiting")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Your question")).to_have_value("typed while waiting")
    page.get_by_role("button", name="Stop").click()
    expect(turn.locator("[data-state=stopped]")).to_contain_text("Stopped.")
    expect(page.locator("section > [role=status]")).to_contain_text("Stopped.")
    held.go.set()
    turn.get_by_role("button", name="Try again").click()
    expect(turn.locator("details")).not_to_have_count(0)
    expect(page.locator(".turn")).to_have_count(1)


def test_taking_the_widget_away_ends_its_request(new_page: NewPage, slow: str, held: Held, site: Site) -> None:
    page = new_page()
    page.goto(site.show(snippet(slow)))
    page.evaluate("window.ended = 'no'; window.widget = null")
    expect(page.locator("amur-chat")).to_be_attached()
    page.evaluate("question => { Amur.ask(question).catch(error => { ended = error.name }) }", HELD)
    assert held.reached.wait(PATIENCE / 1000)
    with page.expect_event("requestfailed", lambda request: request.url.endswith("/ask/stream")):
        page.evaluate("document.querySelector('amur-chat').remove()")
    page.wait_for_function("ended === 'AbortError'")


@pytest.fixture
def killable(bot: Bot) -> Iterator[Callable[[str], "subprocess.Popen[str]"]]:
    """Start a server on the bot's corpus in a process of its own, on one port however often: `start(mode)` waits until it answers."""
    running: list[subprocess.Popen[str]] = []

    def start(mode: str) -> "subprocess.Popen[str]":
        environment = {n: v for n, v in os.environ.items() if not n.startswith("AMUR_")} | {
            "AMUR_HOME": str(bot.settings.home),
            "AMUR_CORPUS": bot.settings.corpus,
            "AMUR_ALLOWED_ORIGINS": bot.settings.allowed_origins,
            "AMUR_PORT": str(port),
            "AMUR_EMBEDDING_MODEL": BagOfWords.name,
            "AMUR_CHUNK_TOKENS": "64",
            "PYTHONPATH": str(ROOT),
        }
        command = [sys.executable, "-m", "tests.browser.server", mode]
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
        running.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        return process

    with kept_port() as port:
        start.port = port  # type: ignore[attr-defined]
        yield start
    for process in running:
        process.kill()
        process.wait(300)
        assert process.stdout is not None
        process.stdout.close()


def test_a_server_killed_while_it_answers_is_said_and_recovered_from(
    new_page: NewPage, killable: Callable[[str], "subprocess.Popen[str]"], site: Site
) -> None:
    page = new_page()
    first = killable("hold")
    address = f"http://127.0.0.1:{killable.port}"  # type: ignore[attr-defined]
    page.goto(site.show(snippet(address)))
    ask(page, TREATY)
    begin(page)
    assert first.stdout is not None
    assert first.stdout.readline() == "held\n"
    first.send_signal(signal.SIGKILL)
    first.wait(PATIENCE / 1000)
    turn = page.locator(".turn").last
    expect(turn.locator("[data-state=failed]")).to_contain_text("The connection broke before the answer was complete.")
    turn.get_by_role("button", name="Try again").click()
    expect(turn.locator("[data-state=failed]")).to_contain_text("The assistant cannot be reached.")
    expect(page.locator(".turn").first.locator("details")).not_to_have_count(0)
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(f"{address}/api/v1/health")
    killable("answer")
    turn.get_by_role("button", name="Try again").click()
    expect(turn.locator("details")).not_to_have_count(0)
    expect(ask(page, BORDER).locator("details")).not_to_have_count(0)


@pytest.fixture
def wire() -> Iterator[Wire]:
    """A server whose bytes a test chooses."""
    widget = read_widget()
    assert widget is not None
    with wired(widget.content) as wire:
        yield wire


def test_what_arrived_before_the_connection_broke_stays(new_page: NewPage, wire: Wire, site: Site) -> None:
    page = new_page()
    page.goto(site.show(snippet(wire.address)))
    wire.pieces = [
        b'event: meta\ndata: {"query": "x", "as_of": null}\n\n',
        b'event: citation\ndata: {"number": 1}\n\nevent: delta\ndata: {"text": "One sentence. [1]"}\n\n',
        b"wait",
        b'event: delta\ndata: {"text": " Half of'  # and the line ends here
    ]  # fmt: skip
    begin(page)
    turn = page.locator(".turn")
    expect(turn.locator(".answer")).to_have_text("One sentence. 1")
    expect(turn.locator("span.marker")).to_have_text("1")
    expect(turn).to_have_attribute("aria-busy", "true")
    wire.go.set()
    expect(turn.locator("[data-state=failed]")).to_contain_text("The connection broke")
    expect(turn.locator(".answer")).to_have_text("One sentence. 1")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("size", [1, 2, 3, 7, 10_000])
def test_bytes_may_come_in_any_pieces(new_page: NewPage, wire: Wire, site: Site, end: str, size: int) -> None:
    page = new_page()
    page.goto(site.show(snippet(wire.address)))
    lines = [
        ": ping", "", "retry: 5", "id: 7", "event: delta", 'data: {"text":', 'data: "Договор — 条约 [1] [2]"}', "",
        "event:error", 'data:{"code": "busy", "message": "x", "retry_after": 7}', "", "",
    ]  # fmt: skip
    stream = end.join(lines).encode()
    wire.pieces = [stream[at : at + size] for at in range(0, len(stream), size)]
    begin(page)
    turn = page.locator(".turn")
    expect(turn.locator("[data-state=failed]")).to_contain_text("The assistant is busy.")
    expect(turn.locator("[data-state=failed]")).to_contain_text("Please wait")
    expect(turn.locator(".answer")).to_have_text(
        "Договор — 条约 [1] [2]"
    )  # no citation has come, so these are no markers


@pytest.mark.parametrize(
    ("pieces", "said"),
    [
        ([], "The connection broke"),
        ([b"event: answer\ndata: {not json\n\n"], "The connection broke"),
        ([b'event: error\ndata: {"code": "timed_out", "message": "x"}\n\n'], "The answer took too long."),
        (
            [b'event: error\ndata: {"code": "unheard_of", "message": "<b>why</b>"}\n\n'],
            "There is no answer: <b>why</b>",
        ),
    ],
)
def test_whatever_goes_wrong_is_said(new_page: NewPage, wire: Wire, site: Site, pieces: list[bytes], said: str) -> None:
    page = new_page()
    page.goto(site.show(snippet(wire.address)))
    wire.pieces = pieces
    begin(page)
    expect(page.locator("[data-state=failed]")).to_contain_text(said)
    expect(page.get_by_label("Your question")).to_be_focused()


def test_a_stream_that_falls_silent_is_given_up(new_page: NewPage, wire: Wire, site: Site) -> None:
    page = new_page()
    page.clock.install()
    page.goto(site.show(snippet(wire.address)))
    pause(page)
    wire.pieces = [b": ping\n\n", b'event: delta\ndata: {"text": "Half"}\n\n', b"wait"]
    begin(page)
    expect(page.locator(".answer")).to_have_text("Half")
    page.clock.fast_forward(59_000)
    expect(page.locator(".turn")).to_have_attribute("aria-busy", "true")
    page.clock.fast_forward(2_000)
    expect(page.locator("[data-state=failed]")).to_contain_text("The connection broke")


@pytest.mark.parametrize(
    ("unit", "head", "first", "second"),
    [
        ("billion USD", "Value, billion USD", "240.11", "1,244.8"),
        ("million t", "Value", "240.11 billion USD", "1,244.8 million t"),
    ],
)
def test_figures_stand_in_a_table_with_whose_count_they_are(
    new_page: NewPage, wire: Wire, bot: Bot, site: Site, unit: str, head: str, first: str, second: str
) -> None:
    answer = bot.answer(TREATY).to_dict()
    source = {
        "id": "gacc",
        "title": "Trade <b>tables</b>",
        "publisher": "GACC",
        "issued": "2025-01",
        "url": "https://example.org/gacc",
        "perspective": "chinese-official",
    }
    points = [
        {
            "period": "2023",
            "value": 240.11,
            "unit": "billion USD",
            "basis": "Chinese customs",
            "reference": "gacc",
            "note": "",
        },
        {
            "period": "2024",
            "value": 1244.8,
            "unit": unit,
            "basis": "<i>other</i>",
            "reference": "gacc",
            "note": "first",
        },
    ]
    answer["series"] = {"id": "trade", "title": "Trade", "description": "Goods", "points": points, "sources": [source]}
    page = new_page()
    page.goto(site.show(snippet(wire.address)))
    wire.pieces = [f"event: answer\ndata: {json.dumps(answer)}\n\n".encode()]
    begin(page)
    card = page.locator("details[part=figures]")
    card.get_by_text("Figures: Trade").click()
    rows = card.locator("tr").evaluate_all("rows => rows.map(row => [...row.cells].map(cell => cell.textContent))")
    assert rows == [
        ["Period", head, "Counted by"],
        ["2023", first, "Chinese customs"],
        ["2024", second, "<i>other</i> · first"],
    ]
    expect(card.locator("li")).to_have_text("Trade <b>tables</b> GACC, January 2025 Chinese official")
