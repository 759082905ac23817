"""Purchases, their states in words, and their documents."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEntry, Member, Partner
from billing.models import Invoice, Purchase
from billing.services import cancel_purchase
from tests.billing.approvals import refund_purchase
from tests.billing.purchases import BUYER, bill_to, buy, settle
from tests.factories import PartnerFactory
from tests.users import browser_of, create_user

PURCHASES = "/dashboard/points/purchases/"


def refund(purchase: Purchase) -> Purchase:
    return refund_purchase(purchase=settle(purchase), actor="staff", reason="bought by mistake")


def cancel(purchase: Purchase) -> Purchase:
    return cancel_purchase(purchase=purchase, actor=BUYER)


@pytest.mark.parametrize(
    ("action", "words"),
    [
        (lambda purchase: purchase, "Transfer ₹5,900.00"),
        (settle, "5,000 points were added to your balance"),
        (cancel, "If a payment for this purchase still arrives"),
        (refund, "₹5,900.00 was returned to the original payment method"),
    ],
)
def test_a_purchase_says_what_its_state_means(
    owner: Client, partner: Partner, action: Callable[[Purchase], Purchase], words: str
) -> None:
    purchase = action(buy(partner, "manual"))

    page = owner.get(purchase.get_absolute_url())

    assert words in page.text
    assert page.text.count("<h1>") == 1


@pytest.mark.parametrize("gateway", ["manual", "sandbox"])
@pytest.mark.parametrize("state", Purchase.State.values)
def test_every_state_has_a_page(owner: Client, partner: Partner, state: str, gateway: str) -> None:
    purchase = buy(partner, gateway)
    if state in ("paid", "refunding", "refunded"):
        settle(purchase)
    with connection.cursor() as cursor:
        # Past the trigger, for some of the ways there are a gateway's.
        cursor.execute("SET session_replication_role = replica")
        Purchase.objects.update(state=state)
        cursor.execute("SET session_replication_role = DEFAULT")

    page = owner.get(purchase.get_absolute_url())

    assert page.status_code == 200
    assert str(Purchase.State(state).label) in page.text
    assert 'class="form-actions"' in page.text


def test_a_page_that_waits_asks_until_the_payment_is_there(owner: Client, partner: Partner) -> None:
    purchase = buy(partner)
    watch = f"{purchase.get_absolute_url()}watch/?state=pending"
    assert f'data-hx-get="{watch}"' in owner.get(purchase.get_absolute_url()).text
    assert owner.get(watch).text.count("<") < 10
    assert f'data-hx-get="{watch}"' in owner.get(watch).text

    settle(purchase)

    for page in (owner.get(watch).text, owner.get(purchase.get_absolute_url()).text):
        assert "points were added to your balance" in page
        assert 'id="watch"' not in page


def test_a_payment_of_another_amount_is_flagged(owner: Client, partner: Partner) -> None:
    purchase = settle(buy(partner, "manual"), amount_paise=1)

    page = owner.get(purchase.get_absolute_url())

    assert "a payment that does not match this purchase" in page.text
    assert "₹0.01" not in page.text


def test_the_list_has_each_purchase_with_its_documents(owner: Client, partner: Partner) -> None:
    waiting, paid = buy(partner, "manual"), settle(buy(partner, package="pack_100000"))

    page = owner.get(PURCHASES)

    assert [row.pk for row in page.context["page"]] == [paid.pk, waiting.pk]
    assert "₹1,18,000.00" in page.text
    assert Invoice.objects.get().full_number in page.text
    assert "Waiting for payment" in page.text


def test_the_list_is_filtered_by_state_and_sorted_by_total(owner: Client, partner: Partner) -> None:
    small, large = settle(buy(partner)), buy(partner, package="pack_100000")
    buy(partner)

    def found(query: str) -> list[str]:
        return [row.pk for row in owner.get(f"{PURCHASES}?{query}").context["page"]]

    assert found("state=paid") == [small.pk]
    assert found("sort=total")[0] == large.pk
    assert len(found("state=stolen")) == len(found("state=%00")) == 3
    assert "is not applied." in owner.get(f"{PURCHASES}?state=stolen").text
    assert "No purchases match these filters" in owner.get(f"{PURCHASES}?state=expired").text


def test_a_partner_without_purchases_is_led_to_the_packages(owner: Client) -> None:
    assert "No purchases yet" in owner.get(PURCHASES).text


def test_a_full_page_takes_no_more_queries_than_one_purchase(
    owner: Client, partner: Partner
) -> None:
    settle(buy(partner), "pay_first")
    with CaptureQueriesContext(connection) as of_one:
        owner.get(PURCHASES)
    for number in range(50):
        purchase = buy(partner)
        if number % 10 == 0:
            settle(purchase, f"pay_{number}")

    with CaptureQueriesContext(connection) as of_many:
        assert len(owner.get(PURCHASES).context["page"]) == 25

    assert len(of_many) == len(of_one)


def test_an_invoice_is_a_pdf_with_its_number_as_name(owner: Client, partner: Partner) -> None:
    settle(buy(partner))
    invoice = Invoice.objects.get()

    response = owner.get(f"/dashboard/points/invoices/{invoice.pk}.pdf")

    assert response.headers["Content-Type"] == "application/pdf"
    name = invoice.full_number.replace("/", "-")
    assert response.headers["Content-Disposition"] == f'inline; filename="{name}.pdf"'
    # It names a buyer: nothing between us and the browser may keep it.
    assert "no-store" in response.headers["Cache-Control"]
    assert response.content.startswith(b"%PDF-")


def test_a_refund_adds_its_credit_note(owner: Client, partner: Partner) -> None:
    refund(purchase := buy(partner, "manual"))
    note = Invoice.objects.get(kind=Invoice.Kind.CREDIT_NOTE)

    page = owner.get(purchase.get_absolute_url())

    assert page.text.count("Credit note") >= 1
    assert owner.get(f"/dashboard/points/invoices/{note.pk}.pdf").content.startswith(b"%PDF-")


def test_a_bank_transfer_has_a_proforma_and_no_other_purchase_has(
    owner: Client, partner: Partner
) -> None:
    bill_to(partner, legal_name="Kaveri", address="1 Road", state_code="29", pin_code="560038")
    transfer, other = buy(partner, "manual"), buy(partner)

    response = owner.get(f"{transfer.get_absolute_url()}proforma.pdf")

    assert response.content.startswith(b"%PDF-")
    assert (
        f'filename="proforma-{transfer.reference}.pdf"' in response.headers["Content-Disposition"]
    )
    assert owner.get(f"{other.get_absolute_url()}proforma.pdf").status_code == 404


def test_cancelling_asks_first_and_is_in_the_audit(owner: Client, partner: Partner) -> None:
    purchase = buy(partner)
    cancel_address = f"{purchase.get_absolute_url()}cancel/"

    assert "Cancel this purchase?" in owner.get(cancel_address).text
    assert "Purchase cancelled" in owner.post(cancel_address, follow=True).text

    purchase.refresh_from_db()
    assert purchase.state == Purchase.State.CANCELLED
    assert AuditEntry.objects.filter(action="purchase.cancelled").count() == 1


def test_a_paid_purchase_is_not_cancelled(owner: Client, partner: Partner) -> None:
    purchase = settle(buy(partner))

    page = owner.post(f"{purchase.get_absolute_url()}cancel/", follow=True)

    assert "can no longer be cancelled" in page.text
    purchase.refresh_from_db()
    assert purchase.state == Purchase.State.PAID


@pytest.mark.parametrize("method", ["get", "post"])
def test_purchases_and_documents_of_another_partner_are_not_there(
    owner: Client, method: str
) -> None:
    theirs = settle(buy(PartnerFactory.create(), "manual"))
    invoice = Invoice.objects.get()
    address = theirs.get_absolute_url()
    paths = {
        "get": ["", "?back=1", "cancel/", "proforma.pdf"],
        "post": ["check/", "retry/", "cancel/"],
    }[method]

    responses = [getattr(owner, method)(f"{address}{path}") for path in paths]

    assert [response.status_code for response in responses] == [404] * len(paths)
    assert owner.get(f"/dashboard/points/invoices/{invoice.pk}.pdf").status_code == 404
    assert theirs.reference not in owner.get(PURCHASES).text


@pytest.mark.parametrize("role", Member.Role.values)
def test_purchases_and_documents_are_for_who_may_buy(partner: Partner, role: str) -> None:
    purchase = settle(buy(partner, "manual"))
    browser = browser_of(create_user(partner, role))
    address = purchase.get_absolute_url()
    invoice = f"/dashboard/points/invoices/{Invoice.objects.get().pk}.pdf"

    codes = {browser.get(path).status_code for path in (PURCHASES, address, invoice)}
    codes.add(browser.get(f"{address}proforma.pdf").status_code)

    assert codes == ({200} if role in ("owner", "admin") else {403})


@pytest.mark.parametrize("action", ["check", "retry"])
def test_what_acts_is_no_link(owner: Client, partner: Partner, action: str) -> None:
    assert owner.get(f"{buy(partner).get_absolute_url()}{action}/").status_code == 405


@pytest.mark.parametrize("purchase_id", ["f" * 24, "0", "%00", "a" * 300])
def test_a_purchase_that_is_not_there_is_not_found(owner: Client, purchase_id: str) -> None:
    assert owner.get(f"{PURCHASES}{purchase_id}/").status_code == 404
