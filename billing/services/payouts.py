"""Reads what gateways paid out, to be compared with what was booked."""

from __future__ import annotations

from datetime import date, timedelta

import structlog
from django.db.models.functions import Now
from django.utils import timezone

from billing.gateways import GatewayError, Payout, gateway_named, known_gateways
from billing.gst import INDIAN_TIME
from billing.models import PayoutLine, Purchase

log = structlog.get_logger(__name__)

#: Gateways pay out within a week, and a payout may be listed some days late.
_RECENT_DAYS = 7
_BATCH = 1_000


def read_payouts(*, gateway: str, day: date) -> int:
    """Store the lines that a gateway paid out on a day in India; return how many are new.

    Repeating it changes nothing. Raises `GatewayError`.
    """
    payouts = gateway_named(gateway).fetch_payouts(day)
    known = PayoutLine.objects.filter(gateway=gateway)
    before = known.count()
    PayoutLine.objects.bulk_create(
        [_line(gateway, payout) for payout in payouts], batch_size=_BATCH, ignore_conflicts=True
    )
    return known.count() - before


def read_recent_payouts() -> None:
    """Read the last days of every gateway that has ever been paid with."""
    today = timezone.now().astimezone(INDIAN_TIME).date()
    purchases = Purchase.objects.of_all().filter(paid_at__isnull=False)
    for name in known_gateways():
        if not purchases.filter(gateway=name).exists():
            continue
        try:
            for age in range(_RECENT_DAYS):
                read_payouts(gateway=name, day=today - timedelta(days=age))
        except GatewayError as error:
            log.warning("payouts not read, will retry", gateway=name, error=str(error))


def _line(gateway: str, payout: Payout) -> PayoutLine:
    return PayoutLine(
        gateway=gateway,
        kind=payout.kind,
        gateway_id=payout.id,
        payment_id=payout.payment_id,
        payout_id=payout.payout_id,
        bank_reference=payout.bank_reference,
        gross_paise=payout.gross,
        fee_paise=payout.fee,
        fee_tax_paise=payout.fee_tax,
        net_paise=payout.gross - payout.fee,
        paid_out_at=payout.at,
        read_at=Now(),
    )
