"""Preview and production URLs of shops, from the patterns in the settings."""

from __future__ import annotations

from typing import Protocol

from django.conf import settings

from config.db.owned import is_sandbox

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
