"""Delete test shops a week after their first deployment."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

from django.db import transaction
from django.db.models.functions import Now

from accounts.models import Account
from deployments.models import Website
from deployments.services.locks import DeploymentConflict, lock_website
from deployments.services.takedowns import schedule_takedown

KEPT = timedelta(days=7)
#: Each is a transaction of its own; the rest is deleted an hour later.
_BATCH = 1_000


def delete_old_test_sites() -> None:
    """Take the shops down, with their deployments and undelivered events.

    The account can deploy again.
    """
    old = Website.objects.of_sandboxes().filter(created_at__lt=Now() - KEPT)
    for website in old.order_by("created_at")[:_BATCH]:
        with suppress(DeploymentConflict):  # the account was deleted in this moment
            delete_test_site(website=website)


def delete_test_site(*, website: Website) -> None:
    """Raises `DeploymentConflict` if the account was deleted."""
    with transaction.atomic():
        website = lock_website(website)
        schedule_takedown(website.account)
        mine = Account.objects.of(website.partner_id).filter(pk=website.account_id)
        mine.update(identifier=None, updated_at=Now())
        website.delete()
