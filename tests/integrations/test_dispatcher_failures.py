"""The dispatcher with hanging receivers, lost notifications and database errors."""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from typing import Any

import pytest
from django.db import InterfaceError, OperationalError, connection

from integrations import dispatcher as module
from integrations.dispatcher import Dispatcher
from integrations.models import WebhookAttempt, WebhookDelivery
from integrations.services.webhooks import claim_deliveries
from tests.factories import Keys, PartnerFactory
from tests.integrations.outbox import (
    add,
    all_delivered,
    endpoint_of,
    hang,
    states,
)
from tests.servers import Reply, Request, serve, serve_script
from tests.waiting import SOON, wait_for

OK = Reply(200, b"OK")

pytestmark = pytest.mark.usefixtures("short_waits")


def test_a_hanging_receiver_does_not_delay_another_partner(
    keys: Keys, dispatcher: Dispatcher, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_GRACE_SECONDS", 0)
    settings.WEBHOOK_TIMEOUT_SECONDS = SOON
    with serve_script(hang) as dead, serve(lambda request: OK) as alive:
        endpoint = endpoint_of(keys.partner, dead.url)
        for number in range(50):
            add(endpoint, f"dead{number}", "a")
        dispatcher.start()
        wait_for(lambda: dead.connections == 8)

        other = endpoint_of(PartnerFactory.create(), alive.url)
        for number in range(20):
            add(other, f"alive{number}", "a", "b")
        wait_for(lambda: len(alive.requests) == 40)

        attempts_at_dead = WebhookAttempt.objects.filter(delivery__endpoint=endpoint)
        assert not attempts_at_dead.exists(), "no timeout of the dead one was waited for"
        assert dead.connections == 8, "it takes no more than a partner's slots"


def test_a_dispatcher_waiting_for_slots_does_not_spin(
    keys: Keys, dispatcher: Dispatcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    claims: list[int] = []

    def counted(limit: int) -> Any:
        claims.append(limit)
        return claim_deliveries(limit)

    monkeypatch.setattr(module, "claim_deliveries", counted)
    with serve_script(hang) as dead:
        endpoint = endpoint_of(keys.partner, dead.url)
        for number in range(30):
            add(endpoint, f"dead{number}", "a", "b")
        dispatcher.start()
        wait_for(lambda: dead.connections == 8)
        time.sleep(0.5)

    assert len(claims) < 10


def deliver_while_running(keys: Keys, dispatcher: Dispatcher) -> None:
    """Add an event once the dispatcher listens, and wait for its delivery."""
    with serve(lambda request: OK) as receiver:
        dispatcher.start()
        time.sleep(0.2)
        add(endpoint_of(keys.partner, receiver.url), "s", "a")
        wait_for(all_delivered)


def test_an_event_is_sent_as_soon_as_it_is_committed(
    keys: Keys, dispatcher: Dispatcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_POLL_SECONDS", 60)
    deliver_while_running(keys, dispatcher)


def test_an_event_is_delivered_after_a_lost_notification(
    keys: Keys, dispatcher: Dispatcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Dispatcher, "_listen_on_connection", lambda self: time.sleep(0.1))
    deliver_while_running(keys, dispatcher)


def test_a_listener_reconnects(
    keys: Keys, dispatcher: Dispatcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_POLL_SECONDS", 60)
    monkeypatch.setattr(module, "_PAUSE_AFTER_ERROR", 0.01)
    dispatcher.start()
    with connection.cursor() as cursor:
        wait_for(lambda: listeners(cursor))
        cursor.execute(f"SELECT pg_terminate_backend({listeners(cursor)[0]})")
        broken = listeners(cursor)
        wait_for(lambda: listeners(cursor) not in ([], broken))
    with serve(lambda request: OK) as receiver:
        add(endpoint_of(keys.partner, receiver.url), "s", "a")
        wait_for(all_delivered)


def listeners(cursor: Any) -> list[int]:
    cursor.execute(
        "SELECT pid FROM pg_stat_activity WHERE query LIKE 'LISTEN%'"
        " AND datname = current_database()"
    )
    return [pid for (pid,) in cursor.fetchall()]


@pytest.mark.parametrize("error", [OperationalError, InterfaceError, ValueError])
@pytest.mark.parametrize("function", ["claim_deliveries", "finish_attempts", "seconds_until_next"])
def test_a_dispatcher_survives_errors(
    keys: Keys,
    dispatcher: Dispatcher,
    monkeypatch: pytest.MonkeyPatch,
    settings: Any,
    function: str,
    error: type[Exception],
) -> None:
    settings.WEBHOOK_LEASE_SECONDS = 2
    failures = [error("the connection is lost"), error("still")]
    original = getattr(module, function)

    def fail_twice(*arguments: Any) -> Any:
        if failures:
            raise failures.pop()
        return original(*arguments)

    monkeypatch.setattr(module, "_PAUSE_AFTER_ERROR", 0.01)
    monkeypatch.setattr(module, function, fail_twice)
    with serve(lambda request: OK) as receiver:
        endpoint = endpoint_of(keys.partner, receiver.url)
        for number in range(3):
            add(endpoint, f"s{number}", "a", "b")
        dispatcher.start()
        wait_for(lambda: not failures)
        # Where the results of a round were lost, its leases have to run out.
        wait_for(all_delivered)


def test_an_event_that_cannot_be_sent_does_not_delay_others(
    keys: Keys, dispatcher: Dispatcher
) -> None:
    with serve(lambda request: OK) as receiver:
        endpoint = endpoint_of(keys.partner, receiver.url)
        broken = endpoint_of(keys.partner, receiver.url)
        broken.secret = "v1.not-a-ciphertext"
        broken.save()
        [event] = add(broken, "broken", "a")
        add(endpoint, "s", "a")
        dispatcher.start()
        wait_for(lambda: WebhookAttempt.objects.filter(delivery=event).exists())
        wait_for(lambda: "delivered" in states())

    assert WebhookAttempt.objects.filter(delivery=event)[0].error == "internal error"


def test_a_stopping_dispatcher_stores_attempts_in_progress(keys: Keys) -> None:
    entered, leave = threading.Event(), threading.Event()

    def receive(request: Request) -> Reply:
        entered.set()
        leave.wait()
        return OK

    with serve(receive) as receiver:
        dispatcher = Dispatcher()
        add(endpoint_of(keys.partner, receiver.url), "s", "a")
        dispatcher.start()
        entered.wait()
        threading.Timer(0.2, leave.set).start()
        dispatcher.stop()

    assert states() == {"delivered"}


def test_a_stopping_dispatcher_does_not_wait_forever(
    keys: Keys, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.WEBHOOK_TIMEOUT_SECONDS = 2 * SOON
    monkeypatch.setattr(module, "_GRACE_SECONDS", 0.1)
    with serve_script(hang) as receiver:
        dispatcher = Dispatcher()
        add(endpoint_of(keys.partner, receiver.url), "s", "a")
        dispatcher.start()
        wait_for(lambda: receiver.connections)
        started = time.monotonic()
        dispatcher.stop()

    assert time.monotonic() - started < SOON


def test_a_receiver_that_asks_for_more_time_gets_it(keys: Keys, dispatcher: Dispatcher) -> None:
    busy = Reply(429, headers={"Retry-After": "3600"})
    with serve(lambda request: busy) as receiver:
        add(endpoint_of(keys.partner, receiver.url), "stream", "a")
        dispatcher.start()
        wait_for(WebhookAttempt.objects.exists)
    event = WebhookDelivery.objects.get()
    assert event.due_at is not None
    assert timedelta(minutes=59) < event.due_at - event.created_at < timedelta(minutes=62)
