"""Everybody who may tell of a payment at the same moment, and death in the middle of it."""

from __future__ import annotations

from functools import partial

import pytest
from django.db import transaction

from accounts.models import Partner
from billing.models import Invoice, InvoiceCounter, LedgerEntry, PointBucket, Purchase
from billing.services import reconcile_purchase
from billing.services.sandbox import pay
from tests.billing.killed_processes import run_until_killed
from tests.billing.operations import start, succeed
from tests.billing.parallel import only, race
from tests.billing.purchases import balance, buy, numbers, settle
from tests.factories import PartnerFactory, partner_with_keys

pytestmark = pytest.mark.usefixtures("no_deadlock")


@pytest.fixture
def partner(live_db: None) -> Partner:
    made: Partner = PartnerFactory.create()
    return made


def test_a_payment_reported_from_several_sides_is_booked_once(partner: Partner) -> None:
    purchase = buy(partner)
    pay(purchase)
    payment_id = Purchase.objects.get().payment_id
    assert payment_id
    second = buy(partner)
    tasks = [
        partial(settle, second, "webhook"),
        partial(settle, second, "webhook"),
        partial(reconcile_purchase, purchase=purchase),
        partial(settle, purchase, payment_id),
        partial(pay, second),
        partial(settle, second, "webhook"),
        partial(reconcile_purchase, purchase=second),
        partial(reconcile_purchase, purchase=second),
    ]

    only(KeyError, race(*tasks))

    assert PointBucket.objects.count() == Invoice.objects.count() == 2
    assert numbers() == [1, 2]
    assert balance(partner) == 1_000_000


def test_two_payments_at_once_for_one_purchase_credit_one_and_note_the_other(
    partner: Partner,
) -> None:
    purchase = buy(partner)

    only(KeyError, race(*[partial(settle, purchase, f"pay_{n}") for n in range(5)]))

    purchase.refresh_from_db()
    assert balance(partner) == 500_000
    assert len(purchase.attention.splitlines()) == 4


def test_eight_threads_number_forty_invoices_without_a_gap(live_db: None) -> None:
    """Every fourth settlement is rolled back after it took a number; the next one gets it."""
    lots = [[buy(PartnerFactory.create()) for _ in range(5)] for _ in range(8)]

    def settle_all(lot: list[Purchase]) -> int:
        for place, purchase in enumerate(lot):
            with transaction.atomic():
                settle(purchase, f"lost_{purchase.pk}")
                transaction.set_rollback(place % 4 == 0)
            settle(purchase, f"pay_{purchase.pk}")
        return len(lot)

    assert sum(only(KeyError, race(*[partial(settle_all, lot) for lot in lots]))) == 40  # type: ignore[arg-type]

    assert numbers() == list(range(1, 41))
    assert InvoiceCounter.objects.get().last == 40
    dates = list(Invoice.objects.order_by("number").values_list("issued_at", flat=True))
    assert dates == sorted(dates)


def test_calls_and_settlements_of_one_partner_do_not_get_in_each_others_way(live_db: None) -> None:
    keys = partner_with_keys()
    settle(buy(keys.partner), "pay_first")
    bought = [buy(keys.partner) for _ in range(3)]

    def call() -> None:
        for _ in range(5):
            succeed(start(keys))

    only(KeyError, race(*[partial(settle, p, f"pay_{p.pk}") for p in bought], *[call] * 3))

    assert balance(keys.partner) == 4 * 500_000 - 15 * 800


_SETTLE_AND_DIE = """
from tests.billing.purchases import settle
from billing.models import Purchase
from billing.services import invoices, settlement
step = sys.argv[3]
if step == "after the bucket":
    settlement.issue_invoice = die
elif step == "before the commit":
    issue = settlement.issue_invoice
    settlement.issue_invoice = lambda **given: (issue(**given), die())
settle(Purchase.objects.get(pk=sys.argv[2]))
die()
"""


@pytest.mark.kills
@pytest.mark.parametrize(
    ("step", "is_booked"),
    [("after the bucket", False), ("before the commit", False), ("after the commit", True)],
)
def test_a_process_killed_in_the_middle_has_booked_nothing_or_all(
    partner: Partner, step: str, is_booked: bool
) -> None:
    purchase = buy(partner)

    run_until_killed(_SETTLE_AND_DIE, purchase.pk, step)

    rows = (
        PointBucket.objects.count(),
        LedgerEntry.objects.count(),
        Invoice.objects.count(),
        Purchase.objects.filter(state="paid").count(),
    )
    assert rows == ((1, 1, 1, 1) if is_booked else (0, 0, 0, 0))
    # The next report of the payment finishes it, under the number that was not used.
    settle(purchase)
    assert (balance(partner), numbers()) == (500_000, [1])
