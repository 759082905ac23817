"""The error page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from config.pages.preferences import preferences_of


def error_page(
    request: HttpRequest, status: int, title: str, explanation: str, *, is_visitor: bool = False
) -> HttpResponse:
    """Render without the request: its user and messages query a database that may be down.

    A visitor, who is not signed in, gets the ways to the sign-in page and the public ones.
    """
    context = error_context(request, status, title, explanation)
    context["is_visitor"] = is_visitor
    return HttpResponse(render_to_string("error.html", context), status=status)


def error_context(
    request: HttpRequest, status: int, title: str, explanation: str
) -> dict[str, Any]:
    return {
        "status": status,
        "title": title,
        "explanation": explanation,
        "request_id": getattr(request, "request_id", None),
        "page": request.path,
        **preferences_of(request.COOKIES),
    }
