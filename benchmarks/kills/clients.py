"""Partners' servers that call during the kills and record the responses."""

from __future__ import annotations

import itertools
import json
import random
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass

import urllib3

CREATE = "/partner/v1/image/create"
#: There was no response: the call may or may not have happened.
LOST = 0
#: There was no connection: the call cannot have happened.
UNREACHABLE = -1
_SECONDS = 20.0
#: How many calls do not wait, and where the events would go; nothing listens there.
ASYNC_SHARE = 0.4
RECEIVER = "http://127.0.0.1:9/images"


@dataclass(frozen=True)
class Caller:
    """A partner and its live key. A careful one sends an `Idempotency-Key` and retries."""

    partner_id: str
    key: str
    is_careful: bool


@dataclass(frozen=True)
class Call:
    """One image that a caller wants."""

    caller: Caller
    name: str
    mode: str
    #: The caller does not wait: it is told the operation, and its receiver how that ended.
    is_async: bool = False


@dataclass(frozen=True)
class Attempt:
    """The result of one request; `status` may be `LOST` or `UNREACHABLE`."""

    call: Call
    status: int
    operation_id: str | None = None
    body: bytes = b""
    is_replay: bool = False

    @property
    def points(self) -> int:
        """Return the hundredths that a success reports."""
        used: float = json.loads(self.body)["data"]["pointsUsed"]
        return round(used * 100)

    @property
    def is_final(self) -> bool:
        """Return whether a careful caller stops retrying. A stored 500 is final, too."""
        return self.status in (200, 202, 402, 422) or (self.status == 500 and self.is_replay)


class Crowd:
    """`size` threads that call until `stop`."""

    def __init__(
        self, url: str, callers: Iterable[Caller], *, size: int, dice: random.Random
    ) -> None:
        self.attempts: list[Attempt] = []
        self.open_calls: list[Call] = []
        self._callers = list(callers)
        self._dice = dice
        self._numbers = itertools.count(1)
        self._ending = threading.Event()
        self._http = urllib3.PoolManager(maxsize=size, retries=False, timeout=_SECONDS)
        self._url = url + CREATE
        self._threads = [threading.Thread(target=self._run, daemon=True) for _ in range(size)]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Return once every request in flight has a result."""
        self._ending.set()
        for thread in self._threads:
            thread.join()

    def finish_open_calls(self, seconds: float = 120) -> None:
        """Let careful callers retry until they know; the rest stays in `open_calls`."""
        end = time.monotonic() + seconds
        while self.open_calls and time.monotonic() < end:
            self.open_calls = [call for call in self.open_calls if not self._try(call).is_final]
            time.sleep(0.1)

    def _run(self) -> None:
        while not self._ending.is_set():
            call = self._next_call()
            attempt = self._try(call)
            while call.caller.is_careful and not attempt.is_final:
                if self._ending.wait(self._dice.uniform(0.05, 0.5)):
                    self.open_calls.append(call)
                    return
                attempt = self._try(call)

    def _next_call(self) -> Call:
        mode = self._dice.choice(("fast", "fast", "thinking"))
        caller, name = self._dice.choice(self._callers), f"call-{next(self._numbers)}"
        return Call(caller, name, mode, is_async=self._dice.random() < ASYNC_SHARE)

    def _try(self, call: Call) -> Attempt:
        attempt = self._send(call)
        self.attempts.append(attempt)
        if attempt.status == UNREACHABLE:
            self._ending.wait(0.1)
        return attempt

    def _send(self, call: Call) -> Attempt:
        headers = {"X-API-Key": call.caller.key}
        if call.caller.is_careful:
            headers["Idempotency-Key"] = call.name
        body = {"prompt": f"a teal vase, {call.name}", "mode": call.mode}
        if call.is_async:
            headers["Prefer"] = "respond-async"
            body["webhookUrl"] = RECEIVER
        try:
            response = self._http.request("POST", self._url, json=body, headers=headers)
        except urllib3.exceptions.NewConnectionError:
            return Attempt(call, UNREACHABLE)
        except urllib3.exceptions.HTTPError:
            return Attempt(call, LOST)
        return Attempt(
            call,
            response.status,
            response.headers.get("X-Operation-Id"),
            response.data,
            "Idempotent-Replayed" in response.headers,
        )
