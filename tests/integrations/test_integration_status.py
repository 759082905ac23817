"""GET integrationStatus."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from integrations.models import Integration
from tests.envelope import assert_error, is_timestamp
from tests.merchants import UNKNOWN_ID, PartnerServer

PATH = "integrationStatus"
MISSING = "shopIQAccountId query parameter is required."
NOT_FOUND = "ShopIQ Account not found."
NAME = "yourIntegration"


@pytest.fixture
def nova(server: PartnerServer) -> str:
    return server.create()


def connect(server: PartnerServer, account_id: str, name: str = NAME) -> dict[str, Any]:
    given = {
        "shopIQAccountId": account_id,
        "integrationName": name,
        "credentials": {"apiKey": "k", "userId": "u", "token": "t"},
    }
    response = server.post("connectIntegration", given)
    assert response.status_code == 200, response.content
    integration: dict[str, Any] = response.json()["integration"]
    return integration


def status(server: PartnerServer, account_id: str, **query: str) -> Any:
    response = server.get(PATH, shopIQAccountId=account_id, **query)
    assert response.status_code == 200, response.content
    return response.json()


def test_one_integration_is_connected_or_not(server: PartnerServer, nova: str) -> None:
    not_connected = {
        "success": True,
        "connected": False,
        "message": "Integration 'yourIntegration' is not connected.",
    }
    assert status(server, nova, integrationName=NAME) == not_connected

    integration = connect(server, nova)
    assert is_timestamp(integration["connectedAt"])
    assert status(server, nova, integrationName=NAME) == {
        "success": True,
        "connected": True,
        "integration": integration,
    }
    server.post("disconnectIntegration", {"shopIQAccountId": nova, "integrationName": NAME})
    assert status(server, nova, integrationName=NAME) == not_connected


def test_without_a_name_the_connected_ones_are_listed(server: PartnerServer, nova: str) -> None:
    empty = {"success": True, "integrations": [], "supportedIntegrations": [NAME]}
    assert status(server, nova) == empty

    integration = connect(server, nova)
    assert status(server, nova) == {**empty, "integrations": [integration]}
    assert status(server, nova, integrationName=" ")["integrations"] == [integration]

    server.post("disconnectIntegration", {"shopIQAccountId": nova, "integrationName": NAME})
    assert status(server, nova) == empty


def test_an_unknown_name_is_not_connected(server: PartnerServer, nova: str) -> None:
    for name in ("unknownService", "x" * 500, "{}", "\x00"):
        response = status(server, nova, integrationName=name)
        assert response["connected"] is False
        assert response["message"] == f"Integration '{name}' is not connected."
        assert response["supportedIntegrations"] == [NAME]


@pytest.mark.parametrize("query", ["", "?shopIQAccountId=", "?shopIQAccountId=%20", "?accountId=x"])
def test_an_account_is_required(server: PartnerServer, query: str) -> None:
    assert_error(server.get(f"{PATH}{query}"), 400, MISSING)


@pytest.mark.parametrize("account_id", [UNKNOWN_ID, "nova", "A" * 24])
def test_an_unknown_account_is_not_found(server: PartnerServer, account_id: str) -> None:
    for name in ("", NAME, "unknownService"):
        response = server.get(f"{PATH}/", shopIQAccountId=account_id, integrationName=name)
        assert_error(response, 404, NOT_FOUND)


def test_a_status_takes_as_many_queries_for_thirty_integrations_as_for_one(
    server: PartnerServer, nova: str, register: Callable[..., Integration]
) -> None:
    def queries(**query: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            status(server, nova, **query)
        return len(captured)

    connect(server, nova)
    for_one = (queries(), queries(integrationName=NAME))
    for number in range(29):
        connect(server, nova, register(f"more{number}", "token").name)
    assert len(status(server, nova)["integrations"]) == 30
    assert (queries(), queries(integrationName=NAME)) == for_one


def test_a_deactivated_integration_is_not_connected(
    server: PartnerServer, nova: str, register: Callable[..., Integration]
) -> None:
    ended = register("sunset", "token")
    connect(server, nova, ended.name)
    Integration.objects.filter(pk=ended.pk).update(is_active=False)

    assert status(server, nova)["integrations"] == []
    assert status(server, nova, integrationName=ended.name)["connected"] is False
