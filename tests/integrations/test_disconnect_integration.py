"""POST disconnectIntegration."""

from __future__ import annotations

from typing import Any

import pytest

from integrations.models import Connection, ConnectionEvent
from tests.envelope import assert_error
from tests.merchants import UNKNOWN_ID, PartnerServer

PATH = "disconnectIntegration"
MISSING = "Missing required fields: shopIQAccountId and integrationName are mandatory."
NOT_FOUND = "ShopIQ Account not found."
NOT_CONNECTED = "Integration 'yourIntegration' is not connected to this account."


@pytest.fixture
def nova(server: PartnerServer) -> str:
    """An account that is connected."""
    account_id = server.create()
    credentials = {"apiKey": "k", "userId": "u"}
    server.post("connectIntegration", body(account_id, credentials=credentials))
    return account_id


def body(account_id: str, **changes: Any) -> dict[str, Any]:
    return {"shopIQAccountId": account_id, "integrationName": "yourIntegration", **changes}


def test_access_is_withdrawn_and_the_row_stays(server: PartnerServer, nova: str) -> None:
    response = server.post(PATH, body(nova))

    assert response.status_code == 200
    message = "Integration 'yourIntegration' has been disconnected."
    assert response.json() == {"success": True, "message": message}
    row = Connection.objects.get()
    assert not row.has_access
    assert row.disconnected_at
    assert [event.kind for event in ConnectionEvent.objects.all()] == ["disconnected", "connected"]


def test_an_unconnected_integration_cannot_be_disconnected(
    server: PartnerServer, nova: str
) -> None:
    server.post(f"{PATH}/", body(nova))

    for account_id in (nova, server.create(1)):
        response = server.post(PATH, body(account_id))
        assert assert_error(response, 404, NOT_CONNECTED)["code"] == "not_connected"
    assert ConnectionEvent.objects.filter(kind="disconnected").count() == 1


@pytest.mark.parametrize(
    "given",
    [
        None,
        {},
        {"shopIQAccountId": "x"},
        {"integrationName": "unknownService"},
        {"shopIQAccountId": None, "integrationName": 5},
        {"shopIQAccountId": " ", "integrationName": "unknownService"},
    ],
)
def test_missing_fields_are_checked_first(server: PartnerServer, given: Any) -> None:
    assert_error(server.post(PATH, given), 400, MISSING)


def test_an_unsupported_integration_is_rejected_before_the_account_lookup(
    server: PartnerServer,
) -> None:
    response = server.post(PATH, body(UNKNOWN_ID, integrationName="unknownService"))

    refusal = assert_error(response, 400, "Unsupported integration: 'unknownService'.")
    assert refusal["supportedIntegrations"] == ["yourIntegration"]


@pytest.mark.parametrize("account_id", [UNKNOWN_ID, "nova"])
def test_an_unknown_account_is_not_found(server: PartnerServer, account_id: str) -> None:
    assert_error(server.post(PATH, body(account_id)), 404, NOT_FOUND)


@pytest.mark.parametrize("name", ["shopIQAccountId", "integrationName"])
def test_a_field_of_a_wrong_type_is_named(server: PartnerServer, nova: str, name: str) -> None:
    assert_error(server.post(PATH, body(nova, **{name: 5})), 400, f"{name} must be a string")
