"""Publish an earlier release of a live shop again."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext

from accounts.services.locks import lock_active_partner
from deployments.material import kept_material
from deployments.models import Deployment, DeploymentQuerySet, Website
from deployments.services.locks import DeploymentConflict, lock_website
from deployments.services.rebuilds import WebsiteNotLive
from deployments.services.redeployments import (
    Redeployment,
    deployments_of,
    live_deployment_of,
    redeploy,
)


class NoEarlierRelease(DeploymentConflict):
    def __str__(self) -> str:
        return gettext("The shop has no such earlier release.")


def roll_back_site(*, website: Website, actor: str, deployment_id: str = "") -> Deployment:
    """Publish the release before the live one, or that of a deployment, exactly as it was.

    The public contact goes back with it; the next change of the account builds the shop from the
    account again. Raises `DeploymentConflict`, `PartnerInactive`.
    """
    with transaction.atomic():
        lock_active_partner(website.partner_id)
        website = lock_website(website)
        live = live_deployment_of(website)
        if live is None:
            raise WebsiteNotLive
        release = _releases_before(live, deployment_id).first()
        material = kept_material(release) if release else None
        if release is None or material is None:
            raise NoEarlierRelease
        plan = Redeployment(live, {"public_contact": material.public_contact}, restores=release)
        return redeploy(website, plan=plan, action="deployment.rolled_back", actor=actor)


def has_earlier_release(live: Deployment) -> bool:
    """Return whether the shop could be rolled back from its live deployment."""
    return live.state == Deployment.State.LIVE and _releases_before(live, "").exists()


def _releases_before(live: Deployment, deployment_id: str) -> DeploymentQuerySet:
    """Filter releases; one that was rolled back to continues with those before it."""
    kept = deployments_of(live.website).releases().exclude(pk=live.pk)
    if deployment_id:
        return kept.filter(pk=deployment_id)
    current = live.restores or live
    return kept.filter(created_at__lt=current.created_at)
