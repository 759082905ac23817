"""Rows for tests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache

from django.db import connection
from django.utils import timezone
from factory.declarations import LazyFunction, Sequence
from factory.django import DjangoModelFactory

from accounts.keys import generate_key
from accounts.models import AllowedNetwork, ApiKey, ApiKeyUse, Environment, Partner
from accounts.services.sandboxes import open_sandbox
from billing.models import PointBucket, Tier
from billing.services import Operator, grant_by_operator


class PartnerFactory(DjangoModelFactory[Partner]):
    class Meta:
        model = Partner

    name = Sequence(lambda number: f"Partner {number}")
    live_approved_at = LazyFunction(timezone.now)
    time_zone = "UTC"
    requests_per_minute = 100_000
    requests_per_day = 1_000_000


@dataclass(frozen=True)
class Keys:
    """A partner with one key of each kind, as secrets."""

    partner: Partner
    live: str
    test: str
    management: str
    management_test: str

    def key(self, environment: str) -> ApiKey:
        return self.partner.api_keys.get(environment=environment)


def partner_with_keys(**fields: object) -> Keys:
    """Insert the keys directly: by `create_key`, they would take most of the time of most tests."""
    partner = PartnerFactory.create(**fields)
    open_sandbox(partner=partner)
    generated = {environment: generate_key(environment) for environment in Environment.values}
    ApiKey.objects.bulk_create(
        ApiKey(
            partner=partner,
            environment=environment,
            secret_hash=key.secret_hash,
            last_four=key.last_four,
        )
        for environment, key in generated.items()
    )
    return Keys(partner, **{environment: key.secret for environment, key in generated.items()})


def allow_network(key: ApiKey, network: str) -> AllowedNetwork:
    """Add an entry to the key's whitelist."""
    return AllowedNetwork.objects.create(partner_id=key.partner_id, key=key, network=network)


def mark_used(key: ApiKey, at: datetime) -> None:
    """Set the last use of a key as the request log does."""
    ApiKeyUse.objects.update_or_create(key=key, defaults={"partner_id": key.partner_id, "at": at})


def bucket(partner: Partner, points: int, tier: str = "starter") -> PointBucket:
    """Create a bucket of `points` hundredths."""
    return grant_by_operator(
        partner=partner,
        tier=Tier.objects.get(pk=tier),
        points=points,
        operator=Operator("test"),
        note="",
    )


#: Rows that migrations made and every test may rely on.
REFERENCE_TABLES = {
    "billing_tier",
    "encryption_keycanary",
    "billing_operationprice",
    "billing_packageprice",
    "billing_package",
    "integrations_integration",
    "integrations_credentialfield",
    "django_content_type",
    "django_migrations",
    "auth_permission",
    "auth_group",
    "auth_group_permissions",
}


def empty_database() -> None:
    """Delete all but the reference rows, bypassing the triggers that forbid it; undo `SET`s."""
    # DELETE, not TRUNCATE: on small tables it is ten times faster and waits for no lock.
    deletions = "; ".join(f'DELETE FROM "{name}"' for name in _own_tables())
    with connection.cursor() as cursor:
        cursor.execute(f"SET session_replication_role = replica; {deletions}; RESET ALL")


@cache
def _own_tables() -> list[str]:
    return [name for name in connection.introspection.table_names() if name not in REFERENCE_TABLES]
