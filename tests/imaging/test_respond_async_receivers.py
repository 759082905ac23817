"""`Prefer: respond-async` with a test key: who gets the event, and what header and hook may say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from imaging.models import ImageOperation
from imaging.requests import Receiver
from imaging.services import announce_slow_tests
from imaging.services.announcements import announce_end
from imaging.services.receivers import find_or_add_endpoint
from integrations.models import WebhookDelivery, WebhookEndpoint
from integrations.services.endpoints import (
    add_endpoint,
    remove_default_endpoint,
    set_default_endpoint,
)
from integrations.services.sample_events import send_test_event
from tests.deployments.deployment_fakes import RECEIVER, SECRET, deploy, payloads
from tests.envelope import assert_error
from tests.factories import Keys
from tests.imaging.accepted_calls import ASYNC, HOOK, NOTES
from tests.imaging.calls import CREATE, OPERATIONS, PROMPT
from tests.merchants import PartnerServer

Send = Callable[..., Any]


def test_a_slow_test_call_is_accepted_at_once_and_ends_later(
    keys: Keys, get: Send, post: Send
) -> None:
    slow = {**ASYNC, "X-ShopIQ-Simulate": "slow"}
    first, second = [
        post(CREATE, {**PROMPT, **HOOK}, keys.test, **slow).json()["data"] for _ in range(2)
    ]
    assert (first["state"], first["imageUrls"], first["settledAt"]) == ("reserved", [], None)
    announce_slow_tests()
    assert not payloads()

    paths = [OPERATIONS + each["operationId"] for each in (first, second)]
    assert post(f"{paths[1]}/cancel", {}, keys.test).json()["data"]["failure"] == "cancelled"
    ended_at = timezone.now() - timedelta(hours=1)
    mine = ImageOperation.objects.filter(pk=first["operationId"])
    for too_late, events in ((timedelta(), 1), (timedelta(minutes=30), 2)):
        mine.update(test_ends_at=ended_at + too_late)
        announce_slow_tests()
        announce_slow_tests()
        assert len(payloads()) == events

    listed = get(f"{OPERATIONS}?state=succeeded", keys.test).json()["data"]
    assert [each["operationId"] for each in listed] == [first["operationId"]]
    assert len(listed[0]["imageUrls"]) == 1
    ended = {each["operationId"]: each["event"] for each in payloads()}
    assert ended == {
        first["operationId"]: "image.succeeded",
        second["operationId"]: "image.failed",
    }
    assert_error(post(f"{paths[0]}/cancel", {}, keys.test), 409, "This operation has ended.")


def test_a_test_key_gets_its_placeholder_and_its_event_at_once(keys: Keys, post: Send) -> None:
    response = post(CREATE, {**PROMPT, **HOOK, **NOTES}, keys.test, **ASYNC)

    data = response.json()["data"]
    assert response.status_code == 202
    assert (data["state"], data["testMode"], data["price"]) == ("succeeded", True, 0)
    [event] = payloads()
    assert (event["event"], event["testMode"]) == ("image.succeeded", True)
    assert event["imageUrl"] == data["imageUrls"][0]


def test_calls_with_one_receiver_share_its_endpoint(keys: Keys, post: Send) -> None:
    other = {**HOOK, "webhookSecret": "another"}
    for hook in (HOOK, HOOK, other, HOOK, {"webhookUrl": RECEIVER}):
        post(CREATE, {**PROMPT, **hook}, keys.test, **ASYNC)

    assert WebhookEndpoint.objects.count() == 3
    assert WebhookDelivery.objects.count() == 5


def test_calls_share_no_endpoint_with_a_shop_or_with_test_events(
    keys: Keys, server: PartnerServer
) -> None:
    """Whose URL and secret are changed for themselves."""
    partner_id, receiver = keys.partner.pk, Receiver(RECEIVER, SECRET)
    shop = deploy(server).endpoint
    send_test_event(
        partner_id=partner_id, url=RECEIVER, secret=SECRET, event_type="webhook.test", actor="t"
    )

    first, second = (
        find_or_add_endpoint(partner_id=partner_id, receiver=receiver) for _ in range(2)
    )

    assert first == second
    assert first not in (None, shop, WebhookEndpoint.objects.get(kind="test"))


def test_slow_test_calls_are_announced_in_the_order_of_their_ends(
    keys: Keys, post: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("imaging.services.sweeping._BATCH", 1)
    slow = {**ASYNC, "X-ShopIQ-Simulate": "slow"}
    for minutes in (1, 3, 2):
        call = post(CREATE, {**PROMPT, **HOOK, "externalId": f"{minutes}"}, keys.test, **slow)
        ImageOperation.objects.filter(pk=call.json()["data"]["operationId"]).update(
            test_ends_at=timezone.now() - timedelta(minutes=minutes)
        )

    with transaction.atomic(), connection.cursor() as cursor:
        for way in ("indexscan", "bitmapscan"):  # whose order is the same by chance
            cursor.execute(f"SET LOCAL enable_{way} = off")
        for _ in range(3):
            announce_slow_tests()

    assert [each["externalId"] for each in payloads()] == ["3", "2", "1"]


def test_a_receiver_is_found_among_the_newest_fifty(keys: Keys, post: Send) -> None:
    for newer in (0, 49, 1):
        for number in range(newer):
            add_endpoint(partner_id=keys.partner.pk, url=f"https://h{number}.test/", secret="")
        post(CREATE, {**PROMPT, **HOOK}, keys.test, **ASYNC)

    assert WebhookEndpoint.objects.filter(url=HOOK["webhookUrl"]).count() == 2


def test_without_a_receiver_the_default_webhook_gets_the_event(keys: Keys, post: Send) -> None:
    def call(**headers: str) -> int:
        assert post(CREATE, PROMPT, keys.test, **headers).status_code in (200, 202)
        return WebhookDelivery.objects.count()

    def take(*names: str) -> WebhookEndpoint:
        return set_default_endpoint(
            partner_id=keys.partner.id, url=RECEIVER, secret="", event_types=names, actor="a"
        )

    assert call(**ASYNC) == 0
    take("website.created", "image.failed")
    assert call(**ASYNC) == 0
    default = take("website.created", "image.succeeded")
    assert (call(), call(**ASYNC)) == (0, 1)
    assert WebhookDelivery.objects.get().endpoint == default
    operation = ImageOperation.objects.latest("created_at")
    WebhookDelivery.objects.all().delete()
    remove_default_endpoint(partner_id=keys.partner.id, actor="a")
    announce_end(partner_id=keys.partner.id, operation_id=operation.id)
    assert not WebhookDelivery.objects.exists()


@pytest.mark.parametrize("prefer", ["", "wait=10", "respond-asynchronously", 'x="respond-async"'])
def test_other_preferences_change_nothing(keys: Keys, post: Send, prefer: str) -> None:
    response = post(CREATE, {**PROMPT, "webhookUrl": 5}, keys.test, prefer=prefer)

    assert response.status_code == 200
    assert not WebhookEndpoint.objects.exists()


@pytest.mark.parametrize(
    "prefer", ["Respond-Async", "wait=10, respond-async", "respond-async; x=1"]
)
def test_the_preference_is_read_as_http_writes_it(keys: Keys, post: Send, prefer: str) -> None:
    assert post(CREATE, PROMPT, keys.test, prefer=prefer).status_code == 202


def test_the_hooks_url_is_checked_as_that_of_a_shop(keys: Keys, post: Send) -> None:
    for url in ("http://10.0.0.1/", "https://10.0.0.1/", "nonsense", "ftp://example.com"):
        response = post(CREATE, {**PROMPT, "webhookUrl": url}, keys.live, **ASYNC)
        error = assert_error(response, 400, "webhookUrl must be a public https URL")
        assert error["field"] == "webhookUrl"
    assert not ImageOperation.objects.exists()
