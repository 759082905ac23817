"""Staff take a shop down, with a reason, and restore it."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Max
from django.db.models.functions import Now

from accounts.services.audit import record_audit
from accounts.services.live_access import owners_of
from config.mail.send import send_mail
from deployments.models import Deployment, Website
from deployments.services.locks import DeploymentConflict, lock_website
from deployments.services.takedowns import schedule_removal
from deployments.signals import work_added


def take_down_site(*, website: Website, reason: str, actor: str) -> None:
    """Take both stages of a shop offline until it is restored, and email the partner's owners.

    Deployments in progress wait. Raises `DeploymentConflict` if it is taken down already.
    """
    with transaction.atomic():
        website = lock_website(website)
        if website.taken_down_at:
            raise DeploymentConflict("This shop is taken down already.")
        # The lock waits for a step in progress, so that its lease is known.
        rows = Deployment.objects.of(website.partner_id).filter(website=website)
        list(rows.running().locked())
        _save(website, taken_down_at=Now(), taken_down_by=actor, takedown_reason=reason)
        schedule_removal(website, until=rows.aggregate(until=Max("lease_until"))["until"])
        _report(website, "taken_down", reason, actor)


def restore_site(*, website: Website, reason: str, actor: str) -> None:
    """Publish a shop again that was taken down. Raises `DeploymentConflict` if it is not."""
    with transaction.atomic():
        website = lock_website(website)
        if not website.taken_down_at:
            raise DeploymentConflict("This shop is not taken down.")
        _save(
            website,
            taken_down_at=None,
            taken_down_by="",
            takedown_reason="",
            publish_at=Now(),
        )
        _report(website, "restored", reason, actor)
        transaction.on_commit(lambda: work_added.send(Website))


def _save(website: Website, **changes: object) -> None:
    Website.objects.of(website.partner_id).filter(pk=website.pk).update(**changes)


def _report(website: Website, verb: str, reason: str, actor: str) -> None:
    record_audit(
        partner=website.partner,
        actor=actor,
        action=f"shop.{verb}",
        target=website.account_id,
        shop=website.identifier,
        reason=reason,
    )
    send_mail(f"shop_{verb}", owners_of(website.partner), website=website, reason=reason)
