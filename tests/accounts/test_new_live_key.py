"""Who creates live and management keys, and when."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.keys import hash_key
from accounts.models import Environment, Partner
from tests.accounts.key_pages import (
    KEYS,
    MANAGEMENT,
    NEW,
    browser,
    new_key_form,
    requires_reauthentication,
    secret_in,
    text_of,
)
from tests.factories import PartnerFactory
from tests.users import ROLES, browser_of, create_user


@pytest.fixture
def partner(db: None) -> Partner:
    return PartnerFactory.create(requests_per_minute=60, requests_per_day=10_000)


@pytest.mark.parametrize("role", ROLES)
def test_developers_create_test_keys_owners_and_admins_all_keys(
    partner: Partner, role: str
) -> None:
    owner = browser(partner)
    client = browser(partner, role)

    for environment in Environment.values:
        path = MANAGEMENT if environment == "management" else NEW
        client.post(path, new_key_form(owner, path, environment=environment))

    made = {"owner": 3, "admin": 3, "developer": 1, "viewer": 0}
    assert partner.api_keys.count() == made[role]


def test_a_live_key_requires_approval(live_db: None) -> None:
    partner = PartnerFactory.create(live_approved_at=None)
    owner = browser(partner)
    sentence = "Live keys need approval by ShopIQ"

    assert f"{sentence}. Test keys work now. Request live access" in text_of(owner.get(KEYS))
    assert sentence in text_of(owner.get(NEW))
    refused = owner.post(NEW, new_key_form(owner, environment="live"))
    assert f"{sentence}. Test keys work now." in text_of(refused)
    assert not partner.api_keys.exists()
    assert secret_in(owner.post(NEW, new_key_form(owner)))


def test_a_live_key_requires_reauthentication_and_a_test_key_does_not(partner: Partner) -> None:
    stale = browser(partner, fresh=False)
    assert secret_in(stale.post(NEW, new_key_form(stale)))

    response = stale.post(NEW, new_key_form(stale, environment="live"))

    assert requires_reauthentication(response)
    assert partner.api_keys.count() == 1


def test_after_reauthentication_the_live_key_is_created_and_shown(partner: Partner) -> None:
    password = "a long enough password"
    client = browser_of(create_user(partner, password=password), fresh=False)
    asked = client.post(NEW, new_key_form(client, environment="live"))

    shown = client.post(asked.headers["Location"], {"password": password})

    assert hash_key(secret_in(shown)) == bytes(partner.api_keys.get().secret_hash)
    assert "no-store" in shown.headers["Cache-Control"]


def test_there_is_one_management_key(owner: Client, partner: Partner) -> None:
    form = new_key_form(owner, MANAGEMENT, access="some", permissions=["accounts.list"])
    shown = owner.post(MANAGEMENT, form)
    assert secret_in(shown).startswith("sq_mgmt_")
    assert "/api/v2/third-party/accounts" in text_of(shown)

    again = owner.get(MANAGEMENT, follow=True)

    assert "You already have a management key" in text_of(again)
    assert partner.api_keys.get().permissions == ["accounts.list"]
