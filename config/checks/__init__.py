"""System checks for settings that cannot work or are unsafe in production.

They run before every command and before the web server starts. Each app checks its own settings in
its `checks.py`.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from django.core.checks import Error

_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


def setting_error(number: int, message: str, hint: str) -> Error:
    """Build error `shopiq.E<number>`; the hint says how to fix it."""
    return Error(message, hint=hint, id=f"shopiq.E{number:03d}")


def is_loopback_host(host: str | None) -> bool:
    return host in _LOOPBACK


def is_unencrypted(url: str) -> bool:
    """Whether requests to the URL of a service cross a network without TLS."""
    parts = urlsplit(url)
    return parts.scheme != "https" and not is_loopback_host(parts.hostname)
