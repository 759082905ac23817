"""The kill harness in short: it passes on the product and fails on a broken refund."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import connection

from benchmarks.kill_harness import CRASHED
from benchmarks.kills.clients import LOST, Attempt, Call, Caller
from benchmarks.kills.sabotage import BREAKS
from benchmarks.kills.verdict import judge
from tests.billing.operations import refund, start, succeed
from tests.factories import Keys
from tests.harnesses import run_harness
from tests.web import database_url


def run_kill_harness(*words: str, **variables: str) -> tuple[int, str]:
    return run_harness("kill_harness", "--seconds", "6", "--seed", "3", *words, **variables)


@pytest.mark.kills
def test_no_point_is_lost_when_everything_is_killed() -> None:
    code, printed = run_kill_harness()

    assert code == 0, printed
    assert printed.endswith("PASS\n")


@pytest.mark.kills
def test_a_broken_refund_does_not_escape_the_harness() -> None:
    code, printed = run_kill_harness("--break-refund")

    assert code == 1, printed
    assert printed.endswith("FAIL\n"), printed
    assert "FAIL  every bucket holds the sum of its entries" in printed
    assert "FAIL  every partner has what it was given less what succeeded" in printed


@pytest.mark.kills
def test_a_crash_of_the_harness_is_no_verdict() -> None:
    code, printed = run_kill_harness(SHOPIQ_POSTGRES_OPTIONS="-c no_such_option=1")

    assert code == CRASHED, printed
    assert printed.endswith("CRASHED: no verdict\n")


def broken_rules(*attempts: Attempt) -> set[str]:
    findings, _ = judge(database_url(), attempts, [])
    return {finding.rule for finding in findings if finding.problems}


def attempt(
    keys: Keys, status: int, operation_id: str | None = None, *, is_careful: bool = False
) -> Attempt:
    caller = Caller(keys.partner.id, keys.live, is_careful)
    body = b'{"data": {"pointsUsed": 8}}' if status == 200 else b""
    return Attempt(Call(caller, "call-1", "fast"), status, operation_id, body)


def test_the_verdict_is_silent_on_what_is_right(keys: Keys) -> None:
    kept, back, lost = (start(keys) for _ in range(3))
    succeed(kept)
    refund(back)
    succeed(lost)

    assert not broken_rules(
        attempt(keys, 200, kept.id), attempt(keys, 503, back.id), attempt(keys, LOST)
    )


@pytest.mark.parametrize("way", sorted(BREAKS))
def test_the_verdict_sees_every_way_to_break_a_refund(keys: Keys, way: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_functiondef('billing_reverse'::regproc)")
        [original] = cursor.fetchone()
        cursor.execute(BREAKS[way])
    try:
        succeed(start(keys))
        refund(start(keys))
    finally:
        with connection.cursor() as cursor:
            cursor.execute(original)

    assert "every partner has what it was given less what succeeded" in broken_rules()


def test_the_verdict_sees_an_unsettled_reservation(keys: Keys) -> None:
    start(keys)

    assert "nothing is reserved any more" in broken_rules()


@pytest.mark.parametrize("status", [422, 500, 503])
def test_the_verdict_sees_an_error_that_was_paid_for(keys: Keys, status: int) -> None:
    operation = start(keys)
    succeed(operation)

    assert "no client paid for an error it received" in broken_rules(
        attempt(keys, status, operation.id)
    )


def test_the_verdict_sees_a_success_that_was_refunded(keys: Keys) -> None:
    operation = start(keys)
    refund(operation)

    assert "every success a client saw is a charge at its price" in broken_rules(
        attempt(keys, 200, operation.id)
    )


def test_the_verdict_sees_a_success_without_a_response(keys: Keys) -> None:
    succeed(start(keys))

    assert "every other success was sent or lost in transit" in broken_rules(attempt(keys, 503))


def test_the_verdict_sees_a_retried_call_that_was_charged_twice(keys: Keys) -> None:
    first, second = start(keys), start(keys)
    succeed(first)
    succeed(second)
    rule = "a retried call has one response and one charge"

    once = attempt(keys, 200, first.id, is_careful=True)
    assert rule in broken_rules(attempt(keys, LOST, is_careful=True), once)
    assert rule in broken_rules(once, replace(once, operation_id=second.id))
