"""The page that an auto-login link opens."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import AutoLoginLink
from accounts.services.auto_login import InvalidLink, open_link
from config.db.encryption import report_undecryptable
from deployments.site import find_site


@require_safe
@never_cache
def chat(request: HttpRequest) -> HttpResponse:
    """Greet the merchant and show the state of the shop.

    All invalid tokens get the same page, so that guessing reveals nothing.
    """
    try:
        link = open_link(request.GET.get("token", ""))
    except InvalidLink:
        response = render(request, "chat/refused.html", status=403)
    else:
        response = render(request, "chat/welcome.html", _welcome(link))
    # The URL contains the token, which must not reach other sites as a referrer.
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _welcome(link: AutoLoginLink) -> dict[str, Any]:
    """Return the page's context; an account may lack a person's or a business's name."""
    profile: dict[str, Any] = {}
    with report_undecryptable():
        profile = link.account.read_profile()
    business = profile.get("businessName", "")
    person = profile.get("firstName", "") or profile.get("legalName", "")
    return {
        "name": person or business,
        "business": business,
        "site": find_site(link.account),
        "partner": link.account.partner,
        "expires_at": link.expires_at,
    }
