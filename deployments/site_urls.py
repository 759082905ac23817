"""Preview and production URLs of shops, from the patterns in the settings."""

from __future__ import annotations

from typing import Literal, Protocol
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from config.db.owned import is_sandbox

#: First part of the paths by which a development server also serves shops on its own host.
PATH_PREFIX = "/sites/"
#: Below it are the hosts of test shops, such as `nova-abc123.test.shops.example`.
TEST_LABEL = "test"


class SiteRow(Protocol):
    """What names a site: a website, or the takedown of one."""

    identifier: str
    partner_id: str


def site_name(site: SiteRow) -> str:
    """Return the first part of the site's host, under which it is published."""
    is_test = is_sandbox(site.partner_id)
    return f"{site.identifier}.{TEST_LABEL}" if is_test else site.identifier


def production_url(site: SiteRow) -> str:
    return str(settings.SITE_PRODUCTION_URL.format(identifier=site_name(site)))


def preview_url(site: SiteRow) -> str:
    return str(settings.SITE_PREVIEW_URL.format(identifier=site_name(site)))


def shop_origins() -> list[str]:
    """Return CSP sources that match the hosts of all shops."""
    patterns = (settings.SITE_PRODUCTION_URL, settings.SITE_PREVIEW_URL)
    return sorted({_origin_of(urlsplit(pattern)) for pattern in patterns})


def _origin_of(pattern: SplitResult) -> str:
    label, _, rest = pattern.netloc.partition(".")
    host = f"*.{rest}" if "{identifier}" in label else pattern.netloc
    return f"{pattern.scheme}://{host}"


def has_path_urls() -> bool:
    """Return whether shops are also served by path: many clients don't resolve `*.localhost`.

    Only in development, since by path a shop shares the origin of the dashboard.
    """
    host = urlsplit(settings.SITE_PRODUCTION_URL).netloc.partition(":")[0]
    return bool(settings.DEPLOY_TARGET == "local" and host.endswith(".localhost"))


def path_url(site: SiteRow, stage: Literal["production", "preview"]) -> str | None:
    """Return the URL of a stage by path, None where there is none."""
    if not has_path_urls():
        return None
    tail = "preview/" if stage == "preview" else ""
    return f"{settings.PUBLIC_URL}{PATH_PREFIX}{site_name(site)}/{tail}"
