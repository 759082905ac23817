"""DELETE deleteAccount."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Account, AuditEntry, AutoLoginLink
from accounts.services.sandbox_accounts import delete_old_test_accounts
from accounts.signals import account_deleting
from integrations.models import Connection, ConnectionEvent
from tests.envelope import assert_error
from tests.factories import Keys
from tests.merchants import BASE, UNKNOWN_ID, PartnerServer, merchant

PATH = "deleteAccount"
NOT_FOUND = "Account not found."


@pytest.mark.parametrize("place", ["query", "body", "both"])
def test_an_account_is_deleted_by_an_id_in_query_or_body(server: PartnerServer, place: str) -> None:
    account_id = server.create()
    query = "" if place == "body" else f"?accountId={account_id}"
    body = None if place == "query" else {"accountId": account_id}

    response = server.delete(f"{PATH}{query}", body)

    assert response.status_code == 200
    assert response.json() == {"success": True, "message": "Account permanently deleted."}
    assert not Account.objects.exists()
    assert_error(server.get(f"getAccount/{account_id}"), 404, NOT_FOUND)
    assert_error(server.delete(f"{PATH}?accountId={account_id}"), 404, NOT_FOUND)


@pytest.mark.parametrize("body", [None, {}, {"accountId": None}, {"accountId": " "}, {"id": "x"}])
def test_without_an_id_nothing_is_deleted(server: PartnerServer, body: Any) -> None:
    assert_error(server.delete(PATH, body), 400, "accountId is required.")


def test_conflicting_ids_delete_nothing(server: PartnerServer) -> None:
    account_id = server.create()
    response = server.delete(f"{PATH}?accountId={account_id}", {"accountId": UNKNOWN_ID})

    assert_error(response, 400, "accountId in query and body differ.")
    assert Account.objects.exists()


@pytest.mark.parametrize("given", [UNKNOWN_ID, "nova", "0" * 23, "A" * 24])
def test_an_unknown_or_malformed_id_is_not_found(server: PartnerServer, given: str) -> None:
    assert_error(server.delete(f"{PATH}/?accountId={given}"), 404, NOT_FOUND)


def test_a_content_type_is_required_only_with_a_body(server: PartnerServer, keys: Keys) -> None:
    first, second = server.create(0), server.create(1)
    form: dict[str, Any] = {
        "content_type": "application/x-www-form-urlencoded",
        "headers": {"x-api-key": keys.management},
    }
    response = Client().delete(f"{BASE}{PATH}?accountId={first}", **form)
    assert response.status_code == 200

    response = Client().delete(f"{BASE}{PATH}", f"accountId={second}", **form)
    assert_error(response, 415, "Content-Type must be application/json")


def test_dependent_rows_are_deleted_and_the_audit_trail_stays(
    server: PartnerServer, keys: Keys
) -> None:
    account_id = server.create()
    server.post("generateAutoLoginUrl", {"accountId": account_id})
    server.post(
        "connectIntegration",
        {
            "shopIQAccountId": account_id,
            "integrationName": "yourIntegration",
            "credentials": {"apiKey": "k", "userId": "u"},
        },
    )
    server.delete(f"{PATH}?accountId={account_id}")

    for model in (AutoLoginLink, Connection, ConnectionEvent):
        assert not model._default_manager.exists()
    entry = AuditEntry.objects.get(action="account.deleted")
    assert (entry.partner_id, entry.target) == (keys.partner.id, account_id)
    assert entry.actor == f"key:{keys.key('management').id}"


def test_its_email_and_number_can_be_used_again(server: PartnerServer) -> None:
    account_id = server.create(3)
    server.delete(f"{PATH}?accountId={account_id}")

    assert server.post("createAccount", merchant(3)).status_code == 201


def test_other_apps_are_notified_inside_the_transaction(server: PartnerServer) -> None:
    account_id = server.create()
    deleted: list[str] = []

    def refuse(sender: Any, account: Account, **extra: Any) -> None:
        deleted.append(account.id)
        raise RuntimeError("not now")

    account_deleting.connect(refuse)
    try:
        response = server.delete(f"{PATH}?accountId={account_id}")
    finally:
        account_deleting.disconnect(refuse)

    assert_error(response, 500, "Internal server error")
    assert deleted == [account_id]
    assert Account.objects.filter(pk=account_id).exists()
    assert not AuditEntry.objects.filter(action="account.deleted").exists()


def test_other_apps_are_notified_of_test_accounts_that_no_one_used(keys: Keys) -> None:
    account_id = PartnerServer(keys.management_test).create()
    Account.objects.update(updated_at=timezone.now() - timedelta(days=91))
    deleted: list[str] = []

    def note(sender: Any, account: Account, **extra: Any) -> None:
        deleted.append(account.id)

    account_deleting.connect(note)
    try:
        delete_old_test_accounts()
    finally:
        account_deleting.disconnect(note)
    assert deleted == [account_id]
