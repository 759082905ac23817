"""Razorpay's Payment Links: a hosted page per purchase, identified by our reference.

https://razorpay.com/docs/api/payments/payment-links/,
https://razorpay.com/docs/api/refunds/ (normal refunds, idempotent requests),
https://razorpay.com/docs/api/disputes/ and
https://razorpay.com/docs/api/settlements/fetch-recon/.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, ClassVar, TypeVar
from urllib.parse import urlencode

from django.conf import settings
from django.utils.translation import gettext

from billing.gateways.base import Checkout, GatewayError, Payment, Payout, Return, refund_key
from billing.gateways.razorpay_entities import (
    read_dispute,
    read_payment,
    read_payout,
    read_refund,
)
from billing.models import Purchase
from config import egress
from config.egress import EgressError, Response
from config.egress.deadline import Deadline, DeadlineExceeded

_MAX_RESPONSE_BYTES = 1024 * 1024
#: Well within the week of reconciliation: no payment can arrive after the last check.
_PAYABLE_FOR = timedelta(days=3)
#: Payments of a link that are read; it takes one, and a few more if several arrive at once.
_MOST_PAYMENTS = 20
#: Rows of a list, and pages of disputes that are read at a time.
_PAGE, _MOST_PAGES = 100, 10
#: Lines of payouts in a response, about 800 bytes each, and in a day.
_PAYOUT_PAGE, _MOST_PAYOUT_PAGES = 500, 200

Read = TypeVar("Read")


class RazorpayGateway:
    """One payment link per purchase; the reference makes a second one impossible."""

    name: ClassVar[str] = "razorpay"
    payable_for: ClassVar[timedelta | None] = _PAYABLE_FOR
    reports_returns: ClassVar[bool] = True
    is_booked_by_staff: ClassVar[bool] = False

    @property
    def label(self) -> str:
        return gettext("Card, UPI or net banking")

    @property
    def summary(self) -> str:
        return gettext("On Razorpay's payment page. Points are added at once.")

    def start(self, purchase: Purchase) -> Checkout:
        """Create the link, or return the one that an interrupted attempt created."""
        response = _send("POST", "/v1/payment_links", _link_of(purchase))
        # A 400 means a second link for the same reference, or an invalid request.
        existing = _find_link(purchase) if response.status == 400 else None
        return existing or _read(response, _read_checkout)

    def close(self, purchase: Purchase) -> None:
        if purchase.gateway_order_id:
            path = f"/v1/payment_links/{purchase.gateway_order_id}/cancel"
            _read(_send("POST", path, {}), _read_checkout)

    def fetch(self, purchase: Purchase) -> list[Payment]:
        link_id = purchase.gateway_order_id
        if link_id is None:
            # The response with the link's ID was lost; the link may exist and be paid.
            link = _find_link(purchase)
            if link is None:
                return []
            link_id = link.order_id
        attempts = _read(_send("GET", f"/v1/payment_links/{link_id}"), _read_attempts)
        # The link tells the amounts of its payments, but not what was refunded of them.
        return [
            _fetch_payment(attempt.id) if attempt.is_captured else attempt
            for attempt in attempts[-_MOST_PAYMENTS:]
        ]

    def fetch_returns(self, purchase: Purchase) -> list[Return]:
        path = f"/v1/payments/{purchase.payment_id}/refunds?count={_PAGE}"
        return _read(_send("GET", path), lambda found: [read_refund(x) for x in found["items"]])

    def fetch_disputes(self, since: datetime) -> list[Return]:
        """Razorpay lists disputes for the whole account only, newest first."""
        disputes: list[Return] = []
        for page in range(_MOST_PAGES):
            query = {"from": int(since.timestamp()), "count": _PAGE, "skip": page * _PAGE}
            response = _send("GET", f"/v1/disputes?{urlencode(query)}")
            more = _read(response, lambda found: [read_dispute(x) for x in found["items"]])
            disputes += more
            if len(more) < _PAGE:
                break
        return disputes

    def fetch_payouts(self, day: date) -> list[Payout]:
        payouts: list[Payout] = []
        for page in range(_MOST_PAYOUT_PAGES):
            query = {
                "year": day.year,
                "month": f"{day:%m}",
                "day": f"{day:%d}",
                "count": _PAYOUT_PAGE,
                "skip": page * _PAYOUT_PAGE,
            }
            response = _send("GET", f"/v1/settlements/recon/combined?{urlencode(query)}")
            lines = _read(response, lambda found: [read_payout(x) for x in found["items"]])
            payouts += [line for line in lines if line]
            if len(lines) < _PAYOUT_PAGE:
                return payouts
        raise GatewayError(f"Razorpay lists too many lines for {day}")

    def refund(self, purchase: Purchase, amount_paise: int) -> str:
        key = refund_key(purchase, amount_paise)
        receipt = key.replace(purchase.pk, purchase.reference)
        response = _send(
            "POST",
            f"/v1/payments/{purchase.payment_id}/refund",
            {"amount": amount_paise, "speed": "normal", "receipt": receipt},
            # The same for every attempt, so that Razorpay refunds once.
            {"X-Refund-Idempotency": f"refund-{key}"},
        )
        # A 400 may also mean an earlier refund, such as on Razorpay's own dashboard.
        existing = _find_refund(purchase, receipt) if response.status == 400 else None
        return existing or _read(response, lambda refund: str(refund["id"]))


def _find_refund(purchase: Purchase, receipt: str) -> str | None:
    """Return the ID of this refund, or of one of the whole payment."""
    response = _send("GET", f"/v1/payments/{purchase.payment_id}/refunds")
    return _read(
        response,
        lambda found: next(
            (
                str(refund["id"])
                for refund in found["items"]
                if refund["status"] != "failed"
                and (refund["amount"] == purchase.paid_paise or refund.get("receipt") == receipt)
            ),
            None,
        ),
    )


def _find_link(purchase: Purchase) -> Checkout | None:
    """Find the link with the purchase's reference."""
    query = urlencode({"reference_id": purchase.reference})
    return _read(
        _send("GET", f"/v1/payment_links?{query}"),
        lambda found: next(
            (
                _read_checkout(link)
                for link in found["payment_links"]
                if link["reference_id"] == purchase.reference
            ),
            None,
        ),
    )


def _link_of(purchase: Purchase) -> dict[str, Any]:
    return {
        "amount": purchase.total_paise,
        "currency": purchase.currency,
        "accept_partial": False,
        "reference_id": purchase.reference,
        "expire_by": int((purchase.created_at + _PAYABLE_FOR).timestamp()),
        "description": f"{purchase.package_name}, {purchase.points // 100} points",
        "notify": {"sms": False, "email": False},
        "reminder_enable": False,
        "notes": {"reference": purchase.reference},
        "callback_url": f"{settings.PUBLIC_URL}{purchase.get_absolute_url()}",
        "callback_method": "get",
    }


def _send(
    method: str,
    path: str,
    fields: dict[str, Any] | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    """Send one authenticated request; raise `GatewayError` without a complete response."""
    if not settings.RAZORPAY_KEY_ID:
        raise GatewayError("RAZORPAY_KEY_ID is not set")
    pair = f"{settings.RAZORPAY_KEY_ID}:{settings.RAZORPAY_KEY_SECRET}"
    try:
        response = egress.send_request(
            method,
            f"{settings.RAZORPAY_BASE_URL}{path}",
            deadline=Deadline.after(settings.RAZORPAY_TIMEOUT_SECONDS),
            headers={
                "Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}",
                "Content-Type": "application/json",
                **(headers or {}),
            },
            body=None if fields is None else json.dumps(fields).encode(),
            max_response_bytes=_MAX_RESPONSE_BYTES,
        )
    except EgressError as error:
        raise GatewayError(f"Razorpay is unreachable: {error.detail}") from error
    except DeadlineExceeded as error:
        raise GatewayError("Razorpay timed out") from error
    if response.truncated:
        raise GatewayError("Razorpay's response is too large")
    return response


def _read(response: Response, read: Callable[[Any], Read]) -> Read:
    """Parse a successful response; raise `GatewayError` for any other."""
    if response.status not in (200, 201):
        # 409 is our own request still in progress, 429 a rate limit: both can be retried.
        is_permanent = 400 <= response.status < 500 and response.status not in (409, 429)
        raise GatewayError(f"Razorpay returned {response.status}", is_permanent=is_permanent)
    try:
        return read(json.loads(response.body))
    except (ValueError, ArithmeticError, LookupError, TypeError, RecursionError) as error:
        raise GatewayError("Razorpay's response is invalid") from error


def _read_checkout(link: Any) -> Checkout:
    return Checkout(str(link["short_url"]), str(link["id"]))


def _read_attempts(link: Any) -> list[Payment]:
    return [
        read_payment({**payment, "id": payment["payment_id"], "currency": link["currency"]})
        for payment in link["payments"] or []
    ]


def _fetch_payment(payment_id: str) -> Payment:
    return _read(_send("GET", f"/v1/payments/{payment_id}"), read_payment)
