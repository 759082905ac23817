"""The documents that come with the emails about a purchase."""

from __future__ import annotations

from typing import Any

import pytest

from billing.documents import render_invoice, render_proforma
from billing.models import Invoice
from config.mail.delivery import deliver_mail
from config.mail.models import OutgoingMail
from tests.billing.approvals import refund_purchase
from tests.billing.purchases import BUYER, bill_to, buy, settle
from tests.config.mail_server import running_mail_server
from tests.factories import PartnerFactory


@pytest.mark.django_db
def test_proforma_invoice_and_credit_note_come_with_the_emails(settings: Any) -> None:
    settings.EMAIL_BACKEND = "config.mail.outbox.OutboxBackend"
    settings.EMAIL_DELIVERY_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    partner = PartnerFactory.create()
    bill_to(
        partner,
        legal_name="नोवा रिटेल",
        address="1 Road",
        state_code="29",
        pin_code="560038",
        email=BUYER,
    )
    purchase = buy(partner, "manual")
    settle(purchase)
    refund_purchase(purchase=purchase, actor="staff@shopiq.test", reason="Bought twice")
    with running_mail_server(settings) as server:
        deliver_mail()

    sent = [mail for mail in server.received if mail["To"] == BUYER]
    subjects = ["Bank", "Payment", "Points", "Refund"]
    assert [mail["Subject"].split(" ")[0] for mail in sent] == subjects
    files = [[*mail.iter_attachments()] for mail in sent]
    (proforma,), (invoice,), (), (credit_note,) = files
    issued = Invoice.objects.get(kind="invoice")
    assert proforma.get_filename() == f"proforma-{purchase.reference}.pdf"
    assert proforma.get_content() == render_proforma(purchase)
    assert (invoice.get_filename(), invoice.get_content()) == (
        issued.file_name,
        render_invoice(issued),
    )
    credited = Invoice.objects.get(kind="credit_note")
    assert credited.full_number in sent[-1]["Subject"]
    assert (credit_note.get_filename(), credit_note.get_content()) == (
        credited.file_name,
        render_invoice(credited),
    )
    assert not OutgoingMail.objects.exclude(content="").exists()
