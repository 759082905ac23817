"""No value of any field, query or path of the management API causes an internal error."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from tests.accounts.test_account_fields import FULL
from tests.daily import Some
from tests.envelope import error_of, status_of
from tests.merchants import PartnerServer, merchant

ODD: list[Any] = [
    *(None, True, False, 0, -1, 2**31, 2**63 - 1, 1.5, 1e300),
    *(
        "",
        " ",
        "\t\n",
        "\u202e\u200b",
        "\x7f",
        "'; DROP TABLE accounts_account; --",
        "%00",
        "{}{0}",
    ),
    *("x" * 70_000, "🦉" * 300, "=HYPERLINK()", "../../etc/passwd", "+", "@", "a@b"),
    *([], {}, [[]], [None], [{}], {"": ""}, {"$ne": None}, {"a": {"b": {"c": []}}}, ["x"] * 1000),
    [{"name": {}, "url": []}],
    {"value": {}, "countryCode": []},
    {"value": "9" * 4000, "countryCode": 2**40},
]
REQUIRED = ("email", "mobileNumber")
KNOWN = {200, 201, 400, 404, 409}


@pytest.fixture
def one_commit(live_db: None) -> Iterator[None]:
    """Roll back once instead of committing hundreds of calls."""
    with transaction.atomic():
        yield


@pytest.mark.parametrize("name", [*REQUIRED, *FULL])
def test_no_value_of_any_field_is_an_internal_error(
    one_commit: None, server: PartnerServer, name: str, some: Some
) -> None:
    account_id = server.create()

    for odd in some(ODD, 4):
        responses = [server.put("updateAccount", {"accountId": account_id, name: odd})]
        if name in REQUIRED:
            responses += [server.post("createAccount", {**merchant(1), name: odd})]
        for response in responses:
            assert status_of(response) in KNOWN, (odd, response.content)
            if response.status_code >= 400:
                error_of(response)


@pytest.mark.parametrize(
    ("method", "path", "members"),
    [
        ("DELETE", "deleteAccount", ["accountId"]),
        ("PUT", "updateAccount", ["accountId"]),
        ("POST", "connectIntegration", ["shopIQAccountId", "integrationName", "credentials"]),
        ("POST", "disconnectIntegration", ["shopIQAccountId", "integrationName"]),
        ("POST", "generateAutoLoginUrl", ["accountId", "email", "phone"]),
        ("POST", "revokeAutoLoginLinks", ["accountId", "linkId"]),
    ],
)
def test_no_value_of_any_other_body_is_an_internal_error(
    server: PartnerServer, method: str, path: str, members: list[str], some: Some
) -> None:
    known = {
        "accountId": server.create(),
        "shopIQAccountId": server.create(1),
        "integrationName": "yourIntegration",
        "credentials": {"apiKey": "k", "userId": "u"},
    }
    for name in members:
        for odd in some(ODD, 3):
            body = {each: known[each] for each in members if each in known} | {name: odd}
            response = server.send(method, path, body)
            assert status_of(response) in KNOWN, (name, odd, response.content)


def test_no_value_of_any_query_is_an_internal_error(server: PartnerServer, some: Some) -> None:
    account_id = server.create()
    texts: list[str | bytes] = [odd for odd in ODD if isinstance(odd, str) and len(odd) < 5000]
    texts += ["\x00", "\ud800".encode("utf-8", "surrogatepass"), "9" * 4000, "0000209", "-5"]
    texts += ["9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59", "2025-13-01", "MDAwMA"]
    texts += ["2025-01-01T00:00:00+05:30:15.123456"]

    for text in some(texts, 2):
        for path, query in (
            ("isAccountCreated", {"email": text}),
            ("isAccountCreated", {"phone": text}),
            ("accounts", {"createdAfter": text}),
            ("accounts", {"limit": text}),
            ("accounts", {"cursor": text}),
            ("autoLoginLinks", {"accountId": text}),
            ("autoLoginLinks", {"accountId": account_id, "cursor": text}),
            ("integrationStatus", {"shopIQAccountId": text}),
            ("integrationStatus", {"shopIQAccountId": account_id, "integrationName": text}),
        ):
            response = server.get(path, **query)
            assert status_of(response) in KNOWN, (path, query, response.content)


@pytest.mark.parametrize("path", ["%00", "%0A", "..%2F..", "%ED%A0%80", "x" * 2000, "null", "%20"])
def test_no_id_in_a_path_is_an_internal_error(server: PartnerServer, path: str) -> None:
    assert server.get(f"getAccount/{path}").status_code == 404
