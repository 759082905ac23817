"""The error envelope of the API (API documentation, Error Handling)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from config.api.timestamps import timestamp
from tests.envelope import assert_error, error_of
from tests.factories import Keys

USAGE = "/partner/v1/image/usage"
CREATE = "/partner/v1/image/create"

Send = Callable[..., Any]


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2025, 7, 15, 10, 30, tzinfo=UTC), "2025-07-15T10:30:00.000Z"),
        (datetime(2025, 7, 15, 10, 30, 1, 999_999, tzinfo=UTC), "2025-07-15T10:30:01.999Z"),
        (
            datetime(2025, 7, 15, 16, 0, 0, 7_000, tzinfo=timezone(timedelta(hours=5.5))),
            "2025-07-15T10:30:00.007Z",
        ),
    ],
)
def test_timestamps_are_utc_with_milliseconds(moment: datetime, text: str) -> None:
    assert timestamp(moment) == text


def test_timestamps_default_to_now() -> None:
    before = timestamp(datetime.now(UTC))

    assert before <= timestamp() <= timestamp(datetime.now(UTC))


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/partner/", "route_not_found"),
        ("/partner/v1/image/", "route_not_found"),
        ("/partner/v1/image/creates", "route_not_found"),
        ("/partner/v2/image/create", "route_not_found"),
        ("/api/", "route_not_found"),
        ("/api/v2/third-party/nothing", "route_not_found"),
        ("/api/v9", "route_not_found"),
    ],
)
def test_an_unknown_route_is_a_404_in_the_envelope(live_db: None, path: str, code: str) -> None:
    for method in ("get", "post", "put", "delete", "patch", "options"):
        response = getattr(Client(), method)(path)
        assert assert_error(response, 404, "Not found")["code"] == code


def test_a_wrong_method_is_a_405_that_names_the_right_ones(keys: Keys, get: Send) -> None:
    response = get(CREATE, keys.test)

    assert_error(response, 405, "Method not allowed")
    assert response.headers["Allow"] == "POST"
    response = Client().delete(USAGE, headers={"x-api-key": keys.test})
    assert_error(response, 405, "Method not allowed")
    assert response.headers["Allow"] == "GET, HEAD"


def test_a_wrong_method_needs_a_key_like_any_call(keys: Keys) -> None:
    response = Client().delete(CREATE)

    assert_error(response, 401, "API key required. Provide via X-API-Key header.")


def test_a_rejected_host_is_a_400_in_the_envelope(keys: Keys) -> None:
    response = Client().get(USAGE, headers={"x-api-key": keys.test, "host": "evil.example.org"})

    assert error_of(response)["message"] == "Bad request"
    assert response.status_code == 400


def test_a_crash_is_the_documented_500_without_details(
    keys: Keys, get: Send, caplog: pytest.LogCaptureFixture
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE billing_operationprice RENAME TO hidden")
    try:
        response = get(USAGE, keys.test)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE hidden RENAME TO billing_operationprice")

    body = assert_error(response, 500, "Internal server error")
    assert body["error"] == (
        "The request could not be completed. Please retry; contact support if it persists."
    )
    assert "operationprice" not in response.content.decode()
    assert "request failed" in caplog.text


def test_a_success_has_a_timestamp_too(keys: Keys, get: Send) -> None:
    body = get(USAGE, keys.test).json()

    assert list(body) == ["success", "message", "data", "timestamp"]
    assert (body["success"], body["message"]) == (True, "Success")


def test_responses_are_compact_json_in_utf8_and_not_cached(keys: Keys, get: Send) -> None:
    response = get(USAGE, keys.test)

    assert response.headers["Content-Type"] == "application/json"
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    text = response.content.decode()
    assert text == json.dumps(json.loads(text), separators=(",", ":"), ensure_ascii=False)


@pytest.mark.parametrize("accept", ["text/html", "application/xml", "*/*;q=0", "image/png", ""])
def test_the_api_returns_json_whatever_the_accept_header(
    keys: Keys, get: Send, accept: str
) -> None:
    assert get(USAGE, keys.test, accept=accept).json()["success"] is True
    assert error_of(get(f"{USAGE}?format=api", accept=accept))


@pytest.mark.parametrize("given", ["abcdef12", "a.b-c_d.e-f_0", "a" * 64])
def test_a_callers_own_id_is_echoed_beside_ours(keys: Keys, get: Send, given: str) -> None:
    response = get(USAGE, **{"x-request-id": given})

    assert response.headers["X-Client-Request-Id"] == given
    assert error_of(response)["requestId"] == response.headers["X-Request-Id"] != given
    assert len(response.headers["X-Request-Id"]) == 32


@pytest.mark.parametrize(
    "given", ["", "short", "a" * 65, "with space", "<script>", "é" * 10, "a\tb" * 5]
)
def test_other_ids_are_ignored(keys: Keys, get: Send, given: str) -> None:
    response = get(USAGE, **{"x-request-id": given})

    assert "X-Client-Request-Id" not in response.headers


def test_every_response_has_its_own_request_id(live_db: None, get: Send) -> None:
    ids = {get(path).headers["X-Request-Id"] for path in (USAGE, "/healthz", "/api/x", "/nothing")}

    assert len(ids) == 4
