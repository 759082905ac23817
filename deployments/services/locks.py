"""The locks of a shop, in the order of all writers: its account, then its website."""

from __future__ import annotations

from django.utils.translation import gettext

from accounts.models import Account
from deployments.models import Website


class DeploymentConflict(Exception):
    """The state of the shop does not allow this; the message says why."""


class WebsiteTakenDown(DeploymentConflict):
    def __str__(self) -> str:
        return gettext("This shop is taken down. Restore it first.")


class DeploymentInProgress(DeploymentConflict):
    def __str__(self) -> str:
        return gettext("A deployment of this shop is running.")


def lock_website(website: Website) -> Website:
    """Return the website as it is now, with its partner, locked until the transaction ends.

    Ordering a deployment and deleting the account lock the account, too. Raises
    `DeploymentConflict` if the account was deleted.
    """
    accounts = Account.objects.of(website.partner_id).filter(pk=website.account_id)
    websites = Website.objects.of(website.partner_id).filter(pk=website.pk)
    locked = websites.select_related("partner", "account")
    is_held = accounts.select_for_update().exists()
    current = locked.select_for_update(of=("self",)).first() if is_held else None
    if current is None:
        raise DeploymentConflict(gettext("The account of this shop was deleted."))
    return current
