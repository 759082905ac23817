"""System checks for deployment settings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, register

from config.checks import is_unencrypted, setting_error

_ADDRESSES = ("SITE_PRODUCTION_URL", "SITE_PREVIEW_URL")
#: Settings that each target requires.
_WANTED = {
    "local": (),
    "s3": ("SITES_S3_BUCKET",),
    "github_actions": ("GITHUB_REPOSITORY", "GITHUB_WORKFLOW", "GITHUB_TOKEN"),
}


@register
def check_target(app_configs: Sequence[AppConfig] | None, **options: Any) -> Iterable[CheckMessage]:
    if settings.DEPLOY_TARGET not in _WANTED:
        yield setting_error(
            7,
            f"DEPLOY_TARGET is {settings.DEPLOY_TARGET!r}.",
            "Set it to s3, github_actions or local.",
        )
    for name in _WANTED.get(settings.DEPLOY_TARGET, ()):
        if not getattr(settings, name):
            yield setting_error(
                9, f"DEPLOY_TARGET is {settings.DEPLOY_TARGET} but {name} is empty.", f"Set {name}."
            )


@register
def check_github(app_configs: Sequence[AppConfig] | None, **options: Any) -> Iterable[CheckMessage]:
    if settings.IS_PRODUCTION and is_unencrypted(settings.GITHUB_API_URL):
        yield setting_error(49, "GITHUB_API_URL is not https.", "Use an https:// address.")


@register
def check_site_addresses(
    app_configs: Sequence[AppConfig] | None, **options: Any
) -> Iterable[CheckMessage]:
    for name in _ADDRESSES:
        address = getattr(settings, name)
        if "{identifier}" not in urlsplit(address).netloc:
            yield setting_error(
                8,
                f"{name} has no {{identifier}} in its host.",
                "Use an address such as https://{identifier}.example.com.",
            )
        if settings.IS_PRODUCTION and _is_below_the_dashboard(address):
            yield setting_error(
                48,
                f"{name} is below the host of PUBLIC_URL.",
                "Serve shops from another domain: their pages are not ours.",
            )
        if settings.IS_PRODUCTION and not address.startswith("https://"):
            yield setting_error(
                15, f"{name} is not https.", "Use an address such as https://{identifier}.shop."
            )


def _is_below_the_dashboard(address: str) -> bool:
    site = (urlsplit(address).hostname or "").partition("}.")[2]
    dashboard = urlsplit(settings.PUBLIC_URL).hostname
    return site == dashboard or site.endswith(f".{dashboard}")
