"""Calls that wait on the model hold nothing that others need."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from billing.models import Charge
from tests.concurrency import run_concurrently
from tests.factories import Keys, bucket
from tests.imaging.calls import CREATE, PROMPT, USAGE, balance_of, gemini_environment
from tests.web import WebServer

CALLS = 200
SECONDS = 5


@contextmanager
def slow_provider() -> Iterator[str]:
    """In a process of its own, so that its work does not slow the callers in this one."""
    command = [sys.executable, "-m", "tests.imaging.fakes", "gemini", "--delay", str(SECONDS)]
    with subprocess.Popen(
        command, cwd=settings.BASE_DIR, stdout=subprocess.PIPE, text=True
    ) as fake:
        assert fake.stdout
        try:
            yield fake.stdout.readline().strip()
        finally:
            fake.terminate()


class Watcher(threading.Thread):
    """Counts the database's connections, and the calls in flight, a few times a second."""

    def __init__(self, server: WebServer) -> None:
        super().__init__()
        self._server = server
        self.most_connections = 0
        self.most_in_flight = 0
        self._done = threading.Event()

    def run(self) -> None:
        with connection.cursor() as cursor:
            while not self._done.wait(0.2):
                cursor.execute(
                    "SELECT count(*) FROM pg_stat_activity WHERE application_name = %s",
                    [self._server.name],
                )
                self.most_connections = max(self.most_connections, cursor.fetchone()[0])
                in_flight = Charge.objects.reserved().count()
                self.most_in_flight = max(self.most_in_flight, in_flight)
        connection.close()

    def __enter__(self) -> Watcher:
        self.start()
        return self

    def __exit__(self, *error: Any) -> None:
        self._done.set()
        self.join()


@pytest.mark.timeout(90)
def test_two_hundred_calls_wait_at_once_on_ten_connections(
    keys: Keys, web_server: Callable[..., WebServer]
) -> None:
    bucket(keys.partner, 100_000)
    with slow_provider() as base_url:
        server = web_server(
            workers=1,
            threads=256,
            pool=10,
            env=gemini_environment(base_url),
        )
        with Watcher(server) as watcher:
            quick_ms: list[float] = []
            quick = threading.Thread(target=_look_at_usage, args=(server, keys, quick_ms))
            quick.start()
            started = time.monotonic()
            answers = run_concurrently(
                CALLS, lambda _: server.post(CREATE, PROMPT, keys.live, timeout=60)
            )
            took = time.monotonic() - started
            quick.join()

    assert [answer.status for answer in answers] == [200] * CALLS
    assert watcher.most_in_flight > CALLS * 0.9
    assert 1 <= watcher.most_connections <= 10
    assert took < 6 * SECONDS
    assert min(quick_ms) < 1000
    assert balance_of(keys.partner) == 200_000 - CALLS * 800


def _look_at_usage(server: WebServer, keys: Keys, milliseconds: list[float]) -> None:
    """Quick calls beside the slow ones."""
    time.sleep(1)
    for _ in range(5):
        started = time.monotonic()
        assert server.get(USAGE, keys.test, timeout=30).status == 200
        milliseconds.append((time.monotonic() - started) * 1000)
