"""GET isAccountCreated."""

from __future__ import annotations

import pytest

from tests.envelope import assert_error
from tests.merchants import PartnerServer

PATH = "isAccountCreated"
EXISTS = {"success": True, "isCreated": True, "message": "Account exists."}
DOES_NOT = {"success": True, "isCreated": False, "message": "Account does not exist."}
NEITHER = "You must provide either an email or phone query parameter."


@pytest.fixture
def nova(server: PartnerServer) -> str:
    """sarah@novaretail.com, +91 9876543210."""
    mobile = {"value": "9876543210", "countryCode": 91}
    return server.create(email="sarah@novaretail.com", mobileNumber=mobile)


@pytest.mark.parametrize(
    "query",
    [
        "email=sarah@novaretail.com",
        "email=%20SARAH@NovaRetail.com%20",
        "phone=9876543210",
        "phone=919876543210",
        "phone=%2B919876543210",
        # A `+` that was not encoded arrives as a space.
        "phone=+919876543210",
        "phone=%2B91%2098765-43210",
        "phone=%2B91%2098765%E2%80%9143210",
        "phone=09876543210",
        "phone=0091%20%2898765%29%2043210",
        "phone=%EF%BC%8B91%E2%80%AA9876543210%E2%80%AC",
        "phone=%E0%A5%AF%E0%A5%AE%E0%A5%AD%E0%A5%AC%E0%A5%AB%E0%A5%AA%E0%A5%A9%E0%A5%A8%E0%A5%A7%E0%A5%A6",
        "email=sarah@novaretail.com&phone=1112223333",
        "email=nobody@example.com&phone=9876543210",
        "email=&phone=9876543210",
    ],
)
def test_either_value_finds_the_account(server: PartnerServer, nova: str, query: str) -> None:
    response = server.get(f"{PATH}?{query}")
    assert (response.status_code, response.json()) == (200, EXISTS)


@pytest.mark.parametrize(
    "query",
    [
        "email=sara@novaretail.com",
        "email=nonsense",
        "phone=9876543211",
        "phone=%2B9876543210",
        "phone=%2B449876543210",
        "phone=876543210",
        "email=%00",
    ],
)
def test_another_value_finds_none(server: PartnerServer, nova: str, query: str) -> None:
    response = server.get(f"{PATH}/?{query}")
    assert (response.status_code, response.json()) == (200, DOES_NOT)


@pytest.mark.parametrize("phone", ["nonsense", "%2B", "%00", "12a34"])
def test_a_phone_without_digits_is_an_error(server: PartnerServer, phone: str) -> None:
    response = server.get(f"{PATH}?email=sarah@novaretail.com&phone={phone}")
    assert_error(response, 400, "phone must be a phone number such as +919876543210")


@pytest.mark.parametrize("query", ["", "email=", "phone=", "email=%20&phone=%20", "mail=a@b.co"])
def test_email_or_phone_is_required(server: PartnerServer, query: str) -> None:
    assert_error(server.get(f"{PATH}?{query}"), 400, NEITHER)


def test_accounts_of_all_partners_are_checked(stranger: PartnerServer, nova: str) -> None:
    assert stranger.get(f"{PATH}?phone=9876543210").json() == EXISTS


def test_an_ambiguous_phone_number_exists(server: PartnerServer) -> None:
    server.create(0, mobileNumber={"value": "5550100", "countryCode": 1})
    server.create(1, mobileNumber={"value": "5550100", "countryCode": 44})

    assert server.get(f"{PATH}?phone=5550100").json() == EXISTS
    assert server.get(f"{PATH}?phone=%2B15550100").json() == EXISTS
    assert server.get(f"{PATH}?phone=%2B915550100").json() == DOES_NOT
