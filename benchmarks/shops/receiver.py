"""A partner's receiver that fails at random and records what it receives."""

from __future__ import annotations

import json
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from integrations.signatures.signing import signature
from tests.servers import Reply, Request, serve

SECRET = "whsec_harness नोवा"
#: Ways to fail, all equally likely.
FAILURES = ("status 500", "timeout", "dropped", "accepted, then dropped")


class _Dropped(Exception):
    """Closes the connection without a response."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A complete request; `is_accepted` if the receiver counts it as delivered."""

    event_id: str
    identifier: str
    event: str
    body: bytes
    is_signed: bool
    is_accepted: bool


@dataclass
class Receiver:
    """Fails for a `share` of the requests; a timeout takes `patience` seconds."""

    share: float
    patience: float
    dice: random.Random
    arrivals: list[Arrival] = field(default_factory=list)
    failures: Counter[str] = field(default_factory=Counter)
    accepted: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def running(self) -> Iterator[str]:
        """Serve in this block; yield the URL."""
        with serve(self._receive) as server:
            yield f"{server.url}/webhooks/shopiq"

    def _receive(self, request: Request) -> Reply:
        with self._lock:
            failure = self._throw()
            self._note(request, is_accepted=failure in (None, "accepted, then dropped"))
        if failure == "timeout":
            time.sleep(self.patience)
        if failure in ("timeout", "dropped", "accepted, then dropped"):
            raise _Dropped
        return Reply(500 if failure else 200)

    def _throw(self) -> str | None:
        if self.dice.random() >= self.share:
            return None
        failure = self.dice.choice(FAILURES)
        self.failures[failure] += 1
        return failure

    def _note(self, request: Request, *, is_accepted: bool) -> None:
        payload = json.loads(request.body)
        given = request.headers.get("x-shopiq-signature")
        event_id = request.headers["webhook-id"]
        self.arrivals.append(
            Arrival(
                event_id,
                payload["identifier"],
                payload["event"],
                request.body,
                given == signature(request.body, SECRET),
                is_accepted,
            )
        )
        if is_accepted:
            self.accepted.add(event_id)
