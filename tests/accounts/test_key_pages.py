"""The key list, one key and its settings."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import ApiKey, AuditEntry, DailyCalls, Environment, Partner
from accounts.services.keys import revoke_key
from accounts.services.rolling import roll_key
from tests.accounts.key_pages import (
    KEYS,
    api_status,
    browser,
    generate_key,
    page_of,
    requires_reauthentication,
    text_of,
)
from tests.factories import Keys, PartnerFactory
from tests.users import ROLES

CHANGES = ["edit/", "roll/", "revoke/", "whitelist/"]


@pytest.fixture
def partner(db: None) -> Partner:
    return PartnerFactory.create(requests_per_minute=60, requests_per_day=10_000)


def test_the_list_shows_kind_state_use_and_permissions_of_each_key(
    partner: Partner, owner: Client
) -> None:
    busy = generate_key(
        partner,
        "live",
        name="Busy",
        networks=["203.0.113.0/24", "::1"],
        permissions=["image.usage"],
        requests_per_minute=7,
        expires_at=timezone.now() + timedelta(days=3),
    )
    ApiKey.objects.filter(pk=busy.pk).update(created_at=timezone.now() - timedelta(days=6))
    today = timezone.now().date()
    for days, calls in ((0, 1200), (29, 34), (30, 5000)):
        DailyCalls.objects.create(
            partner=partner, key=busy, day=today - timedelta(days=days), succeeded=calls, refused=1
        )
    rolled = generate_key(partner, name="Rolled one")
    roll_key(key=rolled, overlap=timedelta(hours=1), actor="t")

    text = text_of(owner.get(KEYS))

    assert f"Busy Live sq_live_…{busy.last_four} Expiring on" in text
    assert "Get usage 2 entries 1,236 2 Never" in text
    assert f"Rolled one Test sq_test_…{rolled.last_four} Rolled works until" in text
    assert "2 of 10 in use" in text
    assert "A rolled key and its replacement count as one." in text


def test_inactive_keys_are_listed_separately_in_pages(partner: Partner, owner: Client) -> None:
    for number in range(28):
        revoke_key(key=generate_key(partner, name=f"Old {number}"), actor="t")
    generate_key(partner, name="Gone", expires_at=timezone.now() - timedelta(days=2))

    first = owner.get(KEYS)
    second = owner.get(KEYS, {"after": first.context["page"].next})

    assert (len(first.context["page"]), len(second.context["page"])) == (25, 4)
    assert "Gone Test" in text_of(first)
    assert "Expired" in text_of(first)
    assert first.context["images"] == []
    assert owner.get(KEYS, {"after": "nonsense\0"}).status_code == 200


def test_a_partner_without_keys_is_offered_a_test_key(partner: Partner) -> None:
    page = text_of(browser(partner, "developer").get(KEYS))
    assert "Create test key" in page
    assert "Suggestions" not in page
    assert "Create a test key to start" not in text_of(browser(partner, "viewer").get(KEYS))


def test_a_viewer_sees_keys_without_controls(partner: Partner) -> None:
    key = generate_key(partner, name="Seen")
    viewer = browser(partner, "viewer")

    assert "Seen" in text_of(viewer.get(KEYS))
    assert "Create key" not in text_of(viewer.get(KEYS))
    page = viewer.get(page_of(key))
    assert page.status_code == 200
    for name in CHANGES:
        assert page_of(key, name) not in page.content.decode()


def test_a_long_list_takes_as_many_queries_as_a_short_one(partner: Partner, owner: Client) -> None:
    counts = []
    for more in (1, 5):
        for number in range(more):
            generate_key(partner, name=f"On {number}", networks=["::1"])
            revoke_key(key=generate_key(partner, networks=["::1"]), actor="t")
        with CaptureQueriesContext(connection) as queries:
            owner.get(KEYS)
        counts.append(len(queries))

    assert counts[0] == counts[1]


@pytest.mark.parametrize("name", ["", *CHANGES])
def test_a_key_of_another_partner_is_not_found(owner: Client, name: str) -> None:
    key = generate_key(PartnerFactory.create())

    assert owner.get(page_of(key, name)).status_code == 404
    assert owner.post(page_of(key, name)).status_code == (404 if name else 405)


def test_changed_settings_apply_to_the_next_call(keys: Keys) -> None:
    owner = browser(keys.partner)
    key = keys.key("live")
    sent = {"name": "Renamed", "expiry": "keep", "access": "some", "permissions": ["image.create"]}

    assert owner.post(page_of(key, "edit/"), sent).status_code == 302

    assert api_status(keys.live) == 403
    entry = AuditEntry.objects.get(action="key.edited")
    assert entry.detail["before"] == {"name": "Default", "permissions": "all"}
    assert entry.detail["after"] == {"name": "Renamed", "permissions": ["image.create"]}


def test_saving_a_key_as_it_is_changes_nothing(owner: Client, partner: Partner) -> None:
    end = timezone.now() + timedelta(days=1, hours=1)
    key = generate_key(partner, name="Same", expires_at=end, requests_per_minute=5)
    sent = {"name": "Same", "expiry": "keep", "access": "all", "requests_per_minute": "5"}

    owner.post(page_of(key, "edit/"), sent)

    assert partner.api_keys.get().expires_at == end
    assert not AuditEntry.objects.filter(action="key.edited").exists()


def test_a_higher_limit_set_by_staff_can_be_kept(owner: Client, partner: Partner) -> None:
    key = generate_key(partner, requests_per_minute=500)
    sent = {"name": "N", "expiry": "keep", "access": "all", "requests_per_minute": "501"}

    assert "Enter 500 or less." in text_of(owner.post(page_of(key, "edit/"), sent))
    assert owner.post(page_of(key, "edit/"), {**sent, "requests_per_minute": "500"}).headers


def test_the_expiry_of_a_rolled_key_cannot_be_changed(owner: Client, partner: Partner) -> None:
    key = generate_key(partner)
    roll_key(key=key, overlap=timedelta(hours=1), actor="t")
    sent = {"name": "N", "expiry": "never", "access": "all"}

    response = owner.post(page_of(key, "edit/"), sent)

    assert "It stops working when the overlap ends" in text_of(response)
    key.refresh_from_db()
    assert key.expires_at


@pytest.mark.parametrize("name", CHANGES)
def test_an_inactive_key_cannot_be_changed(owner: Client, partner: Partner, name: str) -> None:
    key = generate_key(partner, expires_at=timezone.now() - timedelta(seconds=1))

    for response in (owner.get(page_of(key, name)), owner.post(page_of(key, name))):
        assert response.headers["Location"] == page_of(key)
    assert "A revoked or expired key cannot be changed" in text_of(owner.get(page_of(key)))


@pytest.mark.parametrize("name", CHANGES)
def test_which_roles_can_change_a_key(partner: Partner, name: str) -> None:
    keys = {environment: generate_key(partner, environment) for environment in Environment.values}
    clients = {role: browser(partner, role) for role in ROLES}

    opened = {
        (role, environment)
        for role, client in clients.items()
        for environment, key in keys.items()
        if client.get(page_of(key, name)).status_code != 403
    }

    every = {(role, kind) for role in ("owner", "admin") for kind in keys}
    assert opened == every | {("developer", "test"), ("developer", "management_test")}


@pytest.mark.parametrize("name", CHANGES)
def test_which_changes_require_reauthentication(partner: Partner, name: str) -> None:
    client = browser(partner, fresh=False)
    for environment in Environment.values:
        key = generate_key(partner, environment)
        is_test = environment in ("test", "management_test")
        asked = not is_test or name in ("revoke/", "whitelist/")

        assert requires_reauthentication(client.get(page_of(key, name))) == asked
        assert requires_reauthentication(client.post(page_of(key, name))) == asked
