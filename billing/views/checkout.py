"""Ordering a package, and the sandbox's simulated payment page."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from accounts.permissions import PartnerRequest, Permission, partner_view
from accounts.services.locks import PartnerInactive
from billing.forms.purchases import LatePaymentForm, OrderForm
from billing.gateways import offered_gateways
from billing.models import BillingProfile, Package, PaymentReturn, Purchase
from billing.pricing import is_invoiceable, quote
from billing.services import (
    AlreadyStarted,
    PaymentUnavailable,
    TooManyPurchases,
    TotalChanged,
    sandbox,
    start_purchase,
)
from billing.views.purchases import redirect_to_checkout, refuse_inactive


@partner_view(Permission.BUY, methods=("GET", "HEAD", "POST"), is_live_only=True)
def purchase_new(request: PartnerRequest, package: str) -> HttpResponse:
    """Show price, tax and billing details, and start the purchase."""
    if not request.partner.is_active:
        return refuse_inactive(request)
    wanted = get_object_or_404(Package.objects.on_sale(), pk=package)
    details = BillingProfile.objects.of(request.partner.pk).readable_details()
    if details is None or not is_invoiceable(details):
        messages.info(request, "Add your billing details to continue.")
        return redirect(f"{reverse('billing-settings')}?package={wanted.pk}")
    price = quote(wanted, details)
    data = request.POST if request.method == "POST" else None
    form = OrderForm(data, partner=request.partner, total=price.total)
    if form.is_valid():
        return _order(request, wanted, form)
    if "total" in form.errors:
        return _show_new_total(request, wanted)
    context = {"package": wanted, "details": details, "quote": price, "form": form}
    return render(request, "billing/order.html", context)


def _show_new_total(request: PartnerRequest, package: Package) -> HttpResponse:
    messages.warning(request, "The total has changed. Check it before you pay.")
    return redirect("purchase-new", package.pk)


def _order(request: PartnerRequest, package: Package, form: OrderForm) -> HttpResponse:
    """Start one purchase per form, however often it is submitted."""
    try:
        purchase = start_purchase(
            partner=request.partner,
            package=package,
            gateway=form.cleaned_data["gateway"],
            actor=request.user.email,
            purchase_id=form.cleaned_data["token"],
            total_paise=form.cleaned_data["total"],
        )
    except TotalChanged:
        return _show_new_total(request, package)
    except AlreadyStarted:
        messages.warning(request, "You submitted this order twice. We placed it once.")
        return redirect("purchase", form.cleaned_data["token"])
    except PartnerInactive:
        return refuse_inactive(request)
    except TooManyPurchases:
        messages.warning(request, "You can start 100 orders a day. Try again tomorrow.")
        return redirect("purchases")
    except PaymentUnavailable as error:
        purchase = error.purchase
        messages.error(
            request, "The payment service is not responding. Your order is saved. Try again here."
        )
    return redirect_to_checkout(purchase)


@partner_view(Permission.BUY, methods=("GET", "HEAD", "POST"), is_live_only=True)
def sandbox_checkout(request: PartnerRequest, reference: str) -> HttpResponse:
    """Simulate a payment; exists only where the sandbox gateway is offered."""
    if "sandbox" not in [gateway.name for gateway in offered_gateways()]:
        raise Http404
    purchase = get_object_or_404(
        Purchase.objects.of(request.partner.id), reference=reference, gateway="sandbox"
    )
    form = LatePaymentForm(request.POST if request.POST.get("action") == "late" else None)
    if request.method == "POST" and _act(purchase, request.POST.get("action"), form):
        return redirect(purchase)
    disputes = PaymentReturn.objects.of(request.partner.id).filter(purchase=purchase)
    context = {
        "purchase": purchase,
        "form": form,
        "has_open_dispute": disputes.open_disputes().exists(),
        "refundable": _refundable(purchase),
    }
    return render(request, "billing/sandbox.html", context)


def _act(purchase: Purchase, action: Any, form: LatePaymentForm) -> bool:
    """Apply the pressed button; return False to show the page again."""
    if action == "pay":
        sandbox.pay(purchase)
    elif action == "fail":
        sandbox.fail(purchase)
    elif action == "late" and form.is_valid():
        sandbox.pay_late(purchase, form.cleaned_data["seconds"])
    else:
        return _give_back(purchase, action)
    return True


def _give_back(purchase: Purchase, action: Any) -> bool:
    if action == "refund":
        sandbox.give_back(purchase, _refundable(purchase))
    elif action == "refund-half":
        sandbox.give_back(purchase, _refundable(purchase) // 2)
    elif action == "dispute":
        sandbox.dispute(purchase)
    elif action in ("win", "lose"):
        sandbox.decide_disputes(purchase, is_won=action == "win")
    else:
        return False
    return True


def _refundable(purchase: Purchase) -> int:
    return purchase.total_paise - purchase.returned_paise
