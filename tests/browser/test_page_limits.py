"""The chat page counts against the same limits as the API, and says so where the answer would stand."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import expect

from bot.messages import say
from bot.serve.feedback import FeedbackStore
from tests.bot.serve.running import serving
from tests.browser.chatting import BORDER, TREATY, NewPage, ask, box, showing, visit
from tests.small import make_bot

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")]


@contextmanager
def limited(folder: Path, **changed: Any) -> Iterator[tuple[str, FeedbackStore]]:
    """Serve the small corpus with limits; yield the address and the feedback kept."""
    bot = make_bot(folder, **changed)
    store = FeedbackStore(bot.settings)
    with serving(bot) as address:
        yield address, store
    store.close()


def test_a_reader_who_asks_too_often_is_told_in_the_conversation(new_page: NewPage, tmp_path: Path) -> None:
    with limited(tmp_path, limit_reader="2/hour") as (address, _):
        page = visit(new_page(), address)
        expect(ask(page, TREATY)).to_contain_text("16 July 2001")
        assert httpx.post(f"{address}/api/v1/ask", json={"question": BORDER}, timeout=60).status_code == 200
        box(page).fill(BORDER)
        box(page).press("Enter")
        expect(page.locator("#amur-chat")).to_contain_text(
            "Too many requests from your address: at most 2 in 1 hour; try again in"
        )
        expect(page.locator("#amur-chat")).not_to_contain_text("October 2008")
        refused = httpx.post(f"{address}/api/v1/ask", json={"question": BORDER}, timeout=60)
        assert refused.status_code == 429


def test_feedback_on_the_page_is_limited_too(new_page: NewPage, tmp_path: Path) -> None:
    with limited(tmp_path, limit_feedback="1/hour") as (address, store):
        page = visit(new_page(), address)
        ask(page, TREATY)
        ask(page, BORDER)
        with showing(page.locator("body"), say("chat.feedback.thanks", "en")):
            page.get_by_role("button", name="Like", exact=True).first.click()
        with showing(page.locator("body"), "Too many requests of feedback from your address"):
            page.get_by_role("button", name="Like", exact=True).last.click()
        assert [said.question for said in store.read()] == [TREATY]
