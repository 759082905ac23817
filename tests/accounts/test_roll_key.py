"""Rolling a key: the new one inherits everything, the old one works for a while."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import ApiKey, AuditEntry, Partner
from accounts.services.key_rules import (
    AlreadyRolled,
    KeyInactive,
    KeyRuleError,
    ManagementKeyExists,
)
from accounts.services.keys import edit_key, revoke_key
from accounts.services.rolling import roll_key
from tests.accounts.key_pages import api_status, generate_key
from tests.accounts.rolled_keys import HOUR, NOW, roll
from tests.concurrency import run_concurrently
from tests.factories import Keys, PartnerFactory


def test_the_new_key_inherits_everything(partner: Partner) -> None:
    old = generate_key(
        partner,
        "live",
        name="Shop",
        permissions=["image.usage"],
        networks=["203.0.113.0/24 # Mumbai", "10.0.0.0/8"],
        requests_per_minute=7,
        requests_per_day=70,
        points_per_day=500,
        points_per_month=9_000,
        expires_at=timezone.now() + timedelta(days=30),
    )
    # Where it is stored and where it is indexed, it comes after the other one now.
    old.allowed_networks.filter(note="Mumbai").update(note="Mumbai 2")
    new = roll(old)

    for field in (
        "partner",
        "name",
        "environment",
        "permissions",
        "requests_per_minute",
        "requests_per_day",
        "points_per_day",
        "points_per_month",
        "expires_at",
        "rate_subject",
    ):
        assert getattr(new, field) == getattr(old, field), field
    entries = list(new.allowed_networks.order_by("created_at").values_list("network", "note"))
    assert entries == [("203.0.113.0/24", "Mumbai 2"), ("10.0.0.0/8", "")]
    assert new.replaces == old
    assert bytes(new.secret_hash) != bytes(old.secret_hash)


@pytest.mark.parametrize("overlap", [HOUR, timedelta(days=7)])
def test_the_old_key_expires_after_the_overlap(partner: Partner, overlap: timedelta) -> None:
    old = generate_key(partner)
    before = timezone.now()

    roll(old, overlap)

    old.refresh_from_db()
    assert old.expires_at
    assert before + overlap <= old.expires_at <= timezone.now() + overlap
    assert old.revoked_at is None


def test_rolling_never_extends_a_key(partner: Partner) -> None:
    end = timezone.now() + timedelta(minutes=5)
    old = generate_key(partner, expires_at=end)

    roll(old)

    old.refresh_from_db()
    assert old.expires_at == end


def test_both_keys_work_during_the_overlap_and_then_only_the_new_one(keys: Keys) -> None:
    old = keys.key("live")
    new = roll_key(key=old, overlap=HOUR, actor="t").secret
    assert (api_status(keys.live), api_status(new)) == (200, 200)

    ApiKey.objects.filter(pk=old.pk).update(expires_at=timezone.now())

    assert (api_status(keys.live), api_status(new)) == (401, 200)


def test_without_an_overlap_the_old_key_is_rejected_immediately(keys: Keys) -> None:
    new = roll_key(key=keys.key("live"), overlap=NOW, actor="t").secret

    assert (api_status(keys.live), api_status(new)) == (401, 200)


def test_the_old_and_the_new_key_share_their_limits(keys: Keys) -> None:
    ApiKey.objects.filter(pk=keys.key("live").pk).update(requests_per_minute=3)
    assert api_status(keys.live) == 200

    second = roll_key(key=keys.key("live"), overlap=HOUR, actor="t")
    third = roll_key(key=second.key, overlap=HOUR, actor="t").secret

    assert (api_status(second.secret), api_status(third)) == (200, 200)
    assert [api_status(key) for key in (keys.live, second.secret, third)] == [429] * 3


def test_the_management_key_is_rolled_like_any_other(partner: Partner) -> None:
    first = generate_key(partner, "management")

    second = roll(first)

    assert partner.api_keys.active().count() == 2
    with pytest.raises(ManagementKeyExists):
        generate_key(partner, "management")
    revoke_key(key=second, actor="t")
    with pytest.raises(ManagementKeyExists):
        generate_key(partner, "management")
    revoke_key(key=first, actor="t")
    assert generate_key(partner, "management").is_active


def test_a_rolled_key_cannot_be_extended(partner: Partner) -> None:
    old = generate_key(partner, name="Old")
    roll(old)

    with pytest.raises(AlreadyRolled):
        edit_key(key=old, actor="t", expires_at=None)


def test_a_key_can_be_rolled_once(partner: Partner) -> None:
    key = generate_key(partner)
    roll(key)

    with pytest.raises(AlreadyRolled):
        roll(key)


def test_an_inactive_key_cannot_be_rolled(partner: Partner) -> None:
    revoked = generate_key(partner)
    revoke_key(key=revoked, actor="t")
    expired = generate_key(partner, expires_at=timezone.now())

    for key in (revoked, expired):
        with pytest.raises(KeyInactive):
            roll(key)


def test_concurrent_rolls_of_a_key_create_one_successor(live_db: None) -> None:
    key = generate_key(PartnerFactory.create())

    def press(_: int) -> bool:
        try:
            roll(key)
        except KeyRuleError:
            return False
        return True

    assert sum(run_concurrently(6, press)) == 1
    assert ApiKey.objects.filter(replaces=key).count() == 1


def test_the_audit_entry_names_both_keys(partner: Partner) -> None:
    old = generate_key(partner, name="Shop")
    new = roll(old)

    entry = AuditEntry.objects.get(action="key.rolled", target=old.id)

    assert entry.detail == {
        "name": "Shop",
        "key": old.masked,
        "into": new.id,
        "into_key": new.masked,
        "overlap_seconds": 3600,
    }
