"""Measure with real worker processes and a receiver."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median

import urllib3
from django.db import transaction
from django.db.models.functions import Now
from django_q.tasks import async_task, queue_size

from benchmarks.figures import Figure
from config.db.ids import new_id
from integrations.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from integrations.services.endpoints import add_endpoint
from integrations.services.webhooks import add_event
from integrations.signatures.signing import encode_event, headers_of
from tests.factories import PartnerFactory

_CHECKOUT = Path(__file__).resolve().parent.parent.parent
_ROUNDS, _EVENTS, _PARTNERS = 3, 1500, 20
_BARE_THREADS = 16
_SAMPLES = 41
_SECRET = "whsec_your_secret_here"
_BODY = encode_event(
    {
        "event": "website.building",
        "accountId": "665a1f2e3b4c5d6e7f8a9b0c",
        "identifier": "nova-retail-abc123",
        "message": "AI is building your website...",
        "timestamp": "2025-07-15T10:30:00.000Z",
    }
)
_HTTP = urllib3.PoolManager(maxsize=_BARE_THREADS, retries=False)


def figures() -> Iterator[Figure]:
    with _receiver() as url:
        endpoints = [
            add_endpoint(partner_id=partner.id, url=url, secret=_SECRET)
            for partner in PartnerFactory.create_batch(_PARTNERS)
        ]
        ours, peer, bare = [], [], []
        for _ in range(_ROUNDS):
            ours.append(_outbox_rate(endpoints))
            peer.append(_task_rate(endpoints))
            bare.append(_bare_rate(url))
        delays = _delays(endpoints[0])
    rate = median(ours)
    note = "two worker processes; signed, sent and noted"
    yield Figure("webhooks: POSTs per second", rate, note=note)
    note = f"{median(peer):,.0f} per second"
    yield Figure("webhooks ÷ django-q2, a task each", rate / median(peer), ">= 1.2", note)
    note = f"{median(bare):,.0f} per second on kept connections, nothing noted"
    yield Figure("webhooks ÷ bare urllib3 loop", rate / median(bare), note=note)
    note = f"median of {_SAMPLES} on an idle worker; slowest {max(delays):.0f}"
    yield Figure("webhooks: ms from commit to first attempt", median(delays), "<= 50", note)


@contextmanager
def _receiver() -> Iterator[str]:
    with subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("receiver.py"))],
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        yield f"http://127.0.0.1:{int(process.stdout.readline())}/hook"
        process.terminate()


@contextmanager
def _worker() -> Iterator[None]:
    environment = {**os.environ, "DB_POOL_SIZE": "0", "LOG_LEVEL": "CRITICAL"}
    process = subprocess.Popen(
        [sys.executable, "manage.py", "work"],
        cwd=_CHECKOUT,
        env=environment,
        start_new_session=True,
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait(30)


def _outbox_rate(endpoints: list[WebhookEndpoint]) -> float:
    _fill(endpoints, due_at=Now())
    return _drain(endpoints[0].url)


def _task_rate(endpoints: list[WebhookEndpoint]) -> float:
    """Measure django-q2, with events that are not due for the outbox."""
    for event_id in _fill(endpoints, due_at=None):
        async_task("benchmarks.webhooks.peer.deliver", event_id)
    return _drain(endpoints[0].url)


def _fill(endpoints: list[WebhookEndpoint], **fields: object) -> list[str]:
    """Empty the outbox, add one event to each of many streams, and return their ids."""
    WebhookAttempt.objects.all().delete()
    WebhookDelivery.objects.all().delete()
    rows = [
        WebhookDelivery(
            partner_id=endpoint.partner_id,
            endpoint=endpoint,
            stream=new_id(),
            position=1,
            event="website.building",
            body=_BODY,
            created_at=Now(),
            **fields,
        )
        for number in range(_EVENTS)
        for endpoint in [endpoints[number % len(endpoints)]]
    ]
    WebhookDelivery.objects.bulk_create(rows)
    return [row.id for row in rows]


def _drain(url: str) -> float:
    """Return events per second between the first and last arrival, with a new worker."""
    _arrivals(url)
    with _worker():
        _wait_for(lambda: not WebhookDelivery.objects.exclude(state="delivered").exists())
        arrivals = _arrivals(url)
    return (len(arrivals) - 1) / (arrivals[-1] - arrivals[0])


def _bare_rate(url: str) -> float:
    headers = headers_of("0" * 24, 0, _BODY, _SECRET)
    started = time.perf_counter()
    with ThreadPoolExecutor(_BARE_THREADS) as threads:
        list(
            threads.map(
                lambda _: _HTTP.request("POST", url, body=_BODY, headers=headers), range(_EVENTS)
            )
        )
    return _EVENTS / (time.perf_counter() - started)


def _delays(endpoint: WebhookEndpoint) -> list[float]:
    """Return milliseconds from the commit to the request's arrival."""
    delays = []
    _fill([endpoint], due_at=None)
    WebhookDelivery.objects.all().delete()
    _arrivals(endpoint.url)
    with _worker():
        async_task("time.time")
        _wait_for(lambda: queue_size() == 0)
        time.sleep(1)
        for number in range(_SAMPLES):
            time.sleep(0.13)  # out of step with the queue's polling
            committed: list[float] = []
            with transaction.atomic():
                transaction.on_commit(partial(_note_time, committed))
                payload = {"event": "website.building"}
                add_event(endpoint=endpoint, stream=f"latency{number}", payload=payload)
            delays.append((_next_arrival(endpoint.url) - committed[0]) * 1000)
    return delays


def _next_arrival(url: str) -> float:
    while not (arrivals := _arrivals(url)):
        time.sleep(0.01)
    return arrivals[0]


def _arrivals(url: str) -> list[float]:
    """Return when POSTs have arrived since the last call, as Unix time."""
    arrivals: list[float] = _HTTP.request("GET", url).json()
    return arrivals


def _wait_for(condition: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError("the worker did not come to an end")
        time.sleep(0.05)


def _note_time(times: list[float]) -> None:
    times.append(time.time())
