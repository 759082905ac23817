"""Purchases as the product starts and books them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.db import connection
from django.utils import timezone

from accounts.models import Partner
from billing.billing_details import BillingDetails
from billing.gateways import Payment
from billing.models import Invoice, Package, PointBucket, Purchase
from billing.services import settle_purchase, start_purchase, update_details
from tests.billing.approvals import receive_transfer

BUYER = "asha@nandi.test"


def buy(partner: Partner, gateway: str = "sandbox", package: str = "pack_5000") -> Purchase:
    return start_purchase(
        partner=partner,
        package=Package.objects.get(pk=package),
        gateway=gateway,
        actor=BUYER,
    )


def buy_points(partner: Partner, points: int, gateway: str = "manual") -> Purchase:
    """A purchase of so few points (hundredths) that calls soon use them up."""
    package = Package.objects.filter(pk="pack_5000")
    package.update(points=points)
    try:
        return buy(partner, gateway)
    finally:
        package.update(points=500_000)


def settle(purchase: Purchase, payment_id: str = "pay_1", **changes: Any) -> Purchase:
    """Books the payment that is due, but for what `changes` says."""
    if purchase.gateway == "manual":
        return receive_transfer(
            purchase=purchase, reference=payment_id, amount_paise=changes.get("amount_paise")
        )
    payment = Payment(payment_id, purchase.total_paise, "INR", True, timezone.now())
    return settle_purchase(
        purchase_id=purchase.pk, payment=replace(payment, **changes), actor="test"
    )


def bill_to(partner: Partner, **details: Any) -> None:
    update_details(partner=partner, details=BillingDetails(**details), actor=BUYER)


def let_come_due(*purchases: Purchase) -> None:
    """Let the time until the next check pass, by the database's clock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE billing_purchase SET next_check_at = clock_timestamp() - interval '1 second'"
            " WHERE id = ANY(%s)",
            [[purchase.pk for purchase in purchases]],
        )


def numbers(kind: str = "invoice") -> list[int]:
    rows = Invoice.objects.filter(kind=kind).order_by("number")
    return list(rows.values_list("number", flat=True))


def balance(partner: Partner) -> int:
    return sum(bucket.remaining for bucket in PointBucket.objects.filter(partner=partner))


def state_of(purchase: Purchase) -> str:
    return Purchase.objects.values_list("state", flat=True).get(pk=purchase.pk)
