"""PUT updateAccount."""

from __future__ import annotations

import json
import threading
from contextlib import suppress
from typing import Any

import pytest
from django.db import OperationalError, connections, transaction
from django.test import Client

from accounts.models import Account
from tests.concurrency import is_awaited, run_concurrently
from tests.envelope import assert_error
from tests.factories import Keys
from tests.merchants import BASE, EXAMPLE, UNKNOWN_ID, PartnerServer, merchant
from tests.waiting import wait_for

PATH = "updateAccount"
MISSING = "accountId is required to update."
NOT_FOUND = "Account not found."
DUPLICATE = "Account with this email or mobile number already exists."


@pytest.fixture
def account_id(server: PartnerServer) -> str:
    return str(server.post("createAccount", EXAMPLE).json()["accountId"])


def test_an_update_returns_the_complete_account_decrypted(
    server: PartnerServer, account_id: str
) -> None:
    change = {"accountId": account_id, "firstName": "Zara", "businessName": "Nova Retail Premium"}
    response = server.put(PATH, change)

    assert response.status_code == 200
    document = response.json()
    assert list(document) == ["success", "message", "data"]
    assert (document["success"], document["message"]) == (True, "Account updated successfully")
    data = document["data"]
    assert data["_id"] == account_id
    assert data["email"] == "sarah@novaretail.com"
    assert data["mobileNumber"] == {"value": "9876543210", "countryCode": 91}
    assert (data["firstName"], data["businessName"]) == ("Zara", "Nova Retail Premium")
    assert data["lastName"] == "Mitchell"
    assert data == server.read(account_id)


def test_the_id_can_be_in_the_query_or_the_body_or_both(
    server: PartnerServer, account_id: str
) -> None:
    assert server.put(f"{PATH}?accountId={account_id}", {"firstName": "A"}).status_code == 200
    assert server.put(PATH, {"accountId": account_id, "firstName": "B"}).status_code == 200
    both = server.put(f"{PATH}/?accountId={account_id}", {"accountId": account_id})
    assert both.status_code == 200
    differ = server.put(f"{PATH}?accountId={account_id}", {"accountId": UNKNOWN_ID})
    assert_error(differ, 400, "accountId in query and body differ.")


@pytest.mark.parametrize("body", [None, {}, {"accountId": None}, {"accountId": "  "}])
def test_without_an_id_nothing_is_updated(server: PartnerServer, body: Any) -> None:
    assert_error(server.put(PATH, body), 400, MISSING)


@pytest.mark.parametrize("given", [5, ["x"], {"$ne": ""}, True])
def test_an_id_must_be_a_string(server: PartnerServer, given: Any) -> None:
    assert_error(server.put(PATH, {"accountId": given}), 400, "accountId must be a string")


@pytest.mark.parametrize("given", [UNKNOWN_ID, "A" * 24, "0" * 23, "nova", "0" * 25])
def test_an_unknown_or_malformed_id_is_not_found(server: PartnerServer, given: str) -> None:
    assert_error(server.put(PATH, {"accountId": given}), 404, NOT_FOUND)


def test_null_clears_an_optional_field(server: PartnerServer, account_id: str) -> None:
    cleared = {"firstName": None, "address": None, "currency": None, "domains": None}
    server.put(PATH, {"accountId": account_id, "currency": "$", "domains": ["nova.com"]})
    data = server.put(PATH, {"accountId": account_id, **cleared}).json()["data"]

    assert (data["firstName"], data["address"]) == (None, None)
    assert (data["currency"], data["domains"]) == ("₹", [])
    assert data["lastName"] == "Mitchell"


@pytest.mark.parametrize("name", ["email", "mobileNumber"])
def test_email_and_mobile_number_cannot_be_cleared(
    server: PartnerServer, account_id: str, name: str
) -> None:
    response = server.put(PATH, {"accountId": account_id, name: None})
    assert_error(response, 400, f"{name} must not be null")


@pytest.mark.parametrize("email", ["", " "])
def test_a_blank_email_is_refused(server: PartnerServer, account_id: str, email: str) -> None:
    response = server.put(PATH, {"accountId": account_id, "email": email})
    assert_error(response, 400, "email must not be empty")


@pytest.mark.parametrize("half", ["value", "countryCode"])
def test_an_incomplete_mobile_number_is_rejected(
    server: PartnerServer, account_id: str, half: str
) -> None:
    rest = {name: value for name, value in EXAMPLE["mobileNumber"].items() if name != half}
    response = server.put(PATH, {"accountId": account_id, "mobileNumber": rest})
    assert_error(response, 400, f"mobileNumber.{half} is required")


def test_an_address_is_merged_by_field(server: PartnerServer, account_id: str) -> None:
    change = {"addLineTwo": "Floor 3", "city": "Pune", "pincode": None}
    data = server.put(PATH, {"accountId": account_id, "address": change}).json()["data"]

    assert data["address"] == {
        "addLineOne": "42 Commerce Street",
        "addLineTwo": "Floor 3",
        "city": "Pune",
        "state": "Maharashtra",
        "country": "India",
    }


def test_a_list_is_replaced_as_a_whole(server: PartnerServer, account_id: str) -> None:
    server.put(PATH, {"accountId": account_id, "domains": ["a.com", "b.com"]})
    server.put(PATH, {"accountId": account_id, "domains": ["c.com"]})

    assert server.read(account_id)["domains"] == ["c.com"]


def test_an_empty_change_is_a_success_and_changes_nothing(
    server: PartnerServer, account_id: str
) -> None:
    before = server.read(account_id)
    protected = {"_id": UNKNOWN_ID, "identifier": "x", "createdByPartner": "x", "whatever": 1}
    for body in ({}, protected):
        response = server.put(f"{PATH}?accountId={account_id}", body)
        assert response.status_code == 200
        assert {**response.json()["data"], "updatedAt": 0} == {**before, "updatedAt": 0}


def test_a_new_email_and_number_replace_the_old_ones(
    server: PartnerServer, account_id: str
) -> None:
    new = {"email": "New@Nova.com", "mobileNumber": {"value": "5550100", "countryCode": 1}}
    assert server.put(PATH, {"accountId": account_id, **new}).status_code == 200

    def is_created(**query: str) -> bool:
        return bool(server.get("isAccountCreated", **query).json()["isCreated"])

    assert is_created(email="new@nova.com")
    assert is_created(phone="+15550100")
    assert not is_created(email="sarah@novaretail.com")
    assert not is_created(phone="9876543210")
    assert server.post("createAccount", EXAMPLE).status_code == 201


@pytest.mark.parametrize("name", ["email", "mobileNumber"])
def test_values_of_another_account_are_rejected(
    server: PartnerServer, stranger: PartnerServer, account_id: str, name: str
) -> None:
    stranger.create(7)
    server.create(8)
    for number in (7, 8):
        response = server.put(PATH, {"accountId": account_id, name: merchant(number)[name]})
        assert assert_error(response, 409, DUPLICATE)["field"] == name
    # Its own value, written again, is no conflict.
    assert server.put(PATH, {"accountId": account_id, name: EXAMPLE[name]}).status_code == 200


def test_concurrent_changes_of_different_fields_are_both_kept(keys: Keys, account_id: str) -> None:
    fields = ["firstName", "lastName", "legalName", "about", "businessName", "typeOfBusiness"]

    responses = run_concurrently(
        6, lambda number: _put(keys, account_id, **{fields[number]: "new"})
    )

    assert [response.status_code for response in responses] == [200] * 6
    profile = Account.objects.get(pk=account_id).read_profile()
    assert all(profile[field] == "new" for field in fields)


def test_concurrent_swaps_of_emails_are_rejected_as_duplicates(
    server: PartnerServer, keys: Keys
) -> None:
    ours, theirs = server.create(0), server.create(1)
    responses: list[Any] = []

    def want_their_email() -> None:
        responses.append(_put(keys, ours, email=merchant(1)["email"]))
        connections.close_all()

    rival = threading.Thread(target=want_their_email)
    # On a slow machine it may be us whom the database ends: then their email stays, and is taken.
    with suppress(OperationalError), transaction.atomic():
        # They give their email up, but not yet for good: the rival has to wait for the end of it.
        Account.objects.filter(pk=theirs).update(email_hash=b"on the way to another")
        rival.start()
        wait_for(is_awaited)
        # Now both wait for each other, and the database ends the one that has waited for a second.
        Account.objects.filter(pk=ours).update(country_code=44)
    rival.join()

    assert_error(responses[0], 409, DUPLICATE)


def _put(keys: Keys, account_id: str, **change: Any) -> Any:
    return Client(raise_request_exception=False).put(
        f"{BASE}{PATH}",
        json.dumps({"accountId": account_id, **change}),
        content_type="application/json",
        headers={"x-api-key": keys.management},
    )
