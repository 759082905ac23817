"""A change that two people make at once is recorded once."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from accounts.models import AuditEntry
from billing.billing_details import BillingDetails
from billing.models import OperationPrice, Package
from billing.services import change_package, change_price, resolve_review, update_details
from tests.billing.purchases import buy, settle
from tests.concurrency import overlap
from tests.factories import PartnerFactory

pytestmark = pytest.mark.usefixtures("price_list")


def price() -> Callable[[], Any]:
    chosen = OperationPrice.objects.earliest("pk")
    return partial(change_price, price=chosen, points=chosen.points + 100, actor="t")


def package() -> Callable[[], Any]:
    chosen = Package.objects.earliest("pk")
    return partial(
        change_package, package=chosen, name="New", price_paise=1, is_on_sale=True, actor="t"
    )


def review() -> Callable[[], Any]:
    purchase = settle(buy(PartnerFactory.create()), currency="USD")
    assert purchase.attention
    return partial(resolve_review, purchase=purchase, actor="t")


@pytest.mark.parametrize(
    ("prepare", "action"),
    [
        (price, "price.changed"),
        (package, "package.changed"),
        (review, "purchase.review_resolved"),
    ],
)
def test_the_second_change_finds_nothing_to_do(
    prepare: Callable[[], Callable[[], Any]], action: str
) -> None:
    change = prepare()

    assert overlap(change, change) is None
    assert AuditEntry.objects.filter(action=action).count() == 1


def test_details_changed_twice_are_named_once() -> None:
    partner = PartnerFactory.create()
    update_details(partner=partner, details=BillingDetails(legal_name="Nandi"), actor="t")
    details = BillingDetails(legal_name="Nandi Stores")
    change = partial(update_details, partner=partner, details=details, actor="t")

    assert overlap(change, change) is None
    entries = AuditEntry.objects.filter(action="billing.details_changed")
    named = sorted(entry.detail["fields"] for entry in entries)
    assert named == [[], ["legal_name"], ["legal_name"]]
