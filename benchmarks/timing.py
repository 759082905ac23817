"""Timing that bears a noisy machine: variants take turns, and medians over the rounds count."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Timings:
    """What each variant took or did, one number for each round."""

    rounds: Mapping[str, list[float]]

    def median(self, name: str) -> float:
        return median(self.rounds[name])

    def ratio(self, name: str, base: str) -> float:
        """The median over the rounds of `name` ÷ `base`: neighbours in time share their noise."""
        pairs = zip(self.rounds[name], self.rounds[base], strict=True)
        return median(ours / theirs for ours, theirs in pairs)


def time_calls(
    variants: Mapping[str, Callable[[], object]],
    *,
    rounds: int,
    calls: int,
    after: Mapping[str, Callable[[], object]] | None = None,
) -> Timings:
    """Microseconds per call. `after` is work that a variant put off: it counts as its own."""
    results: dict[str, list[float]] = {name: [] for name in variants}
    for number in range(-1, rounds):  # the first round warms up
        for name, call in variants.items():
            started = time.perf_counter()
            for _ in range(calls):
                call()
            if after and name in after:
                after[name]()
            if number >= 0:
                results[name].append((time.perf_counter() - started) / calls * 1e6)
    return Timings(results)


#: Runs in a thread of its own until the event is set; returns how many operations it did.
Worker = Callable[[threading.Event], int]


def count_operations(
    variants: Mapping[str, Worker], *, threads: int, rounds: int, seconds: float
) -> Timings:
    """Operations per second of `threads` threads that all do the same."""
    results: dict[str, list[float]] = {name: [] for name in variants}
    for _ in range(rounds):
        for name, worker in variants.items():
            results[name].append(_run(worker, threads, seconds))
    return Timings(results)


def _run(worker: Worker, threads: int, seconds: float) -> float:
    stop, counts, failures = threading.Event(), [], []

    def work() -> None:
        try:
            counts.append(worker(stop))
        except Exception as error:  # noqa: BLE001 - raised again by the caller
            failures.append(error)
            stop.set()

    crew = [threading.Thread(target=work) for _ in range(threads)]
    started = time.perf_counter()
    for thread in crew:
        thread.start()
    stop.wait(seconds)
    stop.set()
    for thread in crew:
        thread.join()
    if failures:
        raise failures[0]
    return sum(counts) / (time.perf_counter() - started)
