"""Warnings before a change of a whitelist locks out callers or opens the key."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import ApiKey, AuditEntry, RequestLog
from accounts.services.key_rules import MAX_NETWORKS
from accounts.services.rolling import roll_key
from accounts.services.whitelists import (
    LastWhitelistEntry,
    allow_networks,
    find_locked_out_callers,
    remove_network,
)
from tests.accounts.key_pages import browser, generate_key, page_of, text_of
from tests.accounts.whitelists import add, called, entries, locked_out, remove
from tests.concurrency import run_concurrently
from tests.factories import PartnerFactory


@pytest.fixture
def key(db: None) -> ApiKey:
    return generate_key(PartnerFactory.create())


@pytest.fixture
def owner(key: ApiKey) -> Client:
    return browser(key.partner)


def test_the_first_entry_warns_about_addresses_it_would_reject(owner: Client, key: ApiKey) -> None:
    called(key, "203.0.113.9")
    called(key, "198.51.100.4", ago=timedelta(hours=5))

    warning = add(owner, key, "203.0.113.0/24 # Mumbai")

    assert "1 IP address will be rejected" in text_of(warning)
    assert "198.51.100.4 1 1 address 1 5 h ago" in text_of(warning)
    assert "203.0.113.9" not in text_of(warning)
    assert entries(key) == {}

    add(owner, key, "203.0.113.0/24 # Mumbai", confirmed="1")
    assert entries(key) == {"203.0.113.0/24": "Mumbai"}


def test_removing_an_entry_warns_about_its_recent_callers(owner: Client, key: ApiKey) -> None:
    allow_networks(key=key, lines=["203.0.113.0/24", "203.0.113.9", "2001:db8::/32"], actor="t")
    called(key, "2001:db8::7")
    called(key, "203.0.113.9")
    overlapped, needed = (
        key.allowed_networks.get(network=network) for network in ("203.0.113.9", "2001:db8::/32")
    )

    remove(owner, overlapped)
    assert entries(key).keys() == {"203.0.113.0/24", "2001:db8::/32"}

    assert "2001:db8::7" in text_of(remove(owner, needed))
    assert "2001:db8::/32" in entries(key)

    remove(owner, needed, confirmed="1")
    assert entries(key).keys() == {"203.0.113.0/24"}


def test_removing_the_last_entry_requires_confirmation(owner: Client, key: ApiKey) -> None:
    (entry,) = allow_networks(key=key, lines=["203.0.113.7"], actor="t")

    asked = remove(owner, entry)
    assert "Without it, the key works from any IP address." in text_of(asked)
    assert entries(key)

    assert 'name="opens"' in asked.content.decode()

    remove(owner, entry, confirmed="1", opens="1")
    assert not entries(key)


def test_an_earlier_confirmation_does_not_cover_opening_the_key(owner: Client, key: ApiKey) -> None:
    first, last = allow_networks(key=key, lines=["203.0.113.7", "::1"], actor="t")
    called(key, "::1")
    assert "will be rejected" in text_of(remove(owner, last))
    remove_network(entry=first, actor="t", allow_empty=False)

    asked = remove(owner, last, confirmed="1")

    assert "Without it, the key works from any IP address." in text_of(asked)
    assert entries(key)


def test_of_two_concurrent_removals_the_one_that_opens_the_key_is_rejected(
    live_db: None,
) -> None:
    key = generate_key(PartnerFactory.create())
    both = allow_networks(key=key, lines=["203.0.113.7", "::1"], actor="t")

    def press(number: int) -> None:
        with suppress(LastWhitelistEntry):
            remove_network(entry=both[number], actor="t", allow_empty=False)

    run_concurrently(2, press)

    assert key.allowed_networks.count() == 1
    assert AuditEntry.objects.filter(action="whitelist.removed").count() == 1


def test_a_link_alone_removes_nothing(owner: Client, key: ApiKey) -> None:
    allow_networks(key=key, lines=["203.0.113.7", "::1"], actor="t")
    entry = key.allowed_networks.first()
    assert entry

    page = owner.get(page_of(key, f"whitelist/{entry.pk}/remove/"), {"confirmed": "1"})

    assert page.status_code == 200
    assert len(entries(key)) == 2


def test_only_recent_successful_calls_with_this_key_count(key: ApiKey) -> None:
    called(key, "198.51.100.1")
    called(key, "198.51.100.2", status=403)
    called(key, "198.51.100.3", ago=timedelta(days=7, minutes=1))
    called(generate_key(key.partner), "198.51.100.4")
    called(generate_key(PartnerFactory.create()), "198.51.100.5")

    assert locked_out(key, "203.0.113.0/24") == ["198.51.100.1"]
    assert locked_out(key, "0.0.0.0/0") == []
    assert locked_out(key, "::/0") == ["198.51.100.1"]
    assert locked_out(key) == []


def test_of_very_many_callers_the_latest_ten_thousand_are_found(key: ApiKey) -> None:
    called(key, "203.0.113.1", ago=timedelta(hours=1))
    [columns] = RequestLog.objects.values_list("partner_id", "key_id", "path")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_requestlog (id, partner_id, key_id, path, address, at,"
            " request_id, client_request_id, method, status, code, message, target, milliseconds)"
            " SELECT lpad(to_hex(n), 24, '0'), %s, %s, %s, '10.0.0.0'::inet + n, now(),"
            " 'r', '', 'POST', 200, '', '', '', 1 FROM generate_series(1, 10000) n",
            columns,
        )
    found = locked_out(key, "192.0.2.0/24")
    assert len(found) == 10_000
    assert "203.0.113.1" not in found


def test_the_callers_of_a_rolled_key_are_those_of_its_successor(key: ApiKey) -> None:
    called(key, "198.51.100.1")

    new = roll_key(key=key, overlap=timedelta(hours=1), actor="t").key

    assert locked_out(new, "203.0.113.0/24") == ["198.51.100.1"]


def test_all_callers_are_counted_by_network_and_allowed_with_one_press(
    owner: Client, key: ApiKey
) -> None:
    for number in range(60):
        called(key, f"198.51.{number // 2}.{number}", ago=timedelta(minutes=number))
    called(key, "2001:db8::7", ago=timedelta(hours=2))
    called(key, "2001:db8::7", ago=timedelta(hours=3))

    asked = text_of(add(owner, key, "203.0.113.0/24 # Mumbai"))

    assert "61 IP addresses will be rejected" in asked
    assert "They made 62 requests" in asked
    assert "198.51.0.0/24 2 2 " in asked
    assert "And 11 more networks." in asked
    assert "Adds 61 entries for them, beside yours." in asked

    add(owner, key, "203.0.113.0/24 # Mumbai", also="1")
    assert len(entries(key)) == 62
    assert entries(key)["203.0.113.0/24"] == "Mumbai"
    assert "198.51.29.59/32" in entries(key)
    assert locked_out(key, *entries(key)) == []


def test_callers_without_room_for_each_are_allowed_by_network(owner: Client, key: ApiKey) -> None:
    for number in range(MAX_NETWORKS):
        called(key, f"198.51.{number % 2}.{number}")
    called(key, "2001:db8::7")

    assert "Adds 3 entries for them" in text_of(add(owner, key, "203.0.113.7"))

    add(owner, key, "203.0.113.7", also="1")
    networks = ("203.0.113.7/32", "198.51.0.0/24", "198.51.1.0/24", "2001:db8::7/128")
    assert entries(key).keys() == set(networks)


def test_without_room_for_their_networks_nothing_is_offered(owner: Client, key: ApiKey) -> None:
    for number in range(MAX_NETWORKS):
        called(key, f"198.51.{number}.1")

    asked = text_of(add(owner, key, "203.0.113.7"))

    assert "100 IP addresses will be rejected" in asked
    assert "Allow these as well" not in asked


@pytest.mark.parametrize("network", ["0.0.0.0/0", "::/0"])
def test_a_network_of_every_address_is_called_what_it_is(
    owner: Client, key: ApiKey, network: str
) -> None:
    asked = text_of(add(owner, key, network))
    assert "allows every IPv4 or every IPv6 address" in asked
    assert entries(key) == {}

    add(owner, key, network, confirmed="1")
    assert entries(key).keys() == {network}
    assert "Allows every address" in text_of(owner.get(page_of(key)))


def test_the_time_of_the_last_call_is_shown(key: ApiKey) -> None:
    called(key, "198.51.100.1", ago=timedelta(hours=3))
    called(key, "198.51.100.1", ago=timedelta(hours=2))

    (sighting,) = find_locked_out_callers(key=key, networks=["203.0.113.0/24"])

    assert isinstance(sighting.last_at, datetime)
    assert abs(timezone.now() - sighting.last_at - timedelta(hours=2)) < timedelta(minutes=1)
