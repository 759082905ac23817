"""Payments in the sandbox: at once, failed, late, or not at all."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import Partner
from billing.models import SandboxPayment
from billing.services import reconcile_purchase
from billing.services.sandbox import fail, pay, pay_late
from tests.billing.purchases import balance, buy
from tests.factories import Keys


@pytest.fixture
def partner(payer: Keys) -> Partner:
    return payer.partner


def test_the_sandbox_pays_at_once(partner: Partner) -> None:
    assert pay(buy(partner)).state == "paid"
    assert balance(partner) == 500_000


def test_the_sandbox_fails_and_the_same_purchase_can_still_be_paid(partner: Partner) -> None:
    purchase = fail(buy(partner))
    assert (purchase.state, purchase.is_open) == ("failed", True)

    assert pay(purchase).state == "paid"


def test_where_no_sandbox_is_offered_its_page_gives_nothing_away(
    partner: Partner, settings: Any
) -> None:
    purchase = buy(partner)
    settings.PAYMENT_GATEWAYS = ["manual"]
    with pytest.raises(ValueError, match="no sandbox"):
        pay(purchase)
    assert not SandboxPayment.objects.exists()


def test_a_late_payment_counts_for_nothing_once_the_sandbox_is_no_longer_offered(
    partner: Partner, settings: Any
) -> None:
    purchase = pay_late(buy(partner), seconds=0)
    settings.PAYMENT_GATEWAYS = ["manual"]

    assert reconcile_purchase(purchase=purchase).state == "pending"
    assert balance(partner) == 0


def test_what_is_to_be_paid_elsewhere_is_not_paid_in_the_sandbox(partner: Partner) -> None:
    with pytest.raises(ValueError, match="not paid in the sandbox"):
        pay(buy(partner, "manual"))
