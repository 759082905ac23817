"""System checks for sign-in settings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, register

from config.checks import setting_error


@register
def check_staff_sign_in(
    app_configs: Sequence[AppConfig] | None, **options: Any
) -> Iterable[CheckMessage]:
    if settings.IS_PRODUCTION and not settings.STAFF_REQUIRE_SECOND_FACTOR:
        yield setting_error(
            24,
            "STAFF_REQUIRE_SECOND_FACTOR is off.",
            "Unset it, so that a stolen password alone does not give access to the administration.",
        )
