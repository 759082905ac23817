"""The documents that come with the emails about a purchase."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail

from billing.documents import render_invoice, render_proforma
from billing.models import Invoice
from billing.services.sandbox import pay
from config.mail.attachments import make_file
from config.mail.delivery import deliver_mail
from config.mail.models import OutgoingMail
from tests.billing.approvals import refund_purchase
from tests.billing.purchases import BUYER, bill_to, buy, settle
from tests.config.mail_server import running_mail_server
from tests.factories import PartnerFactory


@pytest.mark.django_db
def test_proforma_and_invoice_come_with_the_emails(settings: Any) -> None:
    settings.EMAIL_BACKEND = "config.mail.outbox.OutboxBackend"
    settings.EMAIL_DELIVERY_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    partner = PartnerFactory.create()
    bill_to(partner, legal_name="नोवा रिटेल", address="1 Road", state_code="29", pin_code="560038")
    purchase = buy(partner, "manual")
    settle(purchase)
    with running_mail_server(settings) as server:
        deliver_mail()

    sent = [mail for mail in server.received if mail["To"] == BUYER]
    assert [mail["Subject"].split(" ")[0] for mail in sent] == ["Bank", "Payment"]
    (proforma,), (invoice,) = ([*mail.iter_attachments()] for mail in sent)
    issued = Invoice.objects.get()
    assert proforma.get_filename() == f"proforma-{purchase.reference}.pdf"
    assert proforma.get_content() == render_proforma(purchase)
    assert (invoice.get_filename(), invoice.get_content()) == (
        issued.file_name,
        render_invoice(issued),
    )
    assert not OutgoingMail.objects.exclude(content="").exists()


def test_the_credit_note_comes_with_the_email_about_a_refund(live_db: None) -> None:
    partner = PartnerFactory.create()
    bill_to(partner, email=BUYER)
    purchase = pay(buy(partner))
    refund_purchase(purchase=purchase, actor="staff@shopiq.test", reason="Bought twice")

    credited = Invoice.objects.get(kind="credit_note")
    [removed] = [each for each in mail.outbox if each.subject.startswith("Points removed")]
    assert removed.to == [BUYER]
    [email] = [each for each in mail.outbox if each.subject.startswith("Refund of")]
    assert credited.full_number in email.subject
    assert email.to == [BUYER]
    [reference] = email.files  # type: ignore[attr-defined]
    assert make_file(reference) == (
        credited.file_name,
        render_invoice(credited),
        "application/pdf",
    )
