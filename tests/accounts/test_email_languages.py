"""The language of the emails about a login."""

from __future__ import annotations

import pytest
from django.core.mail import EmailMessage
from django.test import Client

from accounts.models import Partner, User
from config.mail.send import send_mail
from tests.accounts.test_sign_up import FORM
from tests.factories import PartnerFactory

pytestmark = pytest.mark.django_db


def test_the_emails_of_a_sign_up_are_in_the_language_of_its_pages(
    mailoutbox: list[EmailMessage],
) -> None:
    Client(HTTP_ACCEPT_LANGUAGE="hi").post("/signup/", FORM)
    assert User.objects.get().language == "hi"
    assert mailoutbox[0].subject == "अपने ईमेल पते की पुष्टि करें"


def test_an_email_that_someone_else_causes_is_in_the_language_of_its_reader(
    mailoutbox: list[EmailMessage],
) -> None:
    Client().post("/signup/", FORM)
    User.objects.update(language="as")
    Client().post("/password/reset/", {"email": FORM["email"]})
    assert [mail.subject for mail in mailoutbox] == [
        "Confirm your email address",
        "আপোনাৰ ShopIQ পাছৱৰ্ড ৰিছেট কৰক",
    ]


def test_a_mailbox_of_no_one_gets_the_language_of_the_others(
    mailoutbox: list[EmailMessage],
) -> None:
    Client().post("/signup/", FORM)
    User.objects.update(language="hi")
    mailoutbox.clear()
    send_mail("approved", ["bills@nova.test", "priya@nova.test"], partner=Partner.objects.get())
    send_mail("approved", ["bills@nova.test"], partner=Partner.objects.get(), fallback="hi")
    send_mail("approved", ["bills@nova.test"], partner=Partner.objects.get())
    hindi = "Nova Retail को लाइव एक्सेस की मंज़ूरी मिल गई"
    english = "Nova Retail is approved for live access"
    assert [mail.subject for mail in mailoutbox] == [hindi, hindi, hindi, english]


def test_emails_to_staff_are_in_english(mailoutbox: list[EmailMessage]) -> None:
    User.objects.create_user("asha@shopiq.test", None, language="hi", is_staff=True)
    send_mail("approved", ["asha@shopiq.test"], partner=PartnerFactory.create(name="Nova Retail"))
    assert mailoutbox[0].subject == "Nova Retail is approved for live access"
