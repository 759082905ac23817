"""Partners' servers that call all the time, and what they saw in each phase."""

from __future__ import annotations

import itertools
import json
import ssl
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import urllib3

from benchmarks.production.installation import HOST

_ACCOUNTS = "/api/v2/third-party"
#: The connection broke, or nothing came that the application sent.
LOST = 0
#: An account that the API had created.
NOT_FOUND = -1
Answer = tuple[int, dict[str, Any]]


@dataclass(frozen=True)
class Partner:
    live_key: str
    management_key: str


@dataclass
class Phase:
    """Answers by kind of call and status, and the points that successes reported."""

    name: str
    answers: Counter[tuple[str, int]] = field(default_factory=Counter)
    longest: float = 0.0
    begun: float = field(default_factory=time.monotonic)
    #: When each call that failed began and ended.
    failed: list[tuple[float, float]] = field(default_factory=list)

    def count(self, kind: str, status: int, *, began: float) -> None:
        ended = time.monotonic()
        self.answers[kind, status] += 1
        self.longest = max(self.longest, ended - began)
        if is_failure(status):
            self.failed.append((began, ended))

    def failures_between(self, first: float, last: float) -> int:
        """Return how many began after the first time and ended before the last."""
        return sum(began >= first and ended < last for began, ended in self.failed)


def is_failure(status: int) -> bool:
    return status <= LOST or status >= 500


class Callers:
    """`size` threads that create images and accounts, look accounts up and ask for the usage."""

    def __init__(self, url: str, partners: list[Partner], *, size: int) -> None:
        self.phases: list[Phase] = []
        self.points = 0
        #: Answers of success, by kind of call.
        self.done: Counter[str] = Counter()
        self._url, self._partners = url, partners
        self._lock, self._ending = threading.Lock(), threading.Event()
        self._numbers = itertools.count()
        urllib3.disable_warnings()
        self._http = urllib3.PoolManager(
            maxsize=size, retries=False, timeout=60, cert_reqs=ssl.CERT_NONE, assert_hostname=False
        )
        self._threads = [
            threading.Thread(target=self._run, args=(n,), daemon=True) for n in range(size)
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._ending.set()
        for thread in self._threads:
            thread.join()

    def begin(self, name: str) -> Phase:
        phase = Phase(name)
        with self._lock:
            self.phases.append(phase)
        return phase

    def failures_of(self, kind: str) -> int:
        """Return how many calls ended without an answer that says whether they were carried out."""
        return sum(
            number
            for phase in self.phases
            for (found, status), number in phase.answers.items()
            if found == kind and is_failure(status)
        )

    def _run(self, thread: int) -> None:
        partner = self._partners[thread % len(self._partners)]
        kinds = itertools.cycle(("create", "usage", "account", "create", "find", "usage"))
        email = ""
        for kind in kinds:
            if self._ending.is_set():
                return
            phase, began = self.phases[-1], time.monotonic()
            if kind == "account":
                new = f"merchant{next(self._numbers)}@example.com"
                status, answer = self._create_account(partner, new)
                email = new if status < 300 else email
            elif kind == "find":
                status, answer = self._find_account(partner, email)
            else:
                status, answer = self._use_images(partner, kind)
            with self._lock:
                phase.count(kind, status, began=began)
                self.done[kind] += status in (200, 201)
                if kind == "create" and status == 200:
                    self.points += round(answer["data"]["pointsUsed"] * 100)
            self._ending.wait(0.1 if status < 300 else 0.2)

    def _use_images(self, partner: Partner, kind: str) -> Answer:
        if kind == "usage":
            return self._send("GET", "/partner/v1/image/usage", partner.live_key)
        return self._send(
            "POST", "/partner/v1/image/create", partner.live_key, json={"prompt": "a teal vase"}
        )

    def _create_account(self, partner: Partner, email: str) -> Answer:
        number = int("".join(filter(str.isdecimal, email)))
        phone = {"value": f"{9_000_000_000 + number}", "countryCode": 91}
        body = {"email": email, "mobileNumber": phone}
        return self._send("POST", f"{_ACCOUNTS}/createAccount", partner.management_key, json=body)

    def _find_account(self, partner: Partner, email: str) -> Answer:
        """It is found by a hash under the lookup key, whichever is the newest."""
        url = f"{_ACCOUNTS}/isAccountCreated?email={email or 'none@example.com'}"
        status, answer = self._send("GET", url, partner.management_key)
        if status == 200 and answer["isCreated"] is not bool(email):
            return NOT_FOUND, answer
        return status, answer

    def _send(self, method: str, path: str, key: str, **options: Any) -> Answer:
        headers = {"Host": HOST, "X-API-Key": key}
        try:
            response = self._http.request(method, self._url + path, headers=headers, **options)
            return response.status, json.loads(response.data)
        except (urllib3.exceptions.HTTPError, ValueError):  # nothing, or a page of the proxy
            return LOST, {}
