"""Who may order a package, and how often."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import Member, Partner
from billing.models import Purchase
from config.db.ids import new_id
from tests.billing.pages import BUY, CONFIRM, act, checkout_of, order
from tests.billing.purchases import buy
from tests.users import browser_of, create_user

SANDBOX = f"{CONFIRM}?gateway=sandbox"

pytestmark = pytest.mark.usefixtures("billing_details")


def test_with_no_way_to_pay_the_page_says_so(owner: Client, settings: Any) -> None:
    settings.PAYMENT_GATEWAYS = []

    page = owner.get(BUY)

    assert "No payment method is available" in page.text
    assert owner.get(SANDBOX).headers["Location"] == BUY


@pytest.mark.parametrize("role", [Member.Role.DEVELOPER, Member.Role.VIEWER])
def test_who_may_not_buy_reaches_no_order_and_no_checkout(partner: Partner, role: str) -> None:
    purchase = buy(partner)
    browser = browser_of(create_user(partner, role))

    assert browser.get(BUY).status_code == 403
    assert order(browser).status_code == 403
    assert browser.get(checkout_of(purchase)).status_code == 403
    assert act(browser, purchase, "pay").status_code == 403
    assert Purchase.objects.get().state == Purchase.State.PENDING


def test_an_admin_buys(partner: Partner) -> None:
    order(browser_of(create_user(partner, Member.Role.ADMIN, "asha@example.com")))

    assert Purchase.objects.get().created_by == "asha@example.com"


@pytest.mark.parametrize("code", ["pack_1", "pack_5000%00", "..", "%F0%9F%92%B8"])
def test_a_package_that_is_not_there_is_not_found(owner: Client, code: str) -> None:
    assert owner.get(f"/dashboard/points/buy/{code}/").status_code == 404


def test_a_hundred_orders_are_started_in_a_day(owner: Client, partner: Partner) -> None:
    like = buy(partner, "manual")
    for number in range(99):
        like.pk, like.reference = new_id(), f"SQ-{number}"
        if number == 98:
            like.created_at -= timedelta(hours=25)
        like.save(force_insert=True)
    assert order(owner).url == checkout_of(Purchase.objects.get(gateway="sandbox"))

    assert order(owner).url == "/dashboard/points/purchases/"

    assert "You can start 100 orders a day" in owner.get("/dashboard/points/purchases/").text
    assert Purchase.objects.count() == 101
