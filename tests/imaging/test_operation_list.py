"""GET /partner/v1/image/operations: a result that was lost in a timeout is found again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.request_log.writer import writer
from tests.billing.operations import refund, start
from tests.envelope import assert_error, is_timestamp
from tests.factories import Keys, partner_with_keys
from tests.imaging.calls import CREATE, PROMPT

OPERATIONS = "/partner/v1/image/operations"
Send = Callable[..., Any]


@pytest.fixture
def find(get: Send) -> Callable[..., dict[str, Any]]:
    """GET the list with parameters and return the body."""

    def send(key: str, **parameters: object) -> dict[str, Any]:
        response = get(f"{OPERATIONS}?{urlencode(parameters)}", key)
        assert response.status_code == 200, response.content
        body: dict[str, Any] = response.json()
        return body

    return send


def ids(body: dict[str, Any]) -> list[str]:
    return [each["operationId"] for each in body["data"]]


def test_receipts_are_listed_newest_first_in_pages(
    keys: Keys, get: Send, post: Send, find: Any
) -> None:
    made = [post(CREATE, PROMPT, keys.test).headers["X-Operation-Id"] for _ in range(3)]
    post(CREATE, PROMPT, partner_with_keys().test)

    first = find(keys.test, limit=2)
    second = find(keys.test, limit=2, cursor=first["nextCursor"])

    assert list(first) == ["success", "message", "data", "nextCursor", "timestamp"]
    assert is_timestamp(first["timestamp"])
    assert ids(first) + ids(second) == made[::-1]
    assert second["nextCursor"] is None
    assert first["data"][0] == get(f"{OPERATIONS}/{made[2]}", keys.test).json()["data"]
    assert ids(find(keys.live)) == []


def test_the_callers_own_request_id_finds_a_call(keys: Keys, post: Send, find: Any) -> None:
    post(CREATE, PROMPT, keys.test)
    mine = post(CREATE, PROMPT, keys.test, **{"X-Request-Id": "order-4711"})

    found = find(keys.test, requestId="order-4711")

    assert ids(found) == [mine.headers["X-Operation-Id"]]
    assert found["data"][0]["clientRequestId"] == "order-4711"
    assert ids(find(keys.test, requestId="order-4712")) == []
    assert ids(find(partner_with_keys().test, requestId="order-4711")) == []


def test_our_request_id_finds_a_call_once_it_is_logged(keys: Keys, post: Send, find: Any) -> None:
    mine = post(CREATE, PROMPT, keys.test)
    post(CREATE, PROMPT, keys.test)
    writer.flush()

    assert ids(find(keys.test, requestId=mine.headers["X-Request-Id"])) == [
        mine.headers["X-Operation-Id"]
    ]


def test_a_call_is_found_while_it_is_in_progress_and_by_its_state(keys: Keys, find: Any) -> None:
    running, failed = start(keys), start(keys)
    refund(failed)

    assert ids(find(keys.live, state="reserved")) == [running.id]
    assert ids(find(keys.live, state="refunded")) == [failed.id]
    assert ids(find(keys.live, state="succeeded")) == []


def test_a_period_includes_its_beginning_but_not_its_end(keys: Keys, post: Send, find: Any) -> None:
    for _ in range(3):
        post(CREATE, PROMPT, keys.test)
    times = [each["createdAt"] for each in find(keys.test)["data"]]

    assert ids(find(keys.test, **{"from": times[2][:10]})) == ids(find(keys.test))
    assert ids(find(keys.test, to=times[2])) == []
    assert len(ids(find(keys.test, **{"from": times[2]}))) == 3


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("state", "done", "state must be reserved, succeeded or refunded"),
        ("from", "yesterday", "from must be an ISO 8601 date and time"),
        ("to", "2026-13-01", "to must be an ISO 8601 date and time"),
        ("requestId", "a\x00b", "requestId must be 8 to 64 letters, digits or . _ -"),
        ("limit", "0", "limit must be a number from 1 to 100"),
        ("cursor", "x", "cursor is not valid"),
    ],
)
def test_an_invalid_parameter_is_named(
    keys: Keys, get: Send, name: str, value: str, message: str
) -> None:
    response = get(f"{OPERATIONS}?{urlencode({name: value})}", keys.live)

    assert assert_error(response, 400, message)["field"] == name


def test_a_longer_page_takes_no_more_queries(keys: Keys, post: Send, find: Any) -> None:
    counts = []
    for _ in range(2):
        post(CREATE, PROMPT, keys.live)
        with CaptureQueriesContext(connection) as queries:
            find(keys.live)
        counts.append(len(queries))

    assert counts[0] == counts[1]
