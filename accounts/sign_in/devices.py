"""The device cookie, which says whose sign-ins a browser has completed.

It is signed, and each user in it is bound to `User.session_version`: changes to a login, and
reports of unknown activity, forget all devices. A known device is exempt from the lockout of an
address, and its sign-ins are not mailed.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Self

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase

from accounts.models import User

_SALT = "accounts.devices"
_MAX_AGE = timedelta(days=365)
#: Users per device, the last to sign in.
_MAX_USERS = 10


@dataclass(frozen=True, slots=True)
class Device:
    """A browser; `versions` are the session versions of its users by their ids."""

    id: str
    versions: dict[str, int]

    @classmethod
    def of(cls, request: HttpRequest) -> Self:
        """Return the device of the cookie, or of a sign-in during this request."""
        pending: Self | None = getattr(request, "device", None)
        return pending or cls._read(request.COOKIES.get(settings.DEVICE_COOKIE_NAME, ""))

    @classmethod
    def _read(cls, cookie: str) -> Self:
        try:
            known: Any = signing.loads(cookie, salt=_SALT, max_age=_MAX_AGE)
            return cls(known["id"], known["users"])
        except signing.BadSignature:
            return cls(secrets.token_urlsafe(12), {})

    def knows(self, user: User) -> bool:
        return self.versions.get(str(user.pk)) == user.session_version


def remember_device(request: HttpRequest, user: User) -> None:
    """Let the response to `request` say that the user has signed in from this browser."""
    device, key = Device.of(request), str(user.pk)
    others = {name: version for name, version in device.versions.items() if name != key}
    latest = list(others.items())[-(_MAX_USERS - 1) :]
    request.device = Device(device.id, {**dict(latest), key: user.session_version})  # type: ignore[attr-defined]


def write_device_cookie(request: HttpRequest, response: HttpResponseBase) -> None:
    """Set the cookie if a user has signed in during the request."""
    device: Device | None = getattr(request, "device", None)
    if device is None:
        return
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        signing.dumps({"id": device.id, "users": device.versions}, salt=_SALT),
        max_age=_MAX_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
