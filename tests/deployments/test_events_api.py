"""GET events: what a receiver missed while it was down."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest
from django.db import connections, transaction

from deployments.pipeline import run_due
from integrations.models import WebhookDelivery, WebhookEndpoint
from integrations.services.webhooks import add_event
from tests.deployments.deployment_fakes import deploy
from tests.envelope import assert_error
from tests.merchants import UNKNOWN_ID, PartnerServer

pytestmark = pytest.mark.usefixtures("fakes")


def read_all(server: PartnerServer, limit: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while True:
        query = {"after": found[-1]["eventId"]} if found else {}
        page = server.get("events", limit=limit, **query).json()
        found += page["data"]
        if not page["hasMore"]:
            return found


def test_an_event_comes_as_it_was_signed_and_sent(server: PartnerServer) -> None:
    deployment = deploy(server)

    document = server.get("events").json()

    row = WebhookDelivery.objects.get()
    assert document["success"] is True
    assert document["hasMore"] is False
    [event] = document["data"]
    assert (event["eventId"], event["event"]) == (row.id, "website.building")
    assert (event["deploymentId"], event["delivery"]) == (deployment.id, "pending")
    assert event["payload"] == json.loads(bytes(row.body))


def test_events_come_in_order_and_each_once_however_large_the_pages(server: PartnerServer) -> None:
    for number in range(3):
        deploy(server, number)
    run_due()

    for limit in (1, 2, 4, 100):
        events = read_all(server, limit)
        assert len({event["eventId"] for event in events}) == len(events) == 9
        for stream in {event["deploymentId"] for event in events}:
            assert [event["event"] for event in events if event["deploymentId"] == stream] == [
                "website.building",
                "website.created",
                "deployment.success",
            ]


def test_after_the_last_event_there_is_nothing_until_a_new_one(server: PartnerServer) -> None:
    deploy(server)
    last = WebhookDelivery.objects.get().id
    assert server.get("events", after=last).json()["data"] == []

    run_due()

    assert [event["event"] for event in server.get("events", after=last).json()["data"]] == [
        "website.created",
        "deployment.success",
    ]


def test_a_partner_sees_its_own_events_alone(
    server: PartnerServer, stranger: PartnerServer
) -> None:
    deploy(server)
    event_id = WebhookDelivery.objects.get().id

    assert stranger.get("events").json()["data"] == []
    message = "after must be the eventId of an event of yours"
    assert_error(stranger.get("events", after=event_id), 400, message)
    assert_error(stranger.get("events", after=UNKNOWN_ID), 400, message)


@pytest.mark.parametrize("after", ["x", "\x00", "0" * 23, "-1", "é"])
def test_a_place_that_is_none_is_refused(server: PartnerServer, after: str) -> None:
    response = server.get("events", after=after)

    assert response.status_code == 400
    assert response.json()["success"] is False


@pytest.mark.parametrize("limit", ["0", "-1", "x", "1001", "1e3"])
def test_a_limit_that_is_none_is_refused(server: PartnerServer, limit: str) -> None:
    assert server.get("events", limit=limit).status_code == 400


def test_no_event_is_passed_that_commits_later_than_it_was_written(
    server: PartnerServer,
) -> None:
    """A reader who went by time alone would go on from the later event and miss the earlier."""
    deploy(server)
    endpoint = WebhookEndpoint.objects.get()
    seen: list[list[str]] = []

    def read() -> None:
        seen.append([event["event"] for event in server.get("events").json()["data"]])
        connections.close_all()

    def write_later_event() -> None:
        add(endpoint, "later")
        connections.close_all()

    with transaction.atomic():
        add(endpoint, "earlier")
        writer = threading.Thread(target=write_later_event)
        writer.start()
        writer.join()
        reader = threading.Thread(target=read)
        reader.start()
        reader.join(0.3)
        assert reader.is_alive(), "it waits for what is being written"
    reader.join()

    assert seen == [["website.building", "earlier", "later"]]


def add(endpoint: WebhookEndpoint, name: str) -> None:
    with transaction.atomic():
        add_event(endpoint=endpoint, stream=name, payload={"event": name})
