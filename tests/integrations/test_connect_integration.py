"""POST connectIntegration."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from integrations.models import Connection, ConnectionEvent, Integration
from tests.concurrency import run_concurrently
from tests.envelope import assert_error, is_timestamp
from tests.factories import Keys
from tests.merchants import BASE, UNKNOWN_ID, PartnerServer
from tests.web import WebServer

PATH = "connectIntegration"
MISSING = (
    "Missing required fields: shopIQAccountId, integrationName, and credentials are mandatory."
)
UNSUPPORTED = "Unsupported integration: 'unknownService'. Supported integrations: yourIntegration"
CREDENTIALS = {"apiKey": "pk_live_abc123def456", "userId": "usr_789xyz"}


@pytest.fixture
def nova(server: PartnerServer) -> str:
    return server.create()


def body(account_id: str, **changes: Any) -> dict[str, Any]:
    return {
        "shopIQAccountId": account_id,
        "integrationName": "yourIntegration",
        "credentials": CREDENTIALS,
        **changes,
    }


def test_the_response_to_a_connection_is_as_documented(server: PartnerServer, nova: str) -> None:
    response = server.post(PATH, body(nova))

    assert response.status_code == 200
    document = response.json()
    assert is_timestamp(document["integration"].pop("connectedAt"))
    assert document == {
        "success": True,
        "message": "ShopIQ account successfully linked with Your Integration.",
        "integration": {
            "name": "yourIntegration",
            "displayName": "Your Integration",
            "access": True,
        },
    }


def test_only_required_credentials_are_stored_encrypted(server: PartnerServer, nova: str) -> None:
    server.post(PATH, body(nova, credentials={**CREDENTIALS, "password": "hunter2"}))

    row = Connection.objects.get()
    assert row.read_credentials() == CREDENTIALS
    assert not any(value in row.credentials for value in CREDENTIALS.values())


@pytest.mark.parametrize(
    "change",
    [
        {"shopIQAccountId": None},
        {"shopIQAccountId": " "},
        {"integrationName": None},
        {"integrationName": ""},
        {"credentials": None},
        {"credentials": "  "},
        # What is missing is said before what is wrong.
        {"shopIQAccountId": None, "credentials": 5},
        {"integrationName": None, "credentials": []},
    ],
)
def test_missing_fields_are_rejected_with_an_example(
    server: PartnerServer, nova: str, change: dict[str, Any]
) -> None:
    refusal = assert_error(server.post(PATH, body(nova, **change)), 400, MISSING)

    assert refusal["example"] == {
        "shopIQAccountId": "your-account-id",
        "integrationName": "yourIntegration",
        "credentials": {"apiKey": "your-api-key", "userId": "your-user-id"},
    }
    assert refusal["supportedIntegrations"] == ["yourIntegration"]


@pytest.mark.parametrize("given", [None, {}])
def test_an_empty_body_lacks_all_fields(server: PartnerServer, given: Any) -> None:
    assert_error(server.post(PATH, given), 400, MISSING)


@pytest.mark.parametrize("given", ["secret", 5, 0, True, False, [], ["k"]])
def test_credentials_must_be_an_object(server: PartnerServer, given: Any) -> None:
    response = server.post(PATH, body("x", integrationName="unknownService", credentials=given))
    assert_error(response, 400, "credentials must be a JSON object.")


def test_an_unsupported_integration_is_rejected_with_the_supported_ones(
    server: PartnerServer,
) -> None:
    response = server.post(PATH, body("x", integrationName="unknownService", credentials={}))

    refusal = assert_error(response, 400, UNSUPPORTED)
    assert refusal["supportedIntegrations"] == ["yourIntegration"]


@pytest.mark.parametrize("name", ["YOURINTEGRATION", "{}", "yourIntegration{0}", "%s"])
def test_names_are_case_sensitive(server: PartnerServer, name: str) -> None:
    response = server.post(PATH, body("x", integrationName=name))
    message = f"Unsupported integration: '{name}'. Supported integrations: yourIntegration"
    assert_error(response, 400, message)


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({}, "apiKey, userId"),
        ({"apiKey": "k"}, "userId"),
        ({"userId": "u", "apiKey": " "}, "apiKey"),
        ({"apiKey": None, "userId": ""}, "apiKey, userId"),
        ({"ApiKey": "k", "userId": "u"}, "apiKey"),
    ],
)
def test_missing_credentials_are_listed(
    server: PartnerServer, given: dict[str, Any], missing: str
) -> None:
    # Before the account is looked for.
    response = server.post(PATH, body(UNKNOWN_ID, credentials=given))

    message = f"Missing required credentials for Your Integration: {missing}"
    refusal = assert_error(response, 400, message)
    assert refusal["requiredCredentials"] == ["apiKey", "userId"]


@pytest.mark.parametrize("value", [5, ["k"], {"k": 1}, True, "x" * 4097])
def test_a_credential_must_be_a_string_of_limited_length(
    server: PartnerServer, nova: str, value: Any
) -> None:
    response = server.post(PATH, body(nova, credentials={**CREDENTIALS, "apiKey": value}))
    assert_error(response, 400, "credentials.apiKey must be a string of at most 4096 characters")


@pytest.mark.parametrize("account_id", [UNKNOWN_ID, "nova", "A" * 24])
def test_an_unknown_account_is_checked_last(server: PartnerServer, account_id: str) -> None:
    assert_error(server.post(f"{PATH}/", body(account_id)), 404, "ShopIQ Account not found.")


def test_connecting_again_replaces_the_credentials_and_keeps_the_history(
    server: PartnerServer, keys: Keys, nova: str
) -> None:
    first = server.post(PATH, body(nova)).json()
    second = server.post(PATH, body(nova, credentials={"apiKey": "k2", "userId": "u2"})).json()

    assert second == first
    row = Connection.objects.get()
    assert row.read_credentials() == {"apiKey": "k2", "userId": "u2"}
    events = ConnectionEvent.objects.order_by("at")
    assert [event.kind for event in events] == ["connected", "updated"]
    assert {event.key_id for event in events} == {keys.key("management").id}


def test_a_disconnected_account_can_reconnect(server: PartnerServer, nova: str) -> None:
    server.post(PATH, body(nova))
    server.post("disconnectIntegration", {**body(nova)})
    first = Connection.objects.get()
    assert not first.has_access

    assert server.post(PATH, body(nova)).status_code == 200
    again = Connection.objects.get()
    assert (again.pk, again.has_access, again.disconnected_at) == (first.pk, True, None)
    assert again.connected_at > first.connected_at
    kinds = ConnectionEvent.objects.order_by("at").values_list("kind", flat=True)
    assert list(kinds) == ["connected", "disconnected", "connected"]


def test_concurrent_connects_create_one_row(
    nova: str, keys: Keys, web_server: Callable[..., WebServer], threads: Callable[[int], int]
) -> None:
    web = web_server()
    count = threads(50)

    def connect(number: int) -> int:
        given = body(nova, credentials={"apiKey": f"k{number}", "userId": f"u{number}"})
        return int(web.post(BASE + PATH, given, keys.management).status)

    assert set(run_concurrently(count, connect)) == {200}
    credentials = Connection.objects.get().read_credentials()
    assert credentials["apiKey"][1:] == credentials["userId"][1:]
    kinds = list(ConnectionEvent.objects.values_list("kind", flat=True))
    assert (kinds.count("connected"), kinds.count("updated")) == (1, count - 1)


def test_a_connect_takes_as_many_queries_with_thirty_integrations_as_with_one(
    server: PartnerServer, nova: str, register: Callable[..., Integration]
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert server.post(PATH, body(nova)).status_code == 200
        return len(captured)

    server.post(PATH, body(nova))
    for_one = queries()
    for number in range(29):
        register(f"more{number}", "token")
    assert queries() == for_one
