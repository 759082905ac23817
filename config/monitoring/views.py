"""Probes for balancers and supervisors, and metrics for Prometheus."""

from __future__ import annotations

import secrets
from ipaddress import ip_address, ip_network
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from config.health import installation_status, readiness
from config.monitoring.echo import describe_request, is_signed
from config.monitoring.exposition import render_metrics

_CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@require_safe
def livez(request: HttpRequest) -> JsonResponse:
    """Return 200 while the process runs; needs no database. `manage.py doctor` also learns how the
    request arrived."""
    echo = describe_request(request) if is_signed(request) else {}
    return JsonResponse({"status": "ok", **echo})


@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Return 200 if this process can serve, else 503 with the failing checks."""
    return _probe_response(readiness())


@require_safe
def statusz(request: HttpRequest) -> JsonResponse:
    """Return 200 if the whole installation works, else 503 with the failing checks."""
    return _probe_response(installation_status())


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer who has `METRICS_TOKEN` or, without one, `METRICS_NETWORKS`; others get a 404."""
    if not _may_read_metrics(request):
        raise Http404
    return HttpResponse(render_metrics(), content_type=_CONTENT_TYPE)


def _probe_response(result: dict[str, Any]) -> JsonResponse:
    response = JsonResponse(result, status=200 if result["ready"] else 503)
    # A 503 during start-up is expected and must not fill the log.
    response._has_been_logged = True  # type: ignore[attr-defined]  # noqa: SLF001 - Django's mark against logging twice
    return response


def _may_read_metrics(request: HttpRequest) -> bool:
    if settings.METRICS_TOKEN:
        wanted = f"Bearer {settings.METRICS_TOKEN}"
        return secrets.compare_digest(
            request.META.get("HTTP_AUTHORIZATION", "").encode(), wanted.encode()
        )
    # The peer itself: what a proxy passes on comes from elsewhere.
    if "HTTP_X_FORWARDED_FOR" in request.META:
        return False
    try:
        peer = ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return False
    return any(peer in ip_network(network, strict=False) for network in settings.METRICS_NETWORKS)
