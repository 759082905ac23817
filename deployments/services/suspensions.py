"""Take the shops of a deactivated partner offline, and publish them again."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, QuerySet
from django.db.models.functions import Now

from accounts.models import Partner
from deployments.models import Deployment, Takedown, Website
from deployments.signals import work_added

_RETRY = timedelta(minutes=5)


def suspend_shops(*, partner: Partner) -> None:
    """Schedule the removal of all published files, in the transaction that deactivates the partner.

    Deployments that are not finished wait until the partner is active again.
    """
    # The lock waits for a step in progress, so that its lease is known.
    list(Deployment.objects.of(partner.pk).running().locked())
    websites = Website.objects.of(partner.pk)
    websites.update(publish_at=None)
    leased = websites.annotate(until=Max("deployments__lease_until"))
    Takedown.objects.bulk_create(
        [
            Takedown(
                identifier=website.identifier,
                partner_id=partner.pk,
                due_at=Now(),
                until=website.until,
            )
            for website in leased
        ],
        ignore_conflicts=True,
    )
    transaction.on_commit(lambda: work_added.send(Takedown))


def unsuspend_shops(*, partner: Partner) -> None:
    """Schedule publishing, in the transaction that reactivates the partner."""
    Website.objects.of(partner.pk).update(publish_at=Now())
    transaction.on_commit(lambda: work_added.send(Website))


def claim_publication() -> Deployment | None:
    """Take the next live shop to publish; it is due again in minutes in case this fails."""
    with transaction.atomic():
        website = (
            _due().order_by("publish_at").select_for_update(skip_locked=True, of=("self",)).first()
        )
        if website is None:
            return None
        Website.objects.of(website.partner_id).filter(pk=website.pk).update(
            publish_at=Now() + _RETRY
        )
    live = Deployment.objects.of(website.partner_id).select_related("website__account")
    return live.get(website=website, state=Deployment.State.LIVE)


def finish_publication(deployment: Deployment) -> None:
    Website.objects.of(deployment.partner_id).filter(pk=deployment.website_id).update(
        publish_at=None
    )


def publication_is_due() -> bool:
    return _due().exists()


def _due() -> QuerySet[Website]:
    """Filter live shops of active partners that nothing else is changing."""
    live = Deployment.objects.of(OuterRef("partner_id")).filter(
        website=OuterRef("pk"), state=Deployment.State.LIVE
    )
    update = Deployment.objects.of(OuterRef("partner_id")).running().filter(website=OuterRef("pk"))
    removal = Takedown.objects.of(OuterRef("partner_id")).filter(identifier=OuterRef("identifier"))
    due = Website.objects.of_all().filter(
        publish_at__lte=Now(), partner__is_active=True, taken_down_at=None
    )
    return due.filter(Exists(live), ~Exists(update), ~Exists(removal))
