"""The page that an auto-login link opens."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import AutoLoginLink
from accounts.services.auto_login import InvalidLink, open_link
from deployments.models import Deployment
from deployments.site_urls import preview_url, production_url


@require_safe
@never_cache
def chat(request: HttpRequest) -> HttpResponse:
    """Where an auto-login link leads: greets the merchant and shows the state of the shop.

    One page for every token that does not open it, so that a guess learns nothing from it.
    """
    try:
        link = open_link(request.GET.get("token", ""))
    except InvalidLink:
        response = render(request, "chat/refused.html", status=403)
    else:
        response = render(request, "chat/welcome.html", _welcome(link))
    # The token stands in the address: no page that is left from here may be told of it.
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _welcome(link: AutoLoginLink) -> dict[str, Any]:
    """What the page says: an account need not have a name, a person's or a business's."""
    profile = link.account.read_profile()
    business = profile.get("businessName", "")
    person = profile.get("firstName", "") or profile.get("legalName", "")
    return {
        "name": person or business,
        "business": business,
        "shop": _shop_of(link),
        "partner": link.account.partner,
        "expires_at": link.expires_at,
    }


def _shop_of(link: AutoLoginLink) -> dict[str, str] | None:
    """The shop's newest deployment: its state and where it can be seen; None before the first."""
    deployments = Deployment.objects.filter(website__account_id=link.account_id)
    newest = deployments.select_related("website").order_by("-created_at").first()
    if newest is None:
        return None
    identifier = newest.website.identifier
    addresses = {
        Deployment.State.CREATED: preview_url(identifier),
        Deployment.State.LIVE: production_url(identifier),
    }
    return {
        "identifier": identifier,
        "state": newest.state,
        "url": addresses.get(Deployment.State(newest.state), ""),
    }
