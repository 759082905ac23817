"""Run django-q2's cluster so that it ends as a whole when one of its processes is killed, and so
that it runs nothing but what our own processes have signed."""

from __future__ import annotations

import gc
import os
import signal
import sys
from contextlib import suppress
from multiprocessing.process import BaseProcess
from typing import Any

import structlog
from django_q import cluster, monitor

log = structlog.get_logger(__name__)


class Sentinel(cluster.Sentinel):
    """The parent of a cluster's processes.

    They pass tasks through queues whose locks are never released if their holder is killed: the
    others then wait forever, including the replacements that the library starts. The supervisor,
    systemd or a container's restart policy starts a whole new worker within seconds instead.
    """

    def start(self) -> None:
        signal.signal(signal.SIGCHLD, self._end_if_one_was_killed)
        super().start()

    def _end_if_one_was_killed(self, *_: Any) -> None:
        # Its children inherit the handler, and have children of their own, which end normally.
        if os.getpid() != self.pid:
            return
        if any((process.exitcode or 0) < 0 for process in self._children()):
            log.error("worker process killed, stopping the worker")
            self._kill_children()
            os._exit(1)

    def _children(self) -> list[BaseProcess]:
        return [each for each in (*self.pool, self.monitor, self.pusher) if each is not None]

    def _kill_children(self) -> None:
        for process in self._children():
            with suppress(OSError):
                process.kill()


def discard_result(task: dict[str, Any], broker: Any) -> None:
    """Store nothing of a task that has ended; the library logs failures.

    It would look for an earlier result of a failed task and unpickle it, wherever it came from.
    """


def run() -> None:
    """Serve until SIGTERM or SIGINT; exit with 1 after any other end."""
    cluster.Sentinel = Sentinel  # `Cluster` uses it by this name
    monitor.save_task = discard_result
    # What the processes share stays shared: the collector would write to each object.
    gc.collect()
    gc.freeze()
    ours = cluster.Cluster()
    ours.start()
    ours.sentinel.join()
    if ours.sentinel.exitcode:
        sys.exit(1)
