"""Calls that wait on the model hold nothing that others need."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from django.db import connection

from billing.models import Charge
from tests.billing.fake_model import HeldGemini, use_model
from tests.factories import Keys, bucket
from tests.imaging.calls import CREATE, PROMPT, USAGE, balance_of
from tests.waiting import wait_for
from tests.web import WebServer

CONNECTIONS = 10


def test_many_calls_wait_at_once_on_few_connections_while_others_are_served(
    keys: Keys, own_server: Callable[..., WebServer], threads: Callable[[int], int]
) -> None:
    calls = threads(200)
    bucket(keys.partner, 100_000)
    with HeldGemini() as model, ThreadPoolExecutor(calls) as callers:
        server = own_server(threads=256, pool=CONNECTIONS, env=use_model(model.base_url))
        call = partial(server.post, CREATE, PROMPT, keys.live)
        responses = [callers.submit(call) for _ in range(calls)]
        try:
            wait_for(lambda: Charge.objects.reserved().count() == calls)
            statuses = {server.get(USAGE, keys.test).status for _ in range(5)}
            connections = count_connections(server)
        finally:
            model.released.set()

    assert statuses == {200}
    assert 1 <= connections <= CONNECTIONS
    assert {response.result().status for response in responses} == {200}
    assert balance_of(keys.partner) == 200_000 - calls * 800


def count_connections(server: WebServer) -> int:
    """PostgreSQL's sessions of this server; one that has ended may be counted a moment longer."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = %s", [server.name]
        )
        return int(cursor.fetchone()[0])
