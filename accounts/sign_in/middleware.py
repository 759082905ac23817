"""Middleware for sessions, devices and pending reauthentications."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.core.exceptions import ReauthenticationRequired
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.deprecation import MiddlewareMixin
from django.utils.translation import gettext

from accounts.sign_in.devices import write_device_cookie
from accounts.sign_in.logins import clear_pending_request
from accounts.sign_in.user_sessions import stored_key

_EXACT_TO = timedelta(minutes=5)
_EXACT_TO_SECONDS = 60
_STAFF_SINCE, _STAFF_SEEN = "staff_since", "staff_seen"


class SessionActivityMiddleware(MiddlewareMixin):
    """Record when and from where a session was last used, for the list of a user's sessions.

    It writes at most once in five minutes, so most pages cost no write.
    """

    def process_request(self, request: HttpRequest) -> None:
        if not request.user.is_authenticated:
            return
        now = timezone.now()
        stale = UserSession.objects.filter(
            session_key=stored_key(request), last_seen_at__lt=now - _EXACT_TO
        )
        stale.update(last_seen_at=now, ip=get_adapter().get_client_ip(request))


class DeviceCookieMiddleware(MiddlewareMixin):
    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> Any:
        write_device_cookie(request, response)
        return response


class StaffSessionMiddleware(MiddlewareMixin):
    """End sessions of staff after `STAFF_SESSION_SECONDS`, or `STAFF_IDLE_SECONDS` without use."""

    def process_request(self, request: HttpRequest) -> HttpResponse | None:
        if not (request.user.is_authenticated and request.user.is_staff):
            return None
        now, session = int(time.time()), request.session
        since, seen = session.get(_STAFF_SINCE, now), session.get(_STAFF_SEEN, now)
        is_over = now - since > settings.STAFF_SESSION_SECONDS
        if is_over or now - seen > settings.STAFF_IDLE_SECONDS:
            logout(request)
            messages.info(request, gettext("Your session has ended. Sign in again to continue."))
            return redirect_to_login(request.get_full_path())
        if _STAFF_SINCE not in session or now - seen > _EXACT_TO_SECONDS:
            session[_STAFF_SINCE], session[_STAFF_SEEN] = since, now
        return None


class PendingReauthenticationMiddleware(MiddlewareMixin):
    """Keep only the form that was submitted last.

    Allauth keeps an older one when a page asks for reauthentication: a member who cancelled a
    removal, and later just opened that page, would carry it out by entering the password.
    """

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        if isinstance(exception, ReauthenticationRequired):
            clear_pending_request(request)
