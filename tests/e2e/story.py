"""Each step of a partner's way in a browser."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from config.mail.delivery import deliver_mail
from tests.waiting import wait_for
from tests.web import WebServer

EMAIL, PASSWORD = "asha@monsoon.example", "correct horse battery"
CREATE = "/partner/v1/image/create"
PROMPT = {"prompt": "A terracotta vase with olive branches", "aspectRatio": "1:1"}
#: No one calls from there.
OFFICE = "203.0.113.0/24"
Open = Callable[..., Page]


class Story:
    """The actions of a partner on its pages, and of staff on theirs."""

    def __init__(self, site: WebServer, tab: Page, staff: Page) -> None:
        self.site, self.tab, self.staff = site, tab, staff

    def call(self, key: str) -> int:
        return int(self.site.post(CREATE, PROMPT, key).status)

    def press(self, name: str) -> None:
        self.tab.get_by_role("button", name=name, exact=True).click()

    def follow(self, name: str) -> None:
        self.tab.get_by_role("main").get_by_role("link", name=name, exact=True).click()

    def heading(self, name: str) -> None:
        expect(self.tab.get_by_role("heading", name=name, level=1)).to_be_visible()

    def sign_up(self) -> None:
        self.tab.goto("/signup/")
        self.tab.get_by_label("Company").fill("Monsoon Boots")
        self.tab.get_by_label("Your name").fill("Asha Pillai")
        self.tab.get_by_label("Work email").fill(EMAIL)
        self.tab.get_by_label("Password").fill(PASSWORD)
        self.press("Create account")
        self.heading("Check your inbox")
        self.tab.goto(self._link_in_the_newest_mail())
        self.press("Confirm email")
        self.heading("Your first request")

    def see_the_first_picture(self, *, has_script: bool) -> None:
        """Send the request of the page with one press, or as its code does."""
        if has_script:
            self.press("Run it here")
            picture = self.tab.get_by_alt_text("The picture that the request returned")
            expect(picture).to_be_visible()
            assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
            expect(self.tab.locator(".sample-result p")).to_contain_text("200 ·")
        else:
            assert self.call(self.tab.locator(".key-secret code").inner_text()) == 200
        self.follow("Continue to the dashboard")
        self.heading("Overview")

    def _link_in_the_newest_mail(self) -> str:
        """Return the link as staff see it without a mail server; this process is the worker."""
        deliver_mail()
        self.staff.goto("/admin/mail/")
        row = self.staff.get_by_role("row").filter(has_text=EMAIL).first
        row.get_by_role("link").click()
        link = self.staff.locator(".mail-text a").first.get_attribute("href")
        assert link
        return link

    def generate_key(self, name: str, *, live: bool) -> str:
        """Makes an image key and reads it from the one page that ever shows it."""
        self.tab.goto("/dashboard/keys/new/")
        self.tab.get_by_label("Name", exact=True).fill(name)
        if live:
            self.tab.get_by_label("Live:").check()
        else:
            expect(self.tab.get_by_label("Live:")).to_have_count(0)
        self.press("Create key")
        if live:
            self._say_that_it_is_you()
        return self._secret()

    def _say_that_it_is_you(self) -> None:
        """Reauthenticate: a user who signed in by an emailed link has not given the password."""
        self.heading("Confirm it's you")
        self.tab.get_by_label("Password").fill(PASSWORD)
        self.press("Continue")

    def _secret(self) -> str:
        expect(self.tab.get_by_role("heading", name="Your new key")).to_be_visible()
        return self.tab.locator(".key-secret code").inner_text()

    def say_who_is_billed_and_buy(self) -> None:
        self.tab.goto("/dashboard/points/")
        self.follow("Buy Starter")
        self.heading("Buy Starter")
        self.tab.get_by_label("Legal name").fill("Monsoon Boots Private Limited")
        self.tab.get_by_label("Address", exact=True).fill("12 Market Road")
        self.tab.get_by_label("City").fill("Pune")
        self.tab.get_by_label("PIN code").fill("411001")
        self.tab.get_by_label("State").select_option("27")
        self.press("Continue")
        expect(self.tab.get_by_role("heading", name="Payment method")).to_be_visible()
        self.press("Continue")
        self.tab.get_by_role("button", name=re.compile("^Pay ₹")).click()
        self.tab.get_by_role("button", name=re.compile("^Pay ₹")).click()
        expect(self.tab.get_by_text("Paid", exact=True).first).to_be_visible()
        self.tab.goto("/dashboard/")
        expect(self.tab.get_by_text("5,000").first).to_be_visible()

    def be_approved(self) -> None:
        self.staff.goto("/admin/accounts/partner/")
        self.staff.get_by_role("row").filter(has_text="Monsoon").get_by_role("checkbox").check()
        choice = self.staff.locator("select[name=action]")
        choice.select_option(label="Approve selected partners for live access")
        self.staff.get_by_role("button", name="Go", exact=True).click()
        self.staff.get_by_role("button", name="Approve for live access").click()
        expect(self.staff.get_by_text("Approved: Monsoon Boots")).to_be_visible()

    def see_the_call_in_charts_and_ledger(self) -> None:
        self._wait_for_the_log()
        self.tab.goto("/dashboard/points/ledger/")
        expect(self.tab.get_by_role("row").filter(has_text="Charge")).to_have_count(1)
        self.tab.goto("/dashboard/usage/?range=7")
        expect(
            self.tab.get_by_role("radiogroup", name=re.compile("Requests by day.*: 1[ ,.(]"))
        ).to_have_count(1)

    def _wait_for_the_log(self) -> None:
        """Calls are written a second later."""
        wait_for(self._has_the_live_call_in_the_log)

    def _has_the_live_call_in_the_log(self) -> bool:
        self.tab.goto("/dashboard/logs/")
        return bool(self.tab.get_by_role("row").filter(has_text="200").count() == 1)

    def _open_key(self) -> None:
        self.tab.goto("/dashboard/keys/")
        self.follow("Shop server")

    def allow_the_office_only(self) -> None:
        self._open_key()
        self.tab.goto(f"{self.tab.url}whitelist/")
        self.tab.get_by_role("textbox").first.fill(f"{OFFICE} # Office")
        self.press("Add to whitelist")
        expect(self.tab.get_by_role("heading", name="will be rejected")).to_be_visible()
        self.press("Add and reject these")

    def allow_this_machine(self) -> None:
        self._open_key()
        self.tab.goto(f"{self.tab.url}whitelist/")
        self.press("Add my IP address")
        expect(self.tab.get_by_role("row").filter(has_text="127.0.0.1")).to_have_count(1)

    def roll_at_once(self) -> str:
        self._open_key()
        self.follow("Roll")
        self.tab.get_by_label("Not at all").check()
        self.press("Roll key")
        return self._secret()

    def revoke(self) -> None:
        self.follow("I copied the key")
        self.follow("Revoke")
        self.tab.get_by_label("Type").fill("Shop server")
        self.press("Revoke key")
        expect(self.tab.get_by_text("Revoked").first).to_be_visible()
