"""Twenty honest callers, who record the response to each request."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import urllib3

CREATE = "/partner/v1/image/create"
ENHANCE = "/partner/v1/image/enhance"
USAGE = "/partner/v1/image/usage"
PROMPT = {"prompt": "a red shoe on marble"}
CALLERS = 20
_PAUSE = 0.2
_TIMEOUT = 60.0


@dataclass
class Seen:
    """What they saw of one kind of request."""

    seconds: list[float] = field(default_factory=list)
    failures: Counter[str] = field(default_factory=Counter)

    @property
    def success(self) -> float:
        """Percent."""
        failed = self.failures.total()
        return 100 * len(self.seconds) / max(1, len(self.seconds) + failed)

    def percentile(self, percent: float) -> float:
        """Milliseconds."""
        ordered = sorted(self.seconds) or [float("inf")]
        return 1000 * ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


class HonestCallers:
    """They create, read their usage and sign in; one of them enhances an image."""

    def __init__(self, url: str, live: str, test: str, picture: str) -> None:
        self._url, self._live, self._test, self._picture = url, live, test, picture
        self._http = urllib3.PoolManager(maxsize=CALLERS, retries=False, timeout=_TIMEOUT)
        self._lock = threading.Lock()

    def call_for(self, seconds: float) -> tuple[Seen, Seen]:
        """Call for `seconds`; return what they saw of calls and pages, and of enhancing."""
        calls, enhanced = Seen(), Seen()
        end = time.monotonic() + seconds
        crew = [
            threading.Thread(target=self._repeat, args=(self._call, calls, end))
            for _ in range(CALLERS - 1)
        ]
        crew.append(threading.Thread(target=self._repeat, args=(self._enhance, enhanced, end)))
        for thread in crew:
            thread.start()
        for thread in crew:
            thread.join()
        return calls, enhanced

    def _repeat(self, step: Callable[[Seen], None], seen: Seen, end: float) -> None:
        """Take at least one step, however late the thread begins."""
        while True:
            step(seen)
            time.sleep(_PAUSE)
            if time.monotonic() >= end:
                return

    def _call(self, seen: Seen) -> None:
        self._send(seen, "POST", CREATE, self._test, PROMPT)
        self._send(seen, "GET", USAGE, self._test)
        self._send(seen, "GET", "/login/")

    def _enhance(self, seen: Seen) -> None:
        self._send(seen, "POST", ENHANCE, self._live, {"images": [self._picture]})

    def _send(self, seen: Seen, method: str, path: str, key: str = "", body: object = None) -> None:
        headers = {"x-api-key": key} if key else {}
        begin = time.monotonic()
        try:
            response = self._http.request(method, f"{self._url}{path}", json=body, headers=headers)
            problem = "" if response.status == 200 else str(response.status)
        except urllib3.exceptions.HTTPError as error:
            problem = type(error).__name__
        with self._lock:
            if problem:
                seen.failures[problem] += 1
            else:
                seen.seconds.append(time.monotonic() - begin)
