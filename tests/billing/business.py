"""A random year of business, through the services that production uses."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from django.utils import timezone

from billing.models import PointBucket, Purchase
from billing.services import (
    NotRefundable,
    PointsAlreadyUsed,
    approve,
    cancel_purchase,
)
from billing.services.corrections import NotCorrectable
from billing.services.sandbox import decide_disputes, dispute, pay, refund_payment
from imaging.services import InsufficientPoints, set_provider_cost
from imaging.services.provider_costs import note_billed
from tests.billing.approvals import (
    Kind,
    ask,
    book_payment,
    person,
    receive_transfer,
    refund_purchase,
)
from tests.billing.fakes.razorpay import FakeRazorpay, tell
from tests.billing.operations import refund, start, succeed
from tests.billing.purchases import bill_to, buy
from tests.clocks import Clocks
from tests.factories import Keys, bucket, partner_with_keys

#: The first day of a financial year in India, and one day more than it has.
START = datetime(2025, 3, 31, 18, 30, tzinfo=UTC)
DAYS = 365

#: Buyers of every kind: (name, details).
BUYERS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("Nandi Retail", {"state_code": "29", "gstin": "29AAAAA0000A1ZY"}),
    ("Konkan Crafts", {"state_code": "29"}),
    ("Marathe & Sons", {"state_code": "27", "gstin": "27AAPFU0939F1ZV"}),
    ("Lotus Home", {"state_code": "07"}),
    ("Chandigarh Looms", {"state_code": "04"}),
    ("Vizag SEZ Exports", {"state_code": "27", "gstin": "27AAPFU0939F1ZV", "is_sez": True}),
    ("Kandy Ceramics", {"country": "LK"}),
    ("Port Blair Pearls", {"state_code": "35"}),
)
_PACKAGES = ("pack_5000", "pack_5000", "pack_25000", "pack_100000")


class Business:
    """Partners of every kind and what happens to them; `random` decides."""

    def __init__(self, fake: FakeRazorpay, clocks: Clocks, random: Random) -> None:
        self.fake = fake
        self.clocks = clocks
        self.random = random
        self.partners = [self._sign_up(name, details) for name, details in BUYERS]
        self.events = (
            (5, self.buy),
            (1, self.leave_proforma),
            (1, self.pay_too_much),
            (2, self.refund_part),
            (1, self.refund_whole),
            (1, self.refund_unspent),
            (2, self.correct),
            (1, self.dispute),
            (1, self.grant),
            (8, self.call),
            (1, self.set_cost),
        )

    def _sign_up(self, name: str, details: dict[str, Any]) -> Keys:
        keys = partner_with_keys(name=name)
        bill_to(keys.partner, legal_name=name, address="1 Market Road", city="Town", **details)
        return keys

    def run(self, events: int) -> None:
        """Spread so many events over the year."""
        weights = [weight for weight, _ in self.events]
        for at in sorted(self.random.uniform(0, DAYS) for _ in range(events)):
            moment = START + timedelta(days=at)
            # What happened before may have taken longer than the pause.
            self.clocks.move_to(max(moment, timezone.now()))
            self.random.choices([event for _, event in self.events], weights)[0]()
        self.clocks.move_to(max(START + timedelta(days=DAYS, hours=-1), timezone.now()))

    # What happens.

    def buy(self, gateway: str = "") -> Purchase:
        gateway = gateway or self.random.choice(("sandbox", "razorpay", "manual"))
        purchase = buy(self._anyone().partner, gateway, self.random.choice(_PACKAGES))
        self.clocks.move_by(timedelta(minutes=self.random.randrange(600)))
        if gateway == "sandbox":
            pay(purchase)
        elif gateway == "razorpay":
            payment = self.fake.pay(purchase.reference)
            self._tell(self.fake.event("payment.captured", purchase.reference, payment))
        else:
            name = f"UTR{purchase.pk}"
            receive_transfer(purchase=purchase, reference=name)
        purchase.refresh_from_db()
        assert purchase.is_paid
        return purchase

    def leave_proforma(self) -> None:
        purchase = buy(self._anyone().partner, "manual")
        if self.random.random() < 0.3:
            cancel_purchase(purchase=purchase, actor="test")

    def pay_too_much(self) -> None:
        purchase = buy(self._anyone().partner, "razorpay")
        payment = self.fake.pay(purchase.reference, amount=purchase.total_paise + 12_345)
        self._tell(self.fake.event("payment.captured", purchase.reference, payment))
        book_payment(purchase=purchase, payment_id=payment["id"], actor="test", reason="Fee on top")

    def refund_part(self) -> None:
        """Refund a part of a payment at its gateway."""
        if not (purchase := self._paid("sandbox", "razorpay")):
            return
        left = purchase.paid_paise - self._gone(purchase)
        paise = self.random.choice((left, left // 3, 1, 99_999))
        if not 0 < paise <= left:
            return
        if purchase.gateway == "sandbox":
            refund_payment(purchase, paise=paise)
        else:
            made = self.fake.refund(str(purchase.payment_id), paise)
            self._tell(self.fake.return_event(made))

    def refund_whole(self) -> None:
        if purchase := self._paid("sandbox", "razorpay", "manual"):
            try:
                refund_purchase(purchase=purchase, actor="test", reason="test")
            except (NotRefundable, PointsAlreadyUsed):
                return

    def refund_unspent(self) -> None:
        if purchase := self._paid("sandbox", "razorpay", "manual"):
            try:
                refund_purchase(purchase=purchase, actor="test", unspent=True)
            except (NotRefundable, PointsAlreadyUsed):
                return

    def correct(self) -> None:
        """Take points out of a bucket, or give spent ones back."""
        source = self.random.choice(list(PointBucket.objects.order_by("id")) or [None])
        if source is None:
            return
        points = self.random.choice((-1, 1)) * self.random.randrange(1, 500)
        approval = ask(source.partner, Kind.CORRECTION, points, bucket=source)
        with suppress(NotCorrectable):
            approve(approval=approval, approver=person("ravi@shopiq.test"))

    def dispute(self) -> None:
        if not (purchase := self._paid("sandbox", "razorpay")) or self._gone(purchase):
            return
        is_won = self.random.random() < 0.5
        if purchase.gateway == "sandbox":
            dispute(purchase)
            self.clocks.move_by(timedelta(hours=self.random.randrange(90)))
            decide_disputes(purchase, is_won=is_won)
            return
        made = self.fake.dispute(str(purchase.payment_id), purchase.paid_paise)
        self._tell(self.fake.return_event(made))
        self.clocks.move_by(timedelta(hours=self.random.randrange(90)))
        self.fake.decide(made, "won" if is_won else "lost")
        self._tell(self.fake.return_event(made))

    def grant(self) -> PointBucket:
        tier = self.random.choice(("starter", "growth", "scale"))
        return bucket(self._anyone().partner, self.random.randrange(1, 200_000), tier)

    def set_cost(self) -> None:
        """Change what the provider bills; what it bills before the first time is unknown."""
        set_provider_cost(
            action=self.random.choice(("create", "enhance")),
            mode=self.random.choice(("fast", "thinking")),
            paise=self.random.randrange(1, 2_000),
            starts_at=timezone.now(),
            actor="test",
        )

    def call(self) -> None:
        """Some calls of one partner: kept, fallen back to fast mode, or refunded."""
        keys = self._anyone()
        for _ in range(self.random.randrange(1, 9)):
            action = self.random.choice(("create", "enhance"))
            mode = self.random.choice(("fast", "thinking"))
            try:
                operation = start(keys, action, mode)
            except InsufficientPoints:
                return
            if self.random.random() < 0.2:
                refund(operation)
                if self.random.random() < 0.5:
                    note_billed(operation)
            else:
                succeed(operation, self.random.choice((mode, "fast")))

    # Helpers.

    def _anyone(self) -> Keys:
        return self.random.choice(self.partners)

    def _paid(self, *gateways: str) -> Purchase | None:
        paid = list(Purchase.objects.filter(state="paid", gateway__in=gateways).order_by("id"))
        return self.random.choice(paid) if paid else None

    def _gone(self, purchase: Purchase) -> int:
        rows = purchase.returns.exclude(state="kept")
        return sum(rows.values_list("amount_paise", flat=True))

    def _tell(self, event: bytes) -> None:
        assert tell(event) == 200
