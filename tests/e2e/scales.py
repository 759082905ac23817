"""Measure what every page costs; only `python -m tests.e2e.weight` runs this file."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from playwright.sync_api import Browser

from tests.dashboard.markup import body_of
from tests.e2e.scenes import Cast, Scene, choose_scenes, open_as
from tests.web import WebServer

#: Of a first view, with an empty cache. The partner's own pictures count apart: a page is complete
#: and can be used before they are there, they come one by one as they are scrolled to, and
#: browsers keep each for a year.
MOST_BYTES = 60 * 1024
MOST_REQUESTS = 7
#: Of a list's picture: they are thumbnails.
MOST_PICTURE = 8 * 1024
#: Milliseconds, on a core that does nothing else.
MOST_TIME = 25
_TIMES = 9


@dataclass(frozen=True, slots=True)
class Weight:
    """`time` and `processor` are milliseconds: what one waits for, and what the web process
    computes, which a busy machine does not lengthen."""

    bytes: int
    requests: int
    pictures: tuple[int, ...]
    queries: int
    time: float
    processor: float

    @property
    def over(self) -> str:
        """Name what is over its limit."""
        limits = {
            "bytes": self.bytes > MOST_BYTES,
            "requests": self.requests > MOST_REQUESTS,
            "pictures": len(self.pictures) > 1 and max(self.pictures) > MOST_PICTURE,
            "time": self.time > MOST_TIME,
        }
        return ", ".join(name for name, is_over in limits.items() if is_over)

    def __str__(self) -> str:
        return (
            f"{self.bytes / 1024:7.1f}{self.requests:10}"
            f"{len(self.pictures):10}{sum(self.pictures) / 1024:6.1f}"
            f"{self.queries:9}{self.time:7.1f}{self.processor:7.1f}  {self.over}"
        )


def test_weigh_every_page(live_db: None, browser: Browser, site: WebServer) -> None:
    names = os.environ.get("SCENES", "").split()
    cast, wanted = choose_scenes(site, names)
    weights = {}
    # What a page loads on request, as the API reference does, is no part of its first view.
    for scene in (each for each in wanted if "#" not in each.path):
        cast.sign_in_again(scene.person)
        client = cast.browsers[scene.person]
        queries = _count_queries(client, scene.path)
        served = _serve(site, client, scene.path)
        viewed = _view(browser, cast, scene, site.url)
        pictures = {url: size for url, size in viewed.items() if "/media/" in url}
        own = sum(viewed.values()) - sum(pictures.values())
        weights[scene.name] = Weight(
            own, len(viewed) - len(pictures), tuple(pictures.values()), queries, *served
        )
        if names:
            _say([scene.path, *(f"{size:8} {address}" for address, size in viewed.items())])
    _say(_table(weights))


def _count_queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        body_of(client.get(path))
        return len(captured)


def _serve(site: WebServer, client: Client, path: str) -> tuple[float, float]:
    """Return the medians of the milliseconds of the server, asked as a browser asks."""
    cookies = "; ".join(f"{name}={each.value}" for name, each in client.cookies.items())
    headers = {"Cookie": cookies, "Accept": "text/html", "Accept-Encoding": "gzip"}
    times, computing = [], []
    for _ in range(_TIMES):
        start, begun = perf_counter(), _computed(site)
        response = site.http.request("GET", site.url + path, headers=headers)
        times.append(perf_counter() - start)
        computing.append(_computed(site) - begun)
        assert response.status == HTTPStatus.OK, path
    return 1000 * median(times), 1000 * median(computing)


def _computed(site: WebServer) -> float:
    """Return the seconds for which the server's threads have been on a processor."""
    main = Path(f"/proc/{site.process.pid}")
    workers = main.joinpath(f"task/{main.name}/children").read_text().split()
    tasks = (task for worker in workers for task in Path(f"/proc/{worker}/task").iterdir())
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9


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


def _table(weights: dict[str, Weight]) -> Iterator[str]:
    widths = {"KB": 7, "requests": 10, "pictures": 10, "of KB": 6, "queries": 9, "ms": 7, "cpu": 7}
    head = "".join(name.rjust(width) for name, width in widths.items())
    yield f"{'page':34}{head}  over"
    for name, weight in sorted(weights.items(), key=lambda each: -each[1].bytes):
        yield f"{name:34}{weight}"
    over = sum(bool(weight.over) for weight in weights.values())
    limits = f"{MOST_BYTES // 1024} KB, {MOST_REQUESTS} requests or {MOST_TIME} ms"
    yield f"{over} of {len(weights)} pages over {limits}."


def _say(lines: Any) -> None:
    sys.stdout.write("\n".join(["", *lines, ""]))
    sys.stdout.flush()
