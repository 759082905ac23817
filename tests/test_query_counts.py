"""The number of queries of each management call does not depend on the amount of data."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.merchants import PartnerServer, merchant

NAME = "yourIntegration"
CREDENTIALS = {"apiKey": "k", "userId": "u"}


def test_queries_of_a_call_do_not_grow_with_accounts(
    server: PartnerServer,
) -> None:
    alone = _counts(server, 0)
    for number in range(100, 130):
        account_id = server.create(number)
        server.post("connectIntegration", _target(account_id))
        server.post("generateAutoLoginUrl", {"accountId": account_id})

    assert _counts(server, 1) == alone
    # Besides the authorization; a write has its BEGIN, savepoints and COMMIT in it.
    reads = {"getAccount": 1, "isAccountCreated": 2, "integrationStatus": 2, "all": 4}
    assert {name: alone[name] for name in reads} == reads
    assert max(alone.values()) <= 25


def _counts(server: PartnerServer, number: int) -> dict[str, int]:
    """Queries of each of the nine, in the life of one account."""
    account_id = server.create(number)
    target = _target(account_id)
    phone = merchant(number)["mobileNumber"]["value"]
    calls: dict[str, Callable[[], Any]] = {
        "createAccount": lambda: server.post("createAccount", merchant(number + 50)),
        "updateAccount": lambda: server.put(
            "updateAccount", {**merchant(number), "accountId": account_id, "about": "x"}
        ),
        "getAccount": lambda: server.get(f"getAccount/{account_id}"),
        "isAccountCreated": lambda: server.get("isAccountCreated", email="a@b.co", phone=phone),
        "connectIntegration": lambda: server.post("connectIntegration", target),
        "integrationStatus": lambda: server.get(
            "integrationStatus", shopIQAccountId=account_id, integrationName=NAME
        ),
        "all": lambda: server.get("integrationStatus", shopIQAccountId=account_id),
        "disconnectIntegration": lambda: server.post("disconnectIntegration", target),
        "generateAutoLoginUrl": lambda: server.post("generateAutoLoginUrl", {"phone": phone}),
        "deleteAccount": lambda: server.delete(f"deleteAccount?accountId={account_id}"),
    }
    return {name: _queries(call) for name, call in calls.items()}


def _target(account_id: str) -> dict[str, Any]:
    return {
        "shopIQAccountId": account_id,
        "integrationName": NAME,
        "credentials": CREDENTIALS,
    }


def _queries(call: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as captured:
        response = call()
    assert response.status_code in (200, 201), response.content
    return len(captured)
