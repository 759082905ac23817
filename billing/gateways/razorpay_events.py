"""Razorpay's signed webhook events, https://razorpay.com/docs/webhooks/."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from billing.gateways.base import Payment, Return
from billing.gateways.razorpay_entities import read_dispute, read_payment, read_refund


class InvalidEvent(ValueError):
    """The body is not a Razorpay event."""


@dataclass(frozen=True, slots=True)
class Event:
    """One event, such as `payment_link.paid`; it identifies the link by ID or by our reference."""

    kind: str
    link_id: str | None = None
    reference: str | None = None
    payment: Payment | None = None
    returned: Return | None = None

    @property
    def payment_id(self) -> str | None:
        if self.returned:
            return self.returned.payment_id
        return self.payment.id if self.payment else None


def verify_webhook(body: bytes, signature: str) -> bool:
    """Check the raw body's signature with our webhook secret: HMAC-SHA-256 in hex."""
    secret = settings.RAZORPAY_WEBHOOK_SECRET.encode()
    expected = hmac.new(secret, body, hashlib.sha256).hexdigest()
    # Without a secret, anyone could sign.
    return bool(secret) and hmac.compare_digest(expected.encode(), signature.encode())


def read_event(body: bytes) -> Event:
    """Parse a verified body; raise `InvalidEvent`."""
    try:
        document = json.loads(body)
        payload = document["payload"]
        link, payment = _entity(payload, "payment_link"), _entity(payload, "payment")
        return Event(
            kind=str(document["event"]),
            link_id=_link_id(link, payment),
            reference=link.get("reference_id") or None,
            payment=read_payment(payment) if payment else None,
            returned=_read_return(payload),
        )
    except (
        ValueError,
        ArithmeticError,
        LookupError,
        TypeError,
        AttributeError,
        RecursionError,
    ) as error:
        raise InvalidEvent("the body is no event") from error


def _entity(payload: Any, name: str) -> dict[str, Any]:
    entity = payload[name]["entity"] if name in payload else {}
    if not isinstance(entity, dict):
        raise TypeError(name)
    return entity


def _link_id(link: dict[str, Any], payment: dict[str, Any]) -> str | None:
    """Return the link's ID; payment events contain only "#" and the end of it."""
    description = str(payment.get("description") or "")
    if link:
        return str(link["id"])
    return f"plink_{description[1:]}" if description.startswith("#") else None


def _read_return(payload: Any) -> Return | None:
    if refund := _entity(payload, "refund"):
        return read_refund(refund)
    if dispute := _entity(payload, "dispute"):
        return read_dispute(dispute)
    return None
