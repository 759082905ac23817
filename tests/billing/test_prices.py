"""Prices are rows with a start: added ahead of time, in force for all at once, never changed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, InternalError, connection, transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from accounts.models import AuditEntry
from billing.models import Charge, OperationPrice, Package, PackagePrice, Tier
from billing.services import (
    PriceRefused,
    TotalChanged,
    add_package,
    schedule_package_price,
    schedule_price,
    start_purchase,
    withdraw_package_price,
    withdraw_price,
)
from config.db.clock import database_now
from tests.billing.operations import set_package_price, start
from tests.billing.purchases import buy, settle
from tests.concurrency import run_concurrently
from tests.factories import Keys, PartnerFactory, bucket
from tests.staff import staff_with, superuser
from tests.waiting import wait_for

LIST = "/admin/billing/operationprice/"


@pytest.fixture
def growth(db: None) -> dict[str, Any]:
    return {"tier": Tier.objects.get(pk="growth"), "action": "create", "mode": "fast"}


def in_force(given: dict[str, Any]) -> int:
    return OperationPrice.objects.in_force().get(**given).points


def test_a_price_is_typed_in_points_and_starts_later(growth: dict[str, Any]) -> None:
    form = {"tier": "growth", "action": "create", "mode": "fast", "points": "7.5"}
    answer = superuser("asha@shopiq.test").post(f"{LIST}add/", form)

    assert answer.status_code == 302
    added = OperationPrice.objects.latest("pk")
    assert (added.points, in_force(growth)) == (750, 725)
    assert timedelta(minutes=1) <= added.starts_at - database_now() + timedelta(seconds=5)
    entry = AuditEntry.objects.get(action="price.changed")
    assert (entry.actor, entry.target) == ("asha@shopiq.test", "growth create fast")
    assert "Scheduled" in superuser("b@shopiq.test").get(LIST).text


@pytest.mark.parametrize(
    ("points", "starts_in"), [(725, 60), (750, -1), (750, 0)], ids=["same", "past", "now"]
)
def test_a_price_that_changes_nothing_or_the_past_is_refused(
    growth: dict[str, Any], points: int, starts_in: int
) -> None:
    at = timezone.now() + timedelta(minutes=starts_in)
    with pytest.raises(PriceRefused):
        schedule_price(**growth, points=points, starts_at=at, actor="t")
    assert not AuditEntry.objects.exists()


def test_a_scheduled_price_can_be_withdrawn_and_a_started_one_cannot(
    growth: dict[str, Any],
) -> None:
    price = schedule_price(
        **growth, points=900, starts_at=timezone.now() + timedelta(hours=1), actor="t"
    )
    first = OperationPrice.objects.in_force().get(**growth)
    data = {"action": "withdraw", "_selected_action": [price.pk, first.pk], "confirmed": "yes"}

    page = superuser().post(LIST, data, follow=True).text

    assert "withdrawn" in page
    assert "has started" in page
    assert list(OperationPrice.objects.filter(**growth)) == [first]
    assert AuditEntry.objects.get(action="price.withdrawn").detail["points"] == 900
    with pytest.raises(PriceRefused):
        withdraw_price(price=first, actor="t")


def scheduled() -> QuerySet[OperationPrice]:
    tier, at = Tier.objects.get(pk="growth"), timezone.now() + timedelta(hours=1)
    price = schedule_price(
        tier=tier, action="create", mode="fast", points=900, starts_at=at, actor="t"
    )
    return OperationPrice.objects.filter(pk=price.pk)


@pytest.mark.parametrize(
    "change",
    [
        lambda: OperationPrice.objects.all().update(points=1),
        lambda: PackagePrice.objects.all().update(price_paise=1),
        lambda: OperationPrice.objects.all().delete(),
        lambda: PackagePrice.objects.all().delete(),
        lambda: PackagePrice.objects.create(
            package_id="pack_5000", price_paise=1, starts_at=timezone.now() - timedelta(hours=1)
        ),
        lambda: scheduled().update(points=1),
    ],
)
def test_the_database_refuses_to_rewrite_the_past(db: None, change: Callable[[], Any]) -> None:
    with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
        change()


def test_staff_without_the_permission_change_no_price(db: None) -> None:
    staff = staff_with("billing.view_operationprice", "billing.view_package")
    form = {"tier": "growth", "action": "create", "mode": "fast", "points": "7.5"}
    assert staff.post(f"{LIST}add/", form).status_code == 403
    staff.post(LIST, {"action": "withdraw", "_selected_action": 1, "confirmed": "yes"})
    assert OperationPrice.objects.count() == 12


def test_a_new_package_is_sold_from_its_start(db: None) -> None:
    form = {"code": "pack_diwali", "name": "Diwali", "tier": "scale", "points": "1000"}
    answer = superuser().post("/admin/billing/package/add/", {**form, "price_paise": "899.50"})

    assert answer.status_code == 302, answer.context["errors"]
    price = PackagePrice.objects.get(package="pack_diwali")
    assert (price.price_paise, price.package.points) == (89_950, 100_000)
    assert price.is_on_sale
    assert (price.starts_at.second, price.starts_at.microsecond) == (0, 0)
    assert "pack_diwali" not in Package.objects.on_sale().values_list("code", flat=True)
    trail = AuditEntry.objects.filter(target="pack_diwali").values_list("action", flat=True)
    assert sorted(trail) == ["package.added", "package.changed"]

    package = Package.objects.create(code="pack_x", name="X", tier_id="scale", points=100)
    PackagePrice.objects.create(package=package, price_paise=100, starts_at=Now())
    assert "pack_x" in Package.objects.on_sale().values_list("code", flat=True)


def test_a_scheduled_package_price_can_be_withdrawn_and_a_started_one_cannot(db: None) -> None:
    package = Package.objects.get(pk="pack_5000")
    at = timezone.now() + timedelta(hours=1)
    later = schedule_package_price(package=package, price_paise=600_000, starts_at=at, actor="t")
    withdraw_package_price(price=later, actor="t")
    first = PackagePrice.objects.get(package=package)
    with pytest.raises(PriceRefused, match="has started"):
        withdraw_package_price(price=first, actor="t")
    entry = AuditEntry.objects.get(action="price.withdrawn")
    assert (entry.target, entry.detail["price_paise"]) == ("pack_5000", 600_000)


def test_two_prices_do_not_start_at_one_time(growth: dict[str, Any]) -> None:
    package = Package.objects.get(pk="pack_5000")
    at = timezone.now() + timedelta(hours=1)
    schedule_price(**growth, points=900, starts_at=at, actor="t")
    schedule_package_price(package=package, price_paise=600_000, starts_at=at, actor="t")
    for points, paise, reason in (
        (900, 600_000, "already the price"),
        (901, 600_001, "Another price starts"),
    ):
        with pytest.raises(PriceRefused, match=reason):
            schedule_price(**growth, points=points, starts_at=at, actor="t")
        with pytest.raises(PriceRefused, match=reason):
            schedule_package_price(package=package, price_paise=paise, starts_at=at, actor="t")


def test_a_package_that_is_taken_off_sale_stays_until_then(db: None) -> None:
    package = Package.objects.get(pk="pack_5000")
    schedule_package_price(package=package, price_paise=500_000, is_on_sale=False, actor="t")
    assert package in Package.objects.on_sale()


def test_a_price_that_starts_between_order_and_payment_changes_nothing(db: None) -> None:
    purchase = buy(PartnerFactory.create())
    set_package_price("pack_5000", 900_000)

    paid = settle(purchase)

    assert (paid.state, paid.amount_paise) == ("paid", 500_000)
    assert paid.bucket
    assert paid.bucket.original == 500_000


def test_an_order_at_a_total_that_was_shown_before_is_not_placed(db: None) -> None:
    partner = PartnerFactory.create()
    shown = buy(partner).total_paise
    set_package_price("pack_5000", 900_000)
    package = Package.objects.get(pk="pack_5000")

    with pytest.raises(TotalChanged):
        start_purchase(
            partner=partner, package=package, gateway="sandbox", actor="t", total_paise=shown
        )
    assert partner.purchases.count() == 1


def test_the_price_charged_is_the_one_in_force_at_the_time_of_the_charge(
    keys: Keys, price_list: None
) -> None:
    """Prices start while four threads call; the database's clock decides each."""
    bucket(keys.partner, 100_000_000)
    first = database_now() + timedelta(milliseconds=300)
    OperationPrice.objects.bulk_create(
        OperationPrice(
            tier_id="starter",
            action="create",
            mode="fast",
            points=1_000 + step,
            starts_at=first + timedelta(milliseconds=100 * step),
        )
        for step in range(600)  # a busy machine begins to call a minute later
    )
    done = threading.Event()

    def call(number: int) -> None:
        if number == 0:
            wait_for(lambda: Charge.objects.values("cost").distinct().count() >= 4)
            done.set()
        while not done.is_set():
            start(keys)

    run_concurrently(5, call)

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), count(*) FILTER (WHERE cost = (SELECT points"
            " FROM billing_operationprice WHERE tier_id = c.tier_id AND action = c.action"
            " AND mode = c.mode AND starts_at <= c.created_at ORDER BY starts_at DESC LIMIT 1))"
            " FROM billing_charge c"
        )
        charges, right = cursor.fetchone()
    assert charges == right


def test_packages_are_added_with_their_price_or_not_at_all(db: None) -> None:
    with pytest.raises(PriceRefused):
        add_package(
            code="pack_old",
            name="Old",
            tier=Tier.objects.get(pk="scale"),
            points=100,
            price_paise=100,
            starts_at=timezone.now(),
            actor="t",
        )
    assert not Package.objects.filter(pk="pack_old").exists()
