"""The outermost middleware: counts, times and logs each request, and admits probes by address."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from ipaddress import ip_address
from time import perf_counter
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from config.metrics import count_request

_PROBES = frozenset({"/healthz", "/livez", "/readyz", "/statusz", "/metrics"})
#: Ids that may be beside the others in a line.
_IDS = ("request_id", "client_request_id")


class MonitoringMiddleware:
    """Routes are logged instead of paths, which may hold secrets, such as those of invitations.

    Probes are neither counted nor logged.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self._write = _write_line if settings.ACCESS_LOG else _ignore

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info in _PROBES:
            _admit_address(request)
            return self.get_response(request)
        started = perf_counter()
        response = self.get_response(request)
        seconds = perf_counter() - started
        match = request.resolver_match
        route = match.route if match else ""
        count_request(route=route, status=response.status_code, seconds=seconds)
        self._write(request, response, route, seconds)
        return response


def _admit_address(request: HttpRequest) -> None:
    """Have a probe that names this machine by its address ask for the public host, since
    `ALLOWED_HOSTS` has no addresses."""
    try:
        name = urlsplit(f"//{request.META.get('HTTP_HOST', '')}").hostname or ""
        if name != "localhost":
            ip_address(name)
    except ValueError:
        return
    request.META["HTTP_HOST"] = urlsplit(settings.PUBLIC_URL).netloc


def _write_line(
    request: HttpRequest, response: HttpResponseBase, route: str, seconds: float
) -> None:
    """Write without the logging library, which would take longer than the rest of the line."""
    admission: Any = getattr(request, "admission", None)
    line = {
        "event": "request",
        "timestamp": datetime.now(UTC).isoformat(),
        "method": request.method,
        "route": route,
        "status": response.status_code,
        "ms": round(seconds * 1000, 1),
    }
    line.update((name, found) for name in _IDS if (found := getattr(request, name, None)))
    if admission and admission.company_id:
        line["partner"] = admission.company_id
    sys.stderr.write(f"{json.dumps(line)}\n")


def _ignore(*_: object) -> None:
    """Write no access log."""
