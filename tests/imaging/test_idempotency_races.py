"""Equal calls at the same time under one `Idempotency-Key`: one of them makes the image."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connections
from django.db.models.functions import Now
from django.test import Client

from accounts.models import IdempotencyRecord
from billing.models import Charge
from tests.billing.fake_model import HeldGemini, use_model
from tests.billing.operations import balance_of
from tests.billing.parallel import race
from tests.factories import Keys, partner_with_keys
from tests.web import WebServer

CREATE = "/partner/v1/image/create"
BODY = {"prompt": "a teal vase"}
Send = Callable[..., Any]


@pytest.fixture
def send(keys: Keys) -> Send:
    """Sends the same create under the same key."""

    def call(by: str = "") -> Any:
        return Client(raise_request_exception=False).post(
            CREATE,
            json.dumps(BODY),
            content_type="application/json",
            headers={"x-api-key": by or keys.live, "idempotency-key": "order-1"},
        )

    return call


@pytest.fixture
def held_model(live_db: None, settings: Any) -> Iterator[HeldGemini]:
    with HeldGemini() as fake:
        for name, value in use_model(fake.base_url).items():
            setattr(settings, name, value)
        yield fake
        fake.released.set()


@pytest.fixture
def in_background() -> Iterator[Callable[[Callable[[], Any]], Future[Any]]]:
    def run(task: Callable[[], Any]) -> Any:
        try:
            return task()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        yield lambda task: pool.submit(run, task)


def end_claims() -> None:
    """Lets the leases of all attempts in flight run out, as if their processes had died."""
    IdempotencyRecord.objects.update(lease_until=Now() - timedelta(seconds=1))


def test_a_repeated_call_gets_409_while_the_first_attempt_is_in_flight(
    held_model: HeldGemini, send: Send, in_background: Any
) -> None:
    first = in_background(send)
    assert held_model.waiting.acquire()

    second = send()
    held_model.released.set()

    assert second.status_code == 409
    assert second.json()["code"] == "idempotency_key_in_use"
    assert int(second.headers["Retry-After"]) == second.json()["retryAfter"] > 0
    assert first.result().status_code == 200
    assert send().content == first.result().content
    assert Charge.objects.count() == 1


def test_a_later_attempt_takes_over_from_a_dead_one_and_the_dead_one_pays_nothing(
    held_model: HeldGemini, keys: Keys, send: Send, in_background: Any
) -> None:
    stalled = in_background(send)
    assert held_model.waiting.acquire()
    end_claims()
    later = in_background(send)
    assert held_model.waiting.acquire()

    held_model.released.set()
    statuses = sorted((stalled.result().status_code, later.result().status_code))

    assert statuses == [200, 503]
    assert stalled.result().status_code == 503
    assert send().content == later.result().content
    assert Charge.objects.filter(state="succeeded").count() == 1
    assert Charge.objects.filter(state="refunded").count() == 1
    assert balance_of(keys) == 100_000 - 800


@pytest.mark.parametrize("after_a_death", [False, True])
def test_many_equal_calls_at_once_make_one_image(
    keys: Keys,
    own_server: Callable[..., WebServer],
    threads: Callable[[int], int],
    after_a_death: bool,
) -> None:
    with HeldGemini() as held:
        web = own_server(workers=2, threads=64, env=use_model(held.base_url))
        call = partial(web.post, CREATE, BODY, keys.live, **{"Idempotency-Key": "order-1"})
        if after_a_death:
            with ThreadPoolExecutor(1) as pool:
                first = pool.submit(call)
                assert held.waiting.acquire()
                web.stop(signal.SIGKILL)
                assert first.exception()
            web = own_server(workers=2, threads=64, env=use_model(held.base_url))
            call = partial(web.post, CREATE, BODY, keys.live, **{"Idempotency-Key": "order-1"})
            end_claims()
        held.released.set()
        responses: list[Any] = race(*[call] * threads(50), connect=False)
        repeated = call()

    statuses = {response.status for response in responses}
    assert 200 in statuses
    assert statuses <= {200, 409}
    assert {response.data for response in responses if response.status == 200} == {repeated.data}
    assert Charge.objects.filter(state="succeeded").count() == 1
    assert Charge.objects.count() == 1 + after_a_death


def test_claims_that_race_are_won_by_one_and_never_fail(live_db: None, send: Send) -> None:
    """Attempts that give the key up again (402) leave it to the next one at any moment."""
    poor = partner_with_keys()

    for _ in range(3):
        responses: list[Any] = race(*[partial(send, by=poor.live)] * 12)
        assert {response.status_code for response in responses} <= {402, 409}
