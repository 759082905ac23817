"""What is counted and timed in this process; `config.monitoring` exposes it at `/metrics`.

Each observation takes microseconds: it changes a number in a file that is mapped into memory, which
any process of the web server reads. What the database knows is not counted here but asked when
Prometheus does: register it with `collector`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from time import monotonic, perf_counter
from typing import Protocol

from prometheus_client import Counter, Histogram

_FAST = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)
_SLOW = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 80, 120)

_requests = Histogram(
    "shopiq_request_seconds", "Requests by route and status.", ("route", "status"), buckets=_SLOW
)
_statements = Histogram(
    "shopiq_statement_seconds",
    "Statements of API calls: authorize, authorize_and_charge, settle.",
    ("step",),
    buckets=_FAST,
)
_provider = Histogram(
    "shopiq_provider_seconds",
    "Requests to the image provider, by outcome.",
    ("provider", "outcome"),
    buckets=_SLOW,
)
pool_waits = Histogram(
    "shopiq_pool_wait_seconds",
    "Waits of more than a millisecond for a connection to the database.",
    buckets=_FAST,
)
dropped_log_lines = Counter(
    "shopiq_request_log_dropped", "Lines of the request log that were lost."
)


class SpanRecorder(Protocol):
    """Records spans of traces, see `config.monitoring.tracing`."""

    def record(self, name: str, seconds: float, **attributes: str | int) -> None:
        """Record a span that ends now."""
        ...


spans: SpanRecorder | None = None
_request_child = cache(_requests.labels)
_statement_child = cache(_statements.labels)


def count_request(*, route: str, status: int, seconds: float) -> None:
    _request_child(route, status).observe(seconds)
    if spans:
        spans.record("request", seconds, route=route, status=status)


def elapsed_ms(started: float) -> int:
    """Return the milliseconds since `started`, a reading of `time.monotonic`."""
    return round((monotonic() - started) * 1000)


@contextmanager
def timed_statement(step: str) -> Iterator[None]:
    started = perf_counter()
    try:
        yield
    finally:
        _statement_child(step).observe(perf_counter() - started)


@contextmanager
def timed_provider(provider: str) -> Iterator[None]:
    started, outcome = perf_counter(), "error"
    try:
        yield
        outcome = "ok"
    except Exception as error:
        outcome = type(error).__name__
        raise
    finally:
        seconds = perf_counter() - started
        _provider.labels(provider, outcome).observe(seconds)
        if spans:
            spans.record("image provider", seconds, provider=provider, outcome=outcome)


@dataclass(frozen=True, slots=True)
class Sample:
    """One number that the database knows; None is left out."""

    name: str
    help: str
    value: float | None
    labels: dict[str, str] = field(default_factory=dict)


Collect = Callable[[], Iterable[Sample]]
_collectors: list[Collect] = []


def collector(function: Collect) -> Collect:
    """Register a function that queries the database, at each scrape: it must be quick."""
    _collectors.append(function)
    return function


def collectors() -> list[Collect]:
    return list(_collectors)
