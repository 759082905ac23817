"""Receivers of other apps' signals."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from accounts.models import Account
from accounts.signals import account_deleting
from deployments.services.takedowns import schedule_takedown


@receiver(account_deleting)
def end_shop(sender: type[Account], account: Account, **_: Any) -> None:  # noqa: ARG001 - a signal passes it
    schedule_takedown(account)
