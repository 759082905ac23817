"""A few slots that owners share fairly."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager

from config.egress.deadline import Deadline, DeadlineExceeded


class FairSlots:
    """`count` slots, of which one owner holds at most one; owners take turns.

    However much one owner asks for, another waits for at most one turn of each of the others.
    """

    def __init__(self, count: int) -> None:
        self._free = count
        #: The waiting tickets of each owner; the owner whose turn was longest ago comes first.
        self._waiting: OrderedDict[str, list[object]] = OrderedDict()
        self._holding: set[str] = set()
        self._changed = threading.Condition()

    @contextmanager
    def hold(self, owner: str, deadline: Deadline) -> Iterator[None]:
        """Wait for a slot and hold it. Raises `DeadlineExceeded`."""
        self._acquire(owner, deadline)
        try:
            yield
        finally:
            with self._changed:
                self._free += 1
                self._holding.remove(owner)
                if owner in self._waiting:
                    self._waiting.move_to_end(owner)
                self._changed.notify_all()

    def _acquire(self, owner: str, deadline: Deadline) -> None:
        ticket = object()
        with self._changed:
            self._waiting.setdefault(owner, []).append(ticket)
            try:
                if not self._changed.wait_for(lambda: self._is_next(ticket), deadline.remaining()):
                    raise DeadlineExceeded
                self._free -= 1
                self._holding.add(owner)
            finally:
                self._waiting[owner].remove(ticket)
                if not self._waiting[owner]:
                    del self._waiting[owner]
                # Another slot may be free for the next one.
                self._changed.notify_all()

    def _is_next(self, ticket: object) -> bool:
        if not self._free:
            return False
        tickets = (held for owner, held in self._waiting.items() if owner not in self._holding)
        return next((held[0] for held in tickets), None) is ticket
