"""Secrets that could be guessed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, register

from config.checks import setting_error

#: 32 random characters of base64 have about 25 different ones, 32 of hexadecimal about 14.
_FEWEST_DIFFERENT = 10


@register
def check_secrets(
    app_configs: Sequence[AppConfig] | None, **options: Any
) -> Iterable[CheckMessage]:
    if not settings.IS_PRODUCTION:
        return
    secrets = {
        "SECRET_KEY": settings.SECRET_KEY,
        "LOOKUP_KEY": settings.LOOKUP_KEY,
        "AUTO_LOGIN_JWT_SECRET": settings.AUTO_LOGIN_JWT_SECRET,
        **{
            f"{name}[{n}]": key.partition(":")[2] or key
            for name in ("FIELD_ENCRYPTION_KEYS", "SIGNING_KEYS", "LOOKUP_KEY_FALLBACKS")
            for n, key in enumerate(getattr(settings, name))
        },
    }
    for name, value in secrets.items():
        if len(value) < 32:
            yield setting_error(
                20, f"{name} is shorter than 32 characters.", "Generate a random one."
            )
        elif len(set(value)) < _FEWEST_DIFFERENT:
            yield setting_error(29, f"{name} repeats a few characters.", "Generate a random one.")
    values = [value for value in secrets.values() if value]
    if len(set(values)) != len(values):
        yield setting_error(
            21,
            "Two secrets are the same.",
            "Generate a separate one for each, so that a leak exposes only one.",
        )
