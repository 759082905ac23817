"""The format of keys, how they are stored, and how many a partner can have."""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection
from django.utils import timezone

from accounts.keys import generate_key, is_well_formed
from accounts.models import ApiKey, AuditEntry, Environment, Partner
from accounts.services.documentation_keys import create_documentation_keys
from accounts.services.key_rules import (
    MAX_ACTIVE_IMAGE_KEYS,
    LiveNotApproved,
    ManagementKeyExists,
    TooManyKeys,
    TooManyTestKeys,
)
from accounts.services.keys import create_key, edit_key, revoke_key
from tests.concurrency import overlap, run_concurrently
from tests.factories import Keys, PartnerFactory


def make_test_key(keys: Keys, **options: object) -> ApiKey:
    return create_key(partner=keys.partner, environment="test", actor="t", **options).key  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("environment", "prefix"),
    [("live", "sq_live_"), ("test", "sq_test_"), ("management", "sq_mgmt_")],
)
def test_a_key_has_a_prefix_and_46_more_characters(environment: str, prefix: str) -> None:
    fresh = generate_key(environment)

    assert re.fullmatch(f"{prefix}[0-9A-Za-z]{{46}}", fresh.secret)
    assert is_well_formed(fresh.secret)
    assert fresh.last_four == fresh.secret[-4:]


def test_keys_are_unique() -> None:
    assert len({generate_key("live").secret for _ in range(200)}) == 200


def test_the_checksum_detects_any_single_wrong_character() -> None:
    secret = generate_key("live").secret

    for place in range(len("sq_live_"), len(secret)):
        other = "a" if secret[place] != "a" else "b"
        assert not is_well_formed(secret[:place] + other + secret[place + 1 :])


@pytest.mark.parametrize(
    "change",
    [
        lambda secret: secret.replace("live", "test"),
        lambda secret: secret + "\n",
        lambda secret: " " + secret,
        lambda secret: secret[:-1],
        lambda secret: secret + "0",
        lambda secret: secret.upper(),
        lambda secret: secret.replace("sq_", "sk_"),
        lambda secret: "",
    ],
)
def test_malformed_keys_are_not_well_formed(change: object) -> None:
    assert not is_well_formed(change(generate_key("live").secret))  # type: ignore[operator]


def test_the_database_has_only_the_hash_of_a_key(keys: Keys) -> None:
    stored = keys.key("live")

    assert bytes(stored.secret_hash) == hashlib.sha256(keys.live.encode()).digest()
    assert stored.last_four == keys.live[-4:]
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(
                f'SELECT count(*) FROM "{table}" t WHERE t::text LIKE %s', [_middle(keys)]
            )
            assert cursor.fetchone() == (0,), table


def _middle(keys: Keys) -> str:
    return f"%{keys.live[8:-6]}%"


def test_a_partner_can_have_ten_live_and_test_keys_together(keys: Keys) -> None:
    for _ in range(MAX_ACTIVE_IMAGE_KEYS - 2):
        make_test_key(keys)

    for environment in ("live", "test"):
        with pytest.raises(TooManyKeys):
            create_key(partner=keys.partner, environment=environment, actor="t")


def test_there_is_one_management_key_outside_the_limit_of_ten(live_db: None) -> None:
    partner = PartnerFactory.create()
    for _ in range(MAX_ACTIVE_IMAGE_KEYS):
        create_key(partner=partner, environment="test", actor="t")

    first = create_key(partner=partner, environment="management", actor="t").key
    with pytest.raises(ManagementKeyExists):
        create_key(partner=partner, environment="management", actor="t")

    revoke_key(key=first, actor="t")
    assert create_key(partner=partner, environment="management", actor="t").secret


def test_a_partner_can_have_ten_test_keys_of_the_management_api_beside_the_others(
    live_db: None,
) -> None:
    partner = PartnerFactory.create()
    for environment in (Environment.TEST, Environment.MANAGEMENT_TEST):
        for _ in range(10):
            create_key(partner=partner, environment=environment, actor="t")
    with pytest.raises(TooManyTestKeys, match="All 10 test keys of the management API are in use"):
        create_key(partner=partner, environment=Environment.MANAGEMENT_TEST, actor="t")


def test_revoked_and_expired_keys_do_not_count(keys: Keys) -> None:
    made = [make_test_key(keys) for _ in range(MAX_ACTIVE_IMAGE_KEYS - 2)]
    revoke_key(key=made[0], actor="t")
    ApiKey.objects.filter(pk=made[1].pk).update(expires_at=timezone.now() - timedelta(seconds=1))

    make_test_key(keys)
    make_test_key(keys)

    with pytest.raises(TooManyKeys):
        make_test_key(keys)


def test_the_limit_of_ten_holds_under_concurrency(keys: Keys) -> None:
    def press(_: int) -> bool:
        try:
            make_test_key(keys)
        except TooManyKeys:
            return False
        return True

    assert sum(run_concurrently(16, press)) == MAX_ACTIVE_IMAGE_KEYS - 2
    assert keys.partner.api_keys.active().for_images().count() == MAX_ACTIVE_IMAGE_KEYS


def test_a_partner_without_approval_gets_test_keys_only(live_db: None) -> None:
    partner = PartnerFactory.create(live_approved_at=None)

    assert create_key(partner=partner, environment=Environment.TEST, actor="t").secret
    with pytest.raises(LiveNotApproved):
        create_key(partner=partner, environment=Environment.LIVE, actor="t")


def test_creating_and_revoking_add_one_audit_entry_each(keys: Keys) -> None:
    key = make_test_key(keys)
    revoke_key(key=key, actor="someone@example.com")
    first = ApiKey.objects.get(pk=key.pk).revoked_at
    revoke_key(key=key, actor="someone else")

    assert ApiKey.objects.get(pk=key.pk).revoked_at == first
    assert list(
        AuditEntry.objects.filter(target=key.id).order_by("at").values_list("action", "actor")
    ) == [("key.created", "t"), ("key.revoked", "someone@example.com")]


def test_an_invalid_whitelist_entry_prevents_the_key(keys: Keys) -> None:
    before = ApiKey.objects.count()

    with pytest.raises(ValueError, match="Did you mean"):
        make_test_key(keys, networks=["203.0.113.0/24", "10.0.0.1/8"])

    assert ApiKey.objects.count() == before


def test_a_duplicate_network_is_stored_once(keys: Keys) -> None:
    key = make_test_key(keys, networks=["203.0.113.7", "203.0.113.7/32", "2001:db8::/32"])

    assert sorted(str(entry) for entry in key.allowed_networks.all()) == [
        "2001:db8::/32",
        "203.0.113.7/32",
    ]


def test_a_spend_limit_is_noted_for_its_own_partner(keys: Keys) -> None:
    PartnerFactory.create()
    edit_key(key=keys.key("live"), actor="t", points_per_day=5)
    assert list(Partner.objects.filter(has_spend_limits=True)) == [keys.partner]


def test_of_two_pairs_for_the_documentation_made_at_once_the_second_replaces_the_first(
    live_db: None,
) -> None:
    partner = PartnerFactory.create()
    make = partial(create_documentation_keys, partner=partner, actor="a@shopiq.test")
    assert overlap(make, make) is None
    assert ApiKey.objects.of(partner.pk).filter(revoked_at=None).count() == 2
