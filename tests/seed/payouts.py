"""What gateways paid out of a year's payments, two days after each."""

from __future__ import annotations

from datetime import datetime, timedelta
from secrets import token_hex

from django.utils import timezone

from billing.models import PaymentReturn, PayoutLine, Purchase
from config.db.ids import first_id
from tests.seed.history import ago

_LATER = timedelta(days=2)


def add_payouts() -> None:
    """Leave one payment out, and add a line that belongs to no purchase."""
    paid = Purchase.objects.of_all().filter(paid_at__lt=ago(days=2), payment_id__isnull=False)
    lines = [_of_payment(each) for each in paid.order_by("paid_at")]
    returned = PaymentReturn.objects.of_all().filter(state=PaymentReturn.State.RETURNED)
    lines += [_of_return(each) for each in returned.select_related("purchase")]
    adjusted = _line("razorpay", PayoutLine.Kind.OTHER, "adj_Q3kL8xw", "", -35_400, ago(days=9))
    PayoutLine.objects.bulk_create([*lines[:-4], *lines[-3:], adjusted])


def _of_payment(purchase: Purchase) -> PayoutLine:
    at, name = purchase.paid_at, str(purchase.payment_id)
    assert at
    kind = PayoutLine.Kind.PAYMENT
    return _line(purchase.gateway, kind, name, name, purchase.paid_paise, at + _LATER)


def _of_return(row: PaymentReturn) -> PayoutLine:
    at, kind = row.closed_at or timezone.now(), PayoutLine.Kind(row.kind)
    gateway = row.purchase.gateway
    return _line(gateway, kind, row.gateway_id, row.payment_id, -row.amount_paise, at)


def _line(gateway: str, kind: str, name: str, payment: str, gross: int, at: datetime) -> PayoutLine:
    """Razorpay keeps two percent and the GST on it."""
    share = 2 if gateway == "razorpay" and kind == PayoutLine.Kind.PAYMENT else 0
    fee = gross * share // 100
    tax = fee * 18 // 100
    return PayoutLine(
        id=f"{first_id(at)}{token_hex(8)}",
        gateway=gateway,
        kind=kind,
        gateway_id=name,
        payment_id=payment,
        payout_id=f"setl_{at:%y%m%d}",
        bank_reference=f"UTIB{at:%y%m%d}0041" if gateway != "manual" else name,
        gross_paise=gross,
        fee_paise=fee + tax,
        fee_tax_paise=tax,
        net_paise=gross - fee - tax,
        paid_out_at=at,
        read_at=at,
    )
