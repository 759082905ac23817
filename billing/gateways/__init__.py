"""Payment gateways by name; `PAYMENT_GATEWAYS` sets which of them are offered."""

from __future__ import annotations

from django.conf import settings

from billing.gateways.base import Checkout, Gateway, GatewayError, Payment, Payout, Return
from billing.gateways.manual import ManualGateway, bank_details
from billing.gateways.razorpay import RazorpayGateway
from billing.gateways.sandbox import SandboxGateway

__all__ = [
    "Checkout",
    "Gateway",
    "GatewayError",
    "Payment",
    "Payout",
    "Return",
    "bank_details",
    "gateway_named",
    "known_gateways",
    "offered_gateways",
    "reporting_gateways",
]

_ALL: dict[str, Gateway] = {
    gateway.name: gateway for gateway in (RazorpayGateway(), ManualGateway(), SandboxGateway())
}


def gateway_named(name: str) -> Gateway:
    """Return a gateway, including one no longer offered: its purchases still need it."""
    return _ALL[name]


def offered_gateways() -> list[Gateway]:
    """Return the gateways of the setting, in its order."""
    return [_ALL[name] for name in settings.PAYMENT_GATEWAYS]


def known_gateways() -> dict[str, Gateway]:
    """Return all gateways by name, also those that are no longer offered."""
    return dict(_ALL)


def reporting_gateways() -> dict[str, Gateway]:
    """Return the gateways that report refunds and disputes, by name."""
    return {name: gateway for name, gateway in _ALL.items() if gateway.reports_returns}
