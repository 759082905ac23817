"""The home page of the dashboard."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render

from accounts.permissions import PartnerRequest, Permission, partner_view
from config.dashboard.onboarding import first_steps, next_action, next_step
from config.dashboard.overview import read_overview


@partner_view(Permission.SEE)
def home(request: PartnerRequest) -> HttpResponse:
    """Show key figures and the next action."""
    overview = read_overview(request.partner)
    steps = first_steps(overview, request.can)
    context = {
        "overview": overview,
        "steps": steps,
        "next_step": next_step(steps),
        "next_action": None if steps else next_action(overview, request.can),
        "public_url": settings.PUBLIC_URL,
    }
    return render(request, "dashboard/home.html", context)
