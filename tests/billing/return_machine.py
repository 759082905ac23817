"""Purchases whose money comes and goes at the gateway, among charges and their refunds.

The gateway's truth and what it reported are apart: reports arrive in any order, late, or often.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from django.db import connection
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, initialize, invariant, multiple, rule

from billing.gateways import Payment, Return
from billing.models import Invoice, PaymentReturn, Purchase
from billing.services import check_ledger, record_return
from tests.billing.ledger_machine import LedgerMachine
from tests.billing.operations import refund
from tests.billing.purchases import buy_points, settle

Kind: TypeAlias = PaymentReturn.Kind
State: TypeAlias = PaymentReturn.State
_RANKS = {State.OPEN: 0, State.KEPT: 1, State.RETURNED: 2}
POINTS = st.integers(1_000, 3_000)
PARTS = st.sampled_from((1, 2, 3, 7))
STEPS = st.sampled_from(
    ("capture", "captured in part", "open", "decided", "call", "call", "fail", "keep", "buy")
)


@dataclass
class Order:
    """A purchase, its payment, and what has been reported of it so far."""

    purchase: Purchase
    payment_id: str
    reported: dict[str, Return] = field(default_factory=dict)
    bucket_id: str = ""
    due: int = 0

    def sum(self, *states: State, kinds: tuple[Kind, ...] = (Kind.REFUND, Kind.DISPUTE)) -> int:
        known = [x for x in self.reported.values() if x.state in states and x.kind in kinds]
        return sum(x.amount_paise for x in known)

    def points(self, paise: int) -> int:
        total = self.purchase.total_paise
        return self.purchase.points * min(paise, total) // total


Report = tuple[Order, Payment | Return]


class ReturnMachine(LedgerMachine):
    """Purchases that are paid, refunded and disputed at the gateway, and calls that use them."""

    # Calls are steps of the scripts below: with fewer rules, chance finds more of what they do to
    # each other.
    grant = charge = succeed = refund = succeed_in_fast_mode = None  # type: ignore[assignment]
    staff_change_a_price = lease_runs_out_and_is_swept = None  # type: ignore[assignment]
    web_process_ends = crash_while_charging = crash_while_settling = None  # type: ignore[assignment]

    orders = Bundle("orders")
    reports = Bundle("reports")

    def __init__(self) -> None:
        super().__init__()
        self.gateway: list[Order] = []
        self.numbers = itertools.count()

    @initialize(target=orders, points=POINTS)
    def begin_with(self, points: int) -> Order:  # type: ignore[override]
        """Start without grants, so that calls use what was bought."""
        return self.order(points, is_told=True)

    @rule(target=orders, points=POINTS)
    def order_unpaid(self, points: int) -> Order:
        return self.order(points, is_told=False)

    def order(self, points: int, *, is_told: bool) -> Order:
        purchase = buy_points(self.keys.partner, points, "sandbox")
        order = Order(purchase, f"pay_{purchase.pk}")
        self.gateway.append(order)
        if is_told:
            self.deliver((order, self._capture(order, 0)), 2)
        return order

    def _capture(self, order: Order, refunded: int) -> Payment:
        total = order.purchase.total_paise
        return Payment(order.payment_id, total, "INR", True, timezone.now(), refunded)

    @rule(
        target=reports,
        order=orders,
        kind=st.sampled_from(Kind),
        part=PARTS,
        decision=st.sampled_from((State.KEPT, State.RETURNED)),
        script=st.lists(STEPS, min_size=4, max_size=12),
    )
    def gateway_refunds_or_is_asked_to(
        self, order: Order, kind: Kind, part: int, decision: State, script: list[str]
    ) -> Any:
        """Reports arrive in any order among calls, and any time later again."""
        opened = Return(
            id=f"{kind}_{next(self.numbers)}",
            payment_id=order.payment_id,
            kind=kind,
            state=State.OPEN,
            amount_paise=order.purchase.total_paise // part,
            currency="INR",
            at=timezone.now(),
        )
        reported: dict[str, Payment | Return] = {
            "capture": self._capture(order, 0),
            "captured in part": self._capture(order, 1),
            "open": opened,
            "decided": replace(opened, state=decision),
        }
        for step in script:
            if step in reported:
                self.deliver((order, reported[step]), 1)
            elif step == "call":
                self._charge("create", "fast")
            elif step == "buy":
                self.order(1_500, is_told=True)
            else:
                self._end_call(is_kept=step == "keep")
        return multiple(*[(order, report) for report in reported.values()])

    def _end_call(self, *, is_kept: bool) -> None:
        for charge in self.model.reserved[-1:]:
            if is_kept:
                self._succeed(charge, charge.mode)
            else:
                assert refund(charge.operation)
                self._refunded(charge)

    @rule(report=reports, times=st.integers(1, 2))
    def deliver(self, report: Report, times: int) -> None:
        order, reported = report
        for _ in range(times):
            if isinstance(reported, Payment):
                settle(order.purchase, reported.id, refunded_paise=reported.refunded_paise)
                self._expect_capture(order, reported)
            else:
                record_return(purchase_id=order.purchase.pk, reported=reported, actor="test")
                known = order.reported.get(reported.id)
                if known is None or _RANKS[reported.state] > _RANKS[known.state]:
                    order.reported[reported.id] = reported
                self._expect_returns(order)

    def _expect_capture(self, order: Order, payment: Payment) -> None:
        gone = order.sum(State.RETURNED) + order.sum(State.OPEN, kinds=(Kind.REFUND,))
        if not order.bucket_id and not max(gone, payment.refunded_paise):
            order.purchase.refresh_from_db()
            order.bucket_id = str(order.purchase.bucket_id)
            self.model.credit(order.bucket_id, order.purchase.points)
        self._expect_returns(order)

    def _expect_returns(self, order: Order) -> None:
        if not order.bucket_id:
            return
        gone = order.sum(State.RETURNED)
        due = order.points(gone)
        self.model.take_back(order.bucket_id, due - order.due)
        order.due = due
        bucket = self.model.buckets[order.bucket_id]
        bucket.held = order.points(gone + order.sum(State.OPEN)) - due

    @invariant()
    def money_in_is_points_out(self) -> None:
        """Bought less refunded is what is left and what was used, less what is owed for."""
        bought = sum(bucket.original for bucket in self.model.buckets.values())
        returned = sum(Purchase.objects.values_list("returned_points", flat=True))
        used = sum(charge.cost - charge.refunded for charge in self.model.charges.values())
        left = sum(bucket.remaining for bucket in self.model.buckets.values())
        assert bought - returned == left + used - self.model.owed

    @invariant()
    def credit_notes_cover_what_went_back_and_no_more(self) -> None:
        for order in self.gateway:
            purchase = Purchase.objects.get(pk=order.purchase.pk)
            gone = min(order.sum(State.RETURNED), purchase.total_paise) if order.bucket_id else 0
            documents = Invoice.objects.filter(purchase=purchase)
            credited = [x.total_paise for x in documents if x.kind == Invoice.Kind.CREDIT_NOTE]
            assert sum(credited) == purchase.returned_paise == gone
            assert len(documents) - len(credited) == bool(order.bucket_id)
            is_whole = gone == purchase.total_paise
            assert (
                purchase.state
                == ("pending", "refunded" if is_whole else "paid")[bool(order.bucket_id)]
            )

    @invariant()
    def ledger_is_consistent_and_the_quote_is_what_can_be_spent(self) -> None:
        assert check_ledger().ok
        with connection.cursor() as cursor:
            partner = self.keys.partner.pk
            cursor.execute("SELECT balance FROM billing_quote(%s, 'create', 'fast')", [partner])
            assert cursor.fetchone() == (self.model.balance,)
