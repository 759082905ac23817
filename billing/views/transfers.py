"""What a buyer needs for a bank transfer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings

from billing.gateways import bank_details
from billing.models import Purchase
from billing.upi import USUAL_LIMIT, draw_qr, payment_link


@dataclass(frozen=True, slots=True)
class UpiPayment:
    link: str
    qr: str
    is_above_limit: bool


def read_transfer(purchase: Purchase) -> dict[str, Any]:
    """Return account, amount and, if a UPI ID is set, the payment by UPI."""
    paise = purchase.total_paise
    return {
        "bank_details": [(label, value, _in_sentence(label)) for label, value in bank_details()],
        "amount": f"{paise // 100}.{paise % 100:02d}",
        "upi": _read_upi(purchase) if settings.UPI_ID and purchase.is_open else None,
    }


def _in_sentence(label: str) -> str:
    """ "Account number" → "account number"; abbreviations stay."""
    return label if label[:2].isupper() else label[:1].lower() + label[1:]


def _read_upi(purchase: Purchase) -> UpiPayment:
    link = payment_link(
        vpa=settings.UPI_ID,
        name=settings.SELLER_NAME,
        paise=purchase.total_paise,
        note=purchase.reference,
    )
    return UpiPayment(link, draw_qr(link), purchase.total_paise > USUAL_LIMIT)
