"""Changes of events that a worker claims or ends in the same moment."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import transaction

from integrations.models import WebhookDelivery, WebhookEndpoint, WebhookReceiver
from integrations.services.endpoints import remove_default_endpoint, set_default_endpoint
from integrations.services.receivers import resend_missed
from integrations.services.webhooks import (
    add_default_event,
    add_event,
    cancel_stream,
    claim_deliveries,
    stable_before,
)
from tests.concurrency import overlap, run_beside, waits_for
from tests.factories import Keys
from tests.integrations.outbox import NOWHERE, SECRET, add, claim_one, finish, let_time_pass, the
from tests.integrations.pages import EVENT


def cancel(endpoint: WebhookEndpoint) -> None:
    with transaction.atomic():
        cancel_stream(partner_id=endpoint.partner_id, stream="s")


def remove(endpoint: WebhookEndpoint) -> None:
    remove_default_endpoint(partner_id=endpoint.partner_id, actor="t")


def resend(endpoint: WebhookEndpoint) -> None:
    receiver = WebhookReceiver.objects.get()
    resend_missed(partner_id=endpoint.partner_id, receiver=receiver, actor="t")


@pytest.fixture
def failing(keys: Keys) -> WebhookEndpoint:
    """A default endpoint with an event that is due again."""
    endpoint = set_default_endpoint(
        partner_id=keys.partner.id, url=NOWHERE, secret=SECRET, event_types=[EVENT], actor="t"
    )
    add(endpoint, "s", "a")
    finish(claim_one(), 500)
    let_time_pass()
    return endpoint


@pytest.mark.parametrize("change", [cancel, remove])
def test_an_event_delivered_in_this_moment_stays_delivered(
    failing: WebhookEndpoint, change: Callable[[WebhookEndpoint], None]
) -> None:
    claimed = claim_one()

    overlap(lambda: finish(claimed), lambda: change(failing))

    assert the(claimed.pk).state == "delivered"


def test_an_event_claimed_in_this_moment_is_not_sent_twice(failing: WebhookEndpoint) -> None:
    overlap(claim_one, lambda: resend(failing))

    assert WebhookDelivery.objects.get().attempts_made == 2
    assert claim_deliveries(9) == []


def announce(endpoint: WebhookEndpoint) -> None:
    add_event(endpoint=endpoint, stream="new", payload={"event": EVENT})


def announce_by_default(endpoint: WebhookEndpoint) -> None:
    add_default_event(partner_id=endpoint.partner_id, stream="new", payload={"event": EVENT})


@pytest.mark.parametrize("act", [announce, announce_by_default])
def test_events_are_listed_up_to_one_that_is_being_added(
    failing: WebhookEndpoint, act: Callable[[WebhookEndpoint], None]
) -> None:
    """Else a list could end behind an event that appears later."""
    assert waits_for(lambda: act(failing), lambda: stable_before(failing.partner_id))


def test_the_first_events_of_a_stream_are_added_one_after_the_other(
    endpoint: WebhookEndpoint,
) -> None:
    assert waits_for(lambda: announce(endpoint), lambda: add(endpoint, "new", "b"))
    assert WebhookDelivery.objects.get(event="b").position == 2


def hold(delivery_id: str) -> None:
    """Lock an event until the transaction ends."""
    WebhookDelivery.objects.select_for_update().get(pk=delivery_id)


def test_a_claim_passes_over_what_another_transaction_holds(endpoint: WebhookEndpoint) -> None:
    [held], [free] = add(endpoint, "s", "a"), add(endpoint, "t", "a")

    with transaction.atomic():
        hold(held)
        claimed = run_beside(lambda: claim_deliveries(9))

    assert [each.pk for each in claimed] == [free]


def test_a_success_changes_no_receiver_that_works(endpoint: WebhookEndpoint) -> None:
    """Else each attempt would wait for the others."""
    [event] = add(endpoint, "s", "a")
    claimed = claim_one()

    with transaction.atomic():
        assert WebhookReceiver.objects.select_for_update().get()
        run_beside(lambda: finish(claimed))

    assert the(event).state == "delivered"


def test_410_waits_for_no_other_event_of_its_url(endpoint: WebhookEndpoint) -> None:
    add(endpoint, "s", "a")
    claimed = claim_one()
    [held], [free] = add(endpoint, "t", "a"), add(endpoint, "u", "a")

    with transaction.atomic():
        hold(held)
        run_beside(lambda: finish(claimed, 410))

    assert (the(held).state, the(free).state) == ("pending", "failed")
