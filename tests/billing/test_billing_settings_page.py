"""Billing details."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.models import AuditEntry, Member, Partner
from billing.models import BillingProfile
from tests.billing.purchases import bill_to
from tests.factories import PartnerFactory
from tests.users import browser_of, create_user

SETTINGS = "/dashboard/settings/"
DETAILS = {
    "legal_name": "Kaveri Home Textiles Private Limited",
    "email": "accounts@kaveri.example",
    "address": "14, 2nd Cross\nIndiranagar",
    "city": "Bengaluru",
    "state_code": "29",
    "pin_code": "560038",
    "country": "IN",
    "gstin": "29AAAAA0000A1ZY",
}


@pytest.fixture
def partner(db: None) -> Partner:
    return PartnerFactory.create()


@pytest.fixture
def owner(partner: Partner) -> Client:
    return browser_of(create_user(partner, email="owner@example.com"))


def save(browser: Client, **changes: Any) -> Any:
    fields = {f"details-{name}": value for name, value in (DETAILS | changes).items()}
    return browser.post(SETTINGS, fields)


def details_of(partner: Partner) -> Any:
    return BillingProfile.objects.of(partner.pk).details()


def test_details_are_saved_encrypted_shown_again_and_audited(
    owner: Client, partner: Partner
) -> None:
    assert save(owner).headers["Location"] == SETTINGS

    page = owner.get(SETTINGS)

    assert details_of(partner).address == "14, 2nd Cross\nIndiranagar"
    assert DETAILS["legal_name"] in page.text
    assert DETAILS["gstin"] in page.text
    entry = AuditEntry.objects.get(action="billing.details_changed")
    assert entry.actor == "owner@example.com"
    assert "Kaveri" not in str(entry.detail)
    assert "Kaveri" not in BillingProfile.objects.get().encrypted_details


def test_what_people_type_is_put_in_order(owner: Client, partner: Partner) -> None:
    save(
        owner,
        address="  14, 2nd Cross \r\n\r\n Indiranagar ",
        pin_code="560 038",
        country="IN",
        gstin="29aaaaa0000a1zy",
    )

    details = details_of(partner)

    assert details.address == "14, 2nd Cross\nIndiranagar"
    assert (details.pin_code, details.country, details.gstin) == ("560038", "IN", DETAILS["gstin"])


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"legal_name": " "}, "Enter a value."),
        ({"address": "a\nb\nc\nd\ne"}, "four lines or fewer"),
        ({"state_code": ""}, "Choose an option."),
        ({"state_code": "99"}, "Choose one of the listed options"),
        ({"pin_code": ""}, "Enter a value."),
        ({"pin_code": "012345"}, "does not start with 0"),
        ({"country": "India"}, "Choose one of the listed options"),
        ({"gstin": "29AAAAA0000A1ZZ"}, "GSTIN is not valid"),
        ({"state_code": "27"}, "must match the state"),
        ({"email": "nobody"}, "Enter an email address"),
        ({"legal_name": "陶器店"}, "Use Latin letters or an Indian script"),
        ({"legal_name": "a\0b"}, "Remove the null characters"),
    ],
)
def test_details_that_cannot_stand_on_an_invoice_are_refused(
    owner: Client, partner: Partner, changes: dict[str, str], words: str
) -> None:
    page = save(owner, **changes)

    assert page.status_code == 200
    assert words in page.text
    assert details_of(partner).legal_name == ""


def test_a_buyer_abroad_needs_no_pin_code_and_keeps_no_state(
    owner: Client, partner: Partner
) -> None:
    save(owner, country="AE", state_code="29", is_sez="on", pin_code="", gstin="", city="Dubai")

    details = details_of(partner)
    assert (details.country, details.state_code, details.is_sez) == ("AE", "", False)
    assert details.postal_lines()[-1] == "United Arab Emirates"


@pytest.mark.parametrize("role", Member.Role.values)
def test_settings_are_for_who_may_buy(partner: Partner, role: str) -> None:
    browser = browser_of(create_user(partner, role))
    expected = (200, 302) if role in ("owner", "admin") else (403, 403)

    codes = (browser.get(SETTINGS).status_code, save(browser).status_code)

    assert codes == expected
    assert (details_of(partner).legal_name == "") is (expected[0] == 403)


def test_details_of_another_partner_stay_theirs(owner: Client) -> None:
    theirs = PartnerFactory.create()
    bill_to(theirs, legal_name="Their company", state_code="29")

    assert "Their company" not in owner.get(SETTINGS).text
    save(owner)
    assert details_of(theirs).legal_name == "Their company"
