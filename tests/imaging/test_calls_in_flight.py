"""Calls that wait on the model hold nothing that others need."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections
from werkzeug.wrappers import Request as ModelRequest

from billing.models import Charge
from tests.billing.fake_model import HeldGemini, use_model
from tests.factories import Keys, bucket
from tests.imaging.calls import CREATE, ENHANCE, PROMPT, USAGE, balance_of, use_provider
from tests.imaging.fakes.gemini import FakeGemini
from tests.imaging.image_host import respond
from tests.servers import Reply, Request, serve
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


def test_a_call_has_no_connection_while_it_waits_for_a_picture_or_the_model(
    keys: Keys, post: Callable[..., Any], settings: Any
) -> None:
    mine, held = connections[DEFAULT_DB_ALIAS], list[bool]()

    class Model(FakeGemini):
        def respond(self, request: ModelRequest) -> dict[str, object]:
            held.append(mine.connection is not None)
            return super().respond(request)

    def picture(request: Request) -> Reply:
        held.append(mine.connection is not None)
        return respond(request)

    with Model() as fake, serve(picture) as host:
        use_provider(settings, fake)
        enhance = {"images": [f"{host.url}/photo.jpg"]}
        statuses = [
            post(path, body, keys.live).status_code
            for path, body in ((CREATE, PROMPT), (ENHANCE, enhance))
        ]

    assert statuses == [200, 200]
    assert len(held) >= 3
    assert not any(held)
