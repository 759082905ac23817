"""Partners' servers that call all the time, and what they saw in each phase."""

from __future__ import annotations

import json
import ssl
import threading
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field

import urllib3

from benchmarks.production.installation import HOST

CREATE, USAGE = "/partner/v1/image/create", "/partner/v1/image/usage"
#: The connection broke, or nothing came.
LOST = 0


@dataclass
class Phase:
    """Answers by kind of call and status, and the points that successes reported."""

    name: str
    answers: Counter[tuple[str, int]] = field(default_factory=Counter)
    longest: float = 0.0

    @property
    def failures(self) -> int:
        return sum(n for (_, status), n in self.answers.items() if status == LOST or status >= 500)


class Callers:
    """`size` threads; every third call creates an image, which costs points."""

    def __init__(self, url: str, keys: list[str], *, size: int) -> None:
        self.phases: list[Phase] = []
        self.spent: defaultdict[str, int] = defaultdict(int)
        self.created = 0
        self._url, self._keys = url, keys
        self._lock, self._ending = threading.Lock(), threading.Event()
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

    def _run(self, number: int) -> None:
        turn = number
        while not self._ending.is_set():
            turn += 1
            key = self._keys[turn % len(self._keys)]
            phase, started = self.phases[-1], time.monotonic()
            kind = "create" if turn % 3 == 0 else "usage"
            status, points = self._call(kind, key)
            with self._lock:
                phase.answers[kind, status] += 1
                phase.longest = max(phase.longest, time.monotonic() - started)
                self.spent[key] += points
                self.created += kind == "create" and status == 200
            self._ending.wait(0.05 if status == 200 else 0.2)

    def _call(self, kind: str, key: str) -> tuple[int, int]:
        headers = {"Host": HOST, "X-API-Key": key}
        try:
            if kind == "usage":
                url = self._url + USAGE
                return self._http.request("GET", url, headers=headers).status, 0
            response = self._http.request(
                "POST", self._url + CREATE, headers=headers, json={"prompt": "a teal vase"}
            )
        except urllib3.exceptions.HTTPError:
            return LOST, 0
        if response.status != 200:
            return response.status, 0
        return 200, round(json.loads(response.data)["data"]["pointsUsed"] * 100)
