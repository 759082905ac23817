"""Which URLs may receive webhooks. Pure functions."""

from __future__ import annotations

from contextlib import suppress

from django.conf import settings

from config.egress import EgressError, ParsedUrl, check_url
from config.egress.urls import is_localhost


def may_receive(url: str) -> bool:
    """Check for a public https URL; `ALLOW_LOOPBACK_URLS` also allows this machine."""
    with suppress(EgressError):
        if _is_loopback(check_url(url, allow_loopback=settings.ALLOW_LOOPBACK_URLS)):
            return True
        # Check again: the setting also lifts other limits, such as the one on ports.
        return check_url(url, allow_loopback=False).scheme == "https"
    return False


def _is_loopback(parsed: ParsedUrl) -> bool:
    if parsed.address is not None:
        return bool(parsed.address.is_loopback)
    return is_localhost(parsed.host)
