"""Fixtures for tests of companies, keys and people."""

from __future__ import annotations

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.core.mail import EmailMessage
from django.test import Client

from accounts.models import Member, Partner, User
from tests.accounts.authenticator_apps import SECRET
from tests.accounts.enrolment import enter_emailed_code
from tests.accounts.key_pages import browser
from tests.accounts.sign_ins import PASSWORD
from tests.factories import Keys, PartnerFactory, partner_with_keys
from tests.users import browser_of, create_user


@pytest.fixture
def made() -> Keys:
    return partner_with_keys()


@pytest.fixture
def developer(made: Keys) -> Client:
    return browser_of(create_user(made.partner, "developer"))


@pytest.fixture
def partner(db: None) -> Partner:
    return PartnerFactory.create(name="Nova Retail")


@pytest.fixture
def priya(partner: Partner) -> User:
    return create_user(partner, email="priya@nova.test", password=PASSWORD)


@pytest.fixture
def protected(priya: User) -> User:
    """Give her an authenticator app."""
    TOTP.activate(priya, SECRET)
    RecoveryCodes.activate(priya)
    return priya


@pytest.fixture
def confirmed(priya: User, mailoutbox: list[EmailMessage]) -> Client:
    """A browser that may add the first factor."""
    browser = browser_of(priya)
    enter_emailed_code(browser, mailoutbox)
    return browser


@pytest.fixture
def nova(live_db: None) -> Keys:
    keys = partner_with_keys(name="Nova", time_zone="Asia/Kolkata")
    for role in Member.Role.values:
        create_user(keys.partner, role, f"{role}@nova.test")
    return keys


@pytest.fixture
def owner(partner: Partner) -> Client:
    return browser(partner)
