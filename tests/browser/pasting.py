"""What the tests of the widget share: the line that an editor pastes, and how a reader of the site asks."""

from collections.abc import Callable, Sequence
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import PATIENCE

NewPage = Callable[..., Page]
TREATY = "When was the friendship treaty signed?"
BORDER = "When was the river border settled?"
DISPUTE = "Who fired first on Zhenbao Island in March 1969?"
FERRY = "When did the Heihe ferry open with two boats?"


def snippet(address: str, **data: str) -> str:
    """Return the line that an editor pastes."""
    attributes = " ".join(f'data-{name}="{value}"' for name, value in {"form": "inline", **data}.items())
    return f'<script src="{address}/embed/amur.js" {attributes} async></script>'


def ask(where: Page | Locator, question: str) -> Locator:
    """Ask and return the turn once it is over: answered, read out, remembered and told to the page."""
    where.get_by_label("Your question").fill(question)
    send = where.get_by_role("button", name="Ask", exact=True)
    turn = where.locator(".turn").nth(where.locator(".turn").count())
    send.click()
    expect(turn.locator(".asked")).to_contain_text(question)
    expect(turn).to_have_attribute("aria-busy", "false")
    expect(send).to_be_visible()  # the answer is drawn before the stream is closed; the rest comes after that
    return turn


def said(turn: Locator) -> list[tuple[str, list[int]]]:
    """Return the statements that are shown, with the numbers of their markers."""
    read: list[Any] = turn.locator(".answer :is(p[part=text], dd)").evaluate_all(
        """all => all.map(p => {
          const bare = p.cloneNode(true);
          const markers = [...bare.querySelectorAll('.marker')];
          for (const marker of markers) marker.remove();
          return [bare.textContent.trim(), markers.map(m => Number(m.textContent))];
        })"""
    )
    return [(text, numbers) for text, numbers in read]


def pause(page: Page) -> None:
    """Stop the installed clock of a page; no time passes in it but what a test lets pass."""
    page.clock.pause_at(page.evaluate("Date.now() + 60_000"))  # ahead, since it runs on until it is stopped


def hear(page: Page, heard: Sequence[object], count: int) -> None:
    """Wait until a browser has told of so many events; it tells later than its page knows."""
    for _ in range(PATIENCE // 20):
        if len(heard) >= count:
            break
        page.wait_for_timeout(20)
