"""Billing details and low-balance alerts."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.models import Member
from accounts.permissions import PartnerRequest, Permission, partner_view
from billing.billing_details import BillingDetails
from billing.forms.profiles import AlertForm, BillingDetailsForm
from billing.models import AlertThreshold, BillingProfile, Package
from billing.services import set_alert_thresholds, update_details
from config.pages.kept_forms import refill

_IN_CHARGE = (Member.Role.OWNER, Member.Role.ADMIN)


@partner_view(Permission.BUY, methods=("GET", "HEAD", "POST"), is_live_only=True)
def billing_settings(request: PartnerRequest) -> HttpResponse:
    """Edit billing details; with `?package=` as a step of ordering that package, with
    `?for=live-access` as a step of requesting live access."""
    form, alert = _forms(request)
    refill(request, form)
    package = _wanted(request)
    if request.method == "POST" and form.is_valid():
        update_details(partner=request.partner, details=form.details, actor=request.user.email)
        messages.success(request, "Billing details saved.")
        if package:
            return redirect("purchase-new", package.pk)
        return redirect("live-access" if _is_for_live_access(request) else "billing-settings")
    return _page(request, form, alert, package)


@partner_view(Permission.BUY, methods=("POST",), is_live_only=True)
def alert_settings(request: PartnerRequest) -> HttpResponse:
    """Save the low-balance alerts."""
    form, alert = _forms(request, is_alert=True)
    if not alert.is_valid():
        return _page(request, form, alert, None)
    thresholds = alert.thresholds
    set_alert_thresholds(partner=request.partner, thresholds=thresholds, actor=request.user.email)
    said = "saved" if thresholds else "turned off"
    messages.success(request, f"Low-balance alerts {said}.")
    return redirect("billing-settings")


def _forms(
    request: PartnerRequest, *, is_alert: bool = False
) -> tuple[BillingDetailsForm, AlertForm]:
    """Return both forms of the page, the submitted one bound."""
    details = BillingProfile.objects.of(request.partner.pk).readable_details()
    if details is None and request.method != "POST":
        messages.warning(request, "Your billing details can't be decrypted. Enter them again.")
    thresholds = AlertThreshold.objects.of(request.partner.pk).amounts()
    sent = request.POST if request.method == "POST" else None
    return (
        BillingDetailsForm(None if is_alert else sent, details=details or BillingDetails()),
        AlertForm(sent if is_alert else None, thresholds=thresholds),
    )


def _wanted(request: PartnerRequest) -> Package | None:
    """Return the package whose order needs the details."""
    code = request.GET.get("package", "").replace("\0", "")
    return Package.objects.on_sale().filter(pk=code).first() if code else None


def _is_for_live_access(request: PartnerRequest) -> bool:
    return request.GET.get("for") == "live-access"


def _page(
    request: PartnerRequest,
    form: BillingDetailsForm,
    alert: AlertForm,
    package: Package | None,
) -> HttpResponse:
    alerted = request.partner.members.filter(role__in=_IN_CHARGE, user__is_active=True)
    context = {
        "form": form,
        "alert": alert,
        "package": package,
        "is_for_live_access": _is_for_live_access(request),
        "alert_recipients": alerted.order_by("created_at", "id").values_list(
            "user__email", flat=True
        ),
    }
    return render(request, "billing/settings.html", context)
