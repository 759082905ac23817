"""Failed sign-ins: what counts towards a lockout, and which of them leave an entry.

An address is locked for the network of the failures, so that a stranger can't keep its owner out,
and after many failures from everywhere except for devices that know the user.
"""

from __future__ import annotations

from allauth.core import ratelimit
from django.http import HttpRequest

from accounts.clients import ClientInfo
from accounts.emails import normalize_email
from accounts.models import User
from accounts.services.security_events import record_security_event, record_unknown_sign_in
from accounts.sign_in.devices import Device

Counter = tuple[str, str]


def attempt_counters(request: HttpRequest, email: str) -> list[Counter]:
    """Return the rate limits, by action and key, that an attempt to sign in counts towards."""
    email = normalize_email(email)
    device = Device.of(request)
    user = _find_user(email) if device.versions else None
    if user is not None and device.knows(user):
        return [("login_failed_device", f"{email}|{device.id}")]
    network = ClientInfo.of(request).network
    return [("login_failed", f"{email}|{network}"), ("login_failed_address", email)]


def record_failed_sign_in(request: HttpRequest, email: str) -> None:
    """Add an entry unless there are many of this user, of unknown addresses or of their network."""
    client, user = ClientInfo.of(request), _find_user(email)
    if user is not None:
        is_inside = request.user.is_authenticated
        action = "login.reauthentication_failed" if is_inside else "login.failed"
        if ratelimit.consume(request, action="failure_entries", key=str(user.pk)):
            record_security_event(user=user, action=action, client=client)
    elif (
        ratelimit.consume(request, action="unknown_address_entry", key=normalize_email(email))
        and ratelimit.consume(request, action="unknown_address_network", key=client.network)
        and ratelimit.consume(request, action="unknown_address_entries", key="all")
    ):
        record_unknown_sign_in(email=email, client=client)


def record_lockout(request: HttpRequest, email: str) -> None:
    """Add an entry at the first refused attempt, not at each."""
    user = _find_user(email)
    if user and ratelimit.consume(request, action="lockout_entry", key=str(user.pk)):
        record_security_event(user=user, action="login.locked", client=ClientInfo.of(request))


def _find_user(email: str) -> User | None:
    return User.objects.filter(email=normalize_email(email)).first()
