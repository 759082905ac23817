"""A partner in a browser from sign-up to the end of a key, with real API calls."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from accounts.models import User
from tests.e2e.conftest import listen
from tests.e2e.story import EMAIL, PASSWORD, Open, Story
from tests.factories import PartnerFactory
from tests.users import browser_of, create_user
from tests.waiting import PAGE_TIMEOUT
from tests.web import WebServer


@pytest.fixture
def open_browser(live_db: None, browser: Browser, site: WebServer) -> Iterator[Open]:
    """Provide `open_browser(user, **options)`: a separate tab, signed in if a user is given.

    An error on its console fails the test.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def start(user: User | None = None, **options: Any) -> Page:
        context = browser.new_context(base_url=site.url, **options)
        context.set_default_timeout(PAGE_TIMEOUT)
        contexts.append(context)
        if user:
            value = browser_of(user).cookies["sessionid"].value
            context.add_cookies([{"name": "sessionid", "value": value, "url": site.url}])
        tab = context.new_page()
        listen(tab, complaints)
        return tab

    site.begin_test()
    yield start
    for context in contexts:
        context.close()
    site.end_test()
    assert complaints == []


@pytest.mark.e2e
@pytest.mark.parametrize(
    "has_script", [pytest.param(True, id="with JavaScript"), pytest.param(False, id="without")]
)
def test_a_partner_goes_from_sign_up_to_the_end_of_a_key(
    site: WebServer, open_browser: Open, has_script: bool
) -> None:
    staff = open_browser(User.objects.create_superuser("root@shopiq.test", None))
    story = Story(site, open_browser(java_script_enabled=has_script), staff)

    story.sign_up()
    story.see_the_first_picture(has_script=has_script)
    test_key = story.generate_key("Laptop", live=False)
    assert story.call(test_key) == 200
    story.say_who_is_billed_and_buy()
    story.be_approved()
    live_key = story.generate_key("Shop server", live=True)
    assert story.call(live_key) == 200
    story.see_the_call_in_charts_and_ledger()
    story.allow_the_office_only()
    assert story.call(live_key) == 403
    story.allow_this_machine()
    assert story.call(live_key) == 200
    rolled = story.roll_at_once()
    assert (story.call(live_key), story.call(rolled)) == (401, 200)
    story.revoke()
    assert story.call(rolled) == 401


# The one browser test of every day.
def test_a_user_signs_in_and_creates_a_key_by_keyboard_only(open_browser: Open) -> None:
    create_user(PartnerFactory.create(), email=EMAIL, password=PASSWORD)
    tab = open_browser()
    tab.goto("/login/")
    tab.keyboard.type(EMAIL)
    tab.keyboard.press("Tab")
    tab.keyboard.type(PASSWORD)
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("heading", name="Overview")).to_be_visible()
    press_on(tab, "API keys")
    press_on(tab, "Create test key")
    walk_to(tab, "name")
    tab.keyboard.type("By hand")
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("heading", name="Your new key")).to_be_visible()


def press_on(tab: Page, words: str) -> None:
    """Tab to the link or button with this text, and press it."""
    for _ in range(40):
        tab.keyboard.press("Tab")
        if tab.evaluate("document.activeElement.innerText?.trim()") == words:
            with tab.expect_navigation():
                tab.keyboard.press("Enter")
            return
    raise AssertionError(f"no tab stop says {words}")


def walk_to(tab: Page, field: str) -> None:
    for _ in range(40):
        tab.keyboard.press("Tab")
        if tab.evaluate("document.activeElement.name") == field:
            return
    raise AssertionError(f"no tab stop is {field}")
