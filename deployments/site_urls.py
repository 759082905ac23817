"""Preview and production URLs of shops, from the patterns in the settings."""

from __future__ import annotations

from django.conf import settings


def production_url(identifier: str) -> str:
    return str(settings.SITE_PRODUCTION_URL.format(identifier=identifier))


def preview_url(identifier: str) -> str:
    return str(settings.SITE_PREVIEW_URL.format(identifier=identifier))
