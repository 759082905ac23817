"""What surrounds every page: mode, appearance, errors, and forms whose session has ended."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from accounts.models import Member
from tests.factories import Keys
from tests.users import browser_of, create_user

OURS = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def owner(keys: Keys) -> Client:
    return browser_of(create_user(keys.partner, email="owner@nova.test"))


def test_the_mode_is_remembered_and_pages_of_money_are_live(owner: Client) -> None:
    in_test = 'mode=test" aria-current="true"'
    assert in_test not in owner.get("/dashboard/logs/").text
    assert in_test in owner.get("/dashboard/logs/", {"mode": "test"}).text
    assert in_test in owner.get("/dashboard/accounts/").text
    assert "Live only" in owner.get("/dashboard/points/").text
    assert in_test not in owner.get("/dashboard/accounts/", {"mode": "live"}).text
    assert in_test not in owner.get("/dashboard/accounts/").text


def test_a_company_without_live_access_sees_what_its_test_keys_did(
    keys: Keys, owner: Client
) -> None:
    in_test = 'mode=test" aria-current="true"'
    keys.partner.live_approved_at = None
    keys.partner.save()
    assert in_test in owner.get("/dashboard/").text
    assert in_test in owner.get("/dashboard/logs/").text
    assert "Live only" in owner.get("/dashboard/points/").text
    assert in_test not in owner.get("/dashboard/logs/", {"mode": "live"}).text
    assert in_test not in owner.get("/dashboard/").text


@pytest.mark.parametrize(
    ("page", "entry"),
    [
        ("/sessions/", "/dashboard/security/"),
        ("/password/set/", "/dashboard/security/"),
        ("/dashboard/live-access/", "/dashboard/keys/"),
        ("/dashboard/company/zone/", "/dashboard/team/"),
        ("/dashboard/points/ledger/", "/dashboard/points/"),
    ],
)
def test_the_navigation_shows_where_a_page_belongs(owner: Client, page: str, entry: str) -> None:
    current = re.findall(r'<a href="([^"]+)" aria-current="page"><svg', owner.get(page).text)
    assert set(current) == {entry}


def test_the_look_is_remembered_before_and_after_sign_in(owner: Client) -> None:
    for browser, page in ((owner, "/dashboard/"), (Client(), "/login/")):
        chosen = {"scheme": "dark", "navigation": "narrow", "next": page}
        assert browser.post("/preferences/", chosen).headers["Location"] == page
        assert '<html lang="en" data-scheme="dark">' in browser.get(page).text
        browser.post("/preferences/", {"scheme": "system"})
        assert "data-scheme" not in browser.get(page).text
        assert "data-shortcuts" not in browser.get(page).text
        browser.post("/preferences/", {"shortcuts": "off"})
        assert '<html lang="en" data-shortcuts="off">' in browser.get(page).text
    assert 'class="shell is-narrow"' in owner.get("/dashboard/").text


@pytest.mark.parametrize("page", ["https://evil.test/", "//evil.test", "javascript:alert(1)", ""])
def test_a_choice_leads_to_no_other_site(page: str) -> None:
    response = Client().post("/preferences/", {"scheme": "pink\r\nX: 1", "next": page})
    assert response.headers["Location"] == "/dashboard/"
    assert "scheme" not in response.cookies


def test_a_role_that_lacks_a_page_is_told_which_has_it_and_whom_to_ask(
    keys: Keys, owner: Client
) -> None:
    viewer = browser_of(create_user(keys.partner, Member.Role.VIEWER))
    response = viewer.get("/dashboard/points/purchases/")
    assert response.status_code == 403
    assert "You need the admin role to buy points" in response.text
    assert "owner@nova.test" in response.text
    assert 'id="sidebar"' in response.text


def test_an_unknown_page_keeps_the_navigation_of_members(owner: Client) -> None:
    for page in ("/dashboard/nowhere/", f"/dashboard/keys/{'0' * 24}/", "/nowhere"):
        response = owner.get(page)
        assert response.status_code == 404
        assert 'id="sidebar"' in response.text
    assert 'id="sidebar"' not in Client().get("/nowhere").text


FORM = {"email": "priya@nova.test", "role": "viewer"}
INVITE = "/dashboard/team/invite/"


@pytest.mark.parametrize("has_token", [True, False])
def test_a_form_whose_session_ended_returns_filled_in(keys: Keys, has_token: bool) -> None:
    visitor = Client(enforce_csrf_checks=not has_token)
    sent = visitor.post(INVITE, {**FORM, "csrfmiddlewaretoken": "x"}, headers=OURS)
    assert sent.headers["Location"] == f"/login/?next={INVITE}"
    assert "Your session has ended" in visitor.get(sent.headers["Location"]).text

    owner = browser_of(create_user(keys.partner))
    owner.cookies.update(visitor.cookies)
    page = owner.get(INVITE).text
    assert 'value="priya@nova.test"' in page
    assert re.search(r'value="viewer"[^>]* (checked|selected)', page)
    assert "Your entries are still here" in page
    assert "priya@nova.test" not in owner.get(INVITE).text


def test_another_site_fills_in_no_form() -> None:
    for origin in ({}, {"Sec-Fetch-Site": "cross-site"}):
        visitor = Client(enforce_csrf_checks=True)
        response = visitor.post(INVITE, FORM, headers=origin)
        assert response.status_code == 302
        assert "kept_form" not in response.cookies
