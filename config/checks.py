"""System checks for settings that cannot work or are unsafe in production.

Each app checks its own settings in its `checks.py`.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Sequence
from ipaddress import ip_network
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

#: Backends that would leave sign-in links in logs or folders instead of sending them.
_NON_DELIVERING = tuple(
    f".{name}.EmailBackend" for name in ("console", "dummy", "filebased", "locmem")
)


def setting_error(number: int, message: str, hint: str) -> Error:
    """Build error `shopiq.E<number>`; the hint says how to fix it."""
    return Error(message, hint=hint, id=f"shopiq.E{number:03d}")


@register
def check_environment(
    app_configs: Sequence[AppConfig] | None, **options: Any
) -> Iterable[CheckMessage]:
    """Reject values that cannot work in any environment."""
    if settings.ENVIRONMENT not in ("development", "production"):
        yield setting_error(
            1,
            f"ENVIRONMENT is {settings.ENVIRONMENT!r}.",
            "Set it to production or development.",
        )
    if "postgresql" not in settings.DATABASES["default"].get("ENGINE", ""):
        yield setting_error(
            2,
            "DATABASE_URL is not a PostgreSQL database.",
            "Use postgres://user:password@host/name.",
        )
    yield from _check_field_keys()
    for network in settings.TRUSTED_PROXIES:
        try:
            ip_network(network, strict=False)
        except ValueError:
            yield setting_error(
                4, f"TRUSTED_PROXIES has {network!r}.", "List IP addresses or CIDR networks."
            )


@register
def check_production(
    app_configs: Sequence[AppConfig] | None, **options: Any
) -> Iterable[CheckMessage]:
    """Reject values that work but are unsafe in production."""
    if not settings.IS_PRODUCTION:
        return
    yield from _check_secrets()
    if settings.DEBUG:
        yield setting_error(
            27, "DEBUG shows settings and source code to visitors.", "Unset it. It is for bin/dev."
        )
    if settings.ALLOW_LOOPBACK_URLS:
        yield setting_error(
            10,
            "ALLOW_LOOPBACK_URLS lets partners' URLs reach this machine.",
            "Unset it. It is for development on one machine.",
        )
    if not settings.PUBLIC_URL.startswith("https://"):
        yield setting_error(
            11, "PUBLIC_URL is not https.", "Set it to the site's https:// address."
        )
    if "*" in settings.ALLOWED_HOSTS:
        yield setting_error(12, "ALLOWED_HOSTS allows every host.", "List the host names to serve.")
    if settings.EMAIL_DELIVERY_BACKEND.endswith(_NON_DELIVERING):
        yield setting_error(22, "EMAIL_URL sends no mail.", "Use smtp+tls://user:pw@host:587.")
    if "@" not in settings.DEFAULT_FROM_EMAIL:
        yield setting_error(
            23, "DEFAULT_FROM_EMAIL is not an email address.", "Set it to the sender address."
        )
    if not settings.SECURITY_CONTACT.startswith(("mailto:", "https://")):
        yield Warning(
            "SECURITY_CONTACT is not an address for reports of vulnerabilities.",
            hint="Set it to mailto:security@example.com or an https:// address.",
            id="shopiq.W060",
        )


def _check_secrets() -> Iterable[CheckMessage]:
    secrets = {
        "SECRET_KEY": settings.SECRET_KEY,
        "LOOKUP_KEY": settings.LOOKUP_KEY,
        "AUTO_LOGIN_JWT_SECRET": settings.AUTO_LOGIN_JWT_SECRET,
        **{f"FIELD_ENCRYPTION_KEYS[{n}]": k for n, k in enumerate(settings.FIELD_ENCRYPTION_KEYS)},
    }
    for name, value in secrets.items():
        if len(value) < 32:
            yield setting_error(
                20, f"{name} is shorter than 32 characters.", "Generate a random one."
            )
    values = [value.partition(":")[2] or value for value in secrets.values() if value]
    if len(set(values)) != len(values):
        yield setting_error(
            21,
            "Two secrets are the same.",
            "Generate a separate one for each, so that a leak exposes only one.",
        )


def _check_field_keys() -> Iterable[CheckMessage]:
    if not settings.FIELD_ENCRYPTION_KEYS:
        yield setting_error(
            3, "FIELD_ENCRYPTION_KEYS is empty.", "Set it to VERSION:KEY, as .env.example shows."
        )
    for entry in settings.FIELD_ENCRYPTION_KEYS:
        version, _, key = entry.partition(":")
        try:
            is_good = version.isdecimal() and len(base64.urlsafe_b64decode(key)) == 32
        except (binascii.Error, ValueError):
            is_good = False
        if not is_good:
            yield setting_error(
                3,
                "FIELD_ENCRYPTION_KEYS has an entry that is not VERSION:KEY.",
                "A key is 32 random bytes in URL-safe base64, such as 1:q83vE…=.",
            )
