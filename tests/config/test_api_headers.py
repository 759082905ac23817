"""The exact headers of API responses."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from tests.envelope import assert_error
from tests.factories import Keys

CREATE, USAGE = "/partner/v1/image/create", "/partner/v1/image/usage"
BODY = json.dumps({"prompt": "a red shoe on marble"})

Sender = Callable[[Client, Keys], Any]

POLICY = {"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'"}
BROWSER = {"Permissions-Policy": "*", "Cross-Origin-Resource-Policy": "same-origin"}
EVERY = {**POLICY, **BROWSER, "X-Request-Id": "*"}
SECURITY = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
FRAMES = {"X-Frame-Options": "DENY"}
JSON = {"Content-Type": "application/json", "Content-Length": "*", "Cache-Control": "no-store"}
ANSWER = {**EVERY, **SECURITY, **FRAMES, **JSON}
COUNTED = {
    **ANSWER,
    "RateLimit-Policy": '"minute";q=100000;w=60, "day";q=1000000;w=86400',
    "RateLimit": "*",
}
HSTS = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains; preload"}


def get(path: str, **headers: str) -> Sender:
    return lambda client, keys: client.get(path, headers={"x-api-key": keys.test, **headers})


def post(body: str, content_type: str = "application/json", **headers: str) -> Sender:
    return lambda client, keys: client.post(
        CREATE, body, content_type=content_type, headers={"x-api-key": keys.test, **headers}
    )


def crash(client: Client, keys: Keys) -> Any:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE billing_operationprice RENAME TO hidden")
    try:
        return get(USAGE)(client, keys)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE hidden RENAME TO billing_operationprice")


def replay(client: Client, keys: Keys) -> Any:
    send = post(BODY, **{"idempotency-key": "once"})
    send(client, keys)
    return send(client, keys)


CASES: dict[str, tuple[Sender, int, dict[str, str]]] = {
    "a success": (post(BODY), 200, {**COUNTED, "X-Operation-Id": "*"}),
    "a replay": (replay, 200, {**COUNTED, "X-Operation-Id": "*", "Idempotent-Replayed": "true"}),
    "a read": (get(USAGE), 200, COUNTED),
    "a head": (
        lambda client, keys: client.head(USAGE, headers={"x-api-key": keys.test}),
        200,
        COUNTED,
    ),
    "malformed JSON": (post("{"), 400, COUNTED),
    "no key": (
        lambda client, keys: client.get(USAGE),
        401,
        {**ANSWER, "WWW-Authenticate": "Bearer"},
    ),
    "an unknown route": (get("/api/v2/nothing"), 404, ANSWER),
    "a wrong method": (get(CREATE), 405, {**COUNTED, "Allow": "POST"}),
    "a long body": (post(json.dumps({"prompt": "a" * 300_000})), 413, COUNTED),
    "another type": (post("a", content_type="text/plain"), 415, COUNTED),
    "a crash": (crash, 500, COUNTED),
    "a refused host": (get(USAGE, host="evil.example.org"), 400, {**EVERY, **SECURITY, **JSON}),
}


class HttpsClient(Client):
    """Send each request as if over TLS."""

    def request(self, **environ: Any) -> Any:
        return super().request(**{**environ, "wsgi.url_scheme": "https"})


@pytest.fixture
def client() -> Client:
    return Client(raise_request_exception=False)


def _use_production_safety(settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_HSTS_SECONDS = 31_536_000
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = True


@pytest.mark.parametrize("case", CASES)
def test_a_response_has_exactly_these_headers(keys: Keys, client: Client, case: str) -> None:
    send, status, expected = CASES[case]

    response = send(client, keys)

    assert response.status_code == status
    assert _known(response.headers, expected) == expected
    assert not response.cookies


@pytest.mark.parametrize("case", CASES)
def test_over_tls_production_adds_hsts(keys: Keys, settings: Any, case: str) -> None:
    _use_production_safety(settings)
    send, status, expected = CASES[case]

    response = send(HttpsClient(raise_request_exception=False), keys)

    assert response.status_code == status
    assert _known(response.headers, expected) == {**expected, **HSTS}


def _known(headers: Any, expected: dict[str, str]) -> dict[str, str]:
    """Return the headers, with a star for values that differ between calls."""
    return {name: "*" if expected.get(name) == "*" else value for name, value in headers.items()}


@pytest.mark.parametrize("host", ["testserver", "teal-vases-abc123.localhost"])
def test_plain_http_is_refused_in_production(
    keys: Keys, client: Client, settings: Any, host: str
) -> None:
    _use_production_safety(settings)

    response = get(USAGE, host=host)(client, keys)

    error = assert_error(response, 403, "HTTPS is required.")
    assert error["code"] == "https_required"
    expected = {**EVERY, **SECURITY, **JSON}
    assert _known(response.headers, expected) == expected


def test_a_sites_host_does_not_serve_the_api(keys: Keys, client: Client) -> None:
    response = get(USAGE, host="teal-vases-abc123.localhost")(client, keys)

    expected = {
        **EVERY,
        "Content-Type": "text/html; charset=utf-8",
        "Content-Length": "*",
        "Cache-Control": "no-cache",
        **SECURITY,
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    assert response.status_code == 404
    assert _known(response.headers, expected) == expected


def test_cookies_are_ignored(keys: Keys, client: Client) -> None:
    client.cookies.load({"sessionid": "x", "csrftoken": "x"})

    response = get(USAGE)(client, keys)

    assert _known(response.headers, COUNTED) == COUNTED
    assert not response.cookies
