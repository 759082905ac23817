"""Emails about purchases and points. They are sent after the deed, and never undo it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import structlog
from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse

from accounts.models import Member, Partner
from billing.gateways import bank_details
from billing.models import BillingProfile, Purchase
from billing.money import rupees
from billing.points import to_text

log = structlog.get_logger(__name__)

_IN_CHARGE = (Member.Role.OWNER, Member.Role.ADMIN)


def send_receipt(purchase: Purchase) -> None:
    """The points are there, the invoice is on the purchase's page."""
    _send(
        f"Payment received: {purchase.package_name}",
        "receipt",
        _purchase_context(purchase),
        _buyers(purchase),
    )


def send_proforma(purchase: Purchase) -> None:
    """Where to transfer what, under which reference."""
    _send(
        f"Bank transfer for {purchase.reference}",
        "proforma",
        {**_purchase_context(purchase), "bank": bank_details()},
        _buyers(purchase),
    )


def send_low_balance(profile: BillingProfile) -> None:
    """`profile` comes with its `balance`, as `BillingProfile.objects.with_balance` gives it."""
    balance, threshold = profile.balance, profile.alert_threshold or 0  # type: ignore[attr-defined]
    context = {
        "partner": profile.partner,
        "balance": to_text(balance),
        "threshold": to_text(threshold),
        "url": f"{settings.PUBLIC_URL}{reverse('points')}",
    }
    subject = f"{profile.partner.name}: {to_text(balance)} points left"
    _send(subject, "low_balance", context, [*_in_charge(profile.partner), profile.details.email])


def _purchase_context(purchase: Purchase) -> dict[str, Any]:
    return {
        "purchase": purchase,
        "points": to_text(purchase.points),
        "total": rupees(purchase.total_paise),
        "url": f"{settings.PUBLIC_URL}{purchase.get_absolute_url()}",
    }


def _buyers(purchase: Purchase) -> list[str]:
    details = BillingProfile.objects.details_of(purchase.partner_id)
    return [purchase.created_by, details.email]


def _in_charge(partner: Partner) -> Iterable[str]:
    members = Member.objects.filter(partner=partner, role__in=_IN_CHARGE, user__is_active=True)
    return members.order_by("id").values_list("user__email", flat=True)


def _send(subject: str, template: str, context: dict[str, Any], to: Iterable[str]) -> None:
    """Plain text to each address once; a mail server that is away is only noted."""
    # A command that acts for nobody has no address.
    addresses = list(dict.fromkeys(address for address in to if "@" in address))
    if not addresses:
        return
    body = render_to_string(f"emails/billing/{template}.txt", context)
    try:
        send_mail(" ".join(subject.split()), body, None, addresses)
    except OSError as error:
        log.error("email not sent", subject=subject, error=str(error))
