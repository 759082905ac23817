"""Whatever is called, refunded or overtaken by midnight, a key spends what a model says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from billing.models import Charge
from imaging.services import Operation, SpendLimitReached
from tests.billing.operations import refund, start, succeed
from tests.billing.spending import FAST, MODES, THINKING, limit, spent_of
from tests.clocks import Clocks, moved_clocks
from tests.factories import Keys, bucket, partner_with_keys

LIMITS = st.one_of(st.none(), st.integers(1, 60))

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("charge"), st.sampled_from(MODES)),
        st.tuples(st.sampled_from(("succeed", "fall back", "refund")), st.integers(0, 30)),
        st.tuples(st.just("wait"), st.sampled_from((1, 9, 24, 24 * 9))),
        st.tuples(st.just("limit"), st.tuples(LIMITS, LIMITS)),
    ),
    min_size=5,
    max_size=40,
)

#: Refunds on the next day and in the next month, which leave the present allowance untouched.
LATE_REFUNDS: list[tuple[str, Any]] = [
    ("limit", (20, 30)),
    *[("charge", "fast")] * 2,
    ("wait", 24),
    ("charge", "fast"),
    ("refund", 0),
    ("charge", "fast"),
    ("wait", 24 * 9),
    ("refund", 1),
    ("charge", "thinking"),
]


class Allowance:
    """What must hold, in plain Python: net points by the day on which they were charged."""

    def __init__(self, keys: Keys, clocks: Clocks) -> None:
        self.keys, self.clocks = keys, clocks
        self.limits: tuple[int | None, int | None] = (None, None)
        self.charges: list[tuple[Operation, datetime, str]] = []
        self.net: dict[str, int] = {}

    def spent(self, prefix: str) -> int:
        return sum(
            self.net[operation.id]
            for operation, at, _ in self.charges
            if f"{at:%Y-%m-%d}".startswith(prefix)
        )

    def expected_refusal(self, cost: int) -> str | None:
        now = datetime.now(UTC)
        for period, most, prefix in (
            ("month", self.limits[1], f"{now:%Y-%m}"),
            ("day", self.limits[0], f"{now:%Y-%m-%d}"),
        ):
            if most is not None and self.spent(prefix) + cost > most * 100:
                return period
        return None

    def charge(self, mode: str) -> None:
        expected = self.expected_refusal(FAST if mode == "fast" else THINKING)
        if expected:
            with pytest.raises(SpendLimitReached) as caught:
                start(self.keys, mode=mode)
            reached = caught.value.quote.reached
            assert reached
            assert reached.period == expected
            return
        operation = start(self.keys, mode=mode)
        self.charges.append((operation, datetime.now(UTC), mode))
        self.net[operation.id] = operation.cost

    def settle(self, how: str, number: int) -> None:
        if not self.charges:
            return
        operation, _, mode = self.charges[number % len(self.charges)]
        if Charge.objects.get(pk=operation.id).state != "reserved":
            assert not refund(operation)
        elif how == "refund":
            assert refund(operation)
            self.net[operation.id] = 0
        else:
            ran_as = mode if how == "succeed" else "fast"
            self.net[operation.id] = succeed(operation, ran_as).cost

    def limit(self, limits: tuple[int | None, int | None]) -> None:
        self.limits = limits
        limit(self.keys, *limits)

    def check(self) -> None:
        now = datetime.now(UTC)
        expected = {"month": self.spent(f"{now:%Y-%m}"), "day": self.spent(f"{now:%Y-%m-%d}")}
        reported = spent_of(self.keys)
        assert reported == {name: expected[name] for name in reported}


@settings(max_examples=min(150, max(5, settings().max_examples // 4)), deadline=None)
@given(STEPS)
@example(LATE_REFUNDS)
def test_any_mix_of_calls_refunds_and_days_spends_what_the_model_says(
    live_db: None, steps: list[tuple[str, Any]]
) -> None:
    keys = partner_with_keys()
    bucket(keys.partner, 10**7)
    with moved_clocks(datetime(2030, 1, 28, 20, tzinfo=UTC)) as clocks:
        allowance = Allowance(keys, clocks)
        for step, value in steps:
            if step == "charge":
                allowance.charge(value)
            elif step == "wait":
                clocks.move_by(timedelta(hours=value))
            elif step == "limit":
                allowance.limit(value)
            else:
                allowance.settle(step, value)
            allowance.check()
