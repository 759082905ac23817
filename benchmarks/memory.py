"""Memory of web, worker and sweeper after a thousand mixed calls.

`python -m benchmarks.memory`: a separate platform with one web process, run as by systemd. Sixteen
clients create and enhance images with live and test keys, read their usage, look accounts up and
open pages. Prints the proportional set size (PSS: shared pages count for each process
by their part) of each program with its children. Exit code 1 means that one is above its target.
"""

from __future__ import annotations

import argparse
import itertools
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import urllib3

from benchmarks.abuse import picture_host
from benchmarks.attacks.honest import CREATE, ENHANCE, PROMPT, USAGE
from benchmarks.figures import Figure, render
from benchmarks.kill_harness import exit_with
from benchmarks.kills.platform import Platform, children
from tests.billing.fake_model import use_model
from tests.imaging.fakes.gemini import FakeGemini

#: MiB.
_TARGETS = {"web": 220, "worker": 160, "sweeper": 80}
_CLIENTS = 16
_MERCHANTS = "/api/v2/third-party/isAccountCreated?email=nobody@example.com"
_PAGES = ("", "logs/", "usage/", "keys/", "logs/errors/")


def main() -> int:
    options = _options()
    with FakeGemini() as model, picture_host() as picture, _platform(model.base_url) as platform:
        calls = _make_calls(platform, picture)
        platform.wait_until_serving()
        fresh = _read_all(platform)
        statuses = _send(calls, options.calls)
        used = _read_all(platform)
    print(", ".join(f"{count} × {status}" for status, count in sorted(statuses.items())))
    figures = [
        Figure(f"{name}: MiB of PSS", used[name], f"<= {most}", f"{fresh[name]:.0f} when fresh")
        for name, most in _TARGETS.items()
    ]
    print(render(figures))
    return int(any(figure.passes is False for figure in figures))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.memory",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--calls", type=int, default=1000, help="(1000)")
    return parser.parse_args()


@contextmanager
def _platform(model_url: str) -> Iterator[Platform]:
    folder = Path(tempfile.mkdtemp(prefix="shopiq-memory-"))
    folder.chmod(0o711)  # PostgreSQL's user must be able to enter
    platform = Platform(folder, {**use_model(model_url), "LOG_LEVEL": "CRITICAL"})
    platform.env |= {"WEB_CONCURRENCY": "1", "WEB_THREADS": "256", "MALLOC_ARENA_MAX": "2"}
    try:
        platform.prepare()
        yield platform
    finally:
        platform.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _make_calls(platform: Platform, picture: str) -> list[Callable[[Any], int]]:
    """Return kinds of calls, each of which returns the status of its response."""
    os.environ.update(platform.env, DJANGO_SETTINGS_MODULE="config.settings")
    import django

    django.setup()
    from django.conf import settings
    from django.db import connection

    from tests.factories import bucket, partner_with_keys
    from tests.users import browser_of, create_user

    keys = partner_with_keys(requests_per_minute=1_000_000, requests_per_day=100_000_000)
    bucket(keys.partner, 10**8)
    session = browser_of(create_user(keys.partner)).cookies[settings.SESSION_COOKIE_NAME].value
    cookie = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={session}"}
    connection.close()

    def call(method: str, path: str, key: str = "", body: Any = None) -> Callable[[Any], int]:
        headers = {"x-api-key": key} if key else cookie
        url = f"{platform.url}{path}"
        return lambda http: http.request(method, url, json=body, headers=headers).status

    return [
        call("POST", CREATE, keys.test, PROMPT),
        call("POST", CREATE, keys.live, PROMPT),
        call("POST", ENHANCE, keys.live, {"images": [picture]}),
        call("GET", USAGE, keys.live),
        call("GET", _MERCHANTS, keys.management),
        *(call("GET", f"/dashboard/{page}") for page in _PAGES),
    ]


def _send(calls: list[Callable[[Any], int]], number: int) -> Counter[int]:
    http = urllib3.PoolManager(maxsize=_CLIENTS, retries=False, timeout=60.0)
    order = itertools.islice(itertools.cycle(calls), number)
    with ThreadPoolExecutor(_CLIENTS) as clients:
        return Counter(clients.map(lambda call: call(http), order))


def _read_all(platform: Platform) -> dict[str, float]:
    return {name: _read_pss(_family(platform.pid(name))) for name in _TARGETS}


def _family(pid: int) -> list[int]:
    return [pid, *itertools.chain.from_iterable(_family(child) for child in children(pid))]


def _read_pss(pids: list[int]) -> float:
    """Return MiB."""
    kilobytes = 0
    for pid in pids:
        with suppress(FileNotFoundError, ProcessLookupError):
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
            kilobytes += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return kilobytes / 1024


if __name__ == "__main__":
    exit_with(main)
