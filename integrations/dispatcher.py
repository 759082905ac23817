"""Delivery of webhooks from the outbox, by threads in each worker process.

One thread talks to the database, one listens for notifications, and many wait for receivers, so a
receiver that hangs occupies one of those threads and no database connection.
"""

from __future__ import annotations

import queue
import threading
import time
from datetime import timedelta
from typing import Any

import psycopg
import structlog
from django.conf import settings
from django.db import Error, InterfaceError, OperationalError, connection
from django.utils import timezone
from django.utils.translation import gettext_noop

from config.db.roles import connect_directly
from config.egress import EgressError, post
from config.egress.deadline import Deadline
from config.metrics import elapsed_ms
from integrations.models import WebhookDelivery
from integrations.retries import read_retry_after
from integrations.services.webhooks import (
    CHANNEL,
    MAX_RESPONSE_BYTES,
    Outcome,
    claim_deliveries,
    finish_attempts,
    seconds_until_next,
)
from integrations.signatures.signing import headers_of

log = structlog.get_logger(__name__)

Result = tuple[WebhookDelivery, Outcome]
#: How long a lost notification may delay an event, and the end of the process may go unnoticed.
_POLL_SECONDS = 1.0
_LISTEN_SECONDS = 0.25
_PAUSE_AFTER_ERROR = 0.5
#: How long a stopping process waits for its attempts; after that, their leases expire.
_GRACE_SECONDS = 5.0


def start_in_worker(**_: Any) -> None:
    """Receive the signal that a worker process has started."""
    _dispatcher.start()


def send(delivery: WebhookDelivery) -> Outcome:
    """Make one attempt, without using the database."""
    started_at, started = timezone.now(), time.monotonic()
    status, error, text, retry_after = None, "", "", timedelta()
    body = bytes(delivery.body)
    try:
        endpoint, at = delivery.endpoint, int(started_at.timestamp())
        secret = endpoint.get_decrypted("secret")
        previous = endpoint.previous_secret_at(started_at)
        reply = post(
            endpoint.url,
            body=body,
            headers=headers_of(delivery.id, at, body, secret, previous),
            deadline=Deadline.after(settings.WEBHOOK_TIMEOUT_SECONDS),
            max_response_bytes=MAX_RESPONSE_BYTES,
            allow_loopback=settings.ALLOW_LOOPBACK_URLS,
        )
        status = reply.status
        retry_after = read_retry_after(reply.headers.get("Retry-After"), now=started_at)
        text = reply.body.decode("utf-8", "replace").replace("\x00", "\ufffd")
    except EgressError as failure:
        error = failure.detail
    except Exception:
        # One event that cannot be sent must not end the thread that sends all others.
        log.exception("webhook attempt failed", delivery=delivery.id)
        error = gettext_noop("internal error")
    milliseconds = elapsed_ms(started)
    return Outcome(started_at, status, error, milliseconds, text, retry_after)


class Dispatcher:
    """Claims due events, has threads send them and stores the outcomes."""

    def __init__(self) -> None:
        self._outgoing: queue.SimpleQueue[WebhookDelivery] = queue.SimpleQueue()
        self._incoming: queue.SimpleQueue[Result | None] = queue.SimpleQueue()
        # Not a daemon thread: the process waits for it to store the last outcomes.
        self._thread = threading.Thread(target=self._run, name="webhooks", daemon=False)
        self._listener = threading.Thread(
            target=self._listen, name="webhook-notifications", daemon=True
        )
        self._senders: list[threading.Thread] = []
        self._stopping = threading.Event()
        self._in_flight = 0
        self._unsaved: list[Result] = []

    def start(self) -> None:
        self._thread.start()
        self._listener.start()

    def stop(self) -> None:
        """Return when attempts in progress have ended, or after the grace period."""
        self._stopping.set()
        self._incoming.put(None)
        for thread in (self._thread, self._listener):
            if thread.is_alive():
                thread.join()

    def _run(self) -> None:
        try:
            while not self._is_stopping():
                self._wait(self._dispatch_safely())
            self._finish()
        finally:
            connection.close()

    def _listen(self) -> None:
        """Wake the dispatcher when a transaction with events commits."""
        while not self._is_stopping():
            try:
                self._listen_on_connection()
            except psycopg.Error:
                time.sleep(_PAUSE_AFTER_ERROR)

    def _listen_on_connection(self) -> None:
        with connect_directly(autocommit=True) as session:
            session.execute(f"LISTEN {CHANNEL}")
            while not self._is_stopping():
                for _ in session.notifies(timeout=_LISTEN_SECONDS):
                    self._incoming.put(None)

    def _is_stopping(self) -> bool:
        return self._stopping.is_set() or not threading.main_thread().is_alive()

    def _dispatch_safely(self) -> float:
        """Return the seconds until the next run, whatever error occurs in this one."""
        try:
            return self._dispatch_due()
        except Error as error:
            log.warning("webhook dispatcher waiting for database", error=str(error).strip())
        except Exception:
            log.exception("webhook dispatcher failed")
        connection.close()
        return _PAUSE_AFTER_ERROR

    def _dispatch_due(self) -> float:
        self._store_results()
        free = settings.WEBHOOK_SLOTS - self._in_flight
        claimed = claim_deliveries(free) if free else []
        for delivery in claimed:
            self._hand_to_sender(delivery)
        if len(claimed) == free:
            return _POLL_SECONDS  # all threads are busy: only a result can free one
        next_in = seconds_until_next()
        return _POLL_SECONDS if next_in is None else min(next_in, _POLL_SECONDS)

    def _store_results(self) -> None:
        """Store the outcomes. They are kept while the database is unavailable, dropped if it
        rejects them."""
        if not self._unsaved:
            return
        try:
            finish_attempts(self._unsaved)
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            log.exception("webhook results lost", count=len(self._unsaved))
        self._unsaved.clear()

    def _hand_to_sender(self, delivery: WebhookDelivery) -> None:
        self._in_flight += 1
        if len(self._senders) < min(self._in_flight, settings.WEBHOOK_SLOTS):
            sender = threading.Thread(target=self._run_sender, name="webhook", daemon=True)
            self._senders.append(sender)
            sender.start()
        self._outgoing.put(delivery)

    def _run_sender(self) -> None:
        while True:
            delivery = self._outgoing.get()
            self._incoming.put((delivery, send(delivery)))

    def _wait(self, seconds: float) -> None:
        """Wait for a result or a notification, then collect all that have arrived."""
        try:
            self._receive(self._incoming.get(timeout=max(0.001, seconds)))
            while True:
                self._receive(self._incoming.get_nowait())
        except queue.Empty:
            pass

    def _receive(self, result: Result | None) -> None:
        if result is not None:
            self._in_flight -= 1
            self._unsaved.append(result)

    def _finish(self) -> None:
        end = time.monotonic() + _GRACE_SECONDS
        while self._in_flight and (left := end - time.monotonic()) > 0:
            self._wait(left)
        try:
            self._store_results()
        except Error as error:
            log.warning("last webhook results lost", error=str(error).strip())


_dispatcher = Dispatcher()
