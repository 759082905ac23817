"""The page that creates keys."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from accounts.keys import hash_key
from accounts.models import ApiKey, AuditEntry, Partner
from accounts.services.key_rules import MAX_ACTIVE_IMAGE_KEYS
from tests.accounts.key_pages import (
    KEYS,
    NEW,
    api_status,
    browser,
    generate_key,
    new_key_form,
    page_of,
    secret_in,
    text_of,
)
from tests.concurrency import run_concurrently
from tests.factories import Keys, PartnerFactory
from tests.users import browser_of, create_user


@pytest.fixture
def partner(db: None) -> Partner:
    return PartnerFactory.create(requests_per_minute=60, requests_per_day=10_000)


def test_a_new_key_works_is_shown_once_and_is_not_stored(keys: Keys) -> None:
    user = create_user(keys.partner, "developer")
    client = browser_of(user)

    shown = client.post(NEW, new_key_form(client))

    secret = secret_in(shown)
    key = ApiKey.objects.get(secret_hash=hash_key(secret))
    assert api_status(secret) == 200
    assert f"X-API-Key: {secret}" in shown.content.decode()
    assert "no-store" in shown.headers["Cache-Control"]
    assert secret not in client.get(page_of(key)).content.decode()
    assert secret not in repr(dict(client.session))
    assert secret not in repr(list(AuditEntry.objects.values("detail", "target")))
    assert AuditEntry.objects.get(target=key.id).actor == user.email


def test_a_form_submitted_twice_creates_one_key(owner: Client, partner: Partner) -> None:
    form = new_key_form(owner)

    first = owner.post(NEW, form)
    second = owner.post(NEW, form, follow=True)

    assert partner.api_keys.count() == 1
    assert secret_in(first)
    assert not secret_in(second)
    assert "This key was already created" in text_of(second)
    assert second.redirect_chain[0][0] == page_of(partner.api_keys.get())


def test_a_form_of_one_partner_creates_no_key_for_another(owner: Client, partner: Partner) -> None:
    other = browser(PartnerFactory.create())

    response = owner.post(NEW, new_key_form(owner, token=new_key_form(other)["token"]))

    assert "Reload this page" in text_of(response)
    assert not ApiKey.objects.exists()


def test_all_settings_are_saved(owner: Client, partner: Partner) -> None:
    form = new_key_form(
        owner,
        name="  Catalogue  ",
        environment="live",
        expiry="90",
        access="some",
        permissions=["image.create", "image.usage"],
        networks="203.0.113.0/24 # Mumbai # rack 2\r\n\r\n2001:db8::/32\r\n203.0.113.0/24",
        requests_per_minute="30",
        requests_per_day="500",
        points_per_day="200",
        points_per_month="5000",
    )

    owner.post(NEW, form)

    key = partner.api_keys.get()
    assert (key.name, key.environment) == ("Catalogue", "live")
    assert key.permissions == ["image.create", "image.usage"]
    assert (key.requests_per_minute, key.requests_per_day) == (30, 500)
    assert (key.points_per_day, key.points_per_month) == (200, 5000)
    assert key.expires_at
    assert abs(key.expires_at - timezone.now() - timedelta(days=90)) < timedelta(minutes=1)
    assert sorted(key.allowed_networks.values_list("network", "note")) == [
        ("2001:db8::/32", ""),
        ("203.0.113.0/24", "Mumbai # rack 2"),
    ]


def test_an_expiry_date_lasts_until_midnight_in_the_companys_time_zone(
    owner: Client, partner: Partner
) -> None:
    zone = ZoneInfo("Asia/Kolkata")
    day = (datetime.now(zone) + timedelta(days=10)).date()
    form = new_key_form(owner, expiry="date", expires_on=day.isoformat())
    Partner.objects.update(time_zone="Asia/Kolkata")

    owner.post(NEW, form)

    end = partner.api_keys.get().expires_at
    assert end
    next_day = datetime.combine(day + timedelta(days=1), datetime.min.time(), zone)
    assert end.astimezone(UTC) == next_day - timedelta(microseconds=1)


#: Settings, and the words of the refusal.
INVALID: list[tuple[dict[str, Any], str]] = [
    ({"name": ""}, "Enter a value."),
    ({"name": "a\0b"}, "Remove the null characters."),
    ({"name": "n" * 81}, "Use 80 characters or fewer."),
    ({"environment": "management"}, "Choose one of the listed options"),
    ({"expiry": "soon"}, "Choose one of the listed options"),
    ({"expiry": "date"}, "Choose a date."),
    ({"expiry": "date", "expires_on": "2020-01-01"}, "Choose today or a later date."),
    ({"expiry": "date", "expires_on": "0001-01-01"}, "Choose today or a later date."),
    ({"expiry": "date", "expires_on": "9999-12-31"}, "Choose a date within ten years"),
    ({"expiry": "date", "expires_on": "2027-02-30"}, "Enter a date, such as 2026-03-31."),
    ({"access": "some"}, "Choose at least one endpoint."),
    ({"access": "some", "permissions": ["accounts.list"]}, "Choose one of the listed options"),
    ({"requests_per_minute": "61"}, "Enter 60 or less."),
    ({"requests_per_minute": "0"}, "Enter 1 or more."),
    ({"requests_per_day": "9" * 5000}, "Enter a whole number."),
    ({"requests_per_day": "99999999999999999999"}, "Enter 10000 or less."),
    ({"points_per_day": "5"}, "Test keys spend no points. Leave this empty."),
    ({"environment": "live", "points_per_month": "0"}, "Enter 1 or more."),
    ({"networks": "203.0.113.7/24"}, "has host bits set. Did you mean 203.0.113.0/24?"),
    ({"networks": "example.com"}, "'example.com' is not an IP address or a CIDR network."),
    ({"networks": "fe80::1%eth0"}, "is not an IP address"),
    ({"networks": "::1 # " + "n" * 121}, "Use 120 printable characters or fewer"),
    ({"networks": "\n".join(f"10.0.0.{n}" for n in range(101))}, "100 entries at most"),
    ({"token": "\0"}, "Remove the null characters."),
    ({"token": "0" * 24}, "Reload this page and fill in the form again."),
]


def test_invalid_settings_are_explained(owner: Client) -> None:
    form = new_key_form(owner)
    for fields, complaint in INVALID:
        assert complaint in text_of(owner.post(NEW, form | fields)), fields
    assert not ApiKey.objects.exists()


def test_the_suggested_network_is_accepted_by_a_button(owner: Client, partner: Partner) -> None:
    form = new_key_form(owner, networks="203.0.113.7/24 # Mumbai\n::1")
    assert "Use 203.0.113.0/24" in text_of(owner.post(NEW, form))

    owner.post(NEW, {**form, "correct": "1"})

    networks = partner.api_keys.get().allowed_networks
    assert set(networks.values_list("network", "note")) == {
        ("203.0.113.0/24", "Mumbai"),
        ("::1/128", ""),
    }


@pytest.mark.parametrize(("network", "is_everyone"), [("::/0", True), ("203.0.113.0/24", False)])
def test_a_whitelist_of_every_address_is_called_what_it_is(
    owner: Client, network: str, is_everyone: bool
) -> None:
    shown = text_of(owner.post(NEW, new_key_form(owner, networks=network)))
    assert ("allows every IPv4 or every IPv6 address" in shown) == is_everyone
    assert ("Run it from an IP address on the key's whitelist" in shown) != is_everyone


def test_an_eleventh_key_is_rejected(owner: Client, partner: Partner) -> None:
    form = new_key_form(owner)
    for _ in range(MAX_ACTIVE_IMAGE_KEYS):
        generate_key(partner)

    assert "All 10 keys are in use" in text_of(owner.get(NEW))
    assert "All 10 image keys are in use. Revoke one" in text_of(owner.get(KEYS))
    assert f'href="{NEW}"' not in owner.get(KEYS).content.decode()
    assert "All 10 keys are in use" in text_of(owner.post(NEW, form))
    assert partner.api_keys.count() == MAX_ACTIVE_IMAGE_KEYS


def test_concurrent_requests_for_the_last_slot_create_one_key(live_db: None) -> None:
    partner = PartnerFactory.create()
    for _ in range(MAX_ACTIVE_IMAGE_KEYS - 1):
        generate_key(partner)
    clients = [browser(partner) for _ in range(4)]
    forms = [new_key_form(client) for client in clients]

    responses = run_concurrently(4, lambda number: clients[number].post(NEW, forms[number]))

    assert [response.status_code for response in responses] == [200] * 4
    assert sum(bool(secret_in(response)) for response in responses) == 1
    assert partner.api_keys.count() == MAX_ACTIVE_IMAGE_KEYS


@pytest.mark.parametrize(
    ("environment", "permissions", "tried"),
    [
        ("test", None, 'image/create \\ -H "X-API-Key: {key}" \\ -H "Content-Type:'),
        ("test", ["image.usage"], 'image/usage \\ -H "X-API-Key: {key}"'),
        ("live", None, 'image/usage \\ -H "X-API-Key: {key}"'),
        ("live", ["image.create"], "Create an image. This request costs points."),
        ("live", ["image.enhance"], None),
    ],
)
def test_a_new_key_is_shown_with_a_call_that_it_can_make(
    owner: Client, environment: str, permissions: list[str] | None, tried: str | None
) -> None:
    access: dict[str, Any] = {"access": "some", "permissions": permissions} if permissions else {}
    response = owner.post(NEW, new_key_form(owner, environment=environment, **access))

    shown = text_of(response)
    assert ("Try it" in shown) == bool(tried)
    assert (tried or "").format(key=secret_in(response)) in shown
