"""Points, reservations and the proof of the ledger, for `/metrics`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Count, Min, Sum
from django.db.models.functions import Now

from billing.ledger_state import read_ledger_state
from billing.models import Charge, LedgerCheck, LedgerEntry
from config.db.clock import database_now
from config.db.ids import first_id
from config.metrics import Sample, collector

#: Long enough for a scrape to miss nothing, short enough to read few entries.
_RECENT = timedelta(minutes=10)


@collector
def reservations() -> Iterator[Sample]:
    reserved = Charge.objects.of_all().reserved()
    found = reserved.aggregate(number=Count("pk"), age=Now() - Min("lease_until"))
    yield Sample("reserved_charges", "Image requests in progress.", found["number"])
    overdue = found["age"].total_seconds() if found["age"] else 0
    yield Sample("lease_overdue_seconds", "Age of the oldest expired lease.", max(0, overdue))


@collector
def points() -> Iterator[Sample]:
    since = first_id(database_now() - _RECENT)
    recent = LedgerEntry.objects.of_all().filter(pk__gte=since)
    sums = dict(recent.order_by().values_list("kind").annotate(points=Sum("points")))
    for kind in LedgerEntry.Kind.values:
        yield Sample(
            "points_10m",
            "Points of the ledger's entries of the last ten minutes.",
            abs(sums.get(kind, 0)) / 100,
            {"kind": kind},
        )


@collector
def proof() -> Iterator[Sample]:
    now, check = database_now(), LedgerCheck.objects.newest()
    age = (now - check.at).total_seconds() if check else None
    yield Sample("ledger_proof_age_seconds", "Age of the ledger's last check.", age)
    has_problem = read_ledger_state().problem is not None
    yield Sample("ledger_ok", "Whether the ledger is proven.", float(not has_problem))
