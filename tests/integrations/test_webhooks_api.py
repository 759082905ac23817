"""The webhook endpoints of the API."""

from __future__ import annotations

import json
from typing import Any

import pytest

from accounts.models import AuditEntry
from integrations.dispatcher import send
from integrations.event_types import event_type_names
from integrations.models import WebhookDelivery, WebhookEndpoint, WebhookReceiver
from integrations.services.webhooks import finish_attempts
from tests.deployments.deployment_fakes import RECEIVER, deploy
from tests.envelope import assert_error
from tests.integrations.outbox import claim_one, finish
from tests.merchants import PartnerServer
from tests.servers import Reply, serve

NEW_URL = "http://127.0.0.1:9/new"


def webhook_id() -> str:
    return str(WebhookReceiver.objects.get().pk)


def test_webhooks_are_listed_with_what_became_of_their_events(server: PartnerServer) -> None:
    deploy(server)
    finish(claim_one(), 503, milliseconds=40)

    document = server.get("webhooks").json()

    [webhook] = document["data"]
    assert document["nextCursor"] is None
    assert webhook["webhookUrl"] == RECEIVER
    assert (webhook["status"], webhook["missedEvents"]) == ("failing", 1)
    assert webhook["failingSince"].endswith("Z")
    assert webhook["last7Days"]["attempts"] == 1
    assert webhook["last7Days"]["medianMilliseconds"] == 40


def test_url_and_secret_are_changed_for_all_shops_of_a_webhook(server: PartnerServer) -> None:
    for number in range(2):
        endpoint_id = deploy(server, number).endpoint_id
    former = WebhookEndpoint.objects.get(pk=endpoint_id).get_decrypted("secret")
    change = {"webhookUrl": NEW_URL, "webhookSecret": "new", "overlapHours": 24}

    response = server.put(f"webhooks/{webhook_id()}", change)

    assert response.status_code == 200
    assert response.json()["data"]["webhookUrl"] == NEW_URL
    for endpoint in WebhookEndpoint.objects.all():
        assert endpoint.url == NEW_URL
        assert endpoint.get_decrypted("secret") == "new"
        assert endpoint.previous_secret_until
    assert AuditEntry.objects.get(action="webhook.secret_changed").detail["overlap_hours"] == 24
    assert AuditEntry.objects.get(action="webhook.url_changed").detail["host"]

    server.post("webhooks/test", {"webhookId": webhook_id()})
    test = WebhookEndpoint.objects.get(kind="test")
    secrets = [test.get_decrypted(name) for name in ("secret", "previous_secret")]
    assert (secrets, test.previous_secret_until) == (
        ["new", former],
        endpoint.previous_secret_until,
    )


def test_the_webhook_of_one_shop_is_changed_alone(server: PartnerServer) -> None:
    first, second = (deploy(server, number) for number in range(2))

    response = server.put(
        f"deployments/{first.website.identifier}/webhook", {"webhookUrl": NEW_URL}
    )

    assert response.json() == {
        "success": True,
        "identifier": first.website.identifier,
        "webhookUrl": NEW_URL,
    }
    urls = dict(WebhookEndpoint.objects.values_list("pk", "url"))
    assert urls == {first.endpoint_id: NEW_URL, second.endpoint_id: RECEIVER}
    receivers = dict(WebhookReceiver.objects.values_list("url", "pk"))
    assert receivers.keys() == {NEW_URL, RECEIVER}
    assert AuditEntry.objects.get(action="webhook.url_changed").target == receivers[NEW_URL]
    server.put(f"deployments/{second.website.identifier}/webhook", {"webhookUrl": NEW_URL})
    assert [each.url for each in WebhookReceiver.objects.all()] == [NEW_URL]


@pytest.mark.parametrize(
    ("body", "message", "code"),
    [
        ({}, "webhookUrl or webhookSecret is required", "missing_fields"),
        (
            {"webhookUrl": "http://10.0.0.1/"},
            "webhookUrl must be a public https URL",
            "invalid_webhook_url",
        ),
        ({"webhookUrl": 1}, "webhookUrl must be a string", "invalid_field"),
        (
            {"webhookSecret": "x", "overlapHours": 169},
            "overlapHours must be a whole number from 0 to 168",
            "invalid_field",
        ),
    ],
)
def test_a_wrong_change_is_refused(
    server: PartnerServer, body: dict[str, Any], message: str, code: str
) -> None:
    deploy(server)

    response = server.put(f"webhooks/{webhook_id()}", body)

    assert_error(response, 400, message)
    assert response.json()["code"] == code


def test_a_test_event_is_sent_once_and_can_be_looked_up(server: PartnerServer) -> None:
    with serve(lambda request: Reply(500)) as receiver:
        body = {"webhookUrl": receiver.url, "webhookSecret": "s", "event": "deployment.success"}
        response = server.post("webhooks/test", body)
        delivery = claim_one()
        finish_attempts([(delivery, send(delivery))])

    assert response.status_code == 202
    event = server.get(f"events/{response.json()['eventId']}").json()["data"]
    assert (event["delivery"], event["deploymentId"]) == ("failed", None)
    assert event["webhookUrl"] == receiver.url
    assert [attempt["status"] for attempt in event["attempts"]] == [500]
    [request] = receiver.requests
    sent = json.loads(request.body)
    assert sent["testMode"] is True
    assert sent["event"] == "deployment.success"
    assert request.headers["x-shopiq-signature"].startswith("sha256=")
    assert server.get("events").json()["data"] == []


def test_a_test_event_goes_to_a_known_webhook_or_to_the_default_one(server: PartnerServer) -> None:
    deploy(server)
    assert_error(
        server.post("webhooks/test", {}),
        400,
        "webhookUrl or webhookId is required, because there is no default webhook",
    )
    known = server.post("webhooks/test", {"webhookId": webhook_id()}).json()["eventId"]
    server.put("webhooks/default", {"webhookUrl": NEW_URL})
    default = server.post("webhooks/test", {}).json()["eventId"]

    rows = WebhookDelivery.objects.select_related("endpoint").in_bulk([known, default])
    assert rows[known].endpoint.url == RECEIVER
    assert rows[default].endpoint.url == NEW_URL
    assert {row.event for row in rows.values()} == {"webhook.test"}
    response = server.post("webhooks/test", {"event": "website.gone"})
    assert response.json()["code"] == "invalid_event_type"


def test_the_default_webhook_is_set_read_and_removed(server: PartnerServer) -> None:
    assert server.get("webhooks").json()["default"] is None
    body = {"webhookUrl": NEW_URL, "webhookSecret": "s", "events": ["deployment.failed"]}

    assert server.put("webhooks/default", body).json()["data"]["isSigned"] is True
    assert server.put("webhooks/default", {"webhookUrl": NEW_URL}).status_code == 200

    default = server.get("webhooks").json()["default"]
    assert (default["webhookUrl"], default["isSigned"]) == (NEW_URL, True)
    assert default["events"] == event_type_names()
    deploy(server)
    own = server.get("events").json()["data"]
    copies = server.get("events", endpoint="default").json()["data"]
    assert [each["payload"] for each in own] == [each["payload"] for each in copies]
    assert server.post("webhooks/default/remove", {}).status_code == 200
    assert_error(server.post("webhooks/default/remove", {}), 404, "Webhook not found.")


def test_a_disabled_webhook_is_enabled_without_what_it_missed(server: PartnerServer) -> None:
    deploy(server)
    finish(claim_one(), 410)
    [webhook] = server.get("webhooks").json()["data"]

    response = server.send("POST", f"webhooks/{webhook['webhookId']}/enable")

    assert response.json()["data"]["status"] == "active"
    assert not WebhookDelivery.objects.filter(state="pending").exists()
    assert AuditEntry.objects.get(action="webhook.enabled").target == webhook["webhookId"]


def test_missed_events_are_sent_by_call(server: PartnerServer) -> None:
    deploy(server)
    finish(claim_one(), 410)
    [webhook] = server.get("webhooks").json()["data"]
    assert (webhook["status"], webhook["missedEvents"]) == ("disabled", 1)

    response = server.post("webhooks/resend", {"webhookId": webhook["webhookId"]})

    assert (response.status_code, response.json()) == (202, {"success": True, "resent": 1})
    finish(claim_one())
    response = server.send("POST", f"webhooks/{webhook['webhookId']}/enable")
    assert response.json()["data"]["status"] == "active"
