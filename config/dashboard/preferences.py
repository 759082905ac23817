"""Remembers the language, the colour scheme, the width of the navigation and whether single keys do
things."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from accounts.services import users
from config.pages.languages import address_in, remember_language
from config.pages.preferences import CHOICES, remember


@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Store what was chosen and return to the page."""
    response = redirect(_page_of_ours(request, request.POST.get("next", "")) or "dashboard")
    for name, values in CHOICES.items():
        if (value := request.POST.get(name)) in values:
            remember(response, name, value)
    return response


@require_safe
def choose_language(request: HttpRequest, language: str) -> HttpResponse:
    """Store the language and return to the page in it, of which some have an address in each."""
    if language not in dict(settings.LANGUAGES):
        raise Http404
    # A link of another site opens a page in the language, and changes nothing.
    if request.headers.get("Sec-Fetch-Site") != "cross-site":
        remember_language(request, language)
        if request.user.is_authenticated:
            users.choose_language(user=request.user, language=language)
    page = _page_of_ours(request, request.GET.get("next", "")) or "/"
    return redirect(address_in(language, page))


def _page_of_ours(request: HttpRequest, page: str) -> str:
    is_ours = url_has_allowed_host_and_scheme(page, allowed_hosts={request.get_host()})
    return page if is_ours and page.startswith("/") else ""
