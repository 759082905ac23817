"""The error page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string


def error_page(request: HttpRequest, status: int, title: str, explanation: str) -> HttpResponse:
    """Render without the request: its user and messages query a database that may be down."""
    context = {
        "status": status,
        "title": title,
        "explanation": explanation,
        "request_id": getattr(request, "request_id", None),
    }
    return HttpResponse(render_to_string("error.html", context), status=status)
