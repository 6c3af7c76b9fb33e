"""The page of the API works offline: no request leaves the server, and an operation can be tried."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


def test_the_api_can_be_read_and_tried_without_another_host(new_page: Callable[..., Page], address: str) -> None:
    page = new_page()
    page.goto(f"{address}/docs")
    expect(page.locator(".opblock")).to_have_count(12)
    expect(page.locator(".info .title")).to_contain_text("Amur")
    health = page.locator("#operations-state-health_api_v1_health_get")
    health.locator(".opblock-summary").click()
    health.get_by_role("button", name="Execute").click()
    expect(health.locator(".live-responses-table .response .response-col_status").first).to_contain_text("200")
    expect(health.locator(".live-responses-table")).to_contain_text('"status": "ok"')
