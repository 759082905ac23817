"""Which language a page is in, and how its reader changes it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import settings
from django.core.mail import EmailMessage
from django.test import Client
from django.utils import timezone

from accounts.models import User
from tests.accounts.key_pages import NEW, new_key_form, secret_in
from tests.factories import PartnerFactory
from tests.mails import link_in
from tests.staff import superuser
from tests.users import browser_of, create_user

pytestmark = pytest.mark.django_db

COOKIE = settings.LANGUAGE_COOKIE_NAME
HINDI = {"Accept-Language": "hi-IN,hi;q=0.9,en;q=0.5"}
FORM = {
    "company": "Nova Retail",
    "name": "Priya Rao",
    "email": "priya@nova.test",
    "password1": "correct horse battery",
}


@pytest.fixture
def priya() -> User:
    return create_user(PartnerFactory.create(), email="priya@nova.test", password="a long one")


def language_of(response: Any) -> str:
    found = re.search('<html lang="([a-z]+)"', response.text)
    assert found
    return found[1]


def switches_in(html: str) -> list[str]:
    return re.findall('<a href="(/language/[a-z]+/[^"]*)"', html)


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/docs/", "/docs/errors/", "/status/", "/login/", "/signup/", "/password/reset/"),
        *("/hi/", "/as/docs/errors/", "/nowhere", "/chat", "/dashboard/company/choose/"),
    ],
)
def test_every_page_for_everyone_has_the_switch(client: Client, path: str) -> None:
    page = client.get(path).text

    assert len(switches_in(page)) == len(settings.LANGUAGES)
    assert f"?next={path}" in page


def test_pages_of_members_have_the_switch(priya: User) -> None:
    for path in ("/dashboard/", "/dashboard/nowhere/", "/dashboard/requests/?status=4xx"):
        page = browser_of(priya).get(path).text
        assert len(switches_in(page)) == len(settings.LANGUAGES), path


def test_what_was_chosen_is_remembered(client: Client) -> None:
    response = client.get("/language/hi/?next=/login/%3Fnext%3D/dashboard/")

    assert response.headers["Location"] == "/login/?next=/dashboard/"
    assert response.cookies[COOKIE]["max-age"] == 31_536_000
    assert language_of(client.get("/login/")) == "hi"
    client.get("/language/en/", headers=HINDI)
    assert language_of(client.get("/login/", headers=HINDI)) == "en"


def test_a_page_that_has_an_address_in_each_language_changes_it(client: Client) -> None:
    response = client.get("/language/as/?next=/hi/docs/errors/%3Fq%3D1")
    assert response.headers["Location"] == "/as/docs/errors/?q=1"
    assert client.get("/docs/errors/?q=1").headers["Location"] == "/as/docs/errors/?q=1"
    response = client.get("/language/en/?next=/as/docs/errors/")
    assert response.headers["Location"] == "/docs/errors/"


@pytest.mark.parametrize("address", ["//evil.test", "https://evil.test/", "evil", "/\\evil.test"])
def test_the_switch_leads_to_no_other_site(client: Client, address: str) -> None:
    assert client.get("/language/hi/", {"next": address}).headers["Location"] == "/hi/"


def test_a_link_of_another_site_changes_nothing(priya: User) -> None:
    browser = browser_of(priya)
    browser.get("/language/hi/", headers={"Sec-Fetch-Site": "cross-site"})

    assert COOKIE not in browser.cookies
    assert User.objects.get().language == "en"


def test_a_language_without_pages_is_not_found(client: Client) -> None:
    for path in ("/language/fr/", "/language/HI/", "/fr/docs/", "/hi/login/", "/hi/docs/x/"):
        assert client.get(path).status_code == 404, path


def test_an_unreadable_choice_is_english(client: Client) -> None:
    for text in ("fr", "*", "x" * 900, "hi;q=x", "अ".encode().decode("latin-1"), "zz-zz,;q=", "\t"):
        assert language_of(Client().get("/login/", headers={"Accept-Language": text})) == "en", text
        client.cookies[COOKIE] = text
        assert client.get("/login/").status_code == 200, text


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("/hi", "/hi/"),
        ("/as/docs", "/as/docs/"),
        ("/hi/docs/quick-start", "/hi/docs/quick-start/"),
        ("/docs/api", "/docs/api/"),
        ("/hi/status", "/hi/status/"),
    ],
)
def test_a_missing_slash_is_added(client: Client, typed: str, address: str) -> None:
    response = client.get(typed, follow=True)
    assert (response.status_code, response.request["PATH_INFO"]) == (200, address)


def test_the_address_decides_before_browser_and_cookie(client: Client) -> None:
    client.cookies[COOKIE] = "as"
    assert language_of(client.get("/hi/docs/", headers={"Accept-Language": "en"})) == "hi"
    response = client.get("/docs/", headers=HINDI)
    assert (response.status_code, response.headers["Location"]) == (302, "/as/docs/")


def test_caches_learn_what_a_page_depends_on(client: Client) -> None:
    choosing, chosen = client.get("/login/", headers=HINDI), client.get("/hi/docs/")
    redirect = client.get("/docs/", headers=HINDI)

    for response in (choosing, redirect):
        assert {"Accept-Language", "Cookie"} <= set(response.headers["Vary"].split(", "))
    assert choosing.headers["Content-Language"] == chosen.headers["Content-Language"] == "hi"
    assert "Accept-Language" not in chosen.headers.get("Vary", "")


def test_files_for_programs_have_one_address(client: Client) -> None:
    for path in ("/robots.txt", "/sitemap.xml", "/llms.txt", "/docs/changelog.rss"):
        assert client.get(path, headers=HINDI).content == client.get(path).content
        assert client.get(path, headers=HINDI).status_code == 200, path


def test_a_new_login_has_the_language_of_its_pages(
    client: Client, mailoutbox: list[EmailMessage]
) -> None:
    client.post("/signup/", FORM, headers=HINDI)
    client.get(link_in(mailoutbox[0], "confirm-email"), headers=HINDI)
    client.post(link_in(mailoutbox[0], "confirm-email"), headers=HINDI)

    assert User.objects.get().language == "hi"
    assert re.search("[\u0900-\u097f]", str(mailoutbox[0].subject))


def test_a_new_browser_gets_the_language_of_who_signs_in(client: Client, priya: User) -> None:
    User.objects.update(language="as", last_login=timezone.now())
    form = {"login": priya.email, "password": "a long one"}
    response = client.post("/login/", form, headers=HINDI)

    assert response.cookies[COOKIE].value == "as"
    assert User.objects.get().language == "as"


def test_a_member_s_choice_is_that_of_the_login(priya: User) -> None:
    browser_of(priya).get("/language/hi/?next=/dashboard/")

    assert User.objects.get().language == "hi"


def test_staff_pages_are_english(client: Client) -> None:
    staff = superuser()
    staff.cookies[COOKIE] = "hi"
    for path in ("/admin/", "/admin/accounts/partner/", "/admin/nowhere/"):
        response = staff.get(path, headers=HINDI)
        assert not re.search("[\u0900-\u0963\u0966-\u097f]", _without_switch(response.text)), path
    client.cookies[COOKIE] = "hi"
    assert language_of(client.get("/admin/login/", follow=True)) in ("en", "hi")


def _without_switch(html: str) -> str:
    return re.sub(r"<a [^>]*/language/.*?</a>", "", html)


def test_a_page_that_shows_a_key_once_stays_when_the_language_changes(priya: User) -> None:
    """Its switch opens a new tab, on a page that can be asked for again."""
    browser = browser_of(priya)
    response = browser.post(NEW, new_key_form(browser))
    shown = response.text

    links = re.findall(
        '<a href="(/language/[a-z]+/[^"]*)"[^>]* target="_blank" rel="noopener"', shown
    )
    assert len(links) == len(settings.LANGUAGES) == len(switches_in(shown))
    page = browser.get(links[1], follow=True)
    assert (page.status_code, language_of(page)) == (200, "hi")
    assert secret_in(response) not in page.text
    assert "_blank" not in "".join(switches_in(page.text))


def test_the_page_of_the_first_key_has_the_switch_and_stays(
    client: Client, mailoutbox: list[EmailMessage]
) -> None:
    client.post("/signup/", FORM)
    welcome = client.post(link_in(mailoutbox[0], "confirm-email"), follow=True).text
    assert "Your first request" in welcome
    assert switches_in(welcome)[1] == "/language/hi/?next=/dashboard/"
    assert welcome.count('target="_blank" rel="noopener" title="') == len(settings.LANGUAGES)


def test_the_reference_which_is_english_leads_to_the_documentation_in_each_language(
    client: Client,
) -> None:
    switches = switches_in(client.get("/docs/api/").text)
    for code, address in {"en": "/docs/", "hi": "/hi/docs/", "as": "/as/docs/"}.items():
        assert f"/language/{code}/?next=/docs/" in switches
        assert client.get(f"/language/{code}/?next=/docs/").headers["Location"] == address
