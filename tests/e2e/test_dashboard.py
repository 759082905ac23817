"""The dashboard in a browser: wide, narrow, by keyboard, without JavaScript."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

from accounts.models import Partner
from accounts.services.keys import create_key
from tests.factories import PartnerFactory, bucket
from tests.staff import member
from tests.usage_data import fill_usage
from tests.waiting import PAGE_TIMEOUT

pytestmark = pytest.mark.e2e

NARROW = ViewportSize(width=390, height=844)


@pytest.fixture
def newcomer(live_db: None, sign_in: Callable[..., Any]) -> Partner:
    """A partner that has its first steps before it."""
    partner = PartnerFactory.create(name="Nova Retail")
    sign_in(member(partner))
    return partner


@pytest.fixture
def partner(live_db: None, sign_in: Callable[..., Any]) -> Partner:
    partner = PartnerFactory.create(name="Nova Retail")
    bucket(partner, 72_525, tier="growth")
    for environment in ("live", "test"):
        create_key(partner=partner, environment=environment, actor="test")
    fill_usage(partner, days=60)
    sign_in(member(partner))
    return partner


def test_the_balance_is_the_first_thing_on_the_page(page: Page, partner: Partner) -> None:
    page.goto("/dashboard/")
    expect(page.locator(".stat-value").first).to_have_text("725.25")


def test_the_first_tab_stop_skips_to_the_content(page: Page, partner: Partner) -> None:
    page.goto("/dashboard/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_tab_stops_follow_the_page(page: Page, partner: Partner) -> None:
    page.goto("/dashboard/")
    focused = "document.activeElement.innerText.trim().split('\\n')[0]"
    page.get_by_role("button", name="Sign out").focus()
    stops = []
    for _ in range(6):
        page.keyboard.press("Tab")
        stops.append(page.evaluate(focused))
    assert stops == [
        "Buy points",
        "View points",
        "View usage",
        "",  # the chart, whose columns the arrow keys choose
        "Table",
        "View images",
    ]


def test_the_copy_button_copies_the_commands(
    page: Page, context: BrowserContext, newcomer: Partner
) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/dashboard/")
    page.get_by_role("button", name="Copy").first.click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.locator(".sample-curl code").inner_text()
    assert "/partner/v1/image/create" in copied


def test_on_a_phone_the_menu_opens_and_closes(page: Page, partner: Partner) -> None:
    page.set_viewport_size(NARROW)
    page.goto("/dashboard/")
    expect(page.get_by_role("button", name="Sign out")).to_be_hidden()
    page.get_by_role("button", name="More").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Sign out")).to_be_hidden()
    expect(page.get_by_role("button", name="More")).to_be_focused()


@pytest.mark.parametrize("address", ["/dashboard/", "/dashboard/usage/?range=90"])
def test_pages_do_not_overflow_at_any_width(page: Page, partner: Partner, address: str) -> None:
    page.goto(address)
    wider = "cards => cards.filter(card => card.scrollWidth > card.clientWidth).length"
    for width in (320, 390, 768, 1024, 1160, 1280, 1440):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.locator(".card").evaluate_all(wider) == 0, width


def test_long_names_and_addresses_break_within_the_page(page: Page, partner: Partner) -> None:
    member(partner, email=f"{'venkata.subrahmanya.iyengar' * 2}@handlooms-and-handicrafts.example")
    made = create_key(partner=partner, environment="test", name="nightly" * 8, actor="test")
    for address in ("/dashboard/team/", f"/dashboard/keys/{made.key.pk}/"):
        page.goto(address)
        for width in (320, 390, 1024):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, address


@pytest.mark.parametrize("length", [7, 30, 90])
def test_labels_under_a_chart_do_not_touch(page: Page, partner: Partner, length: int) -> None:
    page.goto(f"/dashboard/usage/?range={length}")
    edges = "labels => labels.map(l => l.getBoundingClientRect()).map(box => [box.left, box.right])"
    for width in (320, 390, 768, 1440):
        page.set_viewport_size({"width": width, "height": 800})
        boxes = page.locator("#calls .chart-label:visible").evaluate_all(edges)
        assert len(boxes) >= 3
        assert all(right + 4 <= left for (_, right), (left, _) in pairwise(boxes)), width


def test_a_chart_is_read_by_pointer_and_arrow_keys(page: Page, partner: Partner) -> None:
    page.goto("/dashboard/usage/?range=7")
    readouts = page.locator("#calls .chart-readout")
    seen = (
        "all => all.filter(one => getComputedStyle(one).opacity === '1').map(one => one.innerText)"
    )
    days = page.locator("#calls .chart-column")

    page.locator("#calls .chart-total input").focus()
    page.keyboard.press("ArrowLeft")
    assert readouts.evaluate_all(seen) == [days.last.inner_text()]
    days.first.hover()
    assert readouts.evaluate_all(seen) == [days.first.inner_text()]
    page.mouse.move(1, 1)
    page.locator("#calls .chart-total input").check()
    [total] = readouts.evaluate_all(seen)
    assert " requests " in total


def test_a_filter_changes_the_list_in_place_and_keeps_the_focus(
    page: Page, partner: Partner
) -> None:
    page.goto("/dashboard/usage/")
    page.evaluate("window.isSamePage = true")
    key = page.get_by_role("combobox", name="Key")
    key.focus()
    key.select_option(index=1)
    page.wait_for_url("**key=*")
    expect(page.locator("#keys")).to_have_count(0)
    expect(key).to_be_focused()
    assert page.evaluate("window.isSamePage")


def test_everything_works_without_javascript(
    browser: Browser, base_url: str, page: Page, context: BrowserContext, newcomer: Partner
) -> None:
    plain = browser.new_context(
        base_url=base_url,
        java_script_enabled=False,
        viewport=NARROW,
        storage_state=context.storage_state(),
    )
    page = plain.new_page()
    page.set_default_timeout(PAGE_TIMEOUT)
    page.goto("/dashboard/")
    expect(page.locator(".sample-curl")).to_be_visible()
    expect(page.locator(".sample-python")).to_be_hidden()
    expect(page.get_by_role("button", name="Copy")).to_have_count(0)
    page.get_by_role("button", name="More").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    plain.close()


def test_reduced_motion_is_respected(page: Page, partner: Partner) -> None:
    page.emulate_media(reduced_motion="reduce")
    page.goto("/dashboard/")
    assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"
