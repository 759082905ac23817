"""Unreported payments are found in time, by one process."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from accounts.models import Partner
from billing.models import Purchase, SandboxPayment
from billing.services import reconcile_pending, watched_gateways
from billing.services.reconciliation import _RETURNABLE_FOR, _is_returnable, _wait_until_next_check
from billing.services.sandbox import dispute, pay, pay_late
from tests.billing.chains import tamper, without_triggers
from tests.billing.parallel import only, race
from tests.billing.purchases import balance, buy, let_come_due, numbers, settle
from tests.concurrency import run_beside
from tests.factories import PartnerFactory


@pytest.fixture
def partner(live_db: None) -> Partner:
    made: Partner = PartnerFactory.create()
    return made


def wait_until_next_check(purchase: Purchase) -> timedelta:
    purchase.refresh_from_db()
    assert purchase.next_check_at
    return purchase.next_check_at - timezone.now()


def make_older(purchase: Purchase, age: timedelta) -> None:
    """Past the trigger that keeps what was agreed."""
    with without_triggers() as cursor:
        cursor.execute(
            "UPDATE billing_purchase SET created_at = created_at - %s, paid_at = paid_at - %s"
            " WHERE id = %s",
            [cast("Any", age), cast("Any", age), purchase.pk],
        )


def test_a_late_payment_is_found_once_it_has_happened(partner: Partner) -> None:
    purchase = pay_late(buy(partner), seconds=3600)
    let_come_due(purchase)
    assert reconcile_pending() == 1
    assert balance(partner) == 0

    SandboxPayment.objects.update(happens_at=timezone.now() - timedelta(seconds=1))
    let_come_due(purchase)
    reconcile_pending()

    purchase.refresh_from_db()
    assert (purchase.state, balance(partner)) == ("paid", 500_000)


def test_nothing_is_checked_before_it_is_due(partner: Partner) -> None:
    pay_late(buy(partner), seconds=0)
    assert reconcile_pending() == 0


@pytest.mark.parametrize(
    ("age", "wait"),
    [
        (timedelta(0), timedelta(minutes=1)),
        (timedelta(minutes=15), timedelta(minutes=5)),
        (timedelta(hours=2), timedelta(minutes=30)),
        (timedelta(days=1), timedelta(hours=6)),
    ],
)
def test_the_older_a_purchase_the_rarer_its_gateway_is_asked(
    partner: Partner, age: timedelta, wait: timedelta
) -> None:
    purchase = buy(partner)
    make_older(purchase, age)
    let_come_due(purchase)

    assert reconcile_pending() == 1
    assert timedelta(0) <= wait - wait_until_next_check(purchase) < timedelta(seconds=30)


@pytest.mark.parametrize(
    ("age", "last_wait", "next_wait"),
    [
        (timedelta(minutes=15), timedelta(minutes=1), timedelta(minutes=5)),
        (timedelta(hours=2), timedelta(minutes=5), timedelta(minutes=30)),
        (timedelta(days=1), timedelta(minutes=30), timedelta(hours=6)),
        (timedelta(days=7) - timedelta.resolution, timedelta(hours=6), None),
    ],
)
def test_a_gateway_is_asked_more_rarely_from_the_very_next_moment_on(
    age: timedelta, last_wait: timedelta, next_wait: timedelta | None
) -> None:
    now = timezone.now()
    purchase = Purchase(created_at=now - age)
    assert _wait_until_next_check(purchase, now) == last_wait
    assert _wait_until_next_check(purchase, now + timedelta.resolution) == next_wait


def test_an_unpaid_purchase_expires(partner: Partner) -> None:
    online, transfer = buy(partner), buy(partner, "manual")
    for purchase in (online, transfer):
        make_older(purchase, timedelta(days=3, minutes=1))
    let_come_due(online, transfer)

    assert reconcile_pending() == 2
    states = dict(Purchase.objects.values_list("gateway", "state"))
    assert states == {"sandbox": "expired", "manual": "pending"}


def test_after_a_week_a_purchase_rests(partner: Partner) -> None:
    purchase = buy(partner)
    make_older(purchase, timedelta(days=7))
    let_come_due(purchase)

    assert reconcile_pending() == 0


@pytest.mark.parametrize(("days", "is_watched"), [(0, True), (179, True), (180, False)])
def test_what_is_paid_is_compared_once_a_day_for_180_days(
    partner: Partner, days: int, is_watched: bool
) -> None:
    purchase = pay(buy(partner))
    make_older(purchase, timedelta(days=days))
    let_come_due(purchase)

    assert reconcile_pending() == is_watched
    purchase.refresh_from_db()
    assert bool(purchase.next_check_at) == is_watched
    if is_watched:
        wait = timedelta(days=1) - wait_until_next_check(purchase)
        assert timedelta(0) <= wait < timedelta(seconds=30)


def test_an_open_dispute_is_watched_until_it_ends(partner: Partner) -> None:
    purchase, other = dispute(pay(buy(partner))), pay(buy(partner))
    for each in (purchase, other):
        make_older(each, timedelta(days=300))
    let_come_due(purchase, other)

    assert reconcile_pending() == 1


def test_gateways_of_old_payments_are_not_asked_for_disputes(partner: Partner) -> None:
    purchase, other = pay(buy(partner)), pay(buy(partner))
    assert watched_gateways() == ["sandbox"]
    for each in (purchase, other):
        make_older(each, timedelta(days=181))

    assert watched_gateways() == []


def test_a_paid_transfer_rests(partner: Partner) -> None:
    purchase = settle(buy(partner, "manual"))
    let_come_due(purchase)

    assert reconcile_pending() == 0


def test_a_run_checks_twenty_and_those_that_buyers_wait_for_first(partner: Partner) -> None:
    paid = [pay(buy(partner)) for _ in range(20)]
    waiting = pay_late(buy(partner), seconds=0)
    let_come_due(*paid, waiting)

    assert reconcile_pending() == 20
    waiting.refresh_from_db()
    assert waiting.state == "paid"


def test_a_purchase_that_another_worker_is_taking_is_passed_over(partner: Partner) -> None:
    taken, other = buy(partner), buy(partner)
    let_come_due(taken, other)

    with transaction.atomic():
        Purchase.objects.select_for_update().get(pk=taken.pk)
        assert run_beside(reconcile_pending) == 1


def test_several_workers_share_the_work_and_book_each_payment_once(live_db: None) -> None:
    purchases = [pay_late(buy(PartnerFactory.create()), seconds=0) for _ in range(12)]
    let_come_due(*purchases)

    looked_at = only(KeyError, race(*[reconcile_pending] * 4))

    assert sum(looked_at) == 12  # type: ignore[arg-type]
    assert Purchase.objects.filter(state="paid").count() == 12
    assert numbers() == list(range(1, 13))


def test_a_purchase_that_cannot_be_read_keeps_no_other_payment_waiting(partner: Partner) -> None:
    unreadable, paid = pay_late(buy(partner), seconds=0), pay_late(buy(partner), seconds=0)
    let_come_due(unreadable, paid)
    tamper("UPDATE billing_purchase SET gateway = 'gone' WHERE id = %s", unreadable.pk)

    assert reconcile_pending() == 2
    paid.refresh_from_db()
    assert paid.state == "paid"


def test_the_command_looks_at_one_purchase_however_old(partner: Partner, capsys: Any) -> None:
    purchase = pay_late(buy(partner), seconds=0)
    make_older(purchase, timedelta(days=30))

    call_command("reconcile_payments", purchase.reference)

    assert capsys.readouterr().out == f"{purchase.reference}: Paid\n"
    with pytest.raises(CommandError, match="not found"):
        call_command("reconcile_payments", "SQ-NOTHING")


def test_the_command_looks_at_all_that_is_due(partner: Partner, capsys: Any) -> None:
    let_come_due(buy(partner), buy(partner))

    call_command("reconcile_payments")

    assert capsys.readouterr().out == "2 purchases checked.\n"


def test_a_refund_must_be_expected_for_half_a_year(partner: Partner) -> None:
    purchase = settle(buy(partner))
    assert purchase.paid_at
    last = purchase.paid_at + _RETURNABLE_FOR
    assert _is_returnable(purchase, last - timedelta(microseconds=1))
    assert not _is_returnable(purchase, last)
