"""The search over everything that a partner has; htmx shows its results below the field."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from accounts.permissions import PartnerRequest, Permission, partner_view
from config.dashboard.guides import find_guides
from config.dashboard.places import find_places
from config.pages.finders import find

_LONGEST = 200


@partner_view(Permission.SEE)
def search(request: PartnerRequest) -> HttpResponse:
    """List what the term names, by kind: pages first, the documentation last."""
    term = " ".join(request.GET.get("q", "").replace("\x00", "").split())[:_LONGEST]
    found = [*find_places(request, term), *find(request, term), *find_guides(term)] if term else []
    return render(request, "dashboard/search.html", {"search_term": term, "found": found})
