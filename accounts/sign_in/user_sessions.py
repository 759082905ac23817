"""allauth's list of a user's sessions, by the hashed keys of `config.pages.sessions`."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.core import context
from allauth.usersessions.models import UserSession, UserSessionManager
from django.http import HttpRequest
from django.utils import timezone

from config.pages.sessions import StoredSessionStore

_USER_AGENT_LENGTH = UserSession._meta.get_field("user_agent").max_length


def extend_allauth() -> None:
    """Run once, when all apps are ready."""
    UserSessionManager.create_from_request = record_session
    UserSession.is_current = is_current
    UserSession.end = end_session
    UserSession._session_store = open_session  # noqa: SLF001 - replaced, not called


def record_session(manager: Any, request: HttpRequest) -> None:
    if not request.session.session_key:
        request.session.save()
    manager.update_or_create(
        session_key=stored_key(request),
        defaults={
            "user": request.user,
            "ip": get_adapter().get_client_ip(request),
            "user_agent": request.headers.get("user-agent", "")[:_USER_AGENT_LENGTH],
            "last_seen_at": timezone.now(),
        },
    )


def is_current(session: Any) -> bool:
    return bool(session.session_key == stored_key(context.request))


def end_session(session: Any) -> None:
    StoredSessionStore().delete(session.session_key)
    session.delete()


def open_session(session: Any, *stored_keys: str) -> StoredSessionStore:  # noqa: ARG001 - a method
    return StoredSessionStore(*stored_keys)


def stored_key(request: HttpRequest) -> str | None:
    """Return what identifies the request's session in the database."""
    key: str | None = request.session.stored_key  # type: ignore[attr-defined]
    return key
