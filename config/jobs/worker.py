"""django-q2's cluster, made to end as a whole when one of its processes is killed."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from multiprocessing.process import BaseProcess
from typing import Any

import structlog
from django_q import cluster

log = structlog.get_logger(__name__)


class Sentinel(cluster.Sentinel):
    """The parent of a cluster's processes.

    Its processes hand tasks on through queues whose locks die with their holder: the others wait
    for them for ever, and so do those that the library starts instead. Whoever keeps the worker
    (supervisor, systemd, a container's restart policy) starts a whole one within seconds.
    """

    def start(self) -> None:
        signal.signal(signal.SIGCHLD, self._look_after_children)
        super().start()

    def _look_after_children(self, *_: Any) -> None:
        # Its children inherit the handler, and have other children: subprocesses that end well.
        if os.getpid() != self.pid:
            return
        if any((process.exitcode or 0) < 0 for process in self._children()):
            log.error("a process of the worker was killed; all of it ends")
            self._kill_children()
            os._exit(1)

    def _children(self) -> list[BaseProcess]:
        return [each for each in (*self.pool, self.monitor, self.pusher) if each is not None]

    def _kill_children(self) -> None:
        for process in self._children():
            with suppress(OSError):
                process.kill()


def run() -> None:
    """Serves until SIGTERM or SIGINT ends it in order; exits with 1 where it ended otherwise."""
    cluster.Sentinel = Sentinel  # `Cluster` looks it up by this name
    ours = cluster.Cluster()
    ours.start()
    ours.sentinel.join()
    if ours.sentinel.exitcode:
        sys.exit(1)
