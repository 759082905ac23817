"""When and from where each session was last used, for the list of one's sessions."""

from __future__ import annotations

from datetime import timedelta

from allauth.account.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.http import HttpRequest
from django.utils import timezone
from django.utils.deprecation import MiddlewareMixin

_EXACT_TO = timedelta(minutes=5)


class SessionActivityMiddleware(MiddlewareMixin):
    """Notes the use of a session, at most once in five minutes: a row is not written per page."""

    def process_request(self, request: HttpRequest) -> None:
        if not request.user.is_authenticated:
            return
        now = timezone.now()
        stale = UserSession.objects.filter(
            session_key=request.session.session_key, last_seen_at__lt=now - _EXACT_TO
        )
        stale.update(last_seen_at=now, ip=get_adapter().get_client_ip(request))
