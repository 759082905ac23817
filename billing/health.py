"""Probes: whether expired reservations are refunded in time, and the books proven."""

from __future__ import annotations

from django.db.models import Min
from django.db.models.functions import Now

from billing.ledger_state import read_ledger_state
from billing.models import Charge
from config.health import Check, status_probe

#: A lease that expired longer ago means that no scheduler is running.
_OVERDUE_SECONDS = 60.0


@status_probe("leases")
def check_leases() -> Check:
    oldest = (
        Charge.objects.of_all()
        .reserved()
        .filter(lease_until__lt=Now())
        .aggregate(overdue=Now() - Min("lease_until"))["overdue"]
    )
    seconds = round(oldest.total_seconds(), 1) if oldest else 0.0
    return Check(seconds <= _OVERDUE_SECONDS, seconds)


@status_probe("ledger")
def check_ledger() -> Check:
    problem = read_ledger_state().problem
    return Check(problem is None, problem or "verified")
