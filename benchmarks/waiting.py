"""Five hundred concurrent calls that wait for a model, in one web process."""

from __future__ import annotations

import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.db import connection

from benchmarks.authorization.callers import Client, Target
from benchmarks.figures import Figure
from tests.factories import bucket, partner_with_keys
from tests.imaging.fakes.gemini import IMAGE_MODEL, FakeGemini
from tests.imaging.fakes.server import API_KEY, Mood
from tests.web import WebServer

_CALLS, _SECONDS, _THREADS = 500, 5.0, 512
_CONNECTIONS = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"


@dataclass
class _Seen:
    """Responses of the calls, and the peak use of the process."""

    statuses: Counter[int] = field(default_factory=Counter)
    seconds: float = 0.0
    connections: int = 0
    megabytes: float = 0.0


def figures() -> Iterator[Figure]:
    keys = partner_with_keys()
    bucket(keys.partner, 10**8)
    target = Target("/partner/v1/image/create", ("X-Api-Key", keys.live))
    with tempfile.TemporaryDirectory() as folder, FakeGemini(image=Mood(delay=_SECONDS)) as model:
        server = _start(Path(folder), model.base_url)
        try:
            seen = _call_all(server, target)
        finally:
            server.stop()
    name = f"{_CALLS} calls in flight × {_SECONDS:.0f} s"
    yield Figure(f"{name}: succeeded", seen.statuses[200], f"== {_CALLS}", f"{dict(seen.statuses)}")
    yield Figure(f"{name}: ÷ {_SECONDS:.0f} s", seen.seconds / _SECONDS, "<= 1.3")
    yield Figure(f"{name}: database connections", seen.connections, "<= 20")
    yield Figure(f"{name}: MiB of memory", seen.megabytes, "<= 200")


def _start(folder: Path, model_url: str) -> WebServer:
    environment = {
        "IMAGE_PROVIDER": "gemini",
        "GEMINI_BASE_URL": model_url,
        "GEMINI_API_KEY": API_KEY,
        "GEMINI_IMAGE_MODEL": IMAGE_MODEL,
        "MEDIA_ROOT": str(folder / "media"),
    }
    server = WebServer(folder=folder, workers=1, threads=_THREADS, env=environment)
    server.wait_until_ready()
    return server


def _call_all(server: WebServer, target: Target) -> _Seen:
    seen = _Seen()
    crew = [threading.Thread(target=_call, args=(server.port, target, seen)) for _ in range(_CALLS)]
    before = _connections()
    started = time.monotonic()
    for thread in crew:
        thread.start()
    while any(thread.is_alive() for thread in crew):
        seen.connections = max(seen.connections, _connections() - before)
        time.sleep(0.1)
    seen.seconds = time.monotonic() - started
    seen.megabytes = _peak_megabytes(server.process.pid)
    return seen


def _call(port: int, target: Target, seen: _Seen) -> None:
    client = Client(port)
    seen.statuses[client.send(target.request())] += 1
    client.close()


def _connections() -> int:
    with connection.cursor() as cursor:
        cursor.execute(_CONNECTIONS)
        return int(cursor.fetchone()[0])


def _peak_megabytes(master: int) -> float:
    """Return the peak resident memory of the only worker."""
    worker = Path(f"/proc/{master}/task/{master}/children").read_text().split()[0]
    status = Path(f"/proc/{worker}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024
