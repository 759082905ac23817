"""The page of a key: its use, and its end."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Partner
from accounts.request_log.writer import writer
from accounts.services.keys import revoke_key
from tests.accounts.key_pages import api_status, browser, generate_key, page_of, text_of
from tests.accounts.whitelists import called
from tests.factories import Keys, PartnerFactory, mark_used


@pytest.fixture
def partner(db: None) -> Partner:
    return PartnerFactory.create(requests_per_minute=60, requests_per_day=10_000)


def test_a_key_is_revoked_once_its_name_is_typed(keys: Keys) -> None:
    owner = browser(keys.partner)
    key = keys.key("live")

    wrong = owner.post(page_of(key, "revoke/"), {"confirmation": "Another"})
    assert "Enter the key's name or its last four characters" in text_of(wrong)
    assert api_status(keys.live) == 200

    owner.post(page_of(key, "revoke/"), {"confirmation": " Default "})
    assert api_status(keys.live) == 401


def test_revoking_says_whether_the_key_has_been_used(keys: Keys) -> None:
    owner = browser(keys.partner)
    key = keys.key("live")
    assert "The key has never been used." in text_of(owner.get(page_of(key, "revoke/")))

    mark_used(key, timezone.now())
    assert "The key was last used" in text_of(owner.get(page_of(key, "revoke/")))


def test_its_last_four_characters_are_accepted_as_well(owner: Client, partner: Partner) -> None:
    key = generate_key(partner)

    owner.post(page_of(key, "revoke/"), {"confirmation": key.last_four})

    assert not partner.api_keys.active().exists()


def test_the_page_of_a_revoked_key_does_not_say_that_it_works(db: None) -> None:
    key = generate_key(PartnerFactory.create())
    assert "works from any IP address" in text_of(browser(key.partner).get(page_of(key)))
    revoke_key(key=key, actor="t")
    page = text_of(browser(key.partner).get(page_of(key)))
    assert "It no longer works from anywhere." in page
    assert "works from any IP address" not in page


def test_the_page_of_a_key_shows_the_use_of_its_limits_now(keys: Keys) -> None:
    owner, key = browser(keys.partner), keys.key("live")
    for _ in range(3):
        assert api_status(keys.live) == 200
    writer.flush()

    page = owner.get(page_of(key))

    text = text_of(page)
    assert "Last minute 3 of" in text
    assert "Last 24 hours 3 of" in text
    part = owner.get(page_of(key), headers={"HX-Target": "use"}).content.decode()
    assert part.count("<strong>3</strong> of") == 2
    assert "<main" not in part


def test_the_page_of_a_key_shows_its_callers_and_errors_to_those_who_see_requests(
    partner: Partner,
) -> None:
    key = generate_key(partner, "live")
    for last in (7, 9):
        called(key, f"203.0.113.{last}")
    called(key, "198.51.100.1", status=402)
    called(generate_key(partner, "live"), "192.0.2.1", status=402)

    text = text_of(browser(partner, "developer").get(page_of(key)))

    assert "203.0.113.0/24 2 2 addresses 2" in text
    assert "198.51.100.1 1 1 address 1" in text
    assert "402 No code 1" in text
    assert "192.0.2.1" not in text
    assert "198.51.100.1" not in text_of(browser(partner, "viewer").get(page_of(key)))
