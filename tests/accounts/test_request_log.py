"""What the request log stores, what it never stores, and for how long."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.jobs import purge_request_log
from accounts.models import RequestLog
from accounts.request_log.rows import write_lines
from accounts.request_log.writer import writer
from tests.accounts.request_logs import line
from tests.factories import Keys
from tests.merchants import PartnerServer
from tests.waiting import SOON
from tests.web import WebServer

CREATE = "/partner/v1/image/create"
USAGE = "/partner/v1/image/usage"

Send = Callable[..., Any]


def last_line() -> RequestLog:
    writer.flush()
    return RequestLog.objects.latest("at")


def test_a_line_has_caller_endpoint_and_result(keys: Keys, post: Send) -> None:
    before = datetime.now(UTC)
    response = post(CREATE, {"prompt": "a red shoe"}, keys.test)

    row = last_line()
    assert before <= row.at <= datetime.now(UTC)
    assert (row.partner_id, row.key_id) == (keys.partner.pk, keys.key("test").pk)
    assert (row.method, row.path, row.status, row.code) == ("POST", CREATE, 200, "")
    assert row.request_id == response.headers["X-Request-Id"]
    assert row.address == "127.0.0.1"
    assert 0 < row.milliseconds < 1000 * SOON


def test_a_rejected_call_is_logged_with_its_code(keys: Keys, post: Send, get: Send) -> None:
    post(CREATE, {}, keys.test)
    row = last_line()
    assert (row.status, row.code, row.key_id) == (400, "prompt_too_short", keys.key("test").pk)

    get("/api/v2/third-party/getAccount/unknown", keys.management)
    row = last_line()
    assert (row.status, row.code) == (404, "account_not_found")
    assert row.key_id == keys.key("management").pk


def test_pages_and_health_checks_are_not_logged(live_db: None, get: Send) -> None:
    get("/healthz")
    get("/login/")
    writer.flush()

    assert not RequestLog.objects.exists()


def test_a_call_does_not_write_its_line_itself(keys: Keys, get: Send) -> None:
    with CaptureQueriesContext(connection) as queries:
        get(USAGE, keys.test)

    assert not [q for q in queries.captured_queries if "requestlog" in q["sql"]]


@pytest.mark.parametrize(
    "path",
    [
        "%00",
        "%ff%fe",
        "%ed%a0%80",
        "a" * 3000,
        "%F0%9F%91%9F" * 20,
    ],
)
def test_every_path_can_be_logged(keys: Keys, get: Send, path: str) -> None:
    response = get(f"/partner/v1/image/operations/{path}", keys.test)

    row = last_line()
    assert (row.status, row.request_id) == (404, response.headers["X-Request-Id"])
    assert len(row.path) <= 200


def test_bodies_keys_and_tokens_reach_neither_the_log_table_nor_the_log_output(
    keys: Keys, own_server: Callable[..., WebServer]
) -> None:
    prompt = f"a shoe called {uuid.uuid4().hex}"
    token = f"secret-{uuid.uuid4().hex}"
    server = own_server(threads=4, env={"LOG_LEVEL": "DEBUG"})
    url = f"http://127.0.0.1:9/{token}.png?token={token}"

    for key in (keys.live, keys.test, keys.management, keys.live + "x"):
        server.post(CREATE, {"prompt": prompt}, key, **{"idempotency-key": token})
        server.post(CREATE, {"prompt": prompt, "mode": token}, key, authorization=f"Bearer {key}")
        server.post("/partner/v1/image/enhance", {"images": [url], "userRequest": prompt}, key)
        server.get(f"{USAGE}?token={token}&key={key}", key)
    server.stop()

    printed = server.read_log()
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(l::text, ' ') FROM accounts_requestlog l")
        written = cursor.fetchone()[0]
    assert written.count(CREATE) == 4, "a process that ends writes what still waits"
    for secret in (prompt, token, keys.live, keys.test, keys.management, keys.live[8:-6]):
        assert secret not in written
        assert secret not in printed


def test_only_lines_older_than_the_setting_are_purged(live_db: None, settings: Any) -> None:
    settings.REQUEST_LOG_DAYS = 90
    now = datetime.now(UTC)
    ages = (timedelta(days=90, minutes=1), timedelta(days=89), timedelta(0))
    write_lines([line(now - age) for age in ages])

    purge_request_log()

    assert RequestLog.objects.count() == 2
    assert RequestLog.objects.earliest("at").at == now - timedelta(days=89)


def test_a_key_in_a_path_or_request_id_is_not_stored(keys: Keys, get: Send) -> None:
    get(f"/partner/v1/image/operations/{keys.live}", keys.live)
    response = get("/partner/v1/image/usage", keys.test, **{"X-Request-Id": keys.test})
    writer.flush()

    assert "X-Client-Request-Id" not in response.headers
    lines = str(list(RequestLog.objects.values_list("path", "client_request_id")))
    assert keys.live not in lines
    assert keys.test not in lines


def test_an_error_is_logged_with_its_message(keys: Keys, post: Send) -> None:
    response = post(CREATE, {"prompt": "a red shoe", "mode": "slow"}, keys.test)
    assert last_line().message == response.json()["message"]

    post(CREATE, {"prompt": "a red shoe"}, keys.test)
    assert last_line().message == ""


def test_a_message_is_short_printable_and_without_secrets(keys: Keys, post: Send) -> None:
    name = f"{keys.live} \n\x1b" + "x" * 500
    post(
        "/api/v2/third-party/connectIntegration",
        {"shopIQAccountId": "a", "integrationName": name, "credentials": {"a": "b"}},
        keys.management,
    )

    message = last_line().message
    assert message.startswith("Unsupported integration: '[redacted]")
    assert len(message) == 200
    assert message.isprintable()


def test_a_line_has_the_id_of_the_created_object(
    keys: Keys, server: PartnerServer, post: Send
) -> None:
    response = post(CREATE, {"prompt": "a red shoe"}, keys.test)
    assert last_line().target == response.headers["X-Operation-Id"]

    account_id = server.create(1)
    assert last_line().target == account_id

    server.get(f"getAccount/{account_id}")
    assert last_line().target == ""


def test_a_callers_own_id_is_found_beside_ours(keys: Keys, get: Send) -> None:
    for _ in range(2):
        response = get(USAGE, keys.test, **{"X-Request-Id": "order-4711"})
    writer.flush()

    ours = RequestLog.objects.of(keys.partner.pk)
    assert ours.with_request_id("order-4711").count() == 2
    assert ours.with_request_id(response.headers["X-Request-Id"]).count() == 1
