"""Receivers of other apps' signals."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from accounts.models import Account, Partner
from accounts.signals import (
    account_deleting,
    account_updated,
    partner_deactivated,
    partner_reactivated,
)
from deployments.models import Website
from deployments.services.domains import sync_domains
from deployments.services.suspensions import suspend_shops, unsuspend_shops
from deployments.services.takedowns import schedule_takedown
from deployments.services.updates import schedule_update


@receiver(account_deleting)
def end_shop(sender: type[Account], account: Account, **_: Any) -> None:  # noqa: ARG001 - a signal passes it
    schedule_takedown(account)


@receiver(account_updated)
def update_shop(sender: type[Account], account: Account, **_: Any) -> None:  # noqa: ARG001 - a signal passes it
    schedule_update(account=account)
    if website := Website.objects.of(account.partner_id).filter(account=account).first():
        website.account = account
        sync_domains(website=website)


@receiver(partner_deactivated)
def suspend_shops_of_partner(sender: type[Partner], partner: Partner, **_: Any) -> None:  # noqa: ARG001 - a signal passes it
    suspend_shops(partner=partner)


@receiver(partner_reactivated)
def publish_shops_of_partner(sender: type[Partner], partner: Partner, **_: Any) -> None:  # noqa: ARG001 - a signal passes it
    unsuspend_shops(partner=partner)
