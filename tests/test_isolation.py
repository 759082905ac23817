"""Accounts and everything that belongs to them are invisible to other partners."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver

from accounts.models import Account, AutoLoginLink
from deployments.models import Deployment, Website
from integrations.models import Connection, WebhookDelivery, WebhookEndpoint, WebhookReceiver
from tests.merchants import BASE, UNKNOWN_ID, PartnerServer

CREDENTIALS = {"apiKey": "k", "userId": "u"}
NAME = "yourIntegration"
CONNECT = {"shopIQAccountId": "{account}", "integrationName": NAME, "credentials": CREDENTIALS}
DEPLOY = {
    "accountId": "{account}",
    "businessCategory": ["Footwear"],
    "brandName": "Nova",
    "webhookUrl": "http://127.0.0.1:9/nova",
}
#: Method, path with query, body. Words in braces stand for what is asked for: see `Names`.
CALLS: list[tuple[str, str, Any]] = [
    ("GET", "getAccount/{account}", None),
    ("GET", "getAccount/{account}/", None),
    ("PUT", "updateAccount", {"accountId": "{account}", "firstName": "Mallory"}),
    ("PUT", "updateAccount", {"accountId": "{account}", "email": "nova@example.com"}),
    ("PUT", "updateAccount", {"accountId": "{account}", "firstName": 5}),
    ("PUT", "updateAccount?accountId={account}", {}),
    ("POST", "connectIntegration", CONNECT),
    ("POST", "connectIntegration", {**CONNECT, "credentials": {}}),
    ("POST", "connectIntegration", {**CONNECT, "integrationName": "other"}),
    ("POST", "disconnectIntegration", CONNECT),
    ("GET", f"integrationStatus?shopIQAccountId={{account}}&integrationName={NAME}", None),
    ("GET", "integrationStatus?shopIQAccountId={account}", None),
    ("POST", "generateAutoLoginUrl", {"accountId": "{account}"}),
    ("POST", "generateAutoLoginUrl", {"accountId": "{account}", "email": "nova@example.com"}),
    ("POST", "generateAutoLoginUrl", {"email": "{email}"}),
    ("POST", "generateAutoLoginUrl", {"phone": "{phone}"}),
    ("POST", "generateAutoLoginUrl", {"phone": "+91{phone}"}),
    ("GET", "autoLoginLinks?accountId={account}", None),
    ("POST", "revokeAutoLoginLinks", {"accountId": "{account}"}),
    ("POST", "revokeAutoLoginLinks", {"accountId": "{account}", "linkId": "{link}"}),
    ("POST", "revokeAutoLoginLinks", {"accountId": "{own}", "linkId": "{link}"}),
    ("POST", "createAndDeploy", DEPLOY),
    ("GET", "deployments/{shop}", None),
    ("POST", "deployments/{shop}/rebuild", {}),
    ("POST", "deployments/{shop}/rollback", {}),
    ("POST", "deployments/{shop}/cancel", {}),
    ("GET", "deployments/{shop}/domains", None),
    ("POST", "deployments/{shop}/domains/verify", {}),
    ("PUT", "deployments/{shop}/webhook", {"webhookSecret": "mine"}),
    ("GET", "events?after={event}", None),
    ("GET", "events/{event}", None),
    ("PUT", "webhooks/{webhook}", {"webhookUrl": "http://127.0.0.1:9/mine"}),
    ("POST", "webhooks/{webhook}/enable", None),
    ("POST", "webhooks/resend", {"webhookId": "{webhook}"}),
    ("POST", "webhooks/test", {"webhookId": "{webhook}"}),
    ("POST", "webhooks/default/remove", None),
    ("DELETE", "deleteAccount?accountId={account}", None),
    ("DELETE", "deleteAccount", {"accountId": "{account}"}),
]
#: They name no account, or ask about all of the platform's by design.
WITHOUT_ID = {"createAccount", "isAccountCreated", "accounts", "me"}
Names = dict[str, str]
UNKNOWN = {
    "account": UNKNOWN_ID,
    "email": "nobody@example.com",
    "phone": "1112223333",
    "link": UNKNOWN_ID,
    "shop": "nowhere-000000",
    "event": UNKNOWN_ID,
    "webhook": UNKNOWN_ID,
}


@pytest.fixture
def nova(server: PartnerServer) -> Iterator[Names]:
    """A partner's account with all that an account can have; afterwards, nothing of it changed."""
    names = {"email": "nova@example.com", "phone": "9876543210"}
    mobile = {"value": names["phone"], "countryCode": 91}
    account_id = server.create(email=names["email"], mobileNumber=mobile)
    server.post("connectIntegration", {**CONNECT, "shopIQAccountId": account_id})
    server.post("generateAutoLoginUrl", {"accountId": account_id})
    shop = server.post("createAndDeploy", {**DEPLOY, "accountId": account_id})
    before = rows(account_id)
    yield {
        **names,
        "account": account_id,
        "link": AutoLoginLink.objects.get().pk,
        "shop": shop.json()["identifier"],
        "event": WebhookDelivery.objects.get().pk,
        "webhook": WebhookReceiver.objects.get().pk,
    }
    assert rows(account_id) == before


def rows(account_id: str) -> list[Any]:
    """Return everything stored about an account."""
    return [
        *Account.objects.filter(pk=account_id).values(),
        *AutoLoginLink.objects.filter(account=account_id).values(),
        *Connection.objects.filter(account=account_id).values(),
        *Website.objects.filter(account=account_id).values(),
        *Deployment.objects.filter(website__account=account_id).values(),
        *WebhookDelivery.objects.values(),
        *WebhookEndpoint.objects.values(),
        *WebhookReceiver.objects.values(),
    ]


def ask(by: PartnerServer, call: tuple[str, str, Any], names: Names) -> Any:
    method, path, body = call
    text = json.dumps(body)
    for name, value in names.items():
        path, text = (each.replace(f"{{{name}}}", value) for each in (path, text))
    return by.send(method, path, json.loads(text))


def without_timestamp(response: Any) -> tuple[Any, ...]:
    """Status, headers and bytes, but for the moment, the request's id and the calls left."""
    text = response.content.decode()
    for name in ("timestamp", "requestId"):
        if value := json.loads(text).get(name):
            text = text.replace(value, "")
    varying = ("RateLimit", "X-Request-Id")
    headers = {name: value for name, value in response.headers.items() if name not in varying}
    return response.status_code, headers, text


@pytest.mark.parametrize("call", CALLS, ids=lambda call: f"{call[0]} {call[1]} {call[2]}")
def test_an_id_of_another_partner_is_like_an_unknown_one(
    nova: Names, stranger: PartnerServer, call: tuple[str, str, Any]
) -> None:
    own = {"own": stranger.create(9)}
    theirs = ask(stranger, call, {**nova, **own})
    unknown = ask(stranger, call, {**UNKNOWN, **own})

    assert theirs.status_code in (400, 404)
    assert without_timestamp(theirs) == without_timestamp(unknown)


@pytest.mark.parametrize("path", ["accounts", "deployments", "events", "webhooks"])
def test_a_list_shows_only_the_partners_own_rows(
    nova: Names, stranger: PartnerServer, path: str
) -> None:
    assert stranger.get(path).json()["data"] == []


def test_every_endpoint_is_tested() -> None:
    walked = {path.partition("?")[0].partition("/")[0] for _, path, _ in CALLS}

    assert management_endpoints() == walked | WITHOUT_ID


def management_endpoints() -> set[str]:
    """First words of all routes below the management API's prefix."""
    routes = [
        str(route.pattern)
        for included in get_resolver().url_patterns
        if str(included.pattern) == BASE.lstrip("/")
        for route in getattr(included, "url_patterns", [])
    ]
    return {route.lstrip("^").partition("/")[0] for route in routes}


def test_without_a_key_nothing_is_revealed(nova: Names) -> None:
    for method, path, _ in CALLS:
        response = Client().generic(method, BASE + path.replace("{account}", nova["account"]))
        assert response.status_code == 401
