"""Remove the files of shops, such as that of a deleted account."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now

from accounts.models import Account
from deployments.models import Deployment, Takedown, Website
from deployments.signals import work_added
from integrations.services.webhooks import cancel_stream

_RETRY = timedelta(minutes=1)


def schedule_takedown(account: Account) -> None:
    """Cancel webhooks and schedule the removal, in the transaction that deletes the account."""
    website = Website.objects.of(account.partner_id).filter(account=account).first()
    if website is None:
        return
    # The lock waits for a step in progress, so that its webhook is cancelled too.
    deployments = list(website.deployments.all().locked())
    for deployment in deployments:
        cancel_stream(partner_id=deployment.partner_id, stream=deployment.id)
    leases = [each.lease_until for each in deployments if each.lease_until]
    schedule_removal(website, until=max(leases, default=None))


def schedule_removal(website: Website, *, until: datetime | None) -> None:
    """Remove both stages of a shop, again when the lease is over that ends at `until`."""
    Takedown.objects.of(website.partner_id).update_or_create(
        identifier=website.identifier,
        partner_id=website.partner_id,
        defaults={"due_at": Now(), "until": until, "attempts": 0},
    )
    transaction.on_commit(lambda: work_added.send(Takedown))


def claim_takedown(identifier: str = "") -> Takedown | None:
    """Take the next due takedown, or that of one shop; it becomes due again in a minute in case
    this process dies."""
    with transaction.atomic():
        rows = Takedown.objects.of_all().due()
        mine = rows.filter(identifier=identifier) if identifier else rows
        takedown = mine.order_by("due_at").select_for_update(skip_locked=True).first()
        if takedown:
            Takedown.objects.of(takedown.partner_id).filter(pk=takedown.pk).update(
                due_at=Now() + _RETRY, attempts=F("attempts") + 1
            )
    return takedown


def finish_takedown(takedown: Takedown) -> None:
    """Delete the takedown, or repeat it after a lease that could still publish the site."""
    mine = Takedown.objects.of(takedown.partner_id).filter(pk=takedown.pk)
    is_over, _ = mine.filter(Q(until=None) | Q(until__lt=Now())).delete()
    if not is_over:
        mine.update(due_at=F("until"))


def work_is_due() -> bool:
    """Return whether a deployment or takedown is due."""
    return Deployment.objects.of_all().ready().exists() or Takedown.objects.of_all().due().exists()
