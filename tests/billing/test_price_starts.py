"""When a new price may start, and which others it is compared with."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import AuditEntry
from billing.models import OperationPrice, Package, Tier
from billing.services import PriceRefused, schedule_package_price, schedule_price, withdraw_price
from config.db.clock import database_now

CREATE = {"action": "create", "mode": "fast"}

pytestmark = pytest.mark.django_db


@pytest.fixture
def growth() -> dict[str, Any]:
    return {"tier": Tier.objects.get(pk="growth"), **CREATE}


def test_by_default_a_price_starts_at_the_first_full_minute_after_its_notice(
    growth: dict[str, Any],
) -> None:
    before = database_now()
    start = schedule_price(**growth, points=900, actor="t").starts_at

    full_minutes = [at.replace(second=0, microsecond=0) for at in (before, database_now())]
    assert start in [at + timedelta(minutes=2) for at in full_minutes]
    entry = AuditEntry.objects.get(action="price.changed")
    assert entry.detail["starts_at"] == start.isoformat(timespec="seconds")


def test_a_minute_of_notice_is_enough(growth: dict[str, Any]) -> None:
    at = database_now() + timedelta(seconds=115)
    assert schedule_price(**growth, points=900, starts_at=at, actor="t").starts_at == at


def test_a_price_is_not_withdrawn_in_its_last_minute(growth: dict[str, Any]) -> None:
    at = database_now() + timedelta(seconds=55)
    price = OperationPrice.objects.create(**growth, points=900, starts_at=at)

    with pytest.raises(PriceRefused, match="starts within a minute"):
        withdraw_price(price=price, actor="t")


def test_what_is_sold_beside_it_may_get_the_same_price_at_the_same_time(
    growth: dict[str, Any],
) -> None:
    at = database_now() + timedelta(hours=1)
    for given in (growth, {**growth, "tier": Tier.objects.get(pk="scale")}):
        assert schedule_price(**given, points=900, starts_at=at, actor="t").points == 900
    for package in Package.objects.filter(pk__in=("pack_5000", "pack_25000")):
        price = schedule_package_price(package=package, price_paise=1, starts_at=at, actor="t")
        assert price.package == package
