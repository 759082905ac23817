"""Who is billed, and who hears of a low balance."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.models import Member
from accounts.permissions import PartnerRequest, Permission, partner_view
from billing.forms.profiles import AlertForm, BillingDetailsForm
from billing.models import AlertThreshold, BillingProfile, Package
from billing.services import set_alert_thresholds, update_details

_IN_CHARGE = (Member.Role.OWNER, Member.Role.ADMIN)


@partner_view(Permission.BUY, methods=("GET", "HEAD", "POST"))
def billing_settings(request: PartnerRequest) -> HttpResponse:
    """Billing details; with `?package=` as a step of its order, which goes on afterwards."""
    form, alert = _forms(request)
    package = _wanted(request)
    if request.method == "POST" and form.is_valid():
        update_details(partner=request.partner, details=form.details, actor=request.user.email)
        messages.success(request, "The billing details are saved.")
        return redirect("purchase-new", package.pk) if package else redirect("billing-settings")
    return _page(request, form, alert, package)


@partner_view(Permission.BUY, methods=("POST",))
def alert_settings(request: PartnerRequest) -> HttpResponse:
    """Below how many points an email is sent."""
    form, alert = _forms(request, is_alert=True)
    if not alert.is_valid():
        return _page(request, form, alert, None)
    thresholds = alert.thresholds
    set_alert_thresholds(partner=request.partner, thresholds=thresholds, actor=request.user.email)
    said = "saved" if thresholds else "turned off"
    messages.success(request, f"The low-balance alerts are {said}.")
    return redirect("billing-settings")


def _forms(
    request: PartnerRequest, *, is_alert: bool = False
) -> tuple[BillingDetailsForm, AlertForm]:
    """Both forms of the page, one of them with what was sent."""
    details = BillingProfile.objects.details_of(request.partner.pk)
    thresholds = AlertThreshold.objects.amounts_of(request.partner.pk)
    sent = request.POST if request.method == "POST" else None
    return (
        BillingDetailsForm(None if is_alert else sent, details=details),
        AlertForm(sent if is_alert else None, thresholds=thresholds),
    )


def _wanted(request: PartnerRequest) -> Package | None:
    """The package whose order waits for the details."""
    code = request.GET.get("package", "").replace("\0", "")
    return Package.objects.on_sale().filter(pk=code).first() if code else None


def _page(
    request: PartnerRequest,
    form: BillingDetailsForm,
    alert: AlertForm,
    package: Package | None,
) -> HttpResponse:
    told = request.partner.members.filter(role__in=_IN_CHARGE, user__is_active=True)
    context = {
        "form": form,
        "alert": alert,
        "package": package,
        "told": told.order_by("id").values_list("user__email", flat=True),
    }
    return render(request, "billing/settings.html", context)
