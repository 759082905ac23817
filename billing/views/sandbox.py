"""The simulated payment page of the sandbox."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts.permissions import PartnerRequest, Permission, partner_view
from billing.forms.purchases import LatePaymentForm
from billing.gateways import offered_gateways
from billing.models import PaymentReturn, Purchase
from billing.services import sandbox


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
        sandbox.pay_late(purchase, seconds=form.cleaned_data["seconds"])
    else:
        return _refund(purchase, action)
    return True


def _refund(purchase: Purchase, action: Any) -> bool:
    if action == "refund":
        sandbox.refund_payment(purchase, paise=_refundable(purchase))
    elif action == "refund-half":
        sandbox.refund_payment(purchase, paise=_refundable(purchase) // 2)
    elif action == "dispute":
        sandbox.dispute(purchase)
    elif action in ("win", "lose"):
        sandbox.decide_disputes(purchase, is_won=action == "win")
    else:
        return False
    return True


def _refundable(purchase: Purchase) -> int:
    return purchase.total_paise - purchase.returned_paise
