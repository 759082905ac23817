"""Settings of the company."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from accounts.forms.company import TimeZoneForm
from accounts.permissions import PartnerRequest, Permission, partner_view
from accounts.services.partners import set_time_zone


@partner_view(Permission.BUY, methods=("GET", "HEAD", "POST"))
def time_zone(request: PartnerRequest) -> HttpResponse:
    """Choose the zone of all times, days and months."""
    data = request.POST if request.method == "POST" else None
    form = TimeZoneForm(data, current=request.partner.time_zone)
    if form.is_valid():
        zone = form.cleaned_data["time_zone"]
        set_time_zone(partner=request.partner, time_zone=zone, actor=request.user.email)
        messages.success(request, gettext("Time zone saved."))
        return redirect("time-zone")
    return render(request, "team/time_zone.html", {"form": form})
