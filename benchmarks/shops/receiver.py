"""A partner's receiver that fails by chance, and remembers what it was sent."""

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
#: Ways to fail; each is as likely as the others.
FAILURES = ("status 500", "timeout", "dropped", "answered, then dropped")


class _Dropped(Exception):
    """Closes the connection without an answer."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """One request that came whole. `is_accepted`: the receiver took it as delivered."""

    event_id: str
    identifier: str
    event: str
    body: bytes
    is_signed: bool
    is_accepted: bool


@dataclass
class Receiver:
    """Fails `share` of the requests; a timeout takes `patience` seconds."""

    share: float
    patience: float
    dice: random.Random
    arrivals: list[Arrival] = field(default_factory=list)
    failures: Counter[str] = field(default_factory=Counter)
    accepted: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def running(self) -> Iterator[str]:
        """Its URL."""
        with serve(self._receive) as server:
            yield f"{server.url}/webhooks/shopiq"

    def _receive(self, request: Request) -> Reply:
        with self._lock:
            failure = self._throw()
            self._note(request, is_accepted=failure in (None, "answered, then dropped"))
        if failure == "timeout":
            time.sleep(self.patience)
        if failure in ("timeout", "dropped", "answered, then dropped"):
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
