"""The page of points: what is left, at which price, and what is on sale."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Member, Partner
from billing.balance import balances_after, read_balance
from billing.models import LedgerEntry, Package, PointBucket
from tests.billing.approvals import refund_purchase
from tests.billing.operations import set_package_price
from tests.billing.purchases import buy, settle
from tests.factories import PartnerFactory, bucket
from tests.users import browser_of, create_user

POINTS = "/dashboard/points/"


def empty(*buckets: PointBucket) -> None:
    PointBucket.objects.filter(pk__in=[one.pk for one in buckets]).update(remaining=0)


def test_the_oldest_bucket_names_the_tier_in_use_and_the_one_after_it(partner: Partner) -> None:
    spent = bucket(partner, 100, "scale")
    for points, tier in ((300, "starter"), (400, "starter"), (500, "growth")):
        bucket(partner, points, tier)
    empty(spent)

    balance = read_balance(partner)

    assert balance.points == 1200
    assert (balance.tier, balance.next_tier, balance.until_next_tier) == ("starter", "growth", 700)
    assert [one.original for one in balance.open] == [300, 400, 500]
    assert list(balance.spent) == [spent]


def test_a_partner_without_points_reads_what_to_do(owner: Client, partner: Partner) -> None:
    page = owner.get(POINTS)

    assert "No points left" in page.text
    assert "Buy a package below" in page.text
    assert "Current tier" not in page.text


def test_packages_give_the_price_of_one_image_in_points_and_rupees(owner: Client) -> None:
    set_package_price("pack_25000", 2_250_000)

    page = owner.get(POINTS)

    assert "₹22,500" in page.text
    assert "₹0.90 per point · up to 3,448 images" in page.text
    assert [offer.package.pk for offer in page.context["offers"] if offer.is_best] == [
        "pack_100000"
    ]
    # 7.25 and 14 points at ninety paise each, the first rounded half up.
    assert "₹6.53" in page.text
    assert "₹12.60" in page.text
    assert "₹1,00,000" in page.text


def test_a_package_off_sale_is_not_offered(owner: Client) -> None:
    set_package_price("pack_25000", is_on_sale=False)

    page = owner.get(POINTS)

    assert "Buy Starter" in page.text
    assert "Buy Growth" not in page.text
    assert owner.get(f"{POINTS}buy/pack_25000/").status_code == 404


@pytest.mark.parametrize("role", Member.Role.values)
def test_every_role_sees_the_points_and_buyers_see_where_to_buy(
    partner: Partner, role: str
) -> None:
    bucket(partner, 72_500)

    page = browser_of(create_user(partner, role)).get(POINTS)

    assert page.status_code == 200
    assert "725" in page.text
    may_buy = role in (Member.Role.OWNER, Member.Role.ADMIN)
    assert ("Buy Growth" in page.text) is may_buy
    assert (f"Ask an owner or admin of {partner.name}" in page.text) is not may_buy


def test_points_of_another_partner_are_on_no_page(owner: Client) -> None:
    bucket(PartnerFactory.create(), 987_600)

    assert "9,876" not in owner.get(POINTS).text


@pytest.mark.parametrize(
    ("package", "shown"), [("Growth", ""), ("Festival", "Growth"), ("", "Growth")]
)
def test_a_tier_is_named_unless_the_package_has_its_name(package: str, shown: str) -> None:
    made = Package(name=package) if package else None
    assert PointBucket(tier_id="growth", package=made).other_tier == shown


def test_a_refunded_purchase_is_no_used_up_bucket(partner: Partner) -> None:
    purchase = settle(buy(partner, "manual"))
    refund_purchase(purchase=purchase, actor="test", reason="by mistake")

    assert list(read_balance(partner).spent) == []


def test_many_buckets_take_no_more_queries_than_one(owner: Client, partner: Partner) -> None:
    bucket(partner, 100)
    with CaptureQueriesContext(connection) as of_one:
        owner.get(POINTS)
    many = [bucket(partner, 100) for _ in range(80)]
    empty(*many[:25])

    with CaptureQueriesContext(connection) as of_many:
        page = owner.get(POINTS)

    assert len(of_many) == len(of_one)
    assert "6 more buckets not shown" in page.text


def test_the_balance_after_an_entry_is_the_sum_of_all_until_it(partner: Partner) -> None:
    bucket(PartnerFactory.create(), 5)
    for points in (100, 250, 7):
        bucket(partner, points)
    oldest, middle, newest = LedgerEntry.objects.filter(partner=partner).in_order()

    assert balances_after(partner, [newest, middle]) == {newest.pk: 357, middle.pk: 350}
    assert balances_after(partner, [oldest, middle]) == {oldest.pk: 100, middle.pk: 350}
    assert balances_after(partner, []) == {}
