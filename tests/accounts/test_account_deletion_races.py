"""What begins while an account is being deleted finds no account."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from accounts.models import Account, AuditEntry
from accounts.services.accounts import delete_account
from accounts.services.auto_login import AccountReference, create_link
from deployments.services.creation import DeploymentRequest, create_deployment
from integrations.models import Integration
from integrations.services.connections import connect_integration, disconnect_integration
from tests.billing.operations import admission_of
from tests.concurrency import overlap
from tests.factories import Keys
from tests.merchants import PartnerServer


def sign_in(account_id: str) -> dict[str, Any]:
    return {"reference": AccountReference(account_id=account_id)}


def connect(account_id: str) -> dict[str, Any]:
    integration = Integration.objects.earliest("name")
    return {"account_id": account_id, "integration": integration, "credentials": {}}


def disconnect(account_id: str) -> dict[str, Any]:
    return {"account_id": account_id, "integration": Integration.objects.earliest("name")}


def deploy(account_id: str) -> dict[str, Any]:
    return {"shop": DeploymentRequest(account_id, "Nova", ("Footwear",), "http://127.0.0.1:9/")}


@pytest.mark.parametrize(
    ("service", "arguments"),
    [
        (delete_account, lambda account_id: {"account_id": account_id}),
        (create_link, sign_in),
        (connect_integration, connect),
        (disconnect_integration, disconnect),
        (create_deployment, deploy),
    ],
)
def test_an_account_that_is_being_deleted_is_not_found(
    keys: Keys, server: PartnerServer, service: Any, arguments: Any
) -> None:
    account_id, admission = server.create(), admission_of(keys, "management")
    if service is disconnect_integration:
        connect_integration(admission=admission, **connect(account_id))
    delete = partial(delete_account, account_id=account_id, admission=admission)
    begin = partial(service, admission=admission, **arguments(account_id))

    assert overlap(delete, begin) is Account.DoesNotExist
    assert AuditEntry.objects.filter(action="account.deleted").count() == 1
