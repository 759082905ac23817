"""API calls that change something are in the audit trail."""

from __future__ import annotations

from accounts.models import AuditEntry
from tests.factories import partner_with_keys
from tests.merchants import PartnerServer, merchant


def test_changes_by_the_api_are_audited_and_image_calls_are_not(
    live_db: None,
) -> None:
    made = partner_with_keys()
    server = PartnerServer(made.management)
    account = server.create(1)
    server.put("updateAccount", {"accountId": account, "about": "x", "firstName": "Ada"})
    link = {
        "shopIQAccountId": account,
        "integrationName": "yourIntegration",
        "credentials": {"apiKey": "very-secret", "userId": "u"},
    }
    server.post("connectIntegration", link)
    server.post("connectIntegration", link)
    server.post("disconnectIntegration", link)
    server.post("generateAutoLoginUrl", {"accountId": account})
    order = {
        "accountId": account,
        "businessCategory": ["Footwear"],
        "brandName": "Nova",
        "webhookUrl": "http://127.0.0.1:9/nova",
    }
    assert server.post("createAndDeploy", order).status_code == 202
    server.post("createAccount", merchant(1))  # a duplicate: refused, so nothing was done
    server.delete(f"deleteAccount?accountId={account}")
    PartnerServer(made.test).send("POST", "../../../partner/v1/image/create", {"prompt": "shoe"})

    by_key = AuditEntry.objects.filter(actor=f"key:{made.key('management').pk}")
    assert list(by_key.order_by("at").values_list("action", flat=True)) == [
        "account.created",
        "account.updated",
        "connection.connected",
        "connection.updated",
        "connection.disconnected",
        "auto_login.created",
        "deployment.created",
        "account.deleted",
    ]
    written = str(list(by_key.values()))
    assert "['about', 'firstName']" in written
    for secret in ("very-secret", "Ada", "merchant1@example.com"):
        assert secret not in written
    assert not AuditEntry.objects.filter(actor=f"key:{made.key('test').pk}").exists()
