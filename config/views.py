"""Answers that belong to no app: the way in, health, media, errors."""

from __future__ import annotations

import re

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe
from django.views.static import serve

from config.api.chain import is_api_path
from config.api.exceptions import error_response, internal_error, plain_error
from config.health import readiness

_MEDIA_NAME = re.compile(r"partners/[0-9a-f]{24}/(?:generated|enhanced)/[0-9a-f-]{36}\.png\Z")


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The way in."""
    return redirect("dashboard")


@require_safe
def add_slash(request: HttpRequest) -> HttpResponse:
    """For addresses that people type: APPEND_SLASH is off, lest a POST be redirected."""
    return redirect(f"{request.path}/")


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


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """For a form of an earlier sign-in, or of the company looked at before; named in settings."""
    return _error_page(
        request,
        403,
        "This form has expired",
        "Nothing was changed. Open the page again, look at what it shows, and send it from there.",
    )


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _error_page(request, 404, "Not found", "There is no page at this address.")


def too_many_requests(request: HttpRequest) -> HttpResponse:
    return _error_page(
        request,
        429,
        "Too many attempts",
        "Nothing was changed. Wait a few minutes and try again.",
    )


def server_error(request: HttpRequest) -> HttpResponse:
    if is_api_path(request.path_info):
        return error_response(internal_error(), request)
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
