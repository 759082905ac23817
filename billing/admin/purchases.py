"""Admin pages for purchases: review and confirmation of bank transfers."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from billing.admin.invoices import InvoiceNumbers
from billing.admin.points import points_column, rupees_column
from billing.admin.returns import ReturnInline
from billing.forms.payments import ConfirmPaymentForm
from billing.gateways import gateway_names
from billing.models import Invoice, Purchase
from billing.money import rupees
from billing.services import confirm_manual_payment, resolve_review
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


#: Of purchases: what a bank transfer names.
REFERENCE = re.compile(r"SQ-[A-Z0-9]{4,17}\Z", re.IGNORECASE)


def _by_gateway(field: str) -> Callable[[QuerySet[Any], str], QuerySet[Any]]:
    """Name the gateways, with which the unique index begins."""

    def select(rows: QuerySet[Any], term: str) -> QuerySet[Any]:
        return rows.filter(gateway__in=gateway_names(), **{field: term})

    return select


@admin.register(Purchase)
class PurchaseAdmin(ReadOnlyAdmin):
    list_display = (
        "reference",
        "partner",
        "package_name",
        "total",
        "gateway",
        "payment_id",
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
        "next_look",
    )
    inlines = (InvoiceInline, ReturnInline)
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
    next_look = datetime_column("next_check_at", "Next check")

    @admin.display(description="Ordered by")
    def buyer(self, purchase: Purchase) -> str:
        return mask_emails(purchase.created_by)

    def has_settle_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("billing.change_purchase")

    def get_urls(self) -> list[URLPattern]:
        confirm = path(
            "<str:purchase_id>/confirm/",
            self.admin_site.admin_view(self.confirm_payment),
            name="billing_purchase_confirm",
        )
        return [confirm, *super().get_urls()]

    def confirm_payment(self, request: HttpRequest, purchase_id: str) -> HttpResponse:
        """Ask for the bank reference, then book the full amount."""
        purchase = self._purchase(request, purchase_id)
        form = ConfirmPaymentForm(request.POST or None)
        if not form.is_valid():
            consequence = (
                f"Confirm only if the full {rupees(purchase.total_paise)} for {purchase.reference}"
                f" is on the bank statement. {purchase.partner} gets the points and an invoice"
                " immediately."
            )
            return self._ask(request, purchase, form, "Confirm bank transfer", consequence)
        reference = form.cleaned_data["bank_reference"]
        try:
            purchase = confirm_manual_payment(
                purchase=purchase, bank_reference=reference, actor=actor_of(request)
            )
        except ValueError:
            messages.error(request, "This purchase is not paid by bank transfer.")
        else:
            self._tell(request, purchase, reference)
        return self._back(purchase)

    def _tell(self, request: HttpRequest, purchase: Purchase, reference: str) -> None:
        if purchase.payment_id == reference:
            messages.success(request, f"{purchase.reference} marked as paid.")
        else:
            messages.warning(request, "The payment was not booked. See Attention for the reason.")

    def _purchase(self, request: HttpRequest, purchase_id: str) -> Purchase:
        if not self.has_settle_permission(request):
            raise PermissionDenied
        purchases = Purchase.objects.of_all().select_related("partner")
        return get_object_or_404(purchases, pk=purchase_id)

    def _ask(
        self,
        request: HttpRequest,
        purchase: Purchase,
        form: forms.Form,
        title: str,
        consequence: str,
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": title,
            "purchase": purchase,
            "consequence": consequence,
            "form": form,
        }
        return render(request, "admin/billing/purchase/act.html", context)

    def _back(self, purchase: Purchase) -> HttpResponse:
        return redirect("admin:billing_purchase_change", purchase.pk)

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
