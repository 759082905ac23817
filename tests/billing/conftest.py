"""Fixtures for tests of points and money."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.billing.fakes.razorpay import KEY_ID, KEY_SECRET, WEBHOOK_SECRET, FakeRazorpay


@pytest.fixture
def fake(settings: Any) -> Iterator[FakeRazorpay]:
    """The only gateway on offer."""
    with FakeRazorpay() as server:
        settings.PAYMENT_GATEWAYS = ["razorpay"]
        settings.RAZORPAY_BASE_URL = server.base_url
        settings.RAZORPAY_KEY_ID, settings.RAZORPAY_KEY_SECRET = KEY_ID, KEY_SECRET
        settings.RAZORPAY_WEBHOOK_SECRET = WEBHOOK_SECRET
        yield server
