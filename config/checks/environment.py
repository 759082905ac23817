"""Values that cannot work in any environment."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Sequence
from ipaddress import ip_network
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, register

from config.checks import setting_error


@register
def check_environment(
    app_configs: Sequence[AppConfig] | None, **options: Any
) -> Iterable[CheckMessage]:
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
    for name in ("TRUSTED_PROXIES", "METRICS_NETWORKS"):
        for network in getattr(settings, name):
            try:
                ip_network(network, strict=False)
            except ValueError:
                yield setting_error(
                    4, f"{name} has {network!r}.", "List IP addresses or CIDR networks."
                )


@register
def check_keys(app_configs: Sequence[AppConfig] | None, **options: Any) -> Iterable[CheckMessage]:
    yield from _check_keys("FIELD_ENCRYPTION_KEYS", invalid=3, repeated=50)
    yield from _check_keys("SIGNING_KEYS", invalid=61, repeated=62)


def _check_keys(name: str, *, invalid: int, repeated: int) -> Iterable[CheckMessage]:
    entries: Sequence[str] = getattr(settings, name)
    if not entries:
        yield setting_error(
            invalid, f"{name} is empty.", "Set it to VERSION:KEY, as .env.example shows."
        )
    for entry in entries:
        if not _is_key(entry):
            yield setting_error(
                invalid,
                f"{name} has an entry that is not VERSION:KEY.",
                "A key is 32 random bytes in URL-safe base64, such as 1:q83vE…=.",
            )
    versions = [entry.partition(":")[0] for entry in entries]
    if len(set(versions)) != len(versions):
        yield setting_error(
            repeated,
            f"{name} has two keys of one version.",
            "Number a new key one higher than the last; what the other was used for is lost.",
        )


def _is_key(entry: str) -> bool:
    version, _, key = entry.partition(":")
    try:
        return version.isdecimal() and len(base64.urlsafe_b64decode(key)) == 32
    except (binascii.Error, ValueError):
        return False
