"""Invoices and statements in Hindi and Assamese: labels that can be read and copied."""

from __future__ import annotations

import re

import pytest
from django.utils import dateformat
from django.utils.translation import override

from billing.documents import render_invoice, render_statement_pdf
from billing.models import Invoice
from tests.billing.issued_statements import LAST, issue
from tests.billing.pdf_texts import text_of
from tests.billing.purchases import buy, settle
from tests.factories import Keys, PartnerFactory

INVOICE = {
    "hi": ["टैक्स इनवॉइस", "प्राप्तकर्ता के लिए मूल प्रति", "आपूर्ति का स्थान", "5,000 पॉइंट",
           "₹5,000.00", "राशि शब्दों में", "कुल भुगतान ₹5,900.00", "पेज 1"],
    "as": ["টেক্স ইনভইচ", "প্ৰাপকৰ বাবে মূল কপি", "যোগানৰ স্থান", "5,000 পইণ্ট",
           "₹5,000.00", "ধনৰ পৰিমাণ (কথাৰে)", "মুঠ পৰিশোধ ₹5,900.00", "পৃষ্ঠা 1"],
}  # fmt: skip
STATEMENT = {
    "hi": ["स्टेटमेंट", "शुरुआती बैलेंस 4,992.00", "प्रविष्टियाँ", "अंतिम बैलेंस 5,084.00"],
    "as": ["বিৱৰণী", "আৰম্ভণি বেলেঞ্চ 4,992.00", "এণ্ট্ৰি", "অন্তিম বেলেঞ্চ 5,084.00"],
}
#: What the law wants in English, too, and labels that must not be English.
ENGLISH = ("Place of supply", "Taxable", "Total paid", "Opening balance", "Closing balance")


def letters_of(text: str) -> str:
    """A line is drawn in pieces; between them the text has breaks that the page has not."""
    return "".join(text.split())


@pytest.mark.django_db
@pytest.mark.parametrize("language", INVOICE)
def test_an_invoice_has_labels_in_the_language_and_its_law_in_english_too(language: str) -> None:
    settle(buy(PartnerFactory.create(name="Nandi"), "manual"), "pay_1")
    with override(language):
        pdf = render_invoice(Invoice.objects.get())
    text = letters_of(text_of(pdf))

    assert [each for each in INVOICE[language] if letters_of(each) not in text] == []
    assert [each for each in ENGLISH if letters_of(each) in text] == []
    assert letters_of("Tax invoice") in text
    assert letters_of("Rupees Five Thousand Nine Hundred Only") in text
    assert f"/Lang ({language}-IN)".encode() in pdf


@pytest.mark.parametrize("language", STATEMENT)
@pytest.mark.usefixtures("no_delay")
def test_a_statement_has_labels_and_months_in_the_language(language: str, billed: Keys) -> None:
    statement = issue()[-1]
    with override(language):
        text = letters_of(text_of(render_statement_pdf(statement)))
        month = dateformat.format(LAST, "F Y")

    assert [each for each in STATEMENT[language] if letters_of(each) not in text] == []
    assert [each for each in ENGLISH if letters_of(each) in text] == []
    assert not re.search("[A-Za-z]", month)
    assert letters_of(month) in text
