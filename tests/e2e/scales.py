"""Measure what every page costs; only `python -m tests.e2e.weight` runs this file."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from statistics import median
from time import perf_counter
from typing import Any

from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from playwright.sync_api import Browser

from tests.dashboard.markup import body_of
from tests.e2e.scenes import Cast, Scene, open_as
from tests.seed import build_seed_data
from tests.staff import superuser
from tests.web import WebServer

#: Of a first view, with an empty cache.
MOST_BYTES = 60 * 1024
MOST_REQUESTS = 7
#: Milliseconds, on a core that does nothing else.
MOST_TIME = 25
_TIMES = 9


@dataclass(frozen=True, slots=True)
class Weight:
    bytes: int
    requests: int
    queries: int
    milliseconds: float

    @property
    def over(self) -> str:
        """Name what is over its limit."""
        limits = {
            "bytes": self.bytes > MOST_BYTES,
            "requests": self.requests > MOST_REQUESTS,
            "time": self.milliseconds > MOST_TIME,
        }
        return ", ".join(name for name, is_over in limits.items() if is_over)


def test_weigh_every_page(live_db: None, browser: Browser, site: WebServer) -> None:
    names = os.environ.get("SCENES", "").split()
    with override_settings(PUBLIC_URL=site.url):
        cast = Cast(build_seed_data(media=site.media))
    cast.browsers["staff"] = superuser()
    scenes = [*cast.scenes(), Scene("staff", "/admin/", "staff")]
    wanted = [scene for scene in scenes if not scene.typed and (not names or scene.name in names)]
    weights = {}
    for scene in wanted:
        seconds, queries = _serve(cast.browsers[scene.person], scene.path)
        sizes = _view(browser, cast, scene, site.url)
        weights[scene.name] = Weight(sum(sizes.values()), len(sizes), queries, 1000 * seconds)
        if names:
            lines = [f"{size:8} {address}" for address, size in sizes.items()]
            sys.stdout.write("\n".join(["", scene.path, *lines, ""]))
    _print(weights)


def _serve(client: Client, path: str) -> tuple[float, int]:
    """Return the median of the seconds, in this process, and the number of queries."""
    with CaptureQueriesContext(connection) as captured:
        body_of(client.get(path))
    times = []
    for _ in range(_TIMES):
        start = perf_counter()
        body_of(client.get(path))
        times.append(perf_counter() - start)
    return median(times), len(captured)


def _view(browser: Browser, cast: Cast, scene: Scene, url: str) -> dict[str, int]:
    """Return the bytes of each response to a first view, headers included, by its address."""
    tab = open_as(browser, cast, scene.person, [], base_url=url)
    addresses: dict[str, str] = {}
    sizes: dict[str, int] = {}
    session = tab.context.new_cdp_session(tab)
    session.send("Network.enable")

    def begin(event: dict[str, Any]) -> None:
        addresses[event["requestId"]] = event["request"]["url"]

    def end(event: dict[str, Any]) -> None:
        address = addresses.get(event["requestId"], "")
        sizes[address] = sizes.get(address, 0) + round(event["encodedDataLength"])

    session.on("Network.requestWillBeSent", begin)
    session.on("Network.loadingFinished", end)
    tab.goto(scene.path, wait_until="networkidle")
    tab.context.close()
    return {address: size for address, size in sizes.items() if size}


def _print(weights: dict[str, Weight]) -> None:
    lines = [f"{'page':34}{'KB':>7}{'requests':>10}{'queries':>9}{'ms':>7}  over"]
    for name, one in sorted(weights.items(), key=lambda each: -each[1].bytes):
        numbers = f"{one.bytes / 1024:7.1f}{one.requests:10}{one.queries:9}{one.milliseconds:7.1f}"
        lines.append(f"{name:34}{numbers}  {one.over}")
    over = sum(bool(one.over) for one in weights.values())
    lines.append(f"{over} of {len(weights)} pages over {MOST_BYTES // 1024} KB, ")
    lines[-1] += f"{MOST_REQUESTS} requests or {MOST_TIME} ms."
    sys.stdout.write("\n".join(["", *lines, ""]))
