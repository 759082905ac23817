"""Starting a purchase: its price, its tax, its checkout, and its end without money."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail

from accounts.models import AuditEntry, Partner
from billing.models import BillingProfile, Purchase
from billing.services import InvalidDetails, cancel_purchase, open_checkout
from billing.services.sandbox import fail
from tests.billing.operations import set_package_price
from tests.billing.purchases import BUYER, balance, bill_to, buy, settle
from tests.factories import PartnerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def partner() -> Partner:
    made: Partner = PartnerFactory.create()
    return made


def test_the_price_is_that_of_our_own_list(partner: Partner) -> None:
    purchase = buy(partner, package="pack_25000")

    assert (purchase.points, purchase.tier_id) == (2_500_000, "growth")
    assert (purchase.amount_paise, purchase.currency) == (2_500_000, "INR")
    assert (purchase.package_name, purchase.created_by) == ("Growth", BUYER)
    assert purchase.next_check_at == purchase.created_at + timedelta(minutes=1)
    entry = AuditEntry.objects.get(action="purchase.started")
    assert (entry.actor, entry.detail["total_paise"]) == (BUYER, purchase.total_paise)


def test_a_later_price_changes_no_purchase(partner: Partner) -> None:
    purchase = buy(partner)
    set_package_price("pack_5000", 1)

    purchase.refresh_from_db()
    assert (purchase.amount_paise, purchase.points) == (500_000, 500_000)


@pytest.mark.parametrize(
    ("details", "taxes", "place"),
    [
        ({}, (45_000, 45_000, 0), "29"),
        ({"state_code": "29"}, (45_000, 45_000, 0), "29"),
        ({"state_code": "27"}, (0, 0, 90_000), "27"),
        ({"country": "SG"}, (0, 0, 90_000), "96"),
    ],
)
def test_tax_goes_where_the_buyer_is(
    partner: Partner, details: dict[str, str], taxes: tuple[int, int, int], place: str
) -> None:
    bill_to(partner, **details)

    purchase = buy(partner)

    assert (purchase.cgst_paise, purchase.sgst_paise, purchase.igst_paise) == taxes
    assert (purchase.place_of_supply, purchase.tax_paise) == (place, 90_000)
    assert purchase.total_paise == 590_000


def test_the_tax_rate_is_a_setting(partner: Partner, settings: Any) -> None:
    settings.GST_PERCENT = 5
    assert buy(partner).tax_paise == 25_000


def test_the_sandbox_leads_to_its_page_and_a_transfer_to_none(partner: Partner) -> None:
    sandbox, transfer = buy(partner, "sandbox"), buy(partner, "manual")

    assert sandbox.checkout_url.endswith(f"/checkout/sandbox/{sandbox.reference}/")
    assert (sandbox.state, transfer.state) == ("pending", "pending")
    assert (transfer.checkout_url, transfer.gateway_order_id) == ("", None)


@pytest.mark.parametrize("gateway", ["razorpay", "sandbox", "cash"])
def test_what_is_not_offered_is_not_started(partner: Partner, settings: Any, gateway: str) -> None:
    settings.PAYMENT_GATEWAYS = ["manual"]
    with pytest.raises(ValueError, match="not offered"):
        buy(partner, gateway)
    assert not Purchase.objects.exists()


def test_a_package_taken_off_sale_is_not_sold(partner: Partner) -> None:
    set_package_price("pack_5000", is_on_sale=False)
    with pytest.raises(ValueError, match="not on sale"):
        buy(partner)


def test_references_are_easy_to_copy_and_differ(partner: Partner) -> None:
    references = {buy(partner, "manual").reference for _ in range(20)}

    assert len(references) == 20
    assert all(len(text) == 11 and not set("01ILOU") & set(text[3:]) for text in references)


def test_a_transfer_is_announced_with_bank_and_reference(
    partner: Partner, django_capture_on_commit_callbacks: Any
) -> None:
    bill_to(partner, email="accounts@nandi.test")
    with django_capture_on_commit_callbacks(execute=True):
        purchase = buy(partner, "manual")
        open_checkout(purchase=purchase)

    message, copy = mail.outbox
    assert (message.to, copy.to) == ([BUYER], ["accounts@nandi.test"])
    assert purchase.reference in message.subject
    assert "Transfer ₹5,900.00 for the Starter package" in message.body
    assert "Account number: 000000000000" in message.body
    assert purchase.get_absolute_url() in message.body


def test_a_checkout_is_opened_again_by_itself(partner: Partner) -> None:
    failed, other = fail(buy(partner)), fail(buy(partner))

    assert open_checkout(purchase=failed).state == "pending"
    other.refresh_from_db()
    assert other.state == "failed"


def test_a_cancelled_purchase_can_no_longer_be_opened(partner: Partner) -> None:
    purchase = buy(partner)

    cancel_purchase(purchase=purchase, actor=BUYER)

    assert open_checkout(purchase=purchase).state == "cancelled"
    assert (purchase.state, purchase.is_open) == ("cancelled", False)
    assert AuditEntry.objects.filter(action="purchase.cancelled", actor=BUYER).count() == 1


def test_a_checkout_that_opens_too_late_undoes_nothing(partner: Partner) -> None:
    purchase = buy(partner)
    seen_open = Purchase.objects.get(pk=purchase.pk)
    settle(purchase)
    assert open_checkout(purchase=seen_open).state == "paid"

    other = buy(partner)
    seen_open = Purchase.objects.get(pk=other.pk)
    cancel_purchase(purchase=other, actor=BUYER)
    assert open_checkout(purchase=seen_open).state == "cancelled"


def test_a_paid_purchase_is_not_cancelled(partner: Partner) -> None:
    purchase = settle(buy(partner))

    assert cancel_purchase(purchase=purchase, actor=BUYER).state == "paid"
    assert not AuditEntry.objects.filter(action="purchase.cancelled").exists()


@pytest.mark.parametrize("state", ["created", "failed", "cancelled", "expired"])
def test_money_that_arrives_counts_whatever_the_state(partner: Partner, state: str) -> None:
    purchase = buy(partner)
    if state != "created":
        Purchase.objects.filter(pk=purchase.pk).update(state=state)

    assert settle(purchase).state == "paid"
    assert balance(partner) == 500_000


def test_purchases_are_their_partners_alone(partner: Partner) -> None:
    purchase = buy(partner)
    stranger = PartnerFactory.create()

    assert list(Purchase.objects.of(partner.id)) == [purchase]
    assert not Purchase.objects.of(stranger.id).exists()


def test_who_is_billed_is_encrypted_and_audited_by_field(partner: Partner) -> None:
    bill_to(partner, legal_name="Nandi Potteries", city="Mumbai", state_code="27")

    profile = BillingProfile.objects.get(partner=partner)
    assert profile.details.legal_name == "Nandi Potteries"
    assert "Nandi" not in profile.encrypted_details
    with pytest.raises(InvalidDetails):
        bill_to(partner, pin_code="0")
    entry = AuditEntry.objects.get(action="billing.details_changed")
    assert entry.detail == {"fields": ["legal_name", "city", "state_code"]}
