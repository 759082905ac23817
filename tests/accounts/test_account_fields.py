"""Every field of the Account model: its type, its maximum length, and an error that names it."""

from __future__ import annotations

from typing import Any, cast

import pytest

from accounts.models import Account
from accounts.services.accounts import AccountTooLarge, create_account, update_account
from tests.billing.operations import admission_of
from tests.envelope import assert_error
from tests.factories import Keys
from tests.merchants import PartnerServer, merchant

LONGEST = {
    "firstName": 100,
    "lastName": 100,
    "currency": 10,
    "legalName": 200,
    "about": 5000,
    "businessName": 200,
    "typeOfBusiness": 120,
    "businessCategory": 120,
}
LONGEST_OF_ADDRESS = {
    "addLineOne": 300,
    "addLineTwo": 300,
    "city": 120,
    "state": 120,
    "country": 120,
    "pincode": 20,
}
URLS = ("profilePicture", "logoUrl", "favicon")
FULL: dict[str, Any] = {
    **{name: "क" * length for name, length in LONGEST.items()},
    **{name: f"https://cdn.example.com/{name}.png?v=1#top" for name in URLS},
    "domains": ["novaretail.com", "www.nova-retail.co.in", "xn--nxasmq6b.example", "नोवा.भारत"],
    "socialMedia": [{"name": "Instagram", "url": "https://instagram.com/nova"}],
    "businessSubCategory": ["Shoes", "Bags"],
    "address": {name: "x" * length for name, length in LONGEST_OF_ADDRESS.items()},
}

#: Values of one field each, and the words of the refusal.
REFUSED: list[tuple[str, Any, str]] = [
    ("email", 5, "email must be a string"),
    ("email", [], "email must be a string"),
    ("email", "sarah", "email must be a valid email address"),
    ("email", "sarah@", "email must be a valid email address"),
    ("email", "sarah@localhost", "email must be a valid email address"),
    ("email", "a" * 65 + "@novaretail.com", "email must be a valid email address"),
    ("email", "sarah@nova retail.com", "email must be a valid email address"),
    ("email", "a" * 250 + "@b.co", "email must have at most 254 characters"),
    ("mobileNumber", "9876543210", "mobileNumber must be an object"),
    ("mobileNumber", [1], "mobileNumber must be an object"),
    (
        "mobileNumber",
        {"value": 9876543210, "countryCode": 91},
        "mobileNumber.value must be a string",
    ),
    (
        "mobileNumber",
        {"value": "98765x3210", "countryCode": 91},
        "mobileNumber.value must have 4 to 15 digits",
    ),
    (
        "mobileNumber",
        {"value": "123", "countryCode": 91},
        "mobileNumber.value must have 4 to 15 digits",
    ),
    (
        "mobileNumber",
        {"value": "12345678901234", "countryCode": 91},
        "mobileNumber must have at most 15 digits with its country code",
    ),
    *(
        (
            "mobileNumber",
            {"value": "9876543210", "countryCode": code},
            "mobileNumber.countryCode must be a country calling code such as 91",
        )
        for code in cast(
            "tuple[Any, ...]", (0, -1, 10_000, 91.5, True, "+91", "ninety", "９１", [], {})
        )
    ),
    *((name, 5, f"{name} must be a string") for name in (*LONGEST, *URLS)),
    *((name, ["x"], f"{name} must be a string") for name in (*LONGEST, *URLS)),
    *(
        (name, "x" * (length + 1), f"{name} must have at most {length} characters")
        for name, length in LONGEST.items()
    ),
    *(
        (name, url, f"{name} must be an http or https URL")
        for name in URLS
        for url in (
            "nova.png",
            "//cdn.example.com/nova.png",
            "ftp://example.com/nova.png",
            "javascript:alert(1)",
            "data:image/png;base64,AAAA",
            "https://",
            "https://user:pass@example.com/",
            "https://exa mple.com/",
            "https://[::1/",
            "https://example.com:port/",
        )
    ),
    ("logoUrl", "https://e.co/" + "x" * 8192, "logoUrl must have at most 8192 characters"),
    ("domains", "novaretail.com", "domains must be an array"),
    ("domains", {"0": "novaretail.com"}, "domains must be an array"),
    ("domains", ["ok.com", 5], "domains.1 must be a string"),
    ("domains", [None], "domains.0 must not be null"),
    *(
        ("domains", ["ok.com", bad], "domains.1 must be a domain name such as shop.example.com")
        for bad in ("nova", "https://nova.com", "nova..com", "-nova.com", "no va.com", "a.b/c")
    ),
    ("domains", ["", "ok.com"], "domains.0 must not be empty"),
    ("domains", ["nova.com"] * 51, "domains must have at most 50 items"),
    ("businessSubCategory", "Shoes", "businessSubCategory must be an array"),
    ("businessSubCategory", [[]], "businessSubCategory.0 must be a string"),
    (
        "businessSubCategory",
        ["x" * 121],
        "businessSubCategory.0 must have at most 120 characters",
    ),
    ("businessSubCategory", ["x"] * 51, "businessSubCategory must have at most 50 items"),
    ("socialMedia", {"name": "X", "url": "https://x.com"}, "socialMedia must be an array"),
    ("socialMedia", ["https://x.com"], "socialMedia.0 must be an object"),
    ("socialMedia", [{"name": "X"}], "socialMedia.0.url is required"),
    ("socialMedia", [{"url": "https://x.com"}], "socialMedia.0.name is required"),
    ("socialMedia", [{"name": 1, "url": "https://x.com"}], "socialMedia.0.name must be a string"),
    (
        "socialMedia",
        [FULL["socialMedia"][0], {"name": "X", "url": "x.com"}],
        "socialMedia.1.url must be an http or https URL",
    ),
    ("socialMedia", FULL["socialMedia"] * 31, "socialMedia must have at most 30 items"),
    ("address", "42 Commerce Street", "address must be an object"),
    ("address", [], "address must be an object"),
    *(("address", {name: 5}, f"address.{name} must be a string") for name in LONGEST_OF_ADDRESS),
    *(
        (
            "address",
            {name: "x" * (length + 1)},
            f"address.{name} must have at most {length} characters",
        )
        for name, length in LONGEST_OF_ADDRESS.items()
    ),
]


def test_every_invalid_value_is_rejected_with_its_field_name(server: PartnerServer) -> None:
    account_id = server.create(1)
    before = server.read(account_id)

    for name, value, message in REFUSED:
        created = server.post("createAccount", merchant(2, **{name: value}))
        refusal = assert_error(created, 400, message)
        assert refusal["field"].startswith(name), refusal
        changed = server.put("updateAccount", {"accountId": account_id, name: value})
        assert_error(changed, 400, message)

    assert Account.objects.count() == 1
    assert server.read(account_id) == before


def test_every_field_is_stored_at_its_maximum_length(server: PartnerServer) -> None:
    account_id = server.create(0, **FULL)

    data = server.read(account_id)
    assert {name: data[name] for name in FULL} == FULL


def test_texts_are_trimmed_and_optional_ones_can_be_empty(server: PartnerServer) -> None:
    data = server.read(server.create(0, firstName="  Sarah\n", lastName="", logoUrl=""))

    assert (data["firstName"], data["lastName"], data["logoUrl"]) == ("Sarah", "", "")


def test_missing_fields_are_null_or_an_empty_list(server: PartnerServer) -> None:
    data = server.read(server.create())

    lists = ("domains", "socialMedia", "businessSubCategory")
    assert all(data[name] == [] for name in lists)
    rest = set(FULL) - set(lists) - {"currency"}
    assert all(data[name] is None for name in rest)
    assert data["currency"] == "₹"


@pytest.mark.parametrize("code", ["91", 91.0])
def test_a_numeric_string_and_a_whole_float_are_accepted_as_country_code(
    server: PartnerServer, code: object
) -> None:
    account_id = server.create(mobileNumber={"value": "98765 43210", "countryCode": code})

    assert server.read(account_id)["mobileNumber"] == {"value": "98765 43210", "countryCode": 91}


def test_an_account_is_limited_to_64_kilobytes(server: PartnerServer) -> None:
    profile = {"name": "x", "url": "https://e.co/" + "x" * 2000}
    too_large = merchant(0, about="ш" * 5000, socialMedia=[profile] * 30)

    message = "Account is too large (maximum 64 KB)"
    assert_error(server.post("createAccount", too_large), 400, message)
    account_id = server.create(0, socialMedia=[profile] * 30)
    # Together with what it already holds.
    grown = server.put("updateAccount", {"accountId": account_id, "about": "ш" * 5000})
    assert_error(grown, 400, message)
    assert server.read(account_id)["about"] is None


def test_an_account_of_exactly_64_kilobytes_in_utf_8_is_accepted(keys: Keys) -> None:
    admission = admission_of(keys, "management")
    room = 64 * 1024 - len('{"currency": "₹", "about": ""}'.encode())
    contact = {name: merchant(0)[name] for name in ("email", "mobileNumber")}
    account = create_account(admission=admission, values={**contact, "about": "x" * room})

    with pytest.raises(AccountTooLarge):
        update_account(
            account_id=account.id, admission=admission, values={"about": "x" * (room + 1)}
        )
