"""One mailbox and one phone are one account, however they are written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.emails import normalize_email
from accounts.phones import PhoneQuery, national_number
from tests.envelope import assert_error
from tests.merchants import PartnerServer, merchant

DUPLICATE = "Account with this email or mobile number already exists."


@pytest.mark.parametrize(
    ("country_code", "text", "national"),
    [
        (91, "9700000014", "9700000014"),
        (91, "09700000014", "9700000014"),
        (91, "919700000014", "9700000014"),
        (91, "+919700000014", "9700000014"),
        (91, "0091 97000 00014", "9700000014"),
        (91, "97000\u201100014", "9700000014"),
        (91, "\u202a97000 00014\u202c", "9700000014"),
        (91, "९७००००००१४", "9700000014"),
        # A number may begin with the digits of its country code.
        (91, "9198765432", "9198765432"),
        (44, "020 7946 0000", "2079460000"),
        # In Italy, the zero is a part of the number.
        (39, "06 1234 5678", "0612345678"),
        # Not numbers that anyone has: their digits.
        (1, "555-0100", "5550100"),
        (91, "0011", "0011"),
        (91, "+449876543210", "449876543210"),
        (91, "nonsense", ""),
        (91, "12+34", ""),
    ],
)
def test_a_number_has_one_form(country_code: int, text: str, national: str) -> None:
    assert national_number(country_code, text) == national


@given(st.text(max_size=40), st.integers(1, 9999))
def test_any_text_is_read_without_an_error(text: str, country_code: int) -> None:
    national = national_number(country_code, text)
    assert national == "" or (national.isascii() and national.isdecimal())
    assert national_number(country_code, national) == national
    PhoneQuery.parse(text)
    assert normalize_email(normalize_email(text)) == normalize_email(text)


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        (" Sarah@Nova.Test ", "sarah@nova.test"),
        ("sarah@bücher.example", "sarah@xn--bcher-kva.example"),
        ("sarah@xn--bcher-kva.example", "sarah@xn--bcher-kva.example"),
        ("sarah@BÜCHER.example", "sarah@xn--bcher-kva.example"),
        ("sarah@bu\u0308cher.example", "sarah@xn--bcher-kva.example"),
        ("JOSE\u0301@nova.test", "josé@nova.test"),
        ("nonsense", "nonsense"),
        ("A@localhost", "a@localhost"),
    ],
)
def test_a_mailbox_has_one_form(text: str, normal: str) -> None:
    assert normalize_email(text) == normal


@pytest.mark.parametrize("spelling", ["09876543210", "919876543210", "+91 98765-43210"])
def test_a_phone_is_one_account(server: PartnerServer, spelling: str) -> None:
    first = server.create(0, mobileNumber={"value": "98765 43210", "countryCode": 91})
    assert server.read(first)["mobileNumber"] == {"value": "98765 43210", "countryCode": 91}

    body = merchant(1, mobileNumber={"value": spelling, "countryCode": 91})
    assert_error(server.post("createAccount", body), 409, DUPLICATE)


def test_a_mailbox_is_one_account_and_is_shown_as_given(server: PartnerServer) -> None:
    first = server.create(0, email="Sarah@Bücher.example")
    assert server.read(first)["email"] == "Sarah@Bücher.example"

    body = merchant(1, email="sarah@xn--bcher-kva.example")
    assert_error(server.post("createAccount", body), 409, DUPLICATE)
    link = server.post("generateAutoLoginUrl", {"email": "SARAH@xn--bcher-kva.example"})
    assert link.status_code == 200
