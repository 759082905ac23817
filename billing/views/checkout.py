"""Ordering a package in three steps: billing details, payment method, confirmation.

What was chosen is in the address, so that back and forward lose nothing; only the last step starts
a purchase.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy

from accounts.permissions import PartnerRequest, Permission, partner_view
from accounts.services.locks import PartnerInactive
from billing.balance import read_balance
from billing.billing_details import BillingDetails
from billing.forms.profiles import BillingDetailsForm
from billing.forms.purchases import MethodForm, OrderForm
from billing.gateways import gateway_named, offered_gateways
from billing.models import BillingProfile, Package, Purchase
from billing.pricing import is_invoiceable, paise_per_point, quote
from billing.services import (
    AlreadyStarted,
    PaymentUnavailable,
    TooManyPurchases,
    TotalChanged,
    start_purchase,
    update_details,
)
from billing.views.purchases import redirect_to_checkout, refuse_inactive
from config.pages.kept_forms import refill

_STEPS = (
    ("purchase-details", gettext_lazy("Billing details")),
    ("purchase-new", gettext_lazy("Payment method")),
    ("purchase-confirm", gettext_lazy("Confirm and pay")),
)


@partner_view(Permission.BUY, methods=("GET", "HEAD", "POST"), is_live_only=True)
def purchase_details(request: PartnerRequest, package: str) -> HttpResponse:
    """Step 1, which is skipped if the details suffice for an invoice."""
    wanted = _find(package)
    details = _details_of(request)
    form = BillingDetailsForm(
        request.POST if request.method == "POST" else None, details=details or BillingDetails()
    )
    refill(request, form)
    if details is None and request.method != "POST":
        messages.warning(
            request, gettext("Your billing details can't be decrypted. Enter them again.")
        )
    if request.method == "POST" and form.is_valid():
        update_details(partner=request.partner, details=form.details, actor=request.user.email)
        return redirect(_after_details(request, wanted))
    return _show(request, "billing/checkout_details.html", wanted, details, 1, form=form)


@partner_view(Permission.BUY, is_live_only=True)
def purchase_new(request: PartnerRequest, package: str) -> HttpResponse:
    """Step 2: choose how to pay."""
    if not request.partner.is_active:
        return refuse_inactive(request)
    wanted, details = _find(package), _details_of(request)
    if details is None or not is_invoiceable(details):
        return redirect("purchase-details", wanted.pk)
    methods = {"gateways": offered_gateways(), "chosen": _chosen(request)}
    return _show(request, "billing/checkout_method.html", wanted, details, 2, **methods)


@partner_view(Permission.BUY, methods=("GET", "HEAD", "POST"), is_live_only=True)
def purchase_confirm(request: PartnerRequest, package: str) -> HttpResponse:
    """Step 3: show what is ordered, and start the purchase."""
    if not request.partner.is_active:
        return refuse_inactive(request)
    wanted, details, gateway = _find(package), _details_of(request), _chosen(request)
    if details is None or not is_invoiceable(details):
        return redirect("purchase-details", wanted.pk)
    if not gateway:
        messages.warning(request, gettext("Choose a payment method."))
        return redirect("purchase-new", wanted.pk)
    data = request.POST if request.method == "POST" else None
    total = quote(wanted, details).total
    form = OrderForm(data, partner=request.partner, gateway=gateway, total=total)
    if form.is_valid():
        return _order(request, wanted, form)
    if "total" in form.errors:
        return _show_new_total(request, wanted, gateway)
    more = {
        "form": form,
        "gateway": gateway_named(gateway),
        "unpaid": Purchase.objects.of(request.partner.pk).unpaid().filter(package=wanted).first(),
    }
    return _show(request, "billing/checkout_confirm.html", wanted, details, 3, **more)


def _find(package: str) -> Package:
    return get_object_or_404(Package.objects.on_sale(), pk=package)


def _details_of(request: PartnerRequest) -> BillingDetails | None:
    return BillingProfile.objects.of(request.partner.pk).readable_details()


def _chosen(request: PartnerRequest) -> str:
    """Return the payment method of the address or the form, by default the first one; empty if it
    is not offered."""
    if request.method != "POST" and "gateway" not in request.GET:
        return next((gateway.name for gateway in offered_gateways()), "")
    form = MethodForm(request.POST if request.method == "POST" else request.GET)
    return str(form.cleaned_data["gateway"]) if form.is_valid() else ""


def _after_details(request: PartnerRequest, package: Package) -> str:
    """Return to the confirmation if the details were changed from there."""
    gateway = request.GET.get("gateway", "")
    if MethodForm({"gateway": gateway}).is_valid():
        return _confirm_address(package, gateway)
    return reverse("purchase-new", args=[package.pk])


def _confirm_address(package: Package, gateway: str) -> str:
    return f"{reverse('purchase-confirm', args=[package.pk])}?gateway={gateway}"


def _show(
    request: PartnerRequest,
    template: str,
    package: Package,
    details: BillingDetails | None,
    step: int,
    **more: Any,
) -> HttpResponse:
    """Render a step with the summary of the order."""
    balance = read_balance(request.partner)
    is_billed = details is not None and is_invoiceable(details)
    context = {
        "package": package,
        "details": details,
        "is_billed": is_billed,
        "quote": quote(package, details if details and is_billed else BillingDetails()),
        "paise_per_point": paise_per_point(package),
        "balance": balance,
        "balance_after": balance.points + package.points - balance.owed,
        "steps": [
            (number, title, reverse(name, args=[package.pk]) if number < step else "")
            for number, (name, title) in enumerate(_STEPS, 1)
        ],
        "step": step,
        "step_title": _STEPS[step - 1][1],
        "query": f"?gateway={chosen}" if (chosen := _chosen(request)) else "",
    }
    return render(request, template, context | more)


def _show_new_total(request: PartnerRequest, package: Package, gateway: str) -> HttpResponse:
    messages.warning(request, gettext("The total has changed. Check it before you pay."))
    return redirect(_confirm_address(package, gateway))


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
        return _show_new_total(request, package, form.cleaned_data["gateway"])
    except AlreadyStarted:
        messages.warning(request, gettext("You submitted this order twice. We placed it once."))
        return redirect("purchase", form.cleaned_data["token"])
    except PartnerInactive:
        return refuse_inactive(request)
    except TooManyPurchases:
        messages.warning(request, gettext("You can start 100 orders a day. Try again tomorrow."))
        return redirect("purchases")
    except PaymentUnavailable as error:
        purchase = error.purchase
        messages.error(
            request,
            gettext("The payment service is not responding. Your order is saved. Try again here."),
        )
    return redirect_to_checkout(purchase)
