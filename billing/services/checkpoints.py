"""Checks what is new in one partner's ledger, and stores how far it is proven."""

from __future__ import annotations

import json
import time
from collections import Counter
from typing import Any

from django.db import connection

from billing.chains import LEDGER
from billing.models import LedgerCheckpoint, LedgerEntry
from config.chain.anchors import log_anchor
from config.chain.models import ChainDigest
from config.chain.verification import BrokenChain, Fault, verify_chain


class OutOfTime(Exception):
    """The check has not reached its end; the next one continues."""


# A new digest, a missing one, or buckets that are not as they were.
_UNPROVEN = """
    SELECT p.id FROM accounts_partner p
    LEFT JOIN LATERAL (
        SELECT number, balances FROM billing_ledgercheckpoint
        WHERE partner_id = p.id ORDER BY number DESC LIMIT 1) c ON true
    LEFT JOIN LATERAL (
        SELECT number FROM billing_ledgerdigest
        WHERE partner_id = p.id ORDER BY number DESC LIMIT 1) d ON true
    WHERE coalesce(c.number, 0) <> coalesce(d.number, 0)
       OR coalesce(c.balances, '{}') <> coalesce(
            (SELECT jsonb_object_agg(id, remaining) FROM billing_pointbucket
             WHERE partner_id = p.id AND remaining <> 0), '{}')
    ORDER BY p.id
"""
# One statement, so that a running charge cannot look like drift.
_DRIFT = """
    SELECT coalesce(b.id, s.id), b.remaining, coalesce(s.points, 0)::bigint
    FROM (SELECT id, remaining FROM billing_pointbucket WHERE partner_id = %(partner)s) b
    FULL JOIN (
        SELECT id, sum(points) AS points FROM (
            SELECT bucket_id AS id, points FROM billing_ledgerentry
            WHERE partner_id = %(partner)s AND created_at >= %(since)s
            UNION ALL
            SELECT key, value::bigint FROM jsonb_each_text(%(balances)s::jsonb)) parts
        GROUP BY id) s ON s.id = b.id
    WHERE b.remaining IS DISTINCT FROM coalesce(s.points, 0)
    ORDER BY 1
"""


def unproven_partners() -> list[str]:
    """Return the partners whose ledger has changed since their last checkpoint."""
    with connection.cursor() as cursor:
        cursor.execute(_UNPROVEN)
        return [row[0] for row in cursor.fetchall()]


def check_partner(*, partner_id: str, deadline: float) -> tuple[int, list[dict[str, Any]]]:
    """Verify a partner's ledger since its last checkpoint; return the entries and the drift.

    Raises `BrokenChain`, and `OutOfTime` when `deadline` has passed: what is proven until then is
    stored.
    """
    checkpoint = LedgerCheckpoint.objects.of(partner_id).newest()
    if checkpoint:
        _compare(checkpoint)
    walk = _Walk(partner_id, checkpoint, deadline)
    try:
        last = verify_chain(chain=LEDGER, partner_id=partner_id, after=walk.start, visit=walk.add)
    except OutOfTime:
        walk.save()
        raise
    drift = _find_drift(partner_id, last, walk.balances)
    if not drift:
        walk.save()
    return walk.entries, drift


def changed_checkpoint(*, partner_id: str, number: int) -> Fault:
    return Fault(LEDGER.name, partner_id, number, "", "is not as it was when it was checked")


def _compare(checkpoint: LedgerCheckpoint) -> None:
    """Raise `BrokenChain` if the digest was rewritten or is missing."""
    digests = LEDGER.digests(checkpoint.partner_id)
    digest = digests.filter(number=checkpoint.number).first()
    if digest is None or digest.last_hash != bytes(checkpoint.hash):
        raise BrokenChain(
            changed_checkpoint(partner_id=checkpoint.partner_id, number=checkpoint.number)
        )


def stop_at(deadline: float) -> None:
    """Raise `OutOfTime` once `deadline`, of the monotonic clock, has passed."""
    if time.monotonic() > deadline:
        raise OutOfTime


class _Walk:
    """Adds up a partner's buckets along the chain, from the last checkpoint."""

    def __init__(
        self, partner_id: str, checkpoint: LedgerCheckpoint | None, deadline: float
    ) -> None:
        self.partner_id, self.deadline = partner_id, deadline
        self.start = checkpoint.number if checkpoint else 0
        self.balances = Counter[str](checkpoint.balances if checkpoint else {})
        self.entries = 0
        self.last: ChainDigest | None = None

    def add(self, digest: ChainDigest) -> None:
        stop_at(self.deadline)
        rows = LedgerEntry.objects.of(self.partner_id).filter(pk__in=digest.entry_ids)
        for bucket_id, points in rows.values_list("bucket_id", "points"):
            self.balances[bucket_id] += points
        self.entries += len(digest.entry_ids)
        self.last = digest

    def save(self) -> None:
        """Store a checkpoint and, in the log, the state of the chain."""
        if self.last is None:
            return
        balances = {bucket: points for bucket, points in self.balances.items() if points}
        checkpoint = LedgerCheckpoint(
            partner_id=self.partner_id,
            number=self.last.number,
            hash=self.last.last_hash,
            balances=balances,
        )
        # Another process may be at the same check.
        LedgerCheckpoint.objects.bulk_create([checkpoint], ignore_conflicts=True)
        log_anchor(LEDGER, self.last)


def _find_drift(
    partner_id: str, last: ChainDigest | None, balances: Counter[str]
) -> list[dict[str, Any]]:
    """Compare the buckets with their sums, plus the entries that are in no digest yet."""
    parameters = {
        "partner": partner_id,
        "since": last.until if last else "-infinity",
        "balances": json.dumps(balances),
    }
    with connection.cursor() as cursor:
        cursor.execute(_DRIFT, parameters)
        return [
            {"bucket": bucket, "remaining": remaining, "entries": entries}
            for bucket, remaining, entries in cursor.fetchall()
        ]
