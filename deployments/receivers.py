"""What other apps announce and shops have to follow."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from accounts.models import Account
from accounts.signals import account_deleting
from deployments.services.takedowns import end_shop_of


@receiver(account_deleting)
def end_shop(sender: type[Account], account: Account, **_: Any) -> None:  # noqa: ARG001 - a signal passes it
    end_shop_of(account)
