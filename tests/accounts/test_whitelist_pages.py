"""The whitelist page of a key."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from django.test import Client

from accounts.models import ApiKey, AuditEntry, Partner
from accounts.services.key_rules import MAX_NETWORKS, KeyInactive, TooManyNetworks
from accounts.services.keys import revoke_key
from accounts.services.whitelists import allow_networks, remove_network
from tests.accounts.key_pages import api_status, browser, generate_key, page_of, text_of
from tests.accounts.whitelists import add, entries, remove
from tests.concurrency import run_concurrently
from tests.factories import Keys, PartnerFactory


@pytest.fixture
def key(partner: Partner) -> ApiKey:
    return generate_key(partner)


def test_entries_of_both_families_are_added_with_their_notes(owner: Client, key: ApiKey) -> None:
    lines = "203.0.113.7 # Office\n\n 198.51.100.0/24\n2001:db8::/32 # Data centre # 2"

    response = add(owner, key, lines)

    assert response.headers["Location"] == page_of(key, "whitelist/")
    assert entries(key) == {
        "198.51.100.0/24": "",
        "203.0.113.7/32": "Office",
        "2001:db8::/32": "Data centre # 2",
    }
    text = text_of(owner.get(page_of(key, "whitelist/")))
    assert "203.0.113.7/32 Office" in text
    assert "3 of 100 entries." in text


def test_a_change_applies_to_the_next_call(keys: Keys) -> None:
    owner = browser(keys.partner)
    key = keys.key("live")

    add(owner, key, "203.0.113.0/24")
    assert api_status(keys.live) == 403
    assert api_status(keys.live, REMOTE_ADDR="203.0.113.9") == 200

    add(owner, key, "127.0.0.1", confirmed="1")
    assert api_status(keys.live) == 200

    remove(owner, key.allowed_networks.get(network="127.0.0.1"), confirmed="1")
    assert api_status(keys.live) == 403


def test_host_bits_are_rejected_with_the_correct_network_on_a_button(
    owner: Client, key: ApiKey
) -> None:
    refused = add(owner, key, "203.0.113.7/24 # Mumbai")
    assert "203.0.113.7/24 has host bits set. Did you mean 203.0.113.0/24?" in text_of(refused)
    assert "Use 203.0.113.0/24" in text_of(refused)
    assert entries(key) == {}

    add(owner, key, "203.0.113.7/24 # Mumbai", correct="1")

    assert entries(key) == {"203.0.113.0/24": "Mumbai"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n ",
        "example.com",
        "203.0.113.0/33",
        "1.2.3.4 5.6.7.8",
        "::ffff:203.0.113.7",
        "::ffff:203.0.113.7/24",
        "fe80::1%eth0",
        "1.2.3.4\0",
        "1.2.3.4 # a\x1bb",
        "١.٢.٣.٤",
        "1" * 30_000,
        "203.0.113.7 # " + "n" * 121,
    ],
)
def test_invalid_entries_are_rejected_and_nothing_is_added(
    owner: Client, key: ApiKey, text: str
) -> None:
    response = add(owner, key, text)

    assert response.status_code == 200
    assert "errorlist" in response.content.decode()
    assert entries(key) == {}


def test_an_existing_entry_changes_nothing(owner: Client, key: ApiKey) -> None:
    add(owner, key, "203.0.113.7 # First")
    add(owner, key, "203.0.113.7/32 # Second")

    assert entries(key) == {"203.0.113.7/32": "First"}
    assert AuditEntry.objects.filter(action="whitelist.added").count() == 1


@pytest.mark.parametrize(
    ("environ", "address"),
    [
        ({"REMOTE_ADDR": "203.0.113.9"}, "203.0.113.9"),
        ({"REMOTE_ADDR": "::ffff:203.0.113.9"}, "203.0.113.9"),
        (
            {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "198.51.100.4, 2001:db8::9"},
            "2001:db8::9",
        ),
    ],
)
def test_the_address_offered_is_the_one_that_a_call_would_come_from(
    owner: Client, key: ApiKey, settings: Any, environ: dict[str, Any], address: str
) -> None:
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]

    page = owner.get(page_of(key, "whitelist/"), **environ)

    assert page.context["own_address"].compressed == address
    assert f'name="networks" value="{address} # ' in page.content.decode()


def test_a_malformed_own_address_is_not_offered(owner: Client, key: ApiKey) -> None:
    page = owner.get(page_of(key, "whitelist/"), REMOTE_ADDR="")

    assert "Add my IP address" not in text_of(page)


def test_a_whitelist_has_a_hundred_entries_at_most(owner: Client, key: ApiKey) -> None:
    hundred = [f"10.0.0.{number}" for number in range(MAX_NETWORKS)]
    allow_networks(key=key, lines=hundred, actor="t")

    assert "100 entries at most" in text_of(add(owner, key, "10.1.0.1"))
    assert "Nothing changed" in text_of(
        owner.post(page_of(key, "whitelist/"), {"networks": "10.0.0.7"}, follow=True)
    )
    assert len(entries(key)) == MAX_NETWORKS


def test_a_key_is_not_created_with_too_many_entries(partner: Partner) -> None:
    lines = [f"10.0.0.{number}" for number in range(MAX_NETWORKS + 1)]

    with pytest.raises(TooManyNetworks):
        generate_key(partner, networks=lines)

    assert generate_key(partner, networks=lines[1:]).allowed_networks.count() == MAX_NETWORKS


def test_the_limit_holds_under_concurrency(live_db: None) -> None:
    key = generate_key(PartnerFactory.create())

    def press(number: int) -> None:
        lines = [f"10.{number}.0.{last}" for last in range(40)]
        with suppress(TooManyNetworks):
            allow_networks(key=key, lines=lines, actor="t")

    run_concurrently(4, press)

    assert key.allowed_networks.count() == 80


def test_an_entry_of_another_key_is_not_found(owner: Client, key: ApiKey) -> None:
    other = generate_key(key.partner)
    (entry,) = allow_networks(key=other, lines=["::1"], actor="t")

    for pk in (entry.pk, 10**17):
        path = page_of(key, f"whitelist/{pk}/remove/")
        assert owner.post(path, {"confirmed": "1"}).status_code == 404
    assert entries(other)


def test_the_whitelist_of_an_inactive_key_cannot_be_changed(key: ApiKey) -> None:
    (entry,) = allow_networks(key=key, lines=["::1"], actor="t")
    revoke_key(key=key, actor="t")

    with pytest.raises(KeyInactive):
        allow_networks(key=key, lines=["10.0.0.1"], actor="t")
    with pytest.raises(KeyInactive):
        remove_network(entry=entry, actor="t", allow_empty=True)
    assert entries(key) == {"::1/128": ""}


def test_added_and_removed_entries_are_audited(key: ApiKey) -> None:
    (entry,) = allow_networks(key=key, lines=["::1 # Here"], actor="a@example.com")
    remove_network(entry=entry, actor="b@example.com", allow_empty=True)
    remove_network(entry=entry, actor="c@example.com", allow_empty=False)

    network = {"network": "::1/128", "note": "Here"}
    trail = AuditEntry.objects.filter(target=key.id, action__startswith="whitelist").order_by("at")
    assert [(row.action, row.actor, row.detail["networks"]) for row in trail] == [
        ("whitelist.added", "a@example.com", [network]),
        ("whitelist.removed", "b@example.com", [network]),
    ]
