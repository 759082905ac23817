"""A staff member's read-only look at a partner's dashboard.

A cookie of its own names the `PartnerViewing`, so that the session of the staff member stays as it
is. The row decides whose look it is and until when; permission and second factor are checked for
each page.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
from django.conf import settings
from django.db import InternalError, connection, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.deprecation import MiddlewareMixin
from django.utils.translation import gettext

from accounts.models import Member, PartnerViewing
from accounts.services.viewings import DURATION, ViewingRefused, check_may_view, record_page
from config.db.encryption import disable_decryption
from config.db.ids import is_id
from config.pages.errors import error_page

_COOKIE, _PATH = "partner_viewing", "/dashboard/"
#: What is encrypted and yet the partner's own: billing details and who bought. The session is the
#: staff member's.
_OPEN_COLUMNS = frozenset(
    {
        "billing_billingprofile.encrypted_details",
        "billing_invoice.encrypted_buyer",
        "django_session.session_data",
    }
)


def set_viewing_cookie(response: HttpResponseBase, viewing: PartnerViewing) -> None:
    response.set_cookie(
        _COOKIE,
        viewing.pk,
        # Longer than the look, so that its end is noticed and not the staff member's own dashboard
        # shown in its place.
        max_age=DURATION * 48,
        path=_PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )


def delete_viewing_cookie(response: HttpResponseBase) -> None:
    response.delete_cookie(_COOKIE, path=_PATH, samesite="Strict")


def find_viewing(request: HttpRequest) -> PartnerViewing | None:
    """Return the look that the request's cookie names if it is this user's, ended or not."""
    viewing_id = request.COOKIES.get(_COOKIE, "")
    if not (is_id(viewing_id) and request.user.is_authenticated):
        return None
    rows = PartnerViewing.objects.of_all().select_related("partner", "staff")
    return rows.filter(pk=viewing_id, staff=request.user).first()


def viewing_of(request: HttpRequest) -> PartnerViewing | None:
    """Return the look that the middleware has admitted."""
    return getattr(request, "viewing", None)


def viewing_member(viewing: PartnerViewing) -> Member:
    """Return what stands for a member: it is not stored, so that no service takes it for one."""
    return Member(partner=viewing.partner, user=viewing.staff, role=Member.Role.OWNER)


class PartnerViewingMiddleware(MiddlewareMixin):
    """Serve pages of the viewed partner's dashboard: read-only, masked and recorded."""

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        if _COOKIE not in request.COOKIES or not request.path_info.startswith(_PATH):
            return None
        viewing = find_viewing(request)
        if viewing is None:
            return None
        if problem := _problem(viewing):
            return _ended(request, viewing, problem)
        if response := _refuse(request, view):
            return response
        record_page(viewing=viewing, path=request.path, query=request.META["QUERY_STRING"])
        request.viewing = viewing  # type: ignore[attr-defined]
        return _show(request, view, args, kwargs)


def _problem(viewing: PartnerViewing) -> str:
    if not viewing.is_open:
        return gettext("The 30 minutes are over, or the look was ended.")
    try:
        check_may_view(viewing.staff)
    except ViewingRefused as error:
        return str(error)
    return ""


def _refuse(request: HttpRequest, view: Any) -> HttpResponse | None:
    if request.method not in ("GET", "HEAD"):
        text = gettext("You are looking at this dashboard read-only. Nothing was changed.")
        return _forbid(request, text)
    if not hasattr(view, "permission"):
        text = gettext("This page belongs to a login, not to a partner. Nothing was changed.")
        return _forbid(request, text)
    if getattr(view, "is_limited_export", False):
        return _forbid_file(request)
    return None


def _show(request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase:
    """Have the database refuse every change, and decrypt nothing that is not the partner's own."""
    try:
        with transaction.atomic(), disable_decryption(except_for=_OPEN_COLUMNS):
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION READ ONLY")
            response: HttpResponseBase = view(request, *args, **kwargs)
    except InternalError as error:
        if isinstance(error.__cause__, psycopg.errors.ReadOnlySqlTransaction):
            text = gettext("This page would change something. Nothing was changed.")
            return _forbid(request, text)
        raise
    if response.streaming:  # would be read after this, when decryption is enabled again
        response.close()
        return _forbid_file(request)
    return response


def _forbid_file(request: HttpRequest) -> HttpResponse:
    text = gettext("Files can't be downloaded while you look at a dashboard. Nothing was changed.")
    return _forbid(request, text)


def _forbid(request: HttpRequest, text: str) -> HttpResponse:
    return error_page(request, 403, gettext("Read-only"), text)


def _ended(request: HttpRequest, viewing: PartnerViewing, problem: str) -> HttpResponse:
    context = {"viewing": viewing, "problem": problem}
    response = render(request, "viewing_ended.html", context, status=403)
    delete_viewing_cookie(response)
    return response
