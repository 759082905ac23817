"""Finders of sites and deployments."""

from __future__ import annotations

import re
from collections.abc import Iterable

from config.admin.finders import ID, Hit, admin_address, finder, first_hits
from deployments.models import Deployment, Website

#: Alone, or as the first part of a site's host name.
_SITE = r"(?:https?://)?[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])(?:\.[a-z0-9.:-]+)?(?:/\S*)?"


@finder(kind="site", form=_SITE, permission="deployments.view_website")
def site_by_identifier(term: str) -> Iterable[Hit]:
    identifier = re.split(r"[./]", re.sub(r"^https?://", "", term.lower()))[0]
    return _sites(identifier=identifier)


@finder(kind="site", form=ID, permission="deployments.view_website")
def site_by_id(term: str) -> Iterable[Hit]:
    return _sites(pk=term.lower())


@finder(kind="deployment", form=ID, permission="deployments.view_deployment")
def deployment_by_id(term: str) -> Iterable[Hit]:
    rows = Deployment.objects.of_live().filter(pk=term.lower()).select_related("partner", "website")
    return [
        Hit(
            f"Deployment of {row.website}",
            admin_address(Deployment, row.pk),
            f"{row.get_state_display()}, {row.partner}",
        )
        for row in rows
    ]


def _sites(**wanted: object) -> list[Hit]:
    sites = Website.objects.of_live().filter(**wanted).select_related("partner")
    return first_hits(sites, lambda site: site.partner)
