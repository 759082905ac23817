"""Middleware for sessions, devices and pending reauthentications."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.core.exceptions import ReauthenticationRequired
from allauth.usersessions.models import UserSession
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.deprecation import MiddlewareMixin

from accounts.allauth import clear_pending_request
from accounts.devices import write_device_cookie
from accounts.user_sessions import stored_key

_EXACT_TO = timedelta(minutes=5)


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


class PendingReauthenticationMiddleware(MiddlewareMixin):
    """Keep only the form that was submitted last.

    Allauth keeps an older one when a page asks for reauthentication: a member who cancelled a
    removal, and later just opened that page, would carry it out by entering the password.
    """

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        if isinstance(exception, ReauthenticationRequired):
            clear_pending_request(request)
