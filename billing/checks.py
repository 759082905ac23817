"""System checks for payment and seller settings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, register

from billing.gateways import known_gateways
from billing.gst import is_gstin
from billing.upi import is_vpa
from config.checks import is_unencrypted, setting_error


@register
def check_gateways(
    app_configs: Sequence[AppConfig] | None, **options: Any
) -> Iterable[CheckMessage]:
    known = known_gateways()
    for name in set(settings.PAYMENT_GATEWAYS).difference(known):
        yield setting_error(16, f"PAYMENT_GATEWAYS has {name!r}.", f"Use {', '.join(known)}.")
    if "razorpay" in settings.PAYMENT_GATEWAYS:
        for name in ("RAZORPAY_KEY_ID", "RAZORPAY_KEY_SECRET", "RAZORPAY_WEBHOOK_SECRET"):
            if not getattr(settings, name):
                yield setting_error(
                    17, f"{name} is empty.", f"Set {name} or remove razorpay from PAYMENT_GATEWAYS."
                )
    if not settings.PAYMENT_GATEWAYS:
        yield setting_error(
            46, "PAYMENT_GATEWAYS is empty, so points cannot be bought.", "List razorpay or manual."
        )
    if settings.IS_PRODUCTION and is_unencrypted(settings.RAZORPAY_BASE_URL):
        yield setting_error(47, "RAZORPAY_BASE_URL is not https.", "Use an https:// address.")
    if settings.IS_PRODUCTION and "sandbox" in settings.PAYMENT_GATEWAYS:
        yield setting_error(
            19,
            "PAYMENT_GATEWAYS has the sandbox, which gives points away.",
            "Remove it. It is for development only.",
        )


@register
def check_seller(app_configs: Sequence[AppConfig] | None, **options: Any) -> Iterable[CheckMessage]:
    if not is_gstin(settings.SELLER_GSTIN):
        yield setting_error(18, "SELLER_GSTIN is not valid.", "Check all 15 characters.")
    if settings.UPI_ID and not is_vpa(settings.UPI_ID):
        yield setting_error(
            50, f"UPI_ID is {settings.UPI_ID!r}.", "Use the form name@handle, or leave it empty."
        )
    if not settings.IS_PRODUCTION:
        return
    wanted = ["SELLER_NAME", "SELLER_ADDRESS"]
    if "manual" in settings.PAYMENT_GATEWAYS:
        wanted.append("BANK_DETAILS")
    for name in wanted:
        if not getattr(settings, name):
            yield setting_error(
                25, f"{name} is empty.", f"Set {name}; invoices and proformas print it."
            )
