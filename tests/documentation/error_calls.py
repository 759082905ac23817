"""One call for each error that a request alone brings about: method, path, body and headers.

Words in braces are filled in by the test: `{account}` is an account with a live shop `{shop}`,
which has no earlier release, `{building}` a shop that is not live yet.
"""

from __future__ import annotations

from typing import Any

from deployments.categories import CATEGORIES

Call = tuple[str, str, Any, dict[str, str]]

_API, _IMAGE = "/api/v2/third-party/", "/partner/v1/image/"
_UNKNOWN = "0" * 24
_SIMULATE = "X-ShopIQ-Simulate"
_PROMPT: dict[str, Any] = {"prompt": "A red shoe"}
_PHOTO: dict[str, Any] = {"images": ["https://example.com/a.jpg"]}
_SHOP: dict[str, Any] = {
    "accountId": "{free}",
    "businessCategory": ["Footwear"],
    "brandName": "Nova",
    "webhookUrl": "http://127.0.0.1:9/nova",
}
_CONNECT: dict[str, Any] = {
    "shopIQAccountId": "{account}",
    "integrationName": "yourIntegration",
    "credentials": {"apiKey": "k", "userId": "u"},
}
_LARGE: dict[str, Any] = {
    "about": "ш" * 5000,
    "socialMedia": [{"name": "x", "url": f"https://e.co/{'x' * 2000}"}] * 30,
}
_NAME = {key: _CONNECT[key] for key in ("shopIQAccountId", "integrationName")}


def _management(method: str, path: str, body: Any = None, **headers: str) -> Call:
    return method, _API + path, body, headers


def _post(path: str, body: Any, **headers: str) -> Call:
    return _management("POST", path, body, **headers)


def _image(name: str, body: Any, **headers: str) -> Call:
    return "POST", _IMAGE + name, body, headers


def _operations(query: str) -> Call:
    return "GET", f"{_IMAGE}operations?{query}", None, {}


ACCOUNTS = [
    _post("createAccount", {}),
    _post("createAccount", {"email": "a@b.example", "mobileNumber": "{mobile}", "firstName": 5}),
    _post("createAccount", {"email": "{email}", "mobileNumber": "{mobile}"}),
    _post("createAccount", {"email": "a@b.example", "mobileNumber": "{mobile}", **_LARGE}),
    _management("PUT", "updateAccount", {"firstName": "Sarah"}),
    _management("PUT", "updateAccount?accountId={account}", {"accountId": _UNKNOWN}),
    _management("PUT", "updateAccount", {"accountId": _UNKNOWN}),
    _management("DELETE", "deleteAccount"),
    _management("DELETE", "deleteAccount", {"accountId": 5}),
    _management("GET", "isAccountCreated"),
    _management("GET", "isAccountCreated?phone=none"),
    _management("GET", "accounts?createdAfter=soon"),
    _management("GET", "accounts?limit=0"),
    _management("GET", "accounts?cursor=none"),
    _post("generateAutoLoginUrl", {}),
    _post("generateAutoLoginUrl", {"phone": "{shared}"}),
    _post("revokeAutoLoginLinks", {"accountId": "{account}", "linkId": _UNKNOWN}),
]
_NEW = {"email": "a@b.example", "mobileNumber": "{mobile}"}
REFERENCES = [
    _post("createAccount", {**_NEW, **wrong})
    for wrong in (
        {"externalId": "x" * 101},
        {"metadata": 5},
        {"metadata": {f"a{number}": "" for number in range(21)}},
        {"metadata": {"1": ""}},
        {"metadata": {"a": "x" * 501}},
    )
]
INTEGRATIONS = [
    _post("connectIntegration", {}),
    _post("connectIntegration", {**_CONNECT, "credentials": []}),
    _post("connectIntegration", {**_CONNECT, "credentials": {"apiKey": 5, "userId": "u"}}),
    _post("connectIntegration", {**_CONNECT, "credentials": {}}),
    _post("connectIntegration", {**_CONNECT, "integrationName": 5}),
    _post("connectIntegration", {**_CONNECT, "integrationName": "unknownService"}),
    _post("connectIntegration", {**_CONNECT, "shopIQAccountId": _UNKNOWN}),
    _post("disconnectIntegration", {}),
    _post("disconnectIntegration", {**_NAME, "integrationName": "unknownService"}),
    _post("disconnectIntegration", {**_NAME, "shopIQAccountId": "{free}"}),
    _management("GET", "integrationStatus"),
]
SHOPS = [
    _post("createAndDeploy", {}),
    _post("createAndDeploy", {**_SHOP, "websiteType": "blog"}),
    _post("createAndDeploy", {**_SHOP, "businessCategory": ["Gaming", "Crypto"]}),
    _post("createAndDeploy", {**_SHOP, "businessCategory": list(CATEGORIES[:6])}),
    _post("createAndDeploy", {**_SHOP, "brandLogo": "logo"}),
    _post("createAndDeploy", {**_SHOP, "webhookUrl": "http://example.com"}),
    _post("createAndDeploy", {**_SHOP, "accountId": _UNKNOWN}),
    _post("createAndDeploy", {**_SHOP, "accountId": "{account}"}),
    _post("createAndDeploy", _SHOP, **{_SIMULATE: "none"}),
    _management("GET", "deployments/none-000000"),
    _post("deployments/{building}/rebuild", {}),
    _post("deployments/{shop}/rollback", {"deploymentId": 5}),
    _post("deployments/{shop}/rollback", {}),
    _post("deployments/{shop}/cancel", {}),
    _management("GET", f"events?after={_UNKNOWN}"),
    _management("GET", "events?endpoint=other"),
    _management("GET", f"events/{_UNKNOWN}"),
    _management("PUT", "deployments/{shop}/webhook", {}),
    _management("PUT", "deployments/{shop}/webhook", {"webhookSecret": "", "overlapHours": -1}),
    _management("PUT", "webhooks/default", {}),
    _management("PUT", "webhooks/default", {"webhookUrl": "{hook}", "webhookSecret": 1}),
    _management("PUT", "webhooks/default", {"webhookUrl": "{hook}", "events": 5}),
    _management("PUT", "webhooks/default", {"webhookUrl": "{hook}", "events": ["none"]}),
    _post("webhooks/default/remove", None),
    _post("webhooks/test", {}),
    _post("webhooks/test", {"webhookUrl": "{hook}", "event": "none"}),
]
IMAGES = [
    _image("create", {}),
    _image("create", {"prompt": "x" * 4001}),
    *(_image("create", {**_PROMPT, name: "x"}) for name in ("aspectRatio", "mode", "resolution")),
    _image("create", {**_PROMPT, "seed": -1}),
    _image("create", {**_PROMPT, "webhookUrl": 5}, Prefer="respond-async"),
    _image("create", _PROMPT, **{_SIMULATE: "none"}),
    _image("create", _PROMPT, **{"Idempotency-Key": "é"}),
    _image("enhance", {}),
    _image("enhance", {"images": _PHOTO["images"] * 5}),
    _image("enhance", {"images": ["ftp://example.com"]}),
    _image("enhance", {**_PHOTO, "userRequest": 5}),
    _image("enhance", {**_PHOTO, "userRequest": "x" * 2001}),
    _image("quote", {"operation": "draw"}),
    *(
        _image(name, body, **{_SIMULATE: value})
        for name, body in (("create", _PROMPT), ("enhance", _PHOTO))
        for value in ("safety", "busy", "failed", "insufficient", "rate_limit", "expired")
    ),
    *(map(_operations, ("requestId=short", "state=open", "from=soon", "to=soon"))),
    ("GET", f"{_IMAGE}operations/{_UNKNOWN}", None, {}),
]
TRANSPORT = [
    _post("createAccount", b"{"),
    _post("createAccount", b" " * 300_000),
    _post("createAccount", b"{}", **{"Content-Type": "text/plain"}),
    _post("createAccount", b"{}", **{"Content-Encoding": "gzip"}),
    _management("GET", "nothing"),
    _management("PATCH", "createAccount"),
]
CALLS: list[Call] = [*ACCOUNTS, *REFERENCES, *INTEGRATIONS, *SHOPS, *IMAGES, *TRANSPORT]
