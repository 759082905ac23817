"""What staff do to one purchase or request leaves the others of the partner as they were."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils import timezone

from billing.models import Approval, BankTransfer, Purchase, Tier
from billing.services import (
    approve,
    decline_approval,
    record_transfer,
    request_return,
    resolve_review,
    withdraw_approval,
)
from tests.billing.approvals import Kind, ask, person
from tests.billing.purchases import buy
from tests.factories import Keys
from tests.rows import count_changed

Changes = dict[str, tuple[Callable[[], object], dict[str, int]]]


def record(purchase: Purchase, reference: str, paise: int) -> None:
    record_transfer(
        purchase=purchase,
        reference=reference,
        amount_paise=paise,
        received_on=timezone.now().date(),
        staff=person(),
    )


def decide(**terms: object) -> None:
    approve(approval=Approval.objects.get(state="pending", **terms), approver=person("ravi@x.test"))


def give_back(reference: str) -> None:
    transfer = BankTransfer.objects.get(reference=reference)
    request_return(transfer=transfer, asker=person(), reason="Twice", once="5" * 24)


def _of_transfers(short: Purchase, whole: Purchase) -> Changes:
    return {
        "a part": (lambda: record(short, "UTR1", 1), {"billing_purchase": 1}),
        "another part": (lambda: record(short, "UTR2", 2), {"billing_purchase": 1}),
        "the whole": (lambda: record(whole, "UTR3", whole.total_paise), {}),
        "what to send back": (lambda: give_back("UTR1"), {}),
        "sent back": (
            lambda: decide(kind=Kind.RETURN),
            {"billing_approval": 1, "billing_banktransfer": 1, "billing_purchase": 1},
        ),
        "booked": (
            lambda: decide(kind=Kind.BOOKING),
            {"billing_approval": 1, "billing_banktransfer": 1, "billing_purchase": 1},
        ),
        "reviewed": (lambda: resolve_review(purchase=short, actor="t"), {"billing_purchase": 1}),
    }


def _of_requests(keys: Keys) -> Changes:
    starter = Tier.objects.get(pk="starter")
    first, second, third = [ask(keys.partner, Kind.GRANT, 100, tier=starter) for _ in range(3)]
    ravi = person("ravi@x.test")
    return {
        "declined": (
            lambda: decline_approval(approval=first, approver=ravi, note="No"),
            {"billing_approval": 1},
        ),
        "withdrawn": (
            lambda: withdraw_approval(approval=second, asker=person()),
            {"billing_approval": 1},
        ),
        "approved": (lambda: approve(approval=third, approver=ravi), {"billing_approval": 1}),
    }


@pytest.mark.parametrize("kind", ["transfers", "requests"])
def test_a_change_leaves_the_rows_beside_it_as_they_were(payer: Keys, kind: str) -> None:
    short, whole, other = (buy(payer.partner, "manual") for _ in range(3))
    Purchase.objects.filter(pk=other.pk).update(attention="Payment pay_1 is too much.")
    changes = _of_transfers(short, whole) if kind == "transfers" else _of_requests(payer)
    counts = {name: count_changed(change) for name, (change, _) in changes.items()}
    assert counts == {name: expected for name, (_, expected) in changes.items()}
