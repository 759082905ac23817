"""Errors after which a member goes on in the dashboard: its navigation stays around them.

Visitors, who have none, get the ways in.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext

from accounts.permissions import RoleRequired, attach_member, sign_in_again
from config.api.chain import is_api_path
from config.api.exceptions import plain_error
from config.pages.errors import error_context, error_page


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, RoleRequired):
        title = gettext("Your role does not include this page")
        return _error(request, 403, title, str(exception))
    text = gettext("You do not have permission to open this page.")
    return _error(request, 403, gettext("Forbidden"), text)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _error(request, 404, gettext("Not found"), gettext("This page does not exist."))


def too_many_requests(request: HttpRequest) -> HttpResponse:
    text = gettext("Nothing was changed. Try again in a few minutes.")
    return _error(request, 429, gettext("Too many attempts"), text)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponseBase:
    """Handle a form loaded before a sign-in or a switch of company; named in settings."""
    if response := sign_in_again(request):
        return response
    text = gettext("Nothing was changed. Open the page again and submit the form.")
    return _error(request, 403, gettext("This form has expired"), text)


def _error(request: HttpRequest, status: int, title: str, explanation: str) -> HttpResponse:
    """Render a page, or the envelope at API addresses."""
    if is_api_path(request.path_info):
        return plain_error(request, status, title)
    in_shell = _in_shell(request, status, title, explanation)
    return in_shell or error_page(
        request, status, title, explanation, is_visitor=_is_visitor(request)
    )


def _in_shell(
    request: HttpRequest, status: int, title: str, explanation: str
) -> HttpResponse | None:
    """Keep the navigation for a member; return None for others, and if anything goes wrong."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return None
    try:
        if not attach_member(request):
            return None
        context = error_context(request, status, title, explanation)
        return render(request, "error_in_shell.html", context, status=status)
    except Exception:  # noqa: BLE001 - such as a database that is down
        return None


def _is_visitor(request: HttpRequest) -> bool:
    """Return whether nobody is signed in; False if that is unknown."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return True
    try:
        return not request.user.is_authenticated
    except Exception:  # noqa: BLE001 - such as a database that is down
        return False
