"""Compare floor, peer and ours in turn."""

from __future__ import annotations

import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.cache import cache, caches
from django.core.handlers.wsgi import WSGIHandler
from django.test import override_settings

from accounts.request_log.writer import writer
from benchmarks import peers
from benchmarks.authorization.callers import (
    CREATE,
    FLOOR,
    USAGE,
    Client,
    Target,
    authorized_target,
    peer_target,
)
from benchmarks.authorization.load import Load
from benchmarks.authorization.processor_time import MeteredLoad
from benchmarks.figures import Figure
from benchmarks.timing import count_operations, time_calls
from tests.factories import bucket, partner_with_keys
from tests.web import WebServer

_ROUNDS, _CALLS = 30, 200
_SERVER_ROUNDS, _SERVER_SECONDS = 10, 2.0
_LIMIT, _ATTEMPTS = 60, 400


def figures() -> Iterator[Figure]:
    targets = {"ours": authorized_target(), "floor": FLOOR}
    if peers.make_importable():
        targets["peer"] = peer_target()
        if "redis" in settings.CACHES:
            targets["redis"] = peer_target("/benchmark/peer-redis")
        targets["shared"] = peer_target("/benchmark/peer-shared")
    yield from _in_process(targets)
    with tempfile.TemporaryDirectory() as folder:
        with _servers(Path(folder)) as servers:
            yield from _on_the_wire(targets, servers)
            yield from _usage_beside_a_call(servers[0].port)
        yield from _exactness(Path(folder))


@contextmanager
def _servers(folder: Path) -> Iterator[list[WebServer]]:
    """Start two processes on separate ports: of two that share one, the busy one may accept all
    connections and leave the other idle."""
    servers = [WebServer(folder=folder, threads=16) for _ in range(2)]
    try:
        for server in servers:
            server.wait_until_ready()
        yield servers
    finally:
        for server in servers:
            server.stop()


def _in_process(targets: dict[str, Target]) -> Iterator[Figure]:
    application = WSGIHandler()
    calls = {name: target.wsgi_call(application) for name, target in targets.items()}
    with override_settings(MIDDLEWARE=[]):
        calls["floor"] = FLOOR.wsgi_call(WSGIHandler())
    # Ours writes its log lines within its turn. The peer's history is kept as short as a real
    # limit would keep it, because its throttles copy it in each call.
    after = {"ours": writer.flush, "peer": cache.clear}
    after |= {name: caches[name].clear for name in ("redis", "shared") if name in targets}
    timings = time_calls(calls, rounds=_ROUNDS, calls=_CALLS, after=after)
    for name in targets:
        yield Figure(f"authorization: µs in process, {_NOTES[name]}", timings.median(name))
    ratio = timings.ratio("ours", "floor")
    yield Figure("authorization ÷ DRF view without any middleware, in process", ratio, "<= 1.9")
    for name, target in (("peer", "<= 0.55"), ("redis", ""), ("shared", "")):
        if name in targets:
            ratio = timings.ratio("ours", name)
            yield Figure(f"authorization ÷ {_NOTES[name]}, in process", ratio, target)


_NOTES = {
    "ours": "ours: key, networks, limits, log",
    "floor": "floor: DRF view without middleware, nothing checked",
    "peer": "DRF + api-key + two throttles in local memory",
    "redis": "DRF + api-key + two throttles in Redis",
    "shared": "DRF + api-key + two throttles in PostgreSQL",
}


def _on_the_wire(targets: dict[str, Target], servers: list[WebServer]) -> Iterator[Figure]:
    ports = [server.port for server in servers] * 4
    loads = {name: MeteredLoad(Load(ports, target), servers) for name, target in targets.items()}
    timings = count_operations(loads, threads=1, rounds=_SERVER_ROUNDS, seconds=_SERVER_SECONDS)
    for name, load in loads.items():
        yield Figure(f"authorization: requests per second, {_NOTES[name]}", timings.median(name))
        title = f"authorization: µs of processor time per request, {_NOTES[name]}"
        yield Figure(title, load.median(), note=load.parts)
    for name in ("peer", "redis", "shared"):
        if name in targets:
            ratio = timings.ratio("ours", name)
            title = f"authorization: requests per second ÷ {_NOTES[name]}"
            yield Figure(title, ratio, ">= 2")
            title = f"authorization: processor time of {_NOTES[name]} ÷ ours"
            yield Figure(title, loads[name].ratio(loads["ours"]))


def _usage_beside_a_call(port: int) -> Iterator[Figure]:
    """Measure one call after the other: how long a partner waits, not how many are served."""
    keys = partner_with_keys()
    bucket(keys.partner, 100_000)
    header = ("X-Api-Key", keys.test)
    workers = {
        "usage": Load([port], Target(USAGE, header), method="GET"),
        "call": Load([port], Target(CREATE, header)),
    }
    timings = count_operations(workers, threads=1, rounds=_SERVER_ROUNDS, seconds=_SERVER_SECONDS)
    yield Figure(
        "usage ÷ a test call, over HTTP",
        timings.ratio("call", "usage"),
        "<= 1.5",
        f"{1e3 / timings.median('usage'):.1f} and {1e3 / timings.median('call'):.1f} ms",
    )


def _exactness(folder: Path) -> Iterator[Figure]:
    server = WebServer(folder=folder, workers=2, threads=64)
    name = f"authorization: passes of {_ATTEMPTS} concurrent calls at {_LIMIT}/min, 2 workers"
    try:
        server.wait_until_ready()
        passed = _count_passes(server.port, authorized_target(requests_per_minute=_LIMIT))
        yield Figure(name, passed, f"== {_LIMIT}")
        if peers.make_importable():
            passed = _count_passes(server.port, peer_target("/benchmark/peer-60"))
            yield Figure(f"{name}, DRF throttles", passed)
    finally:
        server.stop()


def _count_passes(port: int, target: Target) -> int:
    """Send all calls at once, each on its own connection."""
    barrier, statuses = threading.Barrier(_ATTEMPTS), Counter[int]()

    def attempt() -> None:
        client = Client(port)
        barrier.wait()
        statuses[client.send(target.request())] += 1
        client.close()

    crew = [threading.Thread(target=attempt) for _ in range(_ATTEMPTS)]
    for thread in crew:
        thread.start()
    for thread in crew:
        thread.join()
    assert statuses[200] + statuses[429] == _ATTEMPTS, statuses
    return statuses[200]
