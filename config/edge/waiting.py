"""The connections of a process that wait in its main loop, and who gives way when they are many."""

from __future__ import annotations

import sys
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from django.conf import settings
from gunicorn.workers.gthread import ThreadWorker

from config.edge.connection import Connection, limited_address

#: Memory of a process for requests and responses of waiting clients.
MAX_CHARGED = 64 * 1024 * 1024
#: Seconds between looks at the deadlines.
CHECK_SECONDS = 0.5
#: Seconds that slow clients get in one pass of the main loop, before others have their turn again.
PATIENCE_SECONDS = 0.003

Handler = Callable[[Connection], None]


class WaitingRoom(ThreadWorker):
    """A worker that can leave connections to its main loop."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        #: What each waits for, the longest waiting first.
        self.waiting: dict[Connection, Handler] = {}
        self._by_address: defaultdict[str, dict[Connection, None]] = defaultdict(dict)
        self._charged = 0
        self._next_check = 0.0
        #: Gunicorn's loop stops accepting at this number, here others give way: see `find_room`.
        self.worker_connections = sys.maxsize

    def wait(self, conn: Connection, event: int, handler: Handler, deadline: float) -> None:
        """Call `handler` whenever the event comes, until `stop_waiting`."""
        conn.deadline = deadline
        self.waiting[conn] = handler
        self.poller.register(conn.sock, event, conn)

    def run_handler(self, conn: Connection) -> None:
        handler = self.waiting.get(conn)
        if handler is None:  # dropped since the event came
            return
        try:
            handler(conn)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            self.drop(conn)

    def stop_waiting(self, conn: Connection) -> None:
        if conn in self.waiting:
            del self.waiting[conn]
            self.poller.unregister(conn.sock)

    def find_room(self, conn: Connection) -> bool:
        """Count a new connection; the longest waiting gives way. Return False if none waits."""
        while self.nr_conns >= self.cfg.worker_connections and self.waiting:
            self.drop(next(iter(self.waiting)))
        self.nr_conns += 1
        return bool(self.nr_conns <= self.cfg.worker_connections)

    def find_room_at_address(self, conn: Connection) -> bool:
        """Do the same among the connections from its address."""
        conn.address = limited_address(conn.client, conn.server, settings.TRUSTED_PROXIES)
        if conn.address is None:
            return True
        limit: int = settings.CONNECTIONS_PER_ADDRESS
        siblings = self._by_address[conn.address]
        siblings[conn] = None
        for each in list(siblings):
            if len(siblings) > limit and each in self.waiting:
                self.drop(each)
        return len(siblings) <= limit

    def charge(self, conn: Connection, size: int) -> None:
        """Count its memory; if it is too much, the connection that waited longest gives way."""
        grows = size > conn.charged
        self._charged += size - conn.charged
        conn.charged = size
        while grows and self._charged > MAX_CHARGED:
            victim = next((each for each in self.waiting if each.charged), None)
            if victim is None:
                break
            self.drop(victim)

    def drop_longest_waiting(self) -> None:
        if victim := next(iter(self.waiting), None):
            self.drop(victim)

    def drop(self, conn: Connection) -> None:
        """Close the connection without another word."""
        self.stop_waiting(conn)
        self.charge(conn, 0)
        self.nr_conns -= 1
        conn.close()
        if conn.address is not None:
            siblings = self._by_address[conn.address]
            siblings.pop(conn, None)
            if not siblings:
                del self._by_address[conn.address]

    def expire(self, conn: Connection) -> None:
        """End a connection that is past its deadline."""
        raise NotImplementedError

    def murder_keepalived(self, force: bool = False) -> None:
        """End what is past its deadline, or drop everything that waits."""
        now = time.monotonic()
        if force:
            for conn in list(self.waiting):
                self.drop(conn)
        elif now >= self._next_check:
            self._next_check = now + CHECK_SECONDS
            for conn in [each for each in self.waiting if each.deadline <= now]:
                self.expire(conn)
                if time.monotonic() > now + PATIENCE_SECONDS:
                    self._next_check = 0.0  # the rest in the next pass
                    break

    def murder_pending(self) -> None:
        """Do nothing: `murder_keepalived` has ended them."""

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        """Handle what has come: slow clients last, and only for a while.

        What is left of them is there again in the next pass.
        """
        slow = []
        limit = CHECK_SECONDS if self._next_check else 0.0
        for key, _ in self.poller.select(min(timeout, limit)):
            if not isinstance(key.data, Connection):
                key.data(key.fileobj)
            elif key.data.is_slow:
                slow.append(key.data)
            else:
                self.run_handler(key.data)
        end = time.monotonic() + PATIENCE_SECONDS
        for conn in slow:
            self.run_handler(conn)
            if time.monotonic() > end:
                break

    def _cap_keepalive(self, deadline: float) -> None:
        for conn in self.waiting:
            if not conn.received and not conn.sock.has_unsent:
                conn.deadline = min(conn.deadline, deadline)
