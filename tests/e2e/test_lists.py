"""Lists in a browser: filters, the detail beside the list, the keyboard, the phone."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

from accounts.services.keys import create_key
from tests.accounts.request_logs import LOGS, add
from tests.factories import PartnerFactory, partner_with_keys
from tests.staff import member

pytestmark = pytest.mark.e2e

WIDE, NARROW = ViewportSize(width=1440, height=900), ViewportSize(width=390, height=844)


@pytest.fixture
def _calls(live_db: None, sign_in: Callable[..., Any]) -> None:
    made = partner_with_keys()
    add(made, 20)
    add(made, 3, status=402, code="insufficient_points", message="Insufficient points.")
    add(made, 2, ago=timedelta(days=3))
    sign_in(member(made.partner))


@pytest.mark.usefixtures("_calls")
def test_a_list_is_filtered_opened_and_walked_by_keyboard(page: Page) -> None:
    page.set_viewport_size(WIDE)
    page.goto(LOGS)
    rows, detail = page.locator(".rows tbody tr"), page.locator("#detail")
    expect(rows).to_have_count(25)
    heights = rows.evaluate_all("rows => rows.map(row => row.offsetHeight)")
    assert heights == [34] * 25
    assert rows.first.bounding_box()["y"] < 260  # type: ignore[index]

    page.get_by_label("Status", exact=True).select_option("4xx")
    expect(rows).to_have_count(3)
    expect(page).to_have_url(re.compile(r"/logs/\?status=4xx$"))
    page.get_by_role("button", name="More").click()
    page.get_by_label("Request ID", exact=True).fill("not an id")
    page.keyboard.press("Enter")
    expect(page.locator("#filters-note")).to_have_text(re.compile("Request ID is not applied"))
    expect(rows).to_have_count(3)

    page.goto(LOGS)
    for _ in range(2):
        page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(detail.get_by_role("heading", name="Create an image")).to_be_visible()
    expect(detail).to_be_focused()
    expect(page).to_have_url(re.compile(r"/logs/\?show=[0-9a-f]{24}$"))
    page.reload()
    expect(detail.get_by_role("heading", name="Create an image")).to_be_visible()
    page.keyboard.press("Escape")
    expect(detail).to_be_hidden()
    expect(page.locator(".row-link").nth(1)).to_be_focused()
    expect(page).to_have_url(re.compile(r"/logs/$"))

    bars = page.locator(".strip .chart-column")
    bars.last.focus()
    page.keyboard.press("ArrowLeft")
    expect(bars.nth(-2)).to_be_focused()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    expect(rows).to_have_count(23)


@pytest.mark.usefixtures("_calls")
def test_a_list_on_a_phone_and_without_javascript(
    page: Page, browser: Browser, context: BrowserContext, base_url: str
) -> None:
    page.set_viewport_size(NARROW)
    page.goto(LOGS)
    rows = page.locator(".rows tbody tr")
    assert (
        rows.evaluate_all("rows => rows.filter(r => r.getBoundingClientRect().bottom < 844).length")
        >= 8
    )
    page.get_by_role("button", name="Filters").click()
    page.get_by_label("Sort").select_option("oldest")
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_role("button", name="Apply")).to_be_hidden()
    expect(page).to_have_url(re.compile(r"/logs/\?sort=oldest$"))
    page.locator(".row-link").first.click()
    expect(page).to_have_url(re.compile(r"/logs/[0-9a-f]{24}/$"))

    plain = browser.new_context(
        base_url=base_url, java_script_enabled=False, storage_state=context.storage_state()
    ).new_page()
    plain.goto(LOGS)
    plain.get_by_label("Status", exact=True).select_option("4xx")
    plain.get_by_role("button", name="Apply").click()
    expect(plain.locator(".rows tbody tr")).to_have_count(3)
    assert "key=" not in plain.url
    plain.locator(".row-link").first.click()
    expect(plain.get_by_text("Insufficient points.").first).to_be_visible()
    plain.context.close()


def test_on_a_phone_long_details_leave_room_for_what_happened(
    page: Page, live_db: None, sign_in: Callable[..., Any]
) -> None:
    partner = PartnerFactory.create()
    create_key(
        partner=partner, environment="test", actor="asha@shopiq.test", name="Storefront " * 7
    )
    sign_in(member(partner))
    page.set_viewport_size(NARROW)
    page.goto("/dashboard/audit/")
    title = page.locator(".rows .to-title").filter(has_text="Created an API key")
    assert title.evaluate("cell => cell.clientWidth") >= 150
