"""Ending a user's sessions."""

from __future__ import annotations

from allauth.usersessions.models import UserSession
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest

from accounts.models import User
from accounts.services.users import end_all_sessions
from accounts.sign_in.devices import remember_device


def end_other_sessions(request: HttpRequest, user: User) -> None:
    """End all sessions of the user but that of `request`, and forget all other devices."""
    end_all_sessions(user=user)
    if request.user != user:
        return
    update_session_auth_hash(request, user)
    UserSession.objects.create_from_request(request)
    remember_device(request, user)
