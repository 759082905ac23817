"""Admin pages for purchases and their review."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from billing.admin.invoices import InvoiceNumbers
from billing.admin.points import GatewayLabel, points_column, rupees_column
from billing.admin.returns import ReturnInline
from billing.admin.transfers import TransferInline
from billing.gateways import known_gateways
from billing.models import BankTransfer, Invoice, Purchase
from billing.services import resolve_review
from config.admin.filters import Period
from config.admin.masking import mask_emails
from config.admin.options import ReadOnlyAdmin, ReadOnlyInline, actor_of, confirm, datetime_column
from config.admin.search import ANY, ID, Term
from config.admin.targets import link_targets


class InvoiceInline(InvoiceNumbers, ReadOnlyInline):
    model = Invoice
    fields = readonly_fields = ("number_text", "kind", "total", "issued", "pdf")
    show_change_link = True
    issued = datetime_column("issued_at", "Issued")


def _may_have_payment(purchase: Purchase) -> bool:
    """Return whether a payment that was not booked is known."""
    transfers = BankTransfer.objects.of(purchase.partner_id).filter(purchase=purchase).open()
    return not purchase.is_paid and (bool(purchase.attention) or transfers.exists())


#: Of purchases: what a bank transfer names.
REFERENCE = re.compile(r"SQ-[A-Z0-9]{4,17}\Z", re.IGNORECASE)


def _by_gateway(field: str) -> Callable[[QuerySet[Any], str], QuerySet[Any]]:
    """Name the gateways, with which the unique index begins."""

    def select(rows: QuerySet[Any], term: str) -> QuerySet[Any]:
        return rows.filter(gateway__in=list(known_gateways()), **{field: term})

    return select


@admin.register(Purchase)
class PurchaseAdmin(GatewayLabel, ReadOnlyAdmin):
    list_display = (
        "reference",
        "partner",
        "package_name",
        "total",
        "paid_by",
        "state",
        "created_at",
        "attention",
    )
    list_filter = ("state", ("attention", admin.EmptyFieldListFilter))
    period = Period("id", 90, open_states=(("attention__isempty", "0"),))
    partner_ordering = ("-created_at", "-id")
    search_terms = (
        Term("pk", ID),
        Term("partner_id", ID),
        Term("reference", REFERENCE, lambda rows, term: rows.filter(reference=term.upper())),
        Term("payment_id", ANY, _by_gateway("payment_id")),
        Term("gateway_order_id", ANY, _by_gateway("gateway_order_id")),
    )
    search_help_text = "Reference, partner ID, or ID of a purchase, payment or payment link"
    ordering = ("-id",)
    phone = ("partner", "total", "reference", "state")
    fields = (
        *list_display,
        "payment_id",
        "size",
        "tier",
        "buyer",
        "paid_at",
        "gateway_order_id",
        "bucket",
        "excess",
        "returned",
        "points_returned",
        "refund_reason",
        "refund_id",
        "refunded",
        "next_check",
    )
    inlines = (TransferInline, InvoiceInline, ReturnInline)
    actions = ("resolve_review",)
    # The purchase's own page is for members of its partner; staff could not open it.
    view_on_site = False
    change_form_template = "admin/billing/purchase/change_form.html"
    size = points_column("points", "Points")
    points_returned = points_column("returned_points", "Points due back")
    total = rupees_column("total_paise", "Total")
    excess = rupees_column("excess_paise", "Paid above the total")
    returned = rupees_column("returned_paise", "Returned")
    refunded = datetime_column("refunded_at", "Refunded")
    next_check = datetime_column("next_check_at", "Next check")

    @admin.display(description="Ordered by")
    def buyer(self, purchase: Purchase) -> str:
        return mask_emails(purchase.created_by)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        purchase = self.get_object(request, object_id)
        offered = {"has_payment_to_book": bool(purchase and _may_have_payment(purchase))}
        context = {**(extra_context or {}), **offered}
        return super().change_view(request, object_id, form_url, context)

    def has_settle_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("billing.change_purchase")

    @admin.action(description="Mark selected purchases as reviewed", permissions=["settle"])
    def resolve_review(
        self, request: HttpRequest, rows: QuerySet[Purchase]
    ) -> TemplateResponse | None:
        if page := confirm(
            self,
            request,
            rows,
            action="resolve_review",
            question="Mark these purchases as reviewed?",
            consequence="Their notes are cleared here and kept in the audit trail.",
            button="Mark as reviewed",
        ):
            return page
        for purchase in rows.select_related("partner"):
            resolve_review(purchase=purchase, actor=actor_of(request))
        messages.success(request, "Purchases marked as reviewed.")
        return None


link_targets(Purchase, "purchase.")
