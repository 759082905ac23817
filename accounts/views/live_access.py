"""The partner's request for live access, and ShopIQ's decision."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from accounts.forms.live_access import LiveAccessForm
from accounts.permissions import PartnerRequest, Permission, partner_view
from accounts.services.live_access import LiveAccessError, request_live_access
from accounts.services.locks import PartnerInactive
from config.pages.kept_forms import refill


@partner_view(Permission.MANAGE_KEYS, methods=("GET", "HEAD", "POST"))
def live_access(request: PartnerRequest) -> HttpResponse:
    form = LiveAccessForm(request.POST if request.method == "POST" else None)
    refill(request, form)
    if form.is_valid():
        return _request(request, form)
    newest = request.partner.live_access_requests.first()
    return render(request, "team/live_access.html", {"form": form, "newest": newest})


def _request(request: PartnerRequest, form: LiveAccessForm) -> HttpResponse:
    try:
        request_live_access(partner=request.partner, actor=request.user.email, **form.cleaned_data)
    except LiveAccessError as error:
        messages.warning(request, str(error))
    except PartnerInactive:
        text = gettext("Your company is inactive. Contact ShopIQ support.")
        messages.warning(request, text)
    else:
        text = gettext("Request sent. We will email you our decision.")
        messages.success(request, text)
    return redirect("live-access")
