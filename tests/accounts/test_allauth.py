"""Tests of allauth's private symbols that `accounts.sign_in` uses.

A version of allauth that fails here must not be installed before `accounts.sign_in` is adapted.
"""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.reauthentication import STATE_SESSION_KEY
from allauth.core import context
from django.conf import settings as django_settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone
from time_machine import TimeMachineFixture

from accounts.models import User
from accounts.sign_in.allauth import AccountAdapter, SecondFactorAdapter
from accounts.sign_in.logins import (
    clear_pending_request,
    find_unverified_login,
    resend_verification_mail,
    sign_in_by_password,
    signed_in_recently,
)
from config.pages.sessions import SessionStore
from tests.accounts.sign_ins import PASSWORD
from tests.factories import PartnerFactory
from tests.users import browser_of, create_user

pytestmark = pytest.mark.django_db

SIGN_UP = {"company": "Zenith", "name": "Asha", "email": "asha@zenith.test", "password1": PASSWORD}
RENAME = "/dashboard/team/name/"


@pytest.fixture(autouse=True)
def _quick_hashes(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def next_request(client: Client, run: Any) -> Any:
    """Call `run(request)` in a view, in the session of `client`."""
    results = []

    def view(request: HttpRequest) -> HttpResponse:
        results.append(run(request))
        return HttpResponse()

    handler: Any = view
    for path in reversed(django_settings.MIDDLEWARE):
        module, _, name = path.rpartition(".")
        handler = getattr(import_module(module), name)(handler)
    request = RequestFactory().get("/")
    request.COOKIES = {name: morsel.value for name, morsel in client.cookies.items()}
    handler(request)
    return results[0]


def test_no_other_package_imports_private_modules_of_allauth() -> None:
    root = Path(django_settings.BASE_DIR)
    apps = ("config", "accounts", "integrations", "billing", "deployments", "imaging")
    lines = {
        str(path.relative_to(root))
        for app in apps
        for path in (root / app).rglob("*.py")
        for line in path.read_text().splitlines()
        if "allauth." in line and ".internal" in line
    }

    assert lines == {
        "accounts/sign_in/allauth.py",
        "accounts/sign_in/logins.py",
        "accounts/sign_in/second_factors.py",
    }


def test_get_authentication_records_has_the_time_of_the_sign_in(
    priya: User, time_machine: TimeMachineFixture
) -> None:
    client = Client()
    client.post("/login/", {"login": priya.email, "password": PASSWORD})

    assert next_request(client, signed_in_recently)

    seconds = django_settings.ACCOUNT_REAUTHENTICATION_TIMEOUT + 1
    time_machine.move_to(timezone.now() + timedelta(seconds=seconds))
    assert not next_request(client, signed_in_recently)


def test_get_authentication_records_ignores_other_users(priya: User) -> None:
    client = Client()
    client.post("/login/", {"login": priya.email, "password": PASSWORD})
    other = create_user(None, email="asha@zenith.test")

    def as_other(request: HttpRequest) -> bool:
        request.user = other
        return signed_in_recently(request)

    assert not next_request(client, as_other)


def test_a_pending_form_is_stored_under_state_session_key(priya: User) -> None:
    client = browser_of(priya, fresh=False)
    client.post(RENAME, {"company": "Nova Stores"})
    assert RENAME in client.session[STATE_SESSION_KEY]["request"]

    next_request(client, clear_pending_request)

    client.post("/reauthenticate/", {"password": PASSWORD, "next": RENAME})
    priya.memberships.get().partner.refresh_from_db()
    assert priya.memberships.get().partner.name == "Nova Retail"


def test_perform_password_login_signs_in_and_records_the_password() -> None:
    visitor = create_user(PartnerFactory.create(), email="asha@zenith.test", password=PASSWORD)

    def sign_in(request: HttpRequest) -> tuple[HttpResponse, Any, bool]:
        request.session = SessionStore()
        with context.request_context(request):
            response = sign_in_by_password(request, visitor)
        return response, request.user, signed_in_recently(request)

    response, user, is_recent = next_request(Client(), sign_in)

    assert (response.status_code, response.headers["Location"]) == (302, "/dashboard/")
    assert user == visitor
    assert is_recent


def test_get_pending_stage_returns_the_verification_stage_after_sign_up() -> None:
    client = Client()
    assert next_request(client, find_unverified_login) is None

    client.post("/signup/", SIGN_UP)

    login = next_request(client, find_unverified_login)
    assert login.user.email == "asha@zenith.test"


def test_get_pending_stage_is_none_for_a_signed_in_user(priya: User) -> None:
    assert next_request(browser_of(priya), find_unverified_login) is None


def test_send_verification_email_at_login_sends_once_a_minute(mailoutbox: list[Any]) -> None:
    client = Client()
    client.post("/signup/", SIGN_UP)

    def resend(request: HttpRequest) -> bool:
        login = find_unverified_login(request)
        assert login
        return resend_verification_mail(request, login)

    assert next_request(client, resend) is False
    assert len(mailoutbox) == 1

    cache.clear()
    assert next_request(client, resend) is True
    assert [mail.to for mail in mailoutbox] == [["asha@zenith.test"]] * 2


def test_failed_sign_ins_are_counted_by_get_login_attempts_cache_key(priya: User) -> None:
    assert callable(DefaultAccountAdapter._get_login_attempts_cache_key)

    form = {"login": priya.email, "password": "wrong"}
    for port in range(1, 6):
        Client().post("/login/", form, headers={"host": f"localhost:{port}"})

    answer = Client().post("/login/", {**form, "password": PASSWORD})
    refusal = str(AccountAdapter.error_messages["too_many_login_attempts"])
    assert refusal in answer.content.decode()


def test_authenticator_apps_and_passkeys_show_the_product_name(priya: User) -> None:
    def names(request: HttpRequest) -> tuple[str, dict[str, str]]:
        adapter = SecondFactorAdapter()
        return adapter.get_totp_issuer(), adapter.get_public_key_credential_rp_entity()

    issuer, entity = next_request(browser_of(priya), names)

    assert issuer == "ShopIQ"
    assert entity == {"id": "testserver", "name": "ShopIQ"}
