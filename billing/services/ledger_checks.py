"""Checks that every bucket equals the sum of its entries, and that no entry has changed."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import connection, transaction

from accounts.chains import AUDIT
from billing.models import LedgerCheck, PointBucket
from billing.services.account_checks import check_debts, check_statements
from billing.services.checkpoints import (
    OutOfTime,
    changed_checkpoint,
    check_partner,
    stop_at,
    unproven_partners,
)
from config.chain.anchors import log_anchor
from config.chain.chains import Chain, registered_chains
from config.chain.models import ChainDigest
from config.chain.verification import BrokenChain, Fault, verify_chain
from config.chain.writing import extend_chains
from config.db.clock import database_now

log = structlog.get_logger(__name__)

#: Drift and faults that are stored and logged; a check reports all of them.
_MOST_KEPT, _MOST_LOGGED = 100, 10
#: How far the clock that begins the ids of digests may be behind the database's.
_ID_CLOCK_TOLERANCE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class LedgerReport:
    """`drift` names each bucket whose remaining points differ from the sum of its entries,
    `faults` the first broken entry of each hash chain, and wrong debts and statements."""

    ok: bool
    buckets: int
    entries: int
    drift: list[dict[str, Any]]
    faults: list[Fault]


@dataclass(slots=True)
class _Findings:
    started_at: datetime
    entries: int = 0
    drift: list[dict[str, Any]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


# One statement, so that a running charge cannot look like drift. The second sum counts what the
# bucket says of its size and of points taken back instead of the entries of both; corrections
# change what has been used.
_DRIFT = """
    SELECT id, remaining, CASE WHEN remaining <> entries THEN entries ELSE counted END FROM (
        SELECT b.id, b.remaining, coalesce(sum(e.points), 0)::bigint AS entries,
               (b.original - b.taken + coalesce(
                   sum(e.points) FILTER (WHERE e.kind IN ('charge', 'reversal', 'correction')), 0
               ))::bigint AS counted
        FROM billing_pointbucket b LEFT JOIN billing_ledgerentry e ON e.bucket_id = b.id
        GROUP BY b.id
    ) bucket WHERE remaining <> entries OR remaining <> counted ORDER BY id
"""
# Digests that are missing or were rewritten after a check.
_NOT_AS_CHECKED = """
    SELECT c.partner_id, min(c.number) FROM billing_ledgercheckpoint c
    LEFT JOIN billing_ledgerdigest d ON d.partner_id = c.partner_id AND d.number = c.number
    WHERE substring(d.hashes FROM octet_length(d.hashes) - 31) IS DISTINCT FROM c.hash
    GROUP BY c.partner_id ORDER BY c.partner_id
"""


def check_ledger() -> LedgerReport:
    """Check every bucket and every entry of the ledger and the audit trail; store the result.

    It takes longer as the ledger grows: run it outside of requests and of the queue.
    """
    findings = _Findings(database_now())
    findings.drift, findings.faults = _read_drift(), [*_compare_checkpoints(), *check_debts()]
    for chain in registered_chains():
        for partner_id in chain.partners():
            _verify(chain, partner_id, findings)
    findings.faults += check_statements()
    return _store(findings, is_full=True)


def check_new_entries(*, seconds: float) -> LedgerReport | None:
    """Check what has changed since the last check; None if that takes longer than `seconds`.

    What it has proven until then is kept in checkpoints, from which the next call continues.
    """
    deadline = time.monotonic() + seconds
    findings = _Findings(database_now(), faults=check_debts())
    if not extend_chains(seconds=seconds / 2):
        return None
    try:
        for partner_id in unproven_partners():
            _check_partner(partner_id, findings, deadline)
        for partner_id, number in _new_audit_digests():
            stop_at(deadline)
            if last := _verify(AUDIT, partner_id, findings, after=number - 1):
                log_anchor(AUDIT, last)
    except OutOfTime:
        return None
    return _store(findings, is_full=False)


def _read_drift() -> list[dict[str, Any]]:
    return [
        {"bucket": bucket, "remaining": remaining, "entries": entries}
        for bucket, remaining, entries in _read_all(_DRIFT)
    ]


def _compare_checkpoints() -> list[Fault]:
    rows = _read_all(_NOT_AS_CHECKED)
    return [changed_checkpoint(partner_id=partner, number=number) for partner, number in rows]


def _read_all(statement: str) -> list[tuple[Any, ...]]:
    """Read without a time limit."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute(statement)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def _verify(
    chain: Chain, partner_id: str, findings: _Findings, *, after: int = 0
) -> ChainDigest | None:
    """Return the last digest, None if the chain is broken."""

    def count(digest: ChainDigest) -> None:
        findings.entries += len(digest.entry_ids)

    try:
        return verify_chain(chain=chain, partner_id=partner_id, after=after, visit=count)
    except BrokenChain as broken:
        findings.faults.append(broken.fault)
        return None


def _check_partner(partner_id: str, findings: _Findings, deadline: float) -> None:
    stop_at(deadline)
    try:
        entries, drift = check_partner(partner_id=partner_id, deadline=deadline)
    except BrokenChain as broken:
        findings.faults.append(broken.fault)
    else:
        findings.entries += entries
        findings.drift += drift


def _new_audit_digests() -> list[tuple[str, int]]:
    """Return each partner with audit digests since the last good check, and the first of them."""
    last = LedgerCheck.objects.filter(ok=True).newest()
    return AUDIT.first_digests(last.at - _ID_CLOCK_TOLERANCE if last else None)


def _store(findings: _Findings, *, is_full: bool) -> LedgerReport:
    report = LedgerReport(
        ok=not (findings.drift or findings.faults),
        buckets=PointBucket.objects.of_all().count(),
        entries=findings.entries,
        drift=findings.drift,
        faults=findings.faults,
    )
    LedgerCheck.objects.create(
        at=findings.started_at,
        is_full=is_full,
        ok=report.ok,
        buckets=report.buckets,
        entries=report.entries,
        drift=report.drift[:_MOST_KEPT],
        faults=[asdict(fault) for fault in report.faults[:_MOST_KEPT]],
    )
    if not report.ok:
        log.error(
            "ledger check failed",
            drift=report.drift[:_MOST_LOGGED],
            faults=[str(fault) for fault in report.faults[:_MOST_LOGGED]],
        )
    return report
