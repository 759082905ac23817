"""System checks for image provider and storage settings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, register

from config.checks import is_unencrypted, setting_error

#: Seconds; the documentation promises a response within two minutes.
_LONGEST_CALL = 115


@register
def check_backends(
    app_configs: Sequence[AppConfig] | None, **options: Any
) -> Iterable[CheckMessage]:
    if settings.IMAGE_PROVIDER not in ("local", "gemini", "openai"):
        yield setting_error(
            5,
            f"IMAGE_PROVIDER is {settings.IMAGE_PROVIDER!r}.",
            "Set it to gemini or openai, or to local, which runs no model.",
        )
    if settings.IMAGE_STORAGE not in ("local", "s3"):
        yield setting_error(
            6, f"IMAGE_STORAGE is {settings.IMAGE_STORAGE!r}.", "Set it to s3 or local."
        )


@register
def check_grace(app_configs: Sequence[AppConfig] | None, **options: Any) -> Iterable[CheckMessage]:
    """Reject a grace period in which a call cannot finish: each deployment would cut off some."""
    longest = min(settings.IMAGE_CALL_SECONDS, _LONGEST_CALL)
    if settings.IS_PRODUCTION and longest > settings.GRACE_SECONDS:
        yield setting_error(
            28,
            f"GRACE_SECONDS is {settings.GRACE_SECONDS:g}, but an image request may take"
            f" {settings.IMAGE_CALL_SECONDS} seconds (IMAGE_CALL_SECONDS).",
            "Unset it, or set it to 20 seconds more than IMAGE_CALL_SECONDS.",
        )


@register
def check_backends_in_production(
    app_configs: Sequence[AppConfig] | None, **options: Any
) -> Iterable[CheckMessage]:
    if not settings.IS_PRODUCTION:
        return
    if not 1 <= settings.IMAGE_CALL_SECONDS <= _LONGEST_CALL:
        yield setting_error(
            43,
            f"IMAGE_CALL_SECONDS is {settings.IMAGE_CALL_SECONDS}.",
            f"Set it to {_LONGEST_CALL} or less: callers wait for two minutes.",
        )
    for name in ("GEMINI_BASE_URL", "OPENAI_BASE_URL"):
        if is_unencrypted(getattr(settings, name)):
            yield setting_error(44, f"{name} is not https.", "Use an https:// address.")
    endpoint = settings.S3_ENDPOINT_URL or "https://"
    if not endpoint.startswith(("https://", "http://")):
        yield setting_error(
            65,
            f"S3_ENDPOINT_URL is {endpoint!r}.",
            "Use an address such as https://s3.example.com.",
        )
    if settings.IMAGE_STORAGE == "s3" and not settings.S3_PUBLIC_BASE_URL and not _has_public_url():
        yield setting_error(
            45,
            "Images in this S3_BUCKET have no public URL that works.",
            "Set S3_PUBLIC_BASE_URL: the bucket's name has a dot or its region is in China.",
        )
    if settings.IMAGE_STORAGE == "s3" and not settings.S3_BUCKET:
        yield setting_error(13, "IMAGE_STORAGE is s3 but S3_BUCKET is empty.", "Set S3_BUCKET.")
    key = {"gemini": "GEMINI_API_KEY", "openai": "OPENAI_API_KEY"}.get(settings.IMAGE_PROVIDER)
    if key and not getattr(settings, key):
        yield setting_error(14, f"{key} is empty.", f"Set {key} or choose another IMAGE_PROVIDER.")


def _has_public_url() -> bool:
    """Amazon's certificates cover no dots in bucket names; its Chinese regions have other hosts."""
    is_plain = "." not in settings.S3_BUCKET and not settings.S3_REGION.startswith("cn-")
    return is_plain or bool(settings.S3_ENDPOINT_URL)
