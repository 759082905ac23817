"""The home page of the dashboard."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from accounts.models import AuditEntry
from accounts.permissions import PartnerRequest, Permission, partner_view
from accounts.views.audit import describe_entries
from accounts.views.samples import sample_without_key
from config.dashboard.onboarding import first_steps, next_step
from config.dashboard.overview import Overview, read_overview
from config.dashboard.pictures import read_pictures
from imaging.views.operations import with_image_origins

_MOST_ENTRIES = 6


@partner_view(Permission.SEE)
@with_image_origins
def home(request: PartnerRequest) -> HttpResponse:
    """Show the points, what needs the member, and what happened lately."""
    is_test = request.mode.is_test
    overview = read_overview(request.partner, is_test=is_test, can=request.can)
    steps = first_steps(overview, request.can)
    context = {
        "overview": overview,
        "is_test": is_test,
        "steps": steps,
        "next_step": next_step(steps),
        "pictures": _pictures(request, is_test=is_test),
        "entries": _entries(request, overview),
        **(sample_without_key() if steps else {}),
    }
    return render(request, "dashboard/home.html", context)


def _pictures(request: PartnerRequest, *, is_test: bool) -> list[object]:
    if not request.can(Permission.SEE_CALLS):
        return []
    return [*read_pictures(request.partner, is_test=is_test)]


def _entries(request: PartnerRequest, overview: Overview) -> list[object]:
    if not request.can(Permission.SEE_AUDIT):
        return []
    newest = AuditEntry.objects.of(request.partner.pk).order_by("-at", "-pk")[:_MOST_ENTRIES]
    return [*describe_entries(list(newest), request.partner, overview.all_keys)]
