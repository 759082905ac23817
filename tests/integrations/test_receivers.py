"""Receivers: when they fail, are disabled, and get what they missed."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from django.core import mail
from django.db import transaction
from django.utils import timezone

from accounts.models import AuditEntry
from integrations.models import WebhookDelivery, WebhookEndpoint, WebhookReceiver
from integrations.receiver_summaries import summarize
from integrations.services.endpoints import EndpointChange, add_endpoint, change_receiver
from integrations.services.receivers import disable_failing_receivers, resend_missed
from integrations.services.webhooks import claim_deliveries
from tests.concurrency import run_beside
from tests.factories import Keys, partner_with_keys
from tests.integrations.outbox import (
    NOWHERE,
    add,
    claim_one,
    endpoint_of,
    finish,
    give_up,
    let_time_pass,
    the,
)
from tests.users import create_user

STREAM, EVENT = "5" * 24, "website.building"


def receiver() -> WebhookReceiver:
    return WebhookReceiver.objects.get()


def fail_for(days: float) -> None:
    """Let the receiver fail now and often, and say that it has done so for days."""
    for _ in range(5):
        finish(claim_one(), 500)
        let_time_pass()
    WebhookReceiver.objects.update(failing_since=timezone.now() - timedelta(days=days))


def test_it_fails_from_the_first_failure_to_the_next_success(endpoint: WebhookEndpoint) -> None:
    add(endpoint, STREAM, EVENT)
    assert receiver().failing_since is None
    start = timezone.now() - timedelta(minutes=1)

    finish(claim_one(), 500, started_at=start)
    let_time_pass()
    finish(claim_one(), None)
    assert receiver().failing_since == start

    let_time_pass()
    finish(claim_one())
    assert receiver().failing_since is None


def test_a_failure_is_that_of_its_receiver_alone(keys: Keys, endpoint: WebhookEndpoint) -> None:
    for other in (
        endpoint_of(keys.partner, url="https://other.example/hook"),
        endpoint_of(partner_with_keys(name="Stranger").partner),
    ):
        add(other, "6" * 24, EVENT)
    add(endpoint, STREAM, EVENT)

    [first] = [each for each in claim_deliveries(3) if each.endpoint_id == endpoint.pk]
    finish(first, 500)

    failing = WebhookReceiver.objects.filter(failing_since__isnull=False)
    assert [(each.partner_id, each.url) for each in failing] == [(keys.partner.pk, endpoint.url)]


def test_one_url_of_several_shops_is_one_receiver(keys: Keys, endpoint: WebhookEndpoint) -> None:
    other = endpoint_of(keys.partner)
    add(endpoint, STREAM, EVENT)
    add(other, "6" * 24, EVENT)

    assert receiver().url == NOWHERE


def test_five_days_of_failure_disable_it_and_tell_the_team(
    keys: Keys, endpoint: WebhookEndpoint
) -> None:
    developer = create_user(keys.partner, "developer")
    create_user(keys.partner, "viewer")
    first, second = add(endpoint, STREAM, EVENT, EVENT)
    fail_for(days=5.01)

    disable_failing_receivers()

    assert receiver().disabled_at
    assert [the(each).state for each in (first, second)] == ["failed", "failed"]
    [third] = add(endpoint, STREAM, EVENT)
    assert the(third).state == "failed"
    [sent] = mail.outbox
    assert sent.to == [developer.email]
    assert f"/dashboard/webhooks/endpoints/{receiver().id}/" in sent.body
    assert AuditEntry.objects.get(action="webhook.disabled").target == receiver().id
    disable_failing_receivers()
    assert len(mail.outbox) == 1


def test_it_is_not_disabled_by_a_failure_after_days_without_events(
    endpoint: WebhookEndpoint,
) -> None:
    add(endpoint, STREAM, EVENT)
    finish(claim_one(), 500)
    WebhookReceiver.objects.update(failing_since=timezone.now() - timedelta(days=30))

    disable_failing_receivers()

    assert receiver().disabled_at is None


@pytest.mark.parametrize("days", [4.99, 30])
def test_it_stays_enabled_before_that_and_while_nothing_is_sent(
    endpoint: WebhookEndpoint, days: float
) -> None:
    add(endpoint, STREAM, EVENT)
    if days > 5:
        give_up(claim_one())
        WebhookReceiver.objects.update(failing_since=timezone.now() - timedelta(days=days))
    else:
        fail_for(days)

    disable_failing_receivers()

    assert receiver().disabled_at is None


def test_one_action_enables_it_and_sends_all_it_missed_in_order(
    keys: Keys, endpoint: WebhookEndpoint
) -> None:
    events = add(endpoint, STREAM, EVENT, EVENT)
    fail_for(days=6)
    disable_failing_receivers()
    events += add(endpoint, STREAM, EVENT)
    [gone] = add(endpoint_of(keys.partner, f"{NOWHERE}/gone"), "6" * 24, EVENT)
    finish(claim_one(), 410)

    count = resend_missed(partner_id=keys.partner.id, receiver=None, actor="a")

    assert count == 4
    assert {each.pk for each in WebhookDelivery.objects.exclude(due_at=None)} >= {events[0], gone}
    assert not WebhookEndpoint.objects.closed().exists()
    for event in events:
        [claimed] = [
            each
            for each in WebhookDelivery.objects.raw(
                "SELECT * FROM integrations_claim_deliveries(9, 9, 60)"
            )
            if each.stream == STREAM
        ]
        assert claimed.pk == event
        finish(claimed)
    assert AuditEntry.objects.filter(action="webhook.missed_resent").count() == 1


def test_enabling_waits_for_nothing_that_concerns_a_working_endpoint(
    keys: Keys, endpoint: WebhookEndpoint
) -> None:
    with transaction.atomic():
        assert WebhookEndpoint.objects.select_for_update(no_key=True).get().gone_at is None
        resend = partial(resend_missed, partner_id=keys.partner.id, receiver=None, actor="a")
        assert run_beside(resend) == 0


def test_events_that_wait_for_a_retry_are_sent_at_once(
    keys: Keys, endpoint: WebhookEndpoint
) -> None:
    add(endpoint, STREAM, EVENT)
    finish(claim_one(), 500)

    assert resend_missed(partner_id=keys.partner.id, receiver=receiver(), actor="a") == 1
    assert claim_one().attempts_made == 1


def test_a_success_of_a_single_event_enables_it(endpoint: WebhookEndpoint) -> None:
    add(endpoint, STREAM, EVENT)
    delivery = claim_one()
    WebhookReceiver.objects.update(disabled_at=timezone.now(), failing_since=timezone.now())

    finish(delivery)

    assert receiver().disabled_at is None


def test_a_new_url_gets_what_waits(keys: Keys, endpoint: WebhookEndpoint) -> None:
    add(endpoint, STREAM, EVENT)
    finish(claim_one(), 500)
    former = receiver()

    current = change_receiver(
        receiver=former, change=EndpointChange(url="http://127.0.0.1:9/new"), actor="a"
    )

    assert claim_one().endpoint.url == current.url == receiver().url == "http://127.0.0.1:9/new"
    assert receiver().failing_since is None


def test_a_new_secret_signs_with_the_previous_one_for_a_time(
    keys: Keys, endpoint: WebhookEndpoint
) -> None:
    unsigned = add_endpoint(partner_id=keys.partner.id, url=NOWHERE, secret="")
    change = EndpointChange(secret="new", overlap=timedelta(hours=1))

    change_receiver(receiver=receiver(), change=change, actor="a")

    endpoint.refresh_from_db()
    unsigned.refresh_from_db()
    now = timezone.now()
    assert endpoint.get_decrypted("secret") == unsigned.get_decrypted("secret") == "new"
    assert endpoint.previous_secret_at(now) == "whsec_your_secret_here"
    assert endpoint.previous_secret_at(now + timedelta(minutes=61)) == ""
    assert unsigned.previous_secret_at(now) == ""
    assert "new" not in endpoint.secret
    assert "new" not in str(AuditEntry.objects.get(action="webhook.secret_changed").detail)

    change_receiver(receiver=receiver(), change=EndpointChange(secret="new"), actor="a")
    endpoint.refresh_from_db()
    assert (endpoint.previous_secret, endpoint.get_decrypted("secret")) == ("", "new")


def test_a_summary_tells_success_and_latency(keys: Keys, endpoint: WebhookEndpoint) -> None:
    for number, milliseconds in enumerate((10, 20, 30)):
        add(endpoint, f"{number:024}", EVENT)
        finish(claim_one(), milliseconds=milliseconds)
    add(endpoint, STREAM, EVENT)
    finish(claim_one(), None, milliseconds=15_000)

    [summary] = summarize(keys.partner.id, [receiver()])

    activity = summary.activity
    assert (activity.attempts, activity.succeeded, activity.success_percent) == (4, 3, 75.0)
    assert (activity.median, activity.p95) == (20, 30)
    assert (summary.status, summary.missed) == ("failing", 1)
