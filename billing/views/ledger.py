"""The ledger as pages and as CSV."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts.exports import limited_export
from accounts.permissions import PartnerRequest, Permission, partner_view
from billing.balance import balances_after
from billing.forms.ledger import LedgerFilterForm
from billing.models import Approval, LedgerEntry
from billing.models.ledger import IN_ORDER
from billing.points import SCALE
from config.db.keyset import Position
from config.db.statements import release_connection
from config.pages.csv import csv_response
from config.pages.pagination import paginate

_SORTS = {"newest": "-created_at", "oldest": "created_at"}
_CHUNK = 2000
_COLUMNS = ("time_utc", "movement", "points", "bucket", "package", "tier", "operation")


@partner_view(Permission.SEE, is_live_only=True)
def ledger(request: PartnerRequest) -> HttpResponse:
    """List matching entries, with the balance after each if no filter is set."""
    form = LedgerFilterForm(request.GET, partner=request.partner)
    entries = form.filter_queryset(LedgerEntry.objects.of(request.partner.id))
    page = paginate(entries.select_related("bucket"), request.GET, sorts=_SORTS)
    balances = {} if form.is_filtered else balances_after(request.partner, page.rows)
    reasons = Approval.objects.of(request.partner.id).reasons_of(page.rows)
    rows = [(entry, balances.get(entry.pk), reasons.get(entry.pk)) for entry in page]
    context = {"form": form, "page": page, "rows": rows, "has_balances": bool(balances)}
    return render(request, "billing/ledger.html", context)


@partner_view(Permission.SEE, is_live_only=True)
@limited_export
def ledger_csv(request: PartnerRequest) -> HttpResponseBase:
    """Stream the matching entries; redirect to the list if a filter is invalid."""
    form = LedgerFilterForm(request.GET, partner=request.partner)
    entries = form.filter_queryset(LedgerEntry.objects.of(request.partner.id))
    if not form.is_valid():
        return redirect(f"{reverse('ledger')}?{request.GET.urlencode()}")
    return csv_response(f"ledger-{timezone.now():%Y-%m-%d}.csv", _COLUMNS, _rows(entries))


def _rows(entries: QuerySet[LedgerEntry]) -> Iterator[tuple[Any, ...]]:
    """Yield rows in chunks, newest first, holding neither a transaction nor a pooled connection
    while a slow client reads."""
    chunk = _read_chunk(entries, None)
    while chunk:
        release_connection()
        for _, at, kind, points, bucket, package, tier, operation in chunk:
            decimal = Decimal(points) / SCALE
            at_utc = f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
            yield at_utc, kind, decimal, bucket, package or "grant", tier, operation or ""
        last_id, last_at = chunk[-1][:2]
        chunk = _read_chunk(entries, (last_at, last_id))
    release_connection()


def _read_chunk(entries: QuerySet[LedgerEntry], after: Position | None) -> list[tuple[Any, ...]]:
    fields = ("id", "created_at", "kind", "points", "bucket_id", "bucket__package_id")
    rows = IN_ORDER.reversed().sort(entries, after=after)
    return list(rows.values_list(*fields, "bucket__tier_id", "operation_id")[:_CHUNK])
