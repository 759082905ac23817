from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import override
from django.views.decorators.http import require_safe

from billing.pricing import read_offers
from config.documentation.contents import all_pages
from config.front.status import is_working, read_histories
from config.jobs.service_levels import DAYS


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What the platform does, for whom, and what it costs."""
    context = {
        "offers": read_offers(),
        "gst_percent": settings.GST_PERCENT,
        "public_url": settings.PUBLIC_URL,
        "support_email": settings.SUPPORT_EMAIL,
    }
    return render(request, "front/home.html", context)


@require_safe
def status(request: HttpRequest) -> HttpResponse:
    context = {
        "is_working": is_working(),
        "histories": read_histories(),
        "days": DAYS,
        "public_url": settings.PUBLIC_URL,
        "support_email": settings.SUPPORT_EMAIL,
    }
    return render(request, "front/status.html", context)


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Keep search engines away from what they cannot read anyway (RFC 9309)."""
    return render(
        request, "front/robots.txt", {"public_url": settings.PUBLIC_URL}, content_type="text/plain"
    )


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """List the pages for search engines (sitemaps.org)."""
    paths = [reverse("api-reference")]
    for language, _ in settings.LANGUAGES:
        with override(language):
            paths += [reverse("home"), *(page.path for page in all_pages().values())]
            paths.append(reverse("status"))
    addresses = [f"{settings.PUBLIC_URL}{path}" for path in paths]
    return render(
        request, "front/sitemap.xml", {"addresses": addresses}, content_type="application/xml"
    )
