"""The ledger as pages and as CSV."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from django.db.models import F, Q
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy

from accounts.exports import limited_export
from accounts.models import Partner
from accounts.permissions import PartnerRequest, Permission, partner_view
from billing.balance import balances_after
from billing.forms.ledger import LedgerFilterForm
from billing.labels import in_english
from billing.models import Approval, Charge, LedgerEntry, OperationPrice
from billing.models.ledger import IN_ORDER, LedgerEntryQuerySet
from billing.points import SCALE
from config.db.statements import release_connection
from config.pages.addresses import tidy_address
from config.pages.charts import Chart, Unit
from config.pages.exports import Columns, export_list, time_columns
from config.pages.pagination import paginate
from config.pages.streaming import read_in_chunks
from config.pages.strips import Strip, Tier

_SORTS = {"newest": "-created_at", "oldest": "created_at"}
_STRIP = Strip(
    gettext_lazy("Points used by day"),
    Unit(gettext_lazy("point used"), gettext_lazy("points used"), SCALE),
    "created_at",
    (Tier(gettext_lazy("Points"), "volume"),),
    amount=-F("points"),
    is_by_day=True,
)
_COLUMNS: Columns = {
    "movement": lambda entry: entry.kind,
    "action": lambda entry: _english(OperationPrice.Action, entry.operation, "action"),
    "mode": lambda entry: _english(OperationPrice.Mode, entry.operation, "mode"),
    "key": lambda entry: str(entry.operation.key) if entry.operation else "",
    "points": lambda entry: Decimal(entry.points) / SCALE,
    "balance": lambda entry: "" if entry.balance is None else Decimal(entry.balance) / SCALE,
    "bucket": lambda entry: entry.bucket_id,
    "package": lambda entry: entry.bucket.package.name if entry.bucket.package else "Grant",
    "tier": lambda entry: entry.bucket.tier_id,
    "operation": lambda entry: entry.operation_id or "",
}


def _english(choices: Any, operation: Charge | None, field: str) -> str:
    return in_english(choices(getattr(operation, field)).label) if operation else ""


@partner_view(Permission.SEE, is_live_only=True)
@tidy_address
def ledger(request: PartnerRequest) -> HttpResponse:
    """List matching entries, with the balance after each if only days are filtered."""
    form = LedgerFilterForm(request.GET, partner=request.partner)
    entries = form.filter_queryset(LedgerEntry.objects.of(request.partner.id))
    page = paginate(_with_names(entries), request.GET, sorts=_SORTS)
    balances = balances_after(request.partner, page.rows) if form.leaves_no_gaps else {}
    reasons = Approval.objects.of(request.partner.id).reasons_of(page.rows)
    rows = [(entry, balances.get(entry.pk), reasons.get(entry.pk)) for entry in page]
    context = {
        "form": form,
        "page": page,
        "rows": rows,
        "has_balances": bool(balances),
        "strip": _chart(entries, form),
    }
    return render(request, "billing/ledger.html", context)


@partner_view(Permission.SEE, is_live_only=True)
@limited_export
def ledger_csv(request: PartnerRequest) -> HttpResponseBase:
    """Stream the matching entries; redirect to the list if a filter is invalid."""
    form = LedgerFilterForm(request.GET, partner=request.partner)
    entries = _with_names(form.filter_queryset(LedgerEntry.objects.of(request.partner.id)))
    rows: Iterable[Any] = read_in_chunks(entries, IN_ORDER.reversed())
    rows = _with_balances(rows, request.partner, is_known=form.leaves_no_gaps)
    columns = {**time_columns("created_at"), **_COLUMNS}
    return export_list(request, form, rows, columns, page="ledger", name="ledger")


def _with_names(entries: LedgerEntryQuerySet) -> LedgerEntryQuerySet:
    return entries.select_related("bucket__package", "operation__key")


def _chart(entries: LedgerEntryQuerySet, form: LedgerFilterForm) -> Chart | None:
    """Sum the points that image requests used, without those that were refunded."""
    window = form.window.closed()
    used = entries.filter(Q(kind="charge") | Q(kind="reversal"), created_at__gte=window[0])
    return _STRIP.read(used, window, form.query)


def _with_balances(
    entries: Iterable[LedgerEntry], partner: Partner, *, is_known: bool
) -> Iterator[Any]:
    """Set the balance after each entry, counted back from the newest; None where entries of the
    time are missing."""
    balance: int | None = None
    for place, entry in enumerate(entries):
        if is_known and place == 0:
            balance = balances_after(partner, [entry])[entry.pk]
            # A slow client must not hold it.
            release_connection()
        entry.balance = balance  # type: ignore[attr-defined]
        yield entry
        balance = None if balance is None else balance - entry.points
