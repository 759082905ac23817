"""Emails are in the language of their recipient, not in that of the person who causes them."""

from __future__ import annotations

import re

import pytest
from django.core.mail import EmailMessage
from django.utils.translation import override

from accounts.models import User
from config.mail.send import send_mail
from tests.factories import PartnerFactory
from tests.users import create_user

pytestmark = pytest.mark.django_db

_HINDI = re.compile("[\u0900-\u0963]")


@pytest.mark.parametrize("language", ["en", "hi"])
def test_each_recipient_reads_a_language_of_their_own(
    mailoutbox: list[EmailMessage], language: str
) -> None:
    """A worker has no language; a page has that of another person."""
    partner = PartnerFactory.create()
    names = {"en": "asha@nova.test", "hi": "priya@nova.test", "as": "omar@nova.test"}
    for code, email in names.items():
        User.objects.filter(pk=create_user(partner, email=email).pk).update(language=code)

    with override(language):
        send_mail("approved", [*names.values(), "unknown@nova.test"], partner=partner)

    english, hindi, assamese, unknown = mailoutbox
    assert (unknown.subject, unknown.body) == (english.subject, english.body)
    assert "approved" in str(english.subject)
    assert _HINDI.search(str(hindi.subject))
    assert re.search("[\u0980-\u09ff]", str(assamese.subject))
    for mail in mailoutbox:
        assert partner.name in str(mail.body)


def test_staff_read_english(mailoutbox: list[EmailMessage]) -> None:
    partner = PartnerFactory.create()
    User.objects.filter(pk=create_user(partner, email="root@shopiq.test").pk).update(
        language="hi", is_staff=True
    )
    with override("hi"):
        send_mail("approved", ["root@shopiq.test"], partner=partner)

    assert "approved" in str(mailoutbox[0].subject)
