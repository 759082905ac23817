"""Any mix of what can happen to points, step by step beside a model of plain Python."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
)

from imaging.services import (
    InsufficientPoints,
    Interrupted,
    Settlement,
    refund_abandoned,
    refund_expired,
)
from imaging.services.operations import INSTANCE
from tests.billing.fifo import Insufficient
from tests.billing.ledger_model import Model, ModelBucket, ModelCharge
from tests.billing.operations import (
    prices_by_tier,
    refund,
    restore_prices,
    run_out,
    set_price,
    start,
    succeed,
)
from tests.factories import bucket as add_bucket
from tests.factories import empty_database, partner_with_keys

TIERS = ("starter", "growth", "scale")
MODES = ("fast", "thinking")
ACTIONS = ("create", "enhance")
GRANTS = st.tuples(st.sampled_from(TIERS), st.integers(1, 2_500))
CALLS = st.tuples(st.sampled_from(ACTIONS), st.sampled_from(MODES))


class LedgerMachine(RuleBasedStateMachine):
    """One partner with real, committed rows; a bystander's points must never move."""

    operations = Bundle("operations")

    def __init__(self) -> None:
        super().__init__()
        empty_database()
        restore_prices()
        self.keys = partner_with_keys()
        self.bystander = add_bucket(partner_with_keys().partner, 5_000)
        self.model = Model()

    @initialize(grants=st.lists(GRANTS, min_size=2, max_size=6))
    def begin_with(self, grants: list[tuple[str, int]]) -> None:
        for tier, points in grants:
            self.grant((tier, points))

    @rule(grant=GRANTS)
    def grant(self, grant: tuple[str, int]) -> None:
        tier, points = grant
        made = add_bucket(self.keys.partner, points, tier)
        self.model.buckets[made.id] = ModelBucket(tier, points, points)

    @rule(tier=st.sampled_from(TIERS), call=CALLS, points=st.integers(1, 1_600))
    def staff_change_a_price(self, tier: str, call: tuple[str, str], points: int) -> None:
        set_price(tier, *call, points)

    @rule(target=operations, calls=st.lists(CALLS, min_size=1, max_size=4))
    def charge(self, calls: list[tuple[str, str]]) -> Any:
        started = [self._charge(action, mode) for action, mode in calls]
        return multiple(*[operation_id for operation_id in started if operation_id])

    def _charge(self, action: str, mode: str) -> str | None:
        expected = self.model.draw(prices_by_tier(action, mode))
        if isinstance(expected, Insufficient):
            self._expect_refusal(expected, action, mode)
            return None
        operation = start(self.keys, action, mode)
        assert (operation.tier, operation.cost) == (expected.tier, expected.cost)
        fast_cost = prices_by_tier(action, "fast")[expected.tier]
        self.model.reserve(ModelCharge(operation, action, mode, fast_cost, expected.lines))
        return operation.id

    def _expect_refusal(self, expected: Insufficient, action: str, mode: str) -> None:
        try:
            start(self.keys, action, mode)
        except InsufficientPoints as error:
            quote = error.quote
            reported = (quote.tier, quote.cost, quote.balance)
            assert reported == (expected.tier, expected.cost, expected.available)
        else:
            raise AssertionError("charged more than there was")

    @rule(operation_id=operations)
    def succeed(self, operation_id: str) -> None:
        charge = self.model.charges[operation_id]
        self._succeed(charge, charge.mode)

    @rule(operation_id=operations)
    def succeed_in_fast_mode(self, operation_id: str) -> None:
        """Settle a thinking call that fell back to fast mode."""
        self._succeed(self.model.charges[operation_id], "fast")

    def _succeed(self, charge: ModelCharge, ran_as: str) -> None:
        if charge.state != "reserved":
            with pytest.raises(Interrupted):
                succeed(charge.operation, ran_as)
            return
        back = max(charge.cost - charge.fast_cost, 0) if ran_as != charge.mode else 0
        finished = succeed(charge.operation, ran_as)
        self.model.end(charge, "succeeded", ran_as, back)
        assert finished == Settlement(charge.cost - back, self.model.balance)

    @rule(operation_id=operations)
    def refund(self, operation_id: str) -> None:
        """Also a second time, and after a success: then it must change nothing."""
        charge = self.model.charges[operation_id]
        assert refund(charge.operation) == (charge.state == "reserved")
        self._refunded(charge)

    @rule(operation_id=operations)
    def lease_runs_out_and_is_swept(self, operation_id: str) -> None:
        charge = self.model.charges[operation_id]
        if charge.state == "reserved":
            run_out([operation_id])
        assert refund_expired() == (charge.state == "reserved")
        self._refunded(charge)

    @precondition(lambda self: len(self.model.reserved) > 2)
    @rule()
    def web_process_ends(self) -> None:
        held = self.model.reserved
        assert refund_abandoned(INSTANCE) == len(held)
        for charge in held:
            self._refunded(charge)

    def _refunded(self, charge: ModelCharge) -> None:
        if charge.state == "reserved":
            self.model.end(charge, "refunded", charge.mode, charge.cost)

    @rule(call=CALLS)
    def crash_while_charging(self, call: tuple[str, str]) -> None:
        with transaction.atomic(), suppress(InsufficientPoints):
            start(self.keys, *call)
            transaction.set_rollback(True)

    @rule(operation_id=operations, is_success=st.booleans())
    def crash_while_settling(self, operation_id: str, is_success: bool) -> None:
        operation = self.model.charges[operation_id].operation
        with transaction.atomic(), suppress(Interrupted):
            succeed(operation) if is_success else refund(operation)
            transaction.set_rollback(True)

    @invariant()
    def buckets_are_the_models_and_the_sum_of_their_entries(self) -> None:
        expected = {
            key: (
                bucket.original,
                bucket.remaining,
                bucket.held,
                bucket.owed,
                bucket.remaining,
            )
            for key, bucket in self.model.buckets.items()
        }
        expected[self.bystander.id] = (5_000, 5_000, 0, 0, 5_000)
        assert _rows(_BUCKETS) == expected
        assert all(0 <= b.remaining <= b.original for b in self.model.buckets.values())

    @invariant()
    def charges_end_once_and_their_entries_say_how(self) -> None:
        assert _rows(_CHARGES) == {
            key: (charge.state, charge.cost, charge.refunded, charge.cost, charge.refunded)
            for key, charge in self.model.charges.items()
        }

    @invariant()
    def usage_is_net_of_refunds(self) -> None:
        assert _rows(_USAGE) == self.model.usage()


def _rows(statement: str) -> dict[str, tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return {row[0]: row[1:] for row in cursor.fetchall()}


_BUCKETS = """
    SELECT b.id, b.original, b.remaining, b.held, b.owed, sum(e.points)::int
    FROM billing_pointbucket b JOIN billing_ledgerentry e ON e.bucket_id = b.id
    GROUP BY b.id
"""
_CHARGES = """
    SELECT c.id, c.state, c.cost, c.refunded,
        -(sum(e.points) FILTER (WHERE e.kind = 'charge')),
        coalesce(sum(e.points) FILTER (WHERE e.kind = 'reversal'), 0)
    FROM billing_charge c JOIN billing_ledgerentry e ON e.operation_id = c.id
    GROUP BY c.id
"""
_USAGE = """
    SELECT action || ' ' || mode, sum(succeeded)::int, sum(failed)::int, sum(points)::int
    FROM billing_dailyusage GROUP BY action, mode
"""
