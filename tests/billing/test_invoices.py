"""Invoices: their numbers, what they say, and that they never change."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, transaction

from accounts.models import Partner
from billing.documents import render_invoice, render_proforma
from billing.gst import _check_digit
from billing.models import Invoice, Purchase
from config.db.rotation import rotate_all
from tests.billing.approvals import refund_purchase
from tests.billing.pdf_texts import glyph_table, text_of
from tests.billing.purchases import bill_to, buy, numbers, settle
from tests.daily import few_daily
from tests.factories import PartnerFactory

pytestmark = pytest.mark.django_db

NANDI = {
    "legal_name": "Nandi Potteries",
    "email": "accounts@nandi.test",
    "address": "14, 3rd Cross\nIndiranagar",
    "city": "Mumbai",
    "pin_code": "400001",
    "state_code": "27",
    "gstin": "27AAPFU0939F1ZV",
}


@pytest.fixture
def partner() -> Partner:
    made: Partner = PartnerFactory.create(name="Nandi")
    return made


def invoice_of(partner: Partner, **details: Any) -> Invoice:
    if details:
        bill_to(partner, **details)
    purchase = settle(buy(partner, "manual"), f"pay_{Invoice.objects.count()}")
    return Invoice.objects.get(purchase=purchase)


def test_numbers_run_from_one_in_the_series_of_the_financial_year(partner: Partner) -> None:
    with time_machine.travel(datetime(2026, 3, 31, 18, tzinfo=UTC), tick=False):
        old = [invoice_of(partner).full_number for _ in range(2)]
    with time_machine.travel(datetime(2026, 3, 31, 19, tzinfo=UTC), tick=False):
        new = invoice_of(partner).full_number

    assert [*old, new] == ["SQ/25-26/000001", "SQ/25-26/000002", "SQ/26-27/000001"]
    assert all(len(number) <= 16 for number in [*old, new])


def test_the_copy_of_buyer_and_seller_outlives_their_changes(
    partner: Partner, settings: Any
) -> None:
    invoice = invoice_of(partner, **NANDI)
    before = render_invoice(invoice)

    bill_to(partner, legal_name="Another Name")
    settings.SELLER_NAME = "Another Seller"

    again = Invoice.objects.get(pk=invoice.pk)
    assert again.buyer.legal_name == "Nandi Potteries"
    with time_machine.travel(datetime(2030, 1, 1, tzinfo=UTC)):
        assert render_invoice(again) == before


def test_who_is_billed_is_encrypted_in_the_invoice_too(partner: Partner) -> None:
    row = Invoice.objects.values().get(pk=invoice_of(partner, **NANDI).pk)

    assert not any("Nandi" in str(value) or "27AAPFU" in str(value) for value in row.values())


@pytest.mark.parametrize("field", ["total_paise", "number", "seller", "issued_at", "lines"])
def test_the_database_refuses_to_change_an_invoice(partner: Partner, field: str) -> None:
    invoice = invoice_of(partner)
    other = {"seller": {}, "lines": [], "issued_at": datetime(2020, 1, 1, tzinfo=UTC)}.get(field, 7)

    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        Invoice.objects.filter(pk=invoice.pk).update(**{field: other})
    with pytest.raises(DatabaseError, match="DELETE refused"), transaction.atomic():
        Invoice.objects.filter(pk=invoice.pk).delete()


def test_a_new_encryption_key_reaches_invoices_and_profiles(
    partner: Partner, settings: Any
) -> None:
    invoice = invoice_of(partner, **NANDI)
    old = settings.FIELD_ENCRYPTION_KEYS
    fresh = "9:" + "bmV3LWtleS1mb3ItdGhlLXRlc3QtMzItYnl0ZXMtbG8="
    settings.FIELD_ENCRYPTION_KEYS = [fresh, *old]
    tables = {progress.table for progress in rotate_all()}
    settings.FIELD_ENCRYPTION_KEYS = [fresh]

    assert {"billing_invoice", "billing_billingprofile"} <= tables
    assert Invoice.objects.get(pk=invoice.pk).buyer.gstin == NANDI["gstin"]


def test_an_invoice_shows_everything_that_a_tax_invoice_needs(partner: Partner) -> None:
    invoice = invoice_of(partner, **NANDI)

    text = text_of(render_invoice(invoice))

    for shown in (
        "Tax invoice",
        invoice.full_number,
        invoice.reference,
        "ShopIQ Demonstration",
        "GSTIN 29AAAAA0000A1ZY",
        "PAN AAAAA0000A",
        "Original for recipient",
        "Nandi Potteries",
        "Indiranagar",
        "Mumbai 400001",
        "GSTIN 27AAPFU0939F1ZV",
        "Maharashtra (27)",
        "998439",
        "5,000 points",
        "₹5,000.00",
        "IGST 18 %",
        "₹900.00",
        "₹5,900.00",
        "Rupees Five Thousand Nine Hundred Only",
        "Reverse charge",
    ):
        assert shown in text, shown
    assert "CGST" not in text


def test_within_the_state_both_halves_of_the_tax_are_shown(partner: Partner) -> None:
    text = text_of(render_invoice(invoice_of(partner)))

    assert "CGST 9 %" in text
    assert "SGST 9 %" in text
    assert text.count("₹450.00") == 2


def test_a_buyer_without_details_is_billed_by_the_partners_name(partner: Partner) -> None:
    assert "Nandi" in text_of(render_invoice(invoice_of(partner)))


def test_a_partners_own_name_is_printed_in_latin_letters_if_no_font_has_its_own() -> None:
    invoice = invoice_of(PartnerFactory.create(name="陶器店 Ünïon"))

    text = text_of(render_invoice(invoice)).lower()

    assert "taoqidian ünïon" in text


@pytest.mark.parametrize(
    ("name", "font"),
    few_daily(
        [
            ("नोवा रिटेल प्रा. लि.", "NotoSansDevanagari"),
            ("অসমীয়া জাপি ভাণ্ডাৰ", "NotoSansBengali"),
            ("தமிழ் நாடு வணிகம்", "NotoSansTamil"),
            ("తెలుగు వ్యాపారం", "NotoSansTelugu"),
            ("ગુજરાતી વ્યાપાર", "NotoSansGujarati"),
            ("ਪੰਜਾਬੀ ਦੁਕਾਨ", "NotoSansGurmukhi"),
            ("ಕನ್ನಡ ಅಂಗಡಿ", "NotoSansKannada"),
            ("മലയാളം കട ന്\u200d", "NotoSansMalayalam"),
            ("ଓଡ଼ିଆ ବ୍ୟବସାୟ", "NotoSansOriya"),
        ],
        2,
    ),
)
def test_names_in_indian_scripts_are_printed_as_given(
    partner: Partner, name: str, font: str
) -> None:
    invoice = invoice_of(partner, legal_name=name)
    pdf = render_invoice(invoice)

    assert pdf == render_invoice(invoice)
    assert font.encode() in pdf
    tables = re.findall(rb"/CIDInit.*?endcmap", pdf, re.S)
    letters = {letter for part in tables for text in glyph_table(part).values() for letter in text}
    assert letters >= {*name}


def test_a_buyer_in_a_special_economic_zone_pays_integrated_tax(partner: Partner) -> None:
    text = text_of(render_invoice(invoice_of(partner, state_code="29", gstin="", is_sez=True)))

    assert "IGST 18 %" in text
    assert "Supply meant for an SEZ unit" in text
    assert "SGST" not in text.replace("IGST", "")


@pytest.mark.parametrize(("state", "label"), [("29", "SGST 9 %"), ("04", "UTGST 9 %")])
def test_a_union_territory_has_a_tax_of_its_own(
    partner: Partner, settings: Any, state: str, label: str
) -> None:
    start = f"{state}AAAAA0000A1Z"
    settings.SELLER_GSTIN = start + _check_digit(start)
    text = text_of(render_invoice(invoice_of(partner, state_code=state, gstin="")))

    assert label in text


@pytest.mark.parametrize("first", ["Word", "ക്ഷേമ"])
def test_a_very_long_name_wraps_and_hides_nothing(partner: Partner, first: str) -> None:
    """Also if it begins in one script and goes on, on other lines, in another."""
    words = [f"Word{n}" for n in range(30)]
    text = text_of(render_invoice(invoice_of(partner, legal_name=" ".join([first, *words]))))

    # Shaped text places every letter by itself.
    printed = "".join(text.split())
    assert "".join(words) in printed
    assert "₹5,900.00" in printed


def test_a_proforma_shows_amount_and_bank_account(partner: Partner) -> None:
    purchase = buy(partner, "manual")
    text = text_of(render_proforma(purchase))

    for shown in ("Proforma invoice", purchase.reference, "IFSC: DEMO0000000", "Total due"):
        assert shown in text
    assert "Tax invoice" not in text
    assert not Invoice.objects.exists()


def test_a_credit_note_has_a_series_of_its_own_and_names_its_invoice(partner: Partner) -> None:
    invoice = invoice_of(partner, **NANDI)
    bill_to(partner, legal_name="Another Name")
    refund_purchase(purchase=Purchase.objects.get(), actor="staff", reason="Bought twice")

    note = Invoice.objects.get(kind="credit_note")
    text = text_of(render_invoice(note))
    assert re.fullmatch(r"SQC/\d\d-\d\d/000001", note.full_number)
    assert (note.corrects, note.seller) == (invoice, invoice.seller)
    for shown in ("Credit note", invoice.full_number, "Nandi Potteries", "Total credited"):
        assert shown in text
    assert (numbers("invoice"), numbers("credit_note")) == ([1], [1])
