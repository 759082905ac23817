"""The SQL against the pure functions: over single charges, and over any mix of events."""

from __future__ import annotations

import pytest
from django.db import connection
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import run_state_machine_as_test

from billing.services import check_ledger
from imaging.services import InsufficientPoints
from tests.billing.approval_machine import ApprovalMachine
from tests.billing.fifo import Draw, Insufficient, Line, draw, reverse
from tests.billing.ledger_machine import ACTIONS, MODES, TIERS, LedgerMachine
from tests.billing.operations import (
    Booking,
    bookings_of,
    buckets_of,
    prices_by_tier,
    refund,
    start,
    succeed,
)
from tests.billing.purchase_machine import PurchaseMachine
from tests.billing.return_machine import ReturnMachine
from tests.factories import Keys, bucket, partner_with_keys

ROWS = st.lists(st.tuples(st.sampled_from(TIERS), st.integers(1, 1_000)), max_size=6)


def partner_with_buckets(rows: list[tuple[str, int]]) -> Keys:
    keys = partner_with_keys()
    for tier, points in rows:
        bucket(keys.partner, points, tier)
    return keys


@pytest.fixture
def hasty_commits(live_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Committed rows are seen by all at once; that they outlive a power cut is not tested here."""
    options = connection.settings_dict["OPTIONS"]
    monkeypatch.setitem(options, "options", f"{options['options']} -c synchronous_commit=off")
    connection.close()


def as_charged(lines: tuple[Line, ...]) -> list[Booking]:
    return [Booking(line.bucket_id, "charge", -line.points) for line in lines]


def as_reversed(lines: tuple[Line, ...]) -> list[Booking]:
    return [Booking(line.bucket_id, "reversal", line.points) for line in lines]


@given(ROWS, st.sampled_from(ACTIONS), st.sampled_from(MODES))
def test_a_charge_draws_the_lines_that_the_pure_rule_draws(
    hasty_commits: None, rows: list[tuple[str, int]], action: str, mode: str
) -> None:
    keys = partner_with_buckets(rows)
    expected = draw(buckets_of(keys), prices_by_tier(action, mode))

    if isinstance(expected, Insufficient):
        with pytest.raises(InsufficientPoints) as caught:
            start(keys, action, mode)
        refusal = caught.value.quote
        assert Insufficient(refusal.tier, refusal.cost, refusal.balance) == expected
        return
    operation = start(keys, action, mode)
    assert (operation.tier, operation.cost) == (expected.tier, expected.cost)
    assert bookings_of(operation.id) == as_charged(expected.lines)


@given(ROWS, st.sampled_from(ACTIONS), st.sampled_from(("fallback", "refund")))
def test_what_goes_back_are_the_lines_that_the_pure_rule_gives_back(
    hasty_commits: None, rows: list[tuple[str, int]], action: str, outcome: str
) -> None:
    keys = partner_with_buckets(rows)
    before = buckets_of(keys)
    drawn = draw(before, prices_by_tier(action, "thinking"))
    assume(isinstance(drawn, Draw))
    assert isinstance(drawn, Draw)
    operation = start(keys, action, "thinking")

    if outcome == "refund":
        assert refund(operation)
        back = reverse(drawn.lines, drawn.cost)
        assert buckets_of(keys) == before
    else:
        fast = prices_by_tier(action, "fast")[drawn.tier]
        assert succeed(operation, "fast").cost == fast
        back = reverse(drawn.lines, drawn.cost - fast)
        assert sum(b.remaining for b in before) - fast == sum(b.remaining for b in buckets_of(keys))

    assert bookings_of(operation.id) == as_charged(drawn.lines) + as_reversed(back)


def mixes(full: int, share: int = 2) -> settings:
    """At most so many mixes of thirty steps, each of which costs as much as ten single charges."""
    return settings(max_examples=min(full, settings().max_examples // share))


def test_any_mix_of_grants_charges_refunds_and_crashes_leaves_the_models_points(
    price_list: None, hasty_commits: None
) -> None:
    run_state_machine_as_test(LedgerMachine, settings=mixes(25))

    assert check_ledger().ok


def test_any_mix_of_requests_decisions_and_calls_at_once_leaves_the_models_points(
    price_list: None, hasty_commits: None
) -> None:
    run_state_machine_as_test(ApprovalMachine, settings=mixes(7, share=5))

    assert check_ledger().ok


@pytest.mark.slow
def test_any_mix_with_purchases_and_their_refunds_leaves_the_models_points(
    price_list: None, hasty_commits: None
) -> None:
    run_state_machine_as_test(PurchaseMachine, settings=mixes(7))

    assert check_ledger().ok


def test_any_order_of_payments_refunds_and_disputes_leaves_points_for_the_money_that_is_left(
    price_list: None, hasty_commits: None
) -> None:
    # A step is a script of several.
    short = settings(mixes(10, share=5), stateful_step_count=12)
    run_state_machine_as_test(ReturnMachine, settings=short)

    assert check_ledger().ok
