"""Staff view purchases, confirm transfers and refund payments."""

from __future__ import annotations

import pytest

from accounts.models import AuditEntry
from billing.models import Invoice, Purchase
from billing.services import resolve_review
from config.db.ids import new_id
from tests.billing.purchases import balance, buy, settle
from tests.factories import PartnerFactory
from tests.staff import staff_with, superuser

pytestmark = pytest.mark.django_db

LIST = "/admin/billing/purchase/"


@pytest.fixture
def transfer() -> Purchase:
    return buy(PartnerFactory.create(), "manual")


def page(purchase: Purchase, action: str) -> str:
    return f"{LIST}{purchase.pk}/{action}/"


def test_a_refund_asks_for_a_reason_and_a_second_person(
    transfer: Purchase,
) -> None:
    settle(transfer)
    staff = superuser()
    assert "Transfer the money yourself" in staff.get(page(transfer, "refund")).content.decode()
    assert staff.post(page(transfer, "refund"), {"reason": " "}).status_code == 200

    form = {"reason": "Bought twice", "extent": "whole", "once": new_id()}
    asked = staff.post(page(transfer, "refund"), form).headers["Location"]
    assert balance(transfer.partner) == 500_000
    superuser("dev@shopiq.test").post(asked.replace("change", "approve"))

    transfer.refresh_from_db()
    assert (transfer.state, transfer.refund_reason) == ("refunded", "Bought twice")
    assert balance(transfer.partner) == 0


def test_what_cannot_be_refunded_says_why(transfer: Purchase) -> None:
    response = superuser().post(page(transfer, "refund"), {"reason": "Why not"}, follow=True)
    assert "cannot be refunded: Waiting for payment." in response.content.decode()


@pytest.mark.parametrize("action", ["transfer", "refund"])
def test_staff_without_the_permission_touch_nothing(transfer: Purchase, action: str) -> None:
    staff = staff_with("billing.view_purchase")

    assert staff.get(page(transfer, action)).status_code == 403
    assert staff.post(page(transfer, action), {"bank_reference": "UTR000142"}).status_code == 403
    shown = staff.get(f"{LIST}{transfer.pk}/change/").content.decode()
    assert page(transfer, action) not in shown


@pytest.mark.parametrize("action", ["transfer", "refund"])
def test_an_unknown_purchase_is_404(action: str) -> None:
    assert superuser().get(f"{LIST}{'0' * 24}/{action}/").status_code == 404


def test_each_state_offers_what_can_be_done(transfer: Purchase) -> None:
    staff = superuser()
    page_before = staff.get(f"{LIST}{transfer.pk}/change/").content.decode()
    settle(transfer)
    page_after = staff.get(f"{LIST}{transfer.pk}/change/").content.decode()

    assert page(transfer, "transfer") in page_before
    assert page(transfer, "refund") not in page_before
    assert page(transfer, "refund") in page_after


def test_staff_are_not_led_to_a_page_that_only_the_partner_sees(transfer: Purchase) -> None:
    shown = superuser().get(f"{LIST}{transfer.pk}/change/").content.decode()
    assert transfer.reference in shown
    assert "View on site" not in shown


def test_notes_are_listed_and_cleared_after_a_question(transfer: Purchase) -> None:
    settle(transfer, amount_paise=1)
    staff = superuser("mira@shopiq.test")
    chosen = {"action": "resolve_review", "_selected_action": transfer.pk}
    assert "₹0.01" in staff.get(LIST, {"attention__isempty": "0"}).content.decode()

    assert "Mark these purchases as reviewed?" in staff.post(LIST, chosen).content.decode()
    assert Purchase.objects.get().attention
    staff.post(LIST, chosen | {"confirmed": "yes"})

    assert Purchase.objects.get().attention == ""
    assert AuditEntry.objects.get(action="purchase.review_resolved").actor == "mira@shopiq.test"
    resolve_review(purchase=transfer, actor="again")
    assert AuditEntry.objects.filter(action="purchase.review_resolved").count() == 1


def test_an_invoice_opens_as_a_pdf_for_a_reason_that_the_partner_sees(transfer: Purchase) -> None:
    settle(transfer)
    invoice = Invoice.objects.get()
    address = f"/admin/billing/invoice/{invoice.pk}/open/"
    staff = superuser()
    assert address in staff.get("/admin/billing/invoice/").text
    assert not staff.post(address, {"reason": " "}).content.startswith(b"%PDF-")

    response = staff.post(address, {"reason": "Asked for a copy"})

    assert response.headers["Content-Type"] == "application/pdf"
    assert invoice.file_name in response.headers["Content-Disposition"]
    assert response.content.startswith(b"%PDF-")
    entry = AuditEntry.objects.of(transfer.partner_id).get(action="personal_data.opened")
    assert (entry.target, entry.detail["kind"]) == (invoice.pk, "invoice")
    assert staff_with("billing.view_invoice").post(address, {"reason": "x"}).status_code == 403


def test_staff_find_what_happened_to_a_purchase_by_its_reference(transfer: Purchase) -> None:
    buy(PartnerFactory.create(), "manual")
    response = superuser().get("/admin/accounts/auditentry/", {"q": transfer.reference})
    assert [entry.target for entry in response.context["cl"].result_list] == [transfer.pk]
