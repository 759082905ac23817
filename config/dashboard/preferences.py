"""Remembers the colour scheme, the width of the navigation, and whether single keys do things."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from config.pages.preferences import CHOICES, remember


@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Store what was chosen and return to the page."""
    page = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(page, allowed_hosts={request.get_host()})
    response = redirect(page if is_ours and page.startswith("/") else "dashboard")
    for name, values in CHOICES.items():
        if (value := request.POST.get(name)) in values:
            remember(response, name, value)
    return response
