"""What other apps announce and shops have to follow."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from accounts.models import Account
from accounts.signals import account_ending
from deployments.services.endings import end_shop_of


@receiver(account_ending)
def end_shop(sender: type[Account], account: Account, **_: Any) -> None:
    end_shop_of(account)
