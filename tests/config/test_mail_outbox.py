"""Emails are written with what they report, and delivered by the worker with retries."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone
from django_q.models import OrmQ

from config.db.ids import first_id
from config.mail.delivery import deliver_mail
from config.mail.jobs import enqueue_due_mail, purge_mail
from config.mail.models import OutgoingMail
from config.mail.send import send_mail
from tests.config.mail_server import MailServer, running_mail_server
from tests.factories import PartnerFactory
from tests.staff import superuser

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def outbox(settings: Any) -> None:
    settings.EMAIL_BACKEND = "config.mail.outbox.OutboxBackend"
    settings.EMAIL_DELIVERY_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9  # nothing listens there


@pytest.fixture
def server(settings: Any, outbox: None) -> Iterator[MailServer]:
    with running_mail_server(settings) as server:
        yield server


def make_due() -> None:
    OutgoingMail.objects.update(next_attempt_at=Now())


def write(subject: str = "Hello", to: str = "p@nova.test") -> OutgoingMail:
    before = list(OutgoingMail.objects.values_list("pk", flat=True))
    EmailMessage(subject, "Open https://shopiq.test/reset/secret-token", to=[to]).send()
    return OutgoingMail.objects.exclude(pk__in=before).get()


def test_an_email_is_delivered_once_as_it_was_written(server: MailServer) -> None:
    message = EmailMultiAlternatives(
        "Rechnung für März ✓",
        "Text — ₹5,900",
        "ShopIQ <from@shopiq.test>",
        ["a@nova.test"],
        cc=["b@nova.test"],
        reply_to=["help@shopiq.test"],
        headers={"X-Kind": "receipt"},
    )
    message.attach_alternative("<p>₹5,900</p>", "text/html")
    message.attach("invoice.pdf", b"%PDF-1.7 \x00\xff", "application/pdf")
    message.attach("notes.txt", "ज्योति", "text/plain")
    message.send()
    deliver_mail()
    deliver_mail()
    (mail,) = server.received
    assert mail["Subject"] == "Rechnung für März ✓"
    assert (mail["X-Kind"], mail["Reply-To"]) == ("receipt", "help@shopiq.test")
    assert server.recipients == [["a@nova.test", "b@nova.test"]]
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text
    assert text.get_content().strip() == "Text — ₹5,900"
    assert html
    assert html.get_content().strip() == "<p>₹5,900</p>"
    pdf, notes = mail.iter_attachments()
    assert (pdf.get_filename(), pdf.get_content()) == ("invoice.pdf", b"%PDF-1.7 \x00\xff")
    assert notes.get_content().strip() == "ज्योति"


def test_an_email_is_kept_with_its_transaction_or_not_at_all() -> None:
    class Undone(Exception):
        pass

    def write_and_undo() -> None:
        with transaction.atomic():
            send_mail("approved", ["a@nova.test"], partner=PartnerFactory.create())
            raise Undone

    with pytest.raises(Undone):
        write_and_undo()
    assert not OutgoingMail.objects.exists()
    send_mail("approved", ["a@nova.test", "b@nova.test"], partner=PartnerFactory.create())
    assert OutgoingMail.objects.count() == 2


def test_a_row_contains_neither_the_recipient_nor_the_link() -> None:
    write("Reset your password", "priya@nova.test")
    with connection.cursor() as cursor:
        cursor.execute("SELECT mail::text FROM email_outgoingmail mail")
        (row,) = cursor.fetchone()
    for secret in ("priya", "nova.test", "secret-token", "Reset"):
        assert secret not in row


def test_the_content_is_deleted_once_it_is_sent(server: MailServer) -> None:
    mail = write()
    deliver_mail()
    mail.refresh_from_db()
    assert (mail.state, mail.content, mail.attempts) == (OutgoingMail.State.SENT, "", 1)


def test_an_unavailable_mail_server_delays_an_email(server: MailServer, settings: Any) -> None:
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 9
    write("One")
    write("Two")
    deliver_mail()
    tried = OutgoingMail.objects.get(attempts=1)
    assert tried.state == OutgoingMail.State.PENDING
    assert "ConnectionRefusedError" in tried.last_error
    # One failure says enough about the server.
    assert OutgoingMail.objects.filter(attempts=0).count() == 1
    settings.EMAIL_PORT = port
    deliver_mail()
    assert len(server.received) == 1
    make_due()
    deliver_mail()
    assert {mail["Subject"] for mail in server.received} == {"One", "Two"}


def test_a_temporary_refusal_is_retried_with_the_same_message_id(server: MailServer) -> None:
    mail = write()
    server.replies = ["451 try later"]
    deliver_mail()
    deliver_mail()
    assert not server.received, "the next attempt waits"
    identifier = from_row(mail)
    make_due()
    deliver_mail()
    assert server.received[0]["Message-ID"] == identifier


def from_row(mail: OutgoingMail) -> str:
    identifier: str = json.loads(mail.get_decrypted("content"))["headers"]["Message-ID"]
    return identifier


@pytest.mark.parametrize("refuse", ["recipient", "content"])
def test_a_permanent_refusal_ends_it_and_leaves_the_others(server: MailServer, refuse: str) -> None:
    if refuse == "recipient":
        server.refusals = {"gone@nova.test": "550 no such user gone@nova.test"}
    else:
        server.replies = ["554 refused"]
    mail = write(to="gone@nova.test")
    write("Second")
    deliver_mail()
    mail.refresh_from_db()
    assert mail.state == OutgoingMail.State.FAILED
    assert "gone" not in mail.last_error
    assert [each["Subject"] for each in server.received] == ["Second"]


def test_the_attempts_end_after_about_a_day() -> None:
    mail = write()
    waited = 0.0
    for _ in range(20):
        OutgoingMail.objects.update(next_attempt_at=Now())
        deliver_mail()
        pending = OutgoingMail.objects.filter(state=OutgoingMail.State.PENDING)
        waits = pending.annotate(wait=F("next_attempt_at") - Now()).values_list("wait", flat=True)
        waited += sum(wait.total_seconds() for wait in waits)
    mail.refresh_from_db()
    assert (mail.state, mail.attempts) == (OutgoingMail.State.FAILED, 11)
    assert 20 * 3600 < waited < 28 * 3600


def test_an_email_whose_sender_was_killed_is_sent_after_its_lease(server: MailServer) -> None:
    mail = write()
    OutgoingMail.objects.update(attempts=1, next_attempt_at=Now() + timedelta(minutes=10))
    deliver_mail()
    assert not server.received
    make_due()
    deliver_mail()
    mail.refresh_from_db()
    assert (mail.state, mail.attempts) == (OutgoingMail.State.SENT, 2)


def test_a_damaged_row_does_not_stop_the_others(server: MailServer) -> None:
    damaged = write("One")
    OutgoingMail.objects.update(content="v1.AAAA")
    write("Two")
    deliver_mail()
    damaged.refresh_from_db()
    assert damaged.state == OutgoingMail.State.FAILED
    assert [mail["Subject"] for mail in server.received] == ["Two"]


def test_staff_see_state_and_masked_recipient_and_send_a_failed_one_again(
    server: MailServer,
) -> None:
    mail = write("Reset your password", "priya@nova.test")
    server.replies = ["554 refused"]
    deliver_mail()
    staff = superuser()
    page = staff.get("/admin/email/outgoingmail/").content.decode()
    assert "p…@nova.test" in page
    assert "priya@nova.test" not in page
    assert "Failed" in page
    staff.post("/admin/email/outgoingmail/", {"action": "resend", "_selected_action": [mail.pk]})
    deliver_mail()
    assert [each["Subject"] for each in server.received] == ["Reset your password"]


def test_sent_emails_are_purged_after_a_month_and_failed_ones_after_three() -> None:
    kept = [("sent", 29), ("failed", 89), ("pending", 91)]
    for state, days in (*kept, ("sent", 31), ("failed", 91)):
        row_id = first_id(timezone.now() - timedelta(days=days)).ljust(24, "0")
        OutgoingMail.objects.create(
            pk=f"{row_id[:-4]}{state[:4]}", state=state, recipient="", content=""
        )
    purge_mail()
    states = OutgoingMail.objects.order_by("-id").values_list("state", flat=True)
    assert list(states) == [state for state, _ in kept]


def test_due_emails_wake_the_worker() -> None:
    enqueue_due_mail()
    assert not OrmQ.objects.exists()
    write()
    enqueue_due_mail()
    assert OrmQ.objects.count() == 1
