"""What tests of money that goes back count and use."""

from __future__ import annotations

from billing.balance import read_balance
from billing.models import Purchase
from billing.services import (
    check_ledger,
)
from imaging.services.statistics import read_usage
from tests.billing.operations import start, succeed
from tests.factories import Keys

WHOLE = 590_000


def points_of(keys: Keys) -> tuple[int, int, int]:
    """Return the points that can be spent, are frozen, and are owed."""
    balance = read_balance(keys.partner)
    assert check_ledger().ok
    assert read_usage(keys.partner.id).balance == balance.points
    return balance.points, balance.frozen, balance.owed


def use(keys: Keys, calls: int) -> None:
    """Eight points each."""
    for _ in range(calls):
        succeed(start(keys))


def state_of(purchase: Purchase) -> tuple[str, int, int]:
    purchase.refresh_from_db()
    return purchase.state, purchase.returned_paise, purchase.returned_points
