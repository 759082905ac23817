"""The same charge of eight points in five ways; each runs until it is stopped."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import psycopg
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import ApiKey, Partner
from billing.models import Charge, LedgerEntry, OperationPrice, PointBucket
from config.db.ids import new_id

#: The price of a fast create at the starter tier.
COST = 800

FLOOR_TABLES = """
    CREATE TABLE floor_balance (partner_id text PRIMARY KEY, points bigint NOT NULL)
        WITH (fillfactor = 50);
    CREATE TABLE floor_entry (
        id bigserial PRIMARY KEY, partner_id text NOT NULL, points bigint NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
    );
    INSERT INTO floor_balance VALUES ('hot', 1000000000000000);
"""
_TAKE = (
    f"UPDATE floor_balance SET points = points - {COST}"
    f" WHERE partner_id = %s AND points >= {COST} RETURNING partner_id, points"
)
_NOTE = "INSERT INTO floor_entry (partner_id, points)"
_CHARGE = (
    "SELECT charged, tier, cost, balance"
    " FROM billing_charge(%s, %s, %s, 'create', 'fast', 150, 'benchmark')"
)


def repeated(operation: Callable[[], Any]) -> Callable[[threading.Event], int]:
    """Return a worker that repeats it on one connection."""

    def work(stop: threading.Event) -> int:
        count = 0
        connection.ensure_connection()
        try:
            while not stop.is_set():
                operation()
                count += 1
        finally:
            connection.close()
        return count

    return work


def take_in_one_statement() -> None:
    """The floor: one balance, one entry, one round trip; no buckets, tiers or operation."""
    statement = f"WITH taken AS ({_TAKE}) {_NOTE} SELECT partner_id, -{COST} FROM taken"
    _execute(statement, ["hot"])


def take_in_a_transaction() -> None:
    """BEGIN; UPDATE … RETURNING; INSERT; COMMIT."""
    with transaction.atomic():
        _execute(_TAKE, ["hot"])
        _execute(f"{_NOTE} VALUES (%s, %s)", ["hot", -COST])


def _execute(statement: str, parameters: list[Any]) -> psycopg.Cursor[Any]:
    """Use the same client for all, so that only the database's work differs."""
    raw: psycopg.Connection[Any] = connection.connection
    raw.prepare_threshold = 5  # Django's own cursors never prepare
    return psycopg.Cursor(raw).execute(statement, parameters, prepare=True)


def charge(key: ApiKey) -> None:
    """Ours: oldest bucket first, price by tier, operation, lease, ledger entries, constraints."""
    row = _execute(_CHARGE, [key.partner_id, key.id, new_id()]).fetchone()
    assert row
    assert row[0] is True


def charge_by_orm(key: ApiKey) -> None:
    """Correct plain code: lock, read, price, operation, bucket, entry."""
    with transaction.atomic():
        partner = Partner.objects.select_for_update().get(pk=key.partner_id)
        bucket = (
            PointBucket.objects.filter(partner=partner, remaining__gt=0)
            .order_by("purchased_at", "id")
            .first()
        )
        assert bucket
        price = OperationPrice.objects.in_force().get(
            tier_id=bucket.tier_id, action="create", mode="fast"
        )
        now = timezone.now()
        operation = Charge.objects.create(
            partner=partner,
            key=key,
            action="create",
            mode="fast",
            tier_id=bucket.tier_id,
            cost=price.points,
            fast_cost=price.points,
            holder="benchmark",
            lease_until=now,
            created_at=now,
        )
        PointBucket.objects.filter(pk=bucket.pk).update(remaining=F("remaining") - price.points)
        LedgerEntry.objects.create(
            id=f"{operation.pk[:21]}000",
            partner=partner,
            bucket=bucket,
            operation=operation,
            kind=LedgerEntry.Kind.CHARGE,
            points=-price.points,
            created_at=now,
        )
