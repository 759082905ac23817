"""Changes of events that a worker claims or ends in the same moment."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import transaction

from integrations.models import WebhookDelivery, WebhookEndpoint, WebhookReceiver
from integrations.services.endpoints import remove_default_endpoint, set_default_endpoint
from integrations.services.receivers import resend_missed
from integrations.services.webhooks import cancel_stream, claim_deliveries
from tests.concurrency import overlap, run_beside
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


def hold(delivery_id: str) -> None:
    """Lock an event until the transaction ends."""
    WebhookDelivery.objects.select_for_update().get(pk=delivery_id)


def test_a_claim_passes_over_what_another_transaction_holds(endpoint: WebhookEndpoint) -> None:
    [held], [free] = add(endpoint, "s", "a"), add(endpoint, "t", "a")

    with transaction.atomic():
        hold(held)
        claimed = run_beside(lambda: claim_deliveries(9))

    assert [each.pk for each in claimed] == [free]


def test_410_waits_for_no_other_event_of_its_url(endpoint: WebhookEndpoint) -> None:
    add(endpoint, "s", "a")
    claimed = claim_one()
    [held], [free] = add(endpoint, "t", "a"), add(endpoint, "u", "a")

    with transaction.atomic():
        hold(held)
        run_beside(lambda: finish(claimed, 410))

    assert (the(held).state, the(free).state) == ("pending", "failed")
