"""Purchases and their documents."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts.permissions import PartnerRequest, Permission, partner_view
from billing.documents import render_invoice, render_proforma
from billing.forms.ledger import PurchaseFilterForm
from billing.gateways import bank_details, gateway_named
from billing.models import Invoice, Purchase
from billing.services import (
    PaymentUnavailable,
    cancel_purchase,
    open_checkout,
    reconcile_purchase,
)
from config.pages.pagination import paginate

_SORTS = {"newest": "-created_at", "oldest": "created_at", "total": "-total_paise"}
_UNREACHABLE = "The payment service does not answer. Nothing is lost; try again in a minute."


@partner_view(Permission.BUY)
def purchases(request: PartnerRequest) -> HttpResponse:
    """What was ordered, and how far it is."""
    form = PurchaseFilterForm(request.GET)
    rows = form.filter_queryset(Purchase.objects.of(request.partner)).prefetch_related("invoices")
    page = paginate(rows, request.GET, sorts=_SORTS)
    return render(request, "billing/purchases.html", {"form": form, "page": page})


@partner_view(Permission.BUY)
def purchase(request: PartnerRequest, purchase_id: str) -> HttpResponse:
    """One purchase and what happens next.

    Gateways send people back here with parameters. They are a hint to ask the gateway and prove
    nothing, so they are dropped unread.
    """
    bought = _find(request, purchase_id)
    if request.GET:
        _ask_gateway(request, bought)
        return redirect(bought)
    context = {
        "purchase": bought,
        "invoices": bought.invoices.order_by("issued_at"),
        "gateway": gateway_named(bought.gateway),
        "bank_details": bank_details(),
    }
    return render(request, "billing/purchase.html", context)


@partner_view(Permission.BUY, methods=("POST",))
def purchase_check(request: PartnerRequest, purchase_id: str) -> HttpResponse:
    """Asks the gateway whether the payment has come."""
    bought = _find(request, purchase_id)
    if _ask_gateway(request, bought) and bought.is_open:
        messages.info(request, "No payment has come yet.")
    return redirect(bought)


@partner_view(Permission.BUY, methods=("POST",))
def purchase_retry(request: PartnerRequest, purchase_id: str) -> HttpResponse:
    """Opens the checkout again, after a payment that failed or a gateway that did not answer."""
    bought = _find(request, purchase_id)
    try:
        open_checkout(purchase=bought)
    except PaymentUnavailable:
        messages.error(request, _UNREACHABLE)
        return redirect(bought)
    return redirect_to_checkout(bought)


@partner_view(Permission.BUY, methods=("GET", "HEAD", "POST"))
def purchase_cancel(request: PartnerRequest, purchase_id: str) -> HttpResponse:
    """Asks first; a payment under way still counts."""
    bought = _find(request, purchase_id)
    if not bought.is_open:
        messages.warning(request, "This purchase can no longer be cancelled.")
        return redirect(bought)
    if request.method != "POST":
        return render(request, "billing/cancel.html", {"purchase": bought})
    cancel_purchase(purchase=bought, actor=request.user.email)
    messages.success(request, "The purchase is cancelled.")
    return redirect(bought)


@partner_view(Permission.BUY)
def invoice(request: PartnerRequest, invoice_id: str) -> HttpResponse:
    """A tax invoice or credit note."""
    found = get_object_or_404(
        Invoice.objects.of(request.partner).select_related("partner", "corrects"), pk=invoice_id
    )
    return _pdf(render_invoice(found), found.file_name)


@partner_view(Permission.BUY)
def proforma(request: PartnerRequest, purchase_id: str) -> HttpResponse:
    """What a bank transfer is made by, while it is waited for."""
    bought = get_object_or_404(
        Purchase.objects.of(request.partner).select_related("partner"),
        pk=purchase_id,
        gateway="manual",
    )
    return _pdf(render_proforma(bought), f"proforma-{bought.reference}.pdf")


def redirect_to_checkout(bought: Purchase) -> HttpResponse:
    """The sandbox's page is ours. Another origin may not be the target of a form, which the
    content security policy holds redirects to as well: the purchase's page has the link."""
    if bought.gateway == "sandbox" and bought.is_open:
        return redirect("sandbox-checkout", bought.reference)
    return redirect(bought)


def _find(request: PartnerRequest, purchase_id: str) -> Purchase:
    return get_object_or_404(Purchase.objects.of(request.partner), pk=purchase_id)


def _ask_gateway(request: PartnerRequest, bought: Purchase) -> bool:
    """Whether it answered; `bought` is then what it said."""
    try:
        reconcile_purchase(purchase=bought)
    except PaymentUnavailable:
        messages.error(request, _UNREACHABLE)
        return False
    bought.refresh_from_db()
    return True


def _pdf(content: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{name}"'
    return answer
