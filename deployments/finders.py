"""Finders of sites and deployments."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy

from accounts.permissions import Permission
from config.pages.finders import ID, MOST, NAME, Hit, finder
from deployments.models import Deployment, DeploymentQuerySet, Website

#: A site's identifier, alone or as the first part of its address.
_SITE = r"(?:https?://)?[a-z0-9][a-z0-9-]{0,62}(?:\.[a-z0-9.:-]+)?(?:/\S*)?"


@finder(
    kind=gettext_lazy("Sites and deployments"),
    icon="deployment",
    form=ID,
    permission=Permission.SEE_CALLS,
)
def deployments_by_id(request: Any, term: str) -> Iterable[Hit]:
    return _hits(_deployments(request).filter(pk=term.lower()))


@finder(
    kind=gettext_lazy("Sites and deployments"),
    icon="deployment",
    form=_SITE,
    permission=Permission.SEE_CALLS,
)
def sites_by_identifier(request: Any, term: str) -> Iterable[Hit]:
    identifier = re.split(r"[./]", re.sub(r"^https?://", "", term.lower()))[0]
    sites = Website.objects.of_both(request.partner.pk).filter(identifier=identifier)
    newest = [_deployments(request).filter(website=site).order_by("-created_at") for site in sites]
    return [hit for rows in newest for hit in _hits(rows[:1])]


@finder(
    kind=gettext_lazy("Sites and deployments"),
    icon="deployment",
    form=NAME,
    permission=Permission.SEE_CALLS,
)
def deployments_by_brand(request: Any, term: str) -> Iterable[Hit]:
    """The last deployment of each site whose brand begins so."""
    newest: dict[str, Deployment] = {}
    rows = _deployments(request).with_brand(term)
    for row in rows.order_by("-created_at")[: MOST * MOST]:
        newest.setdefault(row.website_id, row)
    return _hits(list(newest.values())[:MOST])


def _deployments(request: Any) -> DeploymentQuerySet:
    return Deployment.objects.of_both(request.partner.pk).select_related("website")


def _hits(rows: Iterable[Deployment]) -> list[Hit]:
    return [
        Hit(
            row.brand_name,
            reverse("deployment", args=[row.pk]),
            f"{row.website.identifier}, {row.get_state_display().lower()}",
        )
        for row in rows
    ]
