"""The stand-in for a payment service: it pays, fails and pays late."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Partner
from billing.models import Invoice, LedgerEntry, PointBucket, Purchase, SandboxPayment
from tests.billing.pages import BUY, act, checkout_of, order
from tests.billing.purchases import buy
from tests.factories import PartnerFactory

pytestmark = pytest.mark.usefixtures("billing_details")


def test_paying_in_the_sandbox_credits_points_and_issues_an_invoice(
    owner: Client, partner: Partner
) -> None:
    response = order(owner)
    purchase = Purchase.objects.get(partner=partner)
    assert response.headers["Location"] == checkout_of(purchase)
    assert "No money moves" in owner.get(checkout_of(purchase)).text

    page = act(owner, purchase, "pay")

    bucket = PointBucket.objects.get(partner=partner)
    assert (bucket.package_id, bucket.remaining) == ("pack_5000", 500_000)
    assert LedgerEntry.objects.get(bucket=bucket).points == 500_000
    invoice = Invoice.objects.get(purchase=purchase)
    assert f"/dashboard/points/invoices/{invoice.pk}.pdf" in page.text
    assert "5,000 points were added to your balance" in page.text
    assert "5,000" in owner.get("/dashboard/points/").text
    assert "+5,000.00" in owner.get("/dashboard/points/ledger/").text


def test_a_failed_payment_can_be_tried_again(owner: Client, partner: Partner) -> None:
    order(owner)
    purchase = Purchase.objects.get()

    page = act(owner, purchase, "fail")
    assert "Payment failed" in page.text
    assert not PointBucket.objects.exists()

    again = owner.post(f"{purchase.get_absolute_url()}retry/")
    assert again.headers["Location"] == checkout_of(purchase)
    assert "5,000 points were added to your balance" in act(owner, purchase, "pay").text
    assert PointBucket.objects.count() == 1


def test_a_late_payment_is_found_on_request(owner: Client) -> None:
    order(owner)
    purchase = Purchase.objects.get()

    page = act(owner, purchase, "late", seconds=60)
    assert "Waiting for your payment" in page.text
    check = f"{purchase.get_absolute_url()}check/"
    assert "No payment received yet" in owner.post(check, follow=True).text

    SandboxPayment.objects.update(happens_at=timezone.now() - timedelta(seconds=1))
    assert "5,000 points were added to your balance" in owner.post(check, follow=True).text


@pytest.mark.parametrize("seconds", ["", "0", "-1", "9" * 30, "soon", "3601"])
def test_the_sandbox_refuses_odd_delays(owner: Client, seconds: str) -> None:
    order(owner)
    purchase = Purchase.objects.get()

    page = act(owner, purchase, "late", seconds=seconds)

    assert page.status_code == 200
    assert "errorlist" in page.text
    assert not SandboxPayment.objects.exists()


def test_a_paid_checkout_has_nothing_left_to_pay(owner: Client) -> None:
    order(owner)
    purchase = Purchase.objects.get()
    act(owner, purchase, "pay")

    act(owner, purchase, "pay")

    assert "There is nothing left to pay" in owner.get(checkout_of(purchase)).text
    assert PointBucket.objects.count() == SandboxPayment.objects.count() == 1


def test_without_a_sandbox_there_is_no_sandbox_page(
    owner: Client, partner: Partner, settings: Any
) -> None:
    purchase = buy(partner)
    settings.PAYMENT_GATEWAYS = ["manual"]

    assert owner.get(checkout_of(purchase)).status_code == 404
    assert owner.post(checkout_of(purchase), {"action": "pay"}).status_code == 404
    assert not re.search("Sandbox", owner.get(BUY).text)


def test_the_checkout_of_another_partner_is_not_there(owner: Client) -> None:
    theirs = buy(PartnerFactory.create())

    assert owner.get(checkout_of(theirs)).status_code == 404
    assert act(owner, theirs, "pay").status_code == 404
    assert not SandboxPayment.objects.exists()
