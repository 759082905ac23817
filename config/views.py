"""Pages and answers that belong to no single app: home, dashboard, health, media, errors."""

from __future__ import annotations

import re
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db.models import F, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe
from django.views.static import serve

from accounts.models import ApiKey, Partner
from config.api.exceptions import error_answer, internal_error, plain_error
from config.api.middleware import is_api_path
from config.health import readiness
from imaging.services.statistics import PriceTable, UsageStatistics, read_usage

#: A partner may have ten active image keys; the rest of the list is history.
_MOST_KEYS = 30
_MEDIA_NAME = re.compile(r"partners/[0-9a-f]{24}/(?:generated|enhanced)/[0-9a-f-]{36}\.png\Z")


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The way in."""
    return redirect("dashboard")


@require_safe
def add_slash(request: HttpRequest) -> HttpResponse:
    """For addresses that people type: APPEND_SLASH is off, lest a POST be redirected."""
    return redirect(f"{request.path}/")


@login_required
@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    """The partner's balance, keys and a first call to paste."""
    assert request.user.is_authenticated
    partner = Partner.objects.filter(members__user=request.user).first()
    if partner is None:
        return render(request, "dashboard/no_partner.html")
    usage = read_usage(partner.id)
    context = {
        "partner": partner,
        "usage": usage,
        "calls": usage.creations + usage.enhancements,
        "cheapest": _cheapest(usage),
        "prices": _price_rows(usage.prices),
        "keys": _newest_keys(partner),
        "public_url": settings.PUBLIC_URL,
    }
    return render(request, "dashboard/home.html", context)


def _newest_keys(partner: Partner) -> QuerySet[ApiKey]:
    """Working keys before revoked ones, of which there may be many after years of rolling."""
    working_first = F("revoked_at").desc(nulls_first=True)
    return partner.api_keys.order_by(working_first, "-created_at")[:_MOST_KEYS]


def _cheapest(usage: UsageStatistics) -> int | None:
    """The least that a call costs at the tier that is charged now."""
    if not usage.buckets:
        return None
    return min(usage.prices[usage.buckets[0].tier_id].values())


def _price_rows(prices: PriceTable) -> list[dict[str, Any]]:
    """`PriceTable` turned: one row for each kind of call, one price for each tier."""
    kinds = dict.fromkeys(kind for by_kind in prices.values() for kind in by_kind)
    return [
        {
            "action": action,
            "mode": mode,
            "by_tier": {tier: by_kind.get((action, mode)) for tier, by_kind in prices.items()},
        }
        for action, mode in kinds
    ]


@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """200 where the whole installation can work, else 503; the body says what cannot."""
    result = readiness()
    response = JsonResponse(result, status=200 if result["ready"] else 503)
    # An answer and no error of ours: a start that takes a moment must not fill the log.
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response


@require_safe
def media(request: HttpRequest, name: str) -> HttpResponseBase:
    """Stored images of the local storage; their names are the only key to them."""
    if settings.IMAGE_STORAGE != "local" or not _MEDIA_NAME.match(name):
        raise Http404
    response = serve(request, name, document_root=settings.MEDIA_ROOT)
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _error_page(request, 400, "Bad request", "The browser sent something we cannot read.")


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _error_page(request, 403, "Forbidden", "Your login does not open this page.")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _error_page(request, 404, "Not found", "There is no page at this address.")


def server_error(request: HttpRequest) -> HttpResponse:
    if is_api_path(request.path_info):
        return error_answer(internal_error(), request)
    return _error_page(
        request,
        500,
        "Something went wrong on our side",
        "It is in our log. Please try again in a moment.",
    )


def _error_page(request: HttpRequest, status: int, title: str, explanation: str) -> HttpResponse:
    """Rendered without the request, whose user and messages would ask a database that may be away.

    API addresses get the envelope instead.
    """
    if is_api_path(request.path_info):
        return plain_error(request, status, title)
    context = {
        "status": status,
        "title": title,
        "explanation": explanation,
        "request_id": getattr(request, "request_id", None),
    }
    return HttpResponse(render_to_string("error.html", context), status=status)
