"""Purchases and their documents."""

from __future__ import annotations

from decimal import Decimal

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy

from accounts.exports import limited_export
from accounts.permissions import PartnerRequest, Permission, partner_view
from accounts.services.locks import PartnerInactive
from billing.documents import render_invoice, render_proforma
from billing.forms.ledger import PurchaseFilterForm
from billing.gateways import gateway_named
from billing.labels import in_english
from billing.models import Invoice, Purchase
from billing.points import SCALE
from billing.services import (
    PaymentUnavailable,
    cancel_purchase,
    open_checkout,
    reconcile_purchase,
)
from billing.views.transfers import read_transfer
from config.db.encryption import DecryptionError
from config.db.keyset import Keyset
from config.pages.addresses import tidy_address
from config.pages.exports import Columns, export_list, time_columns, utc
from config.pages.pagination import paginate
from config.pages.streaming import read_in_chunks

_SORTS = {"newest": "-created_at", "oldest": "created_at", "total": "-total_paise"}
_NEWEST_FIRST = Keyset("created_at", descending=True)
_COLUMNS: Columns = {
    "reference": lambda purchase: purchase.reference,
    "package": lambda purchase: purchase.package_name,
    "points": lambda purchase: Decimal(purchase.points) / SCALE,
    "status": lambda purchase: in_english(Purchase.State(purchase.state).label),
    "amount_inr": lambda purchase: _rupees(purchase.amount_paise),
    "cgst_inr": lambda purchase: _rupees(purchase.cgst_paise),
    "sgst_inr": lambda purchase: _rupees(purchase.sgst_paise),
    "igst_inr": lambda purchase: _rupees(purchase.igst_paise),
    "total_inr": lambda purchase: _rupees(purchase.total_paise),
    "refunded_inr": lambda purchase: _rupees(purchase.returned_paise),
    "paid_utc": lambda purchase: utc(purchase.paid_at),
    "payment_id": lambda purchase: purchase.payment_id or "",
    "documents": lambda purchase: ", ".join(each.full_number for each in purchase.invoices.all()),
    "started_by": lambda purchase: purchase.created_by,
}
_UNREACHABLE = gettext_lazy("The payment service is not responding. Try again in a minute.")


@partner_view(Permission.BUY, is_live_only=True)
@tidy_address
def purchases(request: PartnerRequest) -> HttpResponse:
    form = PurchaseFilterForm(request.GET)
    rows = form.filter_queryset(Purchase.objects.of(request.partner.id))
    page = paginate(rows.prefetch_related("invoices"), request.GET, sorts=_SORTS)
    return render(request, "billing/purchases.html", {"form": form, "page": page})


@partner_view(Permission.BUY, is_live_only=True)
@limited_export
def purchases_csv(request: PartnerRequest) -> HttpResponseBase:
    form = PurchaseFilterForm(request.GET)
    rows = form.filter_queryset(Purchase.objects.of(request.partner.id))
    chunks = read_in_chunks(rows.prefetch_related("invoices"), _NEWEST_FIRST)
    columns = {**time_columns("created_at"), **_COLUMNS}
    return export_list(request, form, chunks, columns, page="purchases", name="purchases")


@partner_view(Permission.BUY, is_live_only=True)
def purchase(request: PartnerRequest, purchase_id: str) -> HttpResponse:
    """Show one purchase and its next step.

    Gateways send buyers back here with parameters. They prove nothing, so they are dropped unread;
    their presence is a hint to ask the gateway.
    """
    purchase = _find(request, purchase_id)
    if request.GET:
        _ask_gateway(request, purchase)
        return redirect(purchase)
    return _show(request, purchase)


@partner_view(Permission.BUY, is_live_only=True)
def purchase_watch(request: PartnerRequest, purchase_id: str) -> HttpResponse:
    """Tell a page that waits when to ask again or, if the state changed, what it now shows.

    The gateway is left to the worker, which asks it less often as time passes.
    """
    purchase = _find(request, purchase_id)
    if purchase.is_open and purchase.state == request.GET.get("state"):
        context = {"purchase": purchase, "wait": _wait(purchase)}
        return render(request, "billing/watch.html", context)
    return _show(request, purchase)


def _show(request: PartnerRequest, purchase: Purchase) -> HttpResponse:
    transfer = read_transfer(purchase) if purchase.gateway == "manual" else {}
    context = {
        "purchase": purchase,
        "invoices": purchase.invoices.order_by("issued_at"),
        "returns": purchase.returns.filter(payment_id=purchase.payment_id).order_by("created_at"),
        "gateway": gateway_named(purchase.gateway),
        "wait": _wait(purchase),
    }
    return render(request, "billing/purchase.html", context | transfer)


def _wait(purchase: Purchase) -> int:
    """Return after how many seconds a page asks again: the longer it waits, the more rarely."""
    age = (timezone.now() - purchase.created_at).total_seconds()
    return int(min(max(age / 10, 3), 60))


@partner_view(Permission.BUY, methods=("POST",), is_live_only=True)
def purchase_check(request: PartnerRequest, purchase_id: str) -> HttpResponse:
    """Ask the gateway whether the payment has arrived."""
    purchase = _find(request, purchase_id)
    if _ask_gateway(request, purchase) and purchase.is_open:
        messages.info(request, gettext("No payment received yet."))
    return redirect(purchase)


@partner_view(Permission.BUY, methods=("POST",), is_live_only=True)
def purchase_retry(request: PartnerRequest, purchase_id: str) -> HttpResponse:
    """Open the checkout again after a failed payment or an unreachable gateway."""
    purchase = _find(request, purchase_id)
    try:
        open_checkout(purchase=purchase)
    except PaymentUnavailable:
        messages.error(request, _UNREACHABLE)
        return redirect(purchase)
    except PartnerInactive:
        return refuse_inactive(request)
    return redirect_to_checkout(purchase)


@partner_view(Permission.BUY, methods=("GET", "HEAD", "POST"), is_live_only=True)
def purchase_cancel(request: PartnerRequest, purchase_id: str) -> HttpResponse:
    purchase = _find(request, purchase_id)
    if not purchase.is_open:
        messages.warning(request, gettext("This purchase can no longer be cancelled."))
        return redirect(purchase)
    if request.method != "POST":
        return render(request, "billing/cancel.html", {"purchase": purchase})
    cancel_purchase(purchase=purchase, actor=request.user.email)
    messages.success(request, gettext("Purchase cancelled."))
    return redirect(purchase)


@partner_view(Permission.BUY, is_live_only=True)
@limited_export
def invoice(request: PartnerRequest, invoice_id: str) -> HttpResponse:
    """Serve a tax invoice or credit note as PDF."""
    found = get_object_or_404(
        Invoice.objects.of(request.partner.id).select_related("partner", "corrects"), pk=invoice_id
    )
    try:
        return _pdf(render_invoice(found), found.file_name)
    except DecryptionError:
        return _refuse_undecryptable(request, found.purchase_id)


@partner_view(Permission.BUY, is_live_only=True)
@limited_export
def proforma(request: PartnerRequest, purchase_id: str) -> HttpResponse:
    """Serve the proforma of a bank transfer as PDF."""
    purchase = get_object_or_404(
        Purchase.objects.of(request.partner.id).select_related("partner"),
        pk=purchase_id,
        gateway="manual",
    )
    try:
        return _pdf(render_proforma(purchase), purchase.proforma_name)
    except DecryptionError:
        return _refuse_undecryptable(request, purchase.pk)


def redirect_to_checkout(purchase: Purchase) -> HttpResponse:
    """Redirect to the sandbox's page or, for other gateways, to the purchase's page with its link.

    A form may not lead to another origin: the content security policy covers its redirects too.
    """
    if purchase.gateway == "sandbox" and purchase.is_open:
        return redirect("sandbox-checkout", purchase.reference)
    return redirect(purchase)


def refuse_inactive(request: PartnerRequest) -> HttpResponse:
    messages.error(
        request,
        gettext("Your company's account is inactive and can't buy points. Contact ShopIQ support."),
    )
    return redirect("points")


def _refuse_undecryptable(request: PartnerRequest, purchase_id: str) -> HttpResponse:
    messages.error(request, gettext("The billing details can't be decrypted. Contact support."))
    return redirect("purchase", purchase_id)


def _rupees(paise: int) -> Decimal:
    return Decimal(paise).scaleb(-2)


def _find(request: PartnerRequest, purchase_id: str) -> Purchase:
    return get_object_or_404(Purchase.objects.of(request.partner.id), pk=purchase_id)


def _ask_gateway(request: PartnerRequest, purchase: Purchase) -> bool:
    """Return whether the gateway responded; `purchase` is refreshed if it did.

    What is paid is left to the worker, which looks for refunds: no page may ask without end.
    """
    if purchase.state in (Purchase.State.PAID, Purchase.State.REFUNDED):
        return True
    try:
        reconcile_purchase(purchase=purchase)
    except PaymentUnavailable:
        messages.error(request, _UNREACHABLE)
        return False
    purchase.refresh_from_db()
    return True


def _pdf(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}"'
    return response
