"""What gateways paid out, as they tell it, against what was booked."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from billing.gateways import GatewayError
from billing.models import PayoutLine, Purchase
from billing.reports.payouts import not_booked_rows, not_paid_out_rows, settlement_rows
from billing.reports.periods import month_of
from billing.services import read_payouts, read_recent_payouts
from billing.services.sandbox import pay, refund_payment
from tests.billing.approvals import refund_purchase
from tests.billing.fakes.razorpay import FakeRazorpay, tell
from tests.billing.purchases import buy, settle
from tests.factories import PartnerFactory

pytestmark = pytest.mark.django_db

#: Half past midnight in India, still the day before in UTC.
NIGHT = datetime(2026, 11, 10, 19, 0, tzinfo=UTC)
DAY = date(2026, 11, 11)
NOVEMBER = month_of(DAY)


@pytest.fixture
def purchase(fake: FakeRazorpay) -> Purchase:
    return buy(PartnerFactory.create(), "razorpay")


@pytest.fixture
def payment(fake: FakeRazorpay, purchase: Purchase) -> dict[str, Any]:
    made = fake.pay(purchase.reference)
    assert tell(fake.event("payment.captured", purchase.reference, made)) == 200
    return made


def test_a_payment_of_a_payout_is_compared_with_what_was_booked(
    fake: FakeRazorpay, payment: dict[str, Any]
) -> None:
    fake.settle(payment, NIGHT)
    assert read_payouts(gateway="razorpay", day=date(2026, 11, 10)) == 0
    assert read_payouts(gateway="razorpay", day=DAY) == 1
    assert read_payouts(gateway="razorpay", day=DAY) == 0

    fee, tax = 590_000 * 2 // 100 + 2_124, 2_124
    assert list(settlement_rows(NOVEMBER)) == [
        (DAY, "Razorpay", 1, 590_000, 0, fee, tax, 590_000 - fee, 590_000, 0)
    ]
    assert list(not_booked_rows(NOVEMBER)) == []


def test_what_only_the_gateway_knows_is_named(
    fake: FakeRazorpay, payment: dict[str, Any], purchase: Purchase
) -> None:
    """A payment of another amount than booked, an unknown one, and an unknown refund."""
    fake.settle({**payment, "amount": 580_000}, NIGHT)
    fake.settle({**payment, "id": "pay_unknown", "amount": 100_000}, NIGHT)
    fake.settle(fake.refund(payment["id"], 1_000), NIGHT)
    read_payouts(gateway="razorpay", day=DAY)
    rows = list(not_booked_rows(NOVEMBER))
    found = {(row[2], row[3] if isinstance(row[3], str) else row[3].text) for row in rows}
    refund = next(iter(fake.refunds.values()))["id"]
    assert found == {("Payment", payment["id"]), ("Payment", "pay_unknown"), ("Refund", refund)}
    assert sorted(row[-1] for row in rows) == [-10_000, -1_000, 100_000]
    assert next(iter(settlement_rows(NOVEMBER)))[-1] == 100_000 - 10_000 - 1_000


def test_refunds_and_lost_disputes_are_booked_by_their_lines(
    fake: FakeRazorpay, payment: dict[str, Any], purchase: Purchase
) -> None:
    refund = fake.refund(payment["id"], 90_000)
    assert tell(fake.return_event(refund)) == 200
    dispute = fake.dispute(payment["id"], 500_000)
    fake.decide(dispute, "lost")
    assert tell(fake.return_event(dispute)) == 200
    for entity in (payment, refund, dispute):
        fake.settle(entity, NIGHT)
    read_payouts(gateway="razorpay", day=DAY)
    assert list(not_booked_rows(NOVEMBER)) == []
    assert set(PayoutLine.objects.values_list("kind", flat=True)) == {
        "payment",
        "refund",
        "dispute",
    }


def test_what_goes_back_is_a_line_of_its_payment_without_a_fee(
    fake: FakeRazorpay, payment: dict[str, Any]
) -> None:
    line = fake.settle(fake.refund(payment["id"], 1_000), NIGHT)
    read_payouts(gateway="razorpay", day=DAY)

    read = PayoutLine.objects.get()
    assert (read.payment_id, read.bank_reference) == (payment["id"], line["settlement_utr"])
    assert (read.gross_paise, read.fee_paise, read.fee_tax_paise) == (-1_000, 0, 0)


def test_an_adjustment_without_a_dispute_is_of_no_payment(
    fake: FakeRazorpay, payment: dict[str, Any]
) -> None:
    fields = {"type": "adjustment", "payment_id": None, "settlement_utr": None}
    fake.settle(payment, NIGHT, **fields)
    read_payouts(gateway="razorpay", day=DAY)

    read = PayoutLine.objects.get()
    assert (read.kind, read.payment_id, read.bank_reference) == ("other", "", "")


def test_booked_money_without_a_payout_is_named(
    fake: FakeRazorpay, payment: dict[str, Any], purchase: Purchase
) -> None:
    purchase.refresh_from_db()
    assert purchase.paid_at
    period = month_of(purchase.paid_at.date())
    assert [row[3].text for row in not_paid_out_rows(period)] == [purchase.reference]
    fake.settle(payment, purchase.paid_at)
    read_recent_payouts()
    assert list(not_paid_out_rows(period)) == []


def test_a_long_day_is_read_in_pages(fake: FakeRazorpay, payment: dict[str, Any]) -> None:
    for number in range(999):
        fake.settle({**payment, "id": f"pay_{number}"}, NIGHT)
    fake.settle({**payment, "id": "pay_later"}, NIGHT, settled=False)
    fake.calls.clear()
    assert read_payouts(gateway="razorpay", day=DAY) == 999
    assert len(fake.calls) == 3


def test_a_day_without_an_end_is_an_error_after_two_hundred_pages(fake: FakeRazorpay) -> None:
    fake.endless = True
    with pytest.raises(GatewayError, match="too many lines"):
        read_payouts(gateway="razorpay", day=DAY)
    assert fake.calls == ["GET /v1/settlements/recon/combined"] * 200


@pytest.mark.parametrize(
    "fields",
    [{"entity_id": None, "settled_at": "x"}, {"credit": "many"}, {"fee": [1]}],
)
def test_a_malformed_line_is_an_error_of_the_gateway(
    fake: FakeRazorpay, payment: dict[str, Any], fields: dict[str, Any]
) -> None:
    fake.settle(payment, NIGHT, **fields)
    with pytest.raises(GatewayError):
        read_payouts(gateway="razorpay", day=DAY)
    assert not PayoutLine.objects.exists()


def test_a_gateway_without_a_payment_is_not_asked(fake: FakeRazorpay, purchase: Purchase) -> None:
    fake.calls.clear()
    read_recent_payouts()
    assert fake.calls == []


def test_the_last_seven_days_are_read(fake: FakeRazorpay, payment: dict[str, Any]) -> None:
    for age in (6, 7):
        fake.settle({**payment, "id": f"pay_{age}"}, timezone.now() - timedelta(days=age))
    read_recent_payouts()
    assert list(PayoutLine.objects.values_list("payment_id", flat=True)) == ["pay_6"]


def test_an_unavailable_gateway_is_asked_again_later(
    fake: FakeRazorpay, payment: dict[str, Any]
) -> None:
    fake.broken = 503
    read_recent_payouts()
    assert not PayoutLine.objects.exists()
    with pytest.raises(CommandError, match="Run the command again"):
        call_command("read_payouts", "razorpay", "2026-11-10", "2026-11-11")


def test_the_command_reads_past_days(fake: FakeRazorpay, payment: dict[str, Any]) -> None:
    fake.settle(payment, NIGHT)
    out = StringIO()
    call_command("read_payouts", "razorpay", "2026-11-10", "2026-11-11", stdout=out)
    assert out.getvalue() == "2026-11-10: 0 new\n2026-11-11: 1 new\n"


def test_the_sandbox_and_bank_transfers_pay_out_what_was_paid() -> None:
    partner = PartnerFactory.create()
    sandbox, transfer = pay(buy(partner)), settle(buy(partner, "manual"), "UTR1")
    refund_payment(sandbox, paise=1)
    refund_purchase(purchase=transfer, actor="test", reason="test")
    read_recent_payouts()
    assert sandbox.paid_at
    period = month_of(sandbox.paid_at.date())
    rows = {row[1]: row[2:] for row in settlement_rows(period)}
    whole = 590_000
    assert rows["Sandbox"] == (
        *(1, whole, -1, 0, 0),
        *(whole - 1, whole - 1, 0),
    )
    assert rows["Bank transfer"] == (1, whole, -whole, 0, 0, 0, 0, 0)
    assert list(not_booked_rows(period)) == list(not_paid_out_rows(period)) == []
