"""Emails staff when the books are no longer proven, and when they are again."""

from __future__ import annotations

import time

import structlog
from django.db import connection, transaction

from billing.ledger_state import LedgerState, Problem, read_ledger_state
from billing.models import LedgerAlert
from billing.services.emails import send_ledger_alert
from config.chain.verification import Fault

log = structlog.get_logger(__name__)

_LOCK = 0x73716C61
#: Of broken entries, and of buckets, an email names so many.
_MOST_NAMED = 10
#: After a longer stop the worker checks the ledger first.
_GRACE_SECONDS = 600.0
_started_at = time.monotonic()


def report_ledger_state() -> bool:
    """Email staff once if the state has changed since the last email; return whether it has."""
    state = read_ledger_state()
    if state.problem == Problem.OVERDUE and time.monotonic() < _started_at + _GRACE_SECONDS:
        return False
    with transaction.atomic():
        if not _is_new(state):
            return False
        alert = LedgerAlert.objects.create(
            problem=state.problem or "", detail="\n".join(_describe(state))
        )
        send_ledger_alert(state=state, detail=alert.detail)
    if state.problem:
        log.error("ledger not proven", problem=state.problem, detail=alert.detail)
    else:
        log.info("ledger proven again")
    return True


def _is_new(state: LedgerState) -> bool:
    """Compare with the last email, one process at a time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    last = LedgerAlert.objects.first()
    return (last.problem if last else "") != (state.problem or "")


def _describe(state: LedgerState) -> list[str]:
    """Name the first broken entries and buckets."""
    if not state.problem or not state.check:
        return []
    faults = [str(Fault(**fault)) for fault in state.check.faults[:_MOST_NAMED]]
    drift = [
        f"bucket {row['bucket']}: {row['remaining']} remaining, entries sum to {row['entries']}"
        for row in state.check.drift[:_MOST_NAMED]
    ]
    return [*faults, *drift]
