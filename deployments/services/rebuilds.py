"""Build a shop again: a failed deployment is retried, a live shop is updated; or stop a build."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.services.audit import record_audit
from accounts.services.locks import lock_active_partner
from deployments import events
from deployments.models import Deployment, DeploymentQuerySet, Website
from deployments.services.locks import DeploymentConflict, lock_website
from deployments.services.takedowns import schedule_removal
from deployments.services.transitions import cancel
from deployments.signals import work_added
from integrations.services.webhooks import add_event

State, Reason = Deployment.State, Deployment.Reason


def retry_deployment(*, deployment: Deployment, actor: str) -> Deployment:
    """Order a failed deployment again with the same input, and return the new one.

    Raises `DeploymentConflict` unless it is the shop's newest one, `PartnerInactive`.
    """
    with transaction.atomic():
        lock_active_partner(deployment.partner_id)
        website = lock_website(deployment.website)
        newest = _all_of(website).order_by("-created_at", "-id").first()
        if newest is None or newest.pk != deployment.pk or newest.state != State.FAILED:
            raise DeploymentConflict("Only the newest deployment of a shop can be retried.")
        return _order_again(website, newest, "deployment.retried", actor)


def rebuild_site(*, website: Website, actor: str) -> Deployment:
    """Build a live shop again with the same input, and return the new deployment.

    Visitors see the present release until the new one replaces it at once; if the build fails,
    they keep it. Events are those of a first deployment, with `reason: "update"`.
    Raises `DeploymentConflict`, `PartnerInactive`.
    """
    with transaction.atomic():
        lock_active_partner(website.partner_id)
        website = lock_website(website)
        live = _all_of(website).filter(state=State.LIVE).first()
        if live is None:
            raise DeploymentConflict("Only a live shop can be built again.")
        return _order_again(website, live, "deployment.rebuilt", actor)


def cancel_deployment(*, deployment: Deployment, reason: str, actor: str) -> None:
    """Fail a running deployment, whose worker notices before it publishes.

    What the worker may be publishing at this moment is undone once its lease is over. Raises
    `DeploymentConflict` if the deployment has ended.
    """
    with transaction.atomic():
        website = lock_website(deployment.website)
        rows = _all_of(website).running().filter(pk=deployment.pk)
        held = rows.select_for_update(of=("self",)).select_related("endpoint", "website").first()
        if held is None:
            raise DeploymentConflict("This deployment has ended.")
        lease_until = held.lease_until
        cancel(held, f"Cancelled by ShopIQ staff: {reason}")
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


def _order_again(website: Website, former: Deployment, action: str, actor: str) -> Deployment:
    _check_free(website)
    now = timezone.now()
    _forget_due_publication(website, now)
    deployment = Deployment.objects.create(
        partner_id=website.partner_id,
        website=website,
        endpoint=former.endpoint,
        brand_name=former.brand_name,
        categories=former.categories,
        logo_url=former.logo_url,
        reason=Reason.UPDATE if _is_live(website) else Reason.FIRST,
        due_at=now,
        created_at=now,
    )
    payload = events.building(website.account_id, website.identifier, now)
    add_event(
        endpoint=deployment.endpoint,
        stream=deployment.id,
        payload=events.with_reason(payload, deployment.reason),
    )
    record_audit(
        partner=website.partner,
        actor=actor,
        action=action,
        target=deployment.id,
        shop=website.identifier,
    )
    transaction.on_commit(lambda: work_added.send(Deployment))
    return deployment


def _check_free(website: Website) -> None:
    if website.taken_down_at:
        raise DeploymentConflict("This shop is taken down. Restore it first.")
    if _all_of(website).running().exists():
        raise DeploymentConflict("A deployment of this shop is running.")


def _forget_due_publication(website: Website, now: datetime) -> None:
    """The new release makes it needless; one in progress is waited for."""
    due = Website.objects.of(website.partner_id).filter(pk=website.pk, publish_at__lte=now)
    due.update(publish_at=None)


def _is_live(website: Website) -> bool:
    return _all_of(website).filter(state=State.LIVE).exists()


def _all_of(website: Website) -> DeploymentQuerySet:
    return Deployment.objects.of(website.partner_id).filter(website=website)
