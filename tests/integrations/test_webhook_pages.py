"""Webhook deliveries on the dashboard."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from integrations.attempt_text import explain
from integrations.models import WebhookDelivery, WebhookEndpoint
from integrations.services.webhooks import claim_deliveries
from integrations.signatures.signing import signature
from tests.factories import Keys, partner_with_keys
from tests.integrations.outbox import SECRET, add, endpoint_of, finish, the
from tests.integrations.pages import (
    DEBUGGER,
    EVENT,
    LIST,
    RESEND,
    STREAM,
    fail,
    page,
    queries,
    text,
    turns,
)
from tests.merchants import UNKNOWN_ID
from tests.users import browser_of, create_user


def test_a_delivery_is_listed_with_receiver_state_and_last_response(
    visitor: Client, failed: WebhookDelivery
) -> None:
    content = page(visitor, LIST)

    for words in (EVENT, "127.0.0.1:9", '">Failed</span>', "500", f"{LIST}{failed.pk}/"):
        assert words in content


def test_the_summary_counts_events_of_the_last_day_by_state(
    visitor: Client, endpoint: WebhookEndpoint
) -> None:
    ids = add(endpoint, STREAM, *[EVENT] * 4) + add(endpoint, "6" * 24, EVENT)
    fail(ids[0])
    for status in (200, 500):
        [delivery] = [each for each in claim_deliveries(9) if each.stream == STREAM]
        finish(delivery, status)
    add(endpoint, "7" * 24, EVENT)
    WebhookDelivery.objects.filter(stream="7" * 24).update(
        created_at=timezone.now() - timedelta(hours=25)
    )

    health = visitor.get(LIST).context["health"]
    assert (health.delivered, health.retrying, health.failed) == (1, 2, 1)
    assert health.waiting == 1


def test_the_page_of_a_delivery_waits_for_an_attempt_that_is_about_to_be_made(
    visitor: Client, endpoint: WebhookEndpoint
) -> None:
    (delivery_id,) = add(endpoint, STREAM, EVENT)
    asks_again = 'data-hx-trigger="every 3s"'
    assert asks_again in page(visitor, f"{LIST}{delivery_id}/")
    WebhookDelivery.objects.update(due_at=timezone.now() + timedelta(hours=1))
    assert asks_again not in page(visitor, f"{LIST}{delivery_id}/")
    WebhookDelivery.objects.update(due_at=timezone.now())
    fail(delivery_id)
    assert asks_again not in page(visitor, f"{LIST}{delivery_id}/")


@pytest.mark.parametrize(
    ("query", "is_shown"),
    [
        ({"state": "failed"}, True),
        ({"state": "delivered"}, False),
        ({"event": EVENT}, True),
        ({"event": "deployment.failed"}, False),
        ({"receiver": "127.0.0.1"}, True),
        ({"receiver": "127.0.0.1:9"}, True),
        ({"receiver": "http://127.0.0.1:9/hook"}, True),
        ({"receiver": "127.0.0"}, False),
        ({"receiver": "127_0_0_1"}, False),
        ({"receiver": "%"}, False),
        ({"delivery": UNKNOWN_ID}, False),
        ({"since": "2020-01-01", "until": "2099-12-31"}, True),
        ({"since": "2099-01-01"}, False),
        ({"until": "2020-01-01"}, False),
    ],
)
def test_deliveries_are_filtered(
    visitor: Client, failed: WebhookDelivery, query: dict[str, str], is_shown: bool
) -> None:
    assert (f"{LIST}{failed.pk}/" in page(visitor, LIST, **query)) is is_shown


def test_a_delivery_is_found_by_its_id(visitor: Client, endpoint: WebhookEndpoint) -> None:
    one, other = add(endpoint, STREAM, EVENT, EVENT)

    content = page(visitor, LIST, delivery=one)
    assert f"{LIST}{one}/" in content
    assert f"{LIST}{other}/" not in content


@pytest.mark.parametrize(
    "query",
    [
        "state=zzz",
        "event=%00",
        "receiver=%00",
        "delivery=x",
        "since=0001-01-01",
        "until=9999-12-31",
        "since=2026-99-99",
        "until=%ff",
        "since=2026-03-02&until=2026-03-01",
    ],
)
def test_an_invalid_filter_is_named_and_not_applied(
    visitor: Client, failed: WebhookDelivery, query: str
) -> None:
    response = visitor.get(f"{LIST}?{query}")

    assert response.status_code == 200
    assert response.text.count("is not applied.") == 1
    assert f"{LIST}{failed.pk}/" in response.text


@pytest.mark.parametrize("query", [{"after": "A" * 500}, {"sort": "body"}])
def test_an_invalid_cursor_or_sort_shows_the_first_page(
    visitor: Client, failed: WebhookDelivery, query: dict[str, str]
) -> None:
    assert f"{LIST}{failed.pk}/" in page(visitor, LIST, **query)


def test_sorting_is_not_a_filter(visitor: Client) -> None:
    sorted_page, filtered = page(visitor, LIST, sort="oldest"), page(visitor, LIST, state="failed")

    assert "No webhooks yet" in sorted_page
    assert '<span class="count">' not in sorted_page
    assert "No deliveries match these filters" in filtered
    assert '<span class="count">1</span>' in filtered


def test_an_empty_list_explains_webhooks(visitor: Client) -> None:
    assert "createAndDeploy" in page(visitor, LIST)


def test_a_list_of_fifty_takes_as_many_queries_as_one(
    visitor: Client, keys: Keys, failed: WebhookDelivery
) -> None:
    alone = queries(lambda: visitor.get(LIST))
    for number in range(49):
        endpoint = endpoint_of(keys.partner, f"https://r{number}.example/")
        add(endpoint, f"{number:024}", EVENT)
    for delivery in claim_deliveries(99):
        finish(delivery, 500)

    assert queries(lambda: visitor.get(LIST)) == alone


def test_a_delivery_shows_bytes_headers_and_responses_but_no_secret(
    visitor: Client, failed: WebhookDelivery
) -> None:
    content = text(visitor, f"{LIST}{failed.pk}/")

    body = bytes(failed.body)
    at = failed.attempts.get().at
    assert body.decode() in content
    assert json.dumps(json.loads(body), indent=2, ensure_ascii=False) in content
    for words in (signature(body, SECRET), failed.pk, str(int(at.timestamp())), explain(500, "")):
        assert words in content
    assert "no more <please>" not in page(visitor, f"{LIST}{failed.pk}/")
    assert SECRET not in content
    assert failed.endpoint.secret not in content


def test_an_unsigned_delivery_says_that_it_is_not_signed(visitor: Client, keys: Keys) -> None:
    endpoint = endpoint_of(keys.partner, secret="")
    [delivery_id] = add(endpoint, STREAM, EVENT)

    content = page(visitor, f"{LIST}{delivery_id}/")
    assert "the request is not signed" in content
    assert "Debug signature" not in content


def test_a_delivery_takes_as_many_queries_with_five_attempts_as_with_one(
    visitor: Client, failed: WebhookDelivery
) -> None:
    alone = queries(lambda: visitor.get(f"{LIST}{failed.pk}/"))
    for _ in range(4):
        failed.attempts.create(
            partner_id=failed.partner_id, at=timezone.now(), status=500, milliseconds=3
        )

    assert queries(lambda: visitor.get(f"{LIST}{failed.pk}/")) == alone


@pytest.mark.parametrize(
    ("status", "error", "words"),
    [
        (200, "", "Delivered"),
        (204, "", "Delivered"),
        (301, "", "which webhooks do not follow"),
        (401, "", "signature"),
        (418, "", "rejected the request"),
        (503, "", "failed"),
        (101, "", "no final response"),
        (None, "the server took too long", "No response: the server took too long."),
    ],
)
def test_an_attempt_is_explained(status: int | None, error: str, words: str) -> None:
    assert words in explain(status, error)


@pytest.mark.parametrize("role", ["owner", "admin", "developer", "viewer"])
def test_a_viewer_neither_sees_nor_resends_webhooks(
    keys: Keys, failed: WebhookDelivery, role: str
) -> None:
    visitor = browser_of(create_user(keys.partner, role))
    status = 403 if role == "viewer" else 200

    for path in (LIST, f"{LIST}{failed.pk}/", RESEND, DEBUGGER):
        assert visitor.get(path).status_code == status
    visitor.post(RESEND)
    visitor.post(f"{LIST}{failed.pk}/resend/")
    assert the(failed.pk).state == ("failed" if role == "viewer" else "pending")


def test_deliveries_of_other_partners_and_malformed_ids_are_not_found(
    failed: WebhookDelivery,
) -> None:
    stranger = browser_of(create_user(partner_with_keys(name="Stranger").partner))

    assert failed.pk not in page(stranger, LIST)
    for name in (failed.pk, UNKNOWN_ID, "x", "%00", failed.pk.upper() + "A"):
        assert stranger.get(f"{LIST}{name}/").status_code == 404
        assert stranger.post(f"{LIST}{name}/resend/").status_code == 404
    assert stranger.get(DEBUGGER, {"delivery": failed.pk}).status_code == 404
    assert turns(failed.pk) == [("failed", False)]
