"""Billing details."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from accounts.permissions import PartnerRequest, Permission, partner_view
from billing.billing_details import BillingDetails
from billing.forms.profiles import BillingDetailsForm
from billing.models import BillingProfile
from billing.services import update_details
from config.pages.kept_forms import refill


@partner_view(Permission.BUY, methods=("GET", "HEAD", "POST"), is_live_only=True)
def billing_settings(request: PartnerRequest) -> HttpResponse:
    """Edit billing details; with `?for=live-access` as a step of requesting live access."""
    form = _form(request)
    refill(request, form)
    is_for_live_access = request.GET.get("for") == "live-access"
    if request.method == "POST" and form.is_valid():
        update_details(partner=request.partner, details=form.details, actor=request.user.email)
        messages.success(request, gettext("Billing details saved."))
        return redirect("live-access" if is_for_live_access else "billing-settings")
    context = {"form": form, "is_for_live_access": is_for_live_access}
    return render(request, "billing/settings.html", context)


def _form(request: PartnerRequest) -> BillingDetailsForm:
    details = BillingProfile.objects.of(request.partner.pk).readable_details()
    if details is None and request.method != "POST":
        messages.warning(
            request, gettext("Your billing details can't be decrypted. Enter them again.")
        )
    sent = request.POST if request.method == "POST" else None
    return BillingDetailsForm(sent, details=details or BillingDetails())
