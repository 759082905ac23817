"""A result changes its own event, what waits behind it and its receiver, and no other row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.forms.models import model_to_dict
from django.utils import timezone

from integrations.models import WebhookDelivery, WebhookEndpoint, WebhookReceiver
from integrations.services.endpoints import add_endpoint
from integrations.services.webhooks import claim_deliveries, finish_attempts
from tests.factories import Keys, PartnerFactory
from tests.integrations.outbox import NOWHERE, add, endpoint_of, outcome

Kind = WebhookEndpoint.Kind
OTHER_URL = "http://127.0.0.1:9/other"
#: The columns of each row, by a name that says whose it is.
Rows = dict[str, dict[str, Any]]


@pytest.fixture
def endpoints(keys: Keys, settings: Any) -> dict[str, WebhookEndpoint]:
    """Endpoints of two partners, the second with the same URL, and each with the same streams.

    Each stream has an event that is claimed and two that wait; those of stream "old" have ended.
    Each URL has an endpoint for test events, too.
    """
    settings.WEBHOOK_SLOTS_PER_PARTNER = 100
    owners = {"mine": keys.partner, "theirs": PartnerFactory.create()}
    made = {
        f"{name} {place}": endpoint_of(owner, url)
        for name, owner in owners.items()
        for place, url in (("here", NOWHERE), ("there", OTHER_URL))
    }
    for endpoint in made.values():
        add(endpoint, "old", "a", "b")
    WebhookDelivery.objects.update(state="delivered", ended_at=timezone.now(), due_at=None)
    for endpoint in made.values():
        add(endpoint, "s", "a", "b", "c")
        add(endpoint, "t", "a", "b")
        add_endpoint(partner_id=endpoint.partner_id, url=endpoint.url, secret="", kind=Kind.TEST)
    return made


def say_all_gone() -> None:
    WebhookEndpoint.objects.update(gone_at=timezone.now())


def say_all_failed() -> None:
    """Let each receiver be failing, disabled and gone."""
    say_all_gone()
    now = timezone.now()
    WebhookReceiver.objects.update(failing_since=now, disabled_at=now)


def say_others_recovered(endpoint: WebhookEndpoint) -> None:
    """Let the receivers of other partners and at other URLs be neither failing nor disabled."""
    others = WebhookReceiver.objects.exclude(partner=endpoint.partner, url=endpoint.url)
    others.update(failing_since=None, disabled_at=None)


def names() -> Iterator[tuple[str, Any]]:
    of_both = WebhookEndpoint.objects.order_by("created_at").values_list("partner_id", flat=True)
    owner = dict(zip(dict.fromkeys(of_both), ("mine", "theirs"), strict=True))
    places = {NOWHERE: "here", OTHER_URL: "there"}
    for event in WebhookDelivery.objects.select_related("endpoint"):
        place = f"{owner[event.partner_id]} {places[event.endpoint.url]}"
        yield f"{place} {event.stream}{event.position}", event
    for kind, rows in (
        ("endpoint", WebhookEndpoint.objects),
        ("receiver", WebhookReceiver.objects),
    ):
        for row in rows.all():
            is_test = isinstance(row, WebhookEndpoint) and row.kind == Kind.TEST
            whose = f"{owner[row.partner_id]} {places[row.url]}"
            yield f"{whose} {'test ' if is_test else ''}{kind}", row


def read() -> Rows:
    return {name: model_to_dict(row, exclude=["body"]) for name, row in names()}


def changes(before: Rows) -> dict[str, set[str]]:
    return {
        name: {field for field in row if row[field] != before[name][field]}
        for name, row in read().items()
        if row != before[name]
    }


def first_of(stream: str) -> dict[str, WebhookDelivery]:
    """Claim all that is due; return the first events of a stream by their endpoint."""
    claimed = {each.pk for each in claim_deliveries(100)}
    return {
        name.rpartition(" ")[0]: row
        for name, row in names()
        if row.pk in claimed and name.endswith(f"{stream}1")
    }


FAILED = {"state", "ended_at"}
ENDED = {*FAILED, "lease_until"}


def test_a_delivery_makes_the_next_of_its_stream_due(endpoints: dict[str, Any]) -> None:
    first, before = first_of("s")["mine here"], read()

    finish_attempts([(first, outcome(200))])

    assert changes(before) == {"mine here s1": ENDED, "mine here s2": {"due_at"}}


def test_a_first_failure_is_noted_at_its_receiver(endpoints: dict[str, Any]) -> None:
    first, before = first_of("s")["mine here"], read()

    finish_attempts([(first, outcome(500))])

    assert changes(before) == {
        "mine here s1": {"due_at", "lease_until"},
        "mine here receiver": {"failing_since"},
    }


@pytest.mark.parametrize("is_alone", [True, False])
def test_a_success_enables_its_receiver(endpoints: dict[str, Any], is_alone: bool) -> None:
    first = first_of("s")["mine here"]
    say_all_failed()
    if is_alone:
        say_others_recovered(endpoints["mine here"])
    before = read()

    finish_attempts([(first, outcome(200))])

    assert changes(before) == {
        "mine here s1": ENDED,
        "mine here s2": {"due_at"},
        "mine here endpoint": {"gone_at"},
        "mine here test endpoint": {"gone_at"},
        "mine here receiver": {"failing_since", "disabled_at"},
    }


def test_a_success_at_an_active_receiver_opens_its_own_endpoint(endpoints: dict[str, Any]) -> None:
    first = first_of("s")["mine here"]
    say_all_gone()
    before = read()

    finish_attempts([(first, outcome(200))])

    assert changes(before) == {
        "mine here s1": ENDED,
        "mine here s2": {"due_at"},
        "mine here endpoint": {"gone_at"},
    }


def test_a_failure_opens_no_endpoint(endpoints: dict[str, Any], settings: Any) -> None:
    settings.WEBHOOK_RETRY_SECONDS = []
    first = first_of("s")["mine here"]
    say_all_failed()
    before = read()

    finish_attempts([(first, outcome(500))])

    assert changes(before) == {"mine here s1": ENDED, "mine here s2": {"due_at"}}


def test_another_410_ends_what_was_resent_in_its_stream(endpoints: dict[str, Any]) -> None:
    first = first_of("s")["mine here"]
    say_all_failed()
    before = read()

    finish_attempts([(first, outcome(410))])

    assert changes(before) == {
        "mine here s1": ENDED,
        "mine here s2": FAILED,
        "mine here s3": FAILED,
        "mine here endpoint": {"gone_at"},
    }


def test_410_ends_what_waits_for_its_url(endpoints: dict[str, Any]) -> None:
    """An attempt under way, here that of the other stream, says for itself how it went."""
    first, before = first_of("s")["mine here"], read()

    finish_attempts([(first, outcome(410))])

    assert changes(before) == {
        "mine here s1": ENDED,
        "mine here s2": FAILED,
        "mine here s3": FAILED,
        "mine here t2": FAILED,
        "mine here endpoint": {"gone_at"},
        "mine here receiver": {"failing_since", "disabled_at"},
    }


def test_results_of_one_batch_are_told_apart(endpoints: dict[str, Any]) -> None:
    first, before = first_of("s"), read()
    statuses = {"mine here": 500, "mine there": 200, "theirs here": 410, "theirs there": 200}

    finish_attempts([(first[place], outcome(status)) for place, status in statuses.items()])

    assert changes(before) == {
        "mine here s1": {"due_at", "lease_until"},
        "mine here receiver": {"failing_since"},
        "mine there s1": ENDED,
        "mine there s2": {"due_at"},
        "theirs here s1": ENDED,
        "theirs here s2": FAILED,
        "theirs here s3": FAILED,
        "theirs here t2": FAILED,
        "theirs here endpoint": {"gone_at"},
        "theirs here receiver": {"failing_since", "disabled_at"},
        "theirs there s1": ENDED,
        "theirs there s2": {"due_at"},
    }


def test_a_claim_leases_what_is_due_and_nothing_else(endpoints: dict[str, Any]) -> None:
    before = read()

    claim_deliveries(100)

    due = [f"{place} {stream}1" for place in endpoints for stream in "st"]
    assert changes(before) == {name: {"due_at", "lease_until", "attempts_made"} for name in due}
