"""Timing for a noisy machine: variants take turns, and the medians over the rounds count."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median

Clock = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Timings:
    """Time or count of each variant, one number per round."""

    rounds: Mapping[str, list[float]]

    def median(self, name: str) -> float:
        return median(self.rounds[name])

    def ratio(self, name: str, base: str) -> float:
        """Return the median over the rounds of `name` ÷ `base`: both of a round share its noise."""
        pairs = zip(self.rounds[name], self.rounds[base], strict=True)
        return median(ours / theirs for ours, theirs in pairs)


def database_clock(backend: int) -> Clock:
    """Return a clock of the CPU time of all processes of the database that `backend` belongs to:
    unlike the time on the wall, it hardly depends on what else the machine does."""
    server = _parent_of(backend)

    def clock() -> float:
        numbers = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]
        return sum(_nanoseconds_of(pid) for pid in numbers if _parent_of(pid) == server) / 1e9

    return clock


def _nanoseconds_of(pid: int) -> int:
    """Return 0 for a process that has ended, such as an autovacuum's."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().partition(" ")[0])
    except (FileNotFoundError, ProcessLookupError):
        return 0


def _parent_of(pid: int) -> int:
    """Return 0 for a process that has ended."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return 0


def time_calls(
    variants: Mapping[str, Callable[[], object]],
    *,
    rounds: int,
    calls: int,
    after: Mapping[str, Callable[[], object]] | None = None,
    clock: Clock = time.perf_counter,
) -> Timings:
    """Return microseconds per call; `after` is deferred work of a variant, which is included."""
    results: dict[str, list[float]] = {name: [] for name in variants}
    for number in range(-1, rounds):  # the first round is a warm-up
        for name, call in variants.items():
            started = clock()
            for _ in range(calls):
                call()
            if after and name in after:
                after[name]()
            if number >= 0:
                results[name].append((clock() - started) / calls * 1e6)
    return Timings(results)


#: Runs in a thread until the event is set; returns its number of operations.
Worker = Callable[[threading.Event], int]


def count_operations(
    variants: Mapping[str, Worker], *, threads: int, rounds: int, seconds: float
) -> Timings:
    """Return operations per second of `threads` threads that run the same worker."""
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
