"""Build a shop again: a failed deployment is retried, a live shop is updated; or stop a build."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext

from accounts.services.audit import record_audit
from accounts.services.locks import lock_active_partner
from deployments.models import Deployment, Website
from deployments.services.locks import DeploymentConflict, lock_website
from deployments.services.redeployments import (
    Redeployment,
    ShopChanges,
    deployments_of,
    live_deployment_of,
    redeploy,
)
from deployments.services.takedowns import schedule_removal
from deployments.services.transitions import cancel
from deployments.signals import work_added
from deployments.stored_texts import CANCELLED, CANCELLED_BY_STAFF

State, Reason = Deployment.State, Deployment.Reason


class WebsiteNotLive(DeploymentConflict):
    def __str__(self) -> str:
        return gettext("Only a live shop can be built again.")


class DeploymentEnded(DeploymentConflict):
    def __str__(self) -> str:
        return gettext("This deployment has ended.")


def retry_deployment(*, deployment: Deployment, actor: str) -> Deployment:
    """Deploy a shop again with the input of a failed deployment, and return the new one.

    Raises `DeploymentConflict` unless it is the shop's newest one, `PartnerInactive`.
    """
    with transaction.atomic():
        lock_active_partner(deployment.partner_id)
        website = lock_website(deployment.website)
        newest = deployments_of(website).order_by("-created_at", "-id").first()
        if newest is None or newest.pk != deployment.pk or newest.state != State.FAILED:
            raise DeploymentConflict(
                gettext("Only the newest deployment of a shop can be retried.")
            )
        return redeploy(
            website, plan=Redeployment(newest), action="deployment.retried", actor=actor
        )


def rebuild_site(*, website: Website, actor: str, changes: ShopChanges | None = None) -> Deployment:
    """Build a live shop again, with changes to its former input, and return the new deployment.

    Visitors see the present release until the new one replaces it at once; if the build fails,
    they keep it. Events are those of a first deployment, with `reason: "update"`.
    Raises `DeploymentConflict`, `PartnerInactive`.
    """
    with transaction.atomic():
        lock_active_partner(website.partner_id)
        website = lock_website(website)
        live = live_deployment_of(website)
        if live is None:
            raise WebsiteNotLive
        plan = Redeployment(live, changes or {})
        return redeploy(website, plan=plan, action="deployment.rebuilt", actor=actor)


def cancel_deployment(*, deployment: Deployment, actor: str, reason: str = "") -> None:
    """Fail a running deployment, whose worker notices before it publishes; staff give a reason.

    What the worker may be publishing at this moment is undone once its lease is over. Raises
    `DeploymentEnded`, `DeploymentConflict`.
    """
    with transaction.atomic():
        website = lock_website(deployment.website)
        rows = deployments_of(website).running().filter(pk=deployment.pk)
        held = rows.select_for_update(of=("self",)).select_related("endpoint", "website").first()
        if held is None:
            raise DeploymentEnded
        lease_until = held.lease_until
        error = CANCELLED_BY_STAFF % {"reason": reason} if reason else CANCELLED
        cancel(held, error=error)
        if held.reason == Reason.FIRST:
            schedule_removal(website, until=lease_until)
        elif lease_until:
            _publish_live_again(website, lease_until)
        record_audit(
            partner=website.partner,
            actor=actor,
            action="deployment.cancelled",
            target=held.id,
            shop=website.identifier,
            reason=reason,
        )
        transaction.on_commit(lambda: work_added.send(Deployment))


def _publish_live_again(website: Website, at: datetime) -> None:
    Website.objects.of(website.partner_id).filter(pk=website.pk).update(publish_at=at)
