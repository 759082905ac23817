"""Fixtures for tests of points and money."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.models import ApiKey, Partner, User
from billing.models import LedgerDigest, LedgerEntry, Purchase
from billing.services import check_ledger, ledger_alerts
from config.chain import writing
from tests.billing.approvals import person
from tests.billing.chains import extend
from tests.billing.fakes.razorpay import KEY_ID, KEY_SECRET, WEBHOOK_SECRET, FakeRazorpay, tell
from tests.billing.issued_statements import EARLIER, LAST, THIS_MONTH, move
from tests.billing.operations import refund, start, succeed
from tests.billing.pages import DETAILS
from tests.billing.parallel import count_deadlocks
from tests.billing.purchases import bill_to, buy, settle
from tests.factories import Keys, PartnerFactory, bucket, partner_with_keys
from tests.usage_data import generate_key
from tests.users import browser_of, create_user


@pytest.fixture
def no_deadlock(live_db: None) -> Iterator[None]:
    """Check after the test that the database resolved no deadlock, and the ledger."""
    before = count_deadlocks()
    yield
    assert count_deadlocks() == before
    assert check_ledger().ok


@pytest.fixture
def fake(settings: Any) -> Iterator[FakeRazorpay]:
    """The only gateway on offer."""
    with FakeRazorpay() as server:
        settings.PAYMENT_GATEWAYS = ["razorpay"]
        settings.RAZORPAY_BASE_URL = server.base_url
        settings.RAZORPAY_KEY_ID, settings.RAZORPAY_KEY_SECRET = KEY_ID, KEY_SECRET
        settings.RAZORPAY_WEBHOOK_SECRET = WEBHOOK_SECRET
        yield server


@pytest.fixture
def payer(live_db: None) -> Keys:
    return partner_with_keys()


@pytest.fixture
def purchase(fake: FakeRazorpay, payer: Keys) -> Purchase:
    return buy(payer.partner, "razorpay")


@pytest.fixture
def payment(fake: FakeRazorpay, purchase: Purchase) -> dict[str, Any]:
    """Return the payment of a booked purchase."""
    made = fake.pay(purchase.reference)
    assert tell(fake.event("payment.captured", purchase.reference, made)) == 200
    purchase.refresh_from_db()
    assert purchase.is_paid
    return made


@pytest.fixture
def ravi(live_db: None) -> User:
    return person("ravi@shopiq.test")


@pytest.fixture
def no_delay(live_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """All clocks here are one: entries need not be a minute old."""
    monkeypatch.setattr(writing, "CLOCK_TOLERANCE", timedelta(0))


@pytest.fixture
def chained(no_delay: None, monkeypatch: pytest.MonkeyPatch) -> Keys:
    """A partner with ten ledger entries in four digests."""
    monkeypatch.setattr(writing, "_MOST", 3)
    keys = partner_with_keys()
    bucket(keys.partner, 500)
    bucket(keys.partner, 100_000)
    for end in (succeed, refund, succeed, refund):
        end(start(keys))
    extend()
    assert LedgerDigest.objects.count() >= 3
    return keys


@pytest.fixture
def no_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ledger alerts are sent at once."""
    monkeypatch.setattr(ledger_alerts, "_GRACE_SECONDS", 0.0)


@pytest.fixture
def charged(live_db: None) -> Keys:
    """A partner with two buckets, one charge and one that was refunded."""
    keys = partner_with_keys()
    bucket(keys.partner, 1_000)
    bucket(keys.partner, 100_000)
    succeed(start(keys))
    refund(start(keys))
    return keys


@pytest.fixture
def billed(live_db: None) -> Keys:
    """A purchase and a charge in the month before last, more in the last one and in this one."""
    keys = partner_with_keys(name="Nandi “₹” & Söhne")
    settle(buy(keys.partner), "pay_1")
    succeed(start(keys))
    move(LedgerEntry.objects.all(), EARLIER)
    bucket(keys.partner, 10_000)
    succeed(start(keys, mode="thinking"))
    refund(start(keys))
    move(LedgerEntry.objects.filter(created_at__gte=THIS_MONTH), LAST)
    succeed(start(keys))
    extend()
    return keys


@pytest.fixture
def customer(db: None) -> Keys:
    """A partner with points of two tiers."""
    keys = partner_with_keys()
    bucket(keys.partner, 500)
    bucket(keys.partner, 10_000, "growth")
    return keys


@pytest.fixture
def partner(db: None) -> Partner:
    return PartnerFactory.create()


@pytest.fixture
def billing_details(partner: Partner) -> Partner:
    """The partner with an address for invoices."""
    bill_to(partner, **DETAILS)
    return partner


@pytest.fixture
def owner(partner: Partner) -> Client:
    return browser_of(create_user(partner))


@pytest.fixture
def key(partner: Partner) -> ApiKey:
    return generate_key(partner, name="Storefront")


@pytest.fixture
def november() -> Iterator[None]:
    """Stop the clock at a Monday, so that each period has known days."""
    with time_machine.travel(datetime(2026, 11, 23, 16, tzinfo=UTC), tick=False):
        yield
