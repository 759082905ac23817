"""Processor time per call by part, which bears other load on the machine better than the clock."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Collection, Iterable
from pathlib import Path
from statistics import median

from benchmarks.authorization.load import Load
from config.local import postgres
from tests.web import WebServer

_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


class MeteredLoad:
    """A load that notes what its calls took of the web processes, of PostgreSQL and of itself."""

    def __init__(self, load: Load, servers: Iterable[WebServer]) -> None:
        self._load = load
        self._sessions = {server.process.pid for server in servers}
        self._database = postgres.Server(postgres.data_dir())
        #: Microseconds per call, one row per run.
        self.rounds: list[tuple[float, ...]] = []

    def __call__(self, stop: threading.Event) -> int:
        before = self._read()
        count = self._load(stop)
        spent = (after - earlier for after, earlier in zip(self._read(), before, strict=True))
        self.rounds.append(tuple(seconds / count * 1e6 for seconds in spent))
        return count

    def _read(self) -> tuple[float, float, float]:
        database = self._database.processes()
        return _seconds(sessions=self._sessions), _seconds(pids=database), time.process_time()

    @property
    def parts(self) -> str:
        web, database, load = (median(column) for column in zip(*self.rounds, strict=True))
        return f"web {web:,.0f}, PostgreSQL {database:,.0f}, load {load:,.0f}"

    def median(self) -> float:
        return median(map(sum, self.rounds))

    def ratio(self, base: MeteredLoad) -> float:
        """Return the median over the rounds of ours ÷ that of `base`."""
        pairs = zip(self.rounds, base.rounds, strict=True)
        return median(sum(ours) / sum(theirs) for ours, theirs in pairs)


def _seconds(*, pids: Collection[int] = (), sessions: Collection[int] = ()) -> float:
    """Sum the processor time of these processes, and of all in these sessions."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:  # it has just ended
            continue
        if int(stat.parent.name) in pids or int(fields[3]) in sessions:
            ticks += int(fields[11]) + int(fields[12])
    return ticks / _TICKS_PER_SECOND
