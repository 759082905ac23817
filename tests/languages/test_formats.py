"""Dates, numbers and rupees are written as each language writes them, on pages and in emails."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import time_machine
from django.conf import settings
from django.core.mail import EmailMessage
from django.test import Client

from accounts.models import Partner, User
from billing.models import Purchase
from config.mail.send import send_mail
from tests.billing.purchases import bill_to, buy, settle
from tests.factories import PartnerFactory
from tests.seed.history import backdate
from tests.users import browser_of, create_user

pytestmark = pytest.mark.django_db

EMAIL = "priya@nova.test"
AT = datetime(2025, 3, 5, 20, 2, tzinfo=UTC)
LANGUAGES = [code for code, _ in settings.LANGUAGES]
DAYS = {"en": "5 Mar 2025", "hi": "5 मार्च 2025", "as": "5 মাৰ্চ, 2025"}
NEXT_DAYS = {"en": "6 Mar 2025", "hi": "6 मार्च 2025", "as": "6 মাৰ্চ, 2025"}
POINTS = {"en": "1,00,000 points", "hi": "1,00,000 पॉइंट", "as": "1,00,000 পইণ্ট"}
#: 1,00,000 and 18% of GST.
TOTAL = "₹1,18,000.00"


@pytest.fixture
def partner() -> Partner:
    return PartnerFactory.create(time_zone="Asia/Kolkata")


@pytest.fixture
def priya(partner: Partner) -> User:
    return create_user(partner, email=EMAIL, password="a long one")


def set_language(user: User, language: str) -> Client:
    User.objects.filter(pk=user.pk).update(language=language)
    browser = browser_of(user)
    browser.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    return browser


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_writes_day_points_and_rupees(partner: Partner, priya: User, language: str) -> None:
    purchase = buy(partner, package="pack_100000")
    backdate(Purchase, {purchase.pk: AT}, "created_at")

    page = set_language(priya, language).get(purchase.get_absolute_url()).text

    # In the partner's time zone.
    assert f"{NEXT_DAYS[language]}, 01:32" in page
    assert POINTS[language] in page
    assert TOTAL in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_receipt_writes_points_and_rupees(
    partner: Partner, priya: User, language: str, mailoutbox: list[EmailMessage]
) -> None:
    set_language(priya, language)
    bill_to(partner, email=EMAIL)
    settle(buy(partner, package="pack_100000"))

    [receipt] = [mail for mail in mailoutbox if mail.to == [EMAIL]]
    assert POINTS[language] in str(receipt.body)
    assert TOTAL in str(receipt.body)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_email_about_a_login_writes_the_time_in_utc(
    priya: User, language: str, mailoutbox: list[EmailMessage]
) -> None:
    """Sent from a page, whose times are in the partner's time zone."""
    with time_machine.travel(AT, tick=False):
        browser = set_language(priya, language)
        form = {"oldpassword": "a long one", "password1": "correct horse battery"}
        assert browser.post("/password/change/", form).status_code == 302
        send_mail("new_sign_in", [EMAIL], at=AT)

    assert len(mailoutbox) == 2
    for mail in mailoutbox:
        assert f"{DAYS[language]}, 20:02 UTC" in str(mail.body)
