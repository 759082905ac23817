"""Delete accounts of sandboxes that no one has used for months."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from accounts.models import Account
from accounts.signals import account_deleting

KEPT = timedelta(days=90)
#: Each is a transaction of its own; the rest is deleted an hour later.
_BATCH = 1_000


def delete_old_test_accounts() -> None:
    """Delete accounts with all that belongs to them; one with a shop is kept while it has it."""
    for account in _unused()[:_BATCH]:
        delete_test_account(account=account)


def delete_test_account(*, account: Account) -> None:
    with transaction.atomic():
        # Checked again behind the lock: it may have been changed or got a shop.
        if unused := _unused().filter(pk=account.pk).select_for_update().first():
            account_deleting.send(Account, account=unused)
            unused.delete()


def _unused() -> QuerySet[Account]:
    return Account.objects.of_sandboxes().filter(updated_at__lt=Now() - KEPT, identifier=None)
