"""Runs the comparison: floor, peer and ours in turn."""

from __future__ import annotations

import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from django.core.cache import cache
from django.core.handlers.wsgi import WSGIHandler
from django.test import override_settings

from accounts.request_log import writer
from benchmarks import peers
from benchmarks.figures import Figure
from benchmarks.gate.callers import FLOOR, Client, Target, gate_target, peer_target
from benchmarks.timing import count_operations, time_calls
from tests.web import WebServer

_ROUNDS, _CALLS = 30, 200
_LIMIT, _ATTEMPTS = 60, 400


def figures() -> Iterator[Figure]:
    targets = {"ours": gate_target(), "floor": FLOOR}
    if peers.make_importable():
        targets["peer"] = peer_target()
    yield from _in_process(targets)
    with tempfile.TemporaryDirectory() as folder:
        yield from _behind_gunicorn(targets, Path(folder))
        yield from _exactness(Path(folder))


def _in_process(targets: dict[str, Target]) -> Iterator[Figure]:
    application = WSGIHandler()
    calls = {name: target.wsgi_call(application) for name, target in targets.items()}
    with override_settings(MIDDLEWARE=[]):
        calls["bare"] = FLOOR.wsgi_call(WSGIHandler())
    # Ours pays for its log lines in its own turn. The peer's history is kept as short as a real
    # limit would keep it, because its throttles copy it in each call.
    after = {"ours": writer.flush, "peer": cache.clear}
    timings = time_calls(calls, rounds=_ROUNDS, calls=_CALLS, after=after)
    for name, note in _NOTES.items():
        if name in calls:
            yield Figure(f"gate: µs in process, {note}", timings.median(name))
    yield Figure("gate ÷ bare DRF view", timings.ratio("ours", "floor"), "<= 1.7")
    if "peer" in targets:
        yield Figure(
            "gate ÷ DRF + api-key + two throttles, local memory",
            timings.ratio("ours", "peer"),
            "<= 0.55",
        )


_NOTES = {
    "ours": "ours: key, networks, limits, log",
    "floor": "floor: DRF view, nothing checked",
    "bare": "the floor without any middleware",
    "peer": "DRF + api-key + throttles",
}


def _behind_gunicorn(targets: dict[str, Target], folder: Path) -> Iterator[Figure]:
    server = WebServer(folder=folder, workers=2, threads=16)
    try:
        server.wait_until_ready()
        workers = {name: _Load(server.port, target) for name, target in targets.items()}
        timings = count_operations(workers, threads=8, rounds=3, seconds=2)
    finally:
        server.stop()
    for name in targets:
        yield Figure(f"gate: requests per second, {_NOTES[name]}", timings.median(name))


class _Load:
    def __init__(self, port: int, target: Target) -> None:
        self.port, self.request = port, target.request()

    def __call__(self, stop: threading.Event) -> int:
        client, count = Client(self.port), 0
        while not stop.is_set():
            assert client.send(self.request) == 200
            count += 1
        client.close()
        return count


def _exactness(folder: Path) -> Iterator[Figure]:
    server = WebServer(folder=folder, workers=2, threads=64)
    name = f"gate: passes of {_ATTEMPTS} concurrent calls at {_LIMIT}/min, 2 workers"
    try:
        server.wait_until_ready()
        passed = _count_passes(server.port, gate_target(requests_per_minute=_LIMIT))
        yield Figure(name, passed, f"== {_LIMIT}")
        if peers.make_importable():
            passed = _count_passes(server.port, peer_target("/benchmark/peer-60"))
            yield Figure(f"{name}, DRF throttles", passed)
    finally:
        server.stop()


def _count_passes(port: int, target: Target) -> int:
    """Each call on a connection of its own, all at once."""
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
