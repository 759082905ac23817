"""Payments in the sandbox: at once, failed, late, or not at all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Partner
from billing.gateways import gateway_named
from billing.gst import INDIAN_TIME
from billing.models import Purchase, SandboxPayment, SandboxReturn
from billing.services import reconcile_purchase
from billing.services.sandbox import (
    decide_disputes,
    dispute,
    fail,
    pay,
    pay_late,
    refund_payment,
)
from tests.billing.purchases import balance, buy, settle
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


def test_the_sandbox_reports_what_went_back_of_each_purchase_while_it_is_offered(
    partner: Partner, settings: Any
) -> None:
    sandbox, today = gateway_named("sandbox"), timezone.now().astimezone(INDIAN_TIME).date()
    refunded, other = refund_payment(pay(buy(partner)), paise=1), dispute(pay(fail(buy(partner))))

    def reported() -> list[int]:
        returned = [len(sandbox.fetch_returns(purchase)) for purchase in (refunded, other)]
        return [*returned, len(sandbox.fetch_payouts(today))]

    assert reported() == [1, 1, 3]
    settings.PAYMENT_GATEWAYS = ["manual"]
    assert reported() == [0, 0, 0]


def test_only_what_was_paid_in_the_sandbox_goes_back_there(partner: Partner) -> None:
    manual, unpaid, paid = settle(buy(partner, "manual")), buy(partner), pay(buy(partner))
    acts: list[Callable[[Purchase], object]] = [
        partial(refund_payment, paise=1),
        dispute,
        partial(decide_disputes, is_won=True),
    ]
    for act in acts:
        with pytest.raises(ValueError, match="not paid in the sandbox"):
            act(manual)
    refund_payment(unpaid, paise=1)
    refund_payment(paid, paise=0)
    assert not SandboxReturn.objects.exists()


def test_the_disputes_of_one_purchase_are_decided(partner: Partner) -> None:
    decided, other = (dispute(pay(buy(partner))) for _ in range(2))
    decide_disputes(decided, is_won=True)

    states = SandboxReturn.objects.values_list("payment__purchase", "state")
    assert dict(states) == {decided.pk: "kept", other.pk: "open"}


def test_payments_are_told_oldest_first(partner: Partner) -> None:
    purchase = fail(fail(buy(partner)))
    first, second = SandboxPayment.objects.order_by("happens_at")
    earlier = first.happens_at - timedelta(hours=1)
    SandboxPayment.objects.filter(pk=second.pk).update(happens_at=earlier)

    payments = gateway_named("sandbox").fetch(purchase)

    assert [payment.id for payment in payments] == [second.pk, first.pk]


@pytest.mark.parametrize("gateway", ["sandbox", "manual"])
def test_our_own_gateways_list_no_disputes_of_all_payments(gateway: str) -> None:
    assert gateway_named(gateway).fetch_disputes(timezone.now()) == []


def test_nothing_comes_back_of_a_bank_transfer_by_itself(partner: Partner) -> None:
    assert reconcile_purchase(purchase=settle(buy(partner, "manual"))).state == "paid"
