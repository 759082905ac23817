"""The dashboard's pages of webhook endpoints."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry
from integrations.models import (
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookReceiver,
)
from integrations.services.webhooks import claim_deliveries
from tests.factories import Keys
from tests.integrations.outbox import (
    NOWHERE,
    add,
    claim_one,
    endpoint_of,
    finish,
    give_up,
    let_time_pass,
)
from tests.integrations.pages import EVENT, LIST, STREAM, queries, text
from tests.users import browser_of, create_user

ENDPOINTS = f"{LIST}endpoints/"


@pytest.fixture
def admin(keys: Keys) -> Client:
    return browser_of(create_user(keys.partner, "admin"))


def path_of(endpoint: WebhookEndpoint, *parts: str) -> str:
    receiver = WebhookReceiver.objects.get(url=endpoint.url)
    return "/".join([f"{ENDPOINTS}{receiver.pk}", *parts, ""])


def post(client: Client, path: str, **fields: Any) -> str:
    response = client.post(path, fields, follow=True)
    assert response.status_code == 200
    return str(response.content.decode())


def test_an_endpoint_shows_how_it_does(visitor: Client, endpoint: WebhookEndpoint) -> None:
    add(endpoint, STREAM, EVENT)
    finish(claim_one(), 503, milliseconds=40)

    assert NOWHERE in text(visitor, ENDPOINTS)
    shown = text(visitor, path_of(endpoint))
    assert "Failing" in shown
    assert "Resend 1 missed event" in shown
    assert "Change URL" not in shown, "a developer may not"


def test_the_health_agrees_with_the_success_beside_it(
    visitor: Client, endpoint: WebhookEndpoint
) -> None:
    def rows() -> str:
        return re.sub(r"\s+", " ", text(visitor, ENDPOINTS))

    assert "No recent events" in rows()
    add(endpoint, "8" * 24, EVENT)
    finish(claim_one(), 503)
    WebhookDelivery.objects.update(state="cancelled", due_at=None)
    WebhookReceiver.objects.update(failing_since=None)
    assert "0%" in rows()
    assert "Failing</span>" in rows()
    WebhookAttempt.objects.all().delete()

    for number in range(19):
        add(endpoint, f"{number:024}", EVENT)
        finish(claim_one())
    add(endpoint, STREAM, EVENT)
    finish(claim_one(), 503)
    assert "Failing</span>" in rows()
    let_time_pass()
    finish(claim_one())
    assert "95.2%" in rows()
    assert "Healthy" in rows()

    add(endpoint, "6" * 24, EVENT)
    finish(claim_one(), 503)
    let_time_pass()
    finish(claim_one())
    assert "91.3%" in rows()
    assert "Partly failing" in rows()
    assert "Partly failing" in text(visitor, path_of(endpoint))


def test_the_last_failure_is_shown_with_its_reason_and_sent_again(
    visitor: Client, endpoint: WebhookEndpoint
) -> None:
    assert "Last failure" not in text(visitor, path_of(endpoint))
    [first] = add(endpoint, "6" * 24, EVENT)
    give_up(claim_one(), 401)
    [second] = add(endpoint, STREAM, EVENT)
    give_up(claim_one(), 503, response_body="<h1>Down</h1>")

    shown = text(visitor, path_of(endpoint))
    assert shown.index("Your endpoint failed.") < shown.index(
        "Usually the signature did not verify"
    )
    assert "<h1>Down</h1>" in shown
    assert "Failures by reason" in shown
    assert f'href="{LIST}{first}/"' in shown
    assert f'action="{LIST}{second}/resend/"' in shown
    post(visitor, f"{LIST}{second}/resend/")
    finish(claim_one())
    shown = text(visitor, path_of(endpoint))
    assert f'action="{LIST}{second}/resend/"' not in shown
    assert "was delivered later" in shown


def test_failures_of_a_disabled_endpoint_stay(visitor: Client, endpoint: WebhookEndpoint) -> None:
    add(endpoint, STREAM, EVENT)
    give_up(claim_one(), 503)
    long_ago = timezone.now() - timedelta(days=20)
    WebhookDelivery.objects.update(created_at=long_ago)
    WebhookAttempt.objects.update(at=long_ago)
    assert "Your endpoint failed." not in text(visitor, path_of(endpoint))

    WebhookReceiver.objects.update(disabled_at=long_ago, failing_since=long_ago)

    assert "Your endpoint failed." in text(visitor, path_of(endpoint))


def test_events_by_day_lead_to_the_list_of_that_day_and_endpoint(
    visitor: Client, keys: Keys, endpoint: WebhookEndpoint
) -> None:
    add(endpoint, STREAM, EVENT)
    finish(claim_one())
    [other] = add(endpoint_of(keys.partner, f"{NOWHERE}/2"), "6" * 24, EVENT)
    add(endpoint, "7" * 24, EVENT)
    [failed] = [each for each in claim_deliveries(9) if each.pk != other]
    give_up(failed)

    shown = text(visitor, path_of(endpoint))
    assert "2 events · 1 failed" in shown
    *_, today = re.findall(r'<a class="chart-column" href="([^"]*)"', shown)
    listed = text(visitor, today)
    assert failed.pk in listed
    assert other not in listed


def test_the_list_needs_the_same_queries_for_more_endpoints(
    visitor: Client, keys: Keys, endpoint: WebhookEndpoint
) -> None:
    one = queries(lambda: visitor.get(ENDPOINTS))
    for number in range(3):
        endpoint_of(keys.partner, f"{NOWHERE}/{number}")

    assert queries(lambda: visitor.get(ENDPOINTS)) == one


def test_one_press_enables_it_and_sends_what_it_missed(
    visitor: Client, endpoint: WebhookEndpoint
) -> None:
    WebhookReceiver.objects.update(disabled_at=timezone.now(), failing_since=timezone.now())
    add(endpoint, STREAM, EVENT)
    assert "Disabled on" in text(visitor, path_of(endpoint))

    assert "1 event queued for delivery" in post(visitor, path_of(endpoint, "resend"))

    assert claim_one().event == EVENT
    assert "Disabled on" not in text(visitor, path_of(endpoint))


def test_a_test_event_is_sent(visitor: Client, endpoint: WebhookEndpoint) -> None:
    shown = post(visitor, path_of(endpoint, "test"), event="deployment.failed")

    assert "Test event sent" in shown
    delivery = WebhookDelivery.objects.select_related("endpoint").get()
    assert (delivery.event, delivery.endpoint.kind) == ("deployment.failed", "test")
    assert delivery.endpoint.get_decrypted("secret") == "whsec_your_secret_here"
    assert AuditEntry.objects.get(action="webhook.tested").target == delivery.pk


def test_the_url_is_changed(admin: Client, endpoint: WebhookEndpoint) -> None:
    refused = post(admin, path_of(endpoint, "url"), url="http://10.0.0.1/")
    assert "Use a public https URL." in refused

    shown = post(admin, path_of(endpoint, "url"), url="https://new.example/hook")

    assert "URL changed" in shown
    endpoint.refresh_from_db()
    assert endpoint.url == "https://new.example/hook"


def test_a_rolled_secret_is_shown_once(admin: Client, endpoint: WebhookEndpoint) -> None:
    post(admin, path_of(endpoint, "test"), event=EVENT)
    shown = post(admin, path_of(endpoint, "secret"), secret="", overlap="3600")

    [secret] = re.findall(r"whsec_[A-Za-z0-9+/=]{44}", shown)
    endpoint.refresh_from_db()
    assert endpoint.get_decrypted("secret") == secret
    post(admin, path_of(endpoint, "test"), event=EVENT)
    assert WebhookEndpoint.objects.get(kind="test").get_decrypted("secret") == secret
    assert endpoint.previous_secret_at(timezone.now() + timedelta(minutes=59))
    page = text(admin, path_of(endpoint))
    assert secret not in page
    assert "Signs as well until" in page
    assert "Only the new secret signs" in post(admin, path_of(endpoint, "secret", "retire"))
    endpoint.refresh_from_db()
    assert (endpoint.previous_secret, endpoint.previous_secret_until) == ("", None)
    assert AuditEntry.objects.filter(action="webhook.previous_secret_retired").count() == 1


def test_the_default_endpoint_is_set_changed_and_removed(admin: Client, keys: Keys) -> None:
    path = f"{ENDPOINTS}default/"
    shown = post(admin, path, url="https://all.example/", events=["deployment.failed"])
    assert "whsec_" in shown

    shown = post(admin, path, url="https://all.example/2", events=["deployment.success"])
    assert "whsec_" not in shown
    [default] = WebhookEndpoint.objects.default()
    assert (default.url, default.event_types) == ("https://all.example/2", ["deployment.success"])
    assert WebhookReceiver.objects.filter(url=default.url).exists()

    assert "Default endpoint removed" in post(admin, f"{path}remove/")
    assert not WebhookEndpoint.objects.default().exists()
    entries = AuditEntry.objects.filter(action__startswith="webhook.default_").order_by("at")
    assert [(entry.action, entry.detail["host"]) for entry in entries] == [
        *[("webhook.default_changed", "all.example")] * 2,
        ("webhook.default_removed", "all.example"),
    ]
