"""Test keys of the management API answer as live ones do, in a sandbox of their own."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from accounts.endpoints import permissions_for
from accounts.models import Account, AuditEntry
from config.db.owned import is_sandbox, sandbox_id
from deployments.models import Deployment, Website
from deployments.pipeline import run_due
from integrations.models import WebhookDelivery
from tests.deployments.deployment_fakes import Fakes
from tests.factories import Keys, partner_with_keys
from tests.merchants import EXAMPLE, UNKNOWN_ID, PartnerServer, merchant
from tests.sandbox.rows import fill
from tests.test_isolation import (
    CALLS,
    CONNECT,
    DEPLOY,
    UNKNOWN,
    ask,
    rows,
)
from tests.test_isolation import without_timestamp as comparable

#: Digits that differ between two runs of the same calls: ids, ciphertexts, tails of identifiers.
_VARYING = re.compile(
    r"[0-9a-f]{24,32}|v\d+\.[\w-]{20,}|token=[\w.-]+|nova-[a-z0-9]{6}"
    r"|\d{4}-\d\d-\d\dT[\d:.]+Z|\"minute\";r=.*|(?<=lastFour\":\")\w+|(?<=resetSeconds\":)\d+"
)


def use_everything(by: PartnerServer) -> list[Any]:
    """Make each call of the management API, right and wrong, and return the answers."""
    answers = [by.post("createAccount", EXAMPLE), by.post("createAccount", EXAMPLE)]
    account = answers[0].json()["accountId"]
    answers += [
        by.post("createAccount", merchant(1), **{"Idempotency-Key": "one"}),
        by.post("createAccount", merchant(1), **{"Idempotency-Key": "one"}),
        by.post("createAccount", {"email": "x"}),
        by.put("updateAccount", {"accountId": account, "firstName": "Sara"}),
        by.put("updateAccount", {"accountId": account, "email": "merchant1@example.com"}),
        by.get(f"getAccount/{account}"),
        by.get("getAccount/nothing"),
        by.get("accounts"),
        by.get("isAccountCreated", email=EXAMPLE["email"]),
        by.get("isAccountCreated", phone="+919876543210"),
        by.get("isAccountCreated", phone="1112223333"),
        by.post("connectIntegration", {**CONNECT, "shopIQAccountId": account}),
        by.post("connectIntegration", {}),
        by.get("integrationStatus", shopIQAccountId=account),
        by.post("disconnectIntegration", {**CONNECT, "shopIQAccountId": account}),
        by.post("generateAutoLoginUrl", {"email": EXAMPLE["email"]}),
        by.post("generateAutoLoginUrl", {"phone": "9876543210"}),
        by.get("autoLoginLinks", accountId=account),
        by.post("revokeAutoLoginLinks", {"accountId": account}),
        by.post("createAndDeploy", {**DEPLOY, "accountId": account}),
        by.post("createAndDeploy", {**DEPLOY, "accountId": account}),
        by.post("createAndDeploy", {**DEPLOY, "accountId": UNKNOWN_ID}),
        by.get("deployments"),
        by.get("deployments/nowhere-000000"),
        by.get("events"),
        by.get(f"events/{UNKNOWN_ID}"),
        by.get("webhooks"),
        by.post("webhooks/test", {"webhookId": UNKNOWN_ID}),
        by.get("me"),
        by.get("nowhere"),
        by.send("PATCH", "accounts"),
    ]
    identifier = answers[-12].json()["identifier"]
    answers.append(by.get(f"deployments/{identifier}"))
    answers.append(by.delete("deleteAccount", {"accountId": account}))
    return answers


def change_a_shop(by: PartnerServer) -> list[Any]:
    """Make each call about a live shop and its webhooks, and return the answers."""
    account = by.create(2, domains=["shop.nova.example"])
    deployed = by.post("createAndDeploy", {**DEPLOY, "accountId": account})
    run_due()
    shop = f"deployments/{deployed.json()['identifier']}"
    webhook = by.get("webhooks").json()["data"][0]["webhookId"]
    answers = [
        by.get(shop),
        by.post(f"{shop}/rollback", {}),
        by.post(f"{shop}/cancel", {}),
        by.post(f"{shop}/rebuild", {"brandName": "Nova Living", "externalId": "a-1"}),
        by.post(f"{shop}/rebuild", {"language": "xx"}),
        by.post(f"{shop}/rebuild", {}),
        by.post(f"{shop}/cancel", {}),
        by.get(shop),
        by.get(f"{shop}/domains"),
        by.post(f"{shop}/domains/verify", {}),
        by.put(f"{shop}/webhook", {"webhookSecret": "another", "overlapHours": 1}),
        by.put("webhooks/default", {"webhookUrl": "http://127.0.0.1:9/all"}),
        by.post("webhooks/test", {"event": "deployment.failed"}),
        by.post(f"webhooks/{webhook}/enable", {}),
        by.put(f"webhooks/{webhook}", {"webhookUrl": "http://127.0.0.1:9/moved"}),
        by.post("webhooks/resend", {}),
        by.get("webhooks"),
        by.get("events"),
        by.get("events", endpoint="default"),
        by.post("webhooks/default/remove", {}),
        by.post("webhooks/default/remove", {}),
    ]
    by.post(f"{shop}/rebuild", {})
    run_due()
    answers += [by.get(shop), by.post(f"{shop}/rollback", {})]
    run_due()
    return [*answers, by.get(shop), by.get("events")]


def shape(answer: Any) -> Any:
    """Return status, headers and body, with `0` for what differs between two runs."""
    body = _VARYING.sub("0", answer.content.decode())
    headers = {name: _VARYING.sub("0", value) for name, value in answer.headers.items()}
    headers.pop("Content-Length", None)
    return answer.status_code, headers, json.loads(body)


def is_like_live(test: Any, live: Any) -> bool:
    """Return whether nothing differs but what says that it is a test."""
    (status, headers, body), (live_status, live_headers, live_body) = shape(test), shape(live)
    text = json.dumps(body).replace(".test.localhost", ".localhost")
    text = text.replace(".test/", "/")
    text = text.replace(".test.dev.localhost", ".dev.localhost").replace('"testMode": true, ', "")
    text = text.replace(', "testMode": true', "").replace("management_test", "management")
    return (status, headers, json.loads(text)) == (live_status, live_headers, live_body)


def test_answers_are_those_of_live_keys_but_for_test_mode(
    server: PartnerServer, sandbox: PartnerServer
) -> None:
    for test, live in zip(use_everything(sandbox), use_everything(server), strict=True):
        assert is_like_live(test, live), (test.content, live.content)
        is_known = live.json().get("message") != "Not found"
        assert test.json().get("testMode") is (True if is_known else None)
        assert "testMode" not in live.content.decode()


def test_calls_about_a_live_shop_are_those_of_live_keys_too(
    server: PartnerServer, sandbox: PartnerServer, fakes: Fakes
) -> None:
    for test, live in zip(change_a_shop(sandbox), change_a_shop(server), strict=True):
        assert is_like_live(test, live), (test.content, live.content)
        assert test.json()["testMode"] is True


def test_every_endpoint_is_used(server: PartnerServer, fakes: Fakes) -> None:
    answers = [*use_everything(server), *change_a_shop(server)]
    routes = filter(None, (each.wsgi_request.resolver_match for each in answers))
    used = {getattr(route.func.cls, "endpoint", None) for route in routes}

    assert used >= permissions_for("management")


@pytest.fixture(params=["live rows, test key", "test rows, live key", "test rows, other test key"])
def across(
    request: pytest.FixtureRequest, server: PartnerServer, sandbox: PartnerServer
) -> tuple[PartnerServer, PartnerServer]:
    """Return the client that owns rows, and one that asks for them from another namespace."""
    if request.param.startswith("live"):
        return server, sandbox
    is_live = request.param.endswith("live key")
    return sandbox, server if is_live else PartnerServer(partner_with_keys().management_test)


def test_ids_of_another_namespace_are_unknown(across: tuple[PartnerServer, PartnerServer]) -> None:
    owner, other = across
    names = fill(owner)
    before = rows(names["account"])
    own = {"own": other.create(9)}
    for call in CALLS:
        theirs, unknown = ask(other, call, {**names, **own}), ask(other, call, {**UNKNOWN, **own})

        assert theirs.status_code in (400, 404), call
        assert comparable(theirs) == comparable(unknown), call
    for path in ("deployments", "events"):
        assert other.get(path).json()["data"] == []
    assert [each["_id"] for each in other.get("accounts").json()["data"]] == [own["own"]]
    for query in ({"email": names["email"]}, {"phone": names["phone"]}):
        assert other.get("isAccountCreated", **query).json()["isCreated"] is False
        assert owner.get("isAccountCreated", **query).json()["isCreated"] is True
    assert rows(names["account"]) == before


def test_each_namespace_has_its_own_unique_addresses(
    across: tuple[PartnerServer, PartnerServer],
) -> None:
    owner, other = across
    owner.create(1)
    other.create(1)

    assert owner.post("createAccount", merchant(1)).status_code == 409
    assert other.post("createAccount", merchant(1)).status_code == 409


def test_idempotency_keys_of_live_and_test_are_apart(
    server: PartnerServer, sandbox: PartnerServer
) -> None:
    first = server.post("createAccount", merchant(1), **{"Idempotency-Key": "same"})
    second = sandbox.post("createAccount", merchant(1), **{"Idempotency-Key": "same"})

    assert first.json()["accountId"] != second.json()["accountId"]
    assert "Idempotent-Replayed" not in second.headers


def test_every_row_of_a_test_call_belongs_to_the_sandbox(
    keys: Keys, sandbox: PartnerServer
) -> None:
    use_everything(sandbox)
    fill(sandbox)

    for model in (Account, Website, Deployment, WebhookDelivery):
        owners = set(model._default_manager.values_list("partner_id", flat=True))
        assert owners == {sandbox_id(keys.partner.id)}


def test_events_say_that_they_are_a_test(server: PartnerServer, sandbox: PartnerServer) -> None:
    fill(server)
    fill(sandbox)

    for delivery in WebhookDelivery.objects.all():
        payload = json.loads(bytes(delivery.body))
        assert payload.get("testMode") is (True if is_sandbox(delivery.partner_id) else None)


def test_test_calls_have_rate_counters_of_their_own(
    server: PartnerServer, sandbox: PartnerServer
) -> None:
    before = server.get("me").json()["data"]["limits"]["day"]["remaining"]
    sandbox.get("accounts")
    sandbox.get("accounts")

    assert server.get("me").json()["data"]["limits"]["day"]["remaining"] == before - 1


def test_the_audit_trail_of_the_company_has_the_actions_of_its_test_keys(
    keys: Keys, sandbox: PartnerServer
) -> None:
    sandbox.create()

    [entry] = AuditEntry.objects.filter(action="account.created")
    assert entry.partner_id == keys.partner.id
    assert entry.detail["testMode"] is True
