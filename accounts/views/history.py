"""The user's own sign-in history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.audit import AuditAction, describe_action
from accounts.audit_details import describe_target
from accounts.clients import ClientInfo
from accounts.models import SecurityEvent, User
from accounts.services.security_events import record_security_event
from accounts.sign_in.sessions import end_other_sessions
from config.pages.pagination import paginate

_SHOWN = timedelta(days=90)
_SORTS = {"newest": "-at"}


@dataclass(frozen=True, slots=True)
class Line:
    event: SecurityEvent
    action: AuditAction
    target: str


@require_safe
@login_required
def history(request: HttpRequest) -> HttpResponse:
    """List what happened to the user's login in the last 90 days."""
    since = timezone.now() - _SHOWN
    events = SecurityEvent.objects.filter(user=_user(request), at__gte=since)
    page = paginate(events, request.GET, sorts=_SORTS)
    lines = [
        Line(event, describe_action(event.action), describe_target(event.target, {}))
        for event in page.rows
    ]
    return render(request, "security/history.html", {"page": page, "lines": lines})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def not_me(request: HttpRequest) -> HttpResponse:
    """End all other sessions, then ask for a new password."""
    if request.method != "POST":
        return render(request, "security/not_me.html")
    user = _user(request)
    end_other_sessions(request, user)
    record_security_event(user=user, action="login.reported", client=ClientInfo.of(request))
    text = gettext("All other sessions are signed out. Now change your password.")
    messages.success(request, text)
    return redirect("account_change_password")


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
