"""Sections of the partner's page: balance and buckets, purchases and invoices, requests by day."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from accounts.models import Environment, Partner
from billing.balance import read_balance
from billing.labels import gateway_title, tier_title
from billing.models import Invoice, PaymentReturn, PointBucket, Purchase
from billing.money import rupees
from billing.periods import last_days
from billing.reports.usage import read_calls, read_points
from billing.runway import read_runway
from billing.templatetags.points import points
from billing.usage_charts import calls_by_outcome
from config.admin.partner_page import (
    MOST_ROWS,
    Cell,
    Table,
    link,
    link_when,
    list_of,
    number,
    partner_section,
    when,
)

_DAYS = 30
#: The colours of states: paid money is good, what waits for someone is not.
_TONES = {"paid": "good", "pending": "warn", "failed": "bad", "refunding": "warn"}


@partner_section(
    title="Balance",
    permission="billing.view_pointbucket",
    place=20,
    template="admin/billing/partner_balance.html",
)
def show_balance(request: HttpRequest, partner: Partner) -> dict[str, Any]:
    balance = read_balance(partner)
    today = partner.today
    spent = read_points(partner, last_days(_DAYS, today).first, today)
    buckets = [*balance.open, *balance.spent][:MOST_ROWS]
    return {
        "balance": balance,
        "runway": read_runway(balance.points, spent, today).text,
        "table": _buckets(request, partner, buckets),
        "address": list_of(PointBucket, partner),
    }


def _buckets(request: HttpRequest, partner: Partner, buckets: list[PointBucket]) -> Table:
    purchases = Purchase.objects.of(partner.pk).filter(bucket__in=buckets)
    purchase_of = {purchase.bucket_id: purchase for purchase in purchases}
    rows = [
        (
            link_when(request, bucket.purchased_at, bucket),
            bucket.package.name if bucket.package else "Grant",
            tier_title(bucket.tier_id),
            number(points(bucket.remaining)),
            number(points(bucket.original)),
            *_payment_of(request, purchase_of.get(bucket.pk)),
        )
        for bucket in buckets
    ]
    columns = ("Bought", "Package", "Tier", "Left", "Of", "Paid", "Purchase")
    return Table(columns, rows, "No points yet.")


def _payment_of(request: HttpRequest, purchase: Purchase | None) -> tuple[Cell, Cell]:
    if purchase is None:
        return number("–"), Cell("Granted")
    return number(rupees(purchase.total_paise)), link(request, purchase.reference, purchase)


@partner_section(
    title="Live requests",
    permission="accounts.view_dailycalls",
    place=30,
    template="admin/billing/partner_requests.html",
)
def show_requests(_request: HttpRequest, partner: Partner) -> dict[str, Any]:
    period = last_days(_DAYS, partner.today)
    keys = list(partner.api_keys.filter(environment=Environment.LIVE))
    return {"chart": calls_by_outcome(read_calls(partner, period, keys))}


@partner_section(title="Purchases", permission="billing.view_purchase", place=22)
def show_purchases(request: HttpRequest, partner: Partner) -> Table:
    purchases = Purchase.objects.of(partner.pk).order_by("-created_at", "-id")
    rows = [
        (
            link(request, each.reference, each),
            each.package_name,
            number(rupees(each.total_paise)),
            gateway_title(each.gateway),
            Cell(each.get_state_display(), tone=_TONES.get(each.state, "quiet")),
            when(each.created_at),
        )
        for each in purchases[:MOST_ROWS]
    ]
    columns = ("Reference", "Package", "Total", "Gateway", "Status", "Started")
    return Table(columns, rows, address=list_of(Purchase, partner))


@partner_section(title="Invoices", permission="billing.view_invoice", place=24)
def show_invoices(request: HttpRequest, partner: Partner) -> Table:
    invoices = Invoice.objects.of(partner.pk).order_by("-issued_at")
    rows = [
        (
            link(request, each.full_number, each),
            each.get_kind_display(),
            number(rupees(each.total_paise)),
            when(each.issued_at),
        )
        for each in invoices[:MOST_ROWS]
    ]
    return Table(("Number", "Kind", "Total", "Issued"), rows, address=list_of(Invoice, partner))


@partner_section(title="Refunds and disputes", permission="billing.view_paymentreturn", place=26)
def show_returns(request: HttpRequest, partner: Partner) -> Table | None:
    returns = PaymentReturn.objects.of(partner.pk).select_related("purchase").order_by("-pk")
    rows = [
        (
            link(request, each.gateway_id, each),
            each.get_kind_display(),
            Cell(each.get_state_display(), tone="bad" if each.state == "open" else "quiet"),
            number(rupees(each.amount_paise)),
            link(request, each.purchase.reference, each.purchase),
            when(each.created_at),
        )
        for each in returns[:MOST_ROWS]
    ]
    columns = ("ID", "Kind", "Status", "Amount", "Purchase", "Reported")
    return Table(columns, rows, address=list_of(PaymentReturn, partner)) if rows else None
