"""The order of a package and the ways to pay it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.models import Partner
from billing.models import Purchase
from tests.billing.fakes.razorpay import KEY_ID, KEY_SECRET, FakeRazorpay
from tests.billing.operations import set_package_price
from tests.billing.pages import BUY, CONFIRM, DETAILS, STARTER_TOTAL, order, token_of
from tests.billing.purchases import bill_to, buy
from tests.factories import PartnerFactory
from tests.users import browser_of, create_user

SANDBOX = f"{CONFIRM}?gateway=sandbox"

pytestmark = pytest.mark.usefixtures("billing_details")


def test_an_order_names_price_tax_buyer_and_ways_to_pay(owner: Client) -> None:
    methods = owner.get(BUY).text
    assert "Sandbox" in methods
    assert "Bank transfer" in methods

    page = owner.get(SANDBOX)

    assert "CGST 9%" in page.text
    assert page.text.count("₹450.00") == 2
    assert "Pay ₹5,900.00" in page.text
    assert DETAILS["legal_name"] in page.text
    assert "5,000 points" in page.text


def test_each_way_to_pay_says_how_it_works(owner: Client, settings: Any) -> None:
    settings.PAYMENT_GATEWAYS = ["razorpay", "manual", "sandbox"]
    page = owner.get(BUY).text
    for shown in (
        "Card, UPI or net banking",
        "On Razorpay",
        "NEFT, RTGS, IMPS or UPI",
        "Simulates a payment page",
    ):
        assert shown in page, shown


def test_what_was_chosen_is_kept_on_the_way_back(owner: Client) -> None:
    page = owner.get(f"{CONFIRM}?gateway=manual").text
    assert f"{BUY}?gateway=manual" in page
    assert "checked" in owner.get(f"{BUY}?gateway=manual").text.partition('value="manual"')[2][:30]
    fields = {f"details-{name}": value for name, value in DETAILS.items()} | {
        "details-country": "IN",
        "details-city": "Mysuru",
    }

    saved = owner.post(f"{BUY}details/?gateway=manual", fields)

    assert saved.headers["Location"] == f"{CONFIRM}?gateway=manual"
    assert "Mysuru" in owner.get(saved.headers["Location"]).text


def test_the_last_step_names_an_order_that_was_not_paid(owner: Client, partner: Partner) -> None:
    purchase = buy(partner)

    assert f"Continue with {purchase.reference}" in owner.get(SANDBOX).text


def test_a_buyer_of_another_state_reads_integrated_tax(owner: Client, partner: Partner) -> None:
    bill_to(partner, **(DETAILS | {"state_code": "27"}))

    page = owner.get(SANDBOX)

    assert "IGST 18%" in page.text
    assert "₹900.00" in page.text
    assert "CGST" not in page.text


def test_a_buyer_of_the_same_union_territory_reads_its_tax(
    owner: Client, partner: Partner, settings: Any
) -> None:
    settings.SELLER_GSTIN = "04" + settings.SELLER_GSTIN[2:]
    bill_to(partner, **(DETAILS | {"state_code": "04"}))

    page = owner.get(SANDBOX)

    assert "UTGST 9%" in page.text
    assert ">SGST" not in page.text


def test_the_page_asks_for_what_the_purchase_then_asks_for(owner: Client) -> None:
    shown = owner.get(SANDBOX).context["quote"]

    order(owner)

    purchase = Purchase.objects.get()
    assert purchase.total_paise == shown.total == STARTER_TOTAL
    assert purchase.cgst_paise == shown.tax.cgst


def test_one_form_sent_twice_makes_one_purchase(owner: Client) -> None:
    token = token_of(owner)
    order(owner, token=token)
    purchase = Purchase.objects.get()

    again = order(owner, token=token)

    assert again.headers["Location"] == purchase.get_absolute_url()
    assert Purchase.objects.count() == 1


def test_nothing_is_ordered_at_a_total_that_the_page_did_not_show(owner: Client) -> None:
    set_package_price("pack_5000", 600_000)

    old = {"gateway": "sandbox", "token": "", "total": STARTER_TOTAL}
    page = owner.post(CONFIRM, old, follow=True)

    assert "The total has changed" in page.text
    assert "Pay ₹7,080.00" in page.text
    assert not Purchase.objects.exists()


@pytest.mark.parametrize(
    "fields",
    [
        {"gateway": "cash"},
        {"gateway": "razorpay"},
        {"gateway": ""},
        {"token": "again"},
        {"token": "0123456789abcdef01234567"},
        {"token": ""},
        {"total": "9" * 40},
        {"total": ""},
    ],
)
def test_an_odd_form_orders_nothing(owner: Client, fields: dict[str, str]) -> None:
    response = order(owner, **fields)

    assert response.status_code in (200, 302)
    assert not Purchase.objects.exists()


def test_missing_billing_details_are_asked_for_on_the_way(db: None) -> None:
    browser = browser_of(create_user(PartnerFactory.create()))

    asked = browser.get(BUY)
    assert asked.headers["Location"] == f"{BUY}details/"
    step = browser.get(f"{BUY}details/").text
    assert "GST 18%" in step
    assert "CGST" not in step.partition("Summary")[2]
    fields = {f"details-{name}": value for name, value in DETAILS.items()}
    saved = browser.post(asked.headers["Location"], {**fields, "details-country": "IN"})

    assert saved.headers["Location"] == BUY
    assert "Payment method" in browser.get(BUY).text
    assert "Pay ₹5,900.00" in browser.get(SANDBOX).text


def test_a_bank_transfer_shows_what_to_transfer_where(owner: Client, settings: Any) -> None:
    page = order(owner, gateway="manual")
    purchase = Purchase.objects.get()
    assert page.headers["Location"] == purchase.get_absolute_url()

    shown = owner.get(purchase.get_absolute_url()).text

    assert "Transfer ₹5,900.00" in shown
    assert purchase.reference in shown
    assert "IFSC" in shown
    assert (
        f"upi://pay?pa=shopiq.demo@example&amp;pn=ShopIQ%20Demonstration&amp;am=5900.00&amp;cu=INR&amp;tn={purchase.reference}"
        in shown
    )
    assert "QR code" in shown
    settings.UPI_ID = ""
    assert "QR code" not in owner.get(purchase.get_absolute_url()).text
    assert f"{purchase.get_absolute_url()}proforma.pdf" in shown


def test_a_hosted_page_is_reached_by_a_link_and_asked_on_the_way_back(
    owner: Client, partner: Partner, settings: Any
) -> None:
    with FakeRazorpay() as razorpay:
        _offer_razorpay(settings, razorpay.base_url)
        page = order(owner, gateway="razorpay")
        purchase = Purchase.objects.get()
        # A form may not lead to another origin, so the way there is a link on our own page.
        assert page.headers["Location"] == purchase.get_absolute_url()
        assert f'href="{purchase.checkout_url}"' in owner.get(purchase.get_absolute_url()).text

        back = f"{purchase.get_absolute_url()}?razorpay_payment_link_status=paid"
        assert owner.get(back).headers["Location"] == purchase.get_absolute_url()
        purchase.refresh_from_db()
        # What the browser says of it proves nothing.
        assert not purchase.is_paid


def test_a_gateway_that_is_down_keeps_the_order_for_another_try(
    owner: Client, settings: Any
) -> None:
    with FakeRazorpay() as razorpay:
        _offer_razorpay(settings, razorpay.base_url)
        razorpay.broken = 500
        page = owner.get(order(owner, gateway="razorpay").headers["Location"])
        purchase = Purchase.objects.get()
        assert "is not responding" in page.text
        assert "Payment page unavailable" in page.text
        retry = f"{purchase.get_absolute_url()}retry/"
        assert "is not responding" in owner.post(retry, follow=True).text
        check = f"{purchase.get_absolute_url()}check/"
        assert "is not responding" in owner.post(check, follow=True).text

        razorpay.broken = None
        assert "Continue to payment" in owner.post(retry, follow=True).text


def _offer_razorpay(settings: Any, base_url: str) -> None:
    settings.PAYMENT_GATEWAYS = ["razorpay"]
    settings.RAZORPAY_BASE_URL = base_url
    settings.RAZORPAY_KEY_ID, settings.RAZORPAY_KEY_SECRET = KEY_ID, KEY_SECRET
