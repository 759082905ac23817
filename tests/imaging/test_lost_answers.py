"""Clients that lose answers find every picture that they paid for, and pay for none twice."""

from __future__ import annotations

import copy
import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import urllib3
from werkzeug.wrappers import Request

from billing.models import Charge
from billing.services import check_ledger
from tests.billing.fake_model import use_model
from tests.factories import Keys, bucket
from tests.imaging.calls import CREATE, ENHANCE, OPERATIONS, balance_of
from tests.imaging.fakes.gemini import FakeGemini
from tests.imaging.fakes.server import Mood
from tests.imaging.image_host import respond
from tests.servers import serve
from tests.waiting import wait_for
from tests.web import WebServer

CALLS, CLIENTS = 1_000, 24
MOODS = ("ok", "ok", "ok", "ok", "ok", "busy_503", "error_500", "blocked_prompt:SAFETY")
STYLES = ("once", "retried", "async", "async and retried")
FINAL = (200, 202, 422)
#: The state of a TCP connection in `/proc/net/tcp`.
CLOSE_WAIT = "08"


class MoodyModel(FakeGemini):
    """Chooses kind and duration of each response."""

    def respond(self, request: Request) -> dict[str, object]:
        moody = copy.copy(self)  # concurrent requests have different moods
        moody.image = moody.text = Mood(random.choice(MOODS), random.uniform(0, 0.5))
        return FakeGemini.respond(moody, request)


@dataclass
class Wanted:
    """A call of a client, and the operations that its answers named."""

    number: int
    style: str
    answers: dict[str, str] = field(default_factory=dict)
    is_over: bool = False

    @property
    def name(self) -> str:
        return f"wanted-{self.number:05}"


class Client:
    """Gives up waiting at a random moment, and sends some calls again."""

    def __init__(self, web: WebServer, keys: Keys, picture: str) -> None:
        self.url, self.key, self.picture = web.url, keys.live, picture
        self.http = urllib3.PoolManager(maxsize=64, retries=False)

    def call(self, wanted: Wanted) -> None:
        for _ in range(40 if "retried" in wanted.style else 1):
            self._try(wanted)
            if wanted.is_over:
                return
            time.sleep(0.05)

    def _try(self, wanted: Wanted) -> None:
        is_enhance = wanted.number % 9 == 0
        mode = "thinking" if wanted.number % 5 == 0 else "fast"
        body = {"images": [self.picture]} if is_enhance else {"prompt": f"a vase, {wanted.name}"}
        headers = {"x-api-key": self.key, "x-request-id": wanted.name}
        if "retried" in wanted.style:
            headers["idempotency-key"] = wanted.name
        if "async" in wanted.style:
            headers["prefer"] = "respond-async"
        try:
            response = self.http.request(
                "POST",
                self.url + (ENHANCE if is_enhance else CREATE),
                json={**body, "mode": mode},
                headers=headers,
                timeout=urllib3.Timeout(connect=30, read=random.uniform(0.005, 1.2)),
            )
        except urllib3.exceptions.HTTPError:
            return
        wanted.is_over = response.status in FINAL
        if response.status == 200:
            data = response.json()["data"]
            url = data.get("imageUrl") or data["imageUrls"][0]
            wanted.answers[response.headers["X-Operation-Id"]] = url
        elif response.status == 202:
            wanted.answers[response.headers["X-Operation-Id"]] = ""


@pytest.mark.slow
def test_every_paid_picture_is_found_again_and_none_is_paid_twice(
    keys: Keys, own_server: Callable[..., WebServer]
) -> None:
    bucket(keys.partner, 10**8)
    before = balance_of(keys.partner)
    wants = [Wanted(number, STYLES[number % len(STYLES)]) for number in range(CALLS)]
    with MoodyModel() as model, serve(respond) as host:
        web = own_server(workers=2, env=use_model(model.base_url))
        client = Client(web, keys, f"{host.url}/photo.png")
        with ThreadPoolExecutor(CLIENTS) as threads:
            list(threads.map(client.call, wants))
        wait_for(lambda: not has_abandoned_calls(web.port))
        wait_for(lambda: not Charge.objects.of_all().reserved().exists())
        found = {wanted.name: find(web, keys, wanted) for wanted in wants}
        pictures = [url for rows in found.values() for row in rows for url in row["imageUrls"]]
        statuses = {web.http.request("GET", url).status for url in pictures}

    receipts = [row for rows in found.values() for row in rows]
    paid = [row for row in receipts if row["state"] == "succeeded"]
    assert sorted(row["operationId"] for row in receipts) == sorted(
        Charge.objects.values_list("pk", flat=True)
    )
    assert all(row["imageUrls"] for row in paid)
    assert len(set(pictures)) == len(pictures)
    assert statuses == {200}
    assert before - balance_of(keys.partner) == sum(round(row["pointsUsed"] * 100) for row in paid)
    for wanted in wants:
        check_one(wanted, found[wanted.name])
    lost = [row for row in paid if row["operationId"] not in told_of(wants)]
    assert lost
    assert check_ledger().ok


def has_abandoned_calls(port: int) -> bool:
    """Return whether the server still has a connection that its client has closed: a call in it
    may not have begun, so that no row shows it yet."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return any(row[1].endswith(f":{port:04X}") and row[3] == CLOSE_WAIT for row in rows)


def find(web: WebServer, keys: Keys, wanted: Wanted) -> list[dict[str, Any]]:
    """As a client that got no answer looks for it: by the id that it sent."""
    query = f"{OPERATIONS.rstrip('/')}?requestId={wanted.name}&limit=100"
    rows: list[dict[str, Any]] = web.get(query, keys.live).json()["data"]
    return rows


def check_one(wanted: Wanted, rows: list[dict[str, Any]]) -> None:
    paid = {row["operationId"]: row for row in rows if row["state"] == "succeeded"}
    assert len(paid) <= 1
    assert len(rows) <= 1 or "retried" in wanted.style
    for operation_id, url in wanted.answers.items():
        if url:
            assert url in paid[operation_id]["imageUrls"]
        else:
            assert operation_id in {row["operationId"] for row in rows}


def told_of(wants: list[Wanted]) -> set[str]:
    return {operation_id for wanted in wants for operation_id in wanted.answers}
