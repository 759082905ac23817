"""Whether the books are proven: what `/statusz`, staff and partners are shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import F
from django.db.models.functions import Now

from billing.models import LedgerCheck, PointBucket

#: A check runs every hour, a full one every night.
_OVERDUE, _FULL_OVERDUE = timedelta(hours=2), timedelta(hours=50)


class Problem(models.TextChoices):
    DRIFT = "drift", "Buckets differ from their entries"
    CHAIN = "chain", "Entries, debts or statements are not as they were"
    OVERDUE = "overdue", "The last check is too old"


@dataclass(frozen=True, slots=True)
class LedgerState:
    """`check` is the one with the problem, or else the last one; None before the first."""

    check: LedgerCheck | None
    problem: Problem | None = None


def read_ledger_state() -> LedgerState:
    """Combine the last check with the last full one: only that one covers older entries."""
    checks: Any = LedgerCheck.objects.annotate(age=Now() - F("at"))
    last, full = checks.newest(), checks.full().newest()
    for check in (last, full):
        if check and not check.ok:
            return LedgerState(check, Problem.DRIFT if check.drift else Problem.CHAIN)
    if last is None:
        return LedgerState(None, Problem.OVERDUE if _has_old_buckets() else None)
    since_full = full or checks.order_by("at").first()
    is_overdue = last.age > _OVERDUE or since_full.age > _FULL_OVERDUE
    return LedgerState(last, Problem.OVERDUE if is_overdue else None)


def is_check_due() -> bool:
    return not LedgerCheck.objects.filter(at__gt=Now() - timedelta(hours=1)).exists()


@dataclass(frozen=True, slots=True)
class Proof:
    """When a partner's balances were last compared with the ledger, and whether they matched."""

    at: datetime
    matches: bool


def read_proof(partner_id: str) -> Proof | None:
    """Return None before the first check. A problem of another partner is not shown."""
    state = read_ledger_state()
    if state.check is None:
        return None
    if state.problem in (None, Problem.OVERDUE):
        return Proof(state.check.at, matches=True)
    faults = {fault["partner"] for fault in state.check.faults}
    drift = [row["bucket"] for row in state.check.drift]
    is_ours = PointBucket.objects.of(partner_id).filter(pk__in=drift).exists()
    return Proof(state.check.at, matches=not (is_ours or partner_id in faults))


def _has_old_buckets() -> bool:
    buckets = PointBucket.objects.of_all()
    return buckets.filter(purchased_at__lt=Now() - _OVERDUE).exists()
