"""Views that belong to no app: redirects, errors."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from config.api.chain import is_api_path
from config.api.exceptions import error_response, internal_error, plain_error
from config.chain.signatures import public_keys
from config.pages.errors import error_page

#: Less than a year, as recommended; the date moves on each day.
_EXPIRES = timedelta(days=180)


@require_safe
def add_slash(request: HttpRequest) -> HttpResponse:
    """Redirect addresses typed by hand; APPEND_SLASH is off so that a POST is never redirected."""
    return redirect(f"{request.path}/")


@require_safe
def signing_keys(request: HttpRequest) -> JsonResponse:
    """Publish the keys with which digests and statements can be verified, as a JSON Web Key Set."""
    return JsonResponse({"keys": public_keys()})


@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """Name the contact for reports of vulnerabilities (RFC 9116)."""
    if not settings.SECURITY_CONTACT:
        raise Http404
    expires = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + _EXPIRES
    lines = (
        f"Contact: {settings.SECURITY_CONTACT}",
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: en",
        f"Canonical: {settings.PUBLIC_URL}/.well-known/security.txt",
    )
    text = "".join(f"{line}\n" for line in lines)
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    text = gettext("We could not read what your browser sent.")
    return _error_page(request, 400, gettext("Bad request"), text)


def server_error(request: HttpRequest) -> HttpResponse:
    if is_api_path(request.path_info):
        return error_response(internal_error(), request)
    return _error_page(
        request,
        500,
        gettext("Something went wrong on our side"),
        gettext("We have logged the error. Try again in a few minutes."),
    )


def _error_page(request: HttpRequest, status: int, title: str, explanation: str) -> HttpResponse:
    """Render a page, or the envelope at API addresses."""
    if is_api_path(request.path_info):
        return plain_error(request, status, title)
    return error_page(request, status, title, explanation)
