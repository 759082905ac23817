"""GET getAccount/{accountId}."""

from __future__ import annotations

import pytest

from accounts.models import Account
from tests.envelope import assert_error
from tests.factories import Keys
from tests.merchants import EXAMPLE, UNKNOWN_ID, PartnerServer


def test_an_account_is_returned_decrypted(server: PartnerServer, keys: Keys) -> None:
    account_id = server.post("createAccount", EXAMPLE).json()["accountId"]
    Account.objects.filter(pk=account_id).update(identifier="nova-retail-abc123")

    response = server.get(f"getAccount/{account_id}")

    assert response.status_code == 200
    assert list(response.json()) == ["success", "data"]
    data = response.json()["data"]
    assert {name: data[name] for name in EXAMPLE} == EXAMPLE
    assert data["_id"] == account_id
    assert data["identifier"] == "nova-retail-abc123"
    assert data["createdByPartner"] == keys.partner.name
    assert response.headers["Cache-Control"] == "no-store"


def test_the_address_is_stored_as_given(server: PartnerServer) -> None:
    account_id = server.create(0, email="  Sarah.M+shop@NovaRetail.com ")

    assert server.read(account_id)["email"] == "Sarah.M+shop@NovaRetail.com"


def test_a_trailing_slash_changes_nothing(server: PartnerServer) -> None:
    account_id = server.create()

    assert server.get(f"getAccount/{account_id}/").status_code == 200


@pytest.mark.parametrize("given", [UNKNOWN_ID, "nova", "0" * 23, "0" * 25, "F" * 24, "0" * 500])
def test_an_unknown_or_malformed_id_is_not_found(server: PartnerServer, given: str) -> None:
    assert_error(server.get(f"getAccount/{given}"), 404, "Account not found.")


def test_there_is_no_route_without_an_id(server: PartnerServer) -> None:
    assert_error(server.get("getAccount/"), 404, "Not found")
