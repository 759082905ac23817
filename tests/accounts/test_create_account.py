"""POST createAccount."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import Account
from config.db.ids import is_id
from tests.concurrency import run_concurrently
from tests.envelope import assert_error, is_timestamp
from tests.factories import Keys
from tests.merchants import BASE, EXAMPLE, PartnerServer, merchant
from tests.web import WebServer

PATH = "createAccount"
MISSING = "Missing required fields: email and mobileNumber (with value and countryCode)."
DUPLICATE = "Account with this email or mobile number already exists."


def test_the_response_for_a_new_account_is_as_documented(server: PartnerServer, keys: Keys) -> None:
    response = server.post(PATH, EXAMPLE)

    assert response.status_code == 201
    document = response.json()
    assert list(document) == ["success", "message", "accountId", "data"]
    assert document["success"] is True
    assert document["message"] == "Account created successfully"
    data = document["data"]
    assert is_id(data["_id"])
    assert data["_id"] == document["accountId"]
    assert {name: data[name] for name in ("firstName", "lastName", "businessName", "address")} == {
        name: EXAMPLE[name] for name in ("firstName", "lastName", "businessName", "address")
    }
    assert data["createdByPartner"] == keys.partner.name
    assert data["identifier"] is None
    assert data["currency"] == "₹"
    assert is_timestamp(data["createdAt"])


def test_create_returns_the_stored_ciphertexts(server: PartnerServer) -> None:
    data = server.post(PATH, EXAMPLE).json()["data"]

    row = Account.objects.get()
    assert data["email"] == row.email
    assert data["mobileNumber"] == {"value": row.phone, "countryCode": 91}
    for encrypted in (row.email, row.phone):
        assert re.fullmatch(r"v[0-9]+\.[\w-]{40,}", encrypted)
    hashes = (row.email_hash, row.phone_hash, row.phone_whole_hash, row.phone_bare_hash)
    assert not any(bytes(value).hex() in str(data) for value in hashes)


@pytest.mark.parametrize(
    "change",
    [
        {"email": None},
        {"email": ""},
        {"email": "  "},
        {"mobileNumber": None},
        {"mobileNumber": {}},
        {"mobileNumber": {"value": "9876543210"}},
        {"mobileNumber": {"countryCode": 91}},
        {"mobileNumber": {"value": " ", "countryCode": 91}},
        {"mobileNumber": {"value": None, "countryCode": 91}},
        {"mobileNumber": {"value": "9876543210", "countryCode": None}},
        {"mobileNumber": {"value": "9876543210", "countryCode": ""}},
        # What is missing is said before what is wrong.
        {"email": None, "firstName": 5},
        {"email": 5, "mobileNumber": None},
    ],
)
def test_email_and_mobile_number_are_required(
    server: PartnerServer, change: dict[str, Any]
) -> None:
    assert_error(server.post(PATH, {**EXAMPLE, **change}), 400, MISSING)


def test_without_a_body_the_fields_are_missing(server: PartnerServer) -> None:
    assert_error(server.post(PATH, {}), 400, MISSING)
    assert_error(server.post(PATH, None), 400, MISSING)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "sarah@novaretail.com"),
        ("email", "  Sarah@NovaRetail.COM "),
        ("mobileNumber", {"value": "9876543210", "countryCode": 91}),
        ("mobileNumber", {"value": "98765-43210", "countryCode": "91"}),
        ("mobileNumber", {"value": "(98765) 432.10", "countryCode": 91}),
    ],
)
def test_a_duplicate_is_rejected_for_every_partner_and_says_what_is_taken(
    server: PartnerServer, stranger: PartnerServer, field: str, value: Any
) -> None:
    assert server.post(PATH, EXAMPLE).status_code == 201

    for partner in (server, stranger):
        error = assert_error(partner.post(PATH, merchant(1, **{field: value})), 409, DUPLICATE)
        assert (error["code"], error["field"]) == ("duplicate_account", field)
    assert Account.objects.count() == 1


def test_the_same_digits_in_another_country_are_another_number(server: PartnerServer) -> None:
    server.create(0, mobileNumber={"value": "5550100", "countryCode": 1})
    server.create(1, mobileNumber={"value": "5550100", "countryCode": 44})


def test_unknown_members_are_ignored(server: PartnerServer, keys: Keys) -> None:
    given: dict[str, Any] = {
        "_id": "f" * 24,
        "accountId": "f" * 24,
        "identifier": "taken-over",
        "createdByPartner": "Somebody",
        "isAdmin": True,
        "address": {"city": "Pune", "planet": "Mars"},
    }
    data = server.post(PATH, merchant(**given)).json()["data"]

    assert data["_id"] != "f" * 24
    assert data["identifier"] is None
    assert data["createdByPartner"] == keys.partner.name
    assert "isAdmin" not in data
    assert data["address"] == {"city": "Pune"}


def test_both_spellings_of_the_path_work(server: PartnerServer) -> None:
    assert server.post("createAccount/", EXAMPLE).status_code == 201


def test_a_wrong_method_is_rejected_with_the_allowed_ones(server: PartnerServer) -> None:
    response = server.get(PATH)
    assert_error(response, 405, "Method not allowed")
    assert "POST" in response.headers["Allow"]


def test_an_image_key_cannot_create_accounts(keys: Keys) -> None:
    for key in (keys.live, keys.test):
        assert_error(PartnerServer(key).post(PATH, EXAMPLE), 401, "Invalid or revoked API key")


@pytest.mark.parametrize("contested", ["email", "mobileNumber"])
def test_concurrent_duplicate_creates_create_one_account(
    keys: Keys,
    web_server: Callable[..., WebServer],
    threads: Callable[[int], int],
    contested: str,
) -> None:
    web = web_server()

    def create(number: int) -> int:
        body = {**merchant(number), contested: EXAMPLE[contested]}
        return int(web.post(BASE + PATH, body, keys.management).status)

    statuses = run_concurrently(threads(100), create)
    assert sorted(set(statuses)) == [201, 409]
    assert statuses.count(201) == 1
    assert Account.objects.count() == 1


def test_a_retry_gets_the_first_response_and_creates_nothing(server: PartnerServer) -> None:
    first = server.post(PATH, EXAMPLE, **{"idempotency-key": "order-7"})
    again = server.post(PATH, EXAMPLE, **{"idempotency-key": "order-7"})

    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert Account.objects.count() == 1


def test_a_used_idempotency_key_rejects_another_body(server: PartnerServer) -> None:
    server.post(PATH, EXAMPLE, **{"idempotency-key": "order-7"})
    response = server.post(PATH, merchant(5), **{"idempotency-key": "order-7"})

    assert_error(response, 409, "Idempotency-Key was already used with a different request")
    assert Account.objects.count() == 1


def test_a_rejected_body_can_be_corrected_under_the_same_key(server: PartnerServer) -> None:
    headers = {"idempotency-key": "order-7"}
    assert server.post(PATH, {}, **headers).status_code == 400
    assert server.post(PATH, EXAMPLE, **headers).status_code == 201


def test_concurrent_retries_create_one_account(keys: Keys) -> None:
    def create(number: int) -> Any:
        return Client(raise_request_exception=False).post(
            BASE + PATH,
            EXAMPLE,
            content_type="application/json",
            headers={"x-api-key": keys.management, "idempotency-key": "order-7"},
        )

    responses = run_concurrently(12, create)
    made = {response.content for response in responses if response.status_code == 201}
    assert len(made) == 1
    for response in responses:
        if response.status_code != 201:
            message = "A request with this Idempotency-Key is still in progress"
            assert_error(response, 409, message)
    assert Account.objects.count() == 1
