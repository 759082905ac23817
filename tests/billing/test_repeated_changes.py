"""A change that two people make at once is recorded once."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import AuditEntry
from billing.billing_details import BillingDetails
from billing.models import Approval, Package, Tier
from billing.services import (
    PriceRefused,
    lapse_approvals,
    rename_package,
    resolve_review,
    schedule_price,
    update_details,
)
from tests.billing.approvals import ask, let_lapse
from tests.billing.purchases import buy, settle
from tests.concurrency import overlap
from tests.factories import PartnerFactory

pytestmark = pytest.mark.usefixtures("price_list")


def price() -> Callable[[], Any]:
    """Refused the second time, since another price starts then."""
    tier, start = Tier.objects.get(pk="starter"), timezone.now() + timedelta(hours=1)
    given = {"tier": tier, "action": "create", "mode": "fast", "points": 900}
    return partial(_try, schedule_price, **given, starts_at=start, actor="t")


def package() -> Callable[[], Any]:
    chosen = Package.objects.earliest("pk")
    return partial(rename_package, package=chosen, name="New", actor="t")


def _try(service: Callable[..., Any], **given: Any) -> None:
    with suppress(PriceRefused):
        service(**given)


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


def test_a_request_that_two_processes_end_lapses_once() -> None:
    let_lapse(ask(PartnerFactory.create(), Approval.Kind.GRANT, 1_000, tier_id="starter"))
    ended: list[int] = []

    def end() -> None:
        ended.append(lapse_approvals())

    assert overlap(end, end) is None
    assert ended == [1, 0]
    assert AuditEntry.objects.filter(action="approval.lapsed").count() == 1
